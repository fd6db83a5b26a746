package parsers

import (
	"regexp"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/nyaruka/phonenumbers"
	"golang.org/x/net/html"
)

var (
	phoneLabel = regexp.MustCompile(`(?i)(?:\b(?:tel(?:ephone|efon|éfono|efone|efono)?|phones?|call(?: us)?|mobile|mobil|cell|hotline|switchboard|whatsapp|ph|puh|tlf|tfn|fon|centralino|zentrale|t)\b|☎|📞|тел(?:ефон)?|电话|電話|전화|هاتف|تلفن)\.?\s*(?:\([^)]{0,20}\))?\s*[:：.]?\s*`)
	faxLabel   = regexp.MustCompile(`(?i)(?:\b(?:tele)?fax\b|факс|传真|傳真|팩스)\.?\s*[:：.]?\s*`)
	number     = regexp.MustCompile(`(?:\+|00)?\s?\(?\d[\d\s().\-/–]{5,22}\d(?:-\d{1,5})?`)
	notNumber  = regexp.MustCompile(`^(?:19|20)\d\d\s*[-–]\s*(?:19|20)\d\d$|^\d{1,2}[./]\d{1,2}[./]\d{2,4}|^(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}`)
)

// maxNumbers bounds the numbers of one block.
const maxNumbers = 30

// phones are the numbers of a block that are labelled as such, linked as such,
// or international in a block about contacts.
func (x *index) phones(b *block.Block) (phones, faxes []Phone) {
	for n := range b.Node.Descendants() {
		if n.Type != html.ElementNode || n.Data != "a" || !x.ownLink(b, n) || len(phones) > maxNumbers {
			continue
		}
		href := strings.TrimSpace(block.Attr(n, "href"))
		if len(href) > 4 && strings.EqualFold(href[:4], "tel:") {
			raw := block.Clean(block.TextOf(n))
			p, ok := x.phone(href[4:], true)
			if !ok {
				continue
			}
			if strings.ContainsAny(raw, "0123456789") && len(raw) < 40 {
				p.Raw = raw
				if own, ok := x.phone(raw, true); ok && own.E164 != "" {
					p.E164 = own.E164
				}
			}
			phones = mergePhones(phones, []Phone{p})
		}
	}
	if len(b.Text) > 3000 || digitsIn(b.Text) < 5 {
		return phones, nil
	}
	spots := number.FindAllStringIndex(b.Text, maxNumbers)
	if len(spots) == 0 {
		return phones, nil
	}
	labelled := phoneLabel.FindStringIndex(b.Text)
	fax := faxLabel.FindStringIndex(b.Text)
	for _, at := range spots {
		raw := strings.Trim(b.Text[at[0]:at[1]], " .-–/")
		if strings.Count(raw, "(") != strings.Count(raw, ")") {
			raw = strings.Trim(raw, "()")
		}
		if notNumber.MatchString(raw) {
			continue
		}
		isFax := fax != nil && fax[1] <= at[0]+1 && !(labelled != nil && labelled[0] > fax[0] && labelled[1] <= at[0]+1)
		isPhone := labelled != nil && labelled[1] <= at[0]+1
		if !isFax && !isPhone && !(strings.HasPrefix(raw, "+") && !b.Keep) {
			continue
		}
		if !isFax && b.Keep && b.Words > 25 {
			continue
		}
		p, ok := x.phone(raw, isFax || isPhone)
		if !ok {
			continue
		}
		if isFax {
			faxes = mergePhones(faxes, []Phone{p})
		} else {
			phones = mergePhones(phones, []Phone{p})
		}
	}
	return phones, faxes
}

func digitsIn(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

// trunk is the zero that is dialled only within the country: +49 (0)89.
var trunk = regexp.MustCompile(`(\+\d{1,3})\s*\(\s*0\s*\)`)

// phone reads one number; its E.164 form only where it is a valid one.
func (x *index) phone(raw string, sure bool) (Phone, bool) {
	raw = strings.TrimSpace(raw)
	digits := digitsIn(raw)
	if digits < 5 || digits > 17 || len(raw) > 50 {
		return Phone{}, false
	}
	p := Phone{Raw: raw}
	n, err := phonenumbers.Parse(trunk.ReplaceAllString(raw, "$1"), x.region(""))
	if err != nil {
		return p, sure && digits >= 7
	}
	if phonenumbers.IsValidNumber(n) {
		p.E164 = phonenumbers.Format(n, phonenumbers.E164)
		return p, true
	}
	return p, sure && digits >= 7
}

// countryNames are names by which addresses end.
var countryNames = map[string]string{
	"nigeria": "NG", "abuja": "NG", "lagos": "NG", "germany": "DE", "deutschland": "DE", "austria": "AT", "österreich": "AT", "switzerland": "CH", "schweiz": "CH", "france": "FR", "spain": "ES", "españa": "ES",
	"italy": "IT", "italia": "IT", "united kingdom": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "uk": "GB", "london": "GB", "ireland": "IE", "united states": "US", "usa": "US", "u.s.a.": "US", "canada": "CA",
	"australia": "AU", "new zealand": "NZ", "india": "IN", "kenya": "KE", "ghana": "GH", "south africa": "ZA", "japan": "JP", "china": "CN", "south korea": "KR", "norway": "NO", "norge": "NO", "sweden": "SE", "sverige": "SE",
	"denmark": "DK", "danmark": "DK", "finland": "FI", "suomi": "FI", "poland": "PL", "polska": "PL", "netherlands": "NL", "nederland": "NL", "belgium": "BE", "portugal": "PT", "brazil": "BR", "brasil": "BR", "mexico": "MX", "méxico": "MX",
	"argentina": "AR", "turkey": "TR", "türkiye": "TR", "israel": "IL", "pakistan": "PK", "bangladesh": "BD", "philippines": "PH", "malaysia": "MY", "singapore": "SG", "indonesia": "ID", "россия": "RU", "москва": "RU",
}

// languageRegion is the country of languages that one country speaks.
var languageRegion = map[string]string{
	"de": "DE", "fr": "FR", "it": "IT", "es": "ES", "nl": "NL", "pl": "PL", "sv": "SE", "nb": "NO", "no": "NO", "nn": "NO", "da": "DK", "fi": "FI", "cs": "CZ", "sk": "SK", "hu": "HU", "ro": "RO", "bg": "BG", "el": "GR", "tr": "TR",
	"ja": "JP", "ko": "KR", "th": "TH", "vi": "VN", "he": "IL", "uk": "UA", "ru": "RU", "lt": "LT", "lv": "LV", "et": "EE", "sl": "SI", "hr": "HR", "sr": "RS", "is": "IS",
}

// region is the country that a number without a code, or an address, is of: by
// the address itself, the page's language, its domain. "" where that is open.
func (x *index) region(address string) string {
	if address != "" {
		lower := strings.ToLower(address)
		parts := strings.FieldsFunc(lower, func(r rune) bool { return r == ',' || r == ';' })
		for i := len(parts) - 1; i >= 0 && i >= len(parts)-3; i-- {
			if c := countryNames[strings.Trim(parts[i], " .0123456789-")]; c != "" {
				return c
			}
		}
	}
	if x.page.URL != nil {
		host := x.page.URL.Hostname()
		tld := strings.ToUpper(host[strings.LastIndexByte(host, '.')+1:])
		if tld == "UK" {
			tld = "GB"
		}
		if len(tld) == 2 && phonenumbers.GetCountryCodeForRegion(tld) != 0 && !generic[tld] {
			return tld
		}
	}
	locale, _ := x.first("og:locale")
	for _, l := range []string{x.Lang, locale} {
		parts := strings.FieldsFunc(l, func(r rune) bool { return r == '-' || r == '_' })
		if len(parts) >= 2 && len(parts[len(parts)-1]) == 2 && address == "" {
			return strings.ToUpper(parts[len(parts)-1])
		}
	}
	lang, _, _ := strings.Cut(strings.ToLower(x.Lang), "-")
	if r := languageRegion[lang]; r != "" {
		return r
	}
	if lang == "en" && address == "" {
		return "US"
	}
	return ""
}

// generic are country domains that the whole world uses.
var generic = map[string]bool{"TV": true, "ME": true, "CO": true, "IO": true, "FM": true, "AI": true, "CC": true, "LY": true, "TO": true, "WS": true}
