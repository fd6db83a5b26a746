package parsers

import (
	"strings"
	"testing"
)

// A standfirst is a part of the text, once.
func TestSubtitleInText(t *testing.T) {
	const line = "Three days without a crossing, and nobody says when the next one will be"
	for _, c := range []struct{ name, head, body string }{
		{"named", "", `<h1>Ferry stays in port</h1><p class="article__standfirst">` + line + `</p><div>` + prose + `</div>`},
		{"heading below the title", "", `<h1>Ferry stays in port</h1><h2>` + line + `</h2><div>` + prose + `</div>`},
		{"bold paragraph", "", `<h1>Ferry stays in port</h1><div><p><strong>` + line + `.</strong></p>` + prose + `</div>`},
		{"the description, set apart", `<meta name="description" content="` + line + `.">`,
			`<header><h1>Ferry stays in port</h1><p class="x1">` + line + `</p></header><div class="x2">` + prose + `</div>`},
	} {
		a := titledPage(t, "https://example.org/ferry", "<html><head><title>Ferry stays in port</title>"+c.head+"</head><body><article>"+c.body+"</article></body></html>")
		if strings.TrimSuffix(a.Subtitle, ".") != line || strings.Count(a.Text, line) != 1 {
			t.Errorf("%s: got %q in %q", c.name, a.Subtitle, a.Text)
		}
	}
}
