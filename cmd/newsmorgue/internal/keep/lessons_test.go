package keep

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/template"
)

// TestLessons: what a run noted of its stories teaches what their records teach, with
// a profile and without, and the records are not read for it.
func TestLessons(t *testing.T) {
	ctx := context.Background()
	s := newShelf(t)
	parser := &parsers.Parser{}
	note := func(i int, at time.Time) {
		raw, html := storyPage(i, "")
		res := s.capture(raw, html, at)
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		a, seen, err := parser.ParseSeen(&article.Page{URL: u, HTML: []byte(html), Header: map[string][]string{"Content-Type": {"text/html"}}, Fetched: res.Date()})
		if err != nil {
			t.Fatal(err)
		}
		s.k.lessons.note(&visit{captured: res, a: a, seen: seen, conv: archive.NewRecord("conversion", at)})
	}
	for i := range 12 {
		note(i, pressDay.Add(time.Duration(i)*time.Minute))
	}
	learned := func(known map[string]lesson) (*template.Profile, string) {
		l, err := observe(ctx, s.cat, "a.example", known)
		if err != nil {
			t.Fatal(err)
		}
		p := l.Profile("a.example", article.Extractor, pressDay)
		body, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		return p, string(body)
	}
	fromRecords, want := learned(nil)
	known := s.k.lessons.take("a.example")
	if len(known) != 12 || s.k.lessons.bytes != 0 || s.k.lessons.take("a.example") != nil {
		t.Fatalf("%d stories are noted; %d bytes are left", len(known), s.k.lessons.bytes)
	}
	if _, got := learned(known); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	parser = &parsers.Parser{Site: fromRecords} // drops what repeats
	note(3, pressDay.Add(3*time.Minute))
	for id, l := range s.k.lessons.take("a.example") {
		known[id] = l
	}
	if _, got := learned(known); got != want {
		t.Errorf("with a profile: got %s\nwant %s", got, want)
	}
	for id, l := range known {
		l.digest = template.Page{URL: l.url, Title: l.title, At: l.at}.Digest()
		known[id] = l
	}
	if _, got := learned(known); got == want {
		t.Error("the records were read although all stories are known")
	}
}

// TestLessonsBounds: the stories of the highest ranks stay, whatever their order, in
// a bounded number and size.
func TestLessonsBounds(t *testing.T) {
	var l lessons
	var all []lesson
	for i := range 1500 {
		n := lesson{response: fmt.Sprint(i), title: fmt.Sprintf("A story of the number %d", i), at: pressDay}
		n.rank = template.Rank(template.Key(n.title, ""), n.at)
		n.digest = template.Page{Title: n.title, At: n.at}.Digest()
		all = append(all, n)
		if l.wants("a.example", n.rank) {
			l.add("a.example", n)
		}
		if some := len(l.sites["a.example"].all); some > 2*template.MaxSample {
			t.Fatalf("%d stories are noted", some)
		}
	}
	slices.SortFunc(all, func(a, b lesson) int { return cmp.Compare(b.rank, a.rank) })
	known := l.take("a.example")
	for i, n := range all[:template.MaxSample] {
		if _, ok := known[n.response]; !ok {
			t.Errorf("story %d by rank is missing", i)
		}
	}
	if l.bytes != 0 {
		t.Errorf("%d bytes are left", l.bytes)
	}
	var large template.Page
	for i := range 2000 {
		large.Blocks = append(large.Blocks, template.Block{Path: "p", Text: strings.Repeat("x", i+1), Words: 1})
	}
	for i := 0; l.wants(fmt.Sprintf("site%d.example", i), 0); i++ {
		if l.add(fmt.Sprintf("site%d.example", i), lesson{digest: large.Digest()}); l.bytes > maxLessons+1<<20 {
			t.Fatalf("%d bytes are noted", l.bytes)
		}
	}
}
