package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

var browseDay = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// addArticle archives an article as if it was read from a page.
func addArticle(t testing.TB, f *archivetest.Fixture, a article.Article) {
	t.Helper()
	if a.Kind == "" {
		a.Kind = article.KindArticle
	}
	a.Extractor = article.Extractor
	res, conv := archive.NewRecord("response", browseDay), archive.NewRecord("conversion", browseDay)
	res.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK", Headers: []archive.Field{{Name: "Content-Type", Value: "text/html"}}}
	res.Payload = []byte("<p>" + a.Title + a.Text)
	for _, r := range []*archive.Record{res, conv} {
		r.Set("WARC-Target-URI", a.URL)
	}
	conv.Set("WARC-Refers-To", res.ID())
	conv.Set("Content-Type", "application/json; profile="+article.Schema)
	var err error
	if conv.Payload, err = json.Marshal(a); err != nil {
		t.Fatal(err)
	}
	f.Add(res, conv)
}

// library is an archive of some articles: 45 of two sites, a gallery and a front page.
func library(t testing.TB) (*archivetest.Fixture, http.Handler) {
	t.Helper()
	f := archivetest.New(t)
	for i := range 45 {
		site := []string{"ledger.example", "courier.example", "courier.example"}[i%3]
		addArticle(t, f, article.Article{
			URL: fmt.Sprintf("https://%s/story-%02d", site, i), Site: site, Title: fmt.Sprintf("Story %02d of the quay", i), Section: []string{"Town", "Sport"}[i%2],
			Authors: []article.Author{{Name: []string{"Ada Quill", "Ben Ó Nib"}[i%2]}}, Byline: "By someone", Language: []string{"en", "en-GB", "fr"}[i%3],
			Published: browseDay.AddDate(0, -i, 0).Format(time.DateOnly), Text: fmt.Sprintf("The ferry number%d left the quay on time, and nobody was on it. %s", i, strings.Repeat("More was to be said. ", 20)),
		})
	}
	addArticle(t, f, article.Article{URL: "https://ledger.example/pictures", Site: "ledger.example", Kind: article.KindGallery, Title: "Pictures of the quay", Published: "2026-10-31T23:30:00-05:00"})
	addArticle(t, f, article.Article{URL: "https://ledger.example/", Site: "ledger.example", Kind: article.KindHome, Title: "The quay and the town", Text: "A ferry."})
	return f, served(t, f)
}

func served(t testing.TB, f *archivetest.Fixture) http.Handler {
	t.Helper()
	s := &Server{Archive: f.Archive, Catalog: f.Catalog}
	s.Prepare()
	h := s.Handler()
	t.Cleanup(func() { s.Close() })
	for range 100 { // until the index is built
		if v, err := s.index.Index(t.Context()); err != nil || v != nil {
			break
		}
	}
	return h
}

func document(t *testing.T, h http.Handler, target string, status int) *goquery.Document {
	t.Helper()
	w := get(t, h, target)
	if w.Code != status {
		t.Fatalf("%s: got %d %s", target, w.Code, w.Body)
	}
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func twinOf(t *testing.T, h http.Handler, target string) (d struct {
	Total  *int
	Exact  bool
	Page   int
	Pages  int
	Hits   []map[string]any
	Facets map[string]any
}) {
	t.Helper()
	w := get(t, h, target)
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil || w.Code != 200 {
		t.Fatalf("%s: got %d %v %s", target, w.Code, err, w.Body)
	}
	return d
}

func TestBrowse(t *testing.T) {
	_, h := library(t)
	doc := document(t, h, "/articles", 200)
	if got := doc.Find(".summary .lead").Text(); !strings.HasPrefix(got, "46 articles · 1–20, page 1 of 3") {
		t.Errorf("got %q", got)
	}
	if n := doc.Find("h1").Length(); n != 1 {
		t.Errorf("got %d h1", n)
	}
	first := doc.Find(".hits > li").First()
	href, _ := first.Find("h2 a").Attr("href")
	// The pictures are of 1 November in UTC, and later than the stories of that day.
	if want := "/article/" + catalog.StoryID("https://ledger.example/pictures"); doc.Find(".hits > li").Length() != 20 || href != want {
		t.Errorf("got %q, want %q", href, want)
	}
	if got := doc.Find("[data-item]").Length(); got != 20 {
		t.Errorf("got %d items", got)
	}
	next, _ := doc.Find(`a[data-key="]"]`).Attr("href")
	if next != "/articles?page=2" || doc.Find(`a[data-key="["]`).Length() != 0 {
		t.Errorf("got %q", next)
	}
	if got := doc.Find(".left").Text(); !strings.Contains(got, "1 home page") {
		t.Errorf("got %q", got)
	}
	if got := doc.Find("#command").Text(); !strings.HasPrefix(got, "newsmorgue list -a ") {
		t.Errorf("got %q", got)
	}
	last := document(t, h, "/articles?page=3", 200)
	if n := last.Find(".hits > li").Length(); n != 6 {
		t.Errorf("got %d on the last page", n)
	}
	oldest := document(t, h, "/articles?sort=oldest", 200)
	if got := oldest.Find(".hits h2").First().Text(); got != "Story 44 of the quay" {
		t.Errorf("got %q", got)
	}
}

// TestSearchPage: words are found and marked, and conditions can be added and removed.
func TestSearchPage(t *testing.T) {
	_, h := library(t)
	doc := document(t, h, "/articles?q=ferry&site=courier.example&section=town", 200)
	if got := doc.Find(".summary strong").Text(); got != "15 matches" {
		t.Errorf("got %q", got)
	}
	if got := doc.Find(".snippet mark").First().Text(); got != "ferry" {
		t.Errorf("got %q", got)
	}
	chips := map[string]string{}
	doc.Find(".chips .chip").Each(func(_ int, s *goquery.Selection) {
		chips[strings.Join(strings.Fields(s.Text()), " ")] = s.AttrOr("href", "")
	})
	if len(chips) != 2 || chips["Remove site courier.example ×"] != "/articles?q=ferry&section=town" || chips["Remove section town ×"] != "/articles?q=ferry&site=courier.example" {
		t.Errorf("got %q", chips)
	}
	for _, test := range []struct{ group, value, href string }{
		{"site", "ledger.example 8", "/articles?q=ferry&section=town&site=courier.example&site=ledger.example"},
		{"site", "✓Remove courier.example 15", "/articles?q=ferry&section=town"},
		{"section", "Sport 15", "/articles?q=ferry&section=town&section=Sport&site=courier.example"},
		{"section", "✓Remove Town 15", "/articles?q=ferry&site=courier.example"},
	} {
		found := ""
		doc.Find("[aria-labelledby=facet-" + test.group + "] a").Each(func(_ int, s *goquery.Selection) {
			if strings.TrimSpace(s.Text()) == test.value {
				found = s.AttrOr("href", "")
			}
		})
		if found != test.href {
			t.Errorf("%s %q: got %q, want %q", test.group, test.value, found, test.href)
		}
	}
	if got := doc.Find("a.button:contains(Export)").AttrOr("href", ""); got != "/exports?q=ferry&section=town&site=courier.example" {
		t.Errorf("got %q", got)
	}
	if got := doc.Find("#command").Text(); !strings.HasSuffix(got, " --site courier.example --section town -- ferry") {
		t.Errorf("got %q", got)
	}
	var hidden []string
	doc.Find(".narrow input[type=hidden]").Each(func(_ int, s *goquery.Selection) {
		hidden = append(hidden, s.AttrOr("name", "")+"="+s.AttrOr("value", ""))
	})
	if strings.Join(hidden, " ") != "site=courier.example section=town" {
		t.Errorf("got %q", hidden)
	}
}

// TestDates: the bars of the histogram lead to the articles that they count.
func TestDates(t *testing.T) {
	_, h := library(t)
	doc := document(t, h, "/articles?q=ferry", 200)
	bars := doc.Find("svg.chart a")
	if bars.Length() != 45 || doc.Find(".dates-chart tbody tr").Length() != 45 {
		t.Fatalf("got %d bars", bars.Length())
	}
	bar := bars.Last()
	if got := bar.AttrOr("href", ""); got != "/articles?q=ferry&since=2026-11&until=2026-11" || bar.Find("title").Text() != "2026-11: 1 article" {
		t.Errorf("got %q %q", got, bar.Find("title").Text())
	}
	for _, test := range []struct {
		query string
		want  int
	}{{"since=2026-11&until=2026-11", 2}, {"since=2026-11-01&until=2026-11-01", 2}, {"until=2023", 10}, {"since=2026", 12}, {"since=2027", 0}} {
		if d := twinOf(t, h, "/articles.json?"+test.query); *d.Total != test.want {
			t.Errorf("%s: got %d, want %d", test.query, *d.Total, test.want)
		}
	}
}

func TestBrowseJSON(t *testing.T) {
	_, h := library(t)
	d := twinOf(t, h, "/articles.json?q=number7+ferry")
	if d.Total == nil || *d.Total != 1 || !d.Exact || d.Page != 1 || d.Pages != 1 || len(d.Hits) != 1 {
		t.Fatalf("got %+v", d)
	}
	hit := d.Hits[0]
	if hit["url"] != "https://courier.example/story-07" || hit["id"] != catalog.StoryID("https://courier.example/story-07") || hit["site"] != "courier.example" || hit["published"] != "2026-04-01" ||
		hit["score"] == nil || hit["marks"] == nil || !strings.Contains(hit["snippet"].(string), "number7") {
		t.Errorf("got %v", hit)
	}
	for _, name := range []string{"site", "section", "author", "language", "kind", "date"} {
		if d.Facets[name] == nil {
			t.Errorf("no %s in %v", name, d.Facets)
		}
	}
	if d := twinOf(t, h, "/articles.json?q=nothinglikethat"); *d.Total != 0 || d.Hits == nil || d.Pages != 1 {
		t.Errorf("got %+v", d)
	}
}

func TestMisspelt(t *testing.T) {
	_, h := library(t)
	doc := document(t, h, "/articles?q=quay+ferri", 200)
	link := doc.Find(".meant a")
	if link.Text() != "ferry" || link.AttrOr("href", "") != "/articles?q=quay+ferry" {
		t.Errorf("got %q %q", link.Text(), link.AttrOr("href", ""))
	}
	doc = document(t, h, "/articles?q=ferry+AND+harvest", 200)
	if got := doc.Find(".meant a").Last().AttrOr("href", ""); got != "/articles?fts=on&q=ferry+AND+harvest" {
		t.Errorf("got %q", got)
	}
	if d := twinOf(t, h, "/articles.json?fts=on&q=number7+OR+number8"); *d.Total != 2 {
		t.Errorf("got %d", *d.Total)
	}
}

// TestBrowseRefuses: what cannot be is said in a sentence.
func TestBrowseRefuses(t *testing.T) {
	_, h := library(t)
	many := "&site=a"
	for i := range maxValues {
		many += fmt.Sprintf("&site=s%d", i)
	}
	for query, want := range map[string]string{
		"sort=best":                           `Sort is "best"; it must be relevance, date or oldest.`,
		"since=yesterday":                     `Since is "yesterday", which is not a date; write 2026-11-23, 2026-11 or 2026.`,
		"until=2026-02-30":                    "Until is ",
		"page=0":                              `Page is "0"; it must be a number from 1 on.`,
		"page=x":                              "Page is ",
		"page=9999999999999999999999":         "Page is ",
		"page=4":                              "Page 4 does not exist; the last one is page 3.",
		"kind=poem":                           `Kind is "poem"`,
		"section=" + strings.Repeat("x", 201): "A value of section is longer than 200 bytes",
		"author=%ff":                          "A value of author is longer",
		many[1:]:                              "There are more than 20 values of site.",
		"q=%3F%21":                            "has no letter or digit to search for.",
		"q=" + strings.Repeat("x+", 490):      "These are too many words for a search",
		"q=" + strings.Repeat("x", 1001):      "The words to search for are longer than 1000 bytes.",
		"fts=on&q=%28quay":                    "Query is not valid: ",
		"fts=on&q=" + url.QueryEscape(`"<img src=x`): "Query is not valid: ",
	} {
		for _, path := range []string{"/articles?", "/articles.json?"} {
			w := get(t, h, path+query)
			body := w.Body.String()
			if doc, err := goquery.NewDocumentFromReader(strings.NewReader(body)); err == nil && path == "/articles?" {
				body = doc.Find("main").Text()
			} else {
				var e struct{ Error string }
				if err := json.Unmarshal([]byte(body), &e); err != nil {
					t.Errorf("%s: %v", query, err)
				}
				body = e.Error
			}
			if w.Code != 400 || !strings.Contains(body, want) {
				t.Errorf("%s%.60s: got %d %.300q", path, query, w.Code, body)
			}
		}
	}
}

// TestBrowseHostile: what pages and addresses say is text, never markup.
func TestBrowseHostile(t *testing.T) {
	f := archivetest.New(t)
	bad := `<script>alert(1)</script>"><img src=x onerror=alert(2)>`
	for i, a := range []article.Article{
		{Title: bad + " mast", Section: bad, Byline: bad, Language: `x"><script>`, Text: "mast " + bad, Authors: []article.Author{{Name: bad}}, Published: `"><script>`},
		{Title: "\u200fשלום \u202e mast 🦑", Language: "he", Text: strings.Repeat("mast ", 2000), Published: "2026-11-01T10:00"},
		{Title: strings.Repeat("long", 2500), Text: "mast", Section: strings.Repeat("s", 10_000)},
		{Text: "mast"}, // no title
	} {
		a.URL, a.Site = fmt.Sprintf("https://bad.example/%d?q=<script>", i), "bad.example"
		addArticle(t, f, a)
	}
	h := served(t, f)
	for _, target := range []string{"/articles", "/articles?q=mast", "/articles?q=" + url.QueryEscape("mast "+bad), "/articles?section=" + url.QueryEscape(bad) + "&author=" + url.QueryEscape(bad) + "&site=" + url.QueryEscape(bad)} {
		doc := document(t, h, target, 200)
		if n := doc.Find("main script, main img, main [onerror], main [style]").Length(); n != 0 {
			html, _ := doc.Find("main").Html()
			t.Errorf("%s: got %s", target, html)
		}
		doc.Find("main a").Each(func(_ int, s *goquery.Selection) {
			if href := s.AttrOr("href", ""); !strings.HasPrefix(href, "/") {
				t.Errorf("%s: links to %q", target, href)
			}
		})
		get(t, h, strings.Replace(target, "/articles", "/articles.json", 1))
	}
	doc := document(t, h, "/articles?q=mast", 200)
	if got := doc.Find(".hits > li").Length(); got != 4 {
		t.Errorf("got %d hits", got)
	}
	if got := doc.Find(`.hits article[lang="he"] h2`).AttrOr("dir", ""); got != "auto" {
		t.Errorf("got dir %q", got)
	}
	if got := doc.Find(".hits h2 a:contains('https://bad.example/3')").Length(); got != 1 {
		t.Errorf("an article without a title has no link")
	}
}

// TestBrowseSuppressed: what is suppressed is neither shown nor counted from then on.
func TestBrowseSuppressed(t *testing.T) {
	f, h := library(t)
	before := twinOf(t, h, "/articles.json?q=number7")
	rec, err := catalog.NewSuppression(&catalog.Suppression{Date: time.Now(), URL: before.Hits[0]["url"].(string), Reason: "asked for"})
	if err != nil {
		t.Fatal(err)
	}
	f.Add(rec)
	if d := twinOf(t, h, "/articles.json?q=number7"); *d.Total != 0 || len(d.Hits) != 0 {
		t.Errorf("got %+v", d)
	}
	if d := twinOf(t, h, "/articles.json"); *d.Total != 45 {
		t.Errorf("got %d", *d.Total)
	}
}

// TestBrowsePlain: until the index is built, there are lists without facets, and the page
// says so.
func TestBrowsePlain(t *testing.T) {
	f, _ := library(t)
	s := &Server{Archive: f.Archive, Catalog: f.Catalog}
	s.Prepare()
	h := s.Handler()
	if err := s.Close(); err != nil { // it will never be built
		t.Fatal(err)
	}
	for query, first := range map[string]string{"": "", "?q=ferry&page=2": "", "?sort=oldest": "", "?q=number7": "Story 07 of the quay", "?q=number7&sort=date": "Story 07 of the quay"} {
		doc := document(t, h, "/articles"+query, 200)
		if got := doc.Find(".hits h2").First().Text(); first != "" && got != first || got == "" {
			t.Errorf("%q: got %q", query, got)
		}
		if got := doc.Find(".notice").Text(); !strings.Contains(got, "index of this archive is being built") || doc.Find(".facet, svg").Length() > 0 {
			t.Errorf("%q: got %q", query, got)
		}
	}
	if got := document(t, h, "/articles", 200).Find(`a[data-key="]"]`).AttrOr("href", ""); got != "/articles?page=2" {
		t.Errorf("got %q", got)
	}
	if got := document(t, h, "/articles?page=2000", 400).Find("main").Text(); !strings.Contains(got, "once the index is built") {
		t.Errorf("got %q", got)
	}
	w := get(t, h, "/articles.json")
	if !strings.Contains(w.Body.String(), `"total": null`) || !strings.Contains(w.Body.String(), `"facets": null`) {
		t.Errorf("got %s", w.Body)
	}
	for _, query := range []string{"?fts=on&q=%28", "?q=%21"} {
		document(t, h, "/articles"+query, 400)
	}
}

func TestBrowseEmpty(t *testing.T) {
	h := served(t, archivetest.New(t))
	doc := document(t, h, "/articles", 200)
	if got := doc.Find(".empty").Text(); !strings.Contains(got, "no articles yet") || !strings.Contains(got, "newsmorgue archive") {
		t.Errorf("got %q", got)
	}
	document(t, h, "/articles?q=x&site=none.example", 200)
}

// TestCommandLine: what is copied is one line, and means the same in a shell.
func TestCommandLine(t *testing.T) {
	for query, want := range map[string]string{
		"":                                 "newsmorgue list -a '/my news'",
		"q=quay":                           "newsmorgue search -a '/my news' -- quay",
		"q=-x+%22a+b%22&sort=date":         `newsmorgue search -a '/my news' --sort date -- '-x "a b"'`,
		"q=it's%0arm&author=O'B&fts=1":     `newsmorgue search -a '/my news' --author 'O'\''B' --fts -- 'it'\''s rm'`,
		"section=%24(x)&kind=all&since=20": "",
		"section=%24(x)&kind=all":          "newsmorgue list -a '/my news' --section '$(x)' --kind all",
	} {
		v, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		q, err := readBrowse(v)
		if want == "" {
			if err == nil {
				t.Errorf("%s: no error", query)
			}
			continue
		}
		if got := q.command("/my news"); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
}
