package catalog_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// answered is what a URL answered once.
type answered struct {
	url      string
	status   int    // 200 if zero
	location string // of a redirect
	title    string // "Story" if empty
	text     string // "" if nothing was read
	kind     article.Kind
	wall     bool // behind a paywall
	by       string
	same     string // canonical URL
}

// take appends what a URL answered.
func (s *fixture) take(at time.Time, a answered) *archive.Record {
	s.t.Helper()
	if a.status == 0 {
		a.status = 200
	}
	res := archive.NewRecord("response", at)
	res.Set("WARC-Target-URI", a.url)
	res.Set("Content-Type", "application/http; msgtype=response")
	res.HTTP = &archive.HTTPHead{Start: fmt.Sprintf("HTTP/1.1 %d X", a.status)}
	if a.location != "" {
		res.HTTP.Headers = append(res.HTTP.Headers, archive.Field{Name: "Location", Value: a.location})
	}
	res.Payload = fmt.Appendf(nil, "<p>%s %d %s", a.url, a.status, a.text)
	res.Set("WARC-Payload-Digest", string(archive.SHA256(res.Payload)))
	s.append(res)
	if a.text == "" {
		return res
	}
	if a.kind == "" {
		a.kind = article.KindArticle
	}
	if a.title == "" {
		a.title = "Story"
	}
	if a.by == "" {
		a.by = "newsmorgue/1"
	}
	if a.same == "" {
		a.same = a.url
	}
	body, err := json.Marshal(article.Article{URL: a.url, CanonicalURL: a.same, Site: "a.example", Kind: a.kind, Title: a.title, Text: a.text, Paywalled: a.wall, Extractor: a.by})
	if err != nil {
		s.t.Fatal(err)
	}
	conv := archive.NewRecord("conversion", at)
	conv.Set("WARC-Target-URI", a.url)
	conv.Set("WARC-Refers-To", res.ID())
	conv.Set("Newsmorgue-Extractor", a.by)
	conv.Set("Content-Type", "application/json; profile="+article.Schema)
	conv.Payload = body
	s.append(conv)
	return res
}

// What happens to an article is said once, when a capture shows it first.
func TestChanges(t *testing.T) {
	const plain, old, slug, other, front = "http://a.example/story", "https://a.example/story", "https://a.example/a-better-headline", "https://a.example/other", "https://a.example/"
	long := strings.Repeat("The ferry was late again today. ", 20)
	for _, c := range []struct {
		name    string
		answers []answered
		want    string // what and, after a slash, how or from
	}{
		{"nothing", []answered{{url: old, text: "a b c"}, {url: old, text: "a b c"}}, "new"},
		{"an edit, taken back", []answered{{url: old, text: "a b c"}, {url: old, text: "a b d"}, {url: old, text: "a b d"}, {url: old, text: "a b c"}}, "new edited edited"},
		{"another extractor is no edit", []answered{{url: old, text: "a b c"}, {url: old, text: "a b d", by: "newsmorgue/2"}, {url: old, text: "a b e", by: "newsmorgue/2"}}, "new edited"},
		{"gone and back", []answered{{url: old, text: "a b c"}, {url: old, status: 404}, {url: old, status: 404}, {url: old, text: "a b c"}}, "new gone/HTTP 404 restored"},
		{"gone, back and edited", []answered{{url: old, text: "a b c"}, {url: old, status: 410}, {url: old, text: "a b d"}}, "new gone/HTTP 410 restored"},
		{"gone, and back at another URL", []answered{{url: old, text: "a b c"}, {url: old, status: 404}, {url: old, status: 301, location: slug}, {url: slug, text: "a b c"}}, "new gone/HTTP 404 restored/" + old},
		{"errors pass", []answered{{url: old, text: "a b c"}, {url: old, status: 503}, {url: old, status: 403}, {url: old, status: 302, location: "/login"}, {url: old, text: "a b c"}}, "new"},
		{"to the front page", []answered{{url: front, text: "x", kind: article.KindHome, title: "A"}, {url: old, text: "a b c"}, {url: old, status: 302, location: "/"}}, "new gone/redirect to the front page"},
		{"to a section", []answered{{url: old, text: "a b c"}, {url: old, status: 301, location: "/news/"}}, "new gone/redirect to another page"},
		{"another page in its place", []answered{{url: old, text: "a b c"}, {url: old, text: "Nothing here", title: "Not found", kind: article.KindOther}}, "new gone/another page in its place"},
		{"a list in its place", []answered{{url: old, text: "a b c"}, {url: old, text: "One Two", title: "News", kind: article.KindSection}}, "new gone/a list of stories in its place"},
		{"behind a paywall", []answered{{url: old, text: long}, {url: old, text: "The ferry was late.", wall: true}, {url: old, text: "The ferry.", wall: true}, {url: old, text: long}}, "new paywalled restored"},
		{"moved", []answered{{url: old, text: "a b c"}, {url: old, status: 301, location: slug}, {url: slug, text: "a b c", title: "A better headline"}, {url: slug, text: "a b c", title: "A better headline"}},
			"new moved/" + old},
		{"moved for now, under the same title", []answered{{url: old, text: "a b c"}, {url: old, status: 302, location: slug}, {url: slug, text: "a b c"}}, "new moved/" + old},
		{"sent elsewhere for now", []answered{{url: old, text: "a b c"}, {url: old, status: 302, location: slug}, {url: slug, text: "x y z", title: "Subscribe"}}, "new new"},
		{"moved by its canonical link", []answered{{url: old, text: "a b c"}, {url: old, text: "a b c", same: slug}, {url: slug, text: "a b c"}, {url: old, text: "a b c", same: slug}, {url: slug, text: "a b c"}, {url: slug, text: "a b d"}},
			"new edited moved/" + old + " edited"},
		{"moved to https, the front page first", []answered{{url: plain, text: "a b c"}, {url: old, text: "a b c"}, {url: plain, text: "a b c"}}, "new moved/" + plain},
		{"moved to https, and edited", []answered{{url: plain, text: "a b c"}, {url: old, text: "a b c"}, {url: old, text: "a b d", title: "A better headline"}, {url: plain, status: 301, location: old}}, "new moved/" + plain + " edited"},
		{"moved back to http", []answered{{url: old, text: "a b c"}, {url: old, status: 301, location: plain}, {url: plain, text: "a b c"}}, "new moved/" + old},
		{"another article with https", []answered{{url: plain, text: "a b c"}, {url: old, text: "x y z", title: "Another"}}, "new new"},
		{"a canonical link to a page with another title", []answered{{url: old, text: "a b c", same: front}, {url: front, text: "x", kind: article.KindArticle, title: "Front"}}, "new new"},
		{"never an article", []answered{{url: other, text: "One", kind: article.KindSection}, {url: other, status: 404}}, ""},
		{"an error first", []answered{{url: old, status: 404}, {url: old, text: "a b c"}}, "new"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newFixture(t)
			for i, a := range c.answers {
				s.take(time.Date(2026, 11, 23, 12, i, 0, 0, time.UTC), a)
			}
			all := []string{catalog.ChangeNew, catalog.ChangeEdited, catalog.ChangeMoved, catalog.ChangePaywalled, catalog.ChangeGone, catalog.ChangeRestored}
			changes, err := s.c.Changes(context.Background(), catalog.ChangeFilter{What: all})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i := len(changes) - 1; i >= 0; i-- {
				ch := changes[i]
				text := ch.What
				if ch.How != "" {
					text += "/" + ch.How
				}
				if ch.From != "" {
					text += "/" + ch.From
				}
				got = append(got, text)
				if ch.What == catalog.ChangeMoved {
					if titles := s.titles(catalog.Filter{}); len(titles) != 1 {
						t.Errorf("listed as %q, want one article", titles)
					}
					if sites, err := s.c.Sites(context.Background()); err != nil || sites[0].Articles != 1 {
						t.Errorf("got %+v, %v, want one article", sites, err)
					}
				}
				if ch.What == catalog.ChangeEdited && (ch.Before == "" || ch.Reading == ch.Before) {
					t.Errorf("an edit without two readings: %+v", ch)
				}
			}
			// All but new articles are found without looking for those.
			some, err := s.c.Changes(context.Background(), catalog.ChangeFilter{})
			if want := slices.DeleteFunc(slices.Clone(changes), func(ch catalog.Change) bool { return ch.What == catalog.ChangeNew }); err != nil || fmt.Sprint(some) != fmt.Sprint(want) {
				t.Errorf("all but new ones: got %+v, %v, want %+v", some, err, want)
			}
			// What happened since a time is the newest part of what happened.
			for i := range c.answers {
				since := time.Date(2026, 11, 23, 12, i, 0, 0, time.UTC)
				some, err := s.c.Changes(context.Background(), catalog.ChangeFilter{What: all, Since: since})
				if err != nil {
					t.Fatal(err)
				}
				n := 0
				for n < len(changes) && !changes[n].Captured.Before(since) {
					n++
				}
				if fmt.Sprint(some) != fmt.Sprint(changes[:n]) {
					t.Errorf("since %d: got %+v, want %+v", i, some, changes[:n])
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got  %s\nwant %s", strings.Join(got, " "), c.want)
			}
		})
	}
}

// An edit of a further page is an edit of the article, at the time of that page's
// capture, whether the article is captured again or not.
func TestChangesOfFurtherPages(t *testing.T) {
	const head, next = "https://a.example/story", "https://a.example/story?page=2"
	at := func(minute int) time.Time { return time.Date(2026, 11, 23, 12, minute, 0, 0, time.UTC) }
	s := newFixture(t)
	first := s.take(at(0), answered{url: head, text: "one"})
	s.take(at(1), answered{url: next, text: "two", kind: article.KindOther})
	s.reread(first, head, "one two", "") // the further page is new
	revisit := archive.NewRecord("revisit", at(2))
	revisit.Set("WARC-Target-URI", head)
	revisit.Set("WARC-Refers-To", first.ID())
	revisit.Set("Content-Type", "application/http; msgtype=response")
	revisit.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 304 Not Modified"}
	s.append(revisit)
	edited := s.take(at(3), answered{url: next, text: "three", kind: article.KindOther})
	s.reread(first, head, "one three", edited.ID())
	again := archive.NewRecord("revisit", at(4))
	again.Set("WARC-Target-URI", head)
	again.Set("WARC-Refers-To", first.ID())
	again.Set("Content-Type", "application/http; msgtype=response")
	again.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 304 Not Modified"}
	s.append(again)

	got, err := s.c.Changes(context.Background(), catalog.ChangeFilter{URL: head})
	if err != nil || len(got) != 1 || got[0].What != catalog.ChangeEdited || !got[0].Captured.Equal(at(3)) || got[0].ResponseID != edited.ID() {
		t.Errorf("got %+v, %v, want one edit at the capture of the further page", got, err)
	}
	versions, err := s.c.Versions(context.Background(), head)
	if err != nil || len(versions) != 2 || !versions[1].Captured.Equal(at(3)) {
		t.Errorf("got %+v, %v, want two versions", versions, err)
	}
}

// reread appends a later reading of a capture.
func (s *fixture) reread(of *archive.Record, url, text, edit string) {
	s.t.Helper()
	s.last++
	body, err := json.Marshal(article.Article{URL: url, CanonicalURL: url, Site: "a.example", Kind: article.KindArticle, Title: "Story", Text: text, Extractor: "newsmorgue/1"})
	if err != nil {
		s.t.Fatal(err)
	}
	conv := archive.NewRecord("conversion", of.Date())
	conv.Set("WARC-Record-ID", fmt.Sprintf("<urn:uuid:ffffffff-0000-8000-8000-%012d>", s.last)) // after all others
	conv.Set("WARC-Target-URI", url)
	conv.Set("WARC-Refers-To", of.ID())
	conv.Set("Newsmorgue-Extractor", "newsmorgue/1")
	conv.Set("Content-Type", "application/json; profile="+article.Schema)
	if edit != "" {
		conv.Set(catalog.PageEdit, edit)
	}
	conv.Payload = body
	s.append(conv)
}

// Whatever URLs say of each other, an article is listed.
func TestArticlesThatNameEachOther(t *testing.T) {
	const a, b = "https://a.example/a", "https://a.example/b"
	for name, answers := range map[string][]answered{
		"canonical": {{url: a, text: "one", same: b}, {url: b, text: "one", same: a}},
		"redirects": {{url: a, text: "one"}, {url: b, text: "one"}, {url: a, status: 301, location: b}, {url: b, status: 301, location: a}},
		"itself":    {{url: a, text: "one"}, {url: a, status: 301, location: a}},
	} {
		s := newFixture(t)
		for i, answer := range answers {
			s.take(time.Date(2026, 11, 23, 12, i, 0, 0, time.UTC), answer)
		}
		if titles := s.titles(catalog.Filter{}); len(titles) == 0 {
			t.Errorf("%s: nothing is listed", name)
		}
		if _, err := s.c.Changes(context.Background(), catalog.ChangeFilter{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestChangeFilter(t *testing.T) {
	s := newFixture(t)
	at := func(minute int) time.Time { return time.Date(2026, 11, 23, 12, minute, 0, 0, time.UTC) }
	for i := range 3 {
		s.take(at(i), answered{url: "https://a.example/edited", text: fmt.Sprint("version ", i)})
		s.take(at(i), answered{url: "https://a.example/same", text: "the same"})
	}
	s.take(at(3), answered{url: "https://a.example/same", status: 404})
	for name, c := range map[string]struct {
		filter catalog.ChangeFilter
		want   int
	}{
		"all but new":  {catalog.ChangeFilter{}, 3},
		"gone":         {catalog.ChangeFilter{What: []string{catalog.ChangeGone}}, 1},
		"new":          {catalog.ChangeFilter{What: []string{catalog.ChangeNew}}, 2},
		"since":        {catalog.ChangeFilter{Since: at(2)}, 2},
		"until":        {catalog.ChangeFilter{Until: at(2)}, 1},
		"site":         {catalog.ChangeFilter{Sites: []string{"a.example"}}, 3},
		"another site": {catalog.ChangeFilter{Sites: []string{"b.example"}}, 0},
		"one article":  {catalog.ChangeFilter{URL: "https://a.example/edited"}, 2},
	} {
		got, err := s.c.Changes(context.Background(), c.filter)
		if err != nil || len(got) != c.want {
			t.Errorf("%s: got %d changes, %v, want %d: %+v", name, len(got), err, c.want, got)
		}
	}
}
