package archive

import (
	"context"
	"errors"
	"fmt"
)

// A Reader reads records at known locations. It keeps the last few frames, with their
// files, so that reading in stored order decodes each frame once, also if some records
// refer to others: earlier versions of articles are in the segments before, in the same
// order. It is not safe for concurrent use: each goroutine needs one of its own.
type Reader struct {
	a       *Archive
	places  [keptFrames]segmentReader
	used    [keptFrames]int // when each place was used last, as a number that grows
	now     int
	payload []byte // of Payload
}

// keptFrames is how many frames a Reader keeps, of 1.5 MB each.
const keptFrames = 6

// NewReader returns a Reader, which must be closed.
func (a *Archive) NewReader() *Reader { return &Reader{a: a} }

// Close releases the files that are open.
func (r *Reader) Close() {
	for i := range r.places {
		r.places[i].close()
	}
}

// place returns the reader that has the frame of a record, or else the one whose last use
// is the longest ago.
func (r *Reader) place(c Capture) *segmentReader {
	at := 0
	for i := range r.places {
		p := &r.places[i]
		if p.f != nil && p.segment == c.Segment && (c.Frame < 0 && p.journal || c.Frame >= 0 && p.frame == c.Frame && !p.journal) {
			at = i
			break
		}
		if r.used[i] < r.used[at] {
			at = i
		}
	}
	r.now++
	r.used[at] = r.now
	return &r.places[at]
}

// Record reads the record at a location. If it is no longer there, as after sealing, it
// is found by its address. It returns ErrNotFound if there is none.
func (r *Reader) Record(ctx context.Context, c Capture) (*Record, error) {
	if c.Frame < 0 || c.FrameLength > 0 {
		if rec, err := r.place(c).read(ctx, r.a, c); err == nil || failedStore(err) {
			return rec, err
		}
	}
	return r.a.Record(ctx, c.Segment, c.ID)
}

// Payload reads the payload of the record at a location, as Record does. It may be used
// until the next call. isText says that it is known to be valid UTF-8.
func (r *Reader) Payload(ctx context.Context, c Capture) (payload []byte, isText bool, err error) {
	return r.PayloadWithout(ctx, c, "")
}

// PayloadWithout is Payload for a payload in JSON of which one member is not needed, such
// as the body of an article: if its value is an array, it may be empty in what is returned,
// whatever it has in the record.
func (r *Reader) PayloadWithout(ctx context.Context, c Capture, member string) (payload []byte, isText bool, err error) {
	if c.Frame < 0 || c.FrameLength > 0 {
		if line, err := r.place(c).line(ctx, r.a, c); err == nil {
			if payload, ok := r.textOf(line, c.ID, member); ok {
				return payload, true, nil
			}
		}
	}
	rec, err := r.Record(ctx, c)
	if err != nil {
		return nil, false, err
	}
	return rec.Payload, false, nil
}

// textOf returns the text of a record, perhaps without a member, decoded into r.payload where it has escapes; ok
// is false for records with another ID and for those whose payload is not a text.
func (r *Reader) textOf(line []byte, id, without string) (text []byte, ok bool) {
	same := false
	err := scanMembers(line, func(key string, s *scanner) (more bool, err error) {
		switch key {
		case "http", "latin1", "base64":
			return false, nil
		case "text":
			r.payload, err = s.unescaped(r.payload[:0], without)
			text, ok = r.payload, true
			return false, err
		}
		raw, plain, err := s.token()
		switch {
		case err != nil:
			// A field with several values is not a string, either; Record reads these.
			return false, err
		case key == "WARC-Record-ID":
			same = plain && string(raw) == id
		}
		return true, nil
	})
	return text, ok && same && err == nil
}

// Fields reads only the WARC fields of the record at a location, as Record has them,
// which does not depend on how large its block is.
func (r *Reader) Fields(ctx context.Context, c Capture) ([]Field, error) {
	if c.Frame < 0 || c.FrameLength > 0 {
		if line, err := r.place(c).line(ctx, r.a, c); err == nil {
			if fields, err := warcFields(line); err == nil && (&Record{Fields: fields}).ID() == c.ID {
				return fields, nil
			}
		}
	}
	rec, err := r.a.Record(ctx, c.Segment, c.ID)
	if err != nil {
		return nil, err
	}
	return rec.Fields, nil
}

// warcFields decodes the WARC fields of a record, which come before its other members.
func warcFields(line []byte) ([]Field, error) {
	r := Record{Fields: make([]Field, 0, 16)}
	err := scanMembers(line, func(key string, s *scanner) (bool, error) {
		switch key {
		case "http", "text", "latin1", "base64", "head":
			return false, nil
		}
		return true, r.scanField(key, s)
	})
	if err == nil && (r.Type() == "" || r.ID() == "") {
		err = errors.New("no WARC-Type or WARC-Record-ID")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: record: %w", ErrDamaged, err)
	}
	return r.Fields, nil
}
