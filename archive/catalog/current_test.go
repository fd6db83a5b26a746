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

// An answer is one capture of a page, with what is read from it.
type answer struct {
	status    int    // 200 if zero
	kind      string // "article" if empty
	title     string // "Story" if empty
	text      string // no reading if empty
	words     int    // of the text, that many more
	paywalled bool
	truncated string
	revisit   int    // this many captures before: a revisit of that one; 0: a response
	same      int    // likewise: has the same article as that one
	again     string // text of a second reading, by another extractor
	againKind string
}

// sequence makes the records of captures, one an hour.
func sequence(t *testing.T, url string, answers []answer) (captures, all []*archive.Record) {
	t.Helper()
	site, _, _ := strings.Cut(strings.TrimPrefix(url, "https://"), "/")
	for i, a := range answers {
		at := day.Add(time.Duration(i) * time.Hour)
		typ := "response"
		if a.revisit > 0 {
			typ = "revisit"
		}
		res := archive.NewRecord(typ, at)
		res.Set("WARC-Target-URI", url)
		res.Set("Content-Type", "application/http; msgtype=response")
		if a.status == 0 {
			a.status = 200
		}
		res.HTTP = &archive.HTTPHead{Start: fmt.Sprintf("HTTP/1.1 %d OK", a.status), Headers: []archive.Field{{Name: "ETag", Value: fmt.Sprint(i)}}}
		if a.truncated != "" {
			res.Set("WARC-Truncated", a.truncated)
		}
		if a.revisit > 0 {
			res.Set("WARC-Refers-To", captures[i-a.revisit].ID())
			res.Set("WARC-Truncated", "length") // as the standard asks of revisits
		} else {
			res.Payload = fmt.Appendf(nil, "<p>%d", i)
		}
		if a.same > 0 {
			res.Set(catalog.SameArticle, captures[i-a.same].ID())
		}
		captures, all = append(captures, res), append(all, res)
		read := func(extractor, kind, text string) {
			if text == "" {
				return
			}
			if kind == "" {
				kind = "article"
			}
			title := a.title
			if title == "" {
				title = "Story"
			}
			body, err := json.Marshal(article.Article{URL: url, Site: site, Kind: article.Kind(kind), Title: title, Text: text + strings.Repeat(" word", a.words), Paywalled: a.paywalled, Extractor: extractor})
			if err != nil {
				t.Fatal(err)
			}
			conv := archive.NewRecord("conversion", at)
			conv.Set("WARC-Target-URI", url)
			conv.Set("WARC-Refers-To", res.ID())
			conv.Set("Content-Type", "application/json; profile="+article.Schema)
			conv.Payload = body
			all = append(all, conv)
		}
		read("newsmorgue/1", a.kind, a.text)
		read("newsmorgue/2", a.againKind, a.again)
	}
	return captures, all
}

// verdictOn returns the verdict on a page.
func verdictOn(t *testing.T, url, title, text string) *archive.Record {
	t.Helper()
	site, _, _ := strings.Cut(strings.TrimPrefix(url, "https://"), "/")
	f := catalog.FingerprintOf(url, &article.Article{Title: title, Text: text})
	rec, err := catalog.NewVerdict(catalog.Verdict{Site: site, Fingerprint: f, Title: title, Since: day.Add(30 * time.Minute), Pages: 3, Of: 4, Replaced: 3}, "<urn:uuid:019abc00-0000-7000-8000-000000000001>", day.Add(90*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// TestCurrent: the current version is that of the newest capture that is a page of
// its kind, whatever the order in which the catalog gets the records.
func TestCurrent(t *testing.T) {
	const soon = "We are working on our site and will be back"
	a, b, m := answer{text: "a", words: 100}, answer{text: "b", words: 100}, answer{text: soon, kind: "other", title: "Maintenance"}
	section := func(text string) answer { return answer{kind: "section", title: "Sport", text: text} }
	cases := []currentCase{
		{name: "one version", answers: []answer{a}, current: 0, versions: []int{0}},
		{name: "an edit", answers: []answer{a, b}, current: 1, versions: []int{0, 1}},
		{name: "an edit taken back, by bytes", answers: []answer{a, b, {revisit: 2}}, current: 0, versions: []int{0, 1, 2}},
		{name: "an edit taken back, by 304", answers: []answer{a, b, {revisit: 2, status: 304}, {revisit: 3, status: 304}}, current: 0, versions: []int{0, 1, 2}},
		{name: "an edit taken back, and made again", answers: []answer{a, b, {revisit: 2}, {revisit: 2}}, current: 1, versions: []int{0, 1, 2, 3}},
		{name: "a revisit of a revisit", answers: []answer{a, b, {revisit: 2}, b, {revisit: 2}}, current: 0, versions: []int{0, 1, 2, 3, 4}},
		{name: "other bytes, the same article", answers: []answer{a, {same: 1}, b, {revisit: 2}}, current: 1, versions: []int{0, 2, 3}},
		{name: "unchanged, with the article of an older capture", answers: []answer{a, {same: 1}, {revisit: 1, same: 2}}, current: 1, versions: []int{0}},
		{name: "gone", answers: []answer{a, {status: 404}}, current: 0, versions: []int{0}, why: catalog.ReasonStatus},
		{name: "gone, with the bytes of the article", answers: []answer{a, b, {status: 410, revisit: 2}}, current: 1, versions: []int{0, 1}, why: catalog.ReasonStatus},
		{name: "redirected", answers: []answer{a, {status: 301}}, current: 0, versions: []int{0}, why: catalog.ReasonStatus},
		{name: "not read", answers: []answer{a, {}}, current: 0, versions: []int{0}, why: catalog.ReasonUnread},
		{name: "an error page with status 200", answers: []answer{a, m}, current: 0, versions: []int{0}, why: catalog.ReasonKind},
		{name: "an error page, and back", answers: []answer{a, m, {revisit: 2}}, current: 0, versions: []int{0}},
		{name: "an error page twice, and an edit", answers: []answer{a, m, {revisit: 1}, b}, current: 3, versions: []int{0, 3}},
		{name: "an error page that changes each time", answers: []answer{a, {kind: "other", text: "x 1"}, {kind: "other", text: "x 2"}, {kind: "other", text: "x 3"}, {kind: "other", text: "x 4"}}, current: 0, versions: []int{0}, why: catalog.ReasonKind},
		{name: "the front page in place of the article", answers: []answer{a, {kind: "home", title: "The Post", text: "f 1"}, {kind: "home", title: "The Post", text: "f 2"}, {kind: "home", title: "The Post", text: "f 3"}}, current: 0, versions: []int{0}, why: catalog.ReasonKind},
		{name: "an error page, then an article", answers: []answer{m, a}, current: 1, versions: []int{0, 1}},
		{name: "a gallery that is an article now", answers: []answer{{kind: "gallery", text: "g"}, a}, current: 1, versions: []int{0, 1}},
		{name: "a live page in place of which there is a list", answers: []answer{{kind: "live", text: "l", words: 300}, section("one")}, current: 0, versions: []int{0}, kind: "live", why: catalog.ReasonKind},
		{name: "a bot wall", answers: []answer{a, {kind: "blocked", text: "checking"}}, current: 0, versions: []int{0}, why: catalog.ReasonWall},
		{name: "only a bot wall", answers: []answer{{kind: "blocked", text: "checking"}}, current: 0, kind: "blocked", why: catalog.ReasonWall},
		{name: "a bot wall, then an article", answers: []answer{{kind: "blocked", text: "checking"}, a}, current: 1, versions: []int{1}},
		{name: "a shorter page behind a paywall", answers: []answer{a, {text: "a", words: 20, paywalled: true}}, current: 0, versions: []int{0}, why: catalog.ReasonPaywall},
		{name: "an edit behind a paywall", answers: []answer{a, {text: "a", words: 80, paywalled: true}}, current: 1, versions: []int{0, 1}},
		{name: "always behind a paywall", answers: []answer{{text: "a", words: 20, paywalled: true}, {text: "b", words: 20, paywalled: true}}, current: 1, versions: []int{0, 1}},
		{name: "the whole story after a paywall", answers: []answer{{text: "a", words: 20, paywalled: true}, a}, current: 1, versions: []int{0, 1}},
		{name: "shorter by an edit", answers: []answer{a, {text: "a", words: 5}}, current: 1, versions: []int{0, 1}},
		{name: "cut short", answers: []answer{a, {text: "a", words: 60, truncated: "disconnect"}}, current: 0, versions: []int{0}, why: catalog.ReasonTruncated},
		{name: "cut short, but longer", answers: []answer{a, {text: "a", words: 160, truncated: "length"}}, current: 1, versions: []int{0, 1}},
		{name: "always cut short", answers: []answer{{text: "a", words: 60, truncated: "length"}, {text: "b", words: 50, truncated: "length"}}, current: 1, versions: []int{0, 1}},
		{name: "maintenance, read as an article", answers: []answer{a, {text: soon, title: "Maintenance"}}, verdict: true, current: 0, versions: []int{0}, why: catalog.ReasonPlaceholder},
		{name: "maintenance, read as an article, and back", answers: []answer{a, {text: soon, title: "Maintenance"}, {revisit: 2}, b}, verdict: true, current: 3, versions: []int{0, 3}},
		{name: "maintenance without a verdict", answers: []answer{a, {text: soon, title: "Maintenance"}}, current: 1, versions: []int{0, 1}},
		{name: "only maintenance", answers: []answer{{}, {text: soon, title: "Maintenance"}}, verdict: true, current: 1, kind: "blocked", why: catalog.ReasonPlaceholder},
		{name: "maintenance of the front page", path: "/", answers: []answer{{kind: "home", text: "news"}, {kind: "home", title: "Maintenance", text: soon}}, verdict: true, current: 0, versions: []int{0}, kind: "home", why: catalog.ReasonPlaceholder},
		{name: "the front page, which was shown in place of others", path: "/", answers: []answer{{kind: "home", title: "Maintenance", text: soon}, {revisit: 1}}, verdict: true, current: 0, versions: []int{0}, kind: "home"},
		{name: "the front page of the day, likewise", path: "/", answers: []answer{{kind: "home", title: "Maintenance", text: "of the day before"}, {kind: "home", title: "Maintenance", text: soon}, {kind: "home", title: "Maintenance", text: "of the day after"}}, verdict: true, current: 2, versions: []int{0, 1, 2}, kind: "home"},
		{name: "first and last maintenance", answers: []answer{{kind: "other", text: ""}, {text: soon, title: "Maintenance"}, {text: soon, title: "Maintenance"}, a}, verdict: true, current: 3, versions: []int{3}},
		{name: "a section", answers: []answer{section("one"), section("two"), section("three")}, current: 2, versions: []int{0, 1, 2}, kind: "section"},
		{name: "a section that was once read as an article", answers: []answer{section("one"), {title: "Sport", text: "two"}, section("three")}, current: 2, versions: []int{0, 1, 2}, kind: "section"},
		{name: "a section that was first read as an article", answers: []answer{{title: "Sport", text: "one"}, section("two"), section("three")}, current: 0, versions: []int{0}, why: catalog.ReasonKind},
		{name: "the same, for long", answers: []answer{{title: "Sport", text: "one"}, section("two"), section("three"), section("four")}, current: 3, versions: []int{0, 3}, kind: "section"},
		{name: "an article in place of which there is one list", answers: []answer{{title: "Sport", text: "one"}, section("two"), section("two"), section("two"), section("two")}, current: 0, versions: []int{0}, why: catalog.ReasonKind},
		{name: "a front page that was read as an article", path: "/", answers: []answer{a, {kind: "home", text: "two"}}, current: 1, versions: []int{0, 1}, kind: "home"},
		{name: "a section that is closed", answers: []answer{section("one"), {kind: "other", title: "Closed", text: "closed"}}, current: 0, versions: []int{0}, kind: "section", why: catalog.ReasonKind},
		{name: "a later extractor says that it was a list", answers: []answer{{title: "Sport", text: "one", again: "one", againKind: "section"}, section("two")}, current: 1, versions: []int{0, 1}, kind: "section"},
		{name: "a later extractor says that an error page was an article", answers: []answer{a, {kind: "other", text: "x", again: "long", againKind: "article"}}, current: 1, versions: []int{0, 1}},
	}
	var recs []*archive.Record
	for i := range cases {
		c := &cases[i]
		c.url = fmt.Sprintf("https://%d.example%s", i, cmp.Or(c.path, "/story"))
		var more []*archive.Record
		c.captures, more = sequence(t, c.url, c.answers)
		recs = append(recs, more...)
		if c.verdict {
			recs = append(recs, verdictOn(t, c.url, "Maintenance", soon))
		}
	}
	r := rand.New(rand.NewPCG(20, 26))
	for _, order := range []string{"as they came", "backwards", "in any order", "in any order, again"} {
		t.Run(order, func(t *testing.T) {
			switch order {
			case "as they came":
			case "backwards":
				slices.Reverse(recs)
			default:
				r.Shuffle(len(recs), func(i, k int) { recs[i], recs[k] = recs[k], recs[i] })
			}
			s := newFixture(t)
			s.appendSingly(recs)
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) { c.check(t, s.c) })
			}
			before := s.dump()
			if err := s.c.Rebuild(context.Background()); err != nil {
				t.Fatal(err)
			}
			s.same(before, "rebuilt")
		})
	}
}

type currentCase struct {
	name     string
	path     string // "/story" if empty
	answers  []answer
	verdict  bool // on the maintenance page
	current  int  // the capture
	versions []int
	kind     string // of the story, "article" if empty
	why      catalog.Reason

	url      string
	captures []*archive.Record
}

func (c *currentCase) check(t *testing.T, cat *catalog.Catalog) {
	ctx := context.Background()
	index := func(id string) int {
		return slices.IndexFunc(c.captures, func(r *archive.Record) bool { return r.ID() == id })
	}
	held, ok, err := cat.Current(ctx, c.url)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if got := index(held.CaptureID); got != c.current || held.ETag != fmt.Sprint(got) {
		t.Errorf("got capture %d with the validator of %s, want %d", got, held.ETag, c.current)
	}
	found, err := cat.Find(ctx, c.url)
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	if want := cmp.Or(c.kind, "article"); found[0].Kind != want {
		t.Errorf("got kind %s, want %s", found[0].Kind, want)
	}
	versions, err := cat.Versions(ctx, c.url)
	if err != nil {
		t.Fatal(err)
	}
	var got []int
	for _, v := range versions {
		got = append(got, index(v.ResponseID))
	}
	if !slices.Equal(got, c.versions) {
		t.Errorf("got versions at %v, want %v", got, c.versions)
	}
	state, ok, err := cat.State(ctx, c.url)
	if err != nil || !ok || state.Why != c.why || !state.Last.Equal(c.captures[len(c.captures)-1].Date()) {
		t.Errorf("got %+v, %v, %v, want %q", state, ok, err, c.why)
	}
}

// appendSingly appends records, and adds each to the catalog in a transaction of its own.
func (s *fixture) appendSingly(recs []*archive.Record) {
	s.t.Helper()
	ctx := context.Background()
	caps, err := s.w.Append(ctx, recs...)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := range recs {
		if err := s.c.Index(ctx, caps[i:i+1], recs[i:i+1]); err != nil {
			s.t.Fatal(err)
		}
	}
	if n, err := s.c.CatchUp(ctx); err != nil || n != 0 {
		s.t.Fatal(n, err)
	}
}

// same compares all rows with those before.
func (s *fixture) same(before []string, when string) {
	s.t.Helper()
	if after := s.dump(); !reflect.DeepEqual(before, after) {
		s.t.Errorf("%s:\ngot\n%s\nwant\n%s", when, strings.Join(after, "\n"), strings.Join(before, "\n"))
	}
}

// TestSuppressedVersion: of an edit that is taken back, the first version may be
// suppressed: then the revisit of it is nothing either.
func TestSuppressedVersion(t *testing.T) {
	ctx := context.Background()
	url := "https://a.example/story"
	for _, c := range []struct {
		name     string
		suppress int
		want     int
	}{
		{"the first version", 0, 1}, {"the edit", 1, 0}, {"the revisit", 2, 1},
	} {
		captures, recs := sequence(t, url, []answer{{text: "a"}, {text: "b"}, {revisit: 2}})
		s := newFixture(t)
		s.appendSingly(recs)
		s.suppress(catalog.Suppression{Date: day, Record: captures[c.suppress].ID(), Reason: "asked for"})
		h, ok, err := s.c.Current(ctx, url)
		if err != nil || !ok || h.CaptureID != captures[c.want].ID() {
			t.Errorf("%s: got %+v, %v, %v", c.name, h, ok, err)
		}
		if _, err := s.c.CatchUp(ctx); err != nil {
			t.Fatal(err)
		}
		before := s.dump()
		if err := s.c.Rebuild(ctx); err != nil {
			t.Fatal(err)
		}
		s.same(before, c.name)
	}
}

// TestLostCapture: an article whose response is lost is still listed.
func TestLostCapture(t *testing.T) {
	_, recs := sequence(t, "https://a.example/story", []answer{{text: "a"}, {text: "b"}})
	s := newFixture(t)
	for _, rec := range recs {
		if rec.Type() == "conversion" {
			s.append(rec)
		}
	}
	found, err := s.c.Find(context.Background(), "https://a.example/story")
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	if a, err := s.c.Article(context.Background(), found[0]); err != nil || a.Text != "b" {
		t.Errorf("got %q, %v", a.Text, err)
	}
}

// TestLastResponse: the newest response is that of the newest capture, whose original
// may be lost.
func TestLastResponse(t *testing.T) {
	ctx := context.Background()
	url := "https://a.example/feed"
	captures, recs := sequence(t, url, []answer{{}, {}, {revisit: 2}, {status: 404}, {revisit: 1}})
	for n, want := range []int{0, 1, 0, 3, 3} {
		s := newFixture(t)
		s.append(recs[:n+1]...)
		if h, ok, err := s.c.LastResponse(ctx, url); err != nil || !ok || h.ResponseID != captures[want].ID() || h.CaptureID != captures[n].ID() {
			t.Errorf("of %d captures: got %+v, %v, %v, want response %d", n+1, h, ok, err, want)
		}
	}
	s := newFixture(t)
	s.append(recs[1], recs[2])
	if h, ok, err := s.c.LastResponse(ctx, url); err != nil || !ok || h.ResponseID != captures[1].ID() {
		t.Errorf("the original is lost: got %+v, %v, %v", h, ok, err)
	}
	if h, ok, err := s.c.LastResponse(ctx, "https://a.example/other"); err != nil || ok {
		t.Errorf("another URL: got %+v, %v, %v", h, ok, err)
	}
}

// TestVerdictIsBySite: a verdict says nothing about other sites and other words.
func TestVerdictIsBySite(t *testing.T) {
	s := newFixture(t)
	for url, text := range map[string]string{"https://a.example/1": "soon", "https://a.example/2": "later", "https://b.example/1": "soon"} {
		_, recs := sequence(t, url, []answer{{text: "a", words: 50}, {title: "Gone", text: text}})
		s.append(recs...)
	}
	s.append(verdictOn(t, "https://a.example/1", "Gone", "soon"))
	for url, want := range map[string]string{"https://a.example/1": "a", "https://a.example/2": "later", "https://b.example/1": "soon"} {
		found, err := s.c.Find(context.Background(), url)
		if err != nil || len(found) != 1 {
			t.Fatal(url, found, err)
		}
		if a, err := s.c.Article(context.Background(), found[0]); err != nil || !strings.HasPrefix(a.Text, want) {
			t.Errorf("%s: got %q, %v, want %q", url, a.Text, err, want)
		}
	}
	known, err := s.c.Verdicts(context.Background(), "a.example")
	if err != nil || len(known) != 1 {
		t.Errorf("got %v, %v", known, err)
	}
}

func TestFingerprint(t *testing.T) {
	page := func(url, title, text string) catalog.Fingerprint {
		return catalog.FingerprintOf(url, &article.Article{Title: title, Text: text})
	}
	const x, y = "https://a.example/news/2026/the-ferry-is-late?p=1", "https://a.example/sport/the-cup.html"
	for _, c := range []struct {
		name   string
		a, b   string // texts at x and y
		differ bool
	}{
		{"the same", "Back soon", "Back soon", false},
		{"case, spaces and signs", "Back  soon!", "back\nsoon", false},
		{"other words", "Back soon", "Back later", true},
		{"numbers and times", "Back at 10:30, in 15 minutes", "Back at 9:05, in 120 minutes", false},
		{"a request ID", "Error. Reference: 7f3a-00c1-b2", "Error. Reference: abcd-0de4-11", false},
		{"an ID beside other scripts", "ошибка ab12", "ошибка 99zz", false},
		{"digits in a text without spaces", "系统维护2小时", "系统维护3小时", false},
		{"other words without spaces", "系统维护2小时", "系统恢复2小时", true},
		{"its path", "Nothing at /news/2026/the-ferry-is-late now", "Nothing at /sport/the-cup.html now", false},
		{"its path and query", "Nothing at /news/2026/the-ferry-is-late?p=1 now", "Nothing at /sport/the-cup.html now", false},
		{"its URL", "See https://a.example/news/2026/the-ferry-is-late?p=1", "See https://a.example/sport/the-cup.html", false},
		{"the words of its slug", "Sorry, The ferry is late is away", "Sorry,  is away", false},
		{"words that a slug shares", "The cup is late", "The cup is late", false},
	} {
		if a, b := page(x, "T", c.a), page(y, "T", c.b); (a != b) != c.differ {
			t.Errorf("%s: got %s and %s", c.name, a, b)
		}
	}
	if page(x, "One", "text") == page(x, "Two", "text") {
		t.Error("the title does not count")
	}
	if f := page(x, "2026", " … 12"); f != 0 {
		t.Errorf("no words: got %s", f)
	}
	var back catalog.Fingerprint
	f := page(x, "One", "text")
	body, err := json.Marshal(f)
	if err == nil {
		err = json.Unmarshal(body, &back)
	}
	if err != nil || back != f {
		t.Errorf("got %s as %s, %v", f, body, err)
	}
}

func FuzzFingerprint(f *testing.F) {
	f.Add("https://a.example/x-y-z", "Title", "text 1")
	f.Add("http://[::1", "\xff", "\x00é́ 12:30")
	f.Fuzz(func(t *testing.T, url, title, text string) {
		a := &article.Article{Title: title, Text: text}
		got := catalog.FingerprintOf(url, a)
		var back catalog.Fingerprint
		if err := back.UnmarshalText([]byte(got.String())); err != nil || back != got {
			t.Errorf("got %s as %s, %v", got, back, err)
		}
	})
}
