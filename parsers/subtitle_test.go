package parsers

import (
	"strings"
	"testing"
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
		a := titledPage(t, "https://example.org/ferry", "<html><head><title>Ferry stays in port</title>"+c.head+"</head><body><article>"+c.body+"</article></body></html>")
		if a.Subtitle != c.want {
			t.Errorf("%s: got %q, want %q", c.name, a.Subtitle, c.want)
		}
		if first, _, _ := strings.Cut(c.want, ". "); first != "" && c.name != "points that the description begins with" && strings.Count(a.Text, strings.TrimSuffix(first, ".")) != 1 {
			t.Errorf("%s: the standfirst is not once in the text: %q", c.name, a.Text)
		}
	}
}
