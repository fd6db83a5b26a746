package contacts

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"github.com/nyaruka/phonenumbers"
)

var (
	// phoneLabel and faxLabel stand directly before a number, phoneAfter behind it.
	phoneLabel = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:tel(?:e?f(?:on|oon|ono|one|oni|onas|óno|axe?))?|tele?phones?(?: numbers?)?|teléfonos?|telefones?|telefonnummer|telefono|téléphone|tél|telp|telepon|telf|tfno|tlf|tfn|tlp|phones?|ph|puh(?:elin)?|puhelinvaihde|vaihde|fon|fono|ring|sími|simi|call(?: us)?(?: (?:at|on))?|mobile?|cell(?:ulare)?|móvil|celular|cel|handy|gsm|hotline|switchboard|central(?:ita)?|central telefónica|centralino|zentrale|växel|sentralbord|whats ?app(?: (?:at|on|number))?|viber|telegram|sms(?:/mms)?|text(?: us)?|landline|toll[ -]free|informaciones|newsroom|newsdesk|info|t|p|m)[.)]*` +
		`(?:\s*(?:no|nr|number|numbers|num)\.?)?(?:\s*\([^()]{0,24}\))?\s*[:：.\-–|/]?\s*$|(?:☎|☏|📞|✆|📱|тел(?:ефон[ыа]?)?|моб|қоңырау|τηλ(?:έφωνο)?|电话|電話|电话号码|联系电话|热线|전화|대표전화|TEL|هاتف|تلفن|الهاتف|तेलीफोन|फोन|โทร(?:ศัพท์)?|điện thoại|đt|טלפון|טל|ტელ|հեռ)[.']?\s*[:：.]?\s*$`)
	faxLabel   = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:tele)?(?:fax|faks|faksi|telefax|faxe|fx)(?:[ -]?(?:no|nr|number|nummer))?[.)]*(?:\s*\([^()]{0,24}\))?\s*[:：.\-–|]?\s*$|(?:факс|φαξ|传真|傳真|팩스|ファックス|FAX|فاكس|פקס|แฟกซ์)\.?\s*[:：.]?\s*$|(?:^|[\s|,])F[.:]\s*$`)
	phoneAfter = regexp.MustCompile(`(?i)^\s*\(?(?:toll[ -]free|tel|phone|whats ?app|newsroom|switchboard)\b`)
	// numberNot stands before numbers that reach nobody.
	numberNot = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:vat|ust|u?st-?id(?:nr)?|steuernummer|tva|iva|p\.? ?iva|partita iva|c\.? ?f|codice fiscale|cif|nif|nit|ruc|rut|cuit|cnpj|rnc|nip|regon|krs|ico|ič|dič|oib|cvr|org\.? ?(?:nr|nummer)?|orgnr|kvk|btw|siren|siret|rcs|cppap|hrb|hra|abn|acn|gst|cin|pan|ein|issn|isbn|iban|bic|swift|konto|account|registr?\p{L}*|reg|company|license|licence|lic|permit|charity|number of|id|инн|огрн|кпп|бин|эл|фс|пи|version|article|order|ref|post(?:code|giro)?|bankgiro|zip|plz|cp|p\.? ?o\.?(?: box)?|box|№|등록번호|신고번호|사업자\p{L}*|备|备案|许可证|ICP|since|c|©)\s*(?:no|nr|num|number|nummer|code|box)?\.?\s*[:：#.№\-]*\s*(?:[A-Z]{2}\s?)?$|[#€$£¥₹№©]\s*$`)
	dateForm  = regexp.MustCompile(`^(?:19|20)\d\d\s*[-–]\s*(?:19|20)\d\d$|^\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:19|20)?\d{2}(?:\D|$)|^(?:19|20)\d\d[-./]\s?\d{1,2}[-./]\s?\d{1,2}|^\d{1,2}[.]\d{2}\s?[-–]\s?\d{1,2}[.]\d{2}|^\d{1,2}/(?:19|20)\d\d$|^(?:19|20)\d\d \d{1,4}$|^\d{1,3}(?:\.\d{3})+$|^\d+\.\d+$`)
	// trunk is the zero that is dialled only within the country: +49 (0)89.
	trunk = regexp.MustCompile(`(\+[\d ]{1,4}?)\s*\(\s*0\s*\)`)
	// rangeTail is an extension or the end of a range.
	rangeTail = regexp.MustCompile(`\s*[-/–]\s*\d{1,5}$`)
)

// maxNumbers bounds the numbers of one passage; the longest number that any
// network dials has 15 digits, with extension and trunk zero a few more.
const (
	maxNumbers = 30
	maxDigits  = 20
)

// A foundPhone stands from start, where its label begins, to end.
type foundPhone struct {
	raw        string
	number     string // what to read it from, where that is not as printed: a link's target
	start, end int
	fax        bool
	sure       bool // it is labelled, or a link to call
	linked     bool
	label      string // of the link
}

// mayPhone is the cheap question whether a text may hold a number: five digits.
func mayPhone(s string) bool {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			if n++; n >= 5 {
				return true
			}
		}
	}
	return false
}

// numbers are the places of a text that have the form of a phone number: digits
// in groups that signs part.
func numbers(s string) (spots [][2]int) {
	for i := 0; i < len(s) && len(spots) < maxNumbers; {
		c := s[i]
		if c != '+' && c != '(' && !text.IsDigit(c) {
			i++
			continue
		}
		start, last, digits, group := i, i, 0, 0
		j := i
	scan:
		for j < len(s) {
			switch c := s[j]; {
			case text.IsDigit(c):
				digits++
				group++
				last = j + 1
				j++
				continue
			case c == '+' && digits > 0 && !(digits == 1 || digits > 3):
			case c == '(' && digits >= 7, c == '+' && digits > 3:
				break scan // the next number
			case c == '(' || c == '+' && digits == 0 || c == ' ' || c == '.' || c == '-' || c == '/' || c == ')':
				if c == '/' && digits >= 7 {
					if next := strings.TrimLeft(s[j+1:], " "); next != "" && (next[0] == '+' || next[0] == '(' || next[0] == '0' && digits >= 9) {
						break scan // the next number
					}
				}
				j++
				group = 0
				continue
			case strings.HasPrefix(s[j:], "–"), strings.HasPrefix(s[j:], "‑"), strings.HasPrefix(s[j:], "‐"):
				j += len("–")
				group = 0
				continue
			case strings.HasPrefix(s[j:], "\u00a0"), strings.HasPrefix(s[j:], "·"):
				j += len("\u00a0")
				group = 0
				continue
			}
			break
		}
		if last < j && last < len(s) && s[last] == ')' && strings.Count(s[start:last], "(") > strings.Count(s[start:last], ")") {
			last++
		}
		before := start == 0 || !isWord(s[start-1])
		after := last >= len(s) || !isWord(s[last]) && s[last] != '%' && s[last] != '@'
		if digits >= 5 && digits <= maxDigits && before && after {
			from := start
			for from < last && (s[from] == '(' && strings.Count(s[from:last], "(") > strings.Count(s[from:last], ")") || s[from] == ' ' || s[from] == '.') {
				from++
			}
			spots = append(spots, [2]int{from, last})
		}
		i = max(j, last, start+1)
	}
	return spots
}

func isWord(c byte) bool {
	return text.IsDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '@' || c == '='
}

// phones are the numbers of a passage, with what speaks for each. before is the
// text that a reader sees in front of the passage: a label may stand there.
func (p *passage) phones(before string) (res []foundPhone) {
	for _, a := range p.links {
		to, ok := calls(a.href)
		if !ok || len(res) >= maxNumbers {
			continue
		}
		text := p.text[a.start:a.end]
		f := foundPhone{raw: text, number: to, start: a.start, end: a.end, sure: true, label: text}
		if spots := numbers(text); len(spots) > 0 {
			f.raw = text[spots[0][0]:spots[0][1]]
			f.start, f.end = a.start+spots[0][0], a.start+spots[0][1]
		} else {
			f.raw, f.linked = to, true
			if text == "" {
				f.label = a.title
			}
		}
		f.fax = labelAhead(faxLabel, ahead(p.text, f.start, before)) != nil
		res = append(res, f)
	}
	if len(p.text) > 4000 || !mayPhone(p.text) {
		return res
	}
	last, fax, sure := 0, false, false // how the number before on the line was labelled
spots:
	for _, at := range numbers(p.text) {
		for _, f := range res {
			if !f.linked && at[0] < f.end && at[1] > f.start {
				last = at[1]
				continue spots
			}
		}
		raw := p.text[at[0]:at[1]]
		if dateForm.MatchString(raw) {
			continue
		}
		lead := ahead(p.text, at[0], before)
		f := foundPhone{raw: raw, start: at[0], end: at[1]}
		joined := last > 0 && len(strings.Trim(p.text[last:at[0]], " ,;/|&")) <= 3 // "and", "oder"
		label := labelAhead(faxLabel, lead)
		if label != nil {
			f.fax = true
		} else {
			label = labelAhead(phoneLabel, lead)
		}
		switch {
		case label != nil:
			f.sure = true
		case labelAhead(numberNot, lead) != nil:
			last = 0
			continue
		case joined:
			f.fax, f.sure = fax, sure
		case phoneAfter.MatchString(p.text[at[1]:]):
			f.sure = true
		}
		if label != nil && strings.HasSuffix(p.text[:at[0]], lead) {
			f.start = at[0] - (len(lead) - label[0])
		}
		last, fax, sure = at[1], f.fax, f.sure
		res = append(res, f)
	}
	return res
}

// faxHints are what every match of faxLabel has one of, in lower case.
var faxHints = text.Literals("fax|faks|fx|f.|f:|факс|φαξ|传真|傳真|팩스|ファックス|فاكس|פקס|แฟกซ์")

// labelAhead is where a label stands in what is before a number; nil if none does.
// What has neither letters nor the signs of numberNot is none.
func labelAhead(label *regexp.Regexp, lead string) []int {
	if label == faxLabel && !faxHints.In(strings.ToLower(lead)) {
		return nil
	}
	for i := range len(lead) {
		if c := lead[i]; c >= utf8.RuneSelf || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '#' || c == '$' {
			return label.FindStringIndex(lead)
		}
	}
	return nil
}

// calls is the number that a link calls.
func calls(href string) (string, bool) {
	scheme, to, ok := strings.Cut(href, ":")
	if !ok || !strings.EqualFold(scheme, "tel") && !strings.EqualFold(scheme, "callto") || len(to) > 100 {
		return "", false
	}
	to = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(to, "//"), "%20", " "), "%2B", "+"))
	to, _, _ = strings.Cut(to, ";")
	n := text.DigitsIn(to)
	return to, n >= 5 && n <= maxDigits
}

// ahead is what stands before a place: on its line, or in front of the text.
func ahead(text string, at int, before string) string {
	start := strings.LastIndexByte(text[:at], '\n') + 1
	if s := text[start:at]; strings.TrimSpace(s) != "" {
		return s[max(0, len(s)-60):]
	}
	if start > 0 { // the line before, if it is a label
		prev := text[:start-1]
		prev = prev[strings.LastIndexByte(prev, '\n')+1:]
		if len(prev) < 40 {
			return prev
		}
		return ""
	}
	return before
}

// readPhone reads one number; its E.164 form only where it is a valid one of
// some country. regions are those that a number without a code may be of, the
// likeliest first.
func readPhone(raw string, regions []string) (e164, region string, ok bool) {
	raw = strings.TrimSpace(raw)
	if n := text.DigitsIn(raw); n < 5 || n > maxDigits || len(raw) > 60 {
		return "", "", false
	}
	raw = trunk.ReplaceAllString(raw, "$1 ")
	forms := []string{raw}
	if t := rangeTail.FindString(raw); t != "" && text.DigitsIn(raw)-text.DigitsIn(t) >= 6 {
		forms = append(forms, strings.TrimSuffix(raw, t))
	}
	if len(regions) == 0 {
		regions = []string{""}
	}
	for _, form := range forms {
		for _, r := range regions {
			n, err := phonenumbers.Parse(form, r)
			if err != nil || !phonenumbers.IsValidNumber(n) {
				continue
			}
			n.Extension = nil
			return phonenumbers.Format(n, phonenumbers.E164), phonenumbers.GetRegionCodeForNumber(n), true
		}
	}
	return "", "", false
}

// asDialled reports whether a number without any label is written as its country
// writes numbers: with the digits that are dialled first there.
func asDialled(raw string, regions []string) bool {
	_, region, ok := readPhone(raw, regions)
	if !ok {
		return false
	}
	if c := strings.TrimLeft(raw, " "); c[0] == '+' || c[0] == '(' || c[0] == '0' {
		return true
	}
	return phonenumbers.GetNddPrefixForRegion(region, true) != "0"
}
