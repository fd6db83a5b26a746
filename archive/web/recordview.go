package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

const (
	// maxPayloadText is how much of a payload the page of a record shows, in bytes.
	maxPayloadText = 64 << 10
	// maxReferring is how many records that refer to one its page lists.
	maxReferring = 50
	// maxFieldValue is how much of the value of a header field is shown, in bytes.
	maxFieldValue = 4 << 10
	maxHeadFields = 500
)

// A recordData is what the page of a record shows.
type recordData struct {
	ID      string        `json:"id"`
	Type    string        `json:"type"`
	URL     string        `json:"url,omitempty"`
	Date    time.Time     `json:"date"`
	Erased  bool          `json:"erased,omitempty"` // the record is a tombstone
	Fields  []recordField `json:"fields"`           // of the WARC header, in order
	HTTP    *httpData     `json:"http,omitempty"`
	Payload payloadData   `json:"payload"`
	Digests []digestData  `json:"digests"`
	Place   placeData     `json:"place"`
	Related []relatedData `json:"related"` // records that it refers to, or that refer to it
	More    int           `json:"more_related,omitempty"`
	Article string        `json:"article,omitempty"` // ID of the article of its URL
	Run     string        `json:"run,omitempty"`     // that fetched it

	Path    string `json:"-"`
	Archive string `json:"-"` // address of the archived page
	Live    string `json:"-"`
	WARC    string `json:"-"` // address of the record as a WARC file; "" if there is none
}

// A recordField is one header field. Record is the ID in the value, if it is one.
type recordField struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Record string `json:"-"`
}

// An httpData is the head of an HTTP message.
type httpData struct {
	Start  string        `json:"start"`
	Fields []recordField `json:"headers"`
}

// A payloadData is the payload of a record, as text if it is text.
type payloadData struct {
	Type   string `json:"type,omitempty"`
	Bytes  int    `json:"bytes"`
	Binary bool   `json:"binary,omitempty"`
	Text   string `json:"text,omitempty"`
	Cut    bool   `json:"cut,omitempty"` // the text is longer
	Of     string `json:"of,omitempty"`  // the record that has it, for a revisit
	Note   string `json:"note,omitempty"`
}

// A digestData is a digest of a record, which was computed again.
type digestData struct {
	Name   string `json:"name"`
	Value  string `json:"value"`
	Result string `json:"result"` // "matches", "differs" or "not checked"
	What   string `json:"what"`   // of what it is, or why it was not checked
}

// A placeData is where a record lies.
type placeData struct {
	Segment     string `json:"segment"`
	File        string `json:"file"`
	Sealed      bool   `json:"sealed"`
	Frame       int64  `json:"frame"` // offset of its zstd frame in the file; -1 in a journal
	FrameLength int64  `json:"frame_length,omitempty"`
	Offset      int64  `json:"offset"` // in the decoded frame; of its line in a journal
	Length      int64  `json:"length"`
}

// A relatedData is another record. How says what the two have to do with one another.
type relatedData struct {
	How  string    `json:"how"`
	Type string    `json:"type,omitempty"`
	ID   string    `json:"id"`
	URL  string    `json:"url,omitempty"`
	Time time.Time `json:"time,omitzero"`
	Path string    `json:"-"`
}

var (
	uuidForm     = regexp.MustCompile(`^(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	recordIDForm = regexp.MustCompile(`^<[A-Za-z][A-Za-z0-9+.-]*:[^\s<>]+>$`)
)

// wholeRecordID completes a record ID that is given as a UUID or without its brackets.
func wholeRecordID(s string) string {
	switch {
	case uuidForm.MatchString(s):
		return "<urn:uuid:" + strings.ToLower(s) + ">"
	case !strings.HasPrefix(s, "<"):
		return "<" + s + ">"
	}
	return s
}

// recordPath is the address of a record by its ID; "" if that is none.
func recordPath(id string) string {
	if uuid, ok := strings.CutPrefix(id, "<urn:uuid:"); ok && uuidForm.MatchString(strings.TrimSuffix(uuid, ">")) {
		return "/record/" + strings.TrimSuffix(uuid, ">")
	}
	if !recordIDForm.MatchString(id) {
		return ""
	}
	return "/record/" + strings.NewReplacer("/", "%2F", "?", "%3F", "#", "%23", "%", "%25").Replace(strings.Trim(id, "<>"))
}

// runPath is the address of a run by the ID of its warcinfo record; "" if that is none.
func runPath(id string) string {
	path, ok := strings.CutPrefix(recordPath(id), "/record/")
	if !ok {
		return ""
	}
	return "/runs/" + path
}

// record shows one record, or answers with it as a WARC file.
func (s *Server) record(r *http.Request) (*page, error) {
	ref, isFile := strings.CutSuffix(r.PathValue("id"), ".warc.gz")
	id := wholeRecordID(ref)
	if len(ref) > maxReference || !recordIDForm.MatchString(id) {
		return nil, refuse("this is not the ID of a record: it is a UUID, such as newsmorgue cat prints")
	}
	at, err := s.placeOf(r.Context(), id, r.URL.Query().Get("beside"))
	if errors.Is(err, errUnsearched) {
		return unsearchedRecord(err, id), nil
	}
	if err != nil {
		return nil, err
	}
	if other, err := s.hiddenRecord(r.Context(), at); err != nil || other != nil {
		return other, err
	}
	if isFile {
		return s.warcFile("record-"+strings.TrimPrefix(strings.Trim(id, "<>"), "urn:uuid:")+".warc.gz", []string{id})
	}
	rec, err := s.Archive.RecordAt(r.Context(), at)
	if errors.Is(err, archive.ErrNotFound) || errors.Is(err, archive.ErrDamaged) {
		return damagedRecord(id, at, err), nil
	}
	if err != nil {
		return nil, err
	}
	d, err := s.recordData(r.Context(), rec, at)
	if err != nil {
		return nil, err
	}
	return &page{Title: "Record " + strings.TrimPrefix(strings.Trim(id, "<>"), "urn:uuid:"), Section: "/articles", Template: "record", Data: d}, nil
}

// damagedRecord is the page of a record whose bytes cannot be read.
func damagedRecord(id string, at archive.Capture, err error) *page {
	return &page{Title: "Damaged record", Section: "/articles", Template: "error", Status: http.StatusNotFound, Data: errorData{
		Error: fmt.Sprintf("Record %s in segment %s cannot be read: %v.", id, at.Segment, err),
		Hint:  "newsmorgue verify lists all damage; newsmorgue repair saves the records around it.",
	}}
}

// placeOf finds a record: in the catalog, or else beside the one that a link names, or else
// in the segments, beginning with the one in which it is likely. Requests are not in the
// catalog.
func (s *Server) placeOf(ctx context.Context, id, beside string) (at archive.Capture, err error) {
	found, err := s.Catalog.Lookup(ctx, id)
	if err != nil {
		return at, err
	}
	for _, c := range found {
		if c.ID == id {
			return c, nil
		}
	}
	if beside != "" && len(beside) <= maxReference {
		other, ok, err := s.Catalog.Locate(ctx, wholeRecordID(beside))
		if err != nil {
			return at, err
		}
		if ok {
			if at, err = besideOf(ctx, s.Archive, other, id); err == nil {
				return at, nil
			}
		}
	}
	near, err := s.Catalog.Beside(ctx, id)
	if err != nil {
		return at, err
	}
	var likely []string
	for _, other := range near {
		if at, err := besideOf(ctx, s.Archive, other, id); err == nil {
			return at, nil
		}
		likely = append(likely, other.Segment)
	}
	segments, err := s.Archive.Segments()
	if err != nil {
		return at, err
	}
	return s.records.locate(ctx, s.Archive, slices.Compact(append(likely, likelySegments(segments, id)...)), id)
}

// besideOf finds a record of the exchange of another one.
func besideOf(ctx context.Context, a *archive.Archive, other archive.Capture, id string) (archive.Capture, error) {
	r := a.NewReader()
	defer r.Close()
	return r.Beside(ctx, other, id)
}

// likelySegments is the segment that was begun last before a record got its ID, if that is
// a UUID with a time (RFC 9562, version 7): to look through all segments takes seconds.
func likelySegments(segments []archive.SegmentInfo, id string) []string {
	digits := strings.TrimPrefix(id, "<urn:uuid:")
	if len(digits) < 15 || digits[14] != '7' {
		return nil
	}
	ms, err := strconv.ParseInt(digits[:8]+digits[9:13], 16, 64)
	if err != nil {
		return nil
	}
	made := time.UnixMilli(ms).UTC().Format("20060102T150405Z")
	for _, s := range slices.Backward(segments) {
		if len(s.Name) >= len(made) && s.Name[:len(made)] <= made {
			return []string{s.Name}
		}
	}
	return nil
}

// hiddenRecord is the notice that a record is suppressed; nil if it is not. What is left of
// an erased one is shown.
func (s *Server) hiddenRecord(ctx context.Context, at archive.Capture) (*page, error) {
	hidden, err := s.Catalog.Hidden(ctx)
	if err != nil || !hidden.Hides(at) {
		return nil, err
	}
	ledger, err := s.Catalog.Ledger(ctx)
	if err != nil {
		return nil, err
	}
	of, looked := catalog.Suppression{}, 0
	for _, l := range ledger {
		switch {
		case l.Lift:
		case l.Record == "":
			if l.URL == at.URL {
				of = l
			}
		case l.Record == at.ID || l.Record == at.RefersTo:
			of = l
		case at.Type == "request" && looked < maxLedger:
			looked++
			answers, err := s.Catalog.Lookup(ctx, l.Record)
			if err != nil {
				return nil, err
			}
			if slices.ContainsFunc(answers, func(c archive.Capture) bool { return c.URL == at.URL && c.Time.Equal(at.Time) }) {
				of = l
			}
		}
	}
	return suppressionPage("This record is suppressed", of), nil
}

func (s *Server) recordData(ctx context.Context, rec *archive.Record, at archive.Capture) (*recordData, error) {
	d := &recordData{ID: rec.ID(), Type: rec.Type(), URL: rec.TargetURI(), Date: rec.Date(), Erased: at.IsErased(), Path: recordPath(rec.ID()), Run: rec.Get("WARC-Warcinfo-ID")}
	for _, f := range rec.Fields {
		d.Fields = append(d.Fields, fieldOf(f, true))
	}
	if rec.HTTP != nil {
		d.HTTP = &httpData{Start: cutText(rec.HTTP.Start, maxFieldValue)}
		for _, f := range rec.HTTP.Headers {
			d.HTTP.Fields = append(d.HTTP.Fields, fieldOf(f, false))
		}
	}
	d.Place = placeData{at.Segment, "segments/" + at.Segment + ".jsonl.zst", at.Frame >= 0, at.Frame, at.FrameLength, at.Offset, at.Length}
	if !d.Place.Sealed {
		d.Place.File = "segments/" + at.Segment + ".journal"
	}
	if s.WARC != nil && !d.Erased {
		d.WARC = d.Path + ".warc.gz"
	}
	d.Live = liveAddress(d.URL)
	if t := d.Type; t == "response" || t == "revisit" || t == "resource" {
		d.Archive = pagePath(d.Date, d.URL)
	}
	if err := s.addPayload(ctx, d, rec); err != nil {
		return nil, err
	}
	return d, s.addRelated(ctx, d, rec)
}

func fieldOf(f archive.Field, links bool) recordField {
	d := recordField{Name: f.Name, Value: cutText(strings.ToValidUTF8(f.Value, "\uFFFD"), maxFieldValue)}
	if links && recordIDForm.MatchString(f.Value) {
		d.Record = f.Value
	}
	return d
}

// addRelated adds the records that a record refers to and those that refer to it, and the
// article of its URL.
func (s *Server) addRelated(ctx context.Context, d *recordData, rec *archive.Record) error {
	add := func(how string, c archive.Capture, beside string) {
		if len(d.Related) == maxReferring {
			d.More++
			return
		}
		path := recordPath(c.ID)
		if path != "" && beside != "" {
			path += "?beside=" + strings.TrimPrefix(recordPath(beside), "/record/")
		}
		d.Related = append(d.Related, relatedData{how, c.Type, c.ID, c.URL, c.Time, path})
	}
	for _, id := range rec.Values("WARC-Concurrent-To") {
		add("of the same exchange", archive.Capture{ID: id}, d.ID)
	}
	if id := rec.Get("WARC-Refers-To"); id != "" {
		add("it refers to", archive.Capture{ID: id}, "")
	}
	if d.Type == "response" || d.Type == "revisit" || d.Type == "resource" {
		readings, err := s.Catalog.ReadingsOf(ctx, d.ID)
		if err != nil {
			return err
		}
		for _, id := range readings {
			add("article that was read from it", archive.Capture{ID: id, Type: "conversion"}, "")
		}
		revisits, err := s.visibleRevisits(ctx, d.ID)
		if err != nil {
			return err
		}
		for _, c := range revisits {
			add("revisit with the same payload", c, "")
		}
	}
	if d.URL == "" {
		return nil
	}
	found, err := s.Catalog.Archived(ctx, []string{d.URL})
	if id := found[d.URL]; id == catalog.StoryID(d.URL) {
		d.Article = id
	}
	return err
}

// visibleRevisits lists the revisits of a response that are not suppressed.
func (s *Server) visibleRevisits(ctx context.Context, id string) (shown []archive.Capture, err error) {
	all, err := s.Catalog.Revisits(ctx, id)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	hidden, err := s.Catalog.Hidden(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		if !hidden.Hides(c) {
			shown = append(shown, c)
		}
	}
	return shown, nil
}
