package web

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// TestSuppressedEverywhere: no view shows what is suppressed, also if it has shown it before.
func TestSuppressedEverywhere(t *testing.T) {
	s := newStand(t)
	const hidden = "https://hidden.example/zibeline"
	words := []string{"zibeline coat", "quillon", "zsection", "zubtitle", "ztext"}
	story := func(more string) string {
		id, _ := s.story(article.Article{URL: hidden, Site: "hidden.example", Title: "The zibeline coat" + more, Subtitle: "zubtitle", Section: "zsection",
			Authors: []article.Author{{Name: "Quillon Vane", Kind: "person"}}, Language: "en", Published: "2026-11-20", Body: []article.Block{paragraph("The ztext of the coat." + more), paragraph(quiet)}})
		return id
	}
	id := story("")
	story(", and more")
	third := s.answer(hidden, "text/html", 404, "<p>ztext is gone")
	plain, _ := s.story(article.Article{URL: "https://paper.example/plain", Title: "Plain", Section: "news", Published: "2026-11-20", Body: []article.Block{paragraph("Plain text."), {Type: article.Media, Caption: new(int)}},
		Captions: []article.Caption{{Text: "c", Media: "image", MediaURL: "https://hidden.example/z.png"}}})
	s.answer("https://hidden.example/z.png", "image/png", 200, "\x89PNG\r\n\x1a\nztext")
	respond(s.Fixture, "https://paper.example/moved", 0, 301, "", "Location", hidden)
	versions, err := s.Catalog.Versions(t.Context(), hidden)
	if err != nil || len(versions) < 2 {
		t.Fatalf("got %v, %v", versions, err)
	}
	stamp := versions[0].Captured.UTC().Format("20060102150405")
	paths := []string{"/", "/index.json", "/articles", "/articles.json", "/articles?q=zibeline", "/articles.json?q=coat", "/articles?site=hidden.example", "/articles?section=zsection", "/articles?author=Quillon+Vane", "/articles.json?fts=on&q=title:zibeline",
		"/article/" + id, "/article/" + id + ".json", "/article/" + id + ".md", "/article/" + id + ".bib", "/article/" + id + ".csl", "/article/" + id + "?version=1", "/article/" + id + "/versions", "/article/" + id + "/versions.json?from=1&to=2",
		"/article/" + id + "/evidence?field=title", "/article/" + id + "/evidence.json?field=title", "/article/?url=" + url.QueryEscape(hidden), "/article/" + plain, "/article/" + plain + ".json",
		"/changes", "/changes.json", "/changes?what=gone", "/changes.json?what=gone", "/changes.atom", "/changes.atom?what=gone", "/changes?site=hidden.example", "/runs", "/runs.json", "/exports", "/exports.json?q=zibeline", "/live.json",
		"/raw/" + stamp + "/" + hidden, "/raw/" + stamp + "id_/" + hidden, "/raw/2026/" + hidden, "/raw/article/" + id + "?field=title", "/page/" + stamp + "/" + hidden, "/page/json/" + stamp + "/" + hidden,
		"/raw/2026/https://paper.example/moved", "/page/2026/https://paper.example/moved", "/raw/2026im_/https://hidden.example/z.png",
		"/timemap/link/" + hidden, "/timemap/json/" + hidden, "/timegate/" + hidden, "/cdx?url=" + url.QueryEscape(hidden), "/cdx?url=hidden.example/*", "/cdx?url=example&matchType=domain", "/record/" + third.ID()[10:46]}
	for _, v := range versions {
		for _, rec := range []string{v.ResponseID, v.Reading} {
			paths = append(paths, recordPath(rec), recordPath(rec)+".json", recordPath(rec)+".warc.gz")
		}
		rec, err := s.Catalog.Record(t.Context(), v.ResponseID)
		if err != nil {
			t.Fatal(err)
		}
		request := recordPath(rec.Get("WARC-Concurrent-To"))
		paths = append(paths, request, request+".json", request+"?beside="+recordPath(v.ResponseID)[8:])
	}
	shown := func(path string) (found []string) {
		w := get(t, s.http, path)
		body := strings.ToLower(w.Body.String() + w.Header().Get("Location"))
		for _, word := range words {
			if strings.Contains(body, word) {
				found = append(found, word)
			}
		}
		return found
	}
	before := 0
	for range 2 {
		for _, path := range paths {
			if len(shown(path)) > 0 {
				before++
			}
		}
		time.Sleep(300 * time.Millisecond) // for what is computed in the background
	}
	t.Logf("%d of %d answers showed it before", before, 2*len(paths))
	s.time = s.time.Add(time.Hour)
	s.suppress(catalog.Suppression{URL: hidden, Reason: "asked for"})
	s.suppress(catalog.Suppression{URL: "https://hidden.example/z.png", Reason: "asked for"})
	for _, path := range paths {
		if strings.Contains(path, "?q=") || strings.Contains(path, "section=") || strings.Contains(path, "author=") || strings.Contains(path, "&q=") {
			continue // what is asked for is repeated
		}
		if found := shown(path); len(found) > 0 {
			t.Errorf("%s shows %q: %s", path, found, get(t, s.http, path).Body)
		}
	}
	for _, path := range []string{"/articles.json?q=coat", "/articles?section=zsection", "/articles?author=Quillon+Vane"} {
		if w := get(t, s.http, path); strings.Contains(w.Body.String(), id) {
			t.Errorf("%s lists it", path)
		}
	}
}

// TestSuppressedVersion: where one version of an article is suppressed, the views of the
// others do not show what only it said.
func TestSuppressedVersion(t *testing.T) {
	s := newStand(t)
	const at = "https://paper.example/ferry"
	id, _ := s.story(article.Article{URL: at, Title: "The ferry", Published: "2026-11-20", Body: []article.Block{paragraph("The ferry was late."), paragraph(quiet)}})
	_, secret := s.story(article.Article{URL: at, Title: "The zibeline", Published: "2026-11-20", Body: []article.Block{paragraph("The ztext was late."), paragraph(quiet)}})
	s.answer(at, "text/html", 404, "<p>gone")
	versions, err := s.Catalog.Versions(t.Context(), at)
	if err != nil || len(versions) != 2 {
		t.Fatalf("got %v, %v", versions, err)
	}
	first := versions[0].Captured.UTC().Format("20060102150405")
	paths := []string{"/", "/index.json", "/articles", "/articles.json", "/article/" + id, "/article/" + id + ".json", "/article/" + id + "/versions", "/article/" + id + "/versions.json?from=1&to=2", "/article/" + id + "?version=2",
		"/article/" + id + "/evidence?field=title", "/changes", "/changes.json", "/changes?what=gone", "/changes.atom", "/page/" + first + "/" + at, "/page/json/" + first + "/" + at, "/raw/2027/" + at, "/raw/" + first + "/" + at,
		recordPath(secret.ID()), recordPath(versions[1].Reading) + ".json", "/cdx?url=" + at, "/timemap/json/" + at, "/runs"}
	shown := func(path string) bool {
		body := get(t, s.http, path).Body.String()
		return strings.Contains(body, "zibeline") || strings.Contains(body, "ztext")
	}
	before := 0
	for range 2 {
		for _, path := range paths {
			if shown(path) {
				before++
			}
		}
		time.Sleep(300 * time.Millisecond)
	}
	if before < 10 {
		t.Errorf("%d answers showed it before", before)
	}
	s.time = s.time.Add(time.Hour)
	s.suppress(catalog.Suppression{Record: secret.ID(), Reason: "asked for"})
	for _, path := range paths {
		if shown(path) {
			t.Errorf("%s shows it: %s", path, get(t, s.http, path).Body)
		}
	}
}
