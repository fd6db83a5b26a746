package catalog_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/words"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// put archives an article, and indexes it unless index is false. It returns the record
// of the response.
func (s *fixture) put(a article.Article, at time.Time, index bool) *archive.Record {
	s.t.Helper()
	if a.Kind == "" {
		a.Kind = article.KindArticle
	}
	a.Site, a.Extractor = "a.example", article.Extractor
	res, conv := archive.NewRecord("response", at), archive.NewRecord("conversion", at)
	res.Set("WARC-Target-URI", a.URL)
	res.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK", Headers: []archive.Field{{Name: "Content-Type", Value: "text/html"}}}
	res.Payload = []byte("<p>" + a.Title + a.Text)
	conv.Set("WARC-Target-URI", a.URL)
	conv.Set("WARC-Refers-To", res.ID())
	conv.Set("Content-Type", "application/json; profile="+article.Schema)
	var err error
	if conv.Payload, err = json.Marshal(a); err != nil {
		s.t.Fatal(err)
	}
	caps, err := s.w.Append(context.Background(), res, conv)
	if err == nil && index {
		err = s.c.Index(context.Background(), caps, []*archive.Record{res, conv})
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return res
}

// search returns the titles that a search finds, and checks that Count counts them and
// Stories lists the same.
func (s *fixture) search(f catalog.Filter, order catalog.Order) []string {
	s.t.Helper()
	ctx := context.Background()
	var titles []string
	for h, err := range s.c.Search(ctx, f, order) {
		if err != nil {
			s.t.Fatal(err)
		}
		titles = append(titles, h.Story.Title)
	}
	n, exact, err := s.c.Count(ctx, f)
	if err != nil || !exact || n < len(titles) || f.Limit == 0 && n != len(titles) {
		s.t.Errorf("search for %q: counted %d, %v, %v; found %q", f.Query, n, exact, err, titles)
	}
	listed := s.titles(f)
	if len(listed) != len(titles) || order == catalog.ByDate && !slices.Equal(listed, titles) {
		s.t.Errorf("search for %q: found %q, listed %q", f.Query, titles, listed)
	}
	return titles
}

func (s *fixture) found(query string, want ...string) {
	s.t.Helper()
	got := s.search(catalog.Filter{Query: query}, catalog.ByDate)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		s.t.Errorf("search for %q: got %q, want %q", query, got, want)
	}
}

var languages = []article.Article{
	{URL: "https://a.example/ha", Title: "Ambaliya", Text: "Ƴan ƙauyen sun ɗauki kayansu, inji wani ɓangare na jama’a."},
	{URL: "https://a.example/fr", Title: "L’été à l’Île", Text: "Les élèves de l’école ont reçu vingt œuvres.", Authors: []article.Author{{Name: "Zoé Müller"}}},
	{URL: "https://a.example/zh", Title: "北京新闻", Text: "市长昨天说，新学校将在明年开学。"},
	{URL: "https://a.example/ja", Title: "東京の駅", Text: "新しいカメラは駅前で使われています。"},
	{URL: "https://a.example/ko", Title: "소식", Text: "시장은 어제 서울에서 기자들을 만났다."},
	{URL: "https://a.example/ar", Title: "أخبار", Text: "قال العُمدة إنّ المدرسة الجديدة ستفتح في عام ٢٠٢٧."},
	{URL: "https://a.example/en", Title: "Covid-19 grant", Text: "The fund of N5,000, said O’Brien of the U.S., goes to a.b@c.example.", Section: "Politics", Tags: []string{"money"},
		Captions: []article.Caption{{Text: "A lighthouse at dusk.", Credit: "Mira Voss"}}},
}

func TestSearch(t *testing.T) {
	s := newFixture(t)
	for i, a := range languages {
		s.put(a, day.Add(time.Duration(i)*time.Hour), true)
	}
	for query, want := range map[string][]string{
		"kauyen BANGARE": {"Ambaliya"}, "yan jama'a": {"Ambaliya"}, "'yan": {"Ambaliya"}, "ƙauyen": {"Ambaliya"},
		"ecole": {"L’été à l’Île"}, "ÉLÈVES oeuvres": {"L’été à l’Île"}, "l'ete": {"L’été à l’Île"}, "zoe muller": {"L’été à l’Île"},
		"学校": {"北京新闻"}, "学": {"北京新闻"}, "新学校将": {"北京新闻"}, "新闻": {"北京新闻"}, "学新": nil,
		"カメラ": {"東京の駅"}, "ｶﾒﾗ": {"東京の駅"}, "駅": {"東京の駅"},
		"서울": {"소식"}, "서울에서": {"소식"}, "다": {"소식"},
		"العمدة": {"أخبار"}, "المدرسه 2027": {"أخبار"}, "اخبار": {"أخبار"},
		"covid-19": {"Covid-19 grant"}, "N5,000": {"Covid-19 grant"}, "a.b@c.example": {"Covid-19 grant"}, "U.S.": {"Covid-19 grant"}, "O'Brien": {"Covid-19 grant"},
		"politics": {"Covid-19 grant"}, "money": {"Covid-19 grant"}, "lighthouse voss": {"Covid-19 grant"}, `"at dusk"`: {"Covid-19 grant"}, `"dusk at"`: nil,
		"gran*": {"Covid-19 grant"}, "grant -fund": nil, "grant -nothing": {"Covid-19 grant"}, "-grant": {"Covid-19 grant"},
		`"`: nil, "++": nil, "AND OR": nil, "title:": nil, "NEAR(": nil, "' OR 1=1 --": nil,
	} {
		s.found(query, want...)
	}
}

func TestSearchWithOperators(t *testing.T) {
	s := newFixture(t)
	for i, a := range languages {
		s.put(a, day.Add(time.Duration(i)*time.Hour), true)
	}
	for query, want := range map[string][]string{
		"ecole OR 学校":               {"北京新闻", "L’été à l’Île"},
		"title: covid-19":           {"Covid-19 grant"},
		"text: covid-19":            nil,
		"NEAR(fund said, 5)":        {"Covid-19 grant"},
		"NEAR(fund goes, 2)":        nil,
		"(fund OR x) NOT nothing":   {"Covid-19 grant"},
		"{captions tags}: light*":   {"Covid-19 grant"},
		"^fund":                     nil,
		"text: ^the":                {"Covid-19 grant"},
		"fund NOT \"o'brien of\"":   nil,
		"-title: grant AND authors": nil,
	} {
		if got := s.search(catalog.Filter{Query: query, FTS: true}, catalog.ByDate); !slices.Equal(got, want) {
			t.Errorf("search for %q: got %q, want %q", query, got, want)
		}
	}
	for query, want := range map[string]string{
		"a AND": "missing at its end", "AND a": "syntax error", "(a": "no )", "nope: a": "no column", "a OR OR b": "syntax error", "NEAR(a, b)": "distance",
	} {
		f := catalog.Filter{Query: query, FTS: true}
		for _, err := range s.c.Search(context.Background(), f, catalog.ByRelevance) {
			if !errors.Is(err, catalog.ErrQuery) || !strings.Contains(err.Error(), want) {
				t.Errorf("search for %q: got error %v, want one with %q", query, err, want)
			}
		}
		for _, err := range s.c.Stories(context.Background(), f) {
			if !errors.Is(err, catalog.ErrQuery) {
				t.Errorf("list of %q: got error %v", query, err)
			}
		}
		if _, _, err := s.c.Count(context.Background(), f); !errors.Is(err, catalog.ErrQuery) {
			t.Errorf("count of %q: got error %v", query, err)
		}
	}
}

func TestSearchOrder(t *testing.T) {
	s := newFixture(t)
	filler := strings.Repeat("other words about the town and its people ", 20)
	s.put(article.Article{URL: "https://a.example/1", Title: "In the title: harbour", Text: filler, Published: "2026-01-01"}, day, true)
	s.put(article.Article{URL: "https://a.example/2", Title: "Often", Text: strings.Repeat("harbour ", 3) + filler, Published: "2026-01-02"}, day, true)
	s.put(article.Article{URL: "https://a.example/3", Title: "Once", Text: filler + "harbour", Published: "2026-01-03"}, day, true)
	s.put(article.Article{URL: "https://a.example/4", Title: "Once, too", Text: filler + "harbour", Published: "2026-01-04"}, day, true)
	for i := range 5 {
		s.put(article.Article{URL: fmt.Sprintf("https://a.example/other/%d", i), Title: "Other", Text: filler}, day, true)
	}
	f := catalog.Filter{Query: "harbour"}
	if got, want := s.search(f, catalog.ByRelevance), []string{"In the title: harbour", "Often", "Once", "Once, too"}; !slices.Equal(got[:2], want[:2]) || len(got) != 4 {
		t.Errorf("by relevance: got %q, want %q", got, want)
	}
	if got, want := s.search(f, catalog.ByDate), []string{"Once, too", "Once", "Often", "In the title: harbour"}; !slices.Equal(got, want) {
		t.Errorf("by date: got %q, want %q", got, want)
	}
	f.Limit = 1
	if got, want := s.search(f, catalog.ByRelevance), []string{"In the title: harbour"}; !slices.Equal(got, want) {
		t.Errorf("limited: got %q, want %q", got, want)
	}
	f = catalog.Filter{Query: "harbour", Until: time.Date(2026, 1, 2, 12, 0, 0, 0, time.UTC)}
	if got, want := s.search(f, catalog.ByRelevance), []string{"In the title: harbour", "Often"}; !slices.Equal(got, want) {
		t.Errorf("filtered: got %q, want %q", got, want)
	}
}

func TestSnippetsOfHits(t *testing.T) {
	s := newFixture(t)
	s.put(languages[6], day, true)
	for query, want := range map[string]string{
		"obrien OR fund": "The [fund] of N5,000, said O’Brien of the U.S., goes to a.b@c.example.",
		"mira":           "A lighthouse at dusk. [Mira] Voss",
		"grant":          "The fund of N5,000, said O’Brien of the U.S., goes to a.b@c.example.",
	} {
		n := 0
		for h, err := range s.c.Search(context.Background(), catalog.Filter{Query: query, FTS: true}, catalog.ByRelevance) {
			if err != nil {
				t.Fatal(err)
			}
			n++
			if got := bracketed(h.Snippet); got != want || h.Score <= 0 {
				t.Errorf("search for %q: got %q, score %v, want %q", query, got, h.Score, want)
			}
			if got := bracketed(h.Title); query == "grant" && got != "Covid-19 [grant]" {
				t.Errorf("title: got %q", got)
			}
		}
		if n != 1 {
			t.Errorf("search for %q: got %d hits", query, n)
		}
	}
}

func bracketed(s words.Snippet) string {
	var b strings.Builder
	at := 0
	for _, m := range s.Marks {
		fmt.Fprintf(&b, "%s[%s]", s.Text[at:m.Start], s.Text[m.Start:m.End])
		at = m.End
	}
	return b.String() + s.Text[at:]
}

// TestSearchFindsCurrentVersions: edits, suppressions and what comes back are found, and
// nothing else; also after a rebuild.
func TestSearchFindsCurrentVersions(t *testing.T) {
	ctx := context.Background()
	s := newFixture(t)
	one := article.Article{URL: "https://a.example/1", Title: "One", Text: "first wording of it"}
	s.put(one, day, true)
	s.put(article.Article{URL: "https://a.example/2", Title: "Two", Text: "another story"}, day, true)
	s.found("first wording", "One")
	one.Text = "second wording of it"
	edited := s.put(one, day.Add(time.Hour), true)
	check := func(when string) {
		t.Helper()
		for _, round := range []string{when, when + ", rebuilt"} {
			s.found("first")
			s.found("second wording", "One")
			s.found("another", "Two")
			if t.Failed() {
				t.Fatal(round)
			}
			if err := s.c.Rebuild(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	check("edited")

	s.suppress(catalog.Suppression{Date: day.Add(2 * time.Hour), Record: edited.ID(), Reason: "asked for"})
	s.found("second")
	if _, err := s.c.CatchUp(ctx); err != nil { // reads the first version again
		t.Fatal(err)
	}
	s.found("first wording", "One")
	s.suppress(catalog.Suppression{Date: day.Add(3 * time.Hour), Record: edited.ID(), Reason: "lifted", Lift: true})
	if _, err := s.c.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	check("lifted")

	s.suppress(catalog.Suppression{Date: day.Add(4 * time.Hour), URL: one.URL, Reason: "asked for"})
	s.found("wording")
	s.put(one, day.Add(5*time.Hour), true) // visited again, but hidden
	s.found("wording")
	if err := s.c.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	s.found("wording")
	s.found("story", "Two")
	if w, err := s.c.NearestWord(ctx, "wordings"); err != nil || w != "" {
		t.Errorf("a word of a suppressed article: got %q, %v", w, err)
	}
	s.suppress(catalog.Suppression{Date: day.Add(6 * time.Hour), URL: one.URL, Reason: "lifted", Lift: true})
	if _, err := s.c.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	check("lifted again")
	if w, err := s.c.NearestWord(ctx, "Wordings"); err != nil || w != "wording" {
		t.Errorf("nearest word: got %q, %v", w, err)
	}
}

// TestSearchAfterACrash: the journal has articles that the catalog does not.
func TestSearchAfterACrash(t *testing.T) {
	s := newFixture(t)
	s.put(article.Article{URL: "https://a.example/1", Title: "One", Text: "old words"}, day, true)
	s.put(article.Article{URL: "https://a.example/1", Title: "One", Text: "new words"}, day.Add(time.Hour), false)
	s.put(article.Article{URL: "https://a.example/2", Title: "Two", Text: "other words"}, day.Add(time.Hour), false)
	if _, err := s.c.CatchUp(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.found("old")
	s.found("words", "One", "Two")
}

// TestErasedWordsAreGone: neither the index nor what is left in the file has them.
func TestErasedWordsAreGone(t *testing.T) {
	ctx := context.Background()
	s := newFixture(t)
	const secret = "xylophonist"
	s.put(article.Article{URL: "https://a.example/1", Title: "One", Text: "the " + secret + " plays"}, day, true)
	for i := range 30 {
		s.put(article.Article{URL: fmt.Sprintf("https://a.example/other/%d", i), Title: "Other", Text: strings.Repeat(fmt.Sprint("filler", i, " "), 50)}, day, true)
	}
	s.found(secret, "One")
	s.suppress(catalog.Suppression{Date: day.Add(time.Hour), URL: "https://a.example/1", Reason: "asked for", Erase: true})
	s.found(secret)
	if _, err := s.w.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	if ids, _, err := s.a.Erase(ctx, "<urn:uuid:019ab0d2-0000-7000-8000-000000000000>", func(c archive.Capture) bool { return c.URL == "https://a.example/1" }); err != nil || len(ids) != 2 {
		t.Fatal(err)
	}
	if err := s.c.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	s.found(secret)
	if err := s.c.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(s.a.Dir(), "catalog.sqlite*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), secret[3:]) {
			t.Errorf("%s still has the word", f)
		}
	}
}

// TestSearchDuringRebuild: a search that is open on another connection sees the index as
// it was or as it is.
func TestSearchDuringRebuild(t *testing.T) {
	ctx := context.Background()
	s := newFixture(t)
	for i := range 60 {
		s.put(article.Article{URL: fmt.Sprintf("https://a.example/%d", i%40), Title: "Story", Text: fmt.Sprintf("common word%d", i)}, day.Add(time.Duration(i)*time.Minute), true)
	}
	other, err := catalog.Open(context.Background(), s.a)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	count := func() {
		for query, want := range map[string]int{"common": 40, "word59": 1, "word1": 0} {
			if n, _, err := other.Count(ctx, catalog.Filter{Query: query}); err != nil || n != want {
				t.Errorf("%q: got %d, %v, want %d", query, n, err, want)
			}
		}
	}
	count()
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for range 20 {
				count()
			}
		})
	}
	for range 4 {
		if err := s.c.Rebuild(ctx); err != nil {
			t.Error(err)
		}
	}
	wg.Wait()
	count()
	// What was indexed in a rebuilt catalog is found by all.
	s.put(article.Article{URL: "https://a.example/39", Title: "Story", Text: "common last"}, day.Add(time.Hour*99), true)
	for _, c := range []*catalog.Catalog{s.c, other} {
		if n, _, err := c.Count(ctx, catalog.Filter{Query: "last common"}); err != nil || n != 1 {
			t.Errorf("got %d, %v", n, err)
		}
		if damage, err := c.Check(ctx, nil); err != nil || len(damage) > 0 {
			t.Errorf("check: %v, %v", damage, err)
		}
	}
}

// TestRebuiltSearchIsEqual: articles come, change, vanish and come back in any order.
func TestRebuiltSearchIsEqual(t *testing.T) {
	ctx := context.Background()
	s := newFixture(t)
	r := rand.New(rand.NewPCG(5, 8))
	for i := range 300 {
		url := fmt.Sprintf("https://a.example/%d", r.IntN(40))
		at := day.Add(time.Duration(i) * time.Minute)
		switch r.IntN(8) {
		case 0:
			s.suppress(catalog.Suppression{Date: at, URL: url, Reason: "any", Lift: r.IntN(2) == 0})
		default:
			s.put(article.Article{URL: url, Title: url, Text: fmt.Sprintf("w%d w%d w%d", r.IntN(20), r.IntN(20), r.IntN(20))}, at, r.IntN(5) > 0)
		}
		if i == 150 {
			if _, err := s.w.Seal(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := s.c.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	answers := func() (all [][]string) {
		for i := range 20 {
			all = append(all, s.search(catalog.Filter{Query: fmt.Sprint("w", i)}, catalog.ByDate))
		}
		return all
	}
	before, rows := answers(), s.dump()
	if err := s.c.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if after := answers(); !reflect.DeepEqual(before, after) {
		t.Errorf("rebuilt:\ngot  %q\nwant %q", after, before)
	}
	s.same(rows, "rebuilt")
}

// FuzzQuery: SQLite takes whatever people type, and says of operators no more than that
// they are not valid.
func FuzzQuery(f *testing.F) {
	for _, q := range []string{"mayor", `"`, "NEAR(a b, 2)", "a AND NOT b", "{title}: x OR -text: (y*)", "^ a", "a + b", "- -", "\x00*", "서울*", "title : ^ * a", "NEAR(a NEAR(b c))", "a) OR (b", "NOT a"} {
		f.Add(q)
	}
	s := newFixture(f)
	s.put(languages[6], day, true)
	f.Fuzz(func(t *testing.T, q string) {
		for _, filter := range []catalog.Filter{{Query: q}, {Query: q, FTS: true}} {
			_, _, err := s.c.Count(context.Background(), filter)
			if err != nil && !(filter.FTS && errors.Is(err, catalog.ErrQuery)) {
				t.Errorf("count: %v", err)
			}
			for _, err := range s.c.Search(context.Background(), filter, catalog.ByRelevance) {
				if err != nil && !(filter.FTS && errors.Is(err, catalog.ErrQuery)) {
					t.Errorf("search: %v", err)
				}
			}
		}
	})
}
