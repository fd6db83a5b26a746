package keep

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// A gazette is a site of six articles and a section; each update of it may answer
// differently.
type gazette struct {
	update atomic.Int64
	asked  atomic.Int64
	etag   bool
	// answer returns what a URL answers in an update, the first crawl being 0; "" for
	// the usual page.
	answer func(update int, path string) page
}

type page struct {
	html   string
	status int    // 200 if zero
	to     string // Location; "front": the front page, with html after it
}

func html(s string) page { return page{html: s} }

const gazetteArticles = 6

var subjects = [gazetteArticles]string{"ferry", "library", "harbour", "museum", "choir", "bakery"}

// story is article i, edited n times.
func story(i, n int) string {
	var b strings.Builder
	title := fmt.Sprintf("The %s opens again after a winter of repairs", subjects[i])
	fmt.Fprintf(&b, `<html lang=en><head><title>%s</title><meta property=og:type content=article><meta property=article:published_time content=2026-10-0%dT10:00:00Z></head><body><article><h1>%s</h1><p>By Jane Doe</p>`, title, i+1, title)
	for p := range 5 {
		fmt.Fprintf(&b, "<p>In part %d of its story, the %s was said to be ready by the people who had worked at it since the autumn, and the mayor of the town was glad to hear so.</p>", p, subjects[i])
	}
	for range n {
		b.WriteString("<p>The mayor has since denied that she was glad about it.</p>")
	}
	return b.String() + "</article></body></html>"
}

func (g *gazette) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.asked.Add(1)
	var p page
	var i int
	front := "<html><head><title>The Gazette</title></head><body><h1>The Gazette</h1><a href=/section/town>Town</a>"
	for i := range gazetteArticles {
		front += fmt.Sprintf("<h2><a href=/news/%d.html>All about the %s of the town today</a></h2>", i, subjects[i])
	}
	switch _, err := fmt.Sscanf(r.URL.Path, "/news/%d.html", &i); {
	case r.URL.Path == "/":
		p.html = front
	case r.URL.Path == "/section/town":
		p.html = "<html><head><title>Town</title></head><body class='archive category'><h1>Town</h1>"
		for i := range gazetteArticles {
			p.html += fmt.Sprintf("<article><h2><a href=/news/%d.html>All about the %s of the town today</a></h2><p>Read what the mayor says.</p></article>", i, subjects[i])
		}
	case err == nil && i < gazetteArticles:
		p.html = story(i, 0)
	case r.URL.Path == "/sorry":
		p = page{html: notFound, status: http.StatusNotFound}
	default:
		http.NotFound(w, r)
		return
	}
	if g.answer != nil {
		if other := g.answer(int(g.update.Load()), r.URL.Path); other != (page{}) {
			p = other
		}
	}
	if p.to == "front" {
		p = html(front + p.html)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if p.to != "" {
		w.Header().Set("Location", p.to)
	}
	if g.etag {
		tag := fmt.Sprintf(`"%x"`, len(p.html))
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
	}
	w.WriteHeader(cmp.Or(p.status, http.StatusOK))
	fmt.Fprint(w, p.html)
}

// isArticle reports whether a path is that of an article, and its number.
func isArticle(path string) (i int, ok bool) {
	_, err := fmt.Sscanf(path, "/news/%d.html", &i)
	return i, err == nil
}

// articleOnly answers differently under the URL of one article.
func articleOnly(of int, answers ...page) func(int, string) page {
	return func(update int, path string) page {
		if i, ok := isArticle(path); ok && i == of && update < len(answers) {
			return answers[update]
		}
		return page{}
	}
}

// everywhere answers one page under all URLs in some updates.
func everywhere(make func(path string, update int) string, updates ...int) func(int, string) page {
	return func(update int, path string) page {
		if slices.Contains(updates, update) {
			return html(make(path, update))
		}
		return page{}
	}
}

const (
	maintenance = "<html><head><title>Maintenance</title></head><body><h1>Back soon</h1><p>We are working on our site. Please come back in an hour.</p></body></html>"
	consent     = "<html><head><title>The Gazette</title></head><body><h1>We value your privacy</h1><p>We and our 812 partners store and access information on your device, such as cookies.</p><button>Accept all</button></body></html>"
	notFound    = "<html><head><title>Page not found</title></head><body><h1>Page not found</h1><p>The page that you look for does not exist any more. Please go to the front page.</p></body></html>"
	botWall     = "<html><head><title>Just a moment...</title></head><body><h1>Checking your browser</h1><p>Please wait.</p></body></html>"
)

// longMaintenance is a maintenance page that looks like an article.
func longMaintenance(path string, update int) string {
	return fmt.Sprintf("<html lang=en><head><title>A word from the publisher</title><meta property=og:type content=article><meta property=article:published_time content=2026-11-0%dT10:00:00Z></head><body><article><h1>A word from the publisher</h1>%s<p>You asked for %s at 10:%02d; request 7f%d-%da.</p></article></body></html>",
		update+1, strings.Repeat("<p>Our printers and our computers are being moved to the new house by the river, and it takes longer than all of us had thought, for which we ask you kindly to forgive us.</p>", 6), path, len(path), update, len(path))
}

// closed is a maintenance page with a title, which looks like an article.
func closed(title string) string {
	return fmt.Sprintf("<html lang=en><head><title>%s</title><meta property=og:type content=article><meta property=article:published_time content=2026-11-01T10:00:00Z></head><body><article><h1>%s</h1>%s</article></body></html>",
		title, title, strings.Repeat("<p>Our printers and our computers are being moved to the new house by the river, and it takes longer than all of us had thought, for which we ask you kindly to forgive us.</p>", 6))
}

// stub is the beginning of article i with a paywall.
func stub(i int) string {
	s := story(i, 0)
	first := strings.Index(s, "</p><p>In part 1")
	return strings.Replace(s[:first], "<head>", `<head><script type="application/ld+json">{"@type":"NewsArticle","headline":"The `+subjects[i]+` opens again after a winter of repairs","isAccessibleForFree":false}</script>`, 1) +
		"</p><div class=paywall>Subscribe to read on.</div></article></body></html>"
}

// A gazetteRun is what is expected after one update.
type gazetteRun struct {
	new, changed, articles int
	stayed                 []Stayed    // without examples
	edits                  map[int]int // that the current version of an article has; the others have none
	missing                []int       // articles that are not listed
	versions               map[int]int // if not 1
	lists                  int         // pages of kind home and section, 2 if zero
}

func TestStays(t *testing.T) {
	none := page{}
	all := func(reason, title string) []Stayed {
		return []Stayed{{Reason: reason, Count: gazetteArticles, Title: title}}
	}
	one := func(reason catalog.Reason) []Stayed { return []Stayed{{Reason: string(reason), Count: 1}} }
	status := func(n int) []Stayed { return []Stayed{{Reason: string(catalog.ReasonStatus), Status: n, Count: 1}} }
	first := gazetteRun{new: gazetteArticles, articles: gazetteArticles}
	quiet := gazetteRun{articles: gazetteArticles}
	for _, c := range []struct {
		name   string
		etag   bool
		answer func(update int, path string) page
		want   []gazetteRun
	}{
		{name: "nothing happens", want: []gazetteRun{first, quiet, quiet}},
		{name: "maintenance, and back", answer: everywhere(func(string, int) string { return maintenance }, 1), want: []gazetteRun{first, {stayed: all(StayedMaintenance, "Back soon")}, quiet}},
		{name: "the same, with validators", etag: true, answer: everywhere(func(string, int) string { return maintenance }, 1), want: []gazetteRun{first, {stayed: all(StayedMaintenance, "Back soon")}, quiet, quiet}},
		{name: "maintenance for two updates, which looks like an article", answer: everywhere(longMaintenance, 1, 2), want: []gazetteRun{first,
			{stayed: all(StayedMaintenance, "A word from the publisher")}, {stayed: all(StayedMaintenance, "A word from the publisher")}, quiet}},
		{name: "maintenance of half of the articles only", answer: func(update int, path string) page {
			if i, ok := isArticle(path); ok && i%2 == 0 && update == 1 {
				return html(longMaintenance(path, update))
			}
			return none
		}, want: []gazetteRun{first, {articles: 3, stayed: []Stayed{{Reason: string(catalog.ReasonPlaceholder), Count: 3, Title: "A word from the publisher"}}}, quiet}},
		{name: "maintenance of one article, by its title", answer: articleOnly(3, none, html(closed("Sorry, we'll be right back!"))), want: []gazetteRun{first,
			{articles: 5, stayed: []Stayed{{Reason: StayedMaintenance, Count: 1, Title: "Sorry, we'll be right back!"}}}, quiet}},
		{name: "an edit whose title has such words, too", answer: articleOnly(3, none, html(story(3, 1)+"<!-- -->"), html(strings.ReplaceAll(story(3, 1), "opens again after a winter of repairs", "will be closed for maintenance"))), want: []gazetteRun{first,
			{articles: gazetteArticles, changed: 1, edits: map[int]int{3: 1}, versions: map[int]int{3: 2}}, {articles: gazetteArticles, changed: 1, edits: map[int]int{3: 1}, versions: map[int]int{3: 3}}}},
		{name: "maintenance with other words under each URL", answer: everywhere(func(path string, _ int) string {
			return strings.Replace(closed("Back soon"), "</h1>", "</h1><p>In the meantime, read about the "+subjects[len(path)%gazetteArticles]+strings.Repeat(" and more", strings.Count(path, "1")+2*strings.Count(path, "2")+3*strings.Count(path, "3"))+".</p>", 1)
		}, 1), want: []gazetteRun{first, {stayed: all(StayedMaintenance, "Back soon")}, quiet}},
		{name: "new behind maintenance", answer: func(update int, path string) page {
			if _, ok := isArticle(path); ok && update == 0 {
				return html(closed("Site under maintenance"))
			}
			return none
		}, want: []gazetteRun{{missing: []int{0, 1, 2, 3, 4, 5}}, first, quiet}},
		{name: "new behind a page that is no article", answer: func(update int, path string) page {
			if _, ok := isArticle(path); ok && update == 0 {
				return html(notFound)
			}
			return none
		}, want: []gazetteRun{{missing: []int{0, 1, 2, 3, 4, 5}}, {new: gazetteArticles, articles: gazetteArticles, versions: map[int]int{0: 2, 1: 2, 2: 2, 3: 2, 4: 2, 5: 2}}}},
		{name: "the front page in place of some articles", answer: func(update int, path string) page {
			if i, ok := isArticle(path); ok && i < 4 && update == 1 {
				return page{to: "front"}
			}
			return none
		}, want: []gazetteRun{first, {articles: 2, stayed: []Stayed{{Reason: string(catalog.ReasonPlaceholder), Count: 4, Title: "The Gazette"}}}, quiet}},
		{name: "a front page that changes, in place of some articles", answer: func(update int, path string) page {
			if i, ok := isArticle(path); path == "/" || ok && i < 4 && update == 1 {
				return page{to: "front", html: fmt.Sprintf("<p>It is the %s day of the paper</p>", []string{"first", "second", "third"}[update])}
			}
			return none
		}, want: []gazetteRun{first, {articles: 2, stayed: []Stayed{{Reason: string(catalog.ReasonPlaceholder), Count: 4, Title: "The Gazette"}}}, quiet}},
		{name: "back with edited articles", answer: func(update int, path string) page {
			i, ok := isArticle(path)
			switch {
			case update == 1:
				return html(longMaintenance(path, update))
			case update >= 2 && ok && i < 2:
				return html(story(i, 1))
			}
			return none
		}, want: []gazetteRun{first, {stayed: all(StayedMaintenance, "A word from the publisher")},
			{articles: gazetteArticles, changed: 2, edits: map[int]int{0: 1, 1: 1}, versions: map[int]int{0: 2, 1: 2}},
			{articles: gazetteArticles, edits: map[int]int{0: 1, 1: 1}, versions: map[int]int{0: 2, 1: 2}}}},
		{name: "an edit is taken back", answer: articleOnly(2, none, html(story(2, 1)), none, none), want: []gazetteRun{first,
			{articles: gazetteArticles, changed: 1, edits: map[int]int{2: 1}, versions: map[int]int{2: 2}},
			{articles: gazetteArticles, changed: 1, versions: map[int]int{2: 3}}, {articles: gazetteArticles, versions: map[int]int{2: 3}}}},
		{name: "the same, with validators", etag: true, answer: articleOnly(2, none, html(story(2, 1)), none, none, html(story(2, 1))), want: []gazetteRun{first,
			{articles: gazetteArticles, changed: 1, edits: map[int]int{2: 1}, versions: map[int]int{2: 2}},
			{articles: gazetteArticles, changed: 1, versions: map[int]int{2: 3}}, {articles: gazetteArticles, versions: map[int]int{2: 3}},
			{articles: gazetteArticles, changed: 1, edits: map[int]int{2: 1}, versions: map[int]int{2: 4}}}},
		{name: "other bytes, then an edit, then the other bytes", answer: articleOnly(2, none, html(story(2, 0)+"<!-- 1 -->"), html(story(2, 1)), html(story(2, 0)+"<!-- 1 -->")), want: []gazetteRun{first, quiet,
			{articles: gazetteArticles, changed: 1, edits: map[int]int{2: 1}, versions: map[int]int{2: 2}}, {articles: gazetteArticles, changed: 1, versions: map[int]int{2: 3}}}},
		{name: "one article is gone, with status 200", answer: articleOnly(1, none, html(notFound), html(notFound), none), want: []gazetteRun{first,
			{articles: 5, stayed: one(catalog.ReasonKind)}, {articles: 5, stayed: one(catalog.ReasonKind)}, quiet}},
		{name: "one article is gone", answer: articleOnly(1, none, page{html: notFound, status: 404}, page{html: notFound, status: 404}, none), want: []gazetteRun{first, {articles: 5, stayed: status(404)}, {articles: 5, stayed: status(404)}, quiet}},
		{name: "one article leads to the front page", answer: articleOnly(1, none, page{status: 301, to: "/"}), want: []gazetteRun{first, {articles: 5, stayed: status(301)}, quiet}},
		{name: "the whole site leads to a maintenance page", answer: func(update int, path string) page {
			if update == 1 {
				return page{status: 302, to: "/sorry"}
			}
			return none
		}, want: []gazetteRun{first, {stayed: []Stayed{{Reason: string(catalog.ReasonStatus), Status: 302, Count: gazetteArticles}}}, quiet}},
		{name: "the whole site leads to a maintenance page that looks like an article", answer: func(update int, path string) page {
			switch {
			case path == "/sorry":
				return html(closed("We are down for maintenance"))
			case update == 1:
				return page{status: 302, to: "/sorry"}
			}
			return none
		}, want: []gazetteRun{first, {stayed: []Stayed{{Reason: string(catalog.ReasonStatus), Status: 302, Count: gazetteArticles}}}, quiet}},
		{name: "an error of the server", answer: articleOnly(1, none, page{html: notFound, status: 500}), want: []gazetteRun{first, {articles: 5, stayed: status(500)}, quiet}},
		{name: "a question about cookies", answer: articleOnly(1, none, html(consent)), want: []gazetteRun{first, {articles: 5, stayed: one(catalog.ReasonWall)}, quiet}},
		{name: "a bot wall with status 200", answer: articleOnly(1, none, html(botWall), html(botWall)), want: []gazetteRun{first, {articles: 5, stayed: one(catalog.ReasonWall)}, {articles: 5, stayed: one(catalog.ReasonWall)}, quiet}},
		{name: "a bot wall with status 403", answer: articleOnly(1, none, page{html: botWall, status: 403}), want: []gazetteRun{first, {articles: 5, stayed: one(catalog.ReasonWall)}, quiet}},
		{name: "a paywall", answer: articleOnly(1, none, html(stub(1)), html(stub(1)), none), want: []gazetteRun{first, {articles: 5, stayed: one(catalog.ReasonPaywall)}, {articles: 5, stayed: one(catalog.ReasonPaywall)}, quiet}},
		{name: "nothing at all", answer: articleOnly(1, none, html("<html><body></body></html>"), none), want: []gazetteRun{first, {articles: 5, stayed: one(catalog.ReasonUnread)}, quiet}},
		{name: "all articles are edited at once", answer: func(update int, path string) page {
			if i, ok := isArticle(path); ok && update == 1 {
				return html(story(i, 1))
			}
			return none
		}, want: []gazetteRun{first, {articles: gazetteArticles, changed: gazetteArticles, edits: map[int]int{0: 1, 1: 1, 2: 1, 3: 1, 4: 1, 5: 1}, versions: map[int]int{0: 2, 1: 2, 2: 2, 3: 2, 4: 2, 5: 2}}}},
		{name: "an article that begins behind a bot wall", answer: articleOnly(1, html(botWall), none), want: []gazetteRun{{new: 5, articles: 5, missing: []int{1}}, {new: 1, articles: gazetteArticles}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			site := &gazette{etag: c.etag, answer: c.answer}
			server := httptest.NewServer(site)
			defer server.Close()
			ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
			if err != nil {
				t.Fatal(err)
			}
			defer ar.Close()
			for i, want := range c.want {
				site.update.Store(int64(i))
				sum := crawlGazette(t, ar, server.URL, RefreshAll)
				want.check(t, fmt.Sprintf("update %d", i), ar, server.URL, sum)
			}
		})
	}
}

func crawlGazette(t *testing.T, ar *archive.Archive, seed string, refresh Refresh) *Summary {
	t.Helper()
	run := &Run{Archive: ar, Name: strings.TrimPrefix(seed, "http://"), Scope: "site", Seeds: []string{seed + "/"}, Refresh: refresh,
		Settings: Settings{DelaySet: true, MaxDepth: 5, PerHost: 4, Assets: "none", Software: "newsmorgue/test"}}
	sum, err := run.Do(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// check compares a run and the archive after it with what is expected, also after the
// catalog is rebuilt.
func (want *gazetteRun) check(t *testing.T, when string, ar *archive.Archive, base string, sum *Summary) {
	t.Helper()
	for _, s := range sum.Stayed {
		if !strings.HasPrefix(s.Example, base+"/news/") {
			t.Errorf("%s: the example of %s is %q", when, s.Reason, s.Example)
		}
	}
	stayed := slices.Clone(sum.Stayed)
	for i := range stayed {
		stayed[i].Example = ""
	}
	if sum.New != want.new || sum.Changed != want.changed || sum.Articles != want.articles || !slices.Equal(stayed, want.stayed) {
		t.Errorf("%s: got %d articles, %d new, %d changed, %v; want %d, %d, %d, %v", when, sum.Articles, sum.New, sum.Changed, stayed, want.articles, want.new, want.changed, want.stayed)
	}
	front, err := OpenFrontier(ar)
	if err != nil {
		t.Fatal(err)
	}
	defer front.Close()
	for i := range gazetteArticles {
		known, err := front.Lookup(t.Context(), fmt.Sprintf("%s/news/%d.html", base, i))
		if err != nil || len(known) != 1 {
			t.Fatal(known, err)
		}
		if known[0].Next.IsZero() && known[0].State == "done" && !slices.Contains(want.missing, i) {
			t.Errorf("%s: article %d is not due again: %+v", when, i, known[0])
		}
	}
	cat, err := catalog.Open(context.Background(), ar)
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	before := want.checkCatalog(t, when, cat, base)
	if err := cat.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := want.checkCatalog(t, when+", rebuilt", cat, base); !reflect.DeepEqual(after, before) {
		t.Errorf("%s, rebuilt: got\n%s\nwant\n%s", when, after, before)
	}
}

func (want *gazetteRun) checkCatalog(t *testing.T, when string, cat *catalog.Catalog, base string) (stories []string) {
	t.Helper()
	ctx := t.Context()
	lists, got := 0, map[int]int{} // edits of the current version
	for s, err := range cat.Stories(ctx, catalog.Filter{All: true}) {
		if err != nil {
			t.Fatal(err)
		}
		stories = append(stories, fmt.Sprint(s))
		if s.Kind == "home" || s.Kind == "section" {
			lists++
		}
		i, ok := isArticle(strings.TrimPrefix(s.URL, base))
		if !ok || s.Kind != "article" {
			continue
		}
		a, err := cat.Article(ctx, s)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(a.Text, subjects[i]) {
			t.Errorf("%s: article %d says %q", when, i, a.Text)
		}
		got[i] = strings.Count(a.Text, "denied")
		versions, err := cat.Versions(ctx, s.URL)
		if err != nil {
			t.Fatal(err)
		}
		if n := cmp.Or(want.versions[i], 1); len(versions) != n {
			t.Errorf("%s: article %d has %d versions, want %d", when, i, len(versions), n)
		}
	}
	edits := map[int]int{}
	for i := range gazetteArticles {
		if !slices.Contains(want.missing, i) {
			edits[i] = want.edits[i]
		}
	}
	if !maps.Equal(got, edits) {
		t.Errorf("%s: listed articles have edits %v, want %v", when, got, edits)
	}
	if n := cmp.Or(want.lists, 2); lists != n {
		t.Errorf("%s: got %d fronts and sections, want %d", when, lists, n)
	}
	return stories
}

// TestNewPagesBehindMaintenance: pages that have never answered with anything but the
// maintenance page are not articles, and stay queued.
func TestNewPagesBehindMaintenance(t *testing.T) {
	site := &gazette{answer: func(update int, path string) page {
		i, ok := isArticle(path)
		switch {
		case update == 0 && (path == "/" || path == "/section/town"):
			return html("<html><head><title>The Gazette</title></head><body><h1>The Gazette</h1><a href=/news/0.html>0</a> <a href=/news/1.html>1</a> <a href=/news/2.html>2</a> <a href=/section/town>Town</a></body></html>")
		case update == 1 && ok:
			return html(strings.ReplaceAll(longMaintenance(path, i), "A word", "Maintenance: a word"))
		}
		return page{}
	}}
	server := httptest.NewServer(site)
	defer server.Close()
	ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	crawlGazette(t, ar, server.URL, RefreshAll)
	site.update.Store(1)
	sum := crawlGazette(t, ar, server.URL, RefreshAll)
	if sum.Pending != 3 || sum.Kinds["blocked"] != 6 || sum.Behind != 3 {
		t.Errorf("got %d URLs queued, kinds %v, %d new behind maintenance; want 3, 6 blocked, 3", sum.Pending, sum.Kinds, sum.Behind)
	}
	want := gazetteRun{stayed: []Stayed{{Reason: StayedMaintenance, Count: 3, Title: "Maintenance: a word from the publisher"}}, missing: []int{3, 4, 5}}
	want.check(t, "behind maintenance", ar, server.URL, sum)
	sum = crawlGazette(t, ar, server.URL, RefreshAll)
	if sum.Blocked != 0 || sum.Kinds["blocked"] != 6 || sum.Behind != 3 || sum.HostsGivenUp != 0 {
		t.Errorf("in the next hour: got %d bot walls, kinds %v, %d new behind maintenance", sum.Blocked, sum.Kinds, sum.Behind)
	}
	want.check(t, "in the next hour", ar, server.URL, sum)
	site.update.Store(2)
	want = gazetteRun{new: 3, articles: gazetteArticles}
	sum = crawlGazette(t, ar, server.URL, RefreshAll)
	want.check(t, "back", ar, server.URL, sum)
}

// TestVerdictAfterKill: a run that was killed before its end has no verdict; the next
// run finds it.
func TestVerdictAfterKill(t *testing.T) {
	site := &gazette{answer: everywhere(longMaintenance, 1)}
	server := httptest.NewServer(site)
	defer server.Close()
	dir := filepath.Join(t.TempDir(), "news")
	ar, err := archive.Create(dir, "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	crawlGazette(t, ar, server.URL, RefreshAll)
	site.update.Store(1)
	crawlGazette(t, ar, server.URL, RefreshAll)
	if n := forgetEnd(t, dir); n != 2 {
		t.Fatalf("the run had %d records at its end, want a verdict and its counts", n)
	}
	site.update.Store(2)
	sum := crawlGazette(t, ar, server.URL, RefreshAll)
	want := gazetteRun{articles: gazetteArticles}
	want.check(t, "after a kill", ar, server.URL, sum)
}

// forgetEnd takes the records at the end of the last run out of its journal, as if it
// had been killed before, and returns how many.
func forgetEnd(t *testing.T, dir string) (n int) {
	t.Helper()
	journals, err := filepath.Glob(filepath.Join(dir, "segments", "*.journal"))
	if err != nil || len(journals) == 0 {
		t.Fatal(journals, err)
	}
	for _, name := range journals {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.SplitAfter(string(body), "\n")
		last := 0
		for i, l := range lines {
			if strings.Contains(l, `"WARC-Type":"warcinfo"`) {
				last = i
			}
		}
		var kept []string
		for i, l := range lines {
			if i > last && strings.Contains(l, `"WARC-Type":"metadata"`) {
				n++
				continue
			}
			kept = append(kept, l)
		}
		if err := os.WriteFile(name, []byte(strings.Join(kept, "")), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "catalog.sqlite")); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestTwins: the same bytes under two URLs are two articles, and unchanged ones in the
// next run.
func TestTwins(t *testing.T) {
	for _, etag := range []bool{false, true} {
		site := &gazette{etag: etag, answer: func(_ int, path string) page {
			if _, ok := isArticle(path); ok {
				return html(story(0, 0))
			}
			return page{}
		}}
		server := httptest.NewServer(site)
		defer server.Close()
		ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
		if err != nil {
			t.Fatal(err)
		}
		defer ar.Close()
		for i := range 3 {
			sum := crawlGazette(t, ar, server.URL, RefreshAll)
			isNew := 0
			if i == 0 {
				isNew = gazetteArticles
			}
			if sum.New != isNew || sum.Changed != 0 || sum.Articles != gazetteArticles || len(sum.Stayed) != 0 {
				t.Errorf("etag %t, run %d: got %d articles, %d new, %d changed, %v", etag, i, sum.Articles, sum.New, sum.Changed, sum.Stayed)
			}
		}
		readings := 0
		for _, err := range ar.Select(t.Context(), func(at archive.Capture) bool { return at.Type == "conversion" }) {
			if err != nil {
				t.Fatal(err)
			}
			readings++
		}
		if readings != gazetteArticles+2 {
			t.Errorf("etag %t: got %d readings, want one of each page", etag, readings)
		}
	}
}

// TestStaysAreBounded: the memory of a run does not grow with the number of its
// pages, and does not lose the page that many of them answer with.
func TestStaysAreBounded(t *testing.T) {
	k := &Keeper{}
	for i := range 5 * maxSame {
		p := pageWords{url: fmt.Sprint(i), site: "a.example", title: "t", kind: "article", words: catalog.Fingerprint(i + 1)}
		before := pageWords{title: fmt.Sprint("before ", i), kind: "article", words: 1 << 60}
		if i%1000 == 0 {
			p.words = 1 << 50
		}
		same := k.stays.note(p, before)
		same.stayed = addStayed(same.stayed, Stayed{Reason: "kind", Count: 1, Example: p.url})
	}
	if n := len(k.stays.same); n > maxSame {
		t.Errorf("got %d pages in memory", n)
	}
	found := k.placeholders()
	if len(found) != 1 || found[0].words != 1<<50 || found[0].stories < 30 {
		t.Errorf("got %+v", found)
	}
	total := 0
	for _, s := range k.stays.list() {
		total += s.Count
	}
	if total != 5*maxSame {
		t.Errorf("got %d articles, want %d", total, 5*maxSame)
	}
}
