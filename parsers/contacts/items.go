package contacts

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// A contactItem is one item where it stands.
type contactItem struct {
	p          *passage
	start, end int
	last       int // block that it ends with
	kind       itemKind
	email      string
	phone      foundPhone
	address    foundAddress
	linked     bool   // only a link's target has it
	label      string // of the link
}

type itemKind byte

const (
	itemMail itemKind = iota
	itemPhone
	itemAddress
)

func (r *contactReader) addItem(it contactItem) {
	if len(r.items) >= maxItems {
		return
	}
	r.items = append(r.items, it)
	if it.kind == itemAddress {
		return
	}
	for i := max(0, it.p.n-3); i < min(len(r.near), it.last+4); i++ {
		r.near[i] = true
	}
}

// candidate notes an item of a passage that was taken or not.
func (r *contactReader) candidate(p *passage, value string, linked, won bool, why string) {
	if r.page.Explaining() {
		r.page.AddCandidate(article.Candidate{Field: "contacts", Value: value, From: p.from(linked), Won: won, Why: why})
	}
}

// Mailboxes of other hosts within the story: so many of one host are taken, and so
// many make the story a list of them. Of all the page's other hosts so many do so.
const (
	maxOfHost    = 3
	listOfHost   = 8
	listOfOthers = 12
)

// storyHosts counts the mailboxes of other hosts within the story.
type storyHosts struct {
	seen  map[string]int
	taken map[string]int
}

// findMailsAndPhones finds the items that passages name.
func (r *contactReader) findMailsAndPhones() {
	r.near, r.mail = make([]bool, len(r.page.Blocks)+1), make([]bool, len(r.page.Blocks)+1)
	hosts := storyHosts{map[string]int{}, map[string]int{}}
	var unlabelled []placedPhone
	for _, p := range r.sortedPassages() {
		if len(r.items) >= maxItems {
			break
		}
		mailed := r.takeMails(p, hosts)
		unlabelled = r.takePhones(p, mailed, unlabelled)
	}
	r.dropListed(hosts)
	r.takeUnlabelled(unlabelled)
}

// takeMails takes a passage's addresses that count, and reports whether there
// are some.
func (r *contactReader) takeMails(p *passage, hosts storyHosts) (mailed bool) {
	for _, m := range p.mails() {
		take, why := r.weighMail(p, m)
		if p.story && !r.names.own(m.email) {
			host := hostOf(m.email)
			hosts.seen[host]++
			if take {
				if hosts.taken[host]++; hosts.taken[host] > maxOfHost {
					take, why = false, "one of many of another name within the story"
				}
			}
		}
		r.candidate(p, m.email, m.linked, take, why)
		if take {
			mailed = true
			r.mail[p.n] = r.mail[p.n] || !m.linked || !p.story
			r.addItem(contactItem{p: p, start: m.start, end: m.end, last: p.n, kind: itemMail, email: m.email, linked: m.linked, label: m.label})
		}
	}
	return mailed
}

// helpline are words of those whose numbers papers print for their readers.
var helpline = text.MustCompile(`(?i)\b(?:police|polizei\w*|polis|policía|polizia|policja|notruf\w*|notdienst\w*|feuerwehr|rettungsdienst|giftnotruf|apotheken\w*|bereitschaftsdienst|krankenhaus|klinikum|telefonseelsorge|emergency|emergencias|emergenze|ambulance|fire (?:brigade|service|department)|hospital|help ?lines?|crisis|suicide|samaritans|lifeline|childline|crimestoppers|crime stoppers|weißer ring|kummertelefon|sorgentelefon)\b|полиция|скорая|112\b.*\b110\b`)

// A placedPhone is a number with the passage that it stands in.
type placedPhone struct {
	p *passage
	f foundPhone
}

// takePhones takes a passage's numbers that count by themselves, and adds those
// to unlabelled that nothing is said of. mailed says that an e-mail address of the
// passage counts.
func (r *contactReader) takePhones(p *passage, mailed bool, unlabelled []placedPhone) []placedPhone {
	if p.hints&(block.HintComment|block.HintConsent) != 0 || p.flags&block.InButton != 0 && len(p.links) == 0 {
		return unlabelled
	}
	before := r.before(p)
	phones := p.phones(before)
	if len(phones) == 0 {
		return unlabelled
	}
	help := !mailed && (helpline.MatchString(before) || len(p.text) < 400 && helpline.MatchString(p.text))
	for _, f := range phones {
		switch {
		case help:
			r.candidate(p, f.raw, f.linked, false, "of the police, a helpline or the like")
		case r.ofStory(p, f, mailed):
			r.candidate(p, f.raw, f.linked, false, "within the story")
		case f.sure || strings.HasPrefix(f.raw, "+") || strings.HasPrefix(f.raw, "(+"):
			r.addPhone(p, f)
		default:
			unlabelled = append(unlabelled, placedPhone{p, f})
		}
	}
	return unlabelled
}

// ofStory reports whether a number belongs to the story, or is hidden text.
func (r *contactReader) ofStory(p *passage, f foundPhone, mailed bool) bool {
	switch {
	case p.story && !(mailed && f.sure), p.flags&block.InHidden != 0 && !f.linked:
		return true
	}
	return !mailed && r.beside(p) && !r.near[p.n]
}

// dropListed drops the mailboxes of a list: many of others are a story's, wherever
// the list stands.
func (r *contactReader) dropListed(hosts storyHosts) {
	if r.all {
		return
	}
	others := 0
	for _, it := range r.items {
		if r.isOthers(it) {
			others++
		}
	}
	r.items = slices.DeleteFunc(r.items, func(it contactItem) bool {
		return r.isOthers(it) && (others > listOfOthers || hosts.seen[hostOf(it.email)] >= listOfHost)
	})
}

// isOthers reports whether an item is a mailbox that neither its name nor its
// place makes the publication's.
func (r *contactReader) isOthers(it contactItem) bool {
	return it.kind == itemMail && it.p.flags&(block.InFooter|block.InAddress) == 0 && it.p.hints&(block.HintFooter|block.HintByline|block.HintAuthor) == 0 && !r.names.own(it.email)
}

// takeUnlabelled takes numbers without a label beside what is sure to be a contact.
func (r *contactReader) takeUnlabelled(phones []placedPhone) {
	for _, l := range phones {
		if !r.framed(l.p) || block.CountWords(l.p.text) > 60 || !strings.ContainsAny(l.f.raw, " -./()") || text.DigitsIn(l.f.raw) < 7 {
			continue
		}
		if r.numbers.asDialled(l.f.raw, r.regs) {
			r.addPhone(l.p, l.f)
		}
	}
}

// addPhone takes a number, unless it is one of no country and no label or length
// speaks for it.
func (r *contactReader) addPhone(p *passage, f foundPhone) {
	number := f.number
	if number == "" {
		number = f.raw
	}
	_, region, ok := r.numbers.read(number, r.regs)
	if strings.HasPrefix(number, "+") && ok && region != "" && !slices.Contains(r.regs, region) {
		r.regs = append(r.regs, region) // numbers without a code may be of the same country
	}
	if !ok && (!f.sure || text.DigitsIn(f.raw) < 7) {
		r.candidate(p, f.raw, f.linked, false, "not a valid number of any country that the page may be of")
		return
	}
	r.candidate(p, f.raw, f.linked, true, "")
	r.addItem(contactItem{p: p, start: f.start, end: f.end, last: p.n, kind: itemPhone, phone: f, linked: f.linked, label: f.label})
}

// from is the provenance of an item.
func (p *passage) from(linked bool) string {
	switch {
	case linked:
		return "dom:link"
	case p.flags&block.InAddress != 0:
		return "dom:address"
	case p.inFooter():
		return "dom:footer"
	}
	return "dom:blocks"
}

// before is what a reader sees in front of a passage that may be its label.
func (r *contactReader) before(p *passage) string {
	if p.n > 0 && p.block != nil {
		if b := r.page.Blocks[p.n-1]; b.Words <= 4 && len(b.Text) < 40 {
			return b.Text
		}
	}
	return ""
}
