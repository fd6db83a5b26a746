package contacts

import (
	"encoding/hex"
	"html"
	"net/url"
	"regexp"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

var (
	mailForm = regexp.MustCompile(`(?i)[a-z0-9](?:[a-z0-9._%+'-]{0,62}[a-z0-9_+-])?@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,24}|xn--[a-z0-9-]{2,50})`)
	// mailSpelled are addresses whose signs are spelled, so that machines do not
	// see them: in brackets of any kind, or apart.
	mailSpelled = regexp.MustCompile(`(?i)([a-z0-9][a-z0-9._%+-]{0,63})(?:\s*[(\[{<]\s*(?:at|@|ät|` + signNames + `)\s*[)\]}>]\s*|\s*＠\s*|\s@\s)` +
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
	mailHosts = map[string]bool{"mail.com": true, "email.com": true, "mail.ru": true, "email.cz": true, "email.it": true, "mail.de": true, "mail.bg": true, "mail.ee": true, "email.de": true}
)

// signNames are what languages call the sign.
const signNames = "arroba|chiocciola|kukac|zavináč|małpa|malpa|snabel-?a|krøllalfa|собака|собачка"

var signStarts = strings.Fields("at @ ät arro chio kuka zavi mał malp snab krøl соба")

// mayMail is the cheap question whether a text may hold an address.
func mayMail(s string) bool {
	if strings.IndexByte(s, '@') >= 0 {
		return true
	}
	for i := range len(s) {
		switch s[i] {
		case '(', '[', '{', '<':
			if startsSign(strings.TrimLeft(s[i+1:], " ")) {
				return true
			}
		case ' ':
			if rest := s[i+1:]; strings.HasPrefix(rest, "dot ") || strings.HasPrefix(rest, "DOT ") || strings.HasPrefix(rest, "arroba ") {
				return true
			}
		case 0xef:
			if strings.HasPrefix(s[i:], "＠") {
				return true
			}
		}
	}
	return false
}

// startsSign reports whether a text begins with what languages call the sign.
func startsSign(s string) bool {
	start := strings.ToLower(s[:min(len(s), 8)])
	for _, sign := range signStarts {
		if strings.HasPrefix(start, sign) {
			return true
		}
	}
	return false
}

// maySpell reports whether a text may hold an address of mailSpelled: a bracket
// that opens before a sign's name, or a sign apart.
func maySpell(s string) bool {
	for i := range len(s) {
		switch s[i] {
		case '(', '[', '{', '<':
			if startsSign(strings.TrimLeft(s[i+1:], " \t\n\f\r")) {
				return true
			}
		case '@':
			if i > 0 && s[i-1] <= ' ' {
				return true
			}
		case 0xef:
			if strings.HasPrefix(s[i:], "＠") {
				return true
			}
		}
	}
	return false
}

// mailDotHints are the words of mailWords for the full stop.
var mailDotHints = text.Literals("dot|punto")

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

// A found address stands from start to end of a passage's text; linked says that
// only a link's target has it.
type foundMail struct {
	email      string
	start, end int
	linked     bool
	label      string // of the link
}

// maxMails bounds the addresses of one passage.
const maxMails = 60

// mails are a passage's addresses: in its text, in its links, and as sites hide
// them.
func (p *passage) mails() (res []foundMail) {
	add := func(m foundMail) {
		for i, o := range res {
			if o.email == m.email {
				if o.linked && !m.linked {
					res[i] = m
				}
				return
			}
		}
		if m.email != "" && len(res) < maxMails {
			res = append(res, m)
		}
	}
	if strings.IndexByte(p.text, '@') >= 0 {
		for _, at := range mailForm.FindAllStringIndex(p.text, maxMails) {
			add(foundMail{email: cleanMail(p.text[at[0]:at[1]]), start: at[0], end: at[1]})
		}
	}
	if mayMail(p.text) {
		for _, form := range []*regexp.Regexp{mailSpelled, mailWords} {
			if form == mailSpelled && !maySpell(p.text) || form == mailWords && !mailDotHints.In(strings.ToLower(p.text)) {
				continue
			}
			for _, at := range form.FindAllStringSubmatchIndex(p.text, maxMails) {
				add(foundMail{email: cleanMail(p.text[at[2]:at[3]] + "@" + spelledHost(p.text[at[4]:at[5]])), start: at[0], end: at[1]})
			}
		}
	}
	for _, a := range p.links {
		text := p.text[a.start:a.end]
		if text == "" {
			text = a.title
		}
		shown := false // the text is an address itself: it counts, not the target
		for _, m := range res {
			shown = shown || !m.linked && m.start >= a.start && m.end <= a.end
		}
		if shown {
			continue
		}
		for _, e := range linkedMails(a.href) {
			add(foundMail{email: e, start: a.start, end: a.end, linked: true, label: text})
		}
	}
	return res
}

func spelledHost(s string) string {
	return strings.ReplaceAll(mailDots.ReplaceAllString(s, "."), " ", "")
}

// linkedMails are the addresses that a link's target names.
func linkedMails(href string) (res []string) {
	if _, code, ok := strings.Cut(href, mailProtection); ok {
		e, _, _ := strings.Cut(decodeCF(code), "?")
		if e = cleanMail(e); e != "" {
			res = append(res, e)
		}
		return res
	}
	if len(href) < 8 || len(href) > 4000 || !strings.EqualFold(href[:7], "mailto:") {
		return nil
	}
	target, _, _ := strings.Cut(href[7:], "?")
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
			target = m[1] + "@" + spelledHost(m[2])
		}
	}
	for e := range strings.FieldsFuncSeq(target, func(r rune) bool { return r == ',' || r == ';' }) {
		if at := mailForm.FindString(e); at != "" && len(res) < 10 {
			if e = cleanMail(at); e != "" {
				res = append(res, e)
			}
		}
	}
	return res
}

// decodeCF undoes Cloudflare's mail protection: the first byte is the key.
func decodeCF(code string) string {
	if end := strings.IndexFunc(code, func(r rune) bool { return !strings.ContainsRune("0123456789abcdefABCDEF", r) }); end >= 0 {
		code = code[:end]
	}
	if len(code) > 1000 {
		return ""
	}
	raw, err := hex.DecodeString(code)
	if err != nil || len(raw) < 4 {
		return ""
	}
	out := make([]byte, len(raw)-1)
	for i := range out {
		out[i] = raw[i+1] ^ raw[0]
	}
	return block.Clean(string(out))
}

// A mailbox's part before the sign says what it is for.
var mailDepartment = regexp.MustCompile(`(?i)^(?:.*[._-])?(?:advert|anzeige|annons|annonce|publicidad|pubblicita|werbung|reklam|marketing|sales|abo|subs|abonn|prenumer|tips?|tipsa|scoop|news(?:desk|room|tip)?|redak|redac|redaz|redir|desk|editor|letters?|leserbrief|briefe|cartas|correct|korrekt|fehler|feedback|support|service|help|kunden|kundservice|customer|circulation|vertrieb|webmaster|press|presse|jobs|career|legal|privacy|datenschutz)`)

// brand is the part of a host that names whose it is: "example" of
// "www.news.example.co.uk".
func brand(host string) string {
	labels := strings.Split(strings.ToLower(host), ".")
	if len(labels) < 2 {
		return ""
	}
	labels = labels[:len(labels)-1]
	if len(labels) > 1 && secondLevel[labels[len(labels)-1]] {
		labels = labels[:len(labels)-1]
	}
	return strings.ReplaceAll(labels[len(labels)-1], "-", "")
}

// secondLevel are labels below a country's that name nobody.
var secondLevel = map[string]bool{"co": true, "com": true, "org": true, "net": true, "gov": true, "gob": true, "ac": true, "edu": true, "or": true, "ne": true, "go": true, "gc": true, "nic": true, "gen": true, "web": true, "info": true}

// ownMail reports whether an address is of the page's own site: by its host, or
// by a name that both have a good part of.
func ownMail(p *doc.Page, e string) bool {
	_, host, _ := strings.Cut(e, "@")
	mail := brand(host)
	if len(mail) < 2 {
		return false
	}
	for _, name := range hostNames(p) {
		if name == mail || strings.HasPrefix(host, name+".") || strings.Contains(host, "."+name+".") {
			return true
		}
		short, long := mail, name
		if len(short) > len(long) {
			short, long = long, short
		}
		if len(short) >= 4 && strings.Contains(long, short) {
			return true
		}
		n := 0
		for n < len(short) && short[n] == long[n] {
			n++
		}
		if n >= 6 {
			return true
		}
		for i := 0; i+7 <= len(short); i++ {
			if strings.Contains(long, short[i:i+7]) {
				return true
			}
		}
	}
	return false
}

// hostNames are what the site is called, in the form of a host's label.
func hostNames(p *doc.Page) []string {
	var res []string
	add := func(s string) {
		s = strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, strings.ToLower(s))
		if len(s) >= 2 && len(s) < 60 {
			res = append(res, s)
		}
	}
	if p.Input.URL != nil {
		add(brand(p.Input.URL.Hostname()))
	}
	if n, _ := p.FirstMeta("og:site_name", "application-name"); n != "" {
		add(n)
	}
	return res
}
