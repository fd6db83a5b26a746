package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/exchange"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A stand is an archive with a viewer, for the tests of articles and records.
type stand struct {
	*archivetest.Fixture
	t    *testing.T
	time time.Time
	http http.Handler
	web  *Server
}

func newStand(t *testing.T) *stand {
	t.Helper()
	f := archivetest.New(t)
	s := &stand{Fixture: f, t: t, time: time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)}
	s.web = &Server{Archive: f.Archive, Catalog: f.Catalog, WARC: func(ctx context.Context, w io.Writer, ids []string) error {
		_, err := exchange.Records(ctx, f.Archive, f.Catalog, w, ids, exchange.Options{Software: "newsmorgue/test"})
		return err
	}}
	s.http = s.web.Handler()
	return s
}

// answer captures what a URL answers with a status.
func (s *stand) answer(url, mime string, status int, body string) *archive.Record {
	s.t.Helper()
	s.time = s.time.Add(time.Hour)
	req, rec := archive.NewRecord("request", s.time), archive.NewRecord("response", s.time)
	for _, r := range []*archive.Record{req, rec} {
		r.Set("WARC-Target-URI", url)
	}
	req.Set("Content-Type", "application/http; msgtype=request")
	req.HTTP = &archive.HTTPHead{Start: "GET / HTTP/1.1", Headers: []archive.Field{{Name: "Host", Value: "paper.example"}}}
	req.Set("WARC-Concurrent-To", rec.ID())
	rec.Set("WARC-Concurrent-To", req.ID())
	rec.Set("WARC-IP-Address", "203.0.113.7")
	rec.Set("Content-Type", "application/http; msgtype=response")
	rec.HTTP = &archive.HTTPHead{Start: fmt.Sprintf("HTTP/1.1 %d X", status), Headers: []archive.Field{{Name: "Content-Type", Value: mime}, {Name: "Server", Value: "press<b>"}}}
	rec.Payload = []byte(body)
	s.Add(req, rec)
	return rec
}

// story captures a page with its article, and returns its ID.
func (s *stand) story(a article.Article) (id string, response *archive.Record) {
	s.t.Helper()
	a.Schema, a.Extractor = article.Schema, article.Extractor
	if a.Site == "" {
		a.Site = "paper.example"
	}
	if a.Kind == "" {
		a.Kind = article.KindArticle
	}
	if a.Text == "" {
		a.Text = article.PlainText(a.Body)
	}
	response = s.answer(a.URL, "text/html; charset=utf-8", 200, fmt.Sprintf("<!doctype html><title>%s</title><p>%s", a.Title, s.time))
	body, err := json.Marshal(a)
	if err != nil {
		s.t.Fatal(err)
	}
	s.read(response, body)
	return catalog.StoryID(a.URL), response
}

// read adds the reading of a response.
func (s *stand) read(response *archive.Record, body []byte) *archive.Record {
	s.t.Helper()
	rec := archive.NewRecord("conversion", response.Date())
	rec.Set("WARC-Target-URI", response.TargetURI())
	rec.Set("WARC-Refers-To", response.ID())
	rec.Set("Newsmorgue-Extractor", article.Extractor)
	rec.Set("Content-Type", "application/json; profile="+article.Schema)
	rec.Payload = body
	s.Add(rec)
	return rec
}

func (s *stand) suppress(l catalog.Suppression) {
	s.t.Helper()
	l.Date = s.time
	rec, err := catalog.NewSuppression(&l)
	if err != nil {
		s.t.Fatal(err)
	}
	s.Add(rec)
}

// page asks for a page and reads its HTML.
func (s *stand) page(target string, status int) *goquery.Document {
	s.t.Helper()
	w := get(s.t, s.http, target)
	if w.Code != status {
		s.t.Fatalf("%s: got %d, want %d: %.2000s", target, w.Code, status, w.Body)
	}
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	if n := doc.Find("h1").Length(); n != 1 {
		s.t.Errorf("%s: got %d h1", target, n)
	}
	if n := doc.Find("[style], script:not([src]), main script").Length(); n > 0 {
		s.t.Errorf("%s: %d scripts or styles in the page", target, n)
	}
	return doc
}

func text(doc *goquery.Selection) string { return strings.Join(strings.Fields(doc.Text()), " ") }

func paragraph(s string, links ...article.Link) article.Block {
	return article.Block{Type: article.Paragraph, Text: s, Links: links}
}

func TestArticle(t *testing.T) {
	s := newStand(t)
	other, _ := s.story(article.Article{URL: "https://paper.example/other", Title: "Other", Body: []article.Block{paragraph("Text of the other.")}})
	s.answer("https://paper.example/pier.jpg", "image/jpeg", 200, "\xff\xd8picture")
	zero, one := 0, 1
	id, _ := s.story(article.Article{
		URL: "https://paper.example/ferry?a=1", Title: "Ferry returns", Subtitle: "After the winter", Section: "Harbour", Byline: "By Jane Doe", Language: "en_GB",
		Authors:   []article.Author{{Name: "Jane Doe", Kind: "person", Role: "Reporter", URL: "javascript:alert(1)"}, {Name: "Harbour Press", Kind: "organization", URL: "https://press.example/"}},
		Published: "2026-11-20T10:00:00+01:00", Modified: "2026-11-21", Source: "The Wire", Dateline: "SALTMERE", Tags: []string{"ferries"},
		Body: []article.Block{
			paragraph("After the winter"), paragraph("See the other, the live page, a bad one and again the other.",
				article.Link{Text: "the other", URL: "http://paper.example/other/#part"}, article.Link{Text: "live page", URL: "https://live.example/?a=1&b=2"},
				article.Link{Text: "bad one", URL: "javascript:alert(1)"}, article.Link{Text: "the other", URL: "https://paper.example/other"}),
			{Type: article.Heading, Level: 4, Text: "Deep"}, {Type: article.Heading, Level: 6, Text: "Deeper"}, {Type: article.Heading, Level: 2, Text: "Flat"},
			{Type: article.List, Items: []string{"one", "two"}, Links: []article.Link{{Text: "two", URL: "https://live.example/two"}}},
			{Type: article.Quote, Text: "A quote"}, {Type: article.Code, Text: "x := 1"}, {Type: article.Table, Rows: [][]string{{"Day", "Ferry"}, {"Mon", "09:00"}}},
			{Type: article.Media, Caption: &zero}, {Type: article.Media, Caption: &one}, {Type: article.Embed, URL: "https://video.example/1", Text: "A video"},
		},
		Captions: []article.Caption{
			{Text: "The pier", Credit: "Tom Abney", Media: "image", MediaURL: "https://paper.example/pier.jpg"},
			{Text: "The sea", Media: "image", MediaURL: "https://paper.example/sea.jpg"}, {Text: "The crew", Media: "image"},
		},
		Contacts:   []article.Contact{{Kind: "publisher", Label: "Paper Ltd", Emails: []string{"desk@paper.example"}, Phones: []article.Phone{{Raw: "0123 4", E164: "+441234"}}, Addresses: []article.Address{{Raw: "1 Quay", Country: "GB"}}}},
		Rights:     &article.Rights{License: "CC BY", MetaRobots: "noarchive"},
		Provenance: map[string]article.Provenance{"title": {From: "jsonld:headline", Confidence: 0.98}, "byline": {From: "dom:byline", Confidence: 0.9}},
	})
	doc := s.page("/article/"+id, 200)
	for selector, want := range map[string]string{
		"h1": "Ferry returns", ".subtitle": "After the winter", ".byline": "By Jane Doe", ".kicker": "Harbour · paper.example", ".body blockquote": "A quote", ".body code": "x := 1",
		".body h2": "DeepFlat", ".body h3": "Deeper", ".body th": "DayFerry", ".body td": "Mon09:00", ".body li": "onetwo", ".gallery figcaption": "The crew", ".tags .chip": "ferries",
		".body a.own": "the otherthe other", ".body > p a.live": "live page", ".body .embed a": "https://video.example/1",
	} {
		if got := text(doc.Find(selector)); got != want {
			t.Errorf("%s: got %q, want %q", selector, got, want)
		}
	}
	for selector, want := range map[string]string{
		"article[lang]": "lang=en-GB", ".authors li:first-child a": "href=/articles?author=Jane+Doe", ".body a.own": "href=/article/" + other, ".body p a.live": "href=https://live.example/?a=1&b=2",
		".body figure img": "src=/raw/20261123200000im_/https://paper.example/pier.jpg", ".original iframe": "src=/raw/20261123210000/https://paper.example/ferry?a=1", ".original .bar a": "href=/page/20261123210000/https://paper.example/ferry?a=1",
		".fields tbody a": "href=/article/" + id + "/evidence?field=title", ".views a[data-key]": "href=/article/" + id + "?view=original",
	} {
		name, want, _ := strings.Cut(want, "=")
		if got, _ := doc.Find(selector).First().Attr(name); got != want {
			t.Errorf("%s: got %q, want %q", selector, got, want)
		}
	}
	doc.Find(".fields tbody a").Each(func(_ int, a *goquery.Selection) {
		path, _ := a.Attr("href")
		if got := text(s.page(path, 200).Find("h1")); got != "Evidence: "+a.Text() && a.Text() != "Authors" {
			t.Errorf("%s: got %q, want that for %s", path, got, a.Text())
		}
	})
	if v, ok := doc.Find(".original iframe").Attr("sandbox"); !ok || v != "" {
		t.Errorf("the sandbox is %q, %v", v, ok)
	}
	all := text(doc.Find("main"))
	for _, want := range []string{"structured data (JSON-LD): headline", "98 %", "the byline on the page", "Picture: not in this archive", "Tom Abney", "desk@paper.example", "+441234", "1 Quay (GB)", "CC BY", "noarchive",
		"Published 2026-11-20 09:00 UTC (10:00 +01:00)", "modified 2026-11-21", "SALTMERE · Source: The Wire", "press<b>", "203.0.113.7", "1 capture", "(2026, November 20). Ferry returns.", "Harbour Press (organization)"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in %s", want, all)
		}
	}
	if html, _ := doc.Html(); strings.Contains(html, "javascript:") || doc.Find(`a[href^="http"]:not([rel="noreferrer noopener"])`).Length() > 0 {
		t.Error("a link of a page is not safe")
	}
	var twin struct {
		Article article.Article
		Records recordsData
		Version versionData
	}
	if err := json.Unmarshal(get(t, s.http, "/article/"+id+".json").Body.Bytes(), &twin); err != nil || twin.Article.Title != "Ferry returns" || len(twin.Article.Body) != 12 || twin.Records.IP != "203.0.113.7" || twin.Version.Of != 1 {
		t.Errorf("got %+v, %v", twin, err)
	}
}

// hostileTexts are values of pages that must stay texts.
var hostileTexts = []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, "\u202eesrever\u202c", "🦭 שלום", "{{.Data}}", "</title></article>", "'; DROP TABLE stories; --", strings.Repeat("x", 10_000)}

func TestHostileArticle(t *testing.T) {
	s := newStand(t)
	for i, h := range hostileTexts {
		zero := 0
		id, _ := s.story(article.Article{
			URL: fmt.Sprintf("https://paper.example/%d?q=%s", i, url.QueryEscape(h)), Title: h, Subtitle: h + "!", Summary: h, Section: h, Byline: h, Language: h, Source: h, Dateline: h, Published: h, Modified: h, Tags: []string{h},
			Authors: []article.Author{{Name: h, Role: h, Email: h, URL: h}}, Captions: []article.Caption{{Text: h, Credit: h, Media: h, MediaURL: h}, {Text: h, MediaURL: "https://paper.example/" + h}},
			Contacts: []article.Contact{{Kind: h, Label: h, Emails: []string{h}, Phones: []article.Phone{{Raw: h, E164: h}}, Addresses: []article.Address{{Raw: h}}, Social: []string{h}}},
			Rights:   &article.Rights{MetaRobots: h, License: h}, Provenance: map[string]article.Provenance{"title": {From: "dom:" + h, Confidence: 7}, h: {From: h}},
			Body: []article.Block{paragraph(h+" "+h, article.Link{Text: h, URL: h}, article.Link{Text: "", URL: h}), {Type: article.Heading, Level: -7, Text: h}, {Type: article.List, Items: []string{h, ""}}, {Type: article.Table, Rows: [][]string{{h}, {}}},
				{Type: article.Media, Caption: &zero}, {Type: article.Media}, {Type: article.Embed, URL: h}, {Type: h, Text: h}, {Type: article.Code, Text: h}, {Type: article.Quote, Text: h}},
		})
		doc := s.page("/article/"+id, 200)
		if got := text(doc.Find("main h1")); got != strings.Join(strings.Fields(h), " ") {
			t.Errorf("got %.100q, want %.100q", got, h)
		}
		if n := doc.Find("main img[onerror], main script, [onclick]").Length(); n > 0 {
			t.Errorf("%.40q: %d elements of the page", h, n)
		}
		for _, end := range []string{".json", ".md", ".bib", ".csl", ".warc.gz"} {
			w := get(t, s.http, "/article/"+id+end)
			if w.Code != 200 || end != ".json" && (w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Content-Disposition") != `attachment; filename="article-`+id+end+`"`) {
				t.Errorf("%.40q: %s: got %d, %v", h, end, w.Code, w.Header())
			}
			if (end == ".json" || end == ".csl") && !json.Valid(w.Body.Bytes()) {
				t.Errorf("%.40q: %s is not JSON", h, end)
			}
		}
	}
}

func TestWhichArticle(t *testing.T) {
	s := newStand(t)
	id, _ := s.story(article.Article{URL: "https://paper.example/news/1", Title: "One", Body: []article.Block{paragraph("Text.")}})
	s.story(article.Article{URL: "https://paper.example/news/2", Title: "<b>Two</b>", Body: []article.Block{paragraph("Text.")}})
	for target, want := range map[string]string{
		"/article/" + id[:5]:                         "/article/" + id,
		"/article/" + id[:5] + ".json":               "/article/" + id + ".json",
		"/article/" + id[:5] + ".md?version=1":       "/article/" + id + ".md?version=1",
		"/article/?url=https://paper.example/news/1": "/article/" + id,
		"/article/?url=paper.example/news/1":         "/article/" + id,
		"/article/" + strings.ToUpper(id):            "/article/" + id,
	} {
		if w := get(t, s.http, target); w.Code != 302 || w.Header().Get("Location") != want {
			t.Errorf("%s: got %d %s, want %s", target, w.Code, w.Header().Get("Location"), want)
		}
	}
	doc := s.page("/article/?url=https://paper.example/news/", 300)
	if got := text(doc.Find("main li a")); got != "One<b>Two</b>" && got != "<b>Two</b>One" {
		t.Errorf("got %q", got)
	}
	for target, want := range map[string]int{"/article/000000000000": 404, "/article/": 400, "/article/" + id + "?version=x": 400, "/article/" + id + "?version=2": 400, "/article/" + id + "?version=-1": 400,
		"/article/" + id + "?view=odd": 400, "/article/%3Cscript%3E": 404, "/article/?url=" + strings.Repeat("x", maxReference+1): 400, "/article/" + id + "?view=original": 200} {
		s.page(target, want)
		if w := get(t, s.http, strings.Replace(target, "?", ".json?", 1)); w.Code == 500 || want == 404 && strings.Contains(w.Body.String(), "<script>") && w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: got %d", target, w.Code)
		}
	}
}

func TestOlderVersion(t *testing.T) {
	s := newStand(t)
	id, _ := s.story(article.Article{URL: "https://paper.example/1", Title: "Before", Body: []article.Block{paragraph("Old text.")}})
	s.story(article.Article{URL: "https://paper.example/1", Title: "After", Body: []article.Block{paragraph("New text.")}})
	s.answer("https://paper.example/1", "text/html", 404, "gone")
	s.read(s.answer("https://paper.example/1", "text/html", 404, "gone again"), []byte(`{"url":"https://paper.example/1","site":"paper.example","kind":"other","title":"Not found"}`))
	doc := s.page("/article/"+id, 200)
	if got := text(doc.Find(".notice").First()); got != "The last answer, of 2026-11-23 22:00 UTC, was HTTP 404. This is the last good version, of 2026-11-23 20:00 UTC." {
		t.Errorf("got %q", got)
	}
	if got := text(doc.Find("#captures ~ p")); !strings.Contains(got, "4 captures, 2 versions") {
		t.Errorf("got %q", got)
	}
	doc = s.page("/article/"+id+"?version=1&view=both", 200)
	if got := text(doc.Find(".notice").First()); text(doc.Find("h1")) != "Before" || text(doc.Find(".body")) != "Old text." || got != "This is version 1 of 2, archived 2026-11-23 19:00 UTC. Show the current version" {
		t.Errorf("got %q", got)
	}
	link, _ := doc.Find(".fields tbody a").First().Attr("href")
	if evidence := s.page(link, 200); text(evidence.Find(".values li").First()) != "Before" || evidence.Find(`.crumbs a[href="/article/`+id+`?version=1"]`).Length() != 1 {
		t.Errorf("%s: got %s", link, text(evidence.Find("main")))
	}
	s.page("/article/"+id+"/evidence?version=3", 400)
	if got, _ := doc.Find(".files a[download]").First().Attr("href"); got != "/article/"+id+".md?version=1" {
		t.Errorf("got %q", got)
	}
	if got := get(t, s.http, "/article/"+id+".md?version=1").Body.String(); !strings.Contains(got, "# Before") {
		t.Errorf("got %q", got)
	}
}

func TestSuppressedArticle(t *testing.T) {
	s := newStand(t)
	hidden, first := s.story(article.Article{URL: "https://paper.example/1", Title: "A secret", Body: []article.Block{paragraph("Secret text.")}})
	single, response := s.story(article.Article{URL: "https://paper.example/2", Title: "Another secret", Body: []article.Block{paragraph("Secret text.")}})
	s.suppress(catalog.Suppression{URL: "https://paper.example/1", Reason: "asked <b>by</b> the court"})
	s.suppress(catalog.Suppression{Record: response.ID(), Reason: "a mistake"})
	for target, want := range map[string]string{
		"/article/" + hidden: "This article is suppressed since 2026-11-23: asked <b>by</b> the court.", "/article/" + single: "This article is suppressed since 2026-11-23: a mistake.",
		"/article/" + hidden + ".warc.gz": "asked <b>by</b>", "/article/" + hidden + ".md": "asked <b>by</b>", "/article/?url=https://paper.example/1": "asked <b>by</b>",
		recordPath(first.ID()): "This record is suppressed since 2026-11-23", recordPath(first.ID()) + ".warc.gz": "This record is suppressed", recordPath(response.ID()): "a mistake",
		recordPath(first.Get("WARC-Concurrent-To")): "asked <b>by</b>", recordPath(response.Get("WARC-Concurrent-To")): "This record is suppressed since 2026-11-23: a mistake.",
	} {
		doc := s.page(target, 404)
		if got := text(doc.Find("main")); !strings.Contains(got, want) || strings.Contains(got, "secret") {
			t.Errorf("%s: got %q", target, got)
		}
	}
	if w := get(t, s.http, "/article/"+hidden+".json"); w.Code != 404 || !strings.Contains(w.Body.String(), `"since": "2026-11-23"`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	s.time = s.time.Add(time.Hour)
	s.suppress(catalog.Suppression{URL: "https://paper.example/1", Reason: "settled", Lift: true})
	s.page("/article/"+hidden, 200)
}

// What cannot be read is said, and the rest is shown.
func TestDamagedReading(t *testing.T) {
	s := newStand(t)
	id, _ := s.story(article.Article{URL: "https://paper.example/1", Title: "A title", Authors: []article.Author{{Name: "Jane Doe"}}, Body: []article.Block{paragraph("A needle of text.")}})
	journals, err := filepath.Glob(filepath.Join(s.Archive.Dir(), "segments", "*.journal"))
	if err != nil || len(journals) != 1 {
		t.Fatal(journals, err)
	}
	b, err := os.ReadFile(journals[0])
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.ReplaceAll(b, []byte("needle"), []byte("nEEdle"))
	if err := os.WriteFile(journals[0], damaged, 0o600); err != nil || bytes.Equal(b, damaged) {
		t.Fatal(err)
	}
	doc := s.page("/article/"+id, 200)
	if got := text(doc.Find("main")); !strings.Contains(got, "The text cannot be read") || !strings.Contains(got, "newsmorgue verify") || text(doc.Find("h1")) != "A title" || !strings.Contains(got, "Jane Doe") {
		t.Errorf("got %s", got)
	}
	if w := get(t, s.http, "/article/"+id+".json"); w.Code != 200 || !strings.Contains(w.Body.String(), `"article": null`) {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	s.page("/article/"+id+".md", 404)
	if w := get(t, s.http, "/article/"+id+".bib"); w.Code != 200 || !strings.Contains(w.Body.String(), "Jane Doe") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	var reading struct{ Records recordsData }
	if err := json.Unmarshal(get(t, s.http, "/article/"+id+".json").Body.Bytes(), &reading); err != nil {
		t.Fatal(err)
	}
	if got := text(s.page(recordPath(reading.Records.Reading), 404).Find("main")); !strings.Contains(got, "cannot be read") {
		t.Errorf("got %q", got)
	}
}

func TestKinds(t *testing.T) {
	s := newStand(t)
	for kind, want := range map[article.Kind]string{article.KindBlocked: "a bot wall", article.KindLive: "A live page", article.KindGallery: "A gallery", article.KindVideo: "about a video", article.KindHome: "of the kind “home”"} {
		id, _ := s.story(article.Article{URL: "https://paper.example/" + string(kind), Kind: kind, Paywalled: true})
		doc := s.page("/article/"+id, 200)
		got := text(doc.Find("main"))
		for _, w := range []string{want, "A paywall stood before this page", "No text was extracted from this page", "Page without a title"} {
			if !strings.Contains(got, w) {
				t.Errorf("%s: no %q in %s", kind, w, got)
			}
		}
	}
}

// A page of 10 MB, and one of 5,000 blocks, stay short and quick.
func TestLongArticle(t *testing.T) {
	s := newStand(t)
	var many, cells []article.Block
	for i := range 5000 {
		many = append(many, paragraph(fmt.Sprintf("Paragraph %d.", i), article.Link{Text: "Paragraph", URL: fmt.Sprintf("https://live.example/%d", i)}))
	}
	row := make([]string, 500)
	for range 100 {
		cells = append(cells, article.Block{Type: article.Table, Rows: [][]string{row, row, row}})
	}
	for name, body := range map[string][]article.Block{"blocks": many, "bytes": {paragraph("First."), paragraph(strings.Repeat("é word ", 1_400_000)), paragraph("Last.")}, "cells": cells} {
		id, _ := s.story(article.Article{URL: "https://paper.example/" + name, Title: "Long", Body: body})
		begin := time.Now()
		w := get(t, s.http, "/article/"+id)
		if took := time.Since(begin); took > 5*time.Second || w.Code != 200 || w.Body.Len() > 3<<20 {
			t.Errorf("%s: got %d, %d bytes in %v", name, w.Code, w.Body.Len(), took)
		}
		if !strings.Contains(w.Body.String(), "The text is longer than this page shows") || strings.Contains(w.Body.String(), "Last.") {
			t.Errorf("%s: the text is not cut", name)
		}
		if got := get(t, s.http, "/article/"+id+".md").Body.Len(); got < len(article.Markdown(&article.Article{Body: body})) {
			t.Errorf("%s: the Markdown has %d bytes", name, got)
		}
	}
}
