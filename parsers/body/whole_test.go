package body_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/body"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
)

// paragraphs are so many of a made-up story, each with a number of its own.
func paragraphs(n int) []string {
	who := strings.Split("The harbour master|An old pilot|The clerk of the works|Her neighbour|The ferry's cook|A surveyor from the city", "|")
	did := strings.Split("wrote down the depth of the channel|carried the ledger home|asked what the new crane would cost|counted the boats at the quay|would not sign the minutes", "|")
	why := strings.Split("because the winter was near|although nobody had asked for it|while the rain went on|as the older members remembered", "|")
	var all []string
	for i := range n {
		var s strings.Builder
		for k := range 4 {
			fmt.Fprintf(&s, "%s %s in week %d, %s. ", who[(i+k)%len(who)], did[(i*3+k)%len(did)], i, why[(i+2*k)%len(why)])
		}
		all = append(all, strings.TrimSpace(s.String()))
	}
	return all
}

func read(t *testing.T, source, title string) string {
	t.Helper()
	return article.PlainText(body.Choose(doctest.Page(t, source), nil, title, nil).Assemble(nil))
}

// A long read is kept to its end: 20,000 words in one container, in sections, with
// headings, lists and links, and with names of classes that mean nothing.
func TestLongRead(t *testing.T) {
	all := paragraphs(440)
	for _, test := range []struct {
		name, class string
		sections    bool
	}{{"plain", "article-body", false}, {"sections", "story", true}, {"nameless", "q7xk", false}, {"nameless sections", "q7xk", true}} {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			b.WriteString("<html><body><nav><ul><li><a href=/>Home</a></li><li><a href=/news>News</a></li></ul></nav><main><article><h1>" + title + "</h1><div class=" + test.class + ">")
			for i, p := range all {
				if i%12 == 0 {
					if test.sections && i > 0 {
						b.WriteString("</section>")
					}
					if test.sections {
						b.WriteString("<section>")
					}
					fmt.Fprintf(&b, "<h2>What happened in month %d</h2>", i/12)
				}
				switch {
				case i%20 == 7:
					fmt.Fprintf(&b, "<ul><li>%s</li><li>The tide of that week was written down by the clerk of the works</li></ul>", p)
				case i%5 == 2:
					fmt.Fprintf(&b, "<p><a href=/a>%s</a>%s</p>", p[:20], p[20:])
				default:
					fmt.Fprintf(&b, "<p>%s</p>", p)
				}
			}
			b.WriteString("</div></article></main><footer><p>© 2024 The Saltmere Ledger</p></footer></body></html>")
			text := read(t, b.String(), title)
			lost := 0
			for _, p := range all {
				if !strings.Contains(text, p) {
					lost++
				}
			}
			if lost > 0 {
				t.Errorf("%d of %d paragraphs are lost", lost, len(all))
			}
		})
	}
}

func TestRefrain(t *testing.T) {
	const refrain = "Heave away, heave away, the boats that went out in the morning are coming home in the dark."
	var b strings.Builder
	for _, p := range paragraphs(4) {
		b.WriteString("<p>" + p + "</p><p>" + refrain + "</p>")
	}
	if n := strings.Count(read(t, story(b.String()), title), refrain); n != 4 {
		t.Errorf("the refrain is there %d times, want 4", n)
	}
}

// Headings stay above pictures, players, formulas and frames; lines within the story
// that are not the story's go, and what follows stays.
func TestWithinStory(t *testing.T) {
	verses := "<p>" + strings.Repeat(`<a href="/note">The tide went out and took the rope away</a><br>`, 6) + "</p>"
	slides := "<div class=g><h2>The week in pictures</h2>"
	labels := "<div class=chart>"
	for i, p := range paragraphs(5) {
		slides += fmt.Sprintf("<div><img src=%d.jpg><h4>%d/5 News of tar</h4><p>%s</p></div>", i, i+1, p)
		labels += fmt.Sprintf("<div><p>%d %%</p></div><div><p>Salt</p></div>", i*10)
	}
	for _, test := range []struct {
		name, between string
		has, lacks    []string
	}{
		{"heading above a picture", "<h2>The crane in 1921</h2><img src=a.jpg width=600 height=400><h2>Next year</h2>", []string{"The crane in 1921"}, nil},
		{"heading above a frame", "<h2>Watch the hearing</h2><div><iframe src=https://www.youtube.com/embed/x></iframe></div><h2>Next year</h2>", []string{"Watch the hearing"}, nil},
		{"heading above a formula", "<h2>The slope</h2><math><mi>x</mi></math><h2>Next year</h2>", []string{"The slope"}, nil},
		{"heading above bare text", "<h2>Read on elsewhere</h2>Anzeige<img src=a.jpg width=600 height=400><h2>Next year</h2>", nil, []string{"Read on elsewhere"}},
		{"heading above nothing", "<h2>Read on elsewhere</h2><h2>Next year</h2>", nil, []string{"Read on elsewhere"}},
		{"times of a day", "<p>10:30AM Gates Open</p><p>12.50EUR</p><p>10:30 Gates Open</p>", []string{"10:30AM Gates Open", "12.50EUR", "10:30 Gates Open"}, nil},
		{"linked verses", verses, []string{"The tide went out"}, nil},
		{"gallery of other stories", slides + "</div><p>" + paragraphs(8)[7] + "</p>", []string{paragraphs(8)[7]}, []string{"News of tar", "The week in pictures", paragraphs(5)[4]}},
		{"labels of a drawing", labels + "</div>", nil, []string{"Salt", "40 %"}},
		{"code", "<p>Then write this line and no other into the file:</p><pre>x</pre>", []string{"x"}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			text := read(t, story(test.between), title)
			for _, s := range append(test.has, first, next, last) {
				if !strings.Contains(text, s) {
					t.Errorf("lost: %.60q", s)
				}
			}
			for _, s := range test.lacks {
				if strings.Contains(text, s) {
					t.Errorf("kept: %.60q", s)
				}
			}
		})
	}
}

// A second headline with byline and date begins another story.
func TestNextStory(t *testing.T) {
	all := paragraphs(6)
	other := "<h1>The crew that never came back</h1><p class=byline>By Tom Reeder</p><p><time datetime=2024-02-01>1 February 2024</time></p><p>" + strings.Join(all, "</p><p>") + "</p>"
	for _, source := range []string{
		strings.Replace(story(""), "</article>", "</article><article>"+other+"</article>", 1),
		strings.Replace(story(""), "<footer>", "<div>"+other+"</div><footer>", 1),
	} {
		text := read(t, source, title)
		if !strings.Contains(text, last) || strings.Contains(text, all[0]) || strings.Contains(text, all[5]) {
			t.Errorf("got %q", text)
		}
	}
}

// A notice about cookies is not the story, even if that is shorter.
func TestConsent(t *testing.T) {
	const brief = "The ferry will cross again on Tuesday at noon, the council said in a note of two lines."
	for _, box := range []string{"section", "div"} {
		text := read(t, "<html><body><main><"+box+"><h2>Cookies</h2><p>We use cookies to make this site work, and we would like to use more of them to see how you use it, if you agree to that.</p><p>Our cookie notice says more about each cookie that we set.</p></"+box+"><article><h1>"+title+"</h1><div><p>"+brief+"</p></div></article></main></body></html>", title)
		if !strings.Contains(text, brief) || strings.Contains(strings.ToLower(text), "cookie") {
			t.Errorf("%s: got %q", box, text)
		}
	}
}

// A cell or an item that is also the author's name or a caption stays in its place.
func TestItemsStay(t *testing.T) {
	s := body.Choose(doctest.Page(t, story("<table><tr><th>Keeper</th><th>Years at the old quay</th></tr><tr><td>Jane Doe</td><td>from the flood to the storm</td></tr></table><ul><li>The captain has bought the red barn behind the church</li><li>He means to sleep there when the ice is in, he said</li></ul>")), nil, title, nil)
	s.DropByline("Jane Doe", []article.Author{{Name: "Jane Doe"}})
	for _, b := range s.Page().Blocks {
		if strings.HasPrefix(b.Text, "The captain has") {
			s.TakeOut(b, "")
		}
	}
	for _, cell := range []string{"Jane Doe", "The captain has"} {
		if d := decision(t, s, cell); !d.Kept {
			t.Errorf("%q is dropped: %s, %.2f", cell, d.Why, d.P)
		}
	}
}

// How sure a reading is falls with what is left out of the story's container.
func TestCertainty(t *testing.T) {
	whole := body.Choose(doctest.Page(t, story("")), nil, title, nil).Certainty()
	if whole.LeftOut != 0 || whole.Container == 0 {
		t.Errorf("a whole story: %d of %d words are left out", whole.LeftOut, whole.Container)
	}
	cut := body.Choose(doctest.Page(t, story("<p>"+strings.Join(paragraphs(6), "</p><p>")+"</p>")), nil, title, nil)
	cut.KeepOnly(3)
	c := cut.Certainty()
	if c.LeftOut < 100 || c.Confidence(nil) >= whole.Confidence(nil) || !strings.Contains(c.Candidate(nil).Why, "are left out") {
		t.Errorf("%d of %d words left out, confidence %.2f, whole %.2f, %q", c.LeftOut, c.Container, c.Confidence(nil), whole.Confidence(nil), c.Candidate(nil).Why)
	}
}
