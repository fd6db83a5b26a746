// Package watchtest makes archives with runs, for tests.
package watchtest

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// Site is the site of all runs.
const Site = "a.example"

// A News is an archive that gets runs of a site. Its clock moves with them.
type News struct {
	Archive *archive.Archive
	Catalog *catalog.Catalog
	Now     time.Time

	t   testing.TB
	w   *archive.Writer
	run string
}

// New makes an archive that is closed at the end of the test.
func New(t testing.TB) *News {
	t.Helper()
	f := &News{t: t, Now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)}
	var err error
	if f.Archive, err = archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test"); err == nil {
		f.w, err = f.Archive.NewWriter()
	}
	if err == nil {
		f.Catalog, err = catalog.Open(context.Background(), f.Archive)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Catalog.Close(); f.w.Close(); f.Archive.Close() })
	return f
}

// Append adds records.
func (f *News) Append(recs ...*archive.Record) {
	f.t.Helper()
	caps, err := f.w.Append(context.Background(), recs...)
	if err == nil {
		err = f.Catalog.Index(context.Background(), caps, recs)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// Begin begins a run, an hour later. It goes on until End.
func (f *News) Begin() {
	f.Now = f.Now.Add(time.Hour)
	rec := archive.NewRecord("warcinfo", f.Now)
	rec.Set("Content-Type", "application/warc-fields")
	rec.Payload = []byte("newsmorgue-site: " + Site + "\r\n")
	f.run = rec.ID()
	f.Append(rec)
}

// End ends the run as a summary says; complete, if it does not say how.
func (f *News) End(s keep.Summary) catalog.Run {
	f.t.Helper()
	f.Now = f.Now.Add(time.Minute)
	s.Site = Site
	if s.Status == "" {
		s.Status = keep.StatusComplete
	}
	rec := archive.NewRecord("metadata", f.Now)
	rec.Set("WARC-Refers-To", f.run)
	rec.Set("Content-Type", "application/json; profile=newsmorgue.run/1")
	rec.Payload, _ = json.Marshal(s)
	f.Append(rec)
	runs, err := f.Catalog.Runs(context.Background(), Site, 1)
	if err != nil || len(runs) != 1 || runs[0].ID != f.run {
		f.t.Fatalf("got %+v, %v", runs, err)
	}
	return runs[0]
}

// Page is an answer of the site; without an article it has a status of 404. The article
// needs a title and a text.
func (f *News) Page(url string, a *article.Article) {
	f.t.Helper()
	f.Now = f.Now.Add(time.Second)
	res := archive.NewRecord("response", f.Now)
	res.Set("WARC-Target-URI", url)
	res.Set("WARC-Warcinfo-ID", f.run)
	res.Set("Content-Type", "application/http; msgtype=response")
	status := "200 OK"
	if a == nil {
		status = "404 Not Found"
	}
	res.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 " + status}
	res.Payload = fmt.Appendf(nil, "<p>%s %v", url, a)
	res.Set("WARC-Payload-Digest", string(archive.SHA256(res.Payload)))
	if a == nil {
		f.Append(res)
		return
	}
	a.URL, a.Site, a.Kind, a.Extractor = url, Site, article.KindArticle, "newsmorgue/1"
	a.Body = []article.Block{{Type: article.Paragraph, Text: a.Text}}
	body, err := json.Marshal(a)
	if err != nil {
		f.t.Fatal(err)
	}
	conv := archive.NewRecord("conversion", f.Now)
	conv.Set("WARC-Target-URI", url)
	conv.Set("WARC-Refers-To", res.ID())
	conv.Set("Newsmorgue-Extractor", "newsmorgue/1")
	conv.Set("Content-Type", "application/json; profile="+article.Schema)
	conv.Payload = body
	f.Append(res, conv)
}

// TwoRuns are a run that archives three articles, and one that finds that one is
// edited, one gone, and one new.
func (f *News) TwoRuns() (first, second catalog.Run) {
	f.Begin()
	f.Page("https://a.example/ferry", &article.Article{Title: "The ferry <is> late", Text: "The ferry was late again today.", Byline: "By Ann Lee"})
	f.Page("https://a.example/mayor", &article.Article{Title: "Mayor resigns", Text: "The mayor resigned."})
	f.Page("https://a.example/same", &article.Article{Title: "Nothing happens", Text: "All is well."})
	first = f.End(keep.Summary{Mode: "new", Kept: keep.Kept{New: 3}})
	f.Begin()
	f.Page("https://a.example/ferry", &article.Article{Title: "The ferry is on\x1b time & <b>fine</b>", Text: "The ferry was not late today.", Byline: "By Ann Lee"})
	f.Page("https://a.example/mayor", nil)
	f.Page("https://a.example/same", &article.Article{Title: "Nothing happens", Text: "All is well."})
	f.Page("https://a.example/storm", &article.Article{Title: "A storm", Text: "It blows."})
	return first, f.End(keep.Summary{Mode: "update", Kept: keep.Kept{New: 1}})
}
