package archivetest

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"math/rand/v2"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// runs yields the numbers of the runs. Run n is of the site n modulo their number.
func (p *press) runs() iter.Seq[int] {
	return func(yield func(int) bool) {
		for n := 0; n*p.PerRun < p.Articles; n++ {
			if !yield(n) {
				return
			}
		}
	}
}

// runTime is when a run starts.
func (p *press) runTime(n int) time.Time {
	total := (p.Articles + p.PerRun - 1) / p.PerRun
	return start.Add(time.Duration(n) * (span / time.Duration(total))).Truncate(time.Second)
}

// run makes the records of run n: some of the articles of the site's run before are
// visited again, then new ones come.
func (p *press) run(n int) *run {
	r := &run{}
	at, s := p.runTime(n), p.sites[n%p.Sites]
	m := &maker{press: p, run: p.id(at, "warcinfo", n, 0)}
	begin := newRecord("warcinfo", m.run, at, "")
	begin.Set("Content-Type", "application/warc-fields")
	begin.Payload = fmt.Appendf(nil, "software: archivetest\r\nnewsmorgue-site: %s\r\nnewsmorgue-mode: update\r\n", s.name)
	r.pages = append(r.pages, page{recs: []*archive.Record{begin}})
	clock := at
	next := func() time.Time { clock = clock.Add(2 * time.Second); return clock }

	changed, moved := 0, 0
	if n >= p.Sites {
		before := p.runTime(n - p.Sites)
		for i := (n - p.Sites) * p.PerRun; i < (n-p.Sites+1)*p.PerRun; i++ {
			of := p.rand(ofPage, i)
			of.Uint64() // the first is for the visit before
			switch share := of.IntN(1000); {
			case share < editShare:
				d := p.edited(p.draft(i, s, before), clock)
				r.pages = append(r.pages, m.capture(d, next(), 1))
				changed++
			case share < editShare+movedShare:
				d := p.draft(i, s, before)
				from := d.URL
				d.URL = fmt.Sprintf("%s/moved/%d.html", s.base, i)
				d.CanonicalURL = d.URL
				r.pages = append(r.pages, m.redirect(i, from, d.URL, next()), m.capture(d, next(), 2))
				moved++
			case share < editShare+movedShare+revisitShare:
				r.pages = append(r.pages, m.revisit(p.draft(i, s, before), next(), p.captured(i, before)))
			}
		}
	}
	for i := n * p.PerRun; i < min((n+1)*p.PerRun, p.Articles); i++ {
		r.pages = append(r.pages, m.capture(p.draft(i, s, at), p.captured(i, at), 0))
		r.articles++
	}
	end := newRecord("metadata", p.id(at.Add(time.Hour), "metadata", n, 0), at.Add(time.Hour), "")
	end.Set("WARC-Refers-To", m.run)
	end.Set("WARC-Warcinfo-ID", m.run)
	end.Set("Content-Type", "application/json; profile=newsmorgue.run/1")
	end.Payload = fmt.Appendf(nil, `{"site":%q,"status":"complete","mode":"update","pages":%d,"articles":%d,"new":%d,"changed":%d,"coverage":[{"source":"sitemap","announced":%d,"kept":%d}]}`,
		s.name, len(r.pages), len(r.pages), r.articles+moved, changed, r.articles, r.articles)
	r.pages = append(r.pages, page{recs: []*archive.Record{end}})
	r.failed = m.failed
	return r
}

// captured is when article i was captured first, in a run that started at a time.
func (p *press) captured(i int, run time.Time) time.Time {
	return run.Add(20*time.Minute + time.Duration(i%p.PerRun)*2*time.Second)
}

// A maker makes the records of one run.
type maker struct {
	*press
	run    string
	failed error // the last
}

func newRecord(typ, id string, at time.Time, url string) *archive.Record {
	r := &archive.Record{Fields: make([]archive.Field, 0, 14)}
	r.Add("WARC-Type", typ)
	r.Add("WARC-Record-ID", id)
	r.Add("WARC-Date", archive.FormatDate(at))
	if url != "" {
		r.Add("WARC-Target-URI", url)
	}
	return r
}

// exchange makes a request and its answer, which has no payload yet.
func (m *maker) exchange(typ string, n, visit int, at time.Time, url, start string, headers ...archive.Field) (request, answer *archive.Record) {
	request = newRecord("request", m.id(at, "request", n, visit), at, url)
	answer = newRecord(typ, m.id(at, "response", n, visit), at, url)
	request.Add("WARC-Concurrent-To", answer.ID())
	request.Add("WARC-Warcinfo-ID", m.run)
	request.Add("Content-Type", "application/http; msgtype=request")
	request.HTTP = &archive.HTTPHead{Start: "GET /" + url[len("https://"):] + " HTTP/1.1", Headers: []archive.Field{{Name: "Host", Value: "paper.example"},
		{Name: "User-Agent", Value: "newsmorgue/1 (+https://example.org/bot)"}, {Name: "Accept", Value: "text/html"}, {Name: "Accept-Encoding", Value: "gzip"}}}
	answer.Add("WARC-Concurrent-To", request.ID())
	answer.Add("WARC-Warcinfo-ID", m.run)
	answer.Add("WARC-IP-Address", "203.0.113.7")
	answer.Add("WARC-Protocol", "http/1.1")
	answer.Add("Content-Type", "application/http; msgtype=response")
	answer.HTTP = &archive.HTTPHead{Start: start, Headers: append([]archive.Field{{Name: "Date", Value: at.Format(time.RFC1123)}, {Name: "Server", Value: "nginx"}}, headers...)}
	return request, answer
}

// capture makes the records of a page that was fetched, and its article.
func (m *maker) capture(d *draft, at time.Time, visit int) page {
	r := m.rand(ofPage, d.n)
	request, response := m.exchange("response", d.n, visit, at, d.URL, "HTTP/1.1 200 OK", archive.Field{Name: "Content-Type", Value: "text/html; charset=utf-8"})
	response.Payload = m.html(d, r)
	sum := archive.SHA256(response.Payload)
	response.Set("WARC-Payload-Digest", string(sum))
	response.Set("Newsmorgue-Wire", fmt.Sprintf("length=%d; sha256=%s; coding=gzip", len(response.Payload)/4, hex.EncodeToString([]byte(sum)[:16])))
	response.Set("Newsmorgue-Fetch", fmt.Sprintf("ms=%d; hops=L; via=%s/", 100+d.n%700, d.site.base))
	if r.IntN(1000) < truncatedShare {
		response.Set("WARC-Truncated", "length")
	}
	if d.n%997 == 0 {
		response.Set("Newsmorgue-TLS", "unverified; certificate has expired")
	}
	reading := newRecord("conversion", m.id(at.Add(time.Millisecond), "conversion", d.n, visit), at, d.URL)
	reading.Add("WARC-Refers-To", response.ID())
	reading.Add("WARC-Warcinfo-ID", m.run)
	reading.Add("Newsmorgue-Extractor", d.Extractor)
	reading.Add("Content-Type", "application/json; profile=newsmorgue.article/1")
	body, err := json.Marshal(d.Article)
	if err != nil {
		m.failed = err
	}
	reading.Payload = body
	return page{recs: []*archive.Record{request, response, reading}, read: &catalog.Read{Record: reading, Article: d.Article, Fingerprint: catalog.FingerprintOf(d.URL, d.Article)}}
}

// html is the page of an article.
func (m *maker) html(d *draft, r *rand.Rand) []byte {
	b := make([]byte, 0, m.Markup+len(d.Text)+len(d.Text)/8+1024)
	b = fmt.Appendf(b, "<!doctype html><html lang=%q><head><meta charset=\"utf-8\"><meta name=\"csrf\" content=\"%x\"><link rel=\"canonical\" href=%q>", d.Language, r.Uint64(), d.CanonicalURL)
	b = fmt.Appendf(b, `<script type="application/ld+json">{"@type":"NewsArticle","headline":%q,"datePublished":%q,"author":{"name":%q}}</script><title>`, d.Title, d.Published, d.Authors[0].Name)
	b = append(append(append(b, d.Title...), d.site.head...), "<main><article><h1>"...)
	b = append(append(append(append(b, d.Title...), "</h1>\n<p class=\"byline\">"...), d.Byline...), "</p>\n"...)
	for _, block := range d.Body {
		if block.Text != "" {
			b = append(append(append(b, "<p>"...), block.Text...), "</p>\n"...)
		}
	}
	for _, c := range d.Captions {
		b = fmt.Appendf(b, "<figure><img src=%q><figcaption>%s</figcaption></figure>\n", c.MediaURL, c.Text)
	}
	b = append(b, "</article></main>\n<aside>\n"...)
	for end := len(b) + m.Markup/6; len(b) < end; { // teasers, which differ from page to page
		b = fmt.Appendf(b, "<div class=\"teaser\"><a href=\"/teaser/%d\"><h3>%s</h3></a></div>\n", r.IntN(100_000), d.site.tongue.words(r, 7))
	}
	return append(append(b, "</aside>\n"...), d.site.footer...)
}

// revisit makes the records of a page that has not changed.
func (m *maker) revisit(d *draft, at, first time.Time) page {
	request, answer := m.exchange("revisit", d.n, 3, at, d.URL, "HTTP/1.1 304 Not Modified")
	answer.Set("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/server-not-modified")
	answer.Set("WARC-Refers-To", m.id(first, "response", d.n, 0))
	answer.Set("WARC-Refers-To-Target-URI", d.URL)
	answer.Set("WARC-Refers-To-Date", archive.FormatDate(first))
	answer.Set("WARC-Payload-Digest", string(archive.SHA256(m.html(d, m.rand(ofPage, d.n)))))
	return page{recs: []*archive.Record{request, answer}}
}

// redirect makes the records of a page that was moved for good.
func (m *maker) redirect(n int, from, to string, at time.Time) page {
	request, answer := m.exchange("response", n, 4, at, from, "HTTP/1.1 301 Moved Permanently", archive.Field{Name: "Location", Value: to})
	return page{recs: []*archive.Record{request, answer}}
}
