package contacts

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

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

// signsIn is the cheap question whether, and how, a text may hold an address. Most
// texts have none of the characters that it looks for.
func signsIn(s string) (signs mailSigns) {
	for at := strings.IndexByte(s, '@'); at >= 0; at = indexFrom(s, '@', at+1) {
		signs |= plainSign
		if at > 0 && s[at-1] <= ' ' && at+1 < len(s) && s[at+1] <= ' ' {
			signs |= spelledSign
			break
		}
	}
	if signs&spelledSign == 0 && (hasBracketSign(s) || strings.Contains(s, "＠")) {
		signs |= spelledSign
	}
	if hasWordSign(s) {
		signs |= wordSign
	}
	return signs
}

// indexFrom is strings.IndexByte from a place on.
func indexFrom(s string, c byte, from int) int {
	if i := strings.IndexByte(s[from:], c); i >= 0 {
		return from + i
	}
	return -1
}

// hasBracketSign reports whether a bracket stands before what languages call the sign.
func hasBracketSign(s string) bool {
	for i := range len(brackets) {
		for at := strings.IndexByte(s, brackets[i]); at >= 0; at = indexFrom(s, brackets[i], at+1) {
			if startsSign(strings.TrimLeft(s[at+1:], " \t\n\f\r")) {
				return true
			}
		}
	}
	return false
}

const brackets = "([{<"

// hasWordSign reports whether one of the words for a sign stands apart in a text. It
// looks for a letter of each that is not frequent.
func hasWordSign(s string) bool {
	if len(s) < len("a at b dot cc") {
		return false
	}
	for i := range wordSigns {
		w := &wordSigns[i]
		for at := strings.IndexByte(s, w.rare); at >= 0; at = indexFrom(s, w.rare, at+1) {
			if at >= w.at && strings.HasPrefix(s[at-w.at:], w.word) {
				return true
			}
		}
	}
	return false
}

// wordSigns are words for signs, in the cases that they are written in, with the
// place of a letter in each.
var wordSigns = []struct {
	rare byte
	at   int
	word string
}{{'d', 1, " dot "}, {'D', 1, " DOT "}, {'D', 1, " Dot "}, {'b', 5, " arroba "}, {'B', 5, " ARROBA "}}

// startsSign reports whether a text begins with what languages call the sign, and a
// bracket closes behind it.
func startsSign(s string) bool {
	for _, name := range signWords {
		if rest, ok := text.CutFold(s, name); ok {
			if rest = strings.TrimLeft(rest, " \t\n\f\r"); rest != "" && strings.IndexByte(")]}>", rest[0]) >= 0 {
				return true
			}
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
		for _, at := range plainMails(s) {
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

// plainMails are the places of mailForm in a text. The expression is asked only about
// what is beside a sign: in a long text it is slow.
func plainMails(s string) (all [][2]int) {
	const before, behind = 70, 600 // bytes that may belong to an address
	end := 0                       // of the one before
	for sign := strings.IndexByte(s, '@'); sign >= 0 && len(all) < maxMails; {
		from, to := max(end, sign-before), min(len(s), sign+behind)
		for from > end && !utf8.RuneStart(s[from]) {
			from--
		}
		next := sign + 1
		if at := mailForm.Regexp.FindStringIndex(s[from:to]); at != nil {
			end = from + at[1]
			all = append(all, [2]int{from + at[0], end})
			next = max(next, end)
		}
		sign = indexFrom(s, '@', next)
	}
	return all
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
