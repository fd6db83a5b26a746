package dataset_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/dataset"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// Pointers have none of the publisher's words and no personal data, whatever tables,
// fields and documents they come with.
func TestPointersWithEverything(t *testing.T) {
	f := newFixture(t)
	f.article(article.Article{URL: "https://a.example/", Site: "a.example", Kind: article.KindHome, Title: "Gazette of Saltmere", Text: prose(0, 4)})
	f.article(full)
	_, sum := f.export(recipe.Recipe{Rights: recipe.Rights{Tier: "pointers"}, Choice: recipe.Choice{Version: "all", Clusters: true}, Tables: []string{"all"}, Fields: []string{"all"}})
	for _, name := range sum.Files {
		text := read(t, sum.Dir, name)
		for _, words := range []string{"jane@a.example", "desk@a.example", "Jane Doe", "reporter", "x; y", "LAGOS", "Gazette", "One two", "A boat", "Quay"} {
			if strings.Contains(text, words) {
				t.Errorf("%s has %q", name, words)
			}
		}
	}
	if slices.Contains(sum.Files, "contacts.jsonl") {
		t.Error("contacts were exported")
	}
}

// What is of the publisher's making is text or says why it is none.
func TestPointerColumns(t *testing.T) {
	kept := []string{"canonical_url", "kind", "section", "language", "source", "published", "modified", "paywalled", "meta_robots", "tdm_reservation", "license", "position", "url", "media", "media_url"}
	for _, tab := range table.All {
		for _, c := range tab.Pointers().Columns {
			if c.Personal || c.From == "page" && !slices.Contains(kept, c.Name) && !tab.Personal {
				t.Errorf("%s.%s is in datasets of pointers", tab.Name, c.Name)
			}
		}
	}
}

func redacting(list string) func(*dataset.Options) {
	return func(o *dataset.Options) { o.RedactList = strings.NewReader(list) }
}

// Titles of sites are redacted, too, as they are texts of pages.
func TestRedactSites(t *testing.T) {
	f := newFixture(t)
	f.article(article.Article{URL: "https://a.example/", Kind: article.KindHome, Title: "The Ines Calloway Gazette", Text: prose(0, 4)})
	f.article(full)
	dir, _ := f.export(recipe.Recipe{}, redacting("Ines Calloway\n"))
	if got := values(lines(t, dir, "sites.jsonl"), "title"); got[0] != "The <REDACTED_1> Gazette" {
		t.Errorf("got %v", got)
	}
	if card := read(t, dir, "README.md"); !strings.Contains(card, "URLs are not changed") {
		t.Error("the card does not say that URLs are as they were")
	}
}

// The card says that articles were left out for what their publishers reserve, also if
// none is left that reserves anything.
func TestOptoutsInCard(t *testing.T) {
	f := newFixture(t)
	f.article(full)
	f.article(article.Article{URL: "https://a.example/free", Title: "Free", Text: prose(0, 4)})
	dir, _ := f.export(recipe.Recipe{Rights: recipe.Rights{RespectOptouts: true}})
	if card := read(t, dir, "README.md"); !strings.Contains(card, "Articles whose publishers reserve such uses were left out.") {
		t.Error("the card does not say it")
	}
}

// What the last version reserves holds for the earlier ones, too; what an earlier one
// reserves, for that alone.
func TestOptoutsOfVersions(t *testing.T) {
	f := newFixture(t)
	noai := &article.Rights{MetaRobots: "noai"}
	f.article(article.Article{URL: "https://a.example/now", Title: "Now 1", Text: prose(0, 4)})
	f.article(article.Article{URL: "https://a.example/now", Title: "Now 2", Text: prose(0, 9), Rights: noai})
	f.article(article.Article{URL: "https://a.example/once", Title: "Once 1", Text: prose(100, 4), Rights: noai})
	f.article(article.Article{URL: "https://a.example/once", Title: "Once 2", Text: prose(100, 9)})
	r := recipe.Recipe{Choice: recipe.Choice{Version: "all"}, Rights: recipe.Rights{RespectOptouts: true}}
	dir, sum := f.export(r)
	if got := values(lines(t, dir, "articles.jsonl"), "title"); !slices.Equal(got, []any{"Once 2"}) || sum.Articles != 1 {
		t.Errorf("got %v of %d articles", got, sum.Articles)
	}
	counted, err := f.tryExport("", r, func(o *dataset.Options) { o.DryRun = true })
	if err != nil || counted.Articles != 1 {
		t.Errorf("counted %+v, %v", counted, err)
	}
}

// Who names a table or a field that pointers do not have is told so; "all" means all
// that there are.
func TestPointersNamed(t *testing.T) {
	f := newFixture(t)
	f.article(full)
	for _, r := range []recipe.Recipe{{Tables: []string{"articles", "contacts"}}, {Fields: []string{"url", "title"}}} {
		r.Rights.Tier = "pointers"
		var wrong *recipe.Error
		if _, err := f.tryExport(t.TempDir(), r); !errors.As(err, &wrong) {
			t.Errorf("%v %v: got %v", r.Tables, r.Fields, err)
		}
	}
}
