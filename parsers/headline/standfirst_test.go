package headline_test

import (
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/headline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
)

func TestSubtitle(t *testing.T) {
	const line = "Three days without a crossing, and nobody says when the next one will be"
	for _, c := range []struct{ name, head, body, want string }{
		{"named", "", `<h1>Ferry stays in port</h1><p class="article__standfirst">` + line + `</p><div>` + prose + `</div>`, line},
		{"named in German", "", `<h1>Ferry stays in port</h1><div class="Vorspann"><p>` + line + `</p></div><div>` + prose + `</div>`, line},
		{"named in Spanish", "", `<h1>Ferry stays in port</h1><h2 class="bajada">` + line + `</h2><div>` + prose + `</div>`, line},
		{"the description, set apart", `<meta name="description" content="` + line + `.">`,
			`<header><h1>Ferry stays in port</h1><p class="x1">` + line + `</p></header><div class="x2">` + prose + `</div>`, line},
		{"the description is how the story begins", `<meta name="description" content="The ferry that crosses the bay was out of service for the third day in a row">`,
			`<h1>Ferry stays in port</h1><div>` + prose + `</div>`, ""},
		{"heading below the title", "", `<h1>Ferry stays in port</h1><h2>` + line + `</h2><div>` + prose + `</div>`, line},
		{"first of the story's headings", "", `<h1>Ferry stays in port</h1><h2>What is wrong with the engine of the ferry?</h2>` + prose + `<h2>When will it be back in service again?</h2>` + prose, ""},
		{"bold paragraph", "", `<h1>Ferry stays in port</h1><div><p><strong>` + line + `.</strong></p>` + prose + `</div>`, line + "."},
		{"points", `<meta name="description" content="All about the boats of the bay and their times">`,
			`<article><h1>Ferry stays in port</h1><ul><li>No crossing for three days</li><li>A part is missing</li></ul>` + prose + `</article>`, ""},
		{"points that the description begins with", `<meta name="description" content="No crossing of the bay for three days">`,
			`<article><h1>Ferry stays in port</h1><ul><li>No crossing of the bay for three days</li><li>A part is missing</li></ul>` + prose + `</article>`, "No crossing of the bay for three days A part is missing"},
		{"a byline", "", `<h1>Ferry stays in port</h1><p class="subtitle">By Ada Quay and Tom Sand</p><div>` + prose + `</div>`, ""},
		{"a date", "", `<h1>Ferry stays in port</h1><div class="subhead">Updated June 3, 2024</div><div>` + prose + `</div>`, ""},
		{"a notice", "", `<h1>Ferry stays in port</h1><p class="intro">We may earn an affiliate commission when you buy a ticket here.</p><div>` + prose + `</div>`, ""},
		{"the title again", "", `<h1>Ferry stays in port</h1><h2 class="subtitle">Ferry stays in port</h2><div>` + prose + `</div>`, ""},
		{"a caption", "", `<h1>Ferry stays in port</h1><figure><figcaption class="lead">The ferry in the port of the old town, in May</figcaption></figure><div>` + prose + `</div>`, ""},
		{"preamble of two paragraphs", "", `<h1>Ferry stays in port</h1><div class="preamble"><p>Three days without a crossing.</p><p>Nobody says when the next will be.</p></div><div>` + prose + `</div>`,
			"Three days without a crossing. Nobody says when the next will be."},
	} {
		p := doctest.Page(t, "<html><head><title>Ferry stays in port</title>"+c.head+"</head><body><article>"+c.body+"</article></body></html>")
		if got := headline.Subtitle(p, "Ferry stays in port"); got.Text != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got.Text, c.want)
		}
	}
	p := doctest.Page(t, `<h1>Ferry stays in port</h1><p class="standfirst">`+line+`</p>`+prose)
	if got := headline.Subtitle(p, "Ferry stays in port"); got.From.From != "dom:p" || got.First.Text != line {
		t.Errorf("got %+v", got)
	}
	if got := headline.Subtitle(p, ""); got != (headline.Standfirst{}) {
		t.Errorf("without a title: got %+v", got)
	}
}

// Each row shows one piece of evidence, or the rule that excludes a line.
func TestSubtitleEvidence(t *testing.T) {
	const line = "Three days without a crossing, and nobody says when the next one will be"
	const described = `<meta name="description" content="` + line + `.">`
	for _, c := range []struct{ name, head, body string }{
		{"class name of a standfirst", ``, `<p class="dek">` + line + `</p>`},
		{"the page's description, set apart from the story", described, `<div class="x"><p class="y">` + line + `</p></div>`},
		{"the page's description, as a heading", described, `<h3>` + line + `</h3>`},
		{"first of some points, with which the page's description begins", described, `<ul><li>` + line + `</li></ul>`},
		{"class name of a lead, in the story's header or as the description", ``, `<header><p class="lead">` + line + `</p></header>`},
		{"heading in the story's header", ``, `<header><h3>` + line + `</h3></header>`},
		{"heading below the title, and none like it follows", ``, `<h2>` + line + `</h2>`},
		{"bold, above a story that is not", ``, `<p><b>` + line + `</b></p>`},

		{"too long", ``, `<p class="dek">` + line + strings.Repeat(" and so on and on", 30) + `</p>`},
		{"the title again", ``, `<p class="dek">Ferry stays in port</p>`},
		{"a byline or a date", ``, `<p class="dek">By Ada Quay and Tom Sand</p>`},
		{"class name of another line", ``, `<p class="newsletter">` + line + `</p>`},
		{"an item of a list", ``, `<ul><li>` + line + `</li></ul>`},
		{"a notice", ``, `<p class="dek">We may earn a commission when you buy here</p>`},
		{"a heading of the story", ``, `<h2>What is wrong now?</h2>`},
		{"neither named nor set apart", ``, `<p>` + line + `</p>`},
	} {
		p := doctest.Page(t, "<html><head>"+c.head+"</head><body><article><h1>Ferry stays in port</h1>"+c.body+"<div>"+prose+"</div></article></body></html>")
		p.Explanation = &article.Explanation{}
		headline.Subtitle(p, "Ferry stays in port")
		first := p.Explanation.Fields[0].Value
		for _, f := range p.Explanation.Fields {
			if f.Won {
				first = f.Value
			}
		}
		if !explained(p, first, c.name) {
			t.Errorf("%q: not among %+v", c.name, p.Explanation.Fields)
		}
	}
}
