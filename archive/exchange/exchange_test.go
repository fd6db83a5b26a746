package exchange_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/exchange"
	"github.com/newsmorgue/newsmorgue/archive/wacz"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// A fixture is an archive that a test fills.
type fixture struct {
	*archivetest.Fixture
	t    *testing.T
	time time.Time
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	return &fixture{Fixture: archivetest.New(t), t: t, time: time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)}
}

// run begins a run of a site.
func (f *fixture) run(site string) string {
	rec := archive.NewRecord("warcinfo", f.time)
	rec.Set("Content-Type", "application/warc-fields")
	rec.Payload = []byte("operator: Ann <ann@a.example>\r\nrobots: obey\r\nnewsmorgue-site: " + site + "\r\n")
	f.Add(rec)
	end := archive.NewRecord("metadata", f.time)
	end.Set("WARC-Refers-To", rec.ID())
	end.Set("Content-Type", "application/json; profile=newsmorgue.run/1")
	end.Payload = []byte(`{"site":"` + site + `","status":"complete"}`)
	f.Add(end)
	return rec.ID()
}

// page captures a page; the payload is as it was sent.
func (f *fixture) page(url, run, body string) *archive.Record {
	f.time = f.time.Add(time.Minute)
	rec := archive.NewRecord("response", f.time)
	rec.Set("WARC-Target-URI", url)
	rec.Set("WARC-Warcinfo-ID", run)
	rec.Set("Content-Type", "application/http; msgtype=response")
	rec.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK", Headers: []archive.Field{{Name: "Content-Type", Value: "text/html"}, {Name: "x-Odd", Value: "é"}}}
	rec.Payload = []byte(body)
	f.Add(rec)
	return rec
}

// revisit captures a page that is the same as before.
func (f *fixture) revisit(of *archive.Record, url, run string) *archive.Record {
	f.time = f.time.Add(time.Minute)
	rec := archive.NewRecord("revisit", f.time)
	rec.Set("WARC-Target-URI", url)
	rec.Set("WARC-Warcinfo-ID", run)
	rec.Set("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest")
	rec.Set("WARC-Refers-To", of.ID())
	rec.Set("WARC-Refers-To-Target-URI", of.TargetURI())
	rec.Set("WARC-Refers-To-Date", of.Get("WARC-Date"))
	rec.Set("WARC-Payload-Digest", of.Get("WARC-Payload-Digest"))
	rec.Set("Content-Type", "application/http; msgtype=response")
	rec.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK"}
	f.Add(rec)
	return rec
}

func siteOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return u.Host
}

// exported exports WARC files and reads them back.
func (f *fixture) exported(o exchange.Options) (dir string, sum exchange.Summary, recs []*archive.Record) {
	f.t.Helper()
	dir = filepath.Join(f.t.TempDir(), "out")
	o.SiteOf, o.Software = siteOf, "newsmorgue/test"
	sum, err := exchange.WARC(f.t.Context(), f.Archive, f.Catalog, dir, o)
	if err != nil {
		f.t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.warc.gz"))
	if err != nil {
		f.t.Fatal(err)
	}
	for _, name := range files {
		recs = append(recs, f.read(name)...)
	}
	return dir, sum, recs
}

// read reads the records of a file, without those of the file itself.
func (f *fixture) read(name string) (recs []*archive.Record) {
	f.t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		f.t.Fatal(err)
	}
	for e, err := range warc.NewReader(bytes.NewReader(b), warc.ReaderOptions{}).Records(f.t.Context()) {
		if err != nil || len(e.Notes) > 0 {
			f.t.Fatalf("%s: %v, %v", name, e, err)
		}
		if e.Record.Get("WARC-Filename") == "" {
			recs = append(recs, e.Record)
		}
	}
	return recs
}

func urls(recs []*archive.Record) (all []string) {
	for _, r := range recs {
		if u := r.TargetURI(); u != "" {
			all = append(all, r.Type()+" "+u)
		}
	}
	slices.Sort(all)
	return all
}

// What is exported is what the archive has, record by record.
func TestWARC(t *testing.T) {
	f := newFixture(t)
	run := f.run("a.example")
	var want []string
	for i := range 30 {
		rec := f.page(fmt.Sprintf("https://a.example/%d", i), run, strings.Repeat(fmt.Sprint("page ", i, " "), 400))
		line, err := rec.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, string(line))
	}
	dir, sum, recs := f.exported(exchange.Options{MaxFile: 4000})
	var got []string
	for _, r := range recs {
		if r.Type() == "response" {
			line, err := r.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, string(line))
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %d responses, want %d; the first: %.300s", len(got), len(want), got)
	}
	if sum.Records != 32 || len(sum.Files) < 4 {
		t.Errorf("got %+v", sum)
	}
	index, err := os.ReadFile(filepath.Join(dir, "index.cdxj"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(index), "\n"), "\n")
	if len(lines) != 30 || !slices.IsSorted(lines) {
		t.Errorf("index: %d lines, sorted %v", len(lines), slices.IsSorted(lines))
	}
	if _, wrong, err := folder.Verify(dir); err != nil || len(wrong) > 0 {
		t.Errorf("verify: got %q, %v", wrong, err)
	}
	again, _, _ := f.exported(exchange.Options{MaxFile: 4000, Workers: 1})
	for _, name := range append(sum.Files, folder.Sums) {
		a, errA := os.ReadFile(filepath.Join(dir, name))
		b, errB := os.ReadFile(filepath.Join(again, name))
		if errors.Join(errA, errB) != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs with one worker: %v", name, errors.Join(errA, errB))
		}
	}
}

func TestSelection(t *testing.T) {
	f := newFixture(t)
	runA, runB := f.run("a.example"), f.run("b.example")
	f.page("https://a.example/1", runA, "one")
	f.page("https://cdn.example/style.css", runA, "style")
	f.page("https://b.example/1", runB, "two")
	f.page("https://a.example/hidden", runA, "hidden")
	s := catalog.Suppression{Date: f.time, URL: "https://a.example/hidden", Reason: "asked"}
	rec, err := catalog.NewSuppression(&s)
	if err != nil {
		t.Fatal(err)
	}
	f.Add(rec)
	_, _, all := f.exported(exchange.Options{})
	if got, want := urls(all), []string{"response https://a.example/1", "response https://b.example/1", "response https://cdn.example/style.css"}; !slices.Equal(got, want) {
		t.Errorf("all: got %q, want %q", got, want)
	}
	for _, r := range all {
		if bytes.Contains(r.Payload, []byte("hidden")) {
			t.Errorf("%s names what is suppressed", r.Type())
		}
	}
	_, sum, some := f.exported(exchange.Options{Sites: []string{"a.example"}})
	if got, want := urls(some), []string{"response https://a.example/1", "response https://cdn.example/style.css"}; !slices.Equal(got, want) {
		t.Errorf("site: got %q, want %q", got, want)
	}
	if sum.Types["warcinfo"] != 1 || sum.Types["metadata"] != 1 {
		t.Errorf("site: got %v", sum.Types)
	}
	_, _, late := f.exported(exchange.Options{Since: time.Date(2026, 11, 23, 18, 2, 30, 0, time.UTC)})
	if got, want := urls(late), []string{"response https://b.example/1"}; !slices.Equal(got, want) {
		t.Errorf("time: got %q, want %q", got, want)
	}
	dir := filepath.Join(t.TempDir(), "none")
	if _, err := exchange.WARC(t.Context(), f.Archive, f.Catalog, dir, exchange.Options{Sites: []string{"none.example"}, SiteOf: siteOf}); !errors.Is(err, exchange.ErrNothing) {
		t.Errorf("nothing: got %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("a failed export left its folder")
	}
}

// A revisit brings what it refers to along, once, if that is not selected.
func TestRevisits(t *testing.T) {
	f := newFixture(t)
	run := f.run("a.example")
	first := f.page("https://a.example/1", run, "one")
	f.revisit(first, "https://a.example/1", run)
	f.revisit(first, "https://b.example/copy", run)
	since := exchange.Options{Since: time.Date(2026, 11, 23, 18, 1, 30, 0, time.UTC)}
	_, sum, recs := f.exported(since)
	if got, want := urls(recs), []string{"response https://a.example/1", "revisit https://a.example/1", "revisit https://b.example/copy"}; !slices.Equal(got, want) || sum.Originals != 1 {
		t.Errorf("got %q, want %q; %+v", got, want, sum)
	}
	if i := slices.IndexFunc(recs, func(r *archive.Record) bool { return r.Type() == "revisit" }); i < 1 || recs[i-1].Type() != "response" {
		t.Error("the response does not come before its revisit")
	}
	file := filepath.Join(t.TempDir(), "x.wacz")
	since.SiteOf = siteOf
	if sum, err := exchange.WACZ(t.Context(), f.Archive, f.Catalog, file, since); err != nil || sum.Originals != 1 {
		t.Errorf("wacz: got %+v, %v", sum, err)
	}
}

// What a revisit refers to stays out if it is suppressed, and the revisit with it.
func TestSuppressedOriginal(t *testing.T) {
	f := newFixture(t)
	run := f.run("a.example")
	first := f.page("https://a.example/secret", run, "a secret")
	other := f.page("https://a.example/open", run, "no secret")
	copied := f.revisit(first, "https://b.example/copy", run)
	s := catalog.Suppression{Date: f.time, URL: "https://a.example/secret", Reason: "asked"}
	rec, err := catalog.NewSuppression(&s)
	if err != nil {
		t.Fatal(err)
	}
	f.Add(rec)
	sum, recs, err := f.some(copied.ID(), first.ID(), rec.ID(), other.ID())
	if got, want := urls(recs), []string{"response https://a.example/open"}; err != nil || !slices.Equal(got, want) || sum.Outside != 1 {
		t.Errorf("some: got %q, want %q; %+v, %v", got, want, sum, err)
	}
	if _, _, err := f.some(copied.ID(), first.ID(), rec.ID()); !errors.Is(err, exchange.ErrNothing) {
		t.Errorf("got %v", err)
	}
}

// some exports the records with some IDs and reads them back.
func (f *fixture) some(ids ...string) (sum exchange.Summary, recs []*archive.Record, err error) {
	f.t.Helper()
	var out bytes.Buffer
	sum, err = exchange.Records(f.t.Context(), f.Archive, f.Catalog, &out, ids, exchange.Options{Software: "newsmorgue/test"})
	if err != nil {
		if out.Len() > 0 {
			f.t.Errorf("wrote %d bytes before %v", out.Len(), err)
		}
		return sum, nil, err
	}
	name := filepath.Join(f.t.TempDir(), "some.warc.gz")
	if err := os.WriteFile(name, out.Bytes(), 0o600); err != nil {
		f.t.Fatal(err)
	}
	return sum, f.read(name), nil
}

// Single records come with the records of their runs and, before a revisit, with what it
// refers to; each once, and as the archive has them.
func TestRecords(t *testing.T) {
	f := newFixture(t)
	run := f.run("a.example")
	first := f.page("https://a.example/1", run, "one")
	again := f.revisit(first, "https://a.example/1", run)
	sum, recs, err := f.some(again.ID(), first.ID(), again.ID(), "<urn:uuid:00000000-0000-4000-8000-000000000000>")
	if err != nil || sum.Records != 3 || sum.Damaged != 1 {
		t.Fatalf("got %+v, %v", sum, err)
	}
	var got []string
	for _, r := range recs {
		got = append(got, r.Type()+" "+r.ID())
	}
	if want := []string{"warcinfo " + run, "response " + first.ID(), "revisit " + again.ID()}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if a, b := recs[1].Block(), first.Block(); !bytes.Equal(a, b) {
		t.Errorf("got %q, want %q", a, b)
	}
}

// Only what is new since an earlier export is exported.
func TestPrevious(t *testing.T) {
	f := newFixture(t)
	run := f.run("a.example")
	first := f.page("https://a.example/1", run, "one")
	one, _, _ := f.exported(exchange.Options{})
	pack := filepath.Join(t.TempDir(), "one.wacz")
	if _, err := exchange.WACZ(t.Context(), f.Archive, f.Catalog, pack, exchange.Options{SiteOf: siteOf}); err != nil {
		t.Fatal(err)
	}
	f.page("https://a.example/2", run, "two")
	f.revisit(first, "https://a.example/1", run)
	for _, previous := range []string{one, pack} {
		_, sum, recs := f.exported(exchange.Options{Previous: previous})
		// The revisit's original is in the earlier export only, and no revisit may point there.
		if got, want := urls(recs), []string{"response https://a.example/1", "response https://a.example/2", "revisit https://a.example/1"}; !slices.Equal(got, want) || sum.Had != 3 {
			t.Errorf("%s: got %q, want %q; %+v", filepath.Base(previous), got, want, sum)
		}
	}
	two, _, _ := f.exported(exchange.Options{Previous: one})
	dir := filepath.Join(t.TempDir(), "three")
	if _, err := exchange.WARC(t.Context(), f.Archive, f.Catalog, dir, exchange.Options{Previous: two}); !errors.Is(err, exchange.ErrNothing) {
		t.Errorf("nothing new: got %v", err)
	}
	if _, err := exchange.WARC(t.Context(), f.Archive, f.Catalog, dir, exchange.Options{Previous: f.Archive.Dir()}); err == nil {
		t.Error("an archive was taken for an export")
	}
}

func TestWACZ(t *testing.T) {
	f := newFixture(t)
	run := f.run("a.example")
	for i := range 5 {
		f.page(fmt.Sprintf("https://a.example/%d", i), run, fmt.Sprint("page ", i))
	}
	file := filepath.Join(t.TempDir(), "x.wacz")
	sum, err := exchange.WACZ(t.Context(), f.Archive, f.Catalog, file, exchange.Options{Software: "newsmorgue/test", Title: "Test"})
	if err != nil || sum.Records != 7 {
		t.Fatalf("got %+v, %v", sum, err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := wacz.Open(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, name := range p.WARCs() {
		for e, err := range p.Records(t.Context(), name, warc.ReaderOptions{}) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Record.Type() == "response" {
				n++
			}
		}
	}
	if n != 5 {
		t.Errorf("got %d responses", n)
	}
	if left, err := filepath.Glob(filepath.Join(filepath.Dir(file), ".*")); err != nil || len(left) > 0 {
		t.Errorf("left: %q, %v", left, err)
	}
}
