package notice

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/watchtest"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/versions"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

func author(f *watchtest.News) *Author { return &Author{Archive: "0192", Catalog: f.Catalog} }

func TestNotice(t *testing.T) {
	f := watchtest.New(t)
	first, second := f.TwoRuns()
	n, err := author(f).Of(t.Context(), "a.example", []catalog.Run{second})
	if err != nil {
		t.Fatal(err)
	}
	if n.Run != second.ID || n.Status != "complete" || n.Counts["new"] != 1 || n.Counts["edited"] != 1 || n.Counts["gone"] != 1 || len(n.Changes) != 3 || n.Omitted != 0 || !n.Changes[1].Silent || n.Changes[0].Silent {
		t.Fatalf("got %+v", n)
	}
	want := []string{
		"a.example: 1 new, 1 edited, 1 gone",
		"  gone: Mayor resigns", "    https://a.example/mayor", "    Gone since 2026-11-23 13:00 UTC (HTTP 404).",
		"  edited: The ferry <is> late → The ferry is on\x1b time & <b>fine</b>", "    https://a.example/ferry",
		"    Edited since 2026-11-23 13:00 UTC: headline changed; 1 sentence edited; no note, no new date of modification.",
		"  new: A storm", "    https://a.example/storm",
	}
	if got := n.Lines(); !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	// A program gets the same ID each time, and lists that are never null.
	again, err := author(f).Of(t.Context(), "a.example", []catalog.Run{second})
	if err != nil || again.ID != n.ID || again.Changes[1].ID != n.Changes[1].ID || n.Changes[0].ID == n.Changes[1].ID {
		t.Errorf("IDs change: %v", err)
	}
	body, err := json.Marshal(n)
	if err != nil || !strings.Contains(string(body), `"warnings":[]`) || !strings.Contains(string(body), `"title_before":"The ferry \u003cis\u003e late"`) {
		t.Errorf("got %s, %v", body, err)
	}
	// Runs that nobody was told of are told with the next one.
	both, err := author(f).Of(t.Context(), "a.example", []catalog.Run{second, first})
	if err != nil || both.Counts["new"] != 4 || len(both.Changes) != 6 {
		t.Errorf("got %+v, %v", both, err)
	}
	// The articles of a first crawl are not listed one by one.
	first.Counts = json.RawMessage(`{"mode":"new","new":2001}`)
	many, err := author(f).Of(t.Context(), "a.example", []catalog.Run{first})
	if err != nil || many.Counts["new"] != 2001 || len(many.Changes) != 0 || many.Omitted != 2001 {
		t.Errorf("got %+v, %v", many, err)
	}
	if got := many.Lines(); got[1] != "  and 2001 more" {
		t.Errorf("got %q", got)
	}
}

func TestEmpty(t *testing.T) {
	f := watchtest.New(t)
	f.TwoRuns()
	f.Begin()
	f.Page("https://a.example/same", &article.Article{Title: "Nothing happens", Text: "All is well."})
	n, err := author(f).Of(t.Context(), "a.example", []catalog.Run{f.End(keep.Summary{Mode: "update"})})
	if err != nil || !n.Empty() {
		t.Errorf("got %+v, %v", n, err)
	}
	w := frontier.Warning{Site: "a.example", Kind: "wall", Text: "walls", Since: f.Now}
	author(f).Warn(n, []frontier.Warning{w}, []frontier.Warning{{Site: "a.example", Kind: "failing", Text: "the last run succeeded", Since: f.Now}})
	lines := n.Lines()
	if n.Empty() || len(lines) != 3 || lines[0] != "a.example:" || lines[1] != "  warning: walls" || !strings.HasPrefix(lines[2], "  fine again: the last run succeeded (warned on 2026-11-23") {
		t.Errorf("got %q", lines)
	}
	// Warnings come without a run, too.
	none, err := author(f).Of(t.Context(), "", nil)
	if err != nil || !none.Empty() {
		t.Fatal(err)
	}
	author(f).Warn(none, []frontier.Warning{w}, nil)
	if none.ID == "" || none.Lines()[0] != "archive:" {
		t.Errorf("got %+v", none)
	}
}

// Only so many changes are listed, and the text says how many there are.
func TestBounds(t *testing.T) {
	f := watchtest.New(t)
	f.Begin()
	for i := range MaxChanges + 10 {
		f.Page(fmt.Sprintf("https://a.example/%d", i), &article.Article{Title: fmt.Sprint("Story ", i), Text: "Text."})
	}
	n, err := author(f).Of(t.Context(), "a.example", []catalog.Run{f.End(keep.Summary{Kept: keep.Kept{New: MaxChanges + 10}})})
	if err != nil || len(n.Changes) != MaxChanges || n.Omitted != 10 || n.Counts["new"] != MaxChanges+10 {
		t.Fatalf("got %d changes, %d omitted, %v", len(n.Changes), n.Omitted, err)
	}
	lines := n.Lines()
	if got, want := lines[len(lines)-1], fmt.Sprintf("  and %d more", MaxChanges+10-mostLines); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestFeed reads a feed back and checks what RFC 4287 asks for.
func TestFeed(t *testing.T) {
	f := watchtest.New(t)
	f.TwoRuns()
	changes, err := author(f).Recent(t.Context(), "a.example", 100)
	if err != nil || len(changes) != 6 {
		t.Fatalf("got %d changes, %v", len(changes), err)
	}
	changes[0].Title = "A storm \x00\x1b\ufffe ]]> & \xff"
	feed := Feed{Archive: "0192", Site: "a.example", Self: "a.example.atom", Created: f.Now.AddDate(0, 0, -9), Version: "1", Changes: changes}
	var out strings.Builder
	if err := feed.Write(&out); err != nil {
		t.Fatal(err)
	}
	checkAtom(t, out.String())
	var back atomFeed
	if err := xml.Unmarshal([]byte(out.String()), &back); err != nil {
		t.Fatal(err)
	}
	if len(back.Entries) != 6 || back.Entries[0].Updated < back.Entries[5].Updated || back.Updated != back.Entries[0].Updated {
		t.Errorf("got %d entries, of %s to %s", len(back.Entries), back.Entries[0].Updated, back.Entries[5].Updated)
	}
	i := slices.IndexFunc(back.Entries, func(e atomEntry) bool { return e.Categories[0].Term == "edited" })
	e := back.Entries[i]
	if e.Title != "Edited: The ferry <is> late → The ferry is on\ufffd time & <b>fine</b>" || e.Links[0].Href != "https://a.example/ferry" {
		t.Errorf("got %+v", e)
	}
	// HTML in the content is escaped twice: once for HTML and once for XML.
	if !strings.Contains(e.Content.Text, "<del>&lt;</del>") || !strings.Contains(e.Content.Text, "<p>The ferry was <del>late again</del><ins>not late</ins> today.</p>") {
		t.Errorf("got %s", e.Content.Text)
	}
	// The same change has the same ID in a notice.
	if !strings.HasPrefix(e.ID, "urn:uuid:") || back.ID == e.ID {
		t.Errorf("got %s", e.ID)
	}
	// An empty feed is valid, too, and a hostile URL is no link.
	out.Reset()
	if err := (Feed{Archive: "0192", Created: f.Now, Self: "/changes.atom"}).Write(&out); err != nil {
		t.Fatal(err)
	}
	checkAtom(t, out.String())
	out.Reset()
	odd := Feed{Archive: "0192", Created: f.Now, Self: "x", Changes: []Change{{ID: "urn:uuid:0", What: "new", URL: "javascript:alert(1)", Captured: f.Now, Summary: "New."}}}
	if err := odd.Write(&out); err != nil || strings.Contains(out.String(), `href="javascript`) {
		t.Errorf("got %s, %v", out.String(), err)
	}
}

// checkAtom checks the rules of RFC 4287 for feeds and entries (sections 4.1.1 and
// 4.1.2): which elements there must be once, unique IDs, times, links and namespaces.
func checkAtom(t *testing.T, text string) {
	t.Helper()
	const atom = "http://www.w3.org/2005/Atom"
	dec := xml.NewDecoder(strings.NewReader(text))
	type element struct {
		name   string
		counts map[string]int
		rels   map[string]int
	}
	var stack []*element
	ids := map[string]bool{}
	for {
		tok, err := dec.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, text)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			if tok.Name.Space != atom {
				t.Errorf("element %v", tok.Name)
			}
			e := &element{name: tok.Name.Local, counts: map[string]int{}, rels: map[string]int{}}
			if len(stack) > 0 {
				p := stack[len(stack)-1]
				p.counts[e.name]++
				for _, a := range tok.Attr {
					if e.name == "link" && a.Name.Local == "rel" {
						p.rels[a.Value]++
					}
					if e.name == "link" && a.Name.Local == "href" {
						if _, err := url.Parse(a.Value); err != nil {
							t.Errorf("link %q: %v", a.Value, err)
						}
					}
				}
			} else if e.name != "feed" {
				t.Errorf("the document is a %s", e.name)
			}
			stack = append(stack, e)
		case xml.CharData:
			e, s := stack[max(0, len(stack)-1):], strings.TrimSpace(string(tok))
			if len(e) == 0 {
				continue
			}
			switch e[0].name {
			case "id":
				if u, err := url.Parse(s); err != nil || !u.IsAbs() || ids[s] {
					t.Errorf("id %q", s)
				}
				ids[s] = true
			case "updated":
				if _, err := time.Parse(time.RFC3339, s); err != nil {
					t.Errorf("updated %q", s)
				}
			}
		case xml.EndElement:
			e := stack[len(stack)-1]
			stack = stack[:len(stack)-1]
			if e.name != "feed" && e.name != "entry" {
				continue
			}
			for _, name := range []string{"id", "title", "updated"} {
				if e.counts[name] != 1 {
					t.Errorf("%s has %d %s", e.name, e.counts[name], name)
				}
			}
			if e.name == "feed" && (e.counts["author"] != 1 || e.rels["self"] != 1) {
				t.Errorf("feed: %v %v", e.counts, e.rels)
			}
			if e.name == "entry" && (e.counts["content"] != 1 || e.counts["summary"] > 1 || e.rels["alternate"] > 1) {
				t.Errorf("entry: %v %v", e.counts, e.rels)
			}
		}
	}
}

func TestEditHTML(t *testing.T) {
	before := &article.Article{Title: "A", Byline: "By Ann", Tags: []string{"x"}, Body: []article.Block{
		{Type: article.Paragraph, Text: "The first. The second is long. The third has <b>two</b> men in it. The fourth."}, {Type: article.Paragraph, Text: "It stays."}}}
	after := &article.Article{Title: "A", Byline: "By Ann and Bob", Tags: []string{"y"}, Body: []article.Block{
		{Type: article.Paragraph, Text: "The first. The second is long. The third has <b>ten</b> men in it. The fourth."}, {Type: article.Paragraph, Text: "It stays."}, {Type: article.Paragraph, Text: "A new end & more."}}}
	got := editHTML(versions.Compare(before, after))
	for _, want := range []string{"<p>byline: By Ann<ins> and Bob</ins></p>", "<ins>A new end &amp; more.</ins>", "<p>… ", "&lt;"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %s in\n%s", want, got)
		}
	}
	if strings.Contains(got, "stays") || strings.Contains(got, "first") || strings.Contains(got, "<b>") {
		t.Errorf("got\n%s", got)
	}
	long := &article.Article{}
	for i := range 5000 {
		long.Body = append(long.Body, article.Block{Type: article.Paragraph, Text: fmt.Sprintf("Paragraph number %d is here.", i)})
	}
	if n := len(editHTML(versions.Compare(before, long))); n > maxHTML+1000 {
		t.Errorf("got %d bytes", n)
	}
}
