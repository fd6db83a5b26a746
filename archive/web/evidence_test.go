package web

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

const hostileText = `"><img src=x onerror=x()><script>x()</script>`

// newEvidence is a server of an archive with an article, which Explain reads as read says.
func newEvidence(t *testing.T, read func(a *article.Article) (*article.Explanation, error)) (catalog.Story, *Server) {
	t.Helper()
	f := archivetest.New(t)
	if err := archivetest.Fill(t.Context(), f.Writer, f.Catalog, archivetest.Options{Articles: 5, Sites: 1}); err != nil {
		t.Fatal(err)
	}
	var story catalog.Story
	for s, err := range f.Catalog.Stories(t.Context(), catalog.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		if s.Title != "" && s.Byline != "" && s.Kind == "article" {
			story = s
		}
	}
	if story.ID == "" {
		t.Fatal("the archive has no article with a byline")
	}
	s := &Server{Archive: f.Archive, Catalog: f.Catalog}
	if read != nil {
		s.Explain = func(ctx context.Context, _ *archive.Record) (*article.Article, *article.Explanation, error) {
			a, err := f.Catalog.Article(ctx, story)
			if err != nil {
				return nil, nil, err
			}
			why, err := read(a)
			return a, why, err
		}
	}
	return story, s
}

func evidenceDocument(t *testing.T, page string) *goquery.Document {
	t.Helper()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestEvidence(t *testing.T) {
	story, s := newEvidence(t, func(a *article.Article) (*article.Explanation, error) {
		return &article.Explanation{
			Fields: []article.Candidate{
				{Field: "title", Value: hostileText, From: "meta:og:title", Score: -1, Why: hostileText, Evidence: []article.Evidence{{Name: hostileText, Part: 2}}},
				{Field: "title", Value: a.Title, From: "dom:h1", Score: 3, Won: true},
				{Field: "section", Value: "not of this field", From: "dom:menu"},
			},
			Blocks: []article.BlockDecision{{Text: hostileText, Path: "div." + hostileText, P: 0.9, Kept: true}, {Text: "Dropped", Why: "only links"}},
		}, nil
	})
	h := s.Handler()
	path := "/article/" + story.ID + "/evidence"
	w := get(t, h, path+"?field=title")
	doc := evidenceDocument(t, w.Body.String())
	if w.Code != 200 || doc.Find(".values li").First().Text() != story.Title || doc.Find("h1").Length() != 1 {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	candidates := doc.Find(".candidates > li")
	if candidates.Length() != 2 || !strings.Contains(candidates.First().Text(), "Chosen") || !strings.Contains(candidates.Last().Text(), "metadata of the page: og:title") {
		t.Errorf("got %s", candidates.Text())
	}
	if doc.Find("main img, main script").Length() > 0 || doc.Find("[style]").Length() > 0 {
		t.Errorf("values are not escaped: %s", w.Body)
	}
	if src, _ := doc.Find("iframe").Attr("src"); src != "/raw/article/"+story.ID+"?field=title#newsmorgue-mark-1" {
		t.Errorf("got %s", src)
	}
	if doc.Find(`.tabs a[aria-current]`).Text() != "Title" || doc.Find(".tabs a").Length() != len(evidenceFields) {
		t.Errorf("got %s", doc.Find(".tabs").Text())
	}
	body := evidenceDocument(t, get(t, h, path+"?field=body").Body.String())
	if body.Find(".blocks .kept").Length() != 1 || body.Find(".blocks .dropped").Length() != 1 || body.Find("main img").Length() > 0 {
		t.Errorf("got %s", body.Find(".blocks").Text())
	}
	for _, f := range evidenceFields {
		if w := get(t, h, path+".json?field="+f.name); w.Code != 200 || !json.Valid(w.Body.Bytes()) {
			t.Errorf("%s: got %d %s", f.name, w.Code, w.Body)
		}
		if w := get(t, h, path+"?field="+f.name); w.Code != 200 || evidenceDocument(t, w.Body.String()).Find("h2").Length() == 0 {
			t.Errorf("%s: got %d", f.name, w.Code)
		}
	}
}

func TestEvidenceDiffers(t *testing.T) {
	story, s := newEvidence(t, func(a *article.Article) (*article.Explanation, error) {
		a.Title, a.Extractor = "Another title", "newsmorgue/9; profile=sha256:00"
		return &article.Explanation{}, nil
	})
	h := s.Handler()
	w := get(t, h, "/article/"+story.ID+"/evidence?field=title")
	if text := evidenceDocument(t, w.Body.String()).Find("main").Text(); !strings.Contains(text, "gives another value") || !strings.Contains(text, "Another title") || !strings.Contains(text, "newsmorgue/9") {
		t.Errorf("got %s", text)
	}
	if w := get(t, h, "/article/"+story.ID+"/evidence?field=byline"); strings.Contains(w.Body.String(), "another value") {
		t.Errorf("got %s", w.Body)
	}
}

func TestEvidenceProblems(t *testing.T) {
	story, s := newEvidence(t, func(*article.Article) (*article.Explanation, error) { return nil, errors.New(hostileText) })
	h := s.Handler()
	if w := get(t, h, "/article/"+story.ID+"/evidence"); w.Code != 200 || !strings.Contains(w.Body.String(), "gives no article") || evidenceDocument(t, w.Body.String()).Find("main img").Length() > 0 {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	for target, want := range map[string]int{
		"/article/" + story.ID + "/evidence?field=" + strings.Repeat("x", 1000): 400, "/article/000000000000/evidence": 404, "/article/x/evidence": 404, "/article/" + story.ID[:6] + "/evidence": 404,
	} {
		if w := get(t, h, target); w.Code != want {
			t.Errorf("%s: got %d, want %d", target, w.Code, want)
		}
	}
	s.Explain = nil
	if w := get(t, h, "/article/"+story.ID+"/evidence"); w.Code != 200 || !strings.Contains(w.Body.String(), "does not read pages again") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestMarked(t *testing.T) {
	story, s := newEvidence(t, nil)
	h := s.Handler()
	w := get(t, h, "/raw/article/"+story.ID+"?field=title")
	doc := evidenceDocument(t, w.Body.String())
	if got := doc.Find("#newsmorgue-mark-1").Text(); w.Code != 200 || got != story.Title || w.Header().Get("Content-Security-Policy") != rawPolicy {
		t.Errorf("got %d %q in %.2000s", w.Code, got, w.Body)
	}
	if doc := evidenceDocument(t, get(t, h, "/raw/article/"+story.ID+"?field=body").Body.String()); doc.Find("mark.newsmorgue-evidence").Length() == 0 {
		t.Error("no text is highlighted")
	}
	for target, want := range map[string]int{story.ID + "?field=x": 400, "000000000000?field=title": 404, "x": 404, "": 404} {
		if w := get(t, h, "/raw/article/"+target); w.Code != want {
			t.Errorf("%s: got %d, want %d", target, w.Code, want)
		}
	}
}

func TestSource(t *testing.T) {
	const page = `<html lang=en><head><title>Ferry &amp; harbour</title><meta name=author content="Nobody"><meta property="article:published_time" content="2026-01-02T10:00:00+01:00">
		<script>var a = {"title": "Ferry \/ late"}</script><script type="application/ld+json">{"headline": "The \"ferry\"", "author": {"name": "Ann"}}</script></head>`
	for _, test := range []struct {
		from, value, match, around string
	}{
		{"meta:article:published_time", "2026-01-02T10:00:00+01:00", "2026-01-02T10:00:00+01:00", "article:published_time"},
		{"meta:article:published_time", "2026-01-02T09:00:00Z", "2026-01-02", "article:published_time"},
		{"meta:article:published_time", "2027-01-02", "", "article:published_time"},
		{"title", "Ferry & harbour", "Ferry &amp; harbour", "<title>"},
		{"html:lang", "en", "en", "<html"},
		{"jsonld:headline", `The "ferry"`, `The \"ferry\"`, "headline"},
		{"jsonld:author", "Somebody", `"author"`, "headline"},
		{"state:x", "Ferry / late", `Ferry \/ late`, "title"},
	} {
		p := sourceOf([]byte(page), test.from, []string{test.value})
		if p == nil || p.Match != test.match || !strings.Contains(p.Before, test.around) {
			t.Errorf("%s, %s: got %+v", test.from, test.value, p)
		}
	}
	for _, from := range []string{"dom:h1", "text:byline", "feed", "jsonld:image", "state:x"} {
		if p := sourceOf([]byte(page), from, []string{"absent"}); p != nil {
			t.Errorf("%s: got %+v", from, p)
		}
	}
	long := sourceOf([]byte(`<meta name=description content="`+strings.Repeat("x", 1<<20)+`">`), "meta:description", []string{strings.Repeat("x", 1<<20)})
	if n := len(long.Before + long.Match + long.After); n > 4000 {
		t.Errorf("got %d bytes", n)
	}
}
