package archive

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"github.com/klauspost/compress/zstd"
)

// The kinds of damage that Verify finds.
const (
	DamageFrame     = "frame"     // a frame does not decode: its records are lost
	DamageLine      = "line"      // a journal line does not match its checksum
	DamageRecord    = "record"    // a record does not match its digests or its index row
	DamageIndex     = "index"     // a segment's index is unreadable; its records are readable
	DamageRoot      = "root"      // the records differ from those that were sealed
	DamageChain     = "chain"     // the segment before this one is missing
	DamageReference = "reference" // a record refers to a missing record
	DamageFile      = "file"      // a file cannot be read
)

// A Damage is one error that Verify found. ID, Type and URL identify the record, as
// far as they are known.
type Damage struct {
	Kind    string `json:"kind"`
	Segment string `json:"segment,omitempty"`
	ID      string `json:"id,omitempty"`
	Type    string `json:"type,omitempty"`
	URL     string `json:"url,omitempty"`
	What    string `json:"what"`
	Store   string `json:"store,omitempty"` // that has the segment, if it is not on disk
}

func (d Damage) String() string {
	s := d.Kind + ": "
	if d.Segment != "" {
		s += "segment " + d.Segment
		if d.Store != "" {
			s += " in " + d.Store
		}
		s += ": "
	}
	if d.Type != "" {
		s += d.Type + " "
	}
	if d.ID != "" {
		s += trimURN(d.ID) + " "
	}
	if d.URL != "" {
		s += "of " + d.URL + " "
	}
	return s + d.What
}

// A Verification is the result of Verify.
type Verification struct {
	Segments int      `json:"segments"`
	Journals int      `json:"journals"`
	Records  int      `json:"records"`
	Erased   int      `json:"erased,omitempty"` // tombstones
	Lost     int      `json:"lost,omitempty"`   // records lost in the past, as recorded by repairs
	Bytes    int64    `json:"bytes"`            // read from disk and stores
	Raw      int64    `json:"raw"`              // the same, decoded
	Damage   []Damage `json:"damage"`
}

// VerifyOptions are the options of Verify. The zero value is valid.
type VerifyOptions struct {
	Workers  int                                      // GOMAXPROCS if zero
	Progress func(bytes, total int64, segment string) // called after each frame or part of a journal
	only     string                                   // verify only this segment, without references and chain
}

// Verify checks an archive's segments and journals: every checksum, digest,
// index row, reference and root. It reads each segment where it is read by others: on disk,
// or else from its store. It changes nothing and takes no lock. Its memory
// does not grow with the archive. Damage is in the Verification; the error is that
// of reading the folder, a *StoreError if a store could not be read, or that of ctx.
func (a *Archive) Verify(ctx context.Context, o VerifyOptions) (*Verification, error) {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	segs, err := a.Segments()
	if err != nil {
		return nil, err
	}
	v := &verifier{a: a, o: o, res: &Verification{Damage: []Damage{}}, refs: map[reference]Capture{}, roots: map[string]bool{"": true}, lost: map[string]bool{}}
	for _, s := range segs {
		v.total += s.Bytes
	}
	for _, s := range segs {
		if o.only != "" && s.Name != o.only {
			continue
		}
		if err := v.segment(ctx, s.Name); err != nil {
			return v.res, err
		}
	}
	if o.only != "" {
		return v.res, nil
	}
	if err := v.resolve(ctx); err != nil {
		return v.res, err
	}
	v.reportMissing()
	return v.res, nil
}

// maxPending bounds the references that are not yet looked up.
const maxPending = 200_000

// A reference is a record's reference to another record.
type reference struct {
	target string
	digest Digest // that the target must have; "" for any
}

type verifier struct {
	a     *Archive
	o     VerifyOptions
	total int64

	mu       sync.Mutex
	res      *Verification
	refs     map[reference]Capture // with the first record that has it
	dangling []danglingRef
	roots    map[string]bool
	previous []Capture // Segment, and as ID the root of its previous segment
	lost     map[string]bool
}

type danglingRef struct {
	reference
	from Capture
	what string
}

func (v *verifier) damage(d Damage) {
	if s := v.a.stored.find(d.Segment); s != nil && !v.a.isLocal(d.Segment) {
		d.Store = s.store.String()
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.res.Damage = append(v.res.Damage, d)
}

// recordDamage reports damage of a record.
func (v *verifier) recordDamage(kind string, c Capture, format string, args ...any) {
	v.damage(Damage{Kind: kind, Segment: c.Segment, ID: c.ID, Type: c.Type, URL: c.URL, What: fmt.Sprintf(format, args...)})
}

func (v *verifier) progress(segment string, bytes, raw int64) {
	v.mu.Lock()
	v.res.Bytes += bytes
	v.res.Raw += raw
	done := v.res.Bytes
	v.mu.Unlock()
	if v.o.Progress != nil {
		v.o.Progress(done, v.total, segment)
	}
}

// A checker checks records in one goroutine and collects its results until report.
type checker struct {
	v       *verifier
	x       *segmentIndex // nil for a journal
	records int
	erased  int
	refs    []danglingRef
	data    []byte
}

// frame checks the records of one frame and sets their leaves. The error is that of a store.
func (c *checker) frame(f io.ReaderAt, dec *zstd.Decoder, caps []Capture, leaves []leaf) error {
	at, length := caps[0].Frame, caps[0].FrameLength
	data, err := readFrame(f, dec, at, length, c.data[:0], nil)
	c.data = data[:0]
	if isStoreError(err) {
		return err
	}
	if err != nil {
		for _, cp := range caps {
			c.v.recordDamage(DamageFrame, cp, "is lost: the frame at offset %d does not decode", at)
		}
		c.v.progress(caps[0].Segment, length, 0)
		return nil
	}
	next := int64(0)
	for i, cp := range caps {
		end := cp.Offset + cp.Length
		if cp.Offset != next || end >= int64(len(data)) || data[end] != '\n' {
			c.v.recordDamage(DamageRecord, cp, "is not where the index says")
			break
		}
		leaves[i] = c.record(cp, data[cp.Offset:end])
		next = end + 1
	}
	if next != int64(len(data)) && next != 0 {
		c.v.recordDamage(DamageRecord, caps[len(caps)-1], "is followed by bytes that are not in the index")
	}
	c.v.progress(caps[0].Segment, length, int64(len(data)))
	c.report()
	return nil
}

// record checks one line against itself and its index row, and returns its leaf.
func (c *checker) record(row Capture, line []byte) leaf {
	c.records++
	node := leafOf(line)
	var r Record
	if err := scanMembers(line, r.member); err != nil {
		c.v.recordDamage(DamageRecord, row, "is not a valid record: %v", err)
		return node
	}
	now := captureOf(&r)
	if now.ID != row.ID || now.Type != row.Type || now.URL != row.URL || now.Status != row.Status || now.Digest != row.Digest ||
		now.RefersTo != row.RefersTo || now.ContentType != row.ContentType || !now.Time.Equal(row.Time) {
		c.v.recordDamage(DamageRecord, row, "differs from its row in the index")
	}
	if isTombstone(now) {
		c.erased++
		if l, err := tombstoneLeaf(&r); err == nil {
			node = l
		} else {
			c.v.recordDamage(DamageRecord, row, "is a tombstone without the hash of the erased record")
		}
	}
	if mismatch := fieldMismatch(&r); mismatch != "" {
		c.v.recordDamage(DamageRecord, row, "%s", mismatch)
	}
	if isLoss(now) && r.Get(ImportID) == "" {
		c.v.knownLosses(&r)
	}
	c.references(row, &r)
	return node
}

// fieldMismatch names the field of a record that does not match its block, or
// returns "".
func fieldMismatch(r *Record) string {
	var head []byte
	if r.HTTP != nil {
		head = r.HTTP.Bytes()
	}
	if n := r.Get("Content-Length"); n != strconv.Itoa(len(head)+len(r.Payload)) {
		return "has a block of " + strconv.Itoa(len(head)+len(r.Payload)) + " bytes, but Content-Length is " + n
	}
	if d := Digest(r.Get("WARC-Block-Digest")); d != "" && !d.Matches(head, r.Payload) {
		return "does not match its block digest"
	}
	// A record that was imported keeps the payload digest that it came with, which may be
	// that of the body without its chunks, or wrong. Its block digest is of the import.
	if d := Digest(r.Get("WARC-Payload-Digest")); d != "" && r.Head == nil && r.Get(ImportID) == "" && hasPayload[r.Type()] && !d.Matches(r.Payload) {
		return "does not match its payload digest"
	}
	return ""
}

// references collects a record's references to records in other segments.
func (c *checker) references(row Capture, r *Record) {
	if r.Head != nil { // imported: perhaps only a part of its file was
		return
	}
	note := func(id string, digest Digest, what string) {
		if id == "" {
			return
		}
		if c.x != nil {
			if i, ok := c.x.find(id); ok && (digest == "" || c.x.captures[i].Digest == digest) {
				return
			}
		}
		c.refs = append(c.refs, danglingRef{reference{id, digest}, row, what})
	}
	if id := r.Get(ImportID); id != "" || r.Head != nil {
		// What else it refers to may be in files that were not imported.
		note(id, "", "was imported by the run")
		return
	}
	var digest Digest
	if row.Type == "revisit" {
		digest = row.Digest
	}
	note(row.RefersTo, digest, "refers to")
	if row.Type != "request" { // a crash may have prevented writing its response
		for _, id := range r.Values("WARC-Concurrent-To") {
			note(id, "", "was captured together with")
		}
	}
	note(r.Get("WARC-Warcinfo-ID"), "", "belongs to the run")
}

// report adds what was collected since the last report to the verifier.
func (c *checker) report() {
	c.v.mu.Lock()
	defer c.v.mu.Unlock()
	c.v.res.Records += c.records
	c.v.res.Erased += c.erased
	for _, r := range c.refs {
		if _, ok := c.v.refs[r.reference]; !ok {
			c.v.refs[r.reference] = r.from
		}
	}
	c.records, c.erased, c.refs = 0, 0, c.refs[:0]
}

func (v *verifier) knownLosses(r *Record) {
	var l Loss
	if json.Unmarshal(r.Payload, &l) != nil {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, c := range l.Lost {
		v.lost[c.ID] = true
		v.res.Lost++
	}
}

// journal checks the lines of an open journal. A torn tail is not damage: its
// records were never acknowledged.
func (v *verifier) journal(ctx context.Context, name string, f *os.File) error {
	v.res.Journals++
	type piece struct {
		caps  []Capture
		lines [][]byte
	}
	pieces := make(chan piece)
	var wg sync.WaitGroup
	for range v.o.Workers {
		wg.Go(func() {
			c := &checker{v: v}
			for p := range pieces {
				for i, l := range p.lines {
					c.record(p.caps[i], l)
				}
				c.report()
			}
		})
	}
	var now piece
	size := 0
	send := func() {
		pieces <- now
		v.progress(name, int64(size), int64(size))
		now, size = piece{}, 0
	}
	_, err := scanJournal(f, 0, func(l journalLine) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		c, err := l.capture()
		c.Segment = name
		if err != nil {
			for _, lost := range salvageFields(f, l) {
				lost.Segment = name
				v.recordDamage(DamageLine, lost, "is lost: the line at offset %d does not match its checksum", l.offset)
			}
			return nil
		}
		now.caps = append(now.caps, c)
		now.lines = append(now.lines, slices.Clone(l.body))
		if size += int(l.size); size >= 1<<20 {
			send()
		}
		return nil
	})
	send()
	close(pieces)
	wg.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		v.damage(Damage{Kind: DamageFile, Segment: name, What: err.Error()})
	}
	return v.resolveIfMany(ctx)
}

func (v *verifier) resolveIfMany(ctx context.Context) error {
	if len(v.refs) < maxPending {
		return nil
	}
	return v.resolve(ctx)
}

// resolve looks up the collected references in all segments.
func (v *verifier) resolve(ctx context.Context) error {
	segs, err := v.a.Segments()
	if err != nil {
		return err
	}
	for _, s := range segs {
		if len(v.refs) == 0 {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		caps, find, err := v.a.captures(ctx, s.Name)
		if failedStore(err) {
			return err
		}
		if err != nil {
			continue // reported already
		}
		for r := range v.refs {
			if i, ok := find(r.target); ok && i < len(caps) && (r.digest == "" || caps[i].Digest == r.digest || isTombstone(caps[i])) {
				delete(v.refs, r)
			}
		}
	}
	for r, from := range v.refs {
		v.dangling = append(v.dangling, danglingRef{r, from, ""})
	}
	clear(v.refs)
	return nil
}

// reportMissing reports references and segments that are missing and not listed in
// a loss record.
func (v *verifier) reportMissing() {
	for _, d := range v.dangling {
		if v.lost[d.target] {
			continue
		}
		v.recordDamage(DamageReference, d.from, "refers to %s, which is not in the archive or has another digest", trimURN(d.target))
	}
	for _, p := range v.previous {
		if !v.roots[p.ID] {
			v.damage(Damage{Kind: DamageChain, Segment: p.Segment, What: "the segment sealed before it is missing: its root is " + p.ID})
		}
	}
}
