package contacts

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/nyaruka/phonenumbers"
)

// countryNames are names by which addresses end, lower case.
var countryNames = map[string]string{}

func init() {
	for line := range strings.Lines(countryTable) {
		code, names, _ := strings.Cut(strings.TrimSpace(line), " ")
		for name := range strings.SplitSeq(names, ", ") {
			countryNames[name] = code
		}
	}
}

// countryTable has for each country its names, and the cities that addresses end
// with in place of it; "--" has cities that several countries have.
const countryTable = `-- santiago, san josé, córdoba, valencia, san juan, georgetown, victoria, birmingham, manchester, cambridge, kingston upon thames
AD andorra
AE united arab emirates, uae, u.a.e., dubai, abu dhabi, الإمارات
AF afghanistan
AG antigua, antigua and barbuda
AL albania, shqipëri, shqipëria
AM armenia, հայաստան, yerevan
AO angola, luanda
AR argentina, buenos aires
AT austria, österreich, wien, vienna
AU australia, sydney, melbourne, brisbane, perth, nsw, qld
AZ azerbaijan, azərbaycan, baku, bakı
BA bosnia and herzegovina, bosna i hercegovina, sarajevo
BB barbados, bridgetown, w.i., west indies
BD bangladesh, dhaka, বাংলাদেশ
BE belgium, belgië, belgique, bruxelles, brussels, brussel
BF burkina faso
BG bulgaria, българия, софия, sofia
BH bahrain
BJ benin, bénin
BN brunei
BO bolivia, la paz
BR brazil, brasil, são paulo, rio de janeiro, brasília
BS bahamas, the bahamas, nassau
BT bhutan
BW botswana, gaborone
BY belarus, беларусь, минск
BZ belize
CA canada, toronto, ontario, québec, montréal, montreal, vancouver
CD congo, rdc
CH switzerland, schweiz, suisse, svizzera, zürich, bern, genève
CI côte d'ivoire, côte d’ivoire, ivory coast, abidjan
CL chile, santiago de chile
CM cameroon, cameroun
CN china, p.r. china, pr china, 中国, 北京, 上海
CO colombia, bogotá, bogota, bogotá d.c., medellín
CR costa rica
CU cuba, la habana
CY cyprus, κύπρος, nicosia
CZ czech republic, czechia, česká republika, česko, praha, prague
DE germany, deutschland, berlin, hamburg, münchen, munich
DK denmark, danmark, københavn, copenhagen
DM dominica
DO dominican republic, república dominicana, santo domingo
DZ algeria, algérie, alger, الجزائر
EC ecuador, quito, guayaquil
EE estonia, eesti, tallinn
EG egypt, مصر, cairo
ES spain, españa, madrid, barcelona, mallorca
ET ethiopia, addis ababa
FI finland, suomi, helsinki
FJ fiji, suva
FO faroe islands, føroyar, tórshavn
FR france, paris
GB united kingdom, england, scotland, wales, northern ireland, uk, u.k., great britain, london
GD grenada
GE georgia (country), საქართველო, tbilisi
GH ghana, accra
GL greenland, grønland, kalaallit nunaat, nuuk
GM gambia, the gambia
GR greece, ελλάδα, ελλάς, athens, αθήνα
GT guatemala
GY guyana
HK hong kong, 香港
HN honduras, tegucigalpa
HR croatia, hrvatska, zagreb
HT haiti, haïti
HU hungary, magyarország, budapest
ID indonesia, jakarta
IE ireland, éire, dublin
IL israel, ישראל, jerusalem, tel aviv, tel-aviv
IN india, new delhi, delhi, noida, gurugram, gurgaon, pune, ahmedabad, gujarat, maharashtra, karnataka, kerala, tamil nadu, telangana, uttar pradesh, haryana, rajasthan, west bengal, punjab, mumbai, bengaluru, kolkata, chennai, hyderabad, भारत
IQ iraq, العراق
IR iran, ایران, تهران, tehran
IS iceland, ísland, reykjavík, reykjavik
IT italy, italia, roma, milano
JM jamaica, kingston
JO jordan, amman, الأردن
JP japan, 日本, tokyo, 東京
KE kenya, nairobi
KG kyrgyzstan, кыргызстан, бишкек
KH cambodia, phnom penh
KR south korea, republic of korea, korea, 대한민국, seoul, 서울
KW kuwait, الكويت
KZ kazakhstan, казахстан, қазақстан, алматы, астана
LA laos
LB lebanon, liban, beirut, لبنان
LC saint lucia, st. lucia
LI liechtenstein, vaduz
LK sri lanka, colombo
LR liberia
LT lithuania, lietuva, vilnius
LU luxembourg, luxemburg
LV latvia, latvija, rīga, riga
LY libya, ليبيا
MA morocco, maroc, casablanca, المغرب
MC monaco
MD moldova, chișinău
ME montenegro, crna gora, podgorica
MG madagascar
MK north macedonia, македонија, скопје
ML mali
MM myanmar, yangon
MN mongolia
MT malta
MU mauritius
MV maldives, malé
MW malawi
MX mexico, méxico, ciudad de méxico, cdmx
MY malaysia, kuala lumpur, selangor
MZ mozambique, moçambique, maputo
NA namibia, windhoek
NG nigeria, abuja, lagos
NI nicaragua, managua
NL netherlands, the netherlands, nederland, amsterdam
NO norway, norge, oslo, bergen
NP nepal, kathmandu
NZ new zealand, auckland, wellington
OM oman
PA panama, panamá
PE peru, perú, lima
PG papua new guinea
PH philippines, pilipinas, manila, metro manila, makati city, quezon city
PK pakistan, karachi, lahore, islamabad
PL poland, polska, warszawa, warsaw
PR puerto rico
PS palestine
PT portugal, lisboa, lisbon, porto
PY paraguay, asunción
QA qatar, doha, قطر
RO romania, românia, bucurești, bucharest
RS serbia, srbija, србија, beograd, belgrade
RU russia, россия, российская федерация, москва, moscow, санкт-петербург
RW rwanda, kigali
SA saudi arabia, السعودية, riyadh
SC seychelles
SD sudan
SE sweden, sverige, stockholm, göteborg, malmö
SG singapore
SI slovenia, slovenija, ljubljana
SK slovakia, slovensko, slovenská republika, bratislava
SL sierra leone, freetown
SN senegal, sénégal, dakar
SO somalia
SR suriname
SV el salvador, san salvador
SY syria
TH thailand, bangkok, กรุงเทพมหานคร
TN tunisia, tunisie, tunis
TR turkey, türkiye, istanbul, i̇stanbul, ankara
TT trinidad, trinidad and tobago, trinidad & tobago, port of spain
TW taiwan, 台灣, 臺灣, taipei
TZ tanzania, dar es salaam
UA ukraine, україна, київ, kyiv
UG uganda, kampala
US united states, united states of america, usa, u.s.a., new york, washington d.c.
UY uruguay, montevideo
UZ uzbekistan, oʻzbekiston
VE venezuela, caracas
VN vietnam, ho chi minh city, hồ chí minh, việt nam, hà nội, hanoi
ZA south africa, johannesburg, cape town
ZM zambia, lusaka
ZW zimbabwe, harare`

// languageRegion is the country of languages that one country speaks.
var languageRegion = map[string]string{
	"de": "DE", "fr": "FR", "it": "IT", "es": "ES", "nl": "NL", "pl": "PL", "sv": "SE", "nb": "NO", "no": "NO", "nn": "NO", "da": "DK", "fi": "FI", "cs": "CZ", "sk": "SK", "hu": "HU", "ro": "RO", "bg": "BG", "el": "GR", "tr": "TR",
	"ja": "JP", "ko": "KR", "th": "TH", "vi": "VN", "he": "IL", "uk": "UA", "ru": "RU", "lt": "LT", "lv": "LV", "et": "EE", "sl": "SI", "hr": "HR", "sr": "RS", "is": "IS", "mk": "MK", "sq": "AL", "ka": "GE", "hy": "AM", "az": "AZ",
	"kk": "KZ", "be": "BY", "id": "ID", "ms": "MY", "fa": "IR", "hi": "IN", "bn": "BD", "ur": "PK", "ne": "NP", "si": "LK", "km": "KH", "my": "MM", "mt": "MT", "kl": "GL", "fo": "FO",
}

// generic are country domains that the whole world uses.
var generic = map[string]bool{"TV": true, "ME": true, "CO": true, "IO": true, "FM": true, "AI": true, "CC": true, "LY": true, "TO": true, "WS": true, "GG": true, "VC": true}

// codePrefix is the country's sign before a postal code.
var (
	codePrefix   = regexp.MustCompile(`(?:^|[\s,])(D|A|CH|I|F|L|B|NL|DK|S|SE|N|FI|FIN|CZ|SK|PL|H|HU|SI|SLO|HR|RO|AT|DE|LT|LV|EE|LI|FL|E|P|GR|BG|MD)\s?[-–]\s?\d{4,6}\s\p{Lu}`)
	codePrefixes = map[string]string{"D": "DE", "A": "AT", "CH": "CH", "I": "IT", "F": "FR", "L": "LU", "B": "BE", "NL": "NL", "DK": "DK", "S": "SE", "SE": "SE", "N": "NO", "FI": "FI", "FIN": "FI", "CZ": "CZ", "SK": "SK", "PL": "PL",
		"H": "HU", "HU": "HU", "SI": "SI", "SLO": "SI", "HR": "HR", "RO": "RO", "AT": "AT", "DE": "DE", "LT": "LT", "LV": "LV", "EE": "EE", "LI": "LI", "FL": "LI", "E": "ES", "P": "PT", "GR": "GR", "BG": "BG", "MD": "MD"}
)

// countryOf is the country that an address names at its end; "" if it names none.
func countryOf(address string) string {
	if m := codePrefix.FindStringSubmatch(address); m != nil {
		return codePrefixes[m[1]]
	}
	if at := codeUS.FindStringIndex(address); at != nil && len(address)-at[1] < 2 {
		return "US"
	}
	parts := strings.FieldsFunc(strings.ReplaceAll(strings.ToLower(address), " - ", ","), func(r rune) bool {
		return r == ',' || r == ';' || r == '|' || r == '(' || r == ')' || r == '/' || r == '،'
	})
	for i := len(parts) - 1; i >= 0; i-- {
		part := strings.Trim(parts[i], " .0123456789-–")
		for _, of := range []string{"г. ", "г.", "гр. ", "м. ", "tp. ", "tp.", "kota "} {
			part = strings.TrimPrefix(part, of)
		}
		if c := countryNames[part]; c != "" && c != "--" {
			return c
		}
		if last := part[strings.LastIndexByte(part, ' ')+1:]; i == len(parts)-1 && countryNames[last] != "" && countryNames[last] != "--" && len(last) > 1 && !street.MatchString(part) {
			return countryNames[last]
		}
	}
	switch {
	case codeUS.MatchString(address):
		return "US"
	case codeCA.MatchString(address):
		return "CA"
	case codeGB.MatchString(address):
		return "GB"
	}
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
	var res []string
	add := func(r string) {
		if len(r) != 2 || phonenumbers.GetCountryCodeForRegion(r) == 0 {
			return
		}
		for _, o := range res {
			if o == r {
				return
			}
		}
		res = append(res, r)
	}
	tld := ""
	if p.Input.URL != nil {
		host := p.Input.URL.Hostname()
		tld = strings.ToUpper(host[strings.LastIndexByte(host, '.')+1:])
		if tld == "UK" {
			tld = "GB"
		}
		if tld == "SU" {
			tld = "RU"
		}
		if len(tld) == 2 && !generic[tld] {
			add(tld)
		}
	}
	for _, o := range p.LD {
		if !o.Is(orgTypes...) {
			continue
		}
		for _, ad := range p.ObjectsOf(o, "address") {
			c := ad.Text("addressCountry")
			if len(c) != 2 {
				c = countryNames[strings.ToLower(c)]
			}
			add(strings.ToUpper(c))
		}
	}
	locale, _ := p.FirstMeta("og:locale")
	for _, l := range []string{p.Lang, locale} {
		parts := strings.FieldsFunc(l, func(r rune) bool { return r == '-' || r == '_' })
		if len(parts) < 2 {
			continue
		}
		if r := strings.ToUpper(parts[len(parts)-1]); r != "US" { // which software declares unasked
			add(r)
		}
	}
	lang, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(p.Lang, "_", "-")), "-")
	add(languageRegion[lang])
	if generic[tld] {
		add(tld)
	}
	return res
}

// dialled are regions, and where nothing says which, the country that most pages
// in English are of.
func dialled(p *doc.Page) []string {
	res := regions(p)
	if lang, _, _ := strings.Cut(strings.ToLower(p.Lang), "-"); lang == "en" || lang == "" && len(res) == 0 {
		res = append(res, "US")
	}
	return res
}
