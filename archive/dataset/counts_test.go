package dataset_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/dataset"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// moved captures a story that moves to another site by a redirect, and is edited there.
func moved(f *fixture) {
	old, now := "https://b.example/story", "https://a.example/zmoved"
	f.article(article.Article{URL: old, Title: "Story", Text: prose(0, 10), Published: "2026-10-20"})
	redirect := f.response(old, 301, "text/html", nil)
	redirect.HTTP.Headers = append(redirect.HTTP.Headers, archive.Field{Name: "Location", Value: now})
	f.Add(redirect)
	f.article(article.Article{URL: now, Title: "Story", Text: prose(0, 10) + "\n\n" + prose(50, 2), Published: "2026-11-02"})
	f.article(article.Article{URL: "https://a.example/zz", Title: "Other", Text: prose(700, 5), Published: "2026-11-03"})
}

// Versions of an article need not follow each other: the site or the month may have
// changed. Each article is counted once all the same.
func TestCountVersions(t *testing.T) {
	f := newFixture(t)
	moved(f)
	f.article(article.Article{URL: "https://a.example/story", Title: "First", Text: prose(400, 10), Published: "2026-10-20"})
	f.article(article.Article{URL: "https://a.example/story", Title: "Second", Text: prose(400, 10) + "\n\n" + prose(450, 2), Published: "2026-11-02"})
	f.article(article.Article{URL: "https://a.example/1", Title: "Between", Text: prose(100, 5), Published: "2026-11-01"})
	for _, r := range []recipe.Recipe{
		{Choice: recipe.Choice{Version: "all"}},
		{Format: "parquet", Partition: true, Choice: recipe.Choice{Version: "all"}},
		{Format: "parquet", Partition: true, Choice: recipe.Choice{Version: "all", Limit: 2}},
		{Format: "parquet", Partition: true, Choice: recipe.Choice{Version: "all", Clusters: true, Sample: 1}},
	} {
		want := int64(4)
		if n := max(r.Choice.Limit, r.Choice.Sample); n > 0 {
			want = int64(n)
		}
		_, sum := f.export(r)
		if left := sum.Left["limit"] + sum.Left["sample"]; sum.Articles != want || left != 4-want {
			t.Errorf("%+v: got %d articles, left out %v; want %d", r.Choice, sum.Articles, sum.Left, want)
		}
	}
}

// What is behind the limit is in the ledger, and counted, in each way to export.
func TestLimit(t *testing.T) {
	f := newFixture(t)
	for i := range 9 {
		f.article(article.Article{URL: fmt.Sprintf("https://s%d.example/%d", i%3, i), Title: fmt.Sprint(i), Text: prose(i*50, 5), Published: "2026-11-20"})
	}
	want := map[string]int64{"limit": 5}
	for _, r := range []recipe.Recipe{
		{}, {Choice: recipe.Choice{Dedupe: "exact"}}, {Choice: recipe.Choice{Sample: 9}}, {Choice: recipe.Choice{AsOf: "2026-11-24"}}, {Format: "parquet", Partition: true},
	} {
		r.Choice.Limit = 4
		dir, sum := f.export(r)
		if sum.Articles != 4 || sum.Sites != 2 && !r.Partition || !reflect.DeepEqual(sum.Left, want) {
			t.Errorf("%+v: got %d articles of %d sites, left out %v", r.Choice, sum.Articles, sum.Sites, sum.Left)
		}
		if n := strings.Count(read(t, dir, "left-out.csv"), ",limit,"); n != 5 {
			t.Errorf("%+v: %d lines in the ledger", r.Choice, n)
		}
		if r.Partition {
			continue
		}
		counted, err := f.tryExport("", r, func(o *dataset.Options) { o.DryRun = true })
		if err != nil || counted.Articles != 4 || counted.Sites != sum.Sites || !reflect.DeepEqual(counted.Left, want) {
			t.Errorf("%+v: counted %+v, %v", r.Choice, counted, err)
		}
	}
}

// An article that has only a day belongs to that day: it is before the split that
// begins with the next one.
func TestSplitAtMidnight(t *testing.T) {
	f := newFixture(t)
	for i, published := range []string{"2026-05-31", "2026-05-31T23:59:59.999Z", "2026-06-01", "2026-06-01T00:00:00Z", "2026-05", "2026-05-31T23:00", "2026-06-01T00:00:01"} {
		f.article(article.Article{URL: fmt.Sprintf("https://a.example/%d", i), Title: published, Text: prose(i*100, 10), Published: published})
	}
	dir, _ := f.export(recipe.Recipe{Choice: recipe.Choice{Split: "time:2026-06"}})
	for split, want := range map[string]int{"train": 4, "test": 3} {
		if got := values(lines(t, dir, "articles-"+split+".jsonl"), "title"); len(got) != want {
			t.Errorf("%s: got %v", split, got)
		}
	}
}

// As of a date before a move, the article is where it was.
func TestAsOfBeforeMove(t *testing.T) {
	f := newFixture(t)
	moved(f)
	dir, _ := f.export(recipe.Recipe{Choice: recipe.Choice{AsOf: "2026-11-23T18:01:30Z"}})
	rows := lines(t, dir, "articles.jsonl")
	if len(rows) != 1 || rows[0]["url"] != "https://b.example/story" || rows[0]["last_captured"] != "2026-11-23T18:01:00Z" {
		t.Errorf("got %v", rows)
	}
}

// The documents count an article by its last version, whatever the order of the rows is.
func TestCountLastVersion(t *testing.T) {
	f := newFixture(t)
	moved(f)
	for _, partition := range []bool{false, true} {
		dir, _ := f.export(recipe.Recipe{Partition: partition, Choice: recipe.Choice{Version: "all"}})
		if got := values(lines(t, dir, "sites.jsonl"), "exported"); !reflect.DeepEqual(got, []any{2.0, 0.0}) {
			t.Errorf("partition: %v: got %v", partition, got)
		}
	}
}

// If a story's last version is of another time of capture, the others are exported all
// the same.
func TestCapturedUntilAllVersions(t *testing.T) {
	f := newFixture(t)
	moved(f)
	f.article(article.Article{URL: "https://a.example/zz", Title: "Other, edited", Text: prose(700, 9), Published: "2026-11-03"})
	dir, sum := f.export(recipe.Recipe{Filter: recipe.Filter{CapturedUntil: "2026-11-23T18:04:30Z"}, Choice: recipe.Choice{Version: "all"}})
	if got := values(lines(t, dir, "articles.jsonl"), "title"); len(got) != 3 || sum.Articles != 2 {
		t.Errorf("got %v, %d articles", got, sum.Articles)
	}
	if rows := lines(t, dir, "versions.jsonl"); len(rows) == 0 {
		t.Error("the versions have no rows")
	}
}
