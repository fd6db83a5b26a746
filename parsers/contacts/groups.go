package contacts

import (
	"regexp"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A contactGroup is the items of one block as the page shows it.
type contactGroup struct {
	items  []contactItem
	hidden bool
}

func (r *contactReader) groups() []*contactGroup {
	slices.SortStableFunc(r.items, func(a, b contactItem) int {
		switch {
		case a.p.n != b.p.n:
			return a.p.n - b.p.n
		case a.p.sub != b.p.sub:
			return a.p.sub - b.p.sub
		}
		return a.start - b.start
	})
	var res []*contactGroup
	var g *contactGroup
	for _, it := range r.items {
		if g == nil || r.split(g, &it) {
			next := &contactGroup{hidden: it.p.flags&block.InHidden != 0}
			if g != nil && it.sort == itemAddress && it.p.n-g.items[len(g.items)-1].last <= 2 {
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
		if it.sort == itemAddress {
			if at >= 0 {
				return nil
			}
			at = i
		}
	}
	if at <= 0 || at+1 >= len(g.items) || g.items[0].sort != g.items[at+1].sort || len(g.items)-at-1 != at {
		return nil
	}
	rest := slices.Clone(g.items[at+1:])
	g.items = g.items[:at+1]
	return rest
}

// split reports whether an item begins a new block: after a heading, far from
// the one before, or with an address of its own.
func (r *contactReader) split(g *contactGroup, it *contactItem) bool {
	prev := &g.items[len(g.items)-1]
	has := func(s contactSort) bool {
		return slices.ContainsFunc(g.items, func(o contactItem) bool { return o.sort == s })
	}
	only := func(s contactSort) bool {
		return !slices.ContainsFunc(g.items, func(o contactItem) bool { return o.sort != s })
	}
	if prev.p == it.p {
		if it.start < prev.end {
			return false
		}
		between := it.p.text[prev.end:it.start]
		return headingLine(between) && !(only(itemAddress) && labelOnly(between)) || it.sort == itemAddress && has(itemAddress) && block.CountWords(between) > 0 && !sameHouse(between, it)
	}
	switch {
	case it.p.n-prev.last > 6 && !(it.p.n-prev.last <= 14 && near(prev.p.node, it.p.node, 4)),
		(it.p.flags^prev.p.flags)&(block.InHidden|block.InFooter) != 0 && it.p.n-prev.last > 1,
		it.p.story != prev.p.story:
		return true
	}
	author := block.HintByline | block.HintAuthor
	if it.p.hints&prev.p.hints&author != 0 && it.sort == itemMail && has(itemMail) {
		return true // two authors
	}
	words, links := 0, 0
	for _, b := range r.x.Blocks[min(prev.last+1, it.p.n):it.p.n] {
		if b.Flags&block.InHidden != 0 && it.p.flags&block.InHidden == 0 {
			continue
		}
		words += b.Words
		label := labelOnly(b.Text)
		if (b.Flags&block.InHeading != 0 || b.Words <= 8 && (strings.HasSuffix(b.Text, ":") || bold(b))) && !(label && (only(itemAddress) || it.sort != itemAddress)) {
			return true
		}
		if b.Link*10 >= len(b.Text)*9 && b.Words <= 6 {
			links++
		}
	}
	if words > 30 || links > 0 && (it.linked || prev.linked || links > 2) && !cards(prev.p.node, it.p.node) {
		return true
	}
	if headingLine("\n"+it.p.text[:it.start]) || headingLine(prev.p.text[min(prev.end, len(prev.p.text)):]+"\n") {
		return true
	}
	if it.sort == itemAddress && has(itemAddress) && (words > 0 || !only(itemAddress)) {
		between := it.p.text[:it.start]
		for _, b := range r.x.Blocks[min(prev.last+1, it.p.n):it.p.n] {
			between += " " + b.Text
		}
		return !sameHouse(between, it)
	}
	return false
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

var itemLabel = regexp.MustCompile(`(?i)^[\s\p{P}\p{S}]*(?:(?:e-?mails?|mail|e-?post|courriel|correo(?: electrónico)?|tel|telephone|telefon|teléfonos?|telefono|téléphone|phones?|fax|faks|telefax|address(?:es)?|adresser?|anschrift|dirección|indirizzo|endereço|adres|kontakt|contact|contacts|contacto|web(?:site)?|whatsapp|sms|mobile?|mejla|mob|redaktion|anzeigen|switchboard|newsroom|tlf|puh|sími|тел|телефон|факс|адрес|почта|전화|팩스|주소|이메일|电话|地址|邮箱|電話|住所|メール|numbers?|nummer|us|lines?|info(?:rmation)?|direct|toll free|main|local|office)[\s\p{P}\p{S}]*){1,4}$`)

// labelOnly reports whether a text is but a label of items, like "Phone:".
func labelOnly(s string) bool { return len(s) < 60 && itemLabel.MatchString(s) }

func bold(b *block.Block) bool { return b.Bold*10 >= len(b.Text)*9 }

// contact makes a contact of a group.
func (r *contactReader) contact(g *contactGroup, authors []article.Author) article.Contact {
	c := article.Contact{}
	regs := r.regs
	for _, it := range g.items {
		if it.sort == itemAddress {
			a := article.Address{Raw: it.address.raw, Country: it.address.country}
			if a.Country == "" && len(r.home) > 0 {
				a.Country = r.home[0]
			} else if a.Country != "" {
				regs = append([]string{a.Country}, regs...)
			}
			merge(&c, article.Contact{Addresses: []article.Address{a}})
		}
	}
	for _, it := range g.items {
		switch it.sort {
		case itemMail:
			merge(&c, article.Contact{Emails: []string{it.email}})
		case itemPhone:
			p := article.Phone{Raw: block.Clean(it.phone.raw)}
			p.E164, _, _ = readPhone(it.phone.raw, regs)
			if p.E164 == "" && it.phone.number != "" {
				p.E164, _, _ = readPhone(it.phone.number, regs)
			}
			if it.phone.fax {
				merge(&c, article.Contact{Faxes: []article.Phone{p}})
			} else {
				merge(&c, article.Contact{Phones: []article.Phone{p}})
			}
		}
	}
	if empty(&c) {
		return c
	}
	label, author := r.label(g)
	c.Label = label
	c.Kind = r.kindOf(g, label, author, c, authors)
	c.Social = r.socialOf(g)
	return c
}

// genericLabel are texts of links that only say that they are links.
var genericLabel = regexp.MustCompile(`(?i)^\W*(?:e-?mail|mail|e-?post|email us|send(?: an)? e-?mail|here|hier|click here|contact|kontakt|tips meg|mejla|correo|courriel|link|\[email.protected\])?\W*$`)

// label is the heading of a group, the role or name before its first item, or
// what its link is called.
func (r *contactReader) label(g *contactGroup) (label string, at *block.Block) {
	first := &g.items[0]
	if len(g.items) == 1 && first.linked && !genericLabel.MatchString(first.label) && len(first.label) < 100 {
		return strings.TrimRight(first.label, " :"), nil
	}
	use := func(s string) string {
		s = strings.Trim(block.Clean(s), " :,|-–•·(")
		if len(s) < 3 || block.CountWords(s) > 12 || labelOnly(s) && !contactTitle.MatchString(s) && !isDepartment(s) && !contactWord.MatchString(s) || mailForm.MatchString(s) || text.DigitsIn(s) > 4 {
			return ""
		}
		return s
	}
	if first.start > 0 && first.start <= len(first.p.text) {
		lead := first.p.text[:first.start]
		lines := strings.Split(lead, "\n")
		for _, l := range lines[:len(lines)-1] {
			if s := use(l); s != "" {
				return s, nil
			}
		}
		own := lines[len(lines)-1]
		if i := strings.LastIndexAny(own, ".!?©"); i >= 0 && i < len(own)-8 {
			own = strings.TrimLeft(own[i:], ".!?© 0123456789–-")
		}
		if label = use(own); label != "" && first.p.flags&block.InFooter == 0 {
			return label, nil
		}
	}
	for i := first.p.n - 1; i >= max(0, first.p.n-5); i-- {
		b := r.x.Blocks[i]
		if b.Flags&block.InHidden != 0 && first.p.flags&block.InHidden == 0 {
			continue
		}
		if b.Flags&block.InFooter != first.p.flags&block.InFooter && b.Flags&block.InHeading == 0 || b.Words > 14 {
			break
		}
		if !near(b.Node, first.p.node, 5) {
			break // another part of the page
		}
		if b.Flags&block.InHeading != 0 || strings.HasSuffix(b.Text, ":") || bold(b) || b.Node.DataAtom == atom.Dt || contactTitle.MatchString(b.Text) || contactWord.MatchString(b.Text) && b.Words <= 6 {
			if s := use(b.Text); s != "" {
				return s, b
			}
		}
		if i == first.p.n-1 && b.Words >= 1 && b.Words <= 8 && label == "" && b.Link*2 < len(b.Text) {
			label, at = use(b.Text), b
		}
	}
	if label == "" && first.linked && !genericLabel.MatchString(first.label) && len(first.label) < 100 {
		label = strings.TrimRight(first.label, " :")
	}
	return label, at
}

var (
	contactWord = regexp.MustCompile(`(?i)\b(?:contacts?|kontakt|contacto|cont[aá]ctenos|contatti|contato|contactez|impressum|imprint|redaktion|redacción|redazione|rédaction|newsroom|advertis(?:e|ing)|anzeigen|publicidad|subscriptions?|abonnements?|customer service|get in touch|reach us|write to us|tip(?:s| line)?|corrections?|editorial|editors?|enquiries|office|bureau)\b|контакт|редакция|联系|연락`)
	departments = regexp.MustCompile(`(?i)advertis|anzeigen|annons|annonse|publicidad|pubblicità|publicité|werbung|reklam|subscri|abonn|abonne|prenumer|suscrip|newsroom|news ?desk|redaktion|redaksjon|redakcj|redacción|redazione|rédaction|toimitus|tips?\b|tipsa|correction|fehler|feil|customer|kunden|kundservice|kundeservice|support|sales|verkauf|vertrieb|marketing|circulation|editorial|editor\b|letters|leserbrief|cartas|press office|leserservice|send |report |submit|feedback|complain|ansvarig|staff|team|whatsapp|servicio|comercial|редакция|реклама|отдел`)
)

// departmentHints are what every match of departments has one of.
var departmentHints = text.Literals("advertis|anzeigen|annons|annonse|publicidad|pubblicità|publicité|werbung|reklam|subscri|abonn|prenumer|suscrip|newsroom|newsdesk|news desk|redaktion|redaksjon|redakcj|redacción|redazione|rédaction|toimitus|tip|correction|fehler|feil|customer|kunden|kundservice|kundeservice|support|sales|verkauf|vertrieb|marketing|circulation|editor|letters|leserbrief|cartas|press office|leserservice|send |report |submit|feedback|complain|ansvarig|staff|team|whatsapp|servicio|comercial|редакция|реклама|отдел")

// isDepartment reports whether a label names a department.
func isDepartment(label string) bool {
	return departmentHints.In(strings.ToLower(label)) && departments.MatchString(label)
}

func (r *contactReader) kindOf(g *contactGroup, label string, at *block.Block, c article.Contact, authors []article.Author) string {
	first := g.items[0].p
	footer := first.flags&block.InFooter != 0 || first.hints&block.HintFooter != 0
	byline := first.hints&(block.HintByline|block.HintAuthor) != 0 && first.hints&block.HintFooter == 0
	for _, e := range c.Emails {
		local, _, _ := strings.Cut(e, "@")
		for _, a := range authors {
			if a.Email == e || nameOfMail(local, a.Name) {
				return "author"
			}
		}
	}
	if byline && len(c.Addresses) == 0 {
		return "author"
	}
	if isDepartment(label) {
		return "department"
	}
	if len(c.Addresses) == 0 && len(c.Phones) == 0 && len(c.Emails) == 1 {
		local, _, _ := strings.Cut(c.Emails[0], "@")
		if mailDepartment.MatchString(local) {
			return "department"
		}
	}
	if first.story && !footer && !ownMail(r.x, strings.Join(c.Emails, " ")) {
		return "other"
	}
	return "publisher"
}

// nameOfMail reports whether a mailbox is named for a person.
func nameOfMail(local, name string) bool {
	words := strings.Fields(name)
	if len(words) < 2 {
		return false
	}
	words = []string{text.Fold(words[0]), text.Fold(words[len(words)-1])}
	local = strings.ToLower(local)
	last := words[len(words)-1]
	return len(last) >= 3 && strings.Contains(local, last) || len(words[0]) >= 4 && strings.HasPrefix(local, words[0])
}
