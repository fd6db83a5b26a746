package catalog_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// keepArticle appends a page with an article, and adds it to the catalog.
func (s *fixture) keepArticle(a article.Article, at time.Time) {
	s.t.Helper()
	res := archive.NewRecord("response", at)
	res.Set("WARC-Target-URI", a.URL)
	res.Set("Content-Type", "application/http; msgtype=response")
	res.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK", Headers: []archive.Field{{Name: "Content-Type", Value: "text/html"}}}
	res.Payload = []byte("<p>" + a.URL)
	conv := archive.NewRecord("conversion", at)
	conv.Set("WARC-Target-URI", a.URL)
	conv.Set("WARC-Refers-To", res.ID())
	conv.Set("Content-Type", "application/json; profile="+article.Schema)
	var err error
	if conv.Payload, err = json.Marshal(a); err != nil {
		s.t.Fatal(err)
	}
	s.append(res, conv)
}

// generated makes articles in which every field is sometimes missing.
func generated(n int) []article.Article {
	r := rand.New(rand.NewPCG(3, 14))
	some := func(values ...string) string { return values[r.IntN(len(values))] }
	var all []article.Article
	for i := range n {
		site := some("a.example", "b.example", "c.example", "报纸.example")
		day := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, r.IntN(60)).Format(time.DateOnly)
		a := article.Article{Schema: article.Schema, URL: fmt.Sprintf("https://%s/%d", site, i), Site: site, Extractor: article.Extractor,
			Kind:  article.Kind(some("article", "article", "article", "live", "gallery", "section", "other", "blocked")),
			Title: some("", "A title"), Subtitle: some("", "More"), Summary: some("", "Short"), Section: some("", "Sport", "SPORT", "Harbour", "港口", "Town", "Opinion"),
			Language: some("", "en", "en", "zh"), Byline: some("", "By Ann"), Source: some("", "A wire"), Dateline: some("", "SEOUL"),
			Published: some("", day, day+"T00:00:00+09:00", day+"T23:59:59-11:00", day+"T12:00:00Z", "2026-02", "2026", "2026-13-40", "soon"),
			Modified:  some("", day), Text: strings.TrimSpace(strings.Repeat("word ", r.IntN(500))), Paywalled: r.IntN(5) == 0,
			CanonicalURL: some("", "https://other.example/x")}
		if r.IntN(2) == 0 {
			a.Tags, a.Authors = []string{"x"}, []article.Author{{Name: some("Ann Lee", "Bo"), Kind: "person", Email: some("", "ann@example.org")}}
		}
		if r.IntN(2) == 0 {
			a.Captions, a.Contacts = []article.Caption{{Text: "A quay", Media: "image", Credit: some("", "Reuters")}}, []article.Contact{{Kind: "publisher"}}
			a.Rights = &article.Rights{MetaRobots: some("", "noindex", "googlebot: noindex", "NOARCHIVE; noai"), XRobotsTag: some("", "none"), TDMReservation: some("", "0", "1"), License: some("", "CC")}
			a.Pages = []article.PageRef{{URL: "https://a.example/2"}}
		}
		all = append(all, a)
	}
	return all
}

// isTold is whether a test's filter selects an article, by the article alone.
type isTold func(article.Article) bool

func instantOf(a article.Article, captured time.Time) time.Time {
	for _, layout := range []string{time.RFC3339, time.DateOnly, "2006-01", "2006"} {
		if t, err := time.Parse(layout, a.Published); err == nil {
			return t
		}
	}
	return captured
}

func TestStats(t *testing.T) {
	s := newFixture(t)
	all := generated(400)
	for i, a := range all {
		s.keepArticle(a, day.Add(time.Duration(i)*time.Minute))
	}
	s.keepArticle(article.Article{URL: "https://a.example/hidden", Site: "a.example", Kind: article.KindArticle, Title: "Hidden", Published: "2020-01-01"}, day)
	s.suppress(catalog.Suppression{URL: "https://a.example/hidden", Reason: "asked"})
	since, until := time.Date(2026, 2, 10, 0, 0, 0, 0, time.UTC), time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	story := func(a article.Article) bool { return a.Kind.Story() }
	for name, test := range map[string]struct {
		filter catalog.Filter
		is     isTold
	}{
		"all articles": {catalog.Filter{}, story},
		"all kinds":    {catalog.Filter{All: true}, func(article.Article) bool { return true }},
		"kinds":        {catalog.Filter{Kinds: []string{"live", "other"}}, func(a article.Article) bool { return a.Kind == "live" || a.Kind == "other" }},
		"sites": {catalog.Filter{Sites: []string{"a.example", "报纸.example"}}, func(a article.Article) bool {
			return story(a) && (a.Site == "a.example" || a.Site == "报纸.example")
		}},
		"section": {catalog.Filter{Sections: []string{"sport"}}, func(a article.Article) bool { return story(a) && strings.EqualFold(a.Section, "sport") }},
		"author": {catalog.Filter{Authors: []string{"ann"}}, func(a article.Article) bool {
			return story(a) && len(a.Authors) > 0 && a.Authors[0].Name == "Ann Lee"
		}},
		"time": {catalog.Filter{Since: since, Until: until}, func(a article.Article) bool {
			at := instantOf(a, day)
			return story(a) && !at.Before(since) && !at.After(until)
		}},
		"nothing": {catalog.Filter{Sites: []string{"none.example"}}, func(article.Article) bool { return false }},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := s.c.Stats(context.Background(), test.filter, 3)
			if err != nil {
				t.Fatal(err)
			}
			want := countedByHand(all, test.is, 3)
			got.Gaps = catalog.Gaps{} // TestGaps
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got\n%+v\nwant\n%+v", got, want)
			}
		})
	}
	limited, err := s.c.Stats(context.Background(), catalog.Filter{Limit: 7}, 3)
	if err != nil || limited.Articles != 7 {
		t.Errorf("limit 7: %d articles, %v", limited.Articles, err)
	}
	// A second call finds nothing of the first.
	if again, err := s.c.Stats(context.Background(), catalog.Filter{Limit: 7}, 3); err != nil || !reflect.DeepEqual(again, limited) {
		t.Errorf("again: got %+v, %v", again, err)
	}
}

// countedByHand counts articles row by row. Article i was captured i minutes after day.
func countedByHand(all []article.Article, is isTold, top int) catalog.Stats {
	w := catalog.Stats{Coverage: []catalog.SiteCover{}}
	days, sites, sections, languages, kinds := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	fields := map[string]int{}
	var words []int
	for i, a := range all {
		if !is(a) {
			continue
		}
		w.Articles++
		at := day.Add(time.Duration(i) * time.Minute)
		if w.Captured.First.IsZero() {
			w.Captured.First = at
		}
		w.Captured.Last = at
		if len(a.Published) >= 10 && strings.HasPrefix(a.Published, "2026-0") {
			days[a.Published[:10]]++
		} else {
			w.Published.Unknown++
		}
		sites[a.Site]++
		if a.Section == "SPORT" { // the less frequent spelling
			a.Section = "Sport"
		}
		sections[a.Section]++
		languages[a.Language]++
		kinds[string(a.Kind)]++
		words = append(words, len(strings.Fields(a.Text)))
		for _, f := range filledByHand(a) {
			fields[f]++
		}
	}
	keys := make([]string, 0, len(days))
	for d := range days {
		keys = append(keys, d)
	}
	slices.Sort(keys)
	for _, d := range keys {
		at, _ := time.Parse(time.DateOnly, d)
		w.Days = append(w.Days, catalog.DayCount{Day: at, Articles: days[d]})
	}
	if len(keys) > 0 {
		w.Published.First, w.Published.Last, w.Published.Days = keys[0], keys[len(keys)-1], len(keys)
	}
	w.Sites, w.Sections, w.Languages, w.Kinds = topByHand(sites, w.Articles, top), topByHand(sections, w.Articles, top), topByHand(languages, w.Articles, top), topByHand(kinds, w.Articles, top)
	w.Words = wordsByHand(words)
	for _, name := range catalog.FieldNames() {
		f := catalog.FieldCount{Field: name, Articles: fields[name]}
		if w.Articles > 0 {
			f.Share = rounded(f.Articles, w.Articles)
		}
		w.Fields = append(w.Fields, f)
	}
	return w
}

func rounded(n, of int) (x float64) {
	if _, err := fmt.Sscanf(fmt.Sprintf("%.4f", float64(n)/float64(of)), "%g", &x); err != nil {
		panic(err)
	}
	return x
}

func topByHand(counts map[string]int, of, top int) (t catalog.Top) {
	t.Values, t.Missing = []catalog.ValueCount{}, counts[""]
	delete(counts, "")
	var all []catalog.ValueCount
	for v, n := range counts {
		all = append(all, catalog.ValueCount{Value: v, Articles: n, Share: rounded(n, of)})
	}
	slices.SortFunc(all, func(a, b catalog.ValueCount) int {
		return cmp.Or(b.Articles-a.Articles, strings.Compare(a.Value, b.Value))
	})
	for i, v := range all {
		if i < top {
			t.Values = append(t.Values, v)
			continue
		}
		t.OtherValues++
		t.OtherArticles += v.Articles
	}
	return t
}

func wordsByHand(words []int) (w catalog.WordStats) {
	bounds := []int{0, 25, 100, 200, 400, 800, 1600, 3200, 0}
	for i := range len(bounds) - 1 {
		r := catalog.WordRange{From: bounds[i], Below: bounds[i+1]}
		for _, n := range words {
			if n >= r.From && (n < r.Below || r.Below == 0) {
				r.Articles++
			}
		}
		w.Histogram = append(w.Histogram, r)
	}
	if len(words) == 0 {
		return w
	}
	slices.Sort(words)
	n := len(words)
	w.Min, w.Max = words[0], words[n-1]
	w.LowerQuartile, w.Median, w.UpperQuartile = words[(n+3)/4-1], words[(n+1)/2-1], words[(3*n+3)/4-1]
	for _, k := range words {
		w.Total += k
	}
	return w
}

// filledByHand reads the fields of an article off its JSON.
func filledByHand(a article.Article) (names []string) {
	var members map[string]any
	b, _ := json.Marshal(a)
	if json.Unmarshal(b, &members) != nil {
		return nil
	}
	for _, name := range catalog.FieldNames() {
		if _, ok := members[name]; ok && name != "text" && name != "paywalled" {
			names = append(names, name)
		}
	}
	in := func(name string, is bool) {
		if is {
			names = append(names, name)
		}
	}
	in("text", len(strings.Fields(a.Text)) >= 25)
	in("paywalled", a.Paywalled)
	in("published:time", strings.Contains(a.Published, ":"))
	in("authors.email", len(a.Authors) > 0 && a.Authors[0].Email != "")
	in("captions.credit", len(a.Captions) > 0 && a.Captions[0].Credit != "")
	if r := a.Rights; r != nil {
		if *r == (article.Rights{}) {
			names = slices.DeleteFunc(names, func(n string) bool { return n == "rights" })
		}
		in("rights:noindex", r.MetaRobots == "noindex" || r.XRobotsTag == "none")
		in("rights:noarchive", r.MetaRobots == "NOARCHIVE; noai" || r.XRobotsTag == "none")
		in("rights:noai", r.MetaRobots == "NOARCHIVE; noai")
		in("rights.tdm_reservation", r.TDMReservation == "1")
		in("rights.license", r.License == "CC")
	}
	return names
}

func TestGaps(t *testing.T) {
	s := newFixture(t)
	publish := func(site string, days ...int) {
		for _, d := range days {
			on := time.Date(2026, 1, d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
			s.keepArticle(article.Article{URL: "https://" + site + "/" + on, Site: site, Kind: article.KindArticle, Title: on, Published: on}, day)
		}
	}
	daily := func(from, to int, not ...int) (days []int) {
		for d := from; d <= to; d++ {
			if !slices.Contains(not, d) {
				days = append(days, d)
			}
		}
		return days
	}
	publish("daily.example", daily(1, 60, 31, 32, 33, 34, 35, 36, 37, 50)...) // out for a week, and for a day
	publish("full.example", daily(1, 20)...)
	publish("six-days.example", daily(1, 60, 7, 14, 21, 28, 35, 42, 49, 56)...)
	publish("weekly.example", 1, 8, 15, 22, 29, 36, 43, 50, 57, 64, 71, 78, 85, 92, 99)
	publish("young.example", daily(1, 13, 5)...)
	for top, longest := range map[int][]catalog.Gap{
		1: {{Site: "daily.example", From: "2026-01-31", Until: "2026-02-06", Days: 7}},
		5: {{Site: "daily.example", From: "2026-01-31", Until: "2026-02-06", Days: 7}, {Site: "daily.example", From: "2026-02-19", Until: "2026-02-19", Days: 1}},
	} {
		got, err := s.c.Stats(context.Background(), catalog.Filter{}, top)
		if want := (catalog.Gaps{Sites: 2, Days: 8, Longest: longest}); err != nil || !reflect.DeepEqual(got.Gaps, want) {
			t.Errorf("top %d: got %+v, %v\nwant %+v", top, got.Gaps, err, want)
		}
	}
}

func TestCoverage(t *testing.T) {
	s := newFixture(t)
	run := func(site string, start time.Time, end string) {
		info := archive.NewRecord("warcinfo", start)
		info.Set("Content-Type", "application/warc-fields")
		info.Payload = []byte("newsmorgue-site: " + site + "\r\n")
		s.append(info)
		if end == "" {
			return // killed
		}
		meta := archive.NewRecord("metadata", start.Add(time.Minute))
		meta.Set("WARC-Refers-To", info.ID())
		meta.Set("Content-Type", "application/json; profile=newsmorgue.run/1")
		meta.Payload = []byte(end)
		s.append(meta)
	}
	run("a.example", day, `{"site":"a.example","status":"complete","announced":1,"announced_kept":1}`)
	run("a.example", day.Add(time.Hour), `{"site":"a.example","status":"limited","announced":50,"announced_kept":40,"coverage":[
		{"source":"feed","announced":20,"kept":19,"articles":18,"missing":[{"reason":"robots.txt","count":1,"example":"https://a.example/r"}]},
		{"source":"sitemap","announced":30,"kept":21,"articles":20,"missing":[{"reason":"HTTP 404","count":5},{"reason":"robots.txt","count":4}]}]}`)
	run("a.example", day.Add(2*time.Hour), "")
	run("b.example", day, `{"site":"b.example","status":"complete","announced":0}`)
	run("c.example", day, `{"site":"c.example","status":"complete","announced":7,"announced_kept":7}`)
	run("d.example", day, `{"announced":"many"`)
	a := catalog.SiteCover{Site: "a.example", Ended: day.Add(time.Hour + time.Minute), Status: "limited", Announced: 50, Archived: 40,
		Sources: []catalog.SourceCover{{Source: "feed", Announced: 20, Archived: 19, Articles: 18}, {Source: "sitemap", Announced: 30, Archived: 21, Articles: 20}},
		Missing: []catalog.ReasonCount{{Reason: "HTTP 404", Pages: 5}, {Reason: "robots.txt", Pages: 5, Example: "https://a.example/r"}}}
	c := catalog.SiteCover{Site: "c.example", Ended: day.Add(time.Minute), Status: "complete", Announced: 7, Archived: 7, Sources: []catalog.SourceCover{}, Missing: []catalog.ReasonCount{}}
	for _, test := range []struct {
		sites []string
		want  []catalog.SiteCover
	}{{nil, []catalog.SiteCover{a, c}}, {[]string{"c.example"}, []catalog.SiteCover{c}}, {[]string{"b.example"}, []catalog.SiteCover{}}} {
		got, err := s.c.Stats(context.Background(), catalog.Filter{Sites: test.sites}, 10)
		if err != nil || !reflect.DeepEqual(got.Coverage, test.want) {
			t.Errorf("%v: got %+v, %v\nwant %+v", test.sites, got.Coverage, err, test.want)
		}
	}
}

func TestFieldsOfTextsWithoutSpaces(t *testing.T) {
	for text, want := range map[string]bool{
		strings.Repeat("港", 49):          false,
		strings.Repeat("港", 50):          true,
		strings.Repeat("港口，", 25):        true,
		strings.Repeat("word ", 24):      false,
		strings.Repeat("word ", 25):      true,
		strings.Repeat("длинное", 50):    false,
		"":                               false,
		strings.Repeat("word 港口 ", 13):   true,
		strings.Repeat("\U0010ffff", 90): false,
	} {
		if got := catalog.FieldsOf(&article.Article{Text: text}).Has("text"); got != want {
			t.Errorf("%q: got %v", text, got)
		}
	}
	if catalog.FieldsOf(&article.Article{Title: "x"}).Has("titel") {
		t.Error("has a field that does not exist")
	}
}

// What is counted at once, and in a snapshot, is what is counted one after the other.
func TestStatsOfAll(t *testing.T) {
	s := newFixture(t)
	ctx := context.Background()
	if _, sites, err := s.c.StatsOfAll(ctx, 5); err != nil || len(sites) > 0 {
		t.Fatalf("an empty archive: %v, %v", sites, err)
	}
	for i, answer := range []answered{
		{url: "https://a.example/old", text: "one two"}, {url: "https://a.example/new", text: "one two"},
		{url: "https://a.example/old", status: 301, location: "https://a.example/new"},
		{url: "http://a.example/plain", text: "one", title: "Plain"}, {url: "https://a.example/plain", text: "one", title: "Plain"},
		{url: "https://a.example/live", text: "one", kind: "live"}, {url: "https://a.example/list", text: "one", kind: "section"},
		{url: "https://a.example/", text: "front", kind: "home", title: "The A"}, {url: "https://a.example/front", text: "front", kind: "home", title: "An A"},
	} {
		s.take(time.Date(2026, 11, 23, 12, i, 0, 0, time.UTC), answer)
	}
	s.keepArticle(article.Article{URL: "https://b.example/1", Site: "b.example", Kind: article.KindArticle, Title: "One", Published: "2026-11-20"}, day)
	wantStats, err := s.c.Stats(ctx, catalog.Filter{}, 5)
	if err != nil {
		t.Fatal(err)
	}
	wantSites, err := s.c.Sites(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if len(wantSites) != 2 || wantSites[0].Title != "The A" || wantSites[0].Pages != 8 || wantSites[0].Articles != 3 || wantSites[1].Articles != 1 ||
		!wantSites[0].First.Before(wantSites[0].Last) {
		t.Errorf("sites: %+v", wantSites)
	}
	snapshot, err := s.c.Snapshot(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer snapshot.Close()
	s.keepArticle(article.Article{URL: "https://c.example/1", Site: "c.example", Kind: article.KindArticle, Title: "Later", Published: "2026-11-21"}, day.AddDate(0, 1, 0))
	stats, sites, err := snapshot.StatsOfAll(ctx, 5)
	if err != nil || !reflect.DeepEqual(stats, wantStats) || !reflect.DeepEqual(sites, wantSites) {
		t.Errorf("got %+v, %+v, %v\nwant %+v, %+v", stats, sites, err, wantStats, wantSites)
	}
	if sites, err = snapshot.Sites(ctx); err != nil || !reflect.DeepEqual(sites, wantSites) {
		t.Errorf("sites of the snapshot: %+v, %v", sites, err)
	}
	if stats, sites, err = s.c.StatsOfAll(ctx, 5); err != nil || stats.Articles != wantStats.Articles+1 || len(sites) != 3 {
		t.Errorf("later: %d articles, %d sites, %v", stats.Articles, len(sites), err)
	}
}

// An article that has moved is counted once, as it is listed once.
func TestStatsOfMovedArticles(t *testing.T) {
	s := newFixture(t)
	for i, answer := range []answered{
		{url: "https://a.example/old", text: "one two"}, {url: "https://a.example/new", text: "one two"},
		{url: "https://a.example/old", status: 301, location: "https://a.example/new"},
		{url: "http://a.example/plain", text: "one", title: "Plain"}, {url: "https://a.example/plain", text: "one", title: "Plain"},
		{url: "https://a.example/amp", text: "one", title: "Amp", same: "https://a.example/full"}, {url: "https://a.example/full", text: "one", title: "Amp"},
		{url: "https://a.example/home", text: "one", title: "Home"}, {url: "https://a.example/home", status: 302, location: "https://a.example/"},
	} {
		s.take(time.Date(2026, 11, 23, 12, i, 0, 0, time.UTC), answer)
	}
	for _, f := range []catalog.Filter{{}, {All: true}, {Kinds: []string{"article"}}} {
		got, err := s.c.Stats(context.Background(), f, 5)
		if want := len(s.titles(f)); err != nil || got.Articles != want || got.Articles < 4 {
			t.Errorf("%+v: got %d articles, %v; want %d, as many as are listed", f, got.Articles, err, want)
		}
	}
}
