package dataset

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers"
)

// card gathers what a data card says, from the rows alone: no clock, so that
// the same rows give the same card.
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
	reserved    int
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

// reserves reports whether the page asked not to be indexed, kept or mined.
func reserves(a *parsers.Article) bool {
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
	p("%d articles of %d sites, captured from %s to %s and read by newsmorgue. The rows are in `%s`, in the order of site and URL;", c.articles, len(c.sites), orNone(c.first), orNone(c.last), rows)
	p("`SHA256SUMS` checks the files. The same archive gives the same files.\n")
	p("## What is chosen\n")
	f := c.options.Filter
	kinds := "articles, live pages, galleries and videos"
	switch {
	case f.All:
		kinds = "every page that was read"
	case len(f.Kinds) > 0:
		kinds = "pages of kind " + strings.Join(f.Kinds, ", ")
	}
	p("- %s, the newest reading of each URL", kinds)
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
		p("- the first %d of these", f.Limit)
	}
	p("\n## Counts\n")
	table := func(title string, counts map[string]int) {
		p("| %s | articles |\n|---|---|", title)
		for _, k := range slices.Sorted(maps.Keys(counts)) {
			name := k
			if name == "" {
				name = "(not known)"
			}
			p("| %s | %d |", strings.ReplaceAll(name, "|", `\|`), counts[k])
		}
		p("")
	}
	table("site", c.sites)
	table("kind", c.kinds)
	table("language", c.languages)
	p("Without a date of publication: %d. Without an author: %d.\n", c.noDate, c.noAuthor)
	p("## Columns\n")
	p("A missing value is empty (CSV) or absent (JSON Lines, which also has the body as typed blocks, rights and provenance).\n")
	p("| column | meaning |\n|---|---|")
	for _, col := range columns {
		p("| `%s` | %s |", col.name, col.meaning)
	}
	p("\n## How it was made\n")
	p("Pages were crawled as robots.txt allows and read by %s. Nothing was corrected by hand. Fields are what the pages say;", strings.Join(slices.Sorted(maps.Keys(c.extractors)), ", "))
	p("an empty field may also be one that the program did not find. CSV cells that begin with =, +, - or @ are kept as they are: import them as text.\n")
	p("## Rights\n")
	p("The texts belong to their publishers. This data card grants no right to publish them again. %d of the pages asked, in robots directives or TDM-Reservation,", c.reserved)
	p("not to be indexed, archived or mined.")
	return b.String()
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}
