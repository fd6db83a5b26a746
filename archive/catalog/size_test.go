package catalog_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A paper generates the pages of one news site: about 84 kB each, of which four
// fifths are navigation and other parts of the site, with the differences between
// pages that real sites have (nonces, the active menu, teasers, IDs).
type paper struct {
	rand  *rand.Rand
	words []string
	menu  []string
	heads []string
}

func newPaper(stories int) *paper {
	p := &paper{rand: rand.New(rand.NewPCG(20, 26))}
	for range 12_000 {
		b := make([]byte, 2+p.rand.IntN(9))
		for k := range b {
			b[k] = "etaoinshrdlucmfwypvbgk"[p.rand.IntN(22)]
		}
		p.words = append(p.words, string(b))
	}
	for i := range 260 {
		p.menu = append(p.menu, fmt.Sprintf(`<li id="m%d" class="menu-item menu-item-type-%s"><a href="/%s/%s/" data-x="%x">%s</a></li>`+"\n",
			i, p.words[i], p.words[i*7], p.words[i*11], p.rand.Uint64(), p.text(p.rand, 3)))
	}
	for range stories {
		p.heads = append(p.heads, p.text(p.rand, 9))
	}
	return p
}

func (p *paper) text(r *rand.Rand, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(p.words[int(r.ExpFloat64()*900)%len(p.words)])
		b.WriteString([]string{" ", " ", " ", " ", ", ", " ", ". "}[i%7])
	}
	return strings.TrimSpace(b.String())
}

func (p *paper) url(i int) string {
	return fmt.Sprintf("https://paper.example/%s/%04d-%s.html", p.words[i%9], i, strings.ReplaceAll(p.heads[i], " ", "-"))
}

// page returns story i; each edit adds a sentence to one paragraph. Visits differ in
// nonces and in the list of the latest stories.
func (p *paper) page(i, edits, visit int) (html string, a *article.Article) {
	r := rand.New(rand.NewPCG(uint64(i), 1))
	v := rand.New(rand.NewPCG(uint64(i), uint64(visit)+2))
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html><html lang=\"en\"><head><title>%s | The Paper</title>\n", p.heads[i])
	fmt.Fprintf(&b, `<meta name="csrf" content="%x%x"><script type="application/ld+json">{"@type":"NewsArticle","headline":"%s","datePublished":"2026-%02d-%02dT08:00:00Z"}</script>`,
		v.Uint64(), v.Uint64(), p.heads[i], 1+i%12, 1+i%28)
	b.WriteString("</head><body><nav>\n")
	for k, m := range p.menu {
		if k == i%9 {
			m = strings.Replace(m, "menu-item ", "menu-item current ", 1)
		}
		b.WriteString(m)
	}
	b.WriteString("</nav><article><h1>" + p.heads[i] + "</h1>\n")
	var texts []string
	for k := range 18 {
		t := p.text(r, 60+r.IntN(40))
		if k == 3 {
			for e := range edits {
				t += " " + p.text(rand.New(rand.NewPCG(uint64(i), uint64(e)+99)), 14)
			}
		}
		texts = append(texts, t)
		b.WriteString("<p>" + t + "</p>\n")
	}
	b.WriteString("</article><aside>\n")
	teaser := func(k int) {
		fmt.Fprintf(&b, `<div class="teaser teaser--small"><a class="teaser__link" href="%s"><img loading="lazy" src="/img/%d.jpg" alt=""><h3 class="teaser__title">%s</h3></a></div>`+"\n", p.url(k), k, p.heads[k])
	}
	for range 20 { // related stories
		teaser(r.IntN(len(p.heads)))
	}
	for k := range 20 { // the latest stories, which change during a crawl
		teaser((visit*31 + i/60 + k) % len(p.heads))
	}
	b.WriteString("</aside><footer>\n")
	for _, m := range p.menu {
		b.WriteString(strings.ReplaceAll(m, "menu-item", "footer-item"))
	}
	b.WriteString("</footer></body></html>\n")
	return b.String(), &article.Article{Schema: article.Schema, URL: p.url(i), Site: "paper.example", Kind: article.KindArticle, Title: p.heads[i],
		Text: strings.Join(texts, "\n\n"), Extractor: article.Extractor}
}

// records returns the records of a page: request, response, conversion.
func records(tb testing.TB, url, body string, a *article.Article, when time.Time) []*archive.Record {
	tb.Helper()
	req, res, conv := archive.NewRecord("request", when), archive.NewRecord("response", when), archive.NewRecord("conversion", when)
	for _, r := range []*archive.Record{req, res, conv} {
		r.Set("WARC-Target-URI", url)
	}
	req.Set("WARC-Concurrent-To", res.ID())
	req.Set("Content-Type", "application/http; msgtype=request")
	res.Set("WARC-Concurrent-To", req.ID())
	res.Set("WARC-IP-Address", "203.0.113.7")
	res.Set("WARC-Payload-Digest", string(archive.SHA256([]byte(body))))
	res.Set("Content-Type", "application/http; msgtype=response")
	var err1, err2, err3 error
	req.HTTP, _, err1 = archive.ParseHTTPHead([]byte("GET /x HTTP/1.1\r\nHost: paper.example\r\nUser-Agent: newsmorgue/1 (+https://example.org/bot)\r\nAccept: text/html\r\n\r\n"))
	res.HTTP, _, err2 = archive.ParseHTTPHead(fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nDate: %s\r\nETag: \"%x\"\r\nServer: nginx\r\n\r\n",
		when.Format(time.RFC1123), archive.SHA256([]byte(body))[7:20]))
	res.Payload = []byte(body)
	conv.Set("WARC-Refers-To", res.ID())
	conv.Set("Newsmorgue-Extractor", article.Extractor)
	conv.Set("Content-Type", "application/json; profile=newsmorgue.article/1")
	conv.Payload, err3 = json.Marshal(a)
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			tb.Fatal(err)
		}
	}
	return []*archive.Record{req, res, conv}
}

// revisit returns the records of a page that has not changed.
func revisit(tb testing.TB, of []*archive.Record, when time.Time) []*archive.Record {
	tb.Helper()
	req, rev := archive.NewRecord("request", when), archive.NewRecord("revisit", when)
	for _, f := range of[0].Fields[3:] {
		if f.Name != "WARC-Concurrent-To" && f.Name != "WARC-Block-Digest" && f.Name != "Content-Length" {
			req.Add(f.Name, f.Value)
		}
	}
	req.HTTP = of[0].HTTP
	rev.Set("WARC-Target-URI", of[1].Get("WARC-Target-URI"))
	rev.Set("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/server-not-modified")
	rev.Set("WARC-Refers-To", of[1].ID())
	rev.Set("WARC-Refers-To-Target-URI", of[1].Get("WARC-Target-URI"))
	rev.Set("WARC-Refers-To-Date", archive.FormatDate(of[1].Date()))
	rev.Set("WARC-Payload-Digest", of[1].Get("WARC-Payload-Digest"))
	rev.Set("Content-Type", "application/http; msgtype=response")
	var err error
	if rev.HTTP, _, err = archive.ParseHTTPHead([]byte("HTTP/1.1 304 Not Modified\r\nServer: nginx\r\n\r\n")); err != nil {
		tb.Fatal(err)
	}
	return []*archive.Record{req, rev}
}

// A rival measures the size of the same records in other formats.
type rival struct {
	gzip, zstd int64 // one member or frame per record, as in .warc.gz and .warc.zst
	whole      *zstd.Encoder
	wholeSize  counter
	enc        *zstd.Encoder
	buf        []byte
}

type counter int64

func (c *counter) Write(b []byte) (int, error) { *c += counter(len(b)); return len(b), nil }

func newRival(tb testing.TB) *rival {
	tb.Helper()
	r := &rival{}
	var err1, err2 error
	r.enc, err1 = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	// The lower bound: one stream with a large window.
	r.whole, err2 = zstd.NewWriter(&r.wholeSize, zstd.WithEncoderLevel(zstd.SpeedBetterCompression), zstd.WithWindowSize(128<<20))
	if err1 != nil || err2 != nil {
		tb.Fatal(err1, err2)
	}
	return r
}

// add writes a record as WARC.
func (r *rival) add(tb testing.TB, rec *archive.Record) {
	tb.Helper()
	rec.Finish()
	var b bytes.Buffer
	b.WriteString("WARC/1.1\r\n")
	for _, f := range rec.Fields {
		b.WriteString(f.Name + ": " + f.Value + "\r\n")
	}
	b.WriteString("\r\n")
	if rec.HTTP != nil {
		b.Write(rec.HTTP.Bytes())
	}
	b.Write(rec.Payload)
	b.WriteString("\r\n\r\n")
	var n counter
	gz := gzip.NewWriter(&n)
	if _, err := gz.Write(b.Bytes()); err != nil {
		tb.Fatal(err)
	}
	if err := gz.Close(); err != nil {
		tb.Fatal(err)
	}
	r.gzip += int64(n)
	r.buf = r.enc.EncodeAll(b.Bytes(), r.buf[:0])
	r.zstd += int64(len(r.buf))
	if _, err := r.whole.Write(b.Bytes()); err != nil {
		tb.Fatal(err)
	}
}

func folderSize(tb testing.TB, dir string, names ...string) (n int64) {
	tb.Helper()
	for _, name := range names {
		err := filepath.WalkDir(filepath.Join(dir, name), func(_ string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			st, err := d.Info()
			if err == nil {
				n += st.Size()
			}
			return err
		})
		if err != nil {
			tb.Fatal(err)
		}
	}
	return n
}

// BenchmarkSize archives a generated site of 3,000 pages, then visits it again. It
// reports the bytes on disk relative to the same records as WARC with one gzip
// member per record (gz), with one zstd frame per record, and as one long zstd
// stream, the lower bound of compression. Metrics x/gz are relative to gz; "pages"
// is without the articles, which only this format has, and "catalog" is without the
// full-text index, which is a measure of its own. Later visits are in kB per page.
func BenchmarkSize(b *testing.B) {
	const stories = 3000
	for b.Loop() {
		measureSize(b, stories)
	}
}

func measureSize(b *testing.B, stories int) {
	ctx := context.Background()
	p := newPaper(stories)
	dir := b.TempDir()
	ar, err := archive.Create(filepath.Join(dir, "news"), "newsmorgue/test")
	if err != nil {
		b.Fatal(err)
	}
	w, err := ar.NewWriter()
	if err != nil {
		b.Fatal(err)
	}
	cat, err := catalog.Open(context.Background(), ar)
	if err != nil {
		b.Fatal(err)
	}
	when := time.Date(2026, 11, 1, 8, 0, 0, 0, time.UTC)
	keep := func(recs []*archive.Record) {
		caps, err := w.Append(ctx, recs...)
		if err == nil {
			err = cat.Index(ctx, caps, recs)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	seal := func() int64 {
		if _, err := w.Seal(ctx); err != nil {
			b.Fatal(err)
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
		if w, err = ar.NewWriter(); err != nil {
			b.Fatal(err)
		}
		if _, err := cat.CatchUp(ctx); err != nil {
			b.Fatal(err)
		}
		return folderSize(b, ar.Dir(), "segments")
	}
	warc := newRival(b)
	raw := int64(0)
	first := make([][]*archive.Record, stories)
	for _, i := range rand.New(rand.NewPCG(1, 1)).Perm(stories) { // in a random order, like links
		html, article := p.page(i, 0, 0)
		recs := records(b, p.url(i), html, article, when)
		keep(recs)
		for _, r := range recs[:2] {
			warc.add(b, r)
		}
		raw += int64(len(html))
		first[i] = []*archive.Record{recs[0], recs[1]}
		when = when.Add(2 * time.Second)
	}
	if err := warc.whole.Close(); err != nil {
		b.Fatal(err)
	}
	segments := seal()
	if err := cat.Close(); err != nil { // writes its WAL into the file
		b.Fatal(err)
	}
	catalogSize := folderSize(b, ar.Dir(), "catalog.sqlite")
	share := func(n int64) float64 { return float64(n) / float64(warc.gzip) }
	b.ReportMetric(float64(raw)/float64(stories)/1000, "kB/page")
	b.ReportMetric(float64(warc.gzip)/float64(stories)/1000, "gz-kB/page")
	rest := catalogSize - fullTextSize(b, filepath.Join(ar.Dir(), "catalog.sqlite"))
	b.ReportMetric(share(segments+rest), "ours+catalog/gz")
	b.ReportMetric(share(catalogSize-rest), "full-text/gz")
	b.ReportMetric(share(segments), "ours/gz")
	b.ReportMetric(share(sealedSize(b, p, stories, 1, 2)), "pages/gz")
	b.ReportMetric(share(warc.zstd), "zstd/gz")
	b.ReportMetric(share(int64(warc.wholeSize)), "whole/gz")
	if got := share(segments + rest); got > 0.35 {
		b.Errorf("segments and catalog without full text are %.3f of per-record gzip, want 0.35 or less", got)
	}
	if got := share(catalogSize - rest); got > 0.2 {
		b.Errorf("the full text is %.3f of per-record gzip, want 0.2 or less", got)
	}

	// Later visits: all unchanged; then with an added sentence and other teasers, in
	// a later segment.
	if cat, err = catalog.Open(context.Background(), ar); err != nil {
		b.Fatal(err)
	}
	defer cat.Close()
	again := func(metric string, recs func(i int) []*archive.Record) {
		before := folderSize(b, ar.Dir(), "segments")
		for i := range stories {
			keep(recs(i))
			when = when.Add(2 * time.Second)
		}
		b.ReportMetric(float64(seal()-before)/float64(stories)/1000, metric)
	}
	again("unchanged-kB", func(i int) []*archive.Record { return revisit(b, first[i], when) })
	again("edited-kB", func(i int) []*archive.Record {
		html, article := p.page(i, 1, 1)
		return records(b, p.url(i), html, article, when)
	})
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	// Three more visits within one segment.
	few := stories * 3 / 10
	b.ReportMetric(float64(sealedSize(b, p, few, 4, 3)-sealedSize(b, p, few, 1, 3))/float64(3*few)/1000, "edited-same-segment-kB")
}

// fullTextSize returns by how much a catalog shrinks without its full text.
func fullTextSize(b *testing.B, path string) int64 {
	all, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	without := filepath.Join(b.TempDir(), "without.sqlite")
	if err := os.WriteFile(without, all, 0o600); err != nil {
		b.Fatal(err)
	}
	db, err := sql.Open("sqlite", without)
	if err == nil {
		_, err = db.Exec("DROP TABLE vocabulary; DROP TABLE fulltext; VACUUM")
	}
	if err == nil {
		err = db.Close()
	}
	if err != nil {
		b.Fatal(err)
	}
	st, err := os.Stat(without)
	if err != nil {
		b.Fatal(err)
	}
	return int64(len(all)) - st.Size()
}

// sealedSize returns the size of a segment with several visits to each story, each
// with an edit. Of each visit it has the first of records.
func sealedSize(b *testing.B, p *paper, stories, visits, of int) int64 {
	ar, err := archive.Create(filepath.Join(b.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		b.Fatal(err)
	}
	w, err := ar.NewWriter()
	if err != nil {
		b.Fatal(err)
	}
	for visit := range visits {
		for i := range stories {
			html, article := p.page(i, visit, visit)
			recs := records(b, p.url(i), html, article, time.Unix(int64(visit*stories+i), 0))
			if _, err := w.Append(context.Background(), recs[:of]...); err != nil {
				b.Fatal(err)
			}
		}
	}
	if _, err := w.Seal(context.Background()); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(ar.Dir())
	return folderSize(b, ar.Dir(), "segments")
}
