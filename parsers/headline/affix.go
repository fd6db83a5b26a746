package headline

import (
	"net/url"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// A kinship says what a text is to the page's publication.
type kinship int

const (
	stranger    kinship = iota
	ofSection           // the page or its address call a section so
	shownAsSite         // a link home, a logo or the line of the copyright has it
	ofSite              // the page's head or address call the publication so
)

// affixes know what pages write before and after their headlines.
type affixes struct {
	page     *doc.Page
	kin      map[string]kinship // of the texts that were asked for
	sections map[string]bool    // folded
	homes    map[string]bool    // folded texts of links that lead home
	rights   string             // folded: the lines of the copyright
}

func newAffixes(p *doc.Page, l *links) *affixes {
	a := &affixes{page: p, kin: map[string]kinship{}, sections: map[string]bool{}, homes: map[string]bool{}}
	for _, name := range sectionNames(p) {
		a.sections[text.Fold(name)] = true
	}
	a.readHomes(l)
	a.readRights()
	return a
}

// of says what a text is to the page's publication.
func (a *affixes) of(s string) kinship {
	k, known := a.kin[s]
	if !known {
		if f := text.Fold(s); f != "" && len(f) <= 120 {
			k = a.find(s, f)
		}
		a.kin[s] = k
	}
	return k
}

func (a *affixes) find(s, f string) kinship {
	switch {
	case a.page.IsSiteAffix(s):
		return ofSite
	case a.homes[f], len(f) >= 5 && strings.Contains(a.rights, f):
		return shownAsSite
	case len(f) <= 60 && a.sections[f]:
		return ofSection
	}
	return stranger
}

// around is what the parts that are cut off a run are: the least of what each is.
// What stands beyond the publication's name is what it says of itself.
func (a *affixes) around(r run) kinship {
	least := ofSite
	for i := len(r.left) - 1; i >= 0; i-- {
		k := a.of(r.left[i])
		if least = min(least, k); k == ofSite {
			break
		}
	}
	for _, s := range r.right {
		k := a.of(s)
		if least = min(least, k); k == ofSite {
			break
		}
	}
	return least
}

// Bounds of what is read for the publication's name.
const (
	maxHomeLinks   = 12
	maxRightsLines = 6
)

// readHomes reads the texts of the links that lead to the front page, and of the
// pictures in them.
func (a *affixes) readHomes(l *links) {
	host := ""
	if u := a.page.Input.URL; u != nil {
		host = u.Hostname()
	}
	found := 0
	for _, n := range l.all {
		if !leadsHome(block.Attr(n, "href"), host) {
			continue
		}
		for _, s := range []string{block.VisibleText(n), block.Attr(n, "title"), block.Attr(n, "aria-label"), altWithin(n)} {
			if f := text.Fold(s); len(f) >= 3 && len(f) <= 80 && !homeWords[f] {
				a.homes[f] = true
			}
		}
		if found++; found >= maxHomeLinks {
			break
		}
	}
}

// leadsHome reports whether an address, as a link has it, is that of the site's front.
func leadsHome(href, host string) bool {
	href = strings.TrimSpace(href)
	switch href {
	case "/", "./", "../", "/index.html", "/index.php", "index.html", "/home":
		return true
	case "":
		return false
	}
	if host == "" || len(href) > len(host)+16 || !strings.Contains(href, host) {
		return false
	}
	u, err := url.Parse(href)
	return err == nil && u.Hostname() == host && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.Fragment == ""
}

// altWithin is the alternative text of the first picture in an element.
func altWithin(n *html.Node) string {
	seen := 0
	for d := range n.Descendants() {
		if d.Data == "img" {
			return block.Attr(d, "alt")
		}
		if seen++; seen > 30 {
			break
		}
	}
	return ""
}

// rightsWords mark the line of the copyright.
var rightsWords = text.Literals("©|(c) |(C) |opyright|OPYRIGHT|ll rights|lle Rechte|版权|版權|著作権|저작권|roits réservés|reservados|riservati|Alle rettigheter|Все права")

// readRights reads the last lines of the page that speak of the copyright.
func (a *affixes) readRights() {
	var lines strings.Builder
	found := 0
	for i := len(a.page.Blocks) - 1; i >= max(0, len(a.page.Blocks)-60) && found < maxRightsLines; i-- {
		if b := a.page.Blocks[i]; b.Words <= 60 && len(b.Text) <= 600 && rightsWords.FoundIn(b.Text) {
			lines.WriteString(text.Fold(b.Text))
			lines.WriteByte(' ')
			found++
		}
	}
	a.rights = lines.String()
}

// sectionNames are what page and address call the sections above the page.
func sectionNames(p *doc.Page) []string {
	var names []string
	names = append(names, p.Metas["article:section"]...)
	if o := p.Article(); o != nil {
		names = append(names, doc.Texts(o["articleSection"])...)
	}
	for _, path := range declaredPaths(p) {
		names = append(names, path[:len(path)-1]...)
	}
	if p.Input.URL != nil {
		parts := strings.Split(strings.TrimRight(p.Input.URL.Path, "/"), "/")
		names = append(names, parts[:len(parts)-1]...)
	}
	return names
}
