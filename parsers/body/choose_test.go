package body_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/body"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
	"github.com/newsmorgue/newsmorgue/parsers/template"
)

const (
	title = "The ferry is back at the old quay"
	first = "The ferry came in at noon on Tuesday, three weeks after the storm had torn its mooring from the old quay, and it left again an hour later."
	next  = "Its captain said that the new mooring would hold for as long as there was a quay to hold it, which the council has yet to decide about."
	last  = "Until then the boat will cross the river twice a day, as it has done for more than a hundred years, whatever the council says about it."
)

// story is a page of a story with other markup between its second and last
// paragraph.
func story(between string) string {
	return "<html><body><nav><ul><li><a href=/>Home</a></li><li><a href=/news>News</a></li></ul></nav><article><h1>" + title + "</h1><p>" + first + "</p><p>" + next + "</p>" + between +
		"<p>" + last + "</p></article><footer><p>© 2024 The Saltmere Ledger</p></footer></body></html>"
}

// decision is what was decided about the block of a text.
func decision(t *testing.T, s *body.Selection, text string) article.BlockDecision {
	t.Helper()
	for _, d := range s.Explain() {
		if strings.HasPrefix(d.Text, text) {
			return d
		}
	}
	t.Fatalf("no block %q", text)
	return article.BlockDecision{}
}

func TestChoose(t *testing.T) {
	s := body.Choose(doctest.Page(t, story("")), nil, title, nil)
	for _, text := range []string{first, next, last} {
		if d := decision(t, s, text); !d.Kept {
			t.Errorf("%.30q: dropped (%s, %.2f)", text, d.Why, d.P)
		}
	}
	for _, text := range []string{title, "Home", "© 2024"} {
		if d := decision(t, s, text); d.Kept {
			t.Errorf("%.30q: kept", text)
		}
	}
	from, to := s.Range()
	if n := to - from + 1; n != 3 || !slices.Equal(s.Blocks()[from:to+1], []bool{true, true, true}) {
		t.Errorf("Range: %d to %d; got %d blocks, want 3", from, to, n)
	}
}

// Each rule that corrects the model, by the name that --explain prints.
func TestRules(t *testing.T) {
	for _, test := range []struct{ rule, between, text string }{
		{"caption", `<figure><img src=a.jpg><figcaption>The ferry at the old quay on Tuesday afternoon</figcaption></figure>`, "The ferry at the old quay on"},
		{"only links", `<p><a href=/a>How the storm tore the ferry from its mooring at night</a></p>`, "How the storm"},
		{"byline or date", `<p>By Jane Doe</p>`, "By Jane Doe"},
		{"number of a picture", `<p>3 / 12</p>`, "3 / 12"},
		{"promotion", `<p>Read more: the storm that nobody had seen coming up the river</p>`, "Read more"},
		{"embed placeholder", `<p>To view this content, you need to accept the cookies of our partners first.</p>`, "To view this"},
		{"repeated text", `<blockquote><p>` + first + `</p></blockquote>`, ""},
		{"row over an entry", `<h3><span>21:04</span><span>Jane Doe</span></h3>`, "21:04Jane Doe"},
		{"line about the page", `<p>Der Artikel geht nach der Werbung weiter</p>`, "Der Artikel"},
		{"offer to subscribe", `<p>Vous êtes déjà abonné ? Connectez-vous</p>`, "Vous êtes"},
		{"empty section", `<h2>What the council says about it</h2><h2>What the captain says about it</h2>`, "What the council"},
		{"newsletter", `<div class="newsletter"><p>The captain of the ferry had written to the council twice before the storm, and the council had answered him once, in March.</p></div>`, "The captain of the ferry had"},
	} {
		t.Run(test.rule, func(t *testing.T) {
			s := body.Choose(doctest.Page(t, story(test.between)), nil, title, nil)
			var found []string
			for _, d := range s.Explain() {
				if d.Why == test.rule && (test.text == "" || strings.HasPrefix(d.Text, test.text)) {
					if d.Kept {
						t.Errorf("%q is kept", d.Text)
					}
					found = append(found, d.Text)
				}
			}
			if len(found) != 1 {
				t.Errorf("the rule decided about %q, want one block; all: %+v", found, s.Explain())
			}
			if d := decision(t, s, last); !d.Kept {
				t.Errorf("the story's end is lost: %s, %.2f", d.Why, d.P)
			}
		})
	}
}

func TestKeepPosts(t *testing.T) {
	s := body.Choose(doctest.Page(t, story(`<blockquote class="twitter-tweet"><p>She floats!</p>— Jane <a href="https://twitter.com/jane/status/1">May 1</a></blockquote>`)), nil, title, nil)
	if d := decision(t, s, "She floats!"); !d.Kept {
		t.Errorf("the post is dropped: %s, %.2f", d.Why, d.P)
	}
	i := slices.IndexFunc(s.Assemble(nil), func(b article.Block) bool { return b.Type == article.Embed })
	if i < 0 || s.Assemble(nil)[i].URL != "https://twitter.com/jane/status/1" {
		t.Errorf("no embed of the post: %+v", s.Assemble(nil))
	}
}

// A page without a story still has a body, if it has visible text.
func TestFallBack(t *testing.T) {
	for _, source := range []string{"<p>Gone.</p>", "<nav>Home</nav>", "<p>" + title + "</p>", `<div hidden>Only for machines</div>`} {
		s := body.Choose(doctest.Page(t, source), nil, title, nil)
		if len(s.Assemble(nil)) == 0 {
			t.Errorf("%s: no body", source)
		}
	}
}

func TestAssemble(t *testing.T) {
	s := body.Choose(doctest.Page(t, story(`<h2>Twice a day</h2><p>The <a href="/timetable">timetable</a> has not changed since the year of the flood, and nobody asks that it should.</p>
		<ul><li>From the old quay at eight in the morning and at noon</li><li>From the far bank at nine in the morning and at one</li></ul>
		<blockquote><p>We have always come back, and we shall come back again, said the captain of the ferry to the crowd.</p></blockquote>
		<iframe src="https://www.youtube.com/embed/x1"></iframe><iframe src="https://ads.example/x"></iframe>
		<table><tr><th>Crossing</th><th>Passengers on the first day after the storm</th></tr><tr><td>Morning</td><td>forty people, two dogs and a bicycle</td></tr></table>`)), nil, title, nil)
	var types []string
	for _, b := range s.Assemble(nil) {
		types = append(types, b.Type)
	}
	want := []string{"paragraph", "paragraph", "heading", "paragraph", "list", "quote", "embed", "table", "paragraph"}
	if !slices.Equal(types, want) {
		t.Errorf("got %v\nwant %v", types, want)
	}
	blocks := s.Assemble(nil)
	if b := blocks[2]; b.Level != 2 || b.Text != "Twice a day" {
		t.Errorf("heading: %+v", b)
	}
	if b := blocks[3]; len(b.Links) != 1 || b.Links[0] != (article.Link{Text: "timetable", URL: "https://example.org/timetable"}) {
		t.Errorf("links: %+v", b.Links)
	}
	if b := blocks[4]; len(b.Items) != 2 {
		t.Errorf("list: %+v", b)
	}
	if b := blocks[7]; len(b.Rows) != 2 || len(b.Rows[1]) != 2 {
		t.Errorf("table: %+v", b)
	}
	// Two captions, one before and one after the heading.
	p := s.Page()
	heading := p.Order[p.Blocks[slices.IndexFunc(p.Blocks, func(b *block.Block) bool { return b.Text == "Twice a day" })].Node]
	types = nil
	for _, b := range s.Assemble([]int{heading, heading + 1}) {
		types = append(types, b.Type)
	}
	if !slices.Equal(types[2:5], []string{"media", "heading", "media"}) {
		t.Errorf("media are not where the captions are: %v", types)
	}
}

func TestKeepStandfirst(t *testing.T) {
	const lead = "Three weeks after the storm the boat crosses again"
	p := doctest.Page(t, strings.Replace(story(""), "</h1>", "</h1><div class=teaser-label>"+lead+"</div>", 1))
	i := slices.IndexFunc(p.Blocks, func(b *block.Block) bool { return b.Text == lead })
	s := body.Choose(p, nil, title, p.Blocks[i])
	s.KeepStandfirst(lead, p.Blocks[i])
	if text := article.PlainText(s.Assemble(nil)); !strings.HasPrefix(text, lead) || strings.Count(text, lead) != 1 {
		t.Errorf("got %q", text)
	}
}

func TestDropByline(t *testing.T) {
	s := body.Choose(doctest.Page(t, story("<p>Jane Doe and Richard Roe, our two reporters at the river</p>")), nil, title, nil)
	s.DropByline("Jane Doe and Richard Roe, our two reporters at the river", nil)
	if d := decision(t, s, "Jane Doe"); d.Kept || d.Why != "byline" && d.Why != "" && d.Why != "low score" {
		t.Errorf("got %+v", d)
	}
}

// A headline with its kicker is no part of the story either, but a heading in it is.
func TestTitleBehindKicker(t *testing.T) {
	page := strings.Replace(story("<h2>Why "+title+"</h2><p>"+next+" And more.</p>"), "<h1>", "<h1><span>Saltmere harbour:</span>", 1)
	s := body.Choose(doctest.Page(t, page), nil, title, nil)
	if d := decision(t, s, "Saltmere harbour"); d.Kept || d.Why != "title" {
		t.Errorf("got %+v", d)
	}
	if d := decision(t, s, "Why"); d.Why == "title" {
		t.Errorf("got %+v", d)
	}
}

// Place reads no class of any length.
func TestPlace(t *testing.T) {
	for class, want := range map[string]string{"lead": "p.lead<article", "n1 lead": "p.lead<article", strings.Repeat("1 ", 1_000) + "lead": "p<article"} {
		p := doctest.Page(t, strings.Replace(story(""), "<p>", `<p class="`+class+`">`, 1))
		for _, b := range p.Blocks {
			if got := body.Place(p, b); b.Text == first && got != want {
				t.Errorf("%.20q: got %q, want %q", class, got, want)
			}
		}
	}
}

func TestDropRepeated(t *testing.T) {
	var l template.Learner
	const box = "Friends of the river meet on the first Sunday of each month in the hall behind the church."
	for i := range 30 {
		page := template.Page{URL: "https://example.org/" + string(rune('a'+i)), Title: "Story " + string(rune('a'+i))}
		page.Blocks = append(page.Blocks, template.Block{Path: "p<article", Text: "A story of its own, number " + strings.Repeat("x", i+1) + ", that no other page tells.", Words: 12, Kept: true})
		page.Blocks = append(page.Blocks, template.Block{Path: "p<article", Text: box, Words: 17, Kept: true})
		l.Add(page)
	}
	s := body.Choose(doctest.Page(t, story("<p>"+box+"</p>")), nil, title, nil)
	s.DropRepeated(nil)
	if !decision(t, s, box).Kept {
		t.Fatal("the box is not part of the story without a profile; the test shows nothing")
	}
	s.DropRepeated(l.Profile("example.org", "test", time.Time{}))
	if d := decision(t, s, box); d.Kept || d.Why != "repeated across the site" {
		t.Errorf("got %+v", d)
	}
	if !decision(t, s, first).Kept {
		t.Error("the story's own paragraph is dropped")
	}
}

func TestFromData(t *testing.T) {
	paragraphs := `"` + strings.Join([]string{first, next, last, "The council meets on Friday.", "Nobody expects it to decide anything before the summer, when the river is low and the quay can be looked at."}, `","`) + `"`
	script := `<script type="application/json" id="__NEXT_DATA__">{"props":{"article":{"headline":"` + title + `","slug":"/2024/05/01/ferry","datePublished":"2024-05-01","body":[` + paragraphs + `],"padding":"` + strings.Repeat("x", 600) + `"}},"buildId":"b"}</script>`
	seen := body.Visible{Title: title}
	choose := func(source string) (*body.Selection, body.Data) {
		s := body.Choose(doctest.Page(t, source), nil, title, nil)
		seen.Text = article.PlainText(s.Assemble(nil))
		return s, body.FromData(s, seen)
	}

	_, d := choose("<h1>" + title + "</h1><p>Loading the story</p>" + script)
	if d.Selection == nil || !d.Rendered || d.Provenance.From != "state:next" {
		t.Fatalf("the story in the script is not found: %+v", d)
	}
	if text := article.PlainText(d.Selection.Assemble(nil)); !strings.Contains(text, first) || !strings.Contains(text, "The council meets on Friday.") {
		t.Errorf("got %q", text)
	}
	visible, d := choose(strings.Replace(story(""), "</body>", script+"</body>", 1))
	if d.Selection != nil && d.Rendered {
		t.Errorf("the visible story is replaced: %+v", d)
	}
	if !decision(t, visible, first).Kept {
		t.Error("the visible story is changed")
	}
	seen.Paywalled = true
	if _, d = choose("<h1>" + title + "</h1><p>Subscribe to read</p>" + script); d.Selection != nil {
		t.Error("a story behind a paywall is taken from the script")
	}
}
