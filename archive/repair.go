package archive

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// The media types of the records that Repair and Erase write.
const (
	lossType      = "application/json; profile=newsmorgue.loss/1"
	tombstoneType = "application/json; profile=newsmorgue.tombstone/1"
)

func isLoss(c Capture) bool      { return c.Type == "metadata" && c.ContentType == lossType }
func isTombstone(c Capture) bool { return c.Type == "metadata" && c.ContentType == tombstoneType }

// A Loss describes the repair of a damaged segment: what was saved and what was lost.
type Loss struct {
	Segment    string    // the damaged segment
	Saved      string    // the segment with the intact records
	Root       string    // the damaged segment's Merkle root, if it could be read
	Quarantine string    // the file with the damaged bytes, relative to the archive
	Survivors  int       // number of intact records
	Lost       []Capture // lost records, with their fields as far as they are known
}

type lossJSON struct {
	Segment    string     `json:"segment"`
	Root       string     `json:"root,omitempty"`
	Quarantine string     `json:"quarantine"`
	Lost       []lostJSON `json:"lost"`
}

type lostJSON struct {
	ID   string `json:"id,omitempty"`
	Type string `json:"type,omitempty"`
	Date string `json:"date,omitempty"`
	URL  string `json:"url,omitempty"`
}

// record returns the metadata record of the loss.
func (l Loss) record() (*Record, error) {
	j := lossJSON{l.Segment, l.Root, l.Quarantine, []lostJSON{}}
	for _, c := range l.Lost {
		date := ""
		if !c.Time.IsZero() {
			date = c.Time.UTC().Format(dateLayout)
		}
		j.Lost = append(j.Lost, lostJSON{c.ID, c.Type, date, c.URL})
	}
	body, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	rec := NewRecord("metadata", time.Now())
	rec.Set("Content-Type", lossType)
	rec.Payload = body
	return rec, nil
}

// UnmarshalJSON reads the payload of a loss record.
func (l *Loss) UnmarshalJSON(b []byte) error {
	var j lossJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return err
	}
	*l = Loss{Segment: j.Segment, Root: j.Root, Quarantine: j.Quarantine}
	for _, c := range j.Lost {
		t, _ := time.Parse(time.RFC3339Nano, c.Date) // missing is zero
		l.Lost = append(l.Lost, Capture{ID: c.ID, Type: c.Type, URL: c.URL, Time: t})
	}
	return nil
}

// Repair finds damaged segments, copies their intact records into new segments with
// a loss record, and moves the damaged files to the folder quarantine. Journals with
// damaged lines are sealed without these. It returns one Loss for each damaged
// segment. It returns a *BusyError if another process repairs the archive or still
// writes a damaged journal.
func (a *Archive) Repair(ctx context.Context, o VerifyOptions) ([]Loss, error) {
	unlock, err := a.lock(mendLock, "")
	if err != nil {
		return nil, err
	}
	defer unlock()
	segs, err := a.Segments()
	if err != nil {
		return nil, err
	}
	saved := map[string]string{} // damaged segment → segment with its intact records, from an earlier repair
	for _, s := range segs {
		if !s.Sealed {
			continue
		}
		if h, _, err := a.sealedHeader(ctx, s.Name); err == nil && h.Rescued != nil {
			saved[h.Rescued.Segment] = s.Name
		}
	}
	var losses []Loss
	var stored []string // damaged, and not on disk
	for _, s := range segs {
		o.only = s.Name
		v, err := a.Verify(ctx, o)
		if err != nil {
			return losses, err
		}
		if len(v.Damage) == 0 {
			continue
		}
		if !s.Local {
			stored = append(stored, s.Name)
			continue
		}
		l, err := a.rescue(ctx, s, v.Damage, saved[s.Name])
		if err != nil {
			return losses, fmt.Errorf("repair %s: %w", s.Name, err)
		}
		losses = append(losses, l)
	}
	if len(stored) > 0 {
		return losses, fmt.Errorf("%w in the store, and not on this disk: segments %s: only a segment on disk can be repaired; copy the objects to %s first, read-only", ErrDamaged, strings.Join(stored, ", "), a.segmentsDir())
	}
	return losses, nil
}

func (a *Archive) rescue(ctx context.Context, s SegmentInfo, damage []Damage, savedIn string) (Loss, error) {
	if !s.Sealed {
		return a.rescueJournal(ctx, s.Name)
	}
	loss := Loss{Segment: s.Name, Quarantine: filepath.Join("quarantine", s.Name+sealedEnd), Saved: savedIn}
	if savedIn == "" || savedIn == s.Name { // else an earlier repair was interrupted after this step
		name, err := newSegmentName()
		if err != nil {
			return loss, err
		}
		// The name keeps its time, so that the order of segments does not change.
		loss.Saved = s.Name[:strings.LastIndexByte(s.Name, '-')+1] + name[strings.LastIndexByte(name, '-')+1:]
		if err := a.saveSurvivors(ctx, &loss, damage); err != nil {
			return loss, err
		}
	}
	if err := os.MkdirAll(filepath.Join(a.dir, "quarantine"), 0o755); err != nil {
		return loss, err
	}
	for _, end := range []string{sealedEnd, journalEnd} {
		err := a.disk.Rename(filepath.Join(a.segmentsDir(), s.Name+end), filepath.Join(a.dir, "quarantine", s.Name+sealedEnd))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return loss, err
		}
		if err == nil {
			break
		}
	}
	a.dropCaches(s.Name)
	return loss, errors.Join(a.disk.SyncDir(filepath.Join(a.dir, "quarantine")), a.disk.SyncDir(a.segmentsDir()))
}

// saveSurvivors copies the intact records of a damaged segment into loss.Saved.
func (a *Archive) saveSurvivors(ctx context.Context, loss *Loss, damage []Damage) error {
	a.dropCaches(loss.Segment)
	x, err := a.index(ctx, loss.Segment)
	if err != nil {
		return err
	}
	if x.scanned == nil {
		loss.Root = x.header.Root
	}
	bad := map[string]bool{}
	for _, d := range damage {
		if d.ID != "" {
			bad[d.ID] = true
		}
	}
	var survivors []Capture
	for _, c := range x.captures {
		if bad[c.ID] {
			loss.Lost = append(loss.Lost, c)
		} else {
			survivors = append(survivors, c)
		}
	}
	loss.Survivors = len(survivors)
	lossRecord, err := loss.record()
	if err != nil {
		return err
	}
	header := indexHeader{Segment: loss.Saved, Previous: x.header.Previous, Rescued: &rescued{loss.Segment, loss.Root}}
	return a.install(ctx, header, func(yield func(segmentLine, error) bool) {
		if !yield(lineOf(lossRecord), nil) {
			return
		}
		for l, err := range a.lines(ctx, survivors) {
			if !yield(l, err) {
				return
			}
		}
	})
}

// lines reads the lines of records from their segment, unchanged.
func (a *Archive) lines(ctx context.Context, caps []Capture) iter.Seq2[segmentLine, error] {
	return func(yield func(segmentLine, error) bool) {
		var rd segmentReader
		defer rd.close()
		rd.planned = caps
		for _, c := range caps {
			body, err := rd.line(ctx, a, c)
			if err != nil {
				yield(segmentLine{}, fmt.Errorf("record %s of %s: %w", c.ID, c.URL, err))
				return
			}
			l := segmentLine{c, body, leafOf(body)}
			if isTombstone(c) {
				var r Record
				if err = r.UnmarshalJSON(body); err == nil {
					l.leaf, err = tombstoneLeaf(&r)
				}
			}
			if !yield(l, err) || err != nil {
				return
			}
		}
	}
}

// rescueJournal seals a journal that has no writer. Sealing moves its damaged lines
// to the quarantine.
func (a *Archive) rescueJournal(ctx context.Context, segment string) (Loss, error) {
	loss := Loss{Segment: segment, Saved: segment, Quarantine: filepath.Join("quarantine", segment+".lines")}
	j, err := a.adopt(segment)
	if err != nil {
		return loss, err
	}
	if j == nil {
		return loss, &BusyError{Site: "segment " + segment}
	}
	defer j.f.Close()
	if err := a.sealJournal(ctx, segment, j.f, j.size); err != nil {
		return loss, err
	}
	if err := a.removeJournalName(segment); err != nil {
		return loss, err
	}
	for e, err := range a.Records(ctx, segment, 0) {
		if err != nil {
			return loss, err
		}
		if isLoss(e.Capture) {
			var recorded Loss
			if err := json.Unmarshal(e.Record.Payload, &recorded); err != nil {
				return loss, err
			}
			loss.Lost = append(loss.Lost, recorded.Lost...)
			continue
		}
		loss.Survivors++
	}
	return loss, nil
}

// tombstone returns the record that replaces an erased one. It has the address of
// the erased record and the hash of its line, for the segment's Merkle root.
func tombstone(c Capture, l leaf, by string) *Record {
	r := &Record{Fields: []Field{{"WARC-Type", "metadata"}, {"WARC-Record-ID", c.ID}, {"WARC-Date", c.Time.UTC().Format(dateLayout)}}}
	r.Set("WARC-Target-URI", c.URL)
	r.Set("WARC-Refers-To", by)
	r.Set("Newsmorgue-Leaf", l.String())
	r.Set("Content-Type", tombstoneType)
	r.Payload = []byte(`{"type":"` + c.Type + `"}`)
	return r
}

func tombstoneLeaf(r *Record) (leaf, error) {
	var l leaf
	value, ok := strings.CutPrefix(r.Get("Newsmorgue-Leaf"), "sha256:")
	b, err := hex.DecodeString(value)
	if !ok || err != nil || len(b) != len(l) {
		return l, fmt.Errorf("%w: tombstone without a leaf hash", ErrDamaged)
	}
	copy(l[:], b)
	return l, nil
}

// Erase replaces records with tombstones, in all segments: their bytes are removed,
// while the segments' Merkle roots stay the same. by is the ID of the suppression
// record with the reason. Journals are sealed first; if one still has a writer,
// Erase returns a *BusyError and erases nothing. It returns the IDs of the erased
// records, and files that may still contain their bytes and that only people may
// delete: torn tails, the quarantine, and journals whose segments were sealed elsewhere.
//
// A segment that is only in a store is written to the disk, where it is read from then on.
// Its object still has the bytes until it is replaced (StoredObject).
func (a *Archive) Erase(ctx context.Context, by string, erase func(Capture) bool) (ids, elsewhere []string, err error) {
	unlock, err := a.lock(mendLock, "")
	if err != nil {
		return nil, nil, err
	}
	defer unlock()
	segs, err := a.Segments()
	if err != nil {
		return nil, nil, err
	}
	chosen := map[string]map[string]bool{}
	for _, s := range segs {
		caps, _, err := a.captures(ctx, s.Name)
		if err != nil {
			return nil, nil, err
		}
		for _, c := range caps {
			if !isTombstone(c) && erase(c) {
				if chosen[s.Name] == nil {
					chosen[s.Name] = map[string]bool{}
				}
				chosen[s.Name][c.ID] = true
				ids = append(ids, c.ID)
			}
		}
	}
	// Lock all journals before changing anything.
	var open []*openJournal
	defer func() {
		for _, j := range open {
			err = errors.Join(err, j.f.Close())
		}
	}()
	for _, s := range segs {
		if s.Sealed || chosen[s.Name] == nil {
			continue
		}
		j, err := a.adopt(s.Name)
		if err != nil {
			return nil, nil, err
		}
		if j == nil {
			return nil, nil, &BusyError{Site: "segment " + s.Name}
		}
		open = append(open, j)
	}
	for _, j := range open {
		if err := a.sealJournal(ctx, j.segment, j.f, j.size); err != nil {
			return nil, nil, fmt.Errorf("seal %s: %w", j.segment, err)
		}
	}
	for _, s := range segs {
		if chosen[s.Name] != nil {
			if err := a.eraseIn(ctx, s.Name, by, chosen[s.Name]); err != nil {
				return nil, nil, fmt.Errorf("erase in %s: %w", s.Name, err)
			}
		}
	}
	return ids, a.otherFilesWithBytes(), nil
}

func (a *Archive) eraseIn(ctx context.Context, segment, by string, ids map[string]bool) error {
	x, err := a.index(ctx, segment)
	if err != nil {
		return err
	}
	if x.scanned != nil {
		return fmt.Errorf("%w; repair the archive first", x.scanned)
	}
	fromStore := x.file.stored != nil
	header := indexHeader{Segment: segment, Previous: x.header.Previous, Rescued: x.header.Rescued, Root: x.header.Root}
	err = a.install(ctx, header, func(yield func(segmentLine, error) bool) {
		for l, err := range a.lines(ctx, x.captures) {
			if err == nil && ids[l.capture.ID] {
				erased := l.leaf
				l = lineOf(tombstone(l.capture, erased, by))
				l.leaf = erased
			}
			if !yield(l, err) {
				return
			}
		}
	})
	if err != nil {
		return err
	}
	// The journal's name may still be a link to the old file, with its bytes. What another
	// machine sealed may lack records of the journal here.
	if fromStore && !a.journalIsSealed(segment) {
		return nil
	}
	return a.removeJournalName(segment)
}

// otherFilesWithBytes lists files of the archive, other than segments, that may
// contain bytes of records.
func (a *Archive) otherFilesWithBytes() []string {
	var names []string
	for _, dir := range []string{"quarantine", "segments"} {
		entries, err := os.ReadDir(filepath.Join(a.dir, dir))
		if err != nil {
			continue // it does not exist
		}
		for _, e := range entries {
			segment, journal := strings.CutSuffix(e.Name(), journalEnd)
			if dir == "quarantine" || strings.HasSuffix(e.Name(), tornEnd) || journal && a.stored.find(segment) != nil && !a.journalIsSealed(segment) {
				names = append(names, filepath.Join(dir, e.Name()))
			}
		}
	}
	return names
}
