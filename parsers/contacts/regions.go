package contacts

import (
	"slices"
	"strings"
	"unicode"

	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"github.com/nyaruka/phonenumbers"
)

// languageRegion is the country of languages that one country speaks.
var languageRegion = map[string]string{
	"de": "DE", "fr": "FR", "it": "IT", "es": "ES", "nl": "NL", "pl": "PL", "sv": "SE", "nb": "NO", "no": "NO", "nn": "NO", "da": "DK", "fi": "FI", "cs": "CZ", "sk": "SK", "hu": "HU", "ro": "RO", "bg": "BG", "el": "GR", "tr": "TR",
	"ja": "JP", "ko": "KR", "th": "TH", "vi": "VN", "he": "IL", "uk": "UA", "ru": "RU", "lt": "LT", "lv": "LV", "et": "EE", "sl": "SI", "hr": "HR", "sr": "RS", "is": "IS", "mk": "MK", "sq": "AL", "ka": "GE", "hy": "AM", "az": "AZ",
	"kk": "KZ", "be": "BY", "id": "ID", "ms": "MY", "fa": "IR", "hi": "IN", "bn": "BD", "ur": "PK", "ne": "NP", "si": "LK", "km": "KH", "my": "MM", "mt": "MT", "kl": "GL", "fo": "FO",
}

// generic are country domains that the whole world uses.
var generic = text.Set("TV ME CO IO FM AI CC LY TO WS GG VC")

// codePrefix is the country's sign before a postal code.
var (
	codePrefix   = text.MustCompile(`(?:^|[\s,])(D|A|CH|I|F|L|B|NL|DK|S|SE|N|FI|FIN|CZ|SK|PL|H|HU|SI|SLO|HR|RO|AT|DE|LT|LV|EE|LI|FL|E|P|GR|BG|MD)\s?[-–]\s?\d{4,6}\s\p{Lu}`)
	codePrefixes = map[string]string{"D": "DE", "A": "AT", "CH": "CH", "I": "IT", "F": "FR", "L": "LU", "B": "BE", "NL": "NL", "DK": "DK", "S": "SE", "SE": "SE", "N": "NO", "FI": "FI", "FIN": "FI", "CZ": "CZ", "SK": "SK", "PL": "PL",
		"H": "HU", "HU": "HU", "SI": "SI", "SLO": "SI", "HR": "HR", "RO": "RO", "AT": "AT", "DE": "DE", "LT": "LT", "LV": "LV", "EE": "EE", "LI": "LI", "FL": "LI", "E": "ES", "P": "PT", "GR": "GR", "BG": "BG", "MD": "MD"}
)

// townIn is a text in lower case without what stands before a town's name.
func townIn(lower string) string {
	town := strings.Trim(lower, " .")
	if town == "" || strings.IndexByte(townLeads, town[0]) < 0 {
		return town
	}
	for _, of := range beforeTowns {
		town = strings.TrimPrefix(town, of)
	}
	return town
}

// beforeTowns stand before the name of a town; townLeads are the bytes that they
// begin with.
var (
	beforeTowns = []string{"г. ", "г.", "гр. ", "м. ", "tp. ", "tp.", "kota "}
	townLeads   = func() (leads string) {
		for _, of := range beforeTowns {
			leads += of[:1]
		}
		return leads
	}()
)

// countryOf is the country that an address names at its end; "" if it names none.
func countryOf(address string) string {
	if m := codePrefix.FindStringSubmatch(address); m != nil {
		return codePrefixes[m[1]]
	}
	if at := codeUS.FindStringIndex(address); at != nil && len(address)-at[1] < 2 {
		return "US"
	}
	if c := countryNamed(address); c != "" {
		return c
	}
	switch {
	case codeUS.MatchString(address):
		return "US"
	case codeCA.MatchString(address):
		return "CA"
	case codeGB.MatchString(address):
		return "GB"
	}
	return countryOfScript(address)
}

// countryNamed is the country of the last part of an address that is the name of
// one, or of a known city; of the last part its last word may be it.
func countryNamed(address string) string {
	parts := strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(address), " - ", ","), func(r rune) bool {
		return strings.ContainsRune(",;|()/،", r)
	})
	for i, part := range slices.Backward(parts) {
		part = townIn(strings.Trim(part, " .0123456789-–"))
		if c := countryByName(part); c != "" {
			return c
		}
		if i < len(parts)-1 {
			continue
		}
		last := part[strings.LastIndexByte(part, ' ')+1:]
		if c := countryByName(last); c != "" && !street.MatchString(part) {
			return c
		}
	}
	return ""
}

// countryByName is the country of a name that one country alone has.
func countryByName(name string) string {
	if c := countryNames[name]; c != "--" {
		return c
	}
	return ""
}

// countryOfScript is the country that alone writes so.
func countryOfScript(address string) string {
	for _, r := range address {
		switch {
		case unicode.Is(unicode.Hangul, r):
			return "KR"
		case unicode.In(r, unicode.Hiragana, unicode.Katakana), r == '〒':
			return "JP"
		}
	}
	return ""
}

// regions are the countries that a number without a code, or an address without
// a country, may be of, the likeliest first: by the domain, by the address that
// the publisher's JSON-LD has, by the page's locale, by its language.
func regions(p *doc.Page) []string {
	tld := domainRegion(p)
	var named []string
	if !generic[tld] {
		named = append(named, tld)
	}
	named = append(named, publisherRegions(p)...)
	named = append(named, localeRegions(p)...)
	lang, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(p.Lang, "_", "-")), "-")
	named = append(named, languageRegion[lang])
	if generic[tld] {
		named = append(named, tld)
	}
	var known []string
	for _, r := range named {
		if len(r) == 2 && phonenumbers.GetCountryCodeForRegion(r) != 0 && !slices.Contains(known, r) {
			known = append(known, r)
		}
	}
	return known
}

// domainRegion is the top level of the page's domain as a country's code.
func domainRegion(p *doc.Page) string {
	if p.Input.URL == nil {
		return ""
	}
	host := p.Input.URL.Hostname()
	switch tld := strings.ToUpper(host[strings.LastIndexByte(host, '.')+1:]); tld {
	case "UK":
		return "GB"
	case "SU":
		return "RU"
	default:
		return tld
	}
}

// publisherRegions are the countries of the addresses that organizations have in
// JSON-LD.
func publisherRegions(p *doc.Page) (codes []string) {
	for _, o := range p.LD {
		if !o.Is(orgTypes...) {
			continue
		}
		for _, ad := range p.ObjectsOf(o, "address") {
			c := ad.Text("addressCountry")
			if len(c) != 2 {
				c = countryNames[strings.ToLower(c)]
			}
			codes = append(codes, strings.ToUpper(c))
		}
	}
	return codes
}

// localeRegions are the countries of the page's locales: "en-GB".
func localeRegions(p *doc.Page) (codes []string) {
	locale, _ := p.FirstMeta("og:locale")
	for _, l := range []string{p.Lang, locale} {
		parts := strings.FieldsFunc(l, func(r rune) bool { return r == '-' || r == '_' })
		if len(parts) < 2 {
			continue
		}
		if r := strings.ToUpper(parts[len(parts)-1]); r != "US" { // which software declares unasked
			codes = append(codes, r)
		}
	}
	return codes
}

// dialledRegions are regions, and where nothing says which, the country that most
// pages in English are of.
func dialledRegions(p *doc.Page, regions []string) []string {
	if lang, _, _ := strings.Cut(strings.ToLower(p.Lang), "-"); lang == "en" || lang == "" && len(regions) == 0 {
		return append(slices.Clone(regions), "US")
	}
	return regions
}
