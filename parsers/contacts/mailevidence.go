package contacts

import (
	_ "embed"
	"math"
	"slices"

	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// Pieces of evidence about an e-mail address.
const (
	ownHost = numPlacePieces + iota
	authorsMail
	departmentMail
	freeHost
	mailsOfHost
	mailsInStory
	otherMails
	mailsInPassage
	bylineBefore
	numMailPieces
)

var mailPieces = append(slices.Clone(placePieces),
	"of the site's own name",
	"of an author's name",
	"mailbox of a department",
	"of a host where everybody has mailboxes",
	"addresses of its host on the page",
	"addresses of other names within the story",
	"addresses of other names on the page",
	"addresses of its passage",
	"an author's name beside it",
)

//go:embed mails.model
var mailModelData []byte

var mailModel = evidence.Learned(mailModelData, mailPieces...)

// freeHosts have mailboxes of everybody.
var freeHosts = text.Set("gmail.com googlemail.com yahoo.com yahoo.co.uk yahoo.fr hotmail.com hotmail.co.uk outlook.com live.com aol.com icloud.com me.com mac.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de mail.ru yandex.ru rambler.ru ukr.net wp.pl o2.pl interia.pl onet.pl seznam.cz centrum.cz libero.it virgilio.it tiscali.it orange.fr wanadoo.fr free.fr laposte.net naver.com daum.net hanmail.net 163.com 126.com qq.com bigpond.com rediffmail.com uol.com.br bol.com.br terra.com.br protonmail.com proton.me freemail.hu citromail.hu abv.bg")

// maxOthers is how many mailboxes of other names a page may have before they are a
// list of others': then they are not asked about, but on a page about contacts;
// maxStoryHost is so for those of one host within the story.
const (
	maxOthers    = 30
	maxStoryHost = 8
)

// A mailCount counts the e-mail addresses of a page.
type mailCount struct {
	hosts           map[string]int
	storyHosts      map[string]int // within the story
	inStory, others int            // of other names than the site's
}

// A placedMail is an e-mail address with the passage that it stands in.
type placedMail struct {
	p *passage
	m foundMail
}

// findMails finds the e-mail addresses that count.
func (r *contactReader) findMails() {
	var all []placedMail
	count := mailCount{hosts: map[string]int{}, storyHosts: map[string]int{}}
	inPassage := map[*passage]int{}
	for _, p := range r.sortedPassages() {
		for _, m := range p.mails() {
			if len(all) >= maxItems {
				break
			}
			all = append(all, placedMail{p, m})
			inPassage[p]++
			count.hosts[hostOf(m.email)]++
			if !r.names.own(m.email) {
				count.others++
				if p.story {
					count.inStory++
					count.storyHosts[hostOf(m.email)]++
				}
			}
		}
	}
	model := r.page.Model("contact mails", mailModel)
	for _, c := range all {
		listed := count.others > maxOthers || count.storyHosts[hostOf(c.m.email)] >= maxStoryHost
		if listed && !r.all && !r.names.own(c.m.email) {
			continue
		}
		v := make(evidence.Values, numMailPieces)
		r.placeValues(v, c.p, c.m.start, c.m.linked)
		host := hostOf(c.m.email)
		v.Set(ownHost, r.names.own(c.m.email))
		v.Set(authorsMail, r.namesAuthor(c.m.email))
		v.Set(departmentMail, isDepartmentMail(c.m.email))
		v.Set(freeHost, freeHosts[host])
		v[mailsOfHost], v[mailsInStory], v[otherMails] = logCount(count.hosts[host]), logCount(count.inStory), logCount(count.others)
		v[mailsInPassage] = logCount(inPassage[c.p])
		v.Set(bylineBefore, r.namesAuthorNear(c.p, c.m.start))
		if r.counts(candidate{field: "contact mails", value: c.m.email, p: c.p, linked: c.m.linked, sure: v[authorsMail] > 0 && v[commentName] == 0}, model, v) {
			r.mail[c.p.n] = r.mail[c.p.n] || !c.m.linked || !c.p.story
			r.addItem(contactItem{p: c.p, start: c.m.start, end: c.m.end, last: c.p.n, kind: itemMail, email: c.m.email, linked: c.m.linked, label: c.m.label, sure: model.Confidence(model.Score(v))})
		}
	}
}

// logCount is a number on a scale on which twice as many are one more.
func logCount(n int) float64 { return math.Round(10*math.Log2(float64(n+1))) / 10 }
