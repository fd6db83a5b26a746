package keep

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// later is what waits for the end of an import, when all records are there.
type later struct {
	pages    []laterPage // pages of an export that came without an article so far
	revisits []string    // IDs of revisits that may need an article of their own
	heads    []string    // URLs of articles with further pages
}

// A laterPage is a page that is read at the end, unless its article came along.
type laterPage struct {
	id    string
	isNew bool // no earlier capture of the URL is in the archive
}

// conclude does what needs all records: revisits, articles in several pages, and what
// repeats on the pages of sites.
func (x *importing) conclude(ctx context.Context) error {
	if x.NoExtract {
		return nil
	}
	for i, p := range x.later.pages {
		x.step(i, len(x.later.pages), "reading pages")
		if err := x.readLater(ctx, p); err != nil {
			return err
		}
	}
	for i, id := range x.later.revisits {
		x.step(i, len(x.later.revisits), "reading revisits")
		if err := x.readRevisit(ctx, id); err != nil {
			return err
		}
	}
	for i, u := range x.later.heads {
		x.step(i, len(x.later.heads), "joining pages")
		if err := x.joinPages(ctx, u); err != nil {
			return err
		}
	}
	if x.isWritten {
		x.step(0, 0, "comparing the pages of each site")
		return x.keeper.learn(ctx, time.Now())
	}
	return ctx.Err()
}

func (x *importing) step(n, of int, what string) {
	if x.Watch != nil {
		x.Watch(-1-int64(n), int64(of), what)
	}
}

// readLater reads the article of a page of an export, if none came along.
func (x *importing) readLater(ctx context.Context, p laterPage) error {
	cat := x.keeper.Catalog
	rec, err := notFoundIsNil(cat.Record(ctx, p.id))
	if err != nil || rec == nil || hides(x.hidden, rec) {
		return err
	}
	stored, err := cat.Stored(ctx, rec)
	if err != nil {
		return err
	}
	g := &importGroup{main: rec, isNew: p.isNew}
	if stored.ID != "" && stored.Of == p.id && isOfThisExtractor(stored.Extractor) {
		if g.readBefore, err = x.cameAlong(ctx, stored); err != nil {
			return err
		}
	} else if err := x.extractPage(ctx, g, rec); err != nil {
		return err
	}
	x.report.take(g)
	if g.page == nil {
		return nil
	}
	if known, _ := x.ids.has(g.page.conv.ID()); !known {
		if err := x.keep(ctx, g.page.conv); err != nil {
			return err
		}
	}
	x.noteRead(g)
	return nil
}

// cameAlong is the page of a reading that is in the archive already.
func (x *importing) cameAlong(ctx context.Context, stored catalog.Stored) ([]readPage, error) {
	conv, err := notFoundIsNil(x.keeper.Catalog.Record(ctx, stored.ID))
	if err != nil || conv == nil {
		return nil, err
	}
	return pagesRead([]*archive.Record{conv}), nil
}

// keep writes a record at the end of the import.
func (x *importing) keep(ctx context.Context, rec *archive.Record) error {
	if !x.isWritten {
		x.recordStart()
		if err := keepRecord(ctx, x.keeper.Catalog, x.keeper.Writer, x.run); err != nil {
			return err
		}
		x.isWritten = true
	}
	return keepRecord(ctx, x.keeper.Catalog, x.keeper.Writer, rec)
}

// readRevisit reads the article of a revisit that has none by the response that it
// refers to.
func (x *importing) readRevisit(ctx context.Context, id string) error {
	k := x.keeper
	rec, err := k.Catalog.Record(ctx, id)
	if errors.Is(err, archive.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	stored, err := k.Catalog.Stored(ctx, rec)
	if err != nil {
		return err
	}
	if stored.ID != "" {
		if stored.Of != id {
			return nil
		}
		g := &importGroup{}
		g.readBefore, err = x.cameAlong(ctx, stored)
		x.report.take(g)
		return err
	}
	full, err := x.original(ctx, rec)
	if err != nil {
		return err
	}
	if full == nil {
		x.report.Unresolved++
		return nil
	}
	u, err := url.Parse(rec.TargetURI())
	if err != nil {
		return nil
	}
	g := &importGroup{}
	a, _, err := x.read1(ctx, rec, full, u, g)
	if err != nil || a == nil {
		return err
	}
	conv, err := k.importedReading(a, rec)
	if err != nil {
		return err
	}
	x.report.takeArticle(a)
	return x.keep(ctx, conv)
}

// original finds the response with the payload of a revisit: by ID, by URL and time, or
// by its digest; nil if it is not in the archive.
func (x *importing) original(ctx context.Context, rec *archive.Record) (*archive.Record, error) {
	cat := x.keeper.Catalog
	if rec.Get("WARC-Refers-To") != "" {
		full, err := cat.Payload(ctx, rec.ID())
		switch {
		case err == nil && full.Type() == "response":
			return full, nil
		case err != nil && !errors.Is(err, archive.ErrNotFound) && !errors.Is(err, archive.ErrDamaged):
			return nil, err
		}
	}
	if of := rec.Get("WARC-Refers-To-Target-URI"); of != "" {
		caps, err := cat.Captured(ctx, of)
		if err != nil {
			return nil, err
		}
		at, _ := time.Parse(time.RFC3339Nano, rec.Get("WARC-Refers-To-Date"))
		for _, c := range caps {
			if c.Type == "response" && (at.IsZero() || c.Time.Equal(at)) {
				return notFoundIsNil(cat.Record(ctx, c.ID))
			}
		}
	}
	digest := archive.Digest(rec.Get("WARC-Payload-Digest"))
	if digest == "" {
		return nil, nil
	}
	held, ok, err := cat.ByDigest(ctx, digest, rec.TargetURI())
	if err != nil || !ok {
		return nil, err
	}
	return notFoundIsNil(cat.Record(ctx, held.ResponseID))
}

func notFoundIsNil(rec *archive.Record, err error) (*archive.Record, error) {
	if errors.Is(err, archive.ErrNotFound) || errors.Is(err, archive.ErrDamaged) {
		return nil, nil
	}
	return rec, err
}

// joinPages reads an article again together with its further pages, and marks these as
// its parts. Only current versions are joined.
func (x *importing) joinPages(ctx context.Context, head string) error {
	k := x.keeper
	if err := k.restitch(ctx, head, ""); err != nil {
		return err
	}
	a, ok, err := k.reading(ctx, head)
	if err != nil || !ok {
		return err
	}
	for _, p := range a.Pages {
		held, part, err := k.reread(ctx, p.URL)
		if err != nil {
			return err
		}
		if part == nil || !part.Further || !continues(part, head) {
			continue
		}
		before, ok, err := k.reading(ctx, p.URL)
		if err != nil {
			return err
		}
		if ok && strings.HasPrefix(before.Provenance["kind"].From, pageOf) {
			continue
		}
		asPage(part, head)
		captured, err := k.Catalog.Record(ctx, held.CaptureID)
		if err != nil {
			return err
		}
		conv, err := k.laterReading(part, captured, held.ArticleRecordID, held.ReadID == held.CaptureID)
		if err != nil {
			return err
		}
		if err := x.keep(ctx, conv); err != nil {
			return err
		}
		x.report.joined(before)
	}
	return nil
}

// recall notes what imports that were killed left for their end.
func (x *importing) recall(ctx context.Context) error {
	killed, segment, err := x.killed(ctx)
	if err != nil || len(killed) == 0 || x.NoExtract {
		return err
	}
	isLater := func(c archive.Capture) bool {
		return c.Segment >= segment && (c.Type == "conversion" && strings.Contains(c.ContentType, "newsmorgue.article/") || c.Type == "revisit")
	}
	for e, err := range x.Archive.Select(ctx, isLater) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if away := new(archive.StoreError); errors.As(err, &away) {
			return err
		}
		if err != nil {
			continue // verify reports it
		}
		if e.Type == "revisit" {
			if killed[e.Record.Get(archive.ImportID)] {
				x.later.revisits = append(x.later.revisits, e.ID)
			}
			continue
		}
		if !killed[e.Record.Get("WARC-Warcinfo-ID")] {
			continue
		}
		var a article.Article
		if json.Unmarshal(e.Record.Payload, &a) != nil {
			continue
		}
		if a.Kind.Story() {
			x.keeper.imported[a.Site]++
			if x.keeper.sites == nil {
				x.keeper.sites = map[string]*parsers.Parser{}
			}
			x.keeper.sites[a.Site] = nil
		}
		if len(a.Pages) > 0 && !a.Further {
			x.later.heads = append(x.later.heads, e.URL)
		}
	}
	return nil
}

// killed are the imports since the last one that came to its end, and the segment in
// which the first of them began.
func (x *importing) killed(ctx context.Context) (killed map[string]bool, segment string, err error) {
	const newest = 200
	cat := x.keeper.Catalog
	starts, err := cat.Warcinfos(ctx, newest)
	if err != nil {
		return nil, "", err
	}
	ends, err := cat.Metadata(ctx, importSchema)
	if err != nil {
		return nil, "", err
	}
	complete := map[string]bool{}
	for _, e := range ends[max(0, len(ends)-newest):] {
		rec, err := notFoundIsNil(cat.Record(ctx, e.ID))
		if err != nil {
			return nil, "", err
		}
		var end Imported
		if rec != nil && rec.Get(archive.ImportID) == "" && json.Unmarshal(rec.Payload, &end) == nil {
			complete[e.RefersTo] = end.Status == StatusComplete && end.Extractor != ""
		}
	}
	killed = map[string]bool{}
	for _, c := range starts {
		if complete[c.ID] {
			break
		}
		rec, err := notFoundIsNil(cat.Record(ctx, c.ID))
		if err != nil {
			return nil, "", err
		}
		if rec == nil || rec.Get(archive.ImportID) != "" || !strings.Contains(string(rec.Payload), "newsmorgue-mode: import\r\n") {
			continue
		}
		killed[c.ID] = true
		if segment == "" || c.Segment < segment {
			segment = c.Segment
		}
	}
	return killed, segment, nil
}

// noteWhole remembers the erasures that came from another archive.
func (x *importing) noteWhole(rec *archive.Record) {
	if rec.Type() != "metadata" || rec.Get("Content-Type") != catalog.SuppressionType {
		return
	}
	var s catalog.Suppression
	if json.Unmarshal(rec.Payload, &s) == nil && s.Erase && !s.Lift {
		s.ID = rec.ID()
		x.erasures = append(x.erasures, s)
	}
}

// isErased reports whether this archive erased a record's page: it must not come back.
func (x *importing) isErased(rec *archive.Record) bool {
	if x.erased == nil {
		x.erased = map[string]bool{}
		all, err := x.keeper.Catalog.Ledger(context.Background())
		if err != nil {
			return true
		}
		for _, s := range all {
			x.erased[s.URL+s.Record] = s.Erase && !s.Lift
		}
	}
	return x.erased[rec.TargetURI()] || x.erased[rec.ID()] || x.erased[rec.Get("WARC-Refers-To")]
}

// eraseAsThere erases what the imported archive has erased, and this one still has.
func (x *importing) eraseAsThere(ctx context.Context) error {
	for _, s := range x.erasures {
		n, err := eraseWhat(ctx, x.Archive, x.keeper.Catalog, s)
		if err != nil {
			return err
		}
		x.report.Erased += n
	}
	return nil
}
