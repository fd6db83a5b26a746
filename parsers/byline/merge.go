package byline

import (
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// complete gives a candidate's name with what its claims know of it: a link, a role,
// an address.
func (x *reader) complete(d *candidate) article.Author {
	n := d.name.Author
	for _, m := range d.mentions {
		c := &x.claims[m.claim]
		o := &c.names[m.name]
		if n.URL == "" {
			n.URL = o.URL
		}
		if n.URL == "" && c.node != nil {
			n.URL = x.profileLink(c.node, o.Name, len(c.names) == 1)
		}
		if n.Role == "" {
			n.Role = o.Role
		}
		if n.Email == "" {
			n.Email = o.Email
		}
		if n.Email == "" && c.node != nil && len(c.names) == 1 {
			n.Email = mailBelow(c.node)
		}
	}
	return n
}

// fuller reports whether a name is a fuller form of another: given and family
// name for an account or for one of the two.
func fuller(a, b authorName) bool {
	if a.form != formPerson || b.form == formOrg {
		return false
	}
	wa, wb := len(strings.Fields(a.Name)), len(strings.Fields(b.Name))
	return b.form != formPerson && wa >= 2 && wa <= 4 || b.form == formPerson && wa == wb+1 && wb == 1
}

// mailBelow is the address of a mail link in a byline.
func mailBelow(n *html.Node) string {
	count := 0
	for a := range n.Descendants() {
		if count++; count > 100 {
			break
		}
		if a.DataAtom != atom.A {
			continue
		}
		if rest, ok := strings.CutPrefix(block.Attr(a, "href"), "mailto:"); ok {
			rest, _, _ = strings.Cut(rest, "?")
			if isMail(rest) {
				return strings.ToLower(rest)
			}
		}
	}
	return ""
}

// profileLink is the link behind a name: around the byline's element, or below it
// with the name as its text. For a single author any link to an author's page
// will do.
func (x *reader) profileLink(n *html.Node, name string, single bool) string {
	for p, i := n, 0; p != nil && i < 3; p, i = p.Parent, i+1 {
		if p.DataAtom == atom.A {
			return x.linkTarget(p)
		}
	}
	link, count := "", 0
	for a := range n.Descendants() {
		if count++; count > 200 {
			break
		}
		if a.DataAtom != atom.A {
			continue
		}
		named := text.EqualFold(block.VisibleText(a), name)
		if named || single && link == "" && linkMark(a) == authorLink {
			link = x.linkTarget(a)
		}
		if named {
			return link
		}
	}
	return link
}

// linkTarget is where a link leads, if that is a page and no place on this one.
func (x *reader) linkTarget(a *html.Node) string {
	href := strings.TrimSpace(block.Attr(a, "href"))
	for _, prefix := range []string{"#", "javascript:", "mailto:"} {
		if strings.HasPrefix(href, prefix) {
			return ""
		}
	}
	if href == "" {
		return ""
	}
	return x.Resolve(href)
}

// printedByline is the byline as printed: the line that names the authors best.
func (x *reader) printedByline(won []*candidate) string {
	c := x.printedClaim(won)
	if c == nil {
		return ""
	}
	line := firstLines(c.line)
	if utf8.RuneCountInString(line) > 200 {
		return ""
	}
	if !c.by || !beginsWithBy(line) {
		if t := x.textBefore(c.node); utf8.RuneCountInString(t) < 40 && endsWithBy(t) && c.node.DataAtom != 0 {
			line = t + " " + line
		}
	}
	line = trimByline(c.withoutRole(line))
	for _, d := range won {
		line = strings.Replace(line, d.name.Name+" "+d.name.Name, d.name.Name, 1)
	}
	folded := text.Fold(line)
	for _, d := range won {
		if f := d.name.key; strings.Contains(folded, f) || len(folded) > 2 && strings.Contains(f, folded) {
			return line
		}
	}
	return ""
}

// withoutRole takes a mail address or a role off the end of a byline: what follows the
// last of its names.
func (c *claim) withoutRole(line string) string {
	end := 0
	for i := range c.names {
		name := c.names[i].Name
		if at := strings.LastIndex(line, name); at >= 0 {
			end = max(end, at+len(name))
		}
	}
	rest := strings.TrimLeft(line[end:], " ,;:|/·•–—-")
	if end == 0 || strings.HasPrefix(rest, "(") || jointWords[strings.ToLower(firstWord(rest))] || !mailIn.MatchString(rest) && asRole(rest) == "" {
		return line
	}
	return strings.TrimRight(line[:end], " ,;:|/·•–—-(")
}

// printedClaim is the claim whose line is the byline as printed; nil if none is.
func (x *reader) printedClaim(won []*candidate) *claim {
	pick, most := -1, 0.0
	for i := range x.claims {
		c := &x.claims[i]
		if c.pos == 0 || c.line == "" {
			continue
		}
		n := named(won, i)
		s := 3*float64(n) - float64(len(c.names)) + c.placed/2 - max(0, float64(c.wordsBeside()-6)/4)
		if c.by {
			s++
		}
		for _, d := range won {
			if strings.Contains(c.line, d.name.Name) {
				s++
			}
		}
		if n > 0 && (pick < 0 || s > most) {
			pick, most = i, s
		}
	}
	if pick < 0 {
		return nil
	}
	return &x.claims[pick]
}

// wordsBeside is how many words stand beside the names of a claim's line.
func (c *claim) wordsBeside() int {
	words := block.CountWords(c.line)
	for i := range c.names {
		words -= len(strings.Fields(c.names[i].Name))
	}
	return max(words, 0)
}

func beginsWithBy(line string) bool {
	_, words, _ := cutByWord(line)
	return words > 0
}

// firstLines is a byline's text without what follows it on lines of their own.
func firstLines(s string) string {
	lines := strings.Split(withoutRoles(s), string(blockSep))
	n := 1
	for n < len(lines) && continues(lines[n-1], lines[n]) {
		n++
	}
	return printed(strings.Join(lines[:n], " "))
}

// withoutRoles takes the lines out that are roles: a byline goes on after them.
func withoutRoles(s string) string {
	for {
		at := strings.IndexByte(s, roleSign)
		if at < 0 {
			return s
		}
		after := ""
		if end := strings.IndexByte(s[at:], blockSep); end >= 0 {
			after = string(inlineSep) + s[at+end+1:]
		}
		s = strings.TrimRight(s[:at], string(blockSep)) + after
	}
}

// continues reports whether a byline goes on from one line to the next.
func continues(line, next string) bool {
	a, b := printed(line), printed(next)
	return byWordOnly(a) || strings.HasSuffix(strings.TrimSpace(line), ",") || strings.HasPrefix(strings.TrimSpace(next), ",") || jointWords[strings.ToLower(a)] || jointWords[strings.ToLower(b)]
}

// bylineTail matches dates, times and other text that follows a byline on its
// line.
var bylineTail = text.MustCompile(`(?i)\s*(?:[|·•]|[-–—]\s*\d|\b(?:published|updated|posted|last modified|aktualisiert|veröffentlicht|mis à jour|publié|actualizado|publicado|aggiornato|pubblicato|on|am|le|el|il)\s*:?\s*\S*\d.*|\d{1,2}[:.]\d\d.*|\b\d{1,2}\.?\s+\p{L}{3,9}\.?\s+\d{4}.*|\b\p{L}{3,9}\.?\s+\d{1,2},\s+\d{4}.*|\bmin(?:ute)?s?\s+(?:read|lesezeit).*).*$`)

// trimByline takes dates and what else follows a byline off its end.
func trimByline(line string) string {
	for {
		line = strings.TrimRight(bylineTail.ReplaceAllString(line, ""), " ,;:|/·•–—-(")
		i := strings.LastIndexByte(line, ' ')
		if i < 0 || !cutWords[line[i+1:]] && !weekdays[strings.ToLower(line[i+1:])] && !noiseWords[strings.ToLower(line[i+1:])] {
			return line
		}
		line = line[:i]
	}
}
