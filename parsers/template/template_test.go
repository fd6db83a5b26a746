package template_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/template"
)

var day = time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)

func block(path, text string) template.Block {
	return template.Block{Path: path, Text: text, Words: len(strings.Fields(text)), Kept: true}
}

// story is page i of a site: five paragraphs of its own and what the site adds.
func story(i int, more ...template.Block) template.Page {
	p := template.Page{URL: fmt.Sprintf("https://a.example/s/%d", i), Title: fmt.Sprintf("A story of some words, number %d of many", i), At: day.Add(time.Duration(i) * time.Hour)}
	for k := range 5 {
		p.Blocks = append(p.Blocks, block("p<div.text", fmt.Sprintf("Paragraph %d of story %d says what nobody else has said before.", k, i)))
	}
	p.Blocks = append(p.Blocks, more...)
	return p
}

func learn(pages ...template.Page) *template.Profile {
	var l template.Learner
	for _, p := range pages {
		l.Add(p)
	}
	return l.Profile("a.example", "reader/1", day)
}

func asJSON(t testing.TB, p *template.Profile) string {
	t.Helper()
	body, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// site is 40 stories; a letter stands on all, a notice on 4, a correction on 2,
// and each has a box with the biography of one of five authors.
func site() []template.Page {
	var pages []template.Page
	for i := range 40 {
		more := []template.Block{block("p<div.text", "Sign up for our letter today."), block("p<div.bio", fmt.Sprintf("Author %d lives by the sea with two cats.", i%5))}
		if i%10 == 0 {
			more = append(more, block("p<div.text", "Notices are taken until noon."))
		}
		if i%20 == 1 {
			more = append(more, block("p<div.text", "An earlier version named another mayor."))
		}
		pages = append(pages, story(i, more...))
	}
	return pages
}

func TestShare(t *testing.T) {
	p := learn(site()...)
	if p.Pages != 40 {
		t.Errorf("got %d pages, want 40", p.Pages)
	}
	for _, c := range []struct {
		path, text string
		want       float64
	}{
		{"p<div.text", "Sign up for our letter today.", 1},
		{"p<div.text", "sign up  for our LETTER, today", 1},
		{"p<div.text", "Notices are taken until noon.", 0.1},
		{"p<div.text", "An earlier version named another mayor.", 0}, // two pages are few
		{"p<div.text", "Paragraph 1 of story 3 says what nobody else has said before.", 0},
		{"p<div.lead", "Sign up for our letter today.", 0}, // elsewhere it is another thing
	} {
		if got := p.Share(c.path, c.text); got != c.want {
			t.Errorf("%s %q: got %v, want %v", c.path, c.text, got, c.want)
		}
	}
	if !p.Recurs("p<div.bio") || p.Recurs("p<div.text") {
		t.Errorf("places: bio %t, text %t", p.Recurs("p<div.bio"), p.Recurs("p<div.text"))
	}
}

func TestNilAndZero(t *testing.T) {
	var none *template.Profile
	for _, p := range []*template.Profile{none, {}} {
		if p.Share("p", "x") != 0 || p.Recurs("p") || !p.Empty() {
			t.Errorf("%v knows something", p)
		}
	}
	if none.Digest() != "" {
		t.Error("nothing has a digest")
	}
	if p := learn(); !p.Empty() || p.Pages != 0 {
		t.Errorf("no pages: got %s", asJSON(t, p))
	}
}

func TestFewPagesSayNothing(t *testing.T) {
	if p := learn(site()[:4]...); !p.Empty() {
		t.Errorf("got %s", asJSON(t, p))
	}
}

// TestOrderAndRepetition: the same pages give the same profile in every order
// and however often each is added.
func TestOrderAndRepetition(t *testing.T) {
	var pages []template.Page
	for i := range 3 * template.MaxSample { // more than fit
		pages = append(pages, story(i, block("p<div.text", fmt.Sprintf("Box %d of some words here.", i%7))))
		if i%9 == 0 { // an earlier capture of the same story
			was := story(i, block("p<div.text", "As it was before the change."))
			was.At = was.At.Add(-time.Hour)
			pages = append(pages, was)
		}
	}
	want := asJSON(t, learn(pages...))
	r := rand.New(rand.NewPCG(1, 2))
	for range 5 {
		r.Shuffle(len(pages), func(i, k int) { pages[i], pages[k] = pages[k], pages[i] })
		if got := asJSON(t, learn(append(slices.Clone(pages), pages[:300]...)...)); got != want {
			t.Fatalf("got %.300s\nwant %.300s", got, want)
		}
	}
	var part template.Learner
	for i, p := range pages {
		part.Add(p)
		if i%100 == 0 {
			part.Profile("a.example", "reader/1", day) // looking changes nothing
		}
	}
	if got := asJSON(t, part.Profile("a.example", "reader/1", day)); got != want {
		t.Errorf("looked at in between: got %.300s", got)
	}
}

func TestOnePageManyTimes(t *testing.T) {
	pages := site()
	before := asJSON(t, learn(pages...))
	for n := range 1000 {
		p := pages[7]
		p.URL += fmt.Sprintf("?session=%d", n)
		pages = append(pages, p)
	}
	if got := asJSON(t, learn(pages...)); got != before {
		t.Errorf("got %.300s\nwant %.300s", got, before)
	}
}

// TestCopies: pages that share most of their words are one story, whatever they
// are called and wherever they are.
func TestCopies(t *testing.T) {
	pages := site()
	for n := range 30 {
		p := story(7)
		p.Title, p.URL = fmt.Sprintf("Quite another headline %c%c", 'a'+n%26, 'a'+n/26), fmt.Sprintf("https://a.example/copy/%d", n)
		pages = append(pages, p)
	}
	p := learn(pages...)
	if p.Pages != 40 {
		t.Errorf("got %d distinct pages, want 40", p.Pages)
	}
	for _, b := range story(7).Blocks {
		if p.Share(b.Path, b.Text) > 0 {
			t.Errorf("repeats: %q", b.Text)
		}
	}
}

func TestKey(t *testing.T) {
	same := [][2][2]string{
		{{"The mayor opens the new quay", "https://a.example/quay"}, {"The Mayor Opens the New Quay", "https://a.example/amp/quay"}},
		{{"The mayor opens the new quay", ""}, {"The mayor opens the new quay (page 2 of 3)", ""}},
		{{"The mayor opens the new quay", ""}, {"The mayor opens the new quay - Print version", ""}},
		{{"", "https://a.example/2026/quay/amp/"}, {"", "http://www.a.example/2026/quay?print=1"}},
		{{"Short", "https://m.a.example/quay.html"}, {"Short", "https://a.example/quay?utm_source=x"}},
	}
	for _, c := range same {
		if template.Key(c[0][0], c[0][1]) != template.Key(c[1][0], c[1][1]) {
			t.Errorf("%q and %q are told apart", c[0], c[1])
		}
	}
	other := [][2][2]string{
		{{"The mayor opens the new quay", ""}, {"The mayor closes the new quay", ""}},
		{{"News", "https://a.example/a?id=1"}, {"News", "https://a.example/a?id=2"}},
		{{"Letters to the editor, 3 March", ""}, {"Letters to the editor, 10 March", ""}},
	}
	for _, c := range other {
		if template.Key(c[0][0], c[0][1]) == template.Key(c[1][0], c[1][1]) {
			t.Errorf("%q and %q are one", c[0], c[1])
		}
	}
}

// TestRank: among pages of one day chance decides, and newer ones come first more
// often than not.
func TestRank(t *testing.T) {
	newer := 0
	for i := range 1000 {
		a, b := template.Key(fmt.Sprintf("one story number %d", i), ""), template.Key(fmt.Sprintf("another story number %d", i), "")
		if template.Rank(a, day.AddDate(0, 3, 0)) > template.Rank(b, day) {
			newer++
		}
	}
	if newer < 850 || newer > 990 { // 1 - 1/16 with three halvings of the other's weight
		t.Errorf("of 1000 pairs, the one of three months later came first in %d", newer)
	}
}

// TestNewDesign: what a site adds now is learned although thousands of its pages
// are older than that.
func TestNewDesign(t *testing.T) {
	var pages []template.Page
	for i := range 2000 {
		p := story(i, block("p<div.text", "The old letter with its old words."))
		p.At = day.AddDate(0, 0, -200)
		pages = append(pages, p)
	}
	for i := range 60 {
		pages = append(pages, story(5000+i, block("p<div.text", "The new letter with its new words.")))
	}
	if p := learn(pages...); p.Share("p<div.text", "The new letter with its new words.") == 0 {
		t.Error("the new letter is not known")
	}
}

func TestProseNeedsMore(t *testing.T) {
	background := "The bridge was closed in the spring of last year after engineers had found cracks in two of its piers, and the council has since then been looking for a way to pay for the repair of both."
	var pages []template.Page
	for i := range 40 {
		if i < 4 {
			pages = append(pages, story(i, block("p<div.text", background), block("p<div.box", background)))
		} else {
			pages = append(pages, story(i))
		}
	}
	p := learn(pages...)
	if p.Share("p<div.text", background) > 0 {
		t.Error("background that four stories tell is no box")
	}
	if p.Share("p<div.box", background) == 0 {
		t.Error("what stands on four pages in its own place repeats")
	}
}

func TestMatters(t *testing.T) {
	var l template.Learner
	for _, p := range site() {
		l.Add(p)
	}
	now := l.Profile("a.example", "reader/1", day)
	again := l.Profile("a.example", "reader/1", day.Add(time.Hour))
	if !l.Matters(nil, now) || l.Matters(now, again) || l.Matters(nil, &template.Profile{}) || !l.Matters(now, nil) {
		t.Errorf("first %t, again %t, nothing %t, lost %t", l.Matters(nil, now), l.Matters(now, again), l.Matters(nil, &template.Profile{}), l.Matters(now, nil))
	}
}

func TestJSON(t *testing.T) {
	p := learn(site()...)
	body := asJSON(t, p)
	q, err := template.Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	if got := asJSON(t, q); got != body || q.Digest() != p.Digest() || !strings.HasPrefix(p.Digest(), "sha256:") {
		t.Errorf("got %s, %s\nwant %s, %s", got, q.Digest(), body, p.Digest())
	}
	if q.Share("p<div.text", "Sign up for our letter today.") != 1 || q.Pages != 40 || q.Site != "a.example" || q.Reader != "reader/1" || !q.Learned.Equal(day) {
		t.Errorf("got %+v", q)
	}
	for _, bad := range []string{"", "null", "[]", `{"schema":"newsmorgue.template/1"}`, strings.Replace(body, "template/1", "template/2", 1), strings.Replace(body, `"40"`, `"41"`, 1),
		strings.Replace(body, `"40"`, `"-1"`, 1), strings.Replace(body, `[["`, `[["x`, 1), body[:len(body)-1], strings.Repeat(" ", template.MaxProfile) + body} {
		if _, err := template.Parse([]byte(bad)); err == nil {
			t.Errorf("read %.80q", bad)
		}
	}
}

// TestBounded: whatever the pages hold, a profile stays small.
func TestBounded(t *testing.T) {
	var l template.Learner
	for i := range 40 {
		p := story(i)
		p.Blocks = nil
		for k := range 8_000 {
			p.Blocks = append(p.Blocks, block(fmt.Sprintf("p<div.c%d", k%3000), fmt.Sprintf("The same words, line %d of very many.", k)))
		}
		for k := range 3 {
			p.Blocks = append(p.Blocks, block("p", fmt.Sprintf("Own words of %d and %d.", i, k)))
		}
		l.Add(p)
	}
	body := asJSON(t, l.Profile("a.example", "reader/1", day))
	if len(body) > template.MaxProfile/4 {
		t.Errorf("got %d bytes", len(body))
	}
	if _, err := template.Parse([]byte(body)); err != nil {
		t.Error(err)
	}
}

func FuzzParse(f *testing.F) {
	body, err := json.Marshal(learn(site()...))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(body)
	f.Add([]byte(`{"schema":"newsmorgue.template/1","learned":"2026-11-23T18:00:00Z","pages":3,"texts":[["ff","2"]]}`))
	f.Fuzz(func(t *testing.T, in []byte) {
		p, err := template.Parse(in)
		if err != nil {
			return
		}
		one, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		q, err := template.Parse(one)
		if err != nil {
			t.Fatalf("its own JSON is refused: %v", err)
		}
		if two, err := json.Marshal(q); err != nil || !bytes.Equal(one, two) {
			t.Errorf("got %s, %v, want %s", two, err, one)
		}
		p.Share("p", string(in))
		template.Key(string(in), string(in))
	})
}

func BenchmarkLearn(b *testing.B) {
	pages := site()
	for b.Loop() {
		learn(pages...)
	}
}
