package dataset

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// card collects the contents of a data card. They come from the rows alone and
// not from the clock, so that the same rows give the same card.
type card struct {
	options     Options
	articles    int
	sites       map[string]int
	kinds       map[string]int
	languages   map[string]int
	extractors  map[string]int
	first, last string // captured
	noDate      int
	noAuthor    int
	reserved    int // articles whose rights are reserved
}

func newCard(o Options) *card {
	return &card{options: o, sites: map[string]int{}, kinds: map[string]int{}, languages: map[string]int{}, extractors: map[string]int{}}
}

func (c *card) add(r *row) {
	c.articles++
	c.sites[r.Site]++
	c.kinds[string(r.Kind)]++
	c.languages[r.Language]++
	c.extractors[r.Extractor]++
	if c.first == "" || r.Captured < c.first {
		c.first = r.Captured
	}
	c.last = max(c.last, r.Captured)
	if r.Published == "" {
		c.noDate++
	}
	if len(r.Authors) == 0 {
		c.noAuthor++
	}
	if reserves(&r.Article) {
		c.reserved++
	}
}

// reserves reports whether the page asks not to be indexed, archived or mined.
func reserves(a *article.Article) bool {
	if a.Rights == nil {
		return false
	}
	robots := strings.ToLower(a.Rights.MetaRobots + " " + a.Rights.XRobotsTag)
	return strings.Contains(robots, "noindex") || strings.Contains(robots, "noarchive") || strings.TrimSpace(a.Rights.TDMReservation) == "1"
}

func (c *card) markdown(rows string) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("# News articles\n")
	p("%s from %s, captured from %s to %s and extracted by newsmorgue. The rows are in `%s`, sorted by site and URL.",
		counted(c.articles, "article"), counted(len(c.sites), "site"), orNone(c.first), orNone(c.last), rows)
	p("`SHA256SUMS` has the checksums of the files. The same archive gives the same files.\n")
	p("## Selection\n")
	f := c.options.Filter
	kinds := "articles, live pages, galleries and videos"
	switch {
	case f.All:
		kinds = "pages of every kind"
	case len(f.Kinds) > 0:
		kinds = "pages of kind " + strings.Join(f.Kinds, ", ")
	}
	p("- %s, the current version of each URL: the newest that is not an error, a maintenance page or a bot wall", kinds)
	if len(f.Sites) > 0 {
		p("- sites: %s", strings.Join(f.Sites, ", "))
	}
	if !f.Since.IsZero() {
		p("- published since %s", f.Since.Format("2006-01-02"))
	}
	if !f.Until.IsZero() {
		p("- published until %s", f.Until.Format("2006-01-02"))
	}
	if f.Section != "" {
		p("- section: %s", f.Section)
	}
	if f.Author != "" {
		p("- author: %s", f.Author)
	}
	if f.Limit > 0 {
		p("- only the first %d of these", f.Limit)
	}
	p("\n## Counts\n")
	table := func(title string, counts map[string]int) {
		p("| %s | articles |\n|---|---|", title)
		for _, k := range slices.Sorted(maps.Keys(counts)) {
			name := k
			if name == "" {
				name = "(unknown)"
			}
			p("| %s | %d |", strings.ReplaceAll(name, "|", `\|`), counts[k])
		}
		p("")
	}
	table("site", c.sites)
	table("kind", c.kinds)
	table("language", c.languages)
	p("Articles without a publication date: %d. Articles without an author: %d.\n", c.noDate, c.noAuthor)
	p("## Columns\n")
	p("A missing value is empty in CSV and absent in JSON Lines. JSON Lines also has the body as typed blocks, the rights and the provenance.\n")
	p("| column | meaning |\n|---|---|")
	for _, col := range columns {
		p("| `%s` | %s |", col.name, col.meaning)
	}
	p("\n## How it was made\n")
	p("Pages were crawled according to robots.txt, and articles were extracted by %s. Nothing was corrected by hand. The fields are what the pages", strings.Join(slices.Sorted(maps.Keys(c.extractors)), ", "))
	p("contain; a field may also be empty because the program did not find it. CSV cells that begin with =, +, - or @ are not escaped: import them as text.\n")
	p("## Rights\n")
	p("The texts belong to their publishers. This data card does not grant the right to republish them. Pages that ask, in robots directives or")
	p("TDM-Reservation, not to be indexed, archived or mined: %d.", c.reserved)
	return b.String()
}

// counted prints a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}
