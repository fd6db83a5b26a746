package web

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// feedLines are the lines of the feed, without times.
func feedLines(doc *goquery.Document) (all []string) {
	doc.Find("ol.changes > li").Each(func(_ int, s *goquery.Selection) {
		all = append(all, historyText(s.Find(".chip").First())+" "+historyText(s.Find(".headline")))
	})
	return all
}

// The feed is remembered, but not longer than the archive stays the same.
func TestChangesAreRemembered(t *testing.T) {
	f, h := aHistory(t)
	first := get(t, h, "/changes").Body.String()
	for _, target := range []string{"/changes.atom", "/changes.json", "/changes?what=gone", "/changes"} {
		get(t, h, target)
	}
	if again := get(t, h, "/changes").Body.String(); again != first {
		t.Errorf("the second page differs:\n%s\n%s", first, again)
	}
	f.Add(visitRecords(t, captureDay.Add(20*time.Hour), visit{url: "https://a.example/bridge", article: ferry("The bridge", "It stands.")})...)
	f.Add(visitRecords(t, captureDay.Add(21*time.Hour), visit{url: "https://a.example/bridge", status: 410})...)
	if lines := feedLines(historyPage(t, h, "/changes", 200)); len(lines) == 0 || lines[0] != "gone The bridge" {
		t.Errorf("after a change: %q", lines)
	}
	pages := &feedPages{}
	for i := range 3 * maxFeedPages {
		pages.put("head", fmt.Sprint(i), &changesData{})
	}
	if n := len(pages.pages); n > maxFeedPages || pages.get("other", "1") != nil || pages.get("head", fmt.Sprint(3*maxFeedPages-1)) == nil {
		t.Errorf("%d pages are remembered", n)
	}
}

func TestChanges(t *testing.T) {
	f, h := aHistory(t)
	other := "https://a.example/bridge"
	for i, v := range []visit{{url: other, article: ferry("The bridge", "It stands.")}, {url: other, status: 410}} {
		f.Add(visitRecords(t, captureDay.Add(time.Duration(20+i)*time.Hour), v)...)
	}
	doc := historyPage(t, h, "/changes", 200)
	if got := strings.Join(feedLines(doc), "|"); got != "gone The bridge|restored The ferry sinks, all saved|gone The ferry sinks|edited The ferry sinks" {
		t.Errorf("got %s", got)
	}
	if got := historyText(doc.Find("h2.day")); got != "2026-11-242026-11-23" {
		t.Errorf("got %s", got)
	}
	link, _ := doc.Find(`ol.changes > li:contains("1 sentence edited") a:contains("Compare")`).Attr("href")
	if got := historyText(historyPage(t, h, link, 200).Find("h2").First()); got != "Version 1 → version 2" {
		t.Errorf("got %q by %s", got, link)
	}
	for query, want := range map[string]string{
		"?what=gone":                                "gone The bridge",
		"?what=gone,edited":                         "gone The bridge|gone The ferry sinks|edited The ferry sinks",
		"?what=new&what=moved":                      "new The bridge|new The ferry sinks",
		"?class=headline_changed":                   "restored The ferry sinks, all saved",
		"?class=silent":                             "edited The ferry sinks",
		"?since=2026-11-24":                         "gone The bridge",
		"?until=2026-11-23&what=edited":             "edited The ferry sinks",
		"?since=2026-11&until=2026-11&what=edited":  "edited The ferry sinks",
		"?until=2026-10":                            "",
		"?site=b.example":                           "",
		"?site=a.example&what=restored":             "restored The ferry sinks, all saved",
		"?what=edited&until=2026-11-23T19:00:00Z":   "",
		"?what=edited&page=2026-11-23T19:00:00.01Z": "edited The ferry sinks",
	} {
		if got := strings.Join(feedLines(historyPage(t, h, "/changes"+query, 200)), "|"); got != want {
			t.Errorf("%s: got %s, want %s", query, got, want)
		}
	}
	historyPage(t, h, "/changes?run=x", 400)
	historyPage(t, h, "/changes?run=01a22a87-17e6-7d3b-96d9-bd6c824eaa01", 404)
	gone := historyPage(t, h, "/changes?what=gone", 200)
	if historyText(gone.Find("h1")) != "Articles gone" || gone.Find(`a[href="/page/20261124140000/`+other+`"]`).Length() != 1 {
		t.Errorf("got %s", historyText(gone.Find("main")))
	}
	if got := historyText(historyPage(t, h, "/changes?site=b.example", 200).Find(".empty")); !strings.Contains(got, "newsmorgue list --changes") {
		t.Errorf("got %q", got)
	}
	for query, want := range map[string]string{"?what=lost": "what is", "?class=x": "class is", "?since=yesterday": "since is", "?page=two": "page is"} {
		if got := historyText(historyPage(t, h, "/changes"+query, 400).Find("main")); !strings.Contains(strings.ToLower(got), want) {
			t.Errorf("%s: got %q", query, got)
		}
	}
	f2 := archivetest.New(t)
	if got := historyText(historyPage(t, (&Server{Archive: f2.Archive, Catalog: f2.Catalog}).Handler(), "/changes", 200).Find(".empty")); !strings.Contains(got, "No article has changed") {
		t.Errorf("got %q", got)
	}
}

func TestChangesTwin(t *testing.T) {
	_, h := aHistory(t)
	w := get(t, h, "/changes.json?what=edited")
	var got changesData
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || len(got.Changes) != 1 {
		t.Fatalf("got %v %s", err, w.Body)
	}
	if c := got.Changes[0]; c.What != "edited" || c.ID != catalog.StoryID(ferryURL) || c.Captured != "2026-11-23T19:00:00Z" || c.LastSeen != "2026-11-23T18:00:00Z" || !c.Silent || c.Summary == "" || c.Before == "" {
		t.Errorf("got %+v", c)
	}
}

// All pages together have each change once.
func TestChangesPages(t *testing.T) {
	f := archivetest.New(t)
	var recs []*archive.Record
	for i := range 130 {
		for n, v := range []visit{{url: fmt.Sprintf("https://a.example/%d", i), article: ferry(fmt.Sprint("Story ", i), "a b c")}, {url: fmt.Sprintf("https://a.example/%d", i), status: 404}} {
			recs = append(recs, visitRecords(t, captureDay.Add(time.Duration(n*1000+i)*time.Minute), v)...)
		}
	}
	f.Add(recs...)
	h := (&Server{Archive: f.Archive, Catalog: f.Catalog}).Handler()
	for _, start := range []string{"/changes", "/changes?what=gone"} {
		seen, pages := map[string]bool{}, 0
		for next := start; next != "" && pages < 20; pages++ {
			doc := historyPage(t, h, next, 200)
			for _, l := range feedLines(doc) {
				if seen[l] {
					t.Errorf("%s is there twice", l)
				}
				seen[l] = true
			}
			next, _ = doc.Find(`a[rel="next"]`).Attr("href")
			if u, err := url.Parse(next); err != nil || u.Host != "" {
				t.Errorf("next is %q", next)
			}
		}
		if len(seen) != 130 || pages < 3 {
			t.Errorf("%s: %d changes on %d pages", start, len(seen), pages)
		}
	}
}

func TestChangesFeed(t *testing.T) {
	f, h := aHistory(t)
	visitHourly(f, t, visit{url: "https://a.example/x?a=1&b=<2>", article: ferry("Fish & <chips>\x01", "a b c")}, visit{url: "https://a.example/x?a=1&b=<2>", article: ferry("Fish & <chips>\x01", "a b d")})
	w := get(t, h, "/changes.atom?what=edited,gone,restored")
	if got := w.Header().Get("Content-Type"); w.Code != 200 || got != "application/atom+xml; charset=utf-8" {
		t.Fatalf("got %d %s", w.Code, got)
	}
	var feed atomFeed
	if err := xml.Unmarshal(w.Body.Bytes(), &feed); err != nil {
		t.Fatal(err)
	}
	if len(feed.Entries) != 4 || feed.Updated != "2026-11-23T21:00:00Z" || feed.Author == "" || !strings.HasPrefix(feed.ID, "urn:uuid:") {
		t.Fatalf("got %s", w.Body)
	}
	ids := map[string]bool{}
	for _, e := range feed.Entries {
		ids[e.ID] = true
		if _, err := time.Parse(time.RFC3339, e.Updated); err != nil || e.Title == "" || len(e.Links) != 1 || !strings.HasPrefix(e.Links[0].Href, "http://example.com/article/") {
			t.Errorf("got %+v", e)
		}
	}
	if len(ids) != 4 || !strings.Contains(w.Body.String(), "Fish &amp; &lt;chips&gt;") {
		t.Errorf("got %s", w.Body)
	}
	if again := get(t, h, "/changes.atom?what=edited,gone,restored"); again.Body.String() != w.Body.String() {
		t.Error("the feed differs from the one before")
	}
	if w := get(t, h, "/changes.atom?what=x"); w.Code != 400 {
		t.Errorf("got %d", w.Code)
	}
}

// The overview counts what is gone now, and has the newest changes.
func TestChangeFigures(t *testing.T) {
	f, _ := aHistory(t) // its article is gone and comes back
	for i := range 7 {
		url := fmt.Sprintf("https://a.example/bridge%d", i)
		f.Add(visitRecords(t, captureDay.Add(time.Duration(20+2*i)*time.Hour), visit{url: url, article: ferry(fmt.Sprint("The bridge ", i), "It stands.")})...)
		f.Add(visitRecords(t, captureDay.Add(time.Duration(21+2*i)*time.Hour), visit{url: url, status: 410})...)
	}
	s := &Server{Archive: f.Archive, Catalog: f.Catalog}
	got, err := s.countChanges(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	all, err := f.Catalog.Changes(t.Context(), catalog.ChangeFilter{})
	if err != nil {
		t.Fatal(err)
	}
	if got.Gone != 7 || len(got.Latest) != latest || !slices.Equal(got.Latest, all[:latest]) {
		t.Errorf("%d are gone; got %+v\nwant %+v", got.Gone, got.Latest, all[:latest])
	}
	if again, err := s.countChanges(t.Context(), got); err != nil || again != got {
		t.Errorf("nothing changed: %+v, %v", again, err)
	}
}
