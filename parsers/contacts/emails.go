package contacts

import (
	"html"
	"net/url"
	"regexp"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// signNames are what languages call the sign, as sites spell it in brackets.
const signNames = "at|@|ät|arroba|chiocciola|kukac|zavináč|małpa|malpa|snabela|snabel-a|krøllalfa|собака|собачка"

var signWords = strings.Split(signNames, "|")

var (
	mailForm = text.MustCompile(`(?i)[a-z0-9](?:[a-z0-9._%+'-]{0,62}[a-z0-9_+-])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,24}|xn--[a-z0-9-]{2,50})`)
	// mailSpelled are addresses whose signs are spelled, so that machines do not
	// see them: in brackets of any kind, or apart.
	mailSpelled = regexp.MustCompile(`(?i)([a-z0-9][a-z0-9._%+-]{0,63})(?:\s*[(\[{<]\s*` + anyOf(signNames) + `\s*[)\]}>]\s*|\s*＠\s*|\s@\s)` +
		`((?:[a-z0-9-]{1,63}\s*(?:\.|[(\[{<]\s*(?:dot|punkt|punto|point|ponto|\.)\s*[)\]}>])\s*){1,4}[a-z]{2,24})\b`)
	// mailWords are addresses with words for both signs.
	mailWords = regexp.MustCompile(`(?i)([a-z0-9][a-z0-9._%+-]{0,63})\s(?:at|arroba)\s((?:[a-z0-9-]{1,63}\s(?:dot|punto)\s){1,4}[a-z]{2,10})\b`)
	mailDots  = regexp.MustCompile(`(?i)\s*(?:[(\[{<]\s*(?:dot|punkt|punto|point|ponto|\.)\s*[)\]}>]|\s(?:dot|punto)\s)\s*`)
	// mailNot are sample values, names of pictures and keys of error trackers.
	mailNot = regexp.MustCompile(`(?i)\.(?:png|jpe?g|gif|svg|webp|avif|css|m?js|ico|mp4|pdf)$|@\d(?:x|\.)|@(?:[a-z0-9-]+\.)*(?:example|exemple|ejemplo|beispiel|mustermann|domain|domaine|dominio|yourdomain|yoursite|yourcompany|mysite|mail|email|test|website|company|sentry|wixpress)\.(?:[a-z]{2,6})$|ingest\.sentry|` +
		`^(?:user|username|name|you|your[a-z-]*|someone|somebody|test|example|john\.?doe|jane\.?doe|max\.?mustermann|nom|nombre|vorname|prenom|friends?|eposta)@|^[0-9a-f]{20,}@`)
	// mailHosts are hosts of the above that people have addresses at; mailPlain are
	// those there that are samples after all.
	mailPlain = regexp.MustCompile(`^(?:email|e-mail|mail)@`)
	mailHosts = text.Set("mail.com email.com mail.ru email.cz email.it mail.de mail.bg mail.ee email.de")
)

// mailSigns say how a text may write an e-mail address.
type mailSigns uint8

const (
	plainSign   mailSigns = 1 << iota // "@"
	spelledSign                       // "(at)", or a sign apart: as mailSpelled has it
	wordSign                          // "dot": as mailWords has it
)

// maySign are the bytes that signsIn looks at.
var maySign = func() (t [256]bool) {
	for _, c := range []byte("@([{< \xef") {
		t[c] = true
	}
	return t
}()

// signsIn is the cheap question whether, and how, a text may hold an address.
func signsIn(s string) (signs mailSigns) {
	for i := range len(s) {
		if !maySign[s[i]] {
			continue
		}
		switch s[i] {
		case '@':
			signs |= plainSign
			if i > 0 && s[i-1] <= ' ' {
				signs |= spelledSign
			}
		case '(', '[', '{', '<':
			if startsSign(strings.TrimLeft(s[i+1:], " \t\n\f\r")) {
				signs |= spelledSign
			}
		case ' ':
			if i+2 < len(s) && (s[i+1]|0x20 == 'd' || s[i+1]|0x20 == 'a') && startsWordSign(s[i+1:]) {
				signs |= wordSign
			}
		case 0xef:
			if strings.HasPrefix(s[i:], "＠") {
				signs |= spelledSign
			}
		}
	}
	return signs
}

// startsWordSign reports whether a text begins with a word for one of the signs.
func startsWordSign(s string) (starts bool) {
	switch {
	case s[0]|0x20 == 'd' && s[1]|0x20 == 'o':
		_, starts = text.CutFold(s, "dot ")
	case s[0]|0x20 == 'a' && s[1]|0x20 == 'r':
		_, starts = text.CutFold(s, "arroba ")
	}
	return starts
}

// startsSign reports whether a text begins with what languages call the sign.
func startsSign(s string) bool {
	for _, name := range signWords {
		if _, ok := text.CutFold(s, name); ok {
			return true
		}
	}
	return false
}

// cleanMail is an address as it is kept; "" if it is none, or a sample.
func cleanMail(e string) string {
	e = strings.ToLower(strings.Trim(strings.TrimSpace(e), ".<>,;:\"'"))
	if len(e) > 254 || len(e) < 6 || mailForm.FindString(e) != e || strings.Contains(e, "..") {
		return ""
	}
	local, host, _ := strings.Cut(e, "@")
	if mailNot.MatchString(e) && !(mailHosts[host] && !mailNot.MatchString(local+"@host.com")) || mailPlain.MatchString(e) && mailHosts[host] {
		return ""
	}
	return e
}

// A foundMail stands from start to end of a passage's text; linked says that
// only a link's target has it.
type foundMail struct {
	email      string
	start, end int
	linked     bool
	label      string // of the link
}

// maxMails bounds the addresses of one passage.
const maxMails = 60

// A mailList has each address once.
type mailList []foundMail

// add adds an address. What the page shows goes before a link's target.
func (l *mailList) add(m foundMail) {
	for i, o := range *l {
		if o.email == m.email {
			if o.linked && !m.linked {
				(*l)[i] = m
			}
			return
		}
	}
	if m.email != "" && len(*l) < maxMails {
		*l = append(*l, m)
	}
}

// shows reports whether the text of a link is an address itself.
func (l mailList) shows(a anchor) bool {
	for _, m := range l {
		if !m.linked && m.start >= a.start && m.end <= a.end {
			return true
		}
	}
	return false
}

// mails are a passage's addresses: in its text, in its links, and as sites hide
// them.
func (p *passage) mails() []foundMail {
	found := mailsIn(p.text)
	for _, a := range p.links {
		if found.shows(a) {
			continue // that counts, not the target
		}
		label := p.text[a.start:a.end]
		if label == "" {
			label = a.title
		}
		for _, e := range linkedMails(a.href) {
			found.add(foundMail{email: e, start: a.start, end: a.end, linked: true, label: label})
		}
	}
	return found
}

// mailsIn are the addresses of a text, plain and spelled.
func mailsIn(s string) (found mailList) {
	signs := signsIn(s)
	if signs&plainSign != 0 {
		for _, at := range mailForm.FindAllStringIndex(s, maxMails) {
			found.add(foundMail{email: cleanMail(s[at[0]:at[1]]), start: at[0], end: at[1]})
		}
	}
	for _, spelled := range []struct {
		sign mailSigns
		form *regexp.Regexp
	}{{spelledSign, mailSpelled}, {wordSign, mailWords}} {
		if signs&spelled.sign == 0 {
			continue
		}
		for _, at := range spelled.form.FindAllStringSubmatchIndex(s, maxMails) {
			found.add(foundMail{email: cleanMail(s[at[2]:at[3]] + "@" + spelledHost(s[at[4]:at[5]])), start: at[0], end: at[1]})
		}
	}
	return found
}

func spelledHost(s string) string {
	return strings.ReplaceAll(mailDots.ReplaceAllString(s, "."), " ", "")
}

// linkedMails are the addresses that a link's target names.
func linkedMails(href string) (res []string) {
	if _, code, ok := strings.Cut(href, mailProtection); ok {
		e, _, _ := strings.Cut(block.ProtectedMail(code), "?")
		if e = cleanMail(e); e != "" {
			res = append(res, e)
		}
		return res
	}
	if len(href) < 8 || len(href) > 4000 || !strings.EqualFold(href[:7], "mailto:") {
		return nil
	}
	target := mailTarget(href[len("mailto:"):])
	for e := range strings.FieldsFuncSeq(target, func(r rune) bool { return r == ',' || r == ';' }) {
		if at := mailForm.FindString(e); at != "" && len(res) < 10 {
			if e = cleanMail(at); e != "" {
				res = append(res, e)
			}
		}
	}
	return res
}

// mailTarget undoes what a mailto link's target is written in.
func mailTarget(target string) string {
	target, _, _ = strings.Cut(target, "?")
	if strings.Contains(target, "&") {
		target = html.UnescapeString(target)
	}
	for range 2 { // twice encoded happens
		plain, err := url.PathUnescape(target)
		if err != nil || plain == target {
			break
		}
		target = plain
	}
	target = strings.TrimPrefix(strings.TrimSpace(target), "//")
	if strings.ContainsAny(target, "([{") {
		if m := mailSpelled.FindStringSubmatch(target); m != nil {
			return m[1] + "@" + spelledHost(m[2])
		}
	}
	return target
}
