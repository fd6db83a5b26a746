// Package split assigns the rows of a dataset to training, validation and test so that
// no story is in two of them. A story here is
// whatever carries one number: near duplicates, or texts linked by them (Component of
// package neardup). It does not find them.
//
// Rows are never drawn one by one: of a wire story on forty sites some copies would be
// trained on and others tested with. There are three rules:
//
//   - hash:80/10/10 draws whole stories, by the hash of seed and number.
//   - time:DATE,DATE trains on what was published before the first date, validates
//     before the second and tests from it on.
//   - site draws whole sites, by the hash of seed and site.
//
// Under time and site a story can reach into several splits. It then belongs to the
// split of the copy published first, and copies whose own date or site falls into
// another split are left out as Leaking. They are not moved: a copy
// published after the boundary, or by a test site, does not belong into training
// either. So both hold: every training row is older than the boundary (or from a
// training site), and no test row repeats a training row. A row without a date has no
// place under time and is left out as Undated.
package split

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
	"time"
)

// Split is a part of a dataset.
type Split uint8

const (
	None Split = iota // left out
	Train
	Validation
	Test
)

// String returns "train", "validation" or "test", the names that Hugging Face uses,
// and "" for None.
func (s Split) String() string {
	switch s {
	case Train:
		return "train"
	case Validation:
		return "validation"
	case Test:
		return "test"
	}
	return ""
}

// Reason says why a row is in no split.
type Reason string

const (
	Leaking Reason = "leaking" // a copy of a story of another split
	Undated Reason = "undated" // no date of publication under a rule by time
)

type kind string

const (
	byHash kind = "hash"
	byTime kind = "time"
	bySite kind = "site"
)

// Rule says how rows are assigned. The zero value is the absence of a rule: every row
// is in None, for no reason.
type Rule struct {
	Seed uint64 // of the hash; rules by time do not use it

	kind   kind
	shares [3]int      // train, validation, test
	dates  []time.Time // one (train, test) or two (train, validation, test), ascending
}

var defaultShares = [3]int{80, 10, 10}

// maxShare keeps sums of shares far from overflow.
const maxShare = 1_000_000

// Parse reads the value of an option: hash:80/10/10 or hash:80/20 (no validation) in
// parts of any sum, hash alone for 80/10/10; time:DATE (no validation) or
// time:DATE,DATE with dates as 2026-04-01, 2026-04 or 2026 (their first moment in
// UTC); site or site:80/10/10. Its errors can be shown to a user.
func Parse(value string) (Rule, error) {
	name, rest, detailed := strings.Cut(value, ":")
	r := Rule{kind: kind(name), shares: defaultShares}
	var err error
	switch {
	case r.kind == byTime:
		r.shares = [3]int{}
		r.dates, err = parseDates(rest)
	case r.kind != byHash && r.kind != bySite:
		err = errors.New("the rules are hash:80/10/10, time:DATE,DATE and site")
	case detailed:
		r.shares, err = parseShares(rest)
	}
	if err != nil {
		return Rule{}, fmt.Errorf("split %q: %w", value, err)
	}
	return r, nil
}

func parseShares(list string) (shares [3]int, err error) {
	parts := strings.Split(list, "/")
	if len(parts) == 2 {
		parts = []string{parts[0], "0", parts[1]}
	}
	if len(parts) != 3 {
		return shares, errors.New("shares are train/validation/test, such as 80/10/10, or train/test, such as 80/20")
	}
	for i, part := range parts {
		n, err := strconv.Atoi(part)
		if err != nil || n < 0 || n > maxShare {
			return shares, fmt.Errorf("share %q is not a whole number from 0 to %d", part, maxShare)
		}
		shares[i] = n
	}
	if shares[0] == 0 || shares[1]+shares[2] == 0 {
		return shares, errors.New("training needs a share, and so does validation or test")
	}
	return shares, nil
}

func parseDates(list string) ([]time.Time, error) {
	if list == "" {
		return nil, errors.New("time needs the date from which rows are tested with, such as time:2026-04-01, or two: time:2026-01-01,2026-04-01")
	}
	parts := strings.Split(list, ",")
	if len(parts) > 2 {
		return nil, errors.New("time takes one date or two: where validation starts and where test starts")
	}
	var dates []time.Time
	for _, part := range parts {
		date, err := parseDate(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		dates = append(dates, date)
	}
	if len(dates) == 2 && !dates[0].Before(dates[1]) {
		return nil, fmt.Errorf("%s is not before %s", parts[0], parts[1])
	}
	return dates, nil
}

func parseDate(s string) (time.Time, error) {
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		if date, err := time.Parse(layout, s); err == nil {
			return date, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is not a valid date; write it as 2026-04-01", s)
}

// String returns the rule in full, as Parse reads it, without the seed; "" for none.
func (r Rule) String() string {
	switch r.kind {
	case byHash, bySite:
		return fmt.Sprintf("%s:%d/%d/%d", r.kind, r.shares[0], r.shares[1], r.shares[2])
	case byTime:
		list := make([]string, len(r.dates))
		for i, date := range r.dates {
			list[i] = date.Format(time.DateOnly)
		}
		return "time:" + strings.Join(list, ",")
	}
	return ""
}

// NeedsFirst reports whether Assign looks at a story's first row.
func (r Rule) NeedsFirst() bool { return r.kind == byTime || r.kind == bySite }

// Row is what decides about a row.
type Row struct {
	Story     uint64    // the same for rows that must not be in different splits
	Site      string    // its key
	Published time.Time // zero if not known
}

// Assign returns the split of a row and, if that is None, the reason. first is the
// earliest row of the story among those of the dataset, undated ones last; rules by
// hash do not look at it.
func (r Rule) Assign(row, first Row) (Split, Reason) {
	switch r.kind {
	case "":
		return None, ""
	case byHash:
		return Of(row.Story, r.Seed, r.shares), ""
	case byTime:
		if row.Published.IsZero() {
			return None, Undated
		}
	}
	own := r.own(row)
	if own != r.own(first) {
		return None, Leaking
	}
	return own, ""
}

// own returns the split in which a row would be if it were the only one of its story.
func (r Rule) own(row Row) Split {
	switch {
	case r.kind == bySite:
		return draw(r.Seed, []byte(row.Site), r.shares)
	case row.Published.IsZero():
		return None
	case row.Published.Before(r.dates[0]):
		return Train
	case len(r.dates) == 2 && row.Published.Before(r.dates[1]):
		return Validation
	}
	return Test
}

// Of returns the split of a story: the first 8 bytes of SHA-256(seed ‖ story), both as 8
// bytes with the most significant first, as a fraction of 2⁶⁴ along the shares of
// train, validation and test. Shares that are all zero give None; negative shares count
// as zero.
func Of(story, seed uint64, shares [3]int) Split {
	return draw(seed, binary.BigEndian.AppendUint64(nil, story), shares)
}

func draw(seed uint64, key []byte, shares [3]int) Split {
	digest := sha256.Sum256(append(binary.BigEndian.AppendUint64(nil, seed), key...))
	var total uint64
	for _, share := range shares {
		total += uint64(max(0, share))
	}
	at, _ := bits.Mul64(binary.BigEndian.Uint64(digest[:8]), total)
	for i, share := range shares {
		width := uint64(max(0, share))
		if at < width {
			return Train + Split(i)
		}
		at -= width
	}
	return None
}
