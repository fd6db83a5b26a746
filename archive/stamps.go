package archive

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"time"
)

// StampType is the Content-Type of the record of a time stamp.
const StampType = "application/json; profile=" + stampSchema

const stampSchema = "newsmorgue.stamp/1"

// A SealedRoot is a sealed segment as time stamps cover it.
type SealedRoot struct {
	Segment string `json:"segment"`
	Records int    `json:"records"` // leaves of its Merkle tree
	Root    string `json:"root"`    // "sha256:" and 64 hexadecimal digits
}

// A Stamp is a time stamp of the sealed segments that an archive had: the payload of a
// record with StampType.
type Stamp struct {
	Schema   string       `json:"schema"`
	Archive  string       `json:"archive"` // the archive's ID
	TSA      string       `json:"tsa"`     // URL of the time-stamp authority
	Time     time.Time    `json:"time"`    // as the token says
	Digest   Digest       `json:"digest"`  // what the authority signed: StateDigest
	Segments []SealedRoot `json:"segments"`
	Token    []byte       `json:"token"` // RFC 3161, in DER
}

// leaf is the segment's leaf in the tree that a time stamp covers.
func (r SealedRoot) leaf(archive string) (leaf, error) {
	_, ok := parseRoot(r.Root)
	if !ok || r.Records < 0 || !oneWord(r.Segment) || !oneWord(archive) {
		return leaf{}, fmt.Errorf("%w: segment %q of archive %q has an invalid name or root", ErrDamaged, r.Segment, archive)
	}
	return leafOf([]byte(strings.Join([]string{"newsmorgue-segment/1", archive, r.Segment, strconv.Itoa(r.Records), r.Root}, " "))), nil
}

// oneWord reports whether a name is of visible ASCII characters without spaces. Others
// would make the text of a leaf ambiguous.
func oneWord(s string) bool {
	return s != "" && len(s) <= 255 && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

func segmentLeaves(archive string, roots []SealedRoot) ([]leaf, error) {
	leaves := make([]leaf, len(roots))
	for i, r := range roots {
		var err error
		if leaves[i], err = r.leaf(archive); err != nil {
			return nil, err
		}
		if i > 0 && roots[i-1].Segment >= r.Segment {
			return nil, fmt.Errorf("%w: stamped segments are not sorted by name", ErrDamaged)
		}
	}
	return leaves, nil
}

// StateDigest is one digest over sealed segments, which must be sorted by name: the
// root of a Merkle tree, so that each of them can be proved to be covered by it.
func StateDigest(archive string, roots []SealedRoot) (Digest, error) {
	leaves, err := segmentLeaves(archive, roots)
	if err != nil {
		return "", err
	}
	return Digest(treeRoot(leaves).String()), nil
}

// Roots lists the sealed segments with their roots, sorted by name. It returns
// ErrDamaged if the index of one of them cannot be read.
func (a *Archive) Roots(ctx context.Context) ([]SealedRoot, error) {
	segs, err := a.Segments()
	if err != nil {
		return nil, err
	}
	roots := []SealedRoot{}
	for _, s := range segs {
		if !s.Sealed {
			continue
		}
		h, scanned, err := a.sealedHeader(ctx, s.Name)
		if err == nil && scanned != nil {
			err = fmt.Errorf("segment %s: %w", s.Name, scanned)
		}
		if err != nil {
			return nil, err
		}
		roots = append(roots, SealedRoot{s.Name, h.Records, h.Root})
	}
	return roots, nil
}

// Replaced lists the damaged segments whose intact records are in another segment now,
// since a repair: a time stamp may cover them.
func (a *Archive) Replaced(ctx context.Context) (map[string]bool, error) {
	segs, err := a.Segments()
	if err != nil {
		return nil, err
	}
	replaced := map[string]bool{}
	for _, s := range segs {
		if !s.Sealed {
			continue
		}
		h, _, err := a.sealedHeader(ctx, s.Name)
		if failedStore(err) {
			return nil, err
		}
		if err == nil && h.Rescued != nil {
			replaced[h.Rescued.Segment] = true
		}
	}
	return replaced, nil
}

// SealJournals seals the open journals that no process writes to. A journal with
// records of time stamps alone is left open, as each of them would ask for another
// stamp. busy are the journals that have a writer.
func (a *Archive) SealJournals(ctx context.Context) (sealed, busy []string, err error) {
	segs, err := a.Segments()
	if err != nil {
		return nil, nil, err
	}
	for _, s := range segs {
		if s.Sealed {
			continue
		}
		done, err := a.sealIdle(ctx, s.Name)
		switch {
		case errors.Is(err, ErrBusy):
			busy = append(busy, s.Name)
		case err != nil:
			return sealed, busy, fmt.Errorf("seal %s: %w", s.Name, err)
		case done:
			sealed = append(sealed, s.Name)
		}
	}
	return sealed, busy, nil
}

// sealIdle seals a journal, unless it has no records but those of time stamps. It
// returns a *BusyError if the journal has a writer.
func (a *Archive) sealIdle(ctx context.Context, segment string) (done bool, err error) {
	j, err := a.adopt(segment)
	if err != nil {
		return false, err
	}
	if j == nil {
		return false, &BusyError{Site: "segment " + segment}
	}
	defer func() { err = errors.Join(err, j.f.Close()) }()
	caps, _, err := a.journal(segment)
	if err != nil || !slices.ContainsFunc(caps, func(c Capture) bool { return !isStamp(c) }) {
		return false, err
	}
	if err := a.sealJournal(ctx, segment, j.f, j.size); err != nil {
		return false, err
	}
	return true, a.removeJournalName(segment)
}

func isStamp(c Capture) bool { return c.Type == "metadata" && c.ContentType == StampType }

// Record returns the record of the time stamp, after checking that its digest is that
// of its segments.
func (s *Stamp) Record() (*Record, error) {
	s.Schema = stampSchema
	if err := s.check(); err != nil {
		return nil, err
	}
	body, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	rec := NewRecord("metadata", time.Now())
	rec.Set("Content-Type", StampType)
	rec.Payload = body
	return rec, nil
}

func (s *Stamp) check() error {
	digest, err := StateDigest(s.Archive, s.Segments)
	if err == nil && (digest != s.Digest || s.Schema != stampSchema || len(s.Token) == 0) {
		err = fmt.Errorf("%w: time stamp: its digest is not that of its segments", ErrDamaged)
	}
	return err
}

// Stamps lists the time stamps in the archive in the order of their records. A record
// that cannot be read, or whose digest is not that of its segments, is yielded with its
// error; the iteration continues after it. The tokens are not verified.
func (a *Archive) Stamps(ctx context.Context) iter.Seq2[*Stamp, error] {
	return func(yield func(*Stamp, error) bool) {
		for e, err := range a.Select(ctx, isStamp) {
			s := new(Stamp)
			if err == nil {
				if err = json.Unmarshal(e.Record.Payload, s); err != nil {
					err = fmt.Errorf("%w: time stamp: %w", ErrDamaged, err)
				} else {
					err = s.check()
				}
			}
			if err != nil {
				s, err = nil, fmt.Errorf("record %s: %w", trimURN(e.ID), err)
			}
			if !yield(s, err) {
				return
			}
		}
	}
}
