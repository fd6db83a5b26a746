package keep

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/warc"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// An importGroup is the records of one capture: they follow one another in a file and
// have one URL and date.
type importGroup struct {
	source   *ImportSource
	recs     []*archive.Record // new ones, in the order of the file
	archived *archive.Record   // a page that the archive has; it may lack its article
	bytes    int64             // of the blocks

	// What a worker found, when ready is closed.
	ready       chan struct{}
	err         error
	main        *archive.Record   // the response, revisit or resource; nil if there is none
	readings    []*archive.Record // conversions to be written with it
	reads       []*catalog.Read   // of the articles among all these records
	page        *visit            // the article that was read; nil if there is none
	isNew       bool              // no earlier capture of the URL is in the archive
	isDuplicate bool              // the archive has the capture under other IDs
	unread      string            // why a page gave no article
	readBefore  []readPage        // pages of another archive whose articles come along
	unresolved  string            // ID of a revisit whose original is not known yet
	exported    bool              // it is in a file that this program exported
	unreadYet   bool              // its article may be in the file, further on
}

// prepare works out what the catalog needs to know of the articles among the records.
func (g *importGroup) prepare() {
	if g.isDuplicate {
		return
	}
	for _, recs := range [][]*archive.Record{g.recs, g.readings} {
		for _, rec := range recs {
			if read := catalog.Prepare(rec); read != nil {
				g.reads = append(g.reads, read)
			}
		}
	}
}

// maxGroup bounds the records of a group.
const maxGroup = 16

// readAll reads the records of all files, filters them, and gives groups of what is new
// to send, until that returns false.
func (x *importing) readAll(ctx context.Context, send func(*importGroup) bool) error {
	for _, s := range x.Sources {
		if err := x.readSource(ctx, s, send); err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			x.problem(ImportProblem{File: s.Name, Offset: -1, Kind: problemFile, Reason: err.Error()})
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

func (x *importing) readSource(ctx context.Context, s *ImportSource, send func(*importGroup) bool) error {
	file := ImportedFile{Name: s.Name}
	defer func() {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.report.addFile(file)
	}()
	var group *importGroup
	flush := func() bool {
		g := group
		group = nil
		return g == nil || send(g)
	}
	var held heldBack
	defer func() {
		if !x.Filter.selectsAll() {
			x.count(func(r *Imported) { r.Filtered += len(held.infos) })
		}
	}()
	before := int64(0)
	for e, err := range s.entries(ctx) {
		if err != nil {
			flush()
			return err
		}
		if e.read > before {
			x.watch(x.read.Add(e.read-before), s.Name)
			before = e.read
		}
		rec := x.accept(s, e, &file)
		if rec == nil {
			continue
		}
		s.exported = s.exported || isExportInfo(rec)
		var infos []*archive.Record
		if rec.Type() == "warcinfo" && !s.whole && !x.Filter.isZero() {
			if infos = held.add(rec); infos == nil {
				continue
			}
			rec = nil
		}
		var g *importGroup
		if rec != nil {
			if g = x.group(s, rec); g == nil {
				continue
			}
			file.New += len(g.recs)
			infos = held.take()
		}
		for _, info := range infos {
			if in := x.group(s, info); in != nil {
				file.New++
				if !flush() || !send(in) {
					return ctx.Err()
				}
			}
		}
		if g == nil {
			continue
		}
		if group != nil && group.joins(g) {
			group.recs, group.bytes = append(group.recs, g.recs...), group.bytes+g.bytes
			continue
		}
		if !flush() {
			return ctx.Err()
		}
		group = g
	}
	flush()
	return ctx.Err()
}

// isExportInfo reports whether a record begins a WARC file that this program exported.
func isExportInfo(rec *archive.Record) bool {
	return rec.Type() == "warcinfo" && rec.Get("WARC-Filename") != "" && bytes.HasPrefix(rec.Payload, []byte("software: newsmorgue/"))
}

// heldBack are the warcinfo records of a file, until a record is imported that the filter
// selects: they describe those that follow.
type heldBack struct {
	infos []*archive.Record
	bytes int64
}

// maxHeld bounds the records that are held back, and maxHeldBytes their blocks.
const (
	maxHeld      = 1000
	maxHeldBytes = 16 << 20
)

// add holds a record back. If there are too many, it returns all: they are imported, for
// none is lost.
func (h *heldBack) add(rec *archive.Record) (tooMany []*archive.Record) {
	h.infos, h.bytes = append(h.infos, rec), h.bytes+int64(len(rec.Payload))
	if len(h.infos) < maxHeld && h.bytes < maxHeldBytes {
		return nil
	}
	return h.take()
}

func (h *heldBack) take() []*archive.Record {
	infos := h.infos
	*h = heldBack{}
	return infos
}

func (x *importing) watch(done int64, what string) {
	if x.Watch != nil {
		x.Watch(done, max(0, x.total), what)
	}
}

// joins reports whether the first record of another group belongs to this capture.
func (g *importGroup) joins(next *importGroup) bool {
	if g.archived != nil || next.archived != nil || len(g.recs) >= maxGroup || g.bytes+next.bytes > importMemory/4 {
		return false
	}
	a, b := g.recs[0], next.recs[0]
	return a.TargetURI() != "" && a.TargetURI() == b.TargetURI() && a.Get("WARC-Date") == b.Get("WARC-Date")
}

// group makes a group of a record, if the archive does not have it.
func (x *importing) group(s *ImportSource, rec *archive.Record) *importGroup {
	g := &importGroup{source: s, exported: s.exported, bytes: int64(len(rec.Payload)) + 4096, ready: make(chan struct{})}
	if s.whole {
		if isNew, _ := x.ids.add(rec); !isNew {
			x.count(func(r *Imported) { r.Known++ })
			return nil
		}
		g.recs = []*archive.Record{rec}
		return g
	}
	if rec.Type() == "conversion" {
		g.bytes *= 3 // what prepare makes of it is in memory, too
	}
	isNew, renamed := x.ids.add(rec)
	if renamed {
		x.count(func(r *Imported) { add(&r.Notes, "record-id") })
	}
	if !isNew {
		x.count(func(r *Imported) { r.Known++ })
		if _, isFresh := x.ids.has(rec.ID()); !isFresh && !x.NoExtract && x.mayBePage(rec) {
			g.archived = rec
			return g
		}
		return nil
	}
	if !s.own {
		keepHead(rec)
	}
	rec.Set(archive.ImportID, x.runID)
	g.recs = []*archive.Record{rec}
	return g
}

// accept returns the record of an entry, if it is one that the import wants, and counts
// what is not.
func (x *importing) accept(s *ImportSource, e importEntry, file *ImportedFile) *archive.Record {
	rec := e.Record
	if rec != nil {
		file.Records++
	}
	if rec != nil && e.problem == "" && x.Filter.elsewhere(rec.TargetURI()) {
		x.countDamage(s, e, file)
		return nil
	}
	x.countNotes(s, e, file)
	if e.problem != "" {
		if isDamage(e.problem) {
			file.Damaged++
		}
		x.problem(ImportProblem{File: s.Name, Offset: e.Offset, Line: e.line, Kind: e.problem, Reason: e.why})
		return nil
	}
	if rec == nil || e.TooLarge || e.HasKind(warc.KindDamaged) {
		return nil // a member that does not match its checksum has other bytes under the same ID
	}
	if hides(x.hidden, rec) && (!s.whole || x.isErased(rec)) {
		x.count(func(r *Imported) { r.Suppressed++ })
		return nil
	}
	if s.whole {
		return rec
	}
	if tooLong(rec) {
		x.problem(ImportProblem{File: s.Name, Offset: e.Offset, Kind: problemTooLarge, Reason: "the block is too large for a line of a journal", URL: rec.TargetURI()})
		return nil
	}
	usualIDs(rec)
	if why := x.leftOut(rec); why != "" {
		x.problem(ImportProblem{File: s.Name, Offset: e.Offset, Kind: why, Reason: why, URL: rec.TargetURI()})
		return nil
	}
	if rec.Type() != "warcinfo" && !x.selects(rec) {
		if !x.Filter.selectsAll() {
			x.count(func(r *Imported) { r.Filtered++ })
		}
		return nil
	}
	return rec
}

// countDamage counts what is damaged about an entry of which the record belongs elsewhere.
func (x *importing) countDamage(s *ImportSource, e importEntry, file *ImportedFile) {
	e.Notes = slices.DeleteFunc(slices.Clone(e.Notes), func(n warc.Note) bool {
		switch n.Kind {
		case warc.KindDamaged, warc.KindGarbage, warc.KindCut, warc.KindLength, warc.KindBlockDigest:
			return false
		}
		return true
	})
	x.countNotes(s, e, file)
}

// countNotes counts what is unusual about an entry.
func (x *importing) countNotes(s *ImportSource, e importEntry, file *ImportedFile) {
	for _, n := range e.Notes {
		if n.Kind == warc.KindGarbage && e.Offset == s.damagedAt+1 {
			continue // the rest of a damaged member
		}
		if n.Kind == warc.KindDamaged {
			s.damagedAt = e.Offset
		}
		switch n.Kind {
		case warc.KindDamaged, warc.KindGarbage, warc.KindCut, warc.KindLength, warc.KindBlockDigest:
			file.Damaged++
			x.problem(ImportProblem{File: s.Name, Offset: e.Offset, Kind: string(n.Kind), Reason: n.What, URL: urlOf(e.Record)})
		case warc.KindTooLarge:
			x.problem(ImportProblem{File: s.Name, Offset: e.Offset, Kind: problemTooLarge, Reason: n.What, URL: urlOf(e.Record)})
		default:
			x.count(func(r *Imported) { add(&r.Notes, string(n.Kind)) })
		}
	}
}

// tooLong reports whether a record would be too long for a line of a journal: control
// characters are six bytes each there.
func tooLong(rec *archive.Record) bool {
	const most = 240 << 20
	head := 0
	if rec.HTTP != nil {
		head = len(rec.HTTP.Bytes())
	}
	if len(rec.Payload)+head < most/8 {
		return false
	}
	n := int64(8*head + 2*len(rec.Head))
	for _, c := range rec.Payload {
		switch {
		case c < 0x20:
			n += 6
		case c == '"' || c == '\\' || c > 0x7e:
			n += 2
		default:
			n++
		}
	}
	return n > most
}

// leftOut says why a record of another program's file cannot be imported.
func (x *importing) leftOut(rec *archive.Record) string {
	mime := rec.Get("Content-Type")
	switch {
	case rec.Type() == "metadata" && (strings.Contains(mime, "newsmorgue.tombstone/") || strings.Contains(mime, "newsmorgue.loss/")):
		return "what another archive erased or lost; import its folder instead"
	case rec.Type() == "conversion" && strings.Contains(mime, "newsmorgue.article/"):
		// Else a file could replace the articles of pages that it does not have.
		if known, isFresh := x.ids.has(rec.Get("WARC-Refers-To")); known && !isFresh {
			if again, _ := x.ids.has(rec.ID()); !again {
				return "an article that another program read from a page of this archive"
			}
		}
	}
	return ""
}

// selects reports whether the filter selects a record. One without a URL is selected
// with the record that it refers to.
func (x *importing) selects(rec *archive.Record) bool {
	f := &x.Filter
	if f.isZero() {
		return true
	}
	raw := rec.TargetURI()
	if raw == "" {
		for _, name := range []string{"WARC-Refers-To", "WARC-Concurrent-To", "WARC-Segment-Origin-ID"} {
			if _, isFresh := x.ids.has(rec.Get(name)); isFresh {
				return true
			}
		}
		return false
	}
	if len(f.Sites) > 0 {
		u, err := url.Parse(raw)
		if err != nil || !slices.Contains(f.Sites, scraper.SiteOf(u)) {
			return false
		}
	}
	at := rec.Date()
	switch {
	case !f.Since.IsZero() && at.Before(f.Since), !f.Until.IsZero() && at.After(f.Until):
		return false
	}
	return strings.HasPrefix(raw, f.URLPrefix)
}

// hides reports whether a record's page is suppressed, in any spelling of its URL.
func hides(h *catalog.Hidden, rec *archive.Record) bool {
	if h.Len() == 0 {
		return false
	}
	if h.Hides(captureOf(rec)) {
		return true
	}
	raw := rec.TargetURI()
	return rec.Type() != "warcinfo" && raw != "" && (h.URLs[raw] || h.URLs[Spelling(raw)])
}

func urlOf(rec *archive.Record) string {
	if rec == nil {
		return ""
	}
	return rec.TargetURI()
}

func (x *importing) count(how func(*Imported)) {
	x.mu.Lock()
	defer x.mu.Unlock()
	how(x.report)
}

// problem counts what is damaged or left out, and says it.
func (x *importing) problem(p ImportProblem) {
	x.count(func(r *Imported) { r.addProblem(p) })
	if x.Problem != nil {
		x.Problem(p)
	}
}

// String is a problem in one line.
func (p ImportProblem) String() string {
	where := p.File
	switch {
	case p.Line > 0:
		where += fmt.Sprintf(":%d", p.Line)
	case p.Offset >= 0:
		where += fmt.Sprintf(" at offset %d", p.Offset)
	}
	if p.URL != "" {
		return where + ": " + p.URL + ": " + p.Reason
	}
	return where + ": " + p.Reason
}
