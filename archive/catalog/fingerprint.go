package catalog

import (
	"crypto/sha256"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
	"net/url"
	"path"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A Fingerprint identifies the words of a page: its title, text and captions. Pages
// that differ only in digits, IDs and their own URL have the same. FORMAT.md
// defines it; 0 is that of a page without words, and equals no other.
type Fingerprint uint64

// FingerprintOf returns the fingerprint of an article at a URL.
func FingerprintOf(raw string, a *article.Article) Fingerprint {
	var b strings.Builder
	b.WriteString(a.Title + "\n" + a.Text)
	for _, c := range a.Captions {
		b.WriteString("\n" + c.Text)
	}
	said := strings.ToLower(b.String())
	for _, own := range ownWords(raw) {
		said = strings.ReplaceAll(said, own, "")
	}
	words := wordsOnly(said)
	if len(words) == 0 {
		return 0
	}
	sum := sha256.Sum256(words)
	return Fingerprint(max(1, binary.BigEndian.Uint64(sum[:8])))
}

// ownWords are the forms in which a page may repeat its own URL, in lower case, the
// longest first: the URL, its path with and without query, the words of its slug.
func ownWords(raw string) []string {
	u, err := url.Parse(raw)
	if err != nil {
		return nil
	}
	slug := strings.TrimSuffix(path.Base(u.Path), path.Ext(u.Path))
	slug = strings.NewReplacer("-", " ", "_", " ").Replace(slug)
	var own []string
	for _, s := range []string{raw, u.RequestURI(), u.EscapedPath(), u.Path} {
		if len(s) > 1 {
			own = append(own, strings.ToLower(s))
		}
	}
	// One word, or two, may also be the page's own.
	if strings.Count(slug, " ") >= 2 {
		own = append(own, strings.ToLower(slug))
	}
	return own
}

// wordsOnly returns the letters of a text in lower case. It omits what is written in
// ASCII and has a digit: numbers, times, request IDs.
func wordsOnly(s string) []byte {
	kept := make([]byte, 0, len(s))
	start, digits := 0, false // of the run of ASCII at the end of kept
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf && charClass[c] != 0 {
			switch charClass[c] {
			case letter:
				kept = append(kept, c)
			case digit:
				digits = true
			}
			i++
			continue
		}
		if digits {
			kept = kept[:start]
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if c >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsMark(r)) {
			kept = append(kept, s[i:i+size]...)
		}
		i += size
		start, digits = len(kept), false
	}
	if digits {
		kept = kept[:start]
	}
	return kept
}

const (
	letter = 1 + iota
	digit
	joiner // in IDs, times and paths
)

// charClass are the classes of the characters that IDs, times and paths are made of.
var charClass = func() (class [utf8.RuneSelf]byte) {
	for set, of := range map[string]byte{"abcdefghijklmnopqrstuvwxyz": letter, "0123456789": digit, "-_:./+": joiner} {
		for _, r := range set {
			class[r] = of
		}
	}
	return class
}()

// Value implements driver.Valuer.
func (f Fingerprint) Value() (driver.Value, error) { return int64(f), nil }

// Scan implements sql.Scanner.
func (f *Fingerprint) Scan(v any) error {
	n, ok := v.(int64)
	if !ok {
		return fmt.Errorf("fingerprint is a %T", v)
	}
	*f = Fingerprint(n)
	return nil
}

// String returns the fingerprint as 16 hexadecimal digits.
func (f Fingerprint) String() string { return fmt.Sprintf("%016x", uint64(f)) }

// MarshalText implements encoding.TextMarshaler.
func (f Fingerprint) MarshalText() ([]byte, error) { return []byte(f.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *Fingerprint) UnmarshalText(b []byte) error {
	if len(b) != 16 {
		return fmt.Errorf("fingerprint %q does not have 16 digits", b)
	}
	n, err := strconv.ParseUint(string(b), 16, 64)
	*f = Fingerprint(n)
	return err
}
