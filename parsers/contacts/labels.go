package contacts

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html/atom"
)

var itemLabel = regexp.MustCompile(`(?i)^[\s\p{P}\p{S}]*(?:(?:e-?mails?|mail|e-?post|courriel|correo(?: electrónico)?|tel|telephone|telefon|teléfonos?|telefono|téléphone|phones?|fax|faks|telefax|address(?:es)?|adresser?|anschrift|dirección|indirizzo|endereço|adres|kontakt|contact|contacts|contacto|web(?:site)?|whatsapp|sms|mobile?|mejla|mob|redaktion|anzeigen|switchboard|newsroom|tlf|puh|sími|тел|телефон|факс|адрес|почта|전화|팩스|주소|이메일|电话|地址|邮箱|電話|住所|メール|numbers?|nummer|us|lines?|info(?:rmation)?|direct|toll free|main|local|office)[\s\p{P}\p{S}]*){1,4}$`)

// labelOnly reports whether a text is but a label of items, like "Phone:".
func labelOnly(s string) bool { return len(s) < 60 && mayBeItemLabel(s) && itemLabel.MatchString(s) }

// itemLabelStarts are the first letters of the words of itemLabel, at most two.
var itemLabelStarts = func() map[[2]byte]bool {
	starts := map[[2]byte]bool{{'e', '-'}: true, {'e', 'm'}: true, {'e', 'p'}: true} // "e-?mail", "e-?post"
	for word := range strings.FieldsFuncSeq(itemLabel.String(), func(r rune) bool { return !isWordRune(r) }) {
		if len(word) >= 2 {
			starts[[2]byte([]byte(word))] = true
		}
	}
	return starts
}()

// mayBeItemLabel is the cheap question whether a text is a label of items: if its first
// letters are in ASCII, they say most.
func mayBeItemLabel(s string) bool {
	for i := range len(s) {
		switch c := text.Lower(s[i]); {
		case c >= utf8.RuneSelf:
			return true
		case c >= 'a' && c <= 'z':
			return i+1 < len(s) && (s[i+1] >= utf8.RuneSelf || itemLabelStarts[[2]byte{c, text.Lower(s[i+1])}])
		}
	}
	return false
}

func isBold(b *block.Block) bool { return b.BoldBytes*10 >= len(b.Text)*9 }

// genericLabel are texts of links that only say that they are links.
var genericLabel = regexp.MustCompile(`(?i)^\W*(?:e-?mail|mail|e-?post|email us|send(?: an)? e-?mail|here|hier|click here|contact|kontakt|tips meg|mejla|correo|courriel|link|\[email.protected\])?\W*$`)

// contactWord are words of headings for contacts.
var contactWord = text.MustCompile(`(?i)\b(?:contacts?|kontakt|contacto|cont[aá]ctenos|contatti|contato|contactez|impressum|imprint|redaktion|redacción|redazione|rédaction|newsroom|advertis(?:e|ing)|anzeigen|publicidad|subscriptions?|abonnements?|customer service|get in touch|reach us|write to us|tip(?:s| line)?|corrections?|editorial|editors?|enquiries|office|bureau)\b|контакт|редакция|联系|연락`)

// label is the heading of a group, the role or name before its first item, or
// what its link is called; "" if it has none.
func (r *contactReader) label(g *contactGroup) string {
	first := &g.items[0]
	if len(g.items) == 1 {
		if label := first.linkLabel(); label != "" {
			return label
		}
	}
	label, sure := first.leadLabel()
	if sure {
		return label
	}
	if label = r.labelBefore(first, label); label != "" {
		return label
	}
	return first.linkLabel()
}

// linkLabel is what the link that an item is the target of is called.
func (it *contactItem) linkLabel() string {
	if !it.linked || genericLabel.MatchString(it.label) || len(it.label) >= 100 {
		return ""
	}
	return strings.TrimRight(it.label, " :")
}

// leadLabel is the label in the passage's own text before the item: a line above
// it, or what stands before it on its line. In a footer a heading above the passage
// goes before the latter, which is not sure there.
func (it *contactItem) leadLabel() (label string, sure bool) {
	if it.start <= 0 || it.start > len(it.p.text) {
		return "", false
	}
	lines := strings.Split(it.p.text[:it.start], "\n")
	own := lines[len(lines)-1]
	for _, l := range lines[:len(lines)-1] {
		if label = usableLabel(l); label != "" {
			return label, true
		}
	}
	if i := strings.LastIndexAny(own, ".!?©"); i >= 0 && i < len(own)-8 {
		own = strings.TrimLeft(own[i:], ".!?© 0123456789–-")
	}
	label = usableLabel(own)
	return label, label != "" && it.p.flags&block.InFooter == 0
}

// labelBefore is the heading among the blocks before an item, else label, else the
// short text directly before it.
func (r *contactReader) labelBefore(it *contactItem, label string) string {
	const blocks = 5
	for i := it.p.n - 1; i >= max(0, it.p.n-blocks); i-- {
		b := r.page.Blocks[i]
		if b.Flags&block.InHidden != 0 && it.p.flags&block.InHidden == 0 {
			continue
		}
		if b.Flags&block.InFooter != it.p.flags&block.InFooter && b.Flags&block.InHeading == 0 || b.Words > 14 || !near(b.Node, it.p.node, 5) {
			break // another part of the page
		}
		if isHeading(b) {
			if s := usableLabel(b.Text); s != "" {
				return s
			}
		}
		if i == it.p.n-1 && b.Words >= 1 && b.Words <= 8 && label == "" && b.LinkBytes*2 < len(b.Text) {
			label = usableLabel(b.Text)
		}
	}
	return label
}

// isHeading reports whether a block is a heading, by its element or its form, or
// has the words of one for contacts.
func isHeading(b *block.Block) bool {
	return b.Flags&block.InHeading != 0 || strings.HasSuffix(b.Text, ":") || isBold(b) || b.Node.DataAtom == atom.Dt ||
		contactTitle.MatchString(b.Text) || b.Words <= 6 && contactWord.MatchString(b.Text)
}

// usableLabel is a text as a label; "" if it is none.
func usableLabel(s string) string {
	s = strings.Trim(block.Clean(s), " :,|-–•·(")
	switch {
	case len(s) < 3, block.CountWords(s) > 12, text.DigitsIn(s) > 4, mailForm.MatchString(s):
		return ""
	case labelOnly(s) && !contactTitle.MatchString(s) && !isDepartment(s) && !contactWord.MatchString(s):
		return ""
	}
	return s
}

// A kindRule is one reason for the kind of a contact. The first whose test holds
// decides.
type kindRule struct {
	kind string
	test func(r *contactReader, c *article.Contact, first *passage) bool
}

var kindRules = []kindRule{
	{"author", (*contactReader).hasAuthorsMail},
	{"author", func(_ *contactReader, c *article.Contact, first *passage) bool {
		return len(c.Addresses) == 0 && first.hints&(block.HintByline|block.HintAuthor) != 0 && first.hints&block.HintFooter == 0
	}},
	{"department", func(_ *contactReader, c *article.Contact, _ *passage) bool { return isDepartment(c.Label) }},
	{"department", func(_ *contactReader, c *article.Contact, _ *passage) bool {
		return len(c.Addresses) == 0 && len(c.Phones) == 0 && len(c.Emails) == 1 && isDepartmentMail(c.Emails[0])
	}},
	{"other", func(r *contactReader, c *article.Contact, first *passage) bool {
		return first.story && !first.inFooter() && !slices.ContainsFunc(c.Emails, r.names.own)
	}},
}

// kindOf says whose contact a group is.
func (r *contactReader) kindOf(g *contactGroup, c *article.Contact) string {
	for _, rule := range kindRules {
		if rule.test(r, c, g.items[0].p) {
			return rule.kind
		}
	}
	return "publisher"
}

func (r *contactReader) hasAuthorsMail(c *article.Contact, _ *passage) bool {
	for _, e := range c.Emails {
		for _, a := range r.authors {
			if a.Email == e || nameOfMail(localOf(e), a.Name) {
				return true
			}
		}
	}
	return false
}
