package catalog

import (
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/newsmorgue/newsmorgue/archive"
)

// recordID is a WARC-Record-ID as a column: 16 bytes if it is a UUID.
type recordID string

const urn = "<urn:uuid:"

// Value implements driver.Valuer.
func (id recordID) Value() (driver.Value, error) {
	if s, ok := strings.CutPrefix(string(id), urn); ok && len(s) == 37 {
		if u, err := uuid.Parse(s[:36]); err == nil && s == u.String()+">" {
			return u[:], nil
		}
	}
	return []byte(id), nil
}

// Scan implements sql.Scanner.
func (id *recordID) Scan(v any) error {
	b, ok := v.([]byte)
	if !ok {
		return fmt.Errorf("record ID is a %T", v)
	}
	if u, err := uuid.FromBytes(b); err == nil {
		*id = recordID(urn + u.String() + ">")
	} else {
		*id = recordID(b)
	}
	return nil
}

// SortKey returns the first six bytes by which the readings of a capture are ordered,
// the greatest being the newest: of UUIDs of version 7, their time in milliseconds.
func SortKey(id string) (first [6]byte) {
	v, _ := recordID(id).Value() // cannot fail
	b, _ := v.([]byte)
	copy(first[:], b)
	return first
}

// digest is a Digest as a column: 32 bytes if it is a SHA-256.
type digest archive.Digest

// Value implements driver.Valuer.
func (d digest) Value() (driver.Value, error) {
	if s, ok := strings.CutPrefix(string(d), "sha256:"); ok && len(s) == 64 && s == strings.ToLower(s) {
		if b, err := hex.DecodeString(s); err == nil {
			return b, nil
		}
	}
	return []byte(d), nil
}

// Scan implements sql.Scanner.
func (d *digest) Scan(v any) error {
	b, ok := v.([]byte)
	if !ok {
		return fmt.Errorf("digest is a %T", v)
	}
	if len(b) == 32 {
		*d = digest("sha256:" + hex.EncodeToString(b))
	} else {
		*d = digest(b)
	}
	return nil
}

// instant is a time as a column: microseconds since 1970.
type instant time.Time

// Value implements driver.Valuer.
func (t instant) Value() (driver.Value, error) {
	if time.Time(t).IsZero() {
		return int64(0), nil
	}
	return time.Time(t).UnixMicro(), nil
}

// Scan implements sql.Scanner.
func (t *instant) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("time is a %T", v)
	}
	if n != 0 {
		*t = instant(time.UnixMicro(n).UTC())
	}
	return nil
}

// A storyKey identifies the story of a URL: the first six bytes of the URL's
// SHA-256. People write it as twelve hexadecimal digits, or only the first few.
type storyKey int64

func storyOf(url string) storyKey {
	sum := sha256.Sum256([]byte(url))
	return storyKey(binary.BigEndian.Uint64(sum[:8]) >> 16)
}

// StoryID returns the ID of the story of a URL, as in Story.ID.
func StoryID(url string) string { return storyOf(url).String() }

func (k storyKey) String() string { return fmt.Sprintf("%012x", int64(k)) }

// storyRange returns the range of story keys that begin with some hexadecimal
// digits; ok is false if these are not 4 to 12 digits.
func storyRange(digits string) (from, to storyKey, ok bool) {
	if len(digits) < 4 || len(digits) > 12 {
		return 0, 0, false
	}
	n, err := strconv.ParseInt(digits, 16, 64)
	if err != nil || n < 0 {
		return 0, 0, false
	}
	shift := 4 * (12 - len(digits))
	return storyKey(n << shift), storyKey((n+1)<<shift - 1), true
}
