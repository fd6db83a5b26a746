package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/versions"
)

var captureDay = time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)

// A visit is what a URL answered once, and what was read from it.
type visit struct {
	url      string
	status   int // 200 if zero
	location string
	article  *article.Article // nil if nothing was read
	by       string           // the extractor
}

// visitRecords are the records of a visit: the response, and the reading if there is one.
func visitRecords(t testing.TB, at time.Time, v visit) []*archive.Record {
	t.Helper()
	if v.status == 0 {
		v.status = 200
	}
	res := archive.NewRecord("response", at)
	res.Set("WARC-Target-URI", v.url)
	res.Set("Content-Type", "application/http; msgtype=response")
	res.HTTP = &archive.HTTPHead{Start: fmt.Sprintf("HTTP/1.1 %d X", v.status), Headers: []archive.Field{{Name: "Content-Type", Value: "text/html; charset=utf-8"}}}
	if v.location != "" {
		res.HTTP.Headers = append(res.HTTP.Headers, archive.Field{Name: "Location", Value: v.location})
	}
	res.Payload = fmt.Appendf(nil, "<p>%s %d %v", v.url, v.status, at)
	res.Set("WARC-Payload-Digest", string(archive.SHA256(res.Payload)))
	if v.article == nil {
		return []*archive.Record{res}
	}
	a := *v.article
	a.URL, a.Site, a.Extractor = v.url, "a.example", "newsmorgue/1"
	if v.by != "" {
		a.Extractor = v.by
	}
	if a.Kind == "" {
		a.Kind = article.KindArticle
	}
	if a.CanonicalURL == "" {
		a.CanonicalURL = v.url
	}
	for i, text := range strings.Split(a.Text, "\n\n") {
		if a.Text != "" && len(a.Body) == i {
			a.Body = append(a.Body, article.Block{Type: "paragraph", Text: text})
		}
	}
	body, err := json.Marshal(a)
	if err != nil {
		t.Fatal(err)
	}
	conv := archive.NewRecord("conversion", at)
	conv.Set("WARC-Target-URI", v.url)
	conv.Set("WARC-Refers-To", res.ID())
	conv.Set("Newsmorgue-Extractor", a.Extractor)
	conv.Set("Content-Type", "application/json; profile="+article.Schema)
	conv.Payload = body
	return []*archive.Record{res, conv}
}

// visitHourly appends one visit an hour.
func visitHourly(f *archivetest.Fixture, t testing.TB, all ...visit) []*archive.Record {
	var responses []*archive.Record
	for i, v := range all {
		recs := visitRecords(t, captureDay.Add(time.Duration(i)*time.Hour), v)
		f.Add(recs...)
		responses = append(responses, recs[0])
	}
	return responses
}

func suppressRecord(t testing.TB, f *archivetest.Fixture, s catalog.Suppression) {
	t.Helper()
	rec, err := catalog.NewSuppression(&s)
	if err != nil {
		t.Fatal(err)
	}
	f.Add(rec)
}

// historyPage asks for a page and reads its HTML.
func historyPage(t *testing.T, h http.Handler, target string, status int) *goquery.Document {
	t.Helper()
	w := get(t, h, target)
	if w.Code != status {
		t.Fatalf("%s: got status %d, want %d: %s", target, w.Code, status, cutText(w.Body.String(), 2000))
	}
	if strings.Contains(w.Body.String(), " style=") {
		t.Errorf("%s has a style attribute, which the policy of the viewer forbids", target)
	}
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if n := doc.Find("h1").Length(); n != 1 {
		t.Errorf("%s: %d h1", target, n)
	}
	return doc
}

// words are the words of a selection, with single spaces.
func historyText(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }

const ferryURL = "https://a.example/ferry"

const quiet = "Nothing moved on the quay. The gulls were silent.\n\nThe harbour master kept his lamp lit until the morning came."

func ferry(title, text string) *article.Article {
	return &article.Article{Title: title, Text: text, Language: "en"}
}

// aHistory is an article that was edited, vanished and came back.
func aHistory(t testing.TB) (*archivetest.Fixture, http.Handler) {
	f := archivetest.New(t)
	visitHourly(f, t,
		visit{url: ferryURL, article: ferry("The ferry sinks", "Three people were on the ferry when it sank.\n\n"+quiet)},
		visit{url: ferryURL, article: ferry("The ferry sinks", "Five people were on the ferry when it sank.\n\n"+quiet)},
		visit{url: ferryURL, status: 404},
		visit{url: ferryURL, article: ferry("The ferry sinks, all saved", "Five people were on the ferry when it sank.\n\n"+quiet+"\n\nCorrection: An earlier version of this article gave a wrong number of people.")},
	)
	return f, (&Server{Archive: f.Archive, Catalog: f.Catalog}).Handler()
}

func TestVersions(t *testing.T) {
	_, h := aHistory(t)
	at := "/article/" + catalog.StoryID(ferryURL) + "/versions"
	doc := historyPage(t, h, at+"?from=1&to=2", 200)
	if got := historyText(doc.Find(".verdict")); !strings.Contains(got, "1 sentence edited") || !strings.Contains(got, "substantive") || !strings.Contains(got, "silent") {
		t.Errorf("got %q", got)
	}
	if got := historyText(doc.Find(".half del")) + historyText(doc.Find(".half ins")); got != "−Three+Five" {
		t.Errorf("got %q", got)
	}
	if got := historyText(doc.Find("details.folded summary")); got != "2 unchanged paragraphs" {
		t.Errorf("got %q", got)
	}
	if got := historyText(doc.Find(".notice")); !strings.Contains(got, "Silent edit") {
		t.Errorf("got %q", got)
	}
	for _, link := range []string{"/page/20261123180000/" + ferryURL, "/page/20261123190000/" + ferryURL} {
		if doc.Find(`a[href="`+link+`"]`).Length() != 1 {
			t.Errorf("no link to %s", link)
		}
	}
	var lines []string
	doc.Find("ol.timeline > li").Each(func(_ int, s *goquery.Selection) { lines = append(lines, historyText(s.Find("div"))) })
	want := []string{"Version 1 · 2026-11-23 18:00 first version", "Version 2 · 2026-11-23 19:00 substantive silent 1 sentence edited; no note, no new date of modification",
		"2026-11-23 20:00 gone HTTP 404", "Version 3 · 2026-11-23 21:00 restored correction noted headline headline changed; 1 paragraph added; correction noted"}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(lines, "\n"), strings.Join(want, "\n"))
	}
	if next, _ := doc.Find(`a[data-key="]"]`).Attr("href"); next != at+"?from=2&to=3" || doc.Find(`a[data-key="["]`).Length() != 0 {
		t.Errorf("got next %q", next)
	}
	if got := doc.Find(`input[name="from"][checked]`).AttrOr("value", "") + doc.Find(`input[name="to"][checked]`).AttrOr("value", ""); got != "12" {
		t.Errorf("chosen are %s", got)
	}

	doc = historyPage(t, h, at+"?view=inline", 200) // the last two
	if got := historyText(doc.Find("h2").First()); got != "Version 2 → version 3" {
		t.Errorf("got %q", got)
	}
	if got := historyText(doc.Find(".note")); !strings.Contains(got, "The page says (correction): Correction: An earlier version") {
		t.Errorf("got %q", got)
	}
	if doc.Find(".half").Length() != 0 || !strings.Contains(historyText(doc.Find("table.fields")), "Title") {
		t.Errorf("got %s", historyText(doc.Find("main")))
	}
	doc = historyPage(t, h, at+"?from=3&to=1&only=substantive", 200)
	if got := historyText(doc.Find("h2").First()); got != "Version 1 → version 3" {
		t.Errorf("got %q", got)
	}
}

// TestVersionsCommand: a command that is shown for copying does nothing but what it says,
// whatever the page's address is.
func TestVersionsCommand(t *testing.T) {
	const hostile = "https://a.example/$(reboot);reboot?a&reboot&b='"
	f := archivetest.New(t)
	visitHourly(f, t, visit{url: hostile, article: ferry("The ferry sinks", quiet)})
	h := (&Server{Archive: f.Archive, Catalog: f.Catalog}).Handler()
	doc := historyPage(t, h, "/article/"+catalog.StoryID(hostile)+"/versions", 200)
	want := "newsmorgue archive 'https://a.example/$(reboot);reboot?a&reboot&b='" + `\'` + "''"
	if got := doc.Find(".empty code").Text(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestVersionsTwin(t *testing.T) {
	f, h := aHistory(t)
	id := catalog.StoryID(ferryURL)
	w := get(t, h, "/article/"+id+"/versions.json?from=1&to=2")
	var got versionsData
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 {
		t.Fatalf("got %d %v %s", w.Code, err, w.Body)
	}
	if got.URL != ferryURL || got.Versions != 3 || got.From.Number != 1 || got.To.Captured != "2026-11-23T19:00:00Z" || got.Diff.Schema != versions.Schema || got.Diff.Class != versions.Substantive || len(got.Timeline) != 4 {
		t.Errorf("got %+v", got)
	}
	all, err := f.Catalog.Versions(t.Context(), ferryURL)
	if err != nil {
		t.Fatal(err)
	}
	doc := historyPage(t, h, "/article/"+id+"/versions?reading="+uuidOf(all[1].Reading), 200)
	if got := historyText(doc.Find("h2").First()); got != "Version 1 → version 2" {
		t.Errorf("got %q", got)
	}
}

func TestVersionsRefused(t *testing.T) {
	_, h := aHistory(t)
	at := "/article/" + catalog.StoryID(ferryURL) + "/versions"
	for query, want := range map[string]string{"?from=0": "the article has 3 versions", "?to=4": "3 versions", "?to=x%3Cscript%3E": "counted from 1", "?from=2&to=2": "choose two versions", "?view=both": "it must be side or inline", "?only=x": "it must be substantive", "?page=9": "the timeline has 1 page"} {
		doc := historyPage(t, h, at+query, 400)
		if got := historyText(doc.Find("main")); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", query, got, want)
		}
	}
	for _, id := range []string{"000000000000", "zz", strings.Repeat("a", 2000), "%3Cscript%3E"} {
		historyPage(t, h, "/article/"+id+"/versions", 404)
	}
}

func TestOneVersion(t *testing.T) {
	f := archivetest.New(t)
	visitHourly(f, t, visit{url: ferryURL, article: ferry("", "Once.")})
	h := (&Server{Archive: f.Archive, Catalog: f.Catalog}).Handler()
	doc := historyPage(t, h, "/article/"+catalog.StoryID(ferryURL)+"/versions", 200)
	if got := historyText(doc.Find("main")); !strings.Contains(got, "one version") || !strings.Contains(got, ferryURL) || doc.Find("input[type=radio]").Length() != 0 {
		t.Errorf("got %q", got)
	}
}

func TestHostileVersions(t *testing.T) {
	const bad = `</p><script>alert(1)</script>"><img src=x onerror=alert(1)>`
	f := archivetest.New(t)
	visitHourly(f, t,
		visit{url: ferryURL, article: ferry(bad, bad+" one \u202e\u0007")},
		visit{url: ferryURL, article: ferry(bad+"2", bad+" two 🛥️ "+strings.Repeat("long ", 5000))},
	)
	h := (&Server{Archive: f.Archive, Catalog: f.Catalog}).Handler()
	for _, view := range []string{"side", "inline"} {
		doc := historyPage(t, h, "/article/"+catalog.StoryID(ferryURL)+"/versions?view="+view, 200)
		if n := doc.Find("script").Length(); n != 1 || doc.Find("img").Length() != 0 {
			t.Errorf("%s: %d scripts", view, n)
		}
	}
	if doc := historyPage(t, h, "/changes", 200); doc.Find("script").Length() != 1 || !strings.Contains(doc.Find(".headline").Text(), "<script>") {
		t.Error("the title is not escaped")
	}
}

func TestMovedVersions(t *testing.T) {
	const slug = "https://a.example/the-ferry-sinks"
	f := archivetest.New(t)
	visitHourly(f, t,
		visit{url: ferryURL, article: ferry("The ferry", "It sank at noon.\n\n"+quiet)},
		visit{url: ferryURL, status: 301, location: slug},
		visit{url: slug, article: ferry("The ferry", "It sank at midnight.\n\n"+quiet)},
	)
	h := (&Server{Archive: f.Archive, Catalog: f.Catalog}).Handler()
	for _, url := range []string{ferryURL, slug} { // both IDs have the whole history
		doc := historyPage(t, h, "/article/"+catalog.StoryID(url)+"/versions", 200)
		if got := historyText(doc.Find("ol.timeline")); !strings.Contains(got, "moved to "+slug) {
			t.Errorf("got %q", got)
		}
		if doc.Find(`a[href="/page/20261123180000/`+ferryURL+`"]`).Length() != 1 || doc.Find(`a[href="/page/20261123200000/`+slug+`"]`).Length() != 1 {
			t.Error("the originals are not linked")
		}
	}
}

// The timeline has pages, and the chosen versions can be on others.
func TestManyVersions(t *testing.T) {
	f := archivetest.New(t)
	var recs []*archive.Record
	for i := range 120 {
		recs = append(recs, visitRecords(t, captureDay.Add(time.Duration(i)*time.Hour), visit{url: ferryURL, article: ferry("The ferry", fmt.Sprintf("It carried %d people.", i))})...)
	}
	f.Add(recs...)
	h := (&Server{Archive: f.Archive, Catalog: f.Catalog}).Handler()
	at := "/article/" + catalog.StoryID(ferryURL) + "/versions"
	doc := historyPage(t, h, at+"?from=3&to=60", 200)
	if n := doc.Find("ol.timeline > li").Length(); n != perTimeline || doc.Find("ol.timeline > li").First().AttrOr("value", "") != "51" {
		t.Errorf("got %d lines", n)
	}
	if got := historyText(doc.Find(".elsewhere")); !strings.Contains(got, "Version 3 of 2026-11-23 20:00 UTC, on another page") {
		t.Errorf("got %q", got)
	}
	for _, name := range []string{"from", "to"} {
		if n := doc.Find(`input[name="` + name + `"][checked]`).Length(); n != 1 {
			t.Errorf("%d versions are chosen as %s", n, name)
		}
	}
	if got := historyText(doc.Find(".pager")); got != "First← EarlierLater →Last" {
		t.Errorf("got %q", got)
	}
	link, _ := doc.Find(".pager a").First().Attr("href")
	if doc := historyPage(t, h, link, 200); doc.Find("ol.timeline > li").First().AttrOr("value", "") != "1" || historyText(doc.Find("h2").First()) != "Version 3 → version 60" {
		t.Errorf("got %s", historyText(doc.Find("main")))
	}
}

// A comparison of a megabyte shows a part, and says so.
func TestLongVersions(t *testing.T) {
	var one, two strings.Builder
	for i := range 9000 {
		fmt.Fprintf(&one, "Paragraph %d says that the ferry number %d was late by %d minutes on that day, and nobody was told of it.\n\n", i, i, i*7)
		fmt.Fprintf(&two, "Paragraph %d says that the ferry number %d was early by %d minutes on that day, and nobody was told of it.\n\n", i, i, i*7)
	}
	f := archivetest.New(t)
	visitHourly(f, t, visit{url: ferryURL, article: ferry("A", one.String())}, visit{url: ferryURL, article: ferry("A", two.String())})
	h := (&Server{Archive: f.Archive, Catalog: f.Catalog}).Handler()
	w := get(t, h, "/article/"+catalog.StoryID(ferryURL)+"/versions")
	if w.Code != 200 || w.Body.Len() > 4<<20 || !strings.Contains(w.Body.String(), "too long to show all") {
		t.Errorf("got %d, %d bytes", w.Code, w.Body.Len())
	}
}

// Of versions by different extractors, both pages must be read again.
func TestRereadVersions(t *testing.T) {
	f := archivetest.New(t)
	visitHourly(f, t,
		visit{url: ferryURL, article: ferry("A", "It sank at noon."), by: "newsmorgue/1"},
		visit{url: ferryURL, article: ferry("A", "It sank at one."), by: "newsmorgue/2"},
		visit{url: ferryURL, article: ferry("A", "It sank at two."), by: "newsmorgue/2"},
	)
	s := &Server{Archive: f.Archive, Catalog: f.Catalog}
	at := "/article/" + catalog.StoryID(ferryURL) + "/versions"
	all, err := f.Catalog.Versions(t.Context(), ferryURL)
	if err != nil || len(all) != 2 {
		t.Fatalf("got %d versions %v", len(all), err)
	}
	if doc := historyPage(t, s.Handler(), at, 200); !strings.Contains(historyText(doc.Find(".notice")), "different extractors") {
		t.Errorf("got %q", historyText(doc.Find("main")))
	}
	s.Compare = func(context.Context, catalog.Version, catalog.Version) (a, b *article.Article, reread bool, err error) {
		return ferry("A", "It sank at noon."), ferry("A", "It sank at two."), true, nil
	}
	if doc := historyPage(t, s.Handler(), at, 200); !strings.Contains(historyText(doc.Find(".notice")), "read again") {
		t.Errorf("got %q", historyText(doc.Find("main")))
	}
	s.Compare = func(context.Context, catalog.Version, catalog.Version) (a, b *article.Article, reread bool, err error) {
		return nil, nil, false, fmt.Errorf("frame 7: %w", archive.ErrDamaged)
	}
	s.edits = editCache{}
	if doc := historyPage(t, s.Handler(), at, 200); !strings.Contains(historyText(doc.Find(".notice")), "Frame 7: damaged.") {
		t.Errorf("got %q", historyText(doc.Find("main")))
	}
}

// What cannot be compared in time is said, and comes the next time.
func TestSummaryLater(t *testing.T) {
	f, _ := aHistory(t)
	s := &Server{Archive: f.Archive, Catalog: f.Catalog}
	all, err := f.Catalog.Versions(t.Context(), ferryURL)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		read bool
		want string
	}{{false, ""}, {true, "1 sentence edited"}, {false, "1 sentence edited"}} {
		line := timelineLine{}
		if err := s.summarize(t.Context(), &editReader{s: s}, &line, all[0], all[1], c.read); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(line.Summary, c.want) || (line.Problem == "") != (c.want != "") {
			t.Errorf("got %+v", line)
		}
	}
}

func TestRecent(t *testing.T) {
	var r recent[string, int]
	for i, key := range []string{"a", "b", "c", "a"} {
		r.put(key, i, 1, 3)
	}
	r.get("b")
	r.put("d", 9, 1, 3)
	r.put("huge", 9, 4, 3)
	got := ""
	for _, key := range []string{"a", "b", "c", "d", "huge"} {
		if v, ok := r.get(key); ok {
			got += fmt.Sprint(key, v, " ")
		}
	}
	if got != "a3 b1 d9 " || r.size != 3 || len(r.at) != 3 {
		t.Errorf("got %q, %d", got, r.size)
	}
}
