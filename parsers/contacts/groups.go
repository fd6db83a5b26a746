package contacts

import (
	"cmp"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A contactGroup is the items of one block as the page shows it.
type contactGroup struct {
	items  []contactItem
	hidden bool
}

// groups are the items in the groups that the page shows.
func (r *contactReader) groups() []*contactGroup {
	slices.SortStableFunc(r.items, func(a, b contactItem) int {
		return cmp.Or(a.p.n-b.p.n, a.p.sub-b.p.sub, a.start-b.start)
	})
	var res []*contactGroup
	var g *contactGroup
	for i, it := range r.items {
		if g == nil || !r.joins(g, i) {
			next := &contactGroup{hidden: it.p.flags&block.InHidden != 0}
			if g != nil && it.kind == itemAddress && it.p.n-g.last().last <= 2 {
				next.items = g.leading()
			}
			g = next
			res = append(res, g)
		}
		g.items = append(g.items, it)
	}
	return res
}

// leading takes the items after a group's only address away from it where the
// group began with such items too: there the number comes before the address, so
// they are of the next.
func (g *contactGroup) leading() []contactItem {
	at := -1
	for i, it := range g.items {
		if it.kind == itemAddress {
			if at >= 0 {
				return nil
			}
			at = i
		}
	}
	if at <= 0 || at+1 >= len(g.items) || g.items[0].kind != g.items[at+1].kind || len(g.items)-at-1 != at {
		return nil
	}
	rest := slices.Clone(g.items[at+1:])
	g.items = g.items[:at+1]
	return rest
}

// has reports whether a group has an item of a kind, only whether all are of it.
func (g *contactGroup) has(kind itemKind) bool {
	return slices.ContainsFunc(g.items, func(it contactItem) bool { return it.kind == kind })
}

func (g *contactGroup) only(kind itemKind) bool {
	return !slices.ContainsFunc(g.items, func(it contactItem) bool { return it.kind != kind })
}

func (g *contactGroup) last() *contactItem { return &g.items[len(g.items)-1] }

// between are the blocks between two items.
func (r *contactReader) between(prev, it *contactItem) []*block.Block {
	return r.page.Blocks[min(prev.last+1, it.p.n):it.p.n]
}

// sameHouse reports whether an address is but the other kind of the one before
// it: where to write to beside where to go.
func sameHouse(between string, it *contactItem) bool {
	return box.MatchString(it.address.raw) || strings.TrimSpace(between) != "" && addressLabel.MatchString(strings.Trim(block.Clean(between), " :.,|-–"))
}

// near reports whether two elements have a common one at most so far above both.
func near(a, b *html.Node, far int) bool {
	if a.Parent == b.Parent {
		return true
	}
	for i := 0; a != nil && i < far; a, i = a.Parent, i+1 {
		if a.DataAtom == atom.Body || a.DataAtom == atom.Main {
			return false
		}
		for j, up := 0, b; up != nil && j < far; up, j = up.Parent, j+1 {
			if up == a {
				return true
			}
		}
	}
	return false
}

// cards reports whether two elements stand in boxes of one kind side by side.
func cards(a, b *html.Node) bool {
	pa, pb := a.Parent, b.Parent
	return pa != nil && pb != nil && pa != pb && pa.Parent == pb.Parent && pa.Data == pb.Data && block.Attr(pa, "class") == block.Attr(pb, "class")
}

// headingLine reports whether one of the whole lines of a text between two items
// is a heading for what follows: it ends with a colon and is no label of an item,
// which one directly before the item would be.
func headingLine(s string) bool {
	lines := strings.Split(s, "\n")
	last := len(lines) - 1
	if strings.TrimSpace(lines[last]) == "" {
		last--
	}
	for i, line := range lines {
		if i == 0 || i >= last {
			continue // the items' own lines
		}
		line = strings.TrimSpace(line)
		if strings.HasSuffix(line, ":") && len(line) < 80 && !labelOnly(line) {
			return true
		}
	}
	return false
}

// contact makes a contact of a group.
func (r *contactReader) contact(g *contactGroup) article.Contact {
	c := article.Contact{}
	regs := r.regs
	for _, it := range g.items {
		if it.kind != itemAddress {
			continue
		}
		a := article.Address{Raw: it.address.raw, Country: it.address.country}
		if a.Country == "" && len(r.home) > 0 {
			a.Country = r.home[0]
		} else if a.Country != "" {
			regs = append([]string{a.Country}, regs...)
		}
		merge(&c, article.Contact{Addresses: []article.Address{a}})
	}
	for _, it := range g.items {
		switch {
		case it.kind == itemMail:
			merge(&c, article.Contact{Emails: []string{it.email}})
		case it.kind == itemPhone && it.phone.fax:
			merge(&c, article.Contact{Faxes: []article.Phone{r.numbers.phone(it.phone, regs)}})
		case it.kind == itemPhone:
			merge(&c, article.Contact{Phones: []article.Phone{r.numbers.phone(it.phone, regs)}})
		}
	}
	if isEmpty(&c) {
		return c
	}
	c.Label = r.label(g)
	c.Kind = r.kindOf(g, &c)
	c.Social = r.profilesOf(g)
	return c
}
