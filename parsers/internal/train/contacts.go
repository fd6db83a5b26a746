package main

import (
	"html"
	"net/url"
	"slices"
	"strings"
	"unicode"

	xhtml "golang.org/x/net/html"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// A truthContact is a contact block of a page. What a corpus says is the items as
// they are; what labels of our own say is the text of the elements that have them, in
// which an item stands somewhere.
type truthContact struct {
	Kind      string        `json:"kind"`
	Label     string        `json:"label"`
	Emails    []string      `json:"emails"`
	Phones    []truthNumber `json:"phones"`
	Faxes     []truthNumber `json:"faxes"`
	Addresses []truthNumber `json:"addresses"`
	Optional  bool          `json:"optional"`
	loose     bool          // the values are texts that have the items in them
}

type truthNumber struct {
	Raw  string `json:"raw"`
	E164 string `json:"e164"`
}

// pairMark stands between the two items of a candidate that says whether they belong
// to one block.
const pairMark = " ⟷ "

// contactRight judges a candidate by a question to each block. What only optional
// blocks have is neither right nor wrong.
func contactRight(has func(t *truthContact, value string) (right, known bool)) func(s *sample, c *article.Candidate) (right, known bool) {
	return func(s *sample, c *article.Candidate) (bool, bool) {
		if s.Truth.Contacts == nil {
			return false, false
		}
		open := false
		for i := range *s.Truth.Contacts {
			t := &(*s.Truth.Contacts)[i]
			right, known := has(t, c.Value)
			if right && !t.Optional {
				return true, true
			}
			open = open || right || !known
		}
		return false, !open
	}
}

// rightMail judges an e-mail address. Labels say nothing of those that only the
// target of a link has.
func rightMail(s *sample, c *article.Candidate) (right, known bool) {
	right, known = contactRight((*truthContact).hasMail)(s, c)
	return right, known && !(s.contactsLabelled && c.From == "dom:link" && !right)
}

func hasContacts(s *sample) bool { return s.Truth.Contacts != nil }

func (t *truthContact) hasMail(mail string) (right, known bool) {
	return slices.ContainsFunc(t.Emails, func(e string) bool {
		return e == mail || t.loose && strings.Contains(strings.ToLower(e), mail)
	}), true
}

func (t *truthContact) hasNumber(raw string) (right, known bool) {
	return slices.ContainsFunc(slices.Concat(t.Phones, t.Faxes), func(n truthNumber) bool { return t.sameNumber(n, raw) }), true
}

func (t *truthContact) sameNumber(n truthNumber, raw string) bool {
	a, b := strings.TrimLeft(figures(raw), "0"), strings.TrimLeft(figures(n.Raw), "0")
	if t.loose {
		return a != "" && strings.Contains(b, a)
	}
	if a == b || a == figures(n.E164) {
		return true
	}
	// A national form, or one without its trunk zero.
	long := figures(n.E164)
	return len(a) >= 7 && (strings.HasSuffix(long, a) && len(long)-len(a) <= 3 || len(b) >= 7 && strings.HasSuffix(a, b) && len(a)-len(b) <= 3)
}

// hasAddress asks for nearly all of an address; what has most of it is neither right
// nor wrong. Of what labels say the limits are not known: an address that lies within
// them is left open.
func (t *truthContact) hasAddress(raw string) (right, known bool) {
	known = true
	for _, a := range t.Addresses {
		f := alike(a.Raw, raw)
		if f >= 0.92 || t.loose && f >= 0.8 {
			return true, true
		}
		known = known && f < 0.8
		if t.loose && f > 0 && within(raw, a.Raw) >= 0.6 {
			known = false
		}
	}
	return false, known
}

// within is the share of the words of one text that another has.
func within(part, whole string) float64 {
	words := strings.FieldsFunc(strings.ToLower(part), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	n := 0
	for _, w := range words {
		if strings.Contains(strings.ToLower(whole), w) {
			n++
		}
	}
	return float64(n) / float64(max(1, len(words)))
}

// has reports whether a block has an item of any kind.
func (t *truthContact) has(item string) bool {
	switch kind, value, _ := strings.Cut(item, ":"); kind {
	case "mail":
		right, _ := t.hasMail(value)
		return right
	case "phone":
		right, _ := t.hasNumber(value)
		return right
	default:
		right, known := t.hasAddress(value)
		return right || !known
	}
}

// sameBlock judges a pair of items: both must be in blocks of the truth.
func sameBlock(s *sample, c *article.Candidate) (right, known bool) {
	if s.Truth.Contacts == nil {
		return false, false
	}
	a, b, _ := strings.Cut(c.Value, pairMark)
	var hasA, hasB bool
	for i := range *s.Truth.Contacts {
		t := &(*s.Truth.Contacts)[i]
		inA, inB := t.has(a), t.has(b)
		if inA && inB {
			return true, true
		}
		hasA, hasB = hasA || inA, hasB || inB
	}
	return false, hasA && hasB
}

// itemMark stands between the items of a block in what a candidate is chosen for.
const itemMark = " + "

// blockOf is the block of the truth that has most of the items of a candidate's block,
// at least half of them; nil if none has.
func blockOf(s *sample, c *article.Candidate) (best *truthContact) {
	if s.Truth.Contacts == nil {
		return nil
	}
	items := strings.Split(c.Of, itemMark)
	most := (len(items) - 1) / 2
	for i := range *s.Truth.Contacts {
		t := &(*s.Truth.Contacts)[i]
		n := 0
		for _, item := range items {
			if t.has(item) {
				n++
			}
		}
		if n > most {
			best, most = t, n
		}
	}
	return best
}

// rightLabel judges what a block may be called. Pages that were made for training do
// not all say it: those that do teach it, without its limits.
func rightLabel(s *sample, c *article.Candidate) (right, known bool) {
	t := blockOf(s, c)
	switch {
	case t == nil, s.made() && t.Label == "":
		return false, false
	case s.made() && c.Value != "" && strings.Contains(c.Value, t.Label):
		return true, true
	case t.Label == "" || c.Value == "":
		return t.Label == c.Value, true
	}
	return alike(t.Label, c.Value) >= 0.6 || t.loose && strings.Contains(t.Label, c.Value), true
}

// rightKind judges whose a block may be. Pages that were made say it only of authors,
// departments and blocks with a postal address.
func rightKind(s *sample, c *article.Candidate) (right, known bool) {
	t := blockOf(s, c)
	return t != nil && t.Kind == c.Value, t != nil && !(s.made() && t.Kind == "publisher" && len(t.Addresses) == 0)
}

func figures(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ReplaceAll(s, "(0)", ""))
}

// takeContacts makes the truth of contacts from their labels.
func (s *sample) takeContacts(labels []labelCorner) error {
	all, err := s.elements()
	if err != nil {
		return err
	}
	blocks := []truthContact{}
	for _, l := range labels {
		t := truthContact{Kind: l.Kind, loose: true}
		if l.LabelAt != nil {
			t.Label = textAt(all, []int{*l.LabelAt})
		}
		for _, k := range l.EmailsAt {
			t.Emails = append(t.Emails, reachable(all, k))
		}
		for _, k := range l.PhonesAt {
			t.Phones = append(t.Phones, truthNumber{Raw: reachable(all, k)})
		}
		for _, k := range l.FaxesAt {
			t.Faxes = append(t.Faxes, truthNumber{Raw: reachable(all, k)})
		}
		if len(l.AddressAt) > 0 {
			t.Addresses = []truthNumber{{Raw: textAt(all, l.AddressAt)}}
		}
		blocks = append(blocks, t)
	}
	s.Truth.Contacts, s.contactsLabelled = &blocks, true
	return nil
}

// reachable is an element's text with the targets of its links, and what sites hide
// from machines there.
func reachable(all []*xhtml.Node, k int) string {
	if k < 0 || k >= len(all) {
		return ""
	}
	text := textOf(all[k])
	for _, n := range append([]*xhtml.Node{all[k], all[k].Parent}, slices.Collect(all[k].Descendants())...) {
		if n == nil {
			continue
		}
		for _, a := range n.Attr {
			switch a.Key {
			case "href":
				target, err := url.PathUnescape(html.UnescapeString(a.Val))
				if _, code, ok := strings.Cut(a.Val, "email-protection#"); ok {
					target, err = block.ProtectedMail(code), nil
				}
				if err == nil {
					text += " " + target
				}
			case "data-cfemail":
				text += " " + block.ProtectedMail(a.Val)
			}
		}
	}
	for _, sign := range []string{"(at)", "[at]", " (at) ", " [at] ", " @ "} {
		text = strings.ReplaceAll(text, sign, "@")
	}
	return text
}
