package article_test

import (
	"fmt"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

func paragraph(text string) article.Block { return article.Block{Type: article.Paragraph, Text: text} }

func media(caption int) article.Block { return article.Block{Type: article.Media, Caption: &caption} }

// firstPage is the first of several pages of an article.
func firstPage() *article.Article {
	return &article.Article{
		Kind: article.KindArticle, URL: "https://a.example/pier", Title: "The pier", Subtitle: "It still stands.",
		Body:     []article.Block{paragraph("The first paragraph."), media(0)},
		Captions: []article.Caption{{Text: "The pier", Media: "image"}},
		Pages:    []article.PageRef{{URL: "https://a.example/pier/2"}},
	}
}

func secondPage() *article.Article {
	return &article.Article{
		Kind: article.KindArticle, URL: "https://a.example/pier/2", Title: "The pier | Page 2 of 3",
		Body:     []article.Block{paragraph("It still stands."), paragraph("The first paragraph."), media(0), paragraph("The second paragraph.")},
		Captions: []article.Caption{{Text: "The ferry", Media: "image"}},
		Pages:    []article.PageRef{{URL: "https://a.example/pier/3"}},
	}
}

func TestContinue(t *testing.T) {
	a, next := firstPage(), secondPage()
	if !a.Continue(next) {
		t.Fatal("got false, want true")
	}
	if want := "The first paragraph.\n\nThe second paragraph."; a.Text != want {
		t.Errorf("Text: got %q, want %q", a.Text, want)
	}
	if len(a.Captions) != 2 || *a.Body[2].Caption != 1 || *next.Body[2].Caption != 0 {
		t.Errorf("captions: got %v, the second at %d, and %d in the page itself", a.Captions, *a.Body[2].Caption, *next.Body[2].Caption)
	}
	if got, want := fmt.Sprint(a.Pages), "[{https://a.example/pier/2} {https://a.example/pier/3}]"; got != want {
		t.Errorf("Pages: got %s, want %s", got, want)
	}
	if got := a.Provenance["pages"].From; got != "link:next" {
		t.Errorf("provenance: got %q", got)
	}
}

func TestContinueRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(a, next *article.Article)
	}{
		{"a front page", func(_, next *article.Article) { next.Kind = article.KindHome }},
		{"a section", func(_, next *article.Article) { next.Kind = article.KindSection }},
		{"a bot wall", func(_, next *article.Article) { next.Kind = article.KindBlocked }},
		{"another story", func(_, next *article.Article) { next.Title = "The ferry" }},
		{"a circle", func(a, _ *article.Article) {
			a.Pages = append(a.Pages, article.PageRef{URL: "https://a.example/pier/3"})
		}},
		{"too many pages", func(a, _ *article.Article) {
			a.Pages = nil
			for i := range 50 {
				a.Pages = append(a.Pages, article.PageRef{URL: fmt.Sprint("https://a.example/pier/", i+10)})
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, next := firstPage(), secondPage()
			c.change(a, next)
			if blocks := len(a.Body); a.Continue(next) || len(a.Body) != blocks {
				t.Errorf("got %d blocks, want false and %d", len(a.Body), blocks)
			}
		})
	}
}

func TestInherit(t *testing.T) {
	before := &article.Article{
		Title: "Of the feed", Language: "en", Published: "2026-11-23", Modified: "2026-11-24", Authors: []article.Author{{Name: "Karin Holm"}}, Section: "News",
		Provenance: map[string]article.Provenance{
			"title": {From: "feed"}, "language": {From: "html"}, "published": {From: "news-sitemap:x"}, "modified": {From: "sitemap"}, "authors": {From: "wp-json"}, "section": {From: "feed"},
		},
	}
	a := &article.Article{Title: "Of the page", Provenance: map[string]article.Provenance{"title": {From: "h1"}}}
	a.Inherit(before)
	if a.Title != "Of the page" || a.Language != "" || a.Section != "" {
		t.Errorf("took title %q, language %q, section %q; want its own title and neither of the others", a.Title, a.Language, a.Section)
	}
	if a.Published != "2026-11-23" || a.Modified != "2026-11-24" || len(a.Authors) != 1 {
		t.Errorf("got published %q, modified %q, authors %v; want those from hints", a.Published, a.Modified, a.Authors)
	}
	if len(a.Provenance) != 4 || a.Provenance["published"].From != "news-sitemap:x" {
		t.Errorf("provenance: got %v", a.Provenance)
	}
}
