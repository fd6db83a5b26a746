package contacts

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// An address is found piece by piece: lines, and what commas and bars separate,
// are pieces, each of which may be a street with a number, a postal code with its
// place, a country, a part of a building. What lies between the first and the
// last of these is the address.

// An addressPiece is what a part may be.
type addressPiece uint16

const (
	pieceStreet  addressPiece = 1 << iota // a street, square or the like, by its words
	pieceWeak                             // words and a number, as streets are written
	pieceNumber                           // a street that has its number
	pieceCode                             // a postal code, with its place or alone
	pieceCountry                          // a country or a known city
	pieceHouse                            // floor, suite, building
	pieceBox                              // a post office box
	pieceLabel                            // "Address"
	pieceNoise                            // no part of an address
	pieceWords                            // a few capitalised words
	pieceWhole                            // an address in one piece, as in East Asia
	pieceShort                            // what may be a short code with its place, or a place with its district
)

var (
	labelForm    = `(?i)^\W*(?:(?:our|postal|post|mailing|street|office|head office|main|registered|registered office|corporate|visiting|physical|business|legal) address|address|addresses|head ?office|headquarters?|registered office|main office|adress(?:e|en|er)(?: postale)?|postadresse|besøksadresse|besøgsadresse|besöksadress|postadress|anschrift|postanschrift|hausanschrift|postfach|direcci(?:ón|ones)|direccion|domicilio(?: legal)?|endereço|indirizzo|sede(?: legale| operativa| social)?|siège(?: social)?|adres(?: redakcji)?|siedziba|adress|osoite|käyntiosoite|postiosoite|cím|székhely|adresa|sídlo|sjedište|naslov|adresă|alamat|address line|địa chỉ|адрес(?: редакции)?|адреса|юридический адрес|διεύθυνση|地址|住所|所在地|주소|العنوان|عنوان|کتובת|כתובת|نشانی|पता|ที่อยู่)\s*$`
	addressLabel = regexp.MustCompile(labelForm)
	// streetWord are words of streets; those of streetHead come before the name.
	streetHead = `carretera|autopista|camino|km\.? ?\d|avenida|avda\.?|avd\.|av\.|ave\.|calle|c/|carrera|cra\.?|calz\.|calzada|paseo|passeig|pza\.|plaza|plaça|praça|rua|r\.|rúa|travessa|alameda|largo|estrada|rodovia|via|viale|piazza|piazzale|p\.zza|corso|largo|vicolo|rue|bd\.?|boulevard|quai|place|allée|allées|impasse|chemin|cours|ul\.|ulica|ulice|al\.|aleja|aleje|pl\.|plac|os\.|náměstí|nám\.|trg|bulevar|str\.|strada|bd-ul|calea|bulevardul|splaiul|piața|jl\.?|jalan|jln\.?|улица|ул\.|проспект|пр\.|просп\.|пр-т|площадь|пл\.|переулок|пер\.|наб\.|набережная|бульвар|бул\.|шоссе|ш\.|вулиця|вул\.|οδός|λεωφόρος|λεωφ\.|đường|phố|شارع`
	streetTail = `street|st\.?|avenue|ave\.?|road|rd\.?|lane|ln\.?|drive|dr\.?|boulevard|blvd\.?|bvd|square|sq\.?|plaza|crescent|cres\.?|close|court|ct\.?|quay|wharf|parkway|pkwy\.?|highway|hwy\.?|freeway|fwy\.?|way|terrace|row|mews|gardens|circle|place|bridge|marg|nagar|salai|chowk|sector|caddesi|cad\.|cd\.|sokak|sokağı|sok\.|sk\.|bulvarı|bulvari|blv\.?|meydanı|mah\.|mahallesi|utca|u\.|út|útja|tér|körút|krt\.|straße|strasse|str\.|platz|allee|weg|gasse|ring|damm|ufer|gatan|gata|gate|gt\.?|vägen|veien|vei|väg|plass|torg|torget|vej|gade|stræde|plads|katu|tie|straat|laan|weg|plein|kade|gracht|prospekt|улица|ул\.|проспект|пр\.|пр-т|площадь|набережная|наб\.|бульвар|шоссе|iela|gatve|gatvė|g\.|puiestee|pst|mnt|tn|pr\.|mawatha|veethi|cesta|ulica|ulice|třída|tř\.|nábř\.|nábřeží|tänav|maantee|laukums|prospekts|aikštė|krantinė|bulvāris|bulevard|rakpart|sor|park`
	streetForm = `(?i)(?:^|[^\p{L}])(?:` + streetHead + `)\s*(?:\S*\p{L}|\d)|(?:^|\s)(?:` + streetTail + `)(?:[^\p{L}]|$)|\p{L}{3,}(?:straße|strasse|str\.|platz|allee|gasse|ufer|gatan|gata|vägen|veien|vegen|katu|vej|gade|straat|laan|plein|gracht|kade|götu|stræti|brekka|múla|múli|utca|iela)(?:[^\p{L}]|$)|\p{L}-(?:daero|ro|gil|dong|gu|ku|cho|machi)(?:[^\p{L}]|$)|ถนน|ซอย|แขวง|ตำบล|मार्ग|रोड|रास्ता|רחוב|רח'|שדרות|דרך |شارع|طريق|ص\.ب|خیابان|بلوار|میدان|کوچه`
	street     = regexp.MustCompile(streetForm)
	streetLead = regexp.MustCompile(`(?i)(?:^|\s)(?:avenida|avda\.?|av\.|calle|carrera|cra\.|calzada|paseo|passeig|praça|rua|via|viale|piazza|corso|rue|ul\.|ulica|jalan|jl\.|улица|ул\.|просп\.|вул\.)\s`)
	houseForm  = `(?i)(?:^|[^\p{L}])(?:\d*(?:st|nd|rd|th)? ?floors?|\d+(?:st|nd|rd|th)? ?fl?r?|\d+/f|ground floor|top floor|towers?|buildings?|bldg\.?|house|centre|center|complex|park|industrial estate|estate|mall|plaza|mansion|chambers|campus|edificio|edif\.|torre|immeuble|bâtiment|gebäude|gewerbepark|hochhaus|business cent(?:er|re)|бизнес-центр|бц)(?:[^\p{L}]|$)|(?:^|[^\p{L}])(?:level|suite|ste\.?|unit|office|room|rm\.?|apt\.?|apartment|block|blk\.?|plot|house no|no\.?|nº|n°|núm\.?|piso|planta|oficina|of\.|local|apto\.?|sala|andar|conj\.?|conjunto|bloco|piano|scala|interno|étage|bat\.|bp|lote|manzana|mz\.?|sector|etg\.?|etasje|haus|aufgang|kat|daire|офис|оф\.|этаж|эт\.|корп\.|корпус|стр\.|строение|дом|д\.|каб\.|помещение|пом\.|όροφος|emelet|em\.)[:\s#-]*[A-Z]{0,3}-?\d|#\s?[A-Z]?-?\d|(?:^|\s)(?:\d{1,2}(?:º|ª|er|e|ème|°|\.|-й)?)[\s-]*(?:floor|piso|planta|étage|etg|etage|etasje|andar|piano|kat|emelet|em\.|stock|obergeschoss|og|этаж|эт\.|όροφος|patro|krs)(?:[^\p{L}]|$)|(?:^|\s)(?:colonia|col\.|barrio|urbanización|urb\.|sector|bairro|barangay|brgy\.?|kecamatan|kelurahan|kec\.|kel\.|mahallesi|mah\.|mohalla|taluka|dist\.|district|ward|phường|quận)\s+[\p{L}\d]|\p{L}\s(?:district|ward)$`
	house      = regexp.MustCompile(houseForm)
	box        = regexp.MustCompile(`(?i)\bp\.?\s?o\.?\s?b(?:ox)?\.?\s*(?:no\.?\s*)?\d|\b(?:private bag|postfach|postbus|postboks|box|apartado(?: postal| de correos)?|casilla(?: de correo)?|caixa postal|boîte postale|b\.?p\.?|poštanski pretinac|skrytka pocztowa|а/я|pl|pb)\.?\s*\d{2,6}`)
	codeUS     = regexp.MustCompile(`\b(?:A[LKZR]|C[AOT]|D\.?C\.?|DE|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|PR|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY]|Alabama|Alaska|Arizona|Arkansas|California|Calif\.|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming)\.?,?\s+\d{5}(?:-\d{4})?\b`)
	codeCA     = regexp.MustCompile(`\b[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z]\s?\d[ABCEGHJ-NPRSTV-Z]\d\b`)
	codeGB     = regexp.MustCompile(`\b(?:[A-Z]{1,2}\d[A-Z\d]?)\s?\d[ABD-HJLNP-UW-Z]{2}\b`)
	// codePlace is a postal code with its place, as other countries write it.
	codePlace = regexp.MustCompile(`(?:^|[\s(])(?:[A-Z]{1,3}[-–]\s?)?(?:\d{3}\s\d{2}|\d{2}[-–]\d{3}|\d{4}[-–]\d{3}|\d{4}\s?[A-Z]{2}|\d{4,6})[\s,]+(?:\p{Lu}|'s-)[\p{L}'’.-]+|\p{Lu}[\p{L}.-]+[\s,]+(?:[A-Z]{2,3}\s+)?[-–]?\s?(?:\d{3}\s\d{3}|\d{5}[-–]\d{3}|\d{4,6})$|\b[A-Z]\d{2}\s[A-Z\d]{4}\b|〒\s?\d{3}[-−]\d{4}|^(?:[A-Z]{2}[-\s])?\d{5,6}$|^\d{5}[-–]\d{3}$|^CEP:?\s?\d{5}`)
	codeShort = regexp.MustCompile(`^(?:[A-Z]{2}-)?\d{3,4}\s+\p{Lu}[\p{L}.-]+(?:\s\p{L}+)?$|^\p{Lu}[\p{L}]{2,}(?:\s\p{Lu}[\p{L}]+)?\s+\d{1,2}$`)
	// eastern are addresses without commas.
	eastern = regexp.MustCompile(`(?:\p{Hangul}{1,8}(?:특별시|광역시|특별자치시|도|시|군|구)\s*)+.{0,40}?\p{Hangul}+\d*(?:로|길|동|가)\s*\d[\d-]*(?:길\s*\d[\d-]*)?(?:\s*\([^()]{1,30}\))?(?:\s*[\p{Hangul}A-Za-z0-9()]+){0,4}|(?:〒\s?\d{3}[-−]\d{4}\s*)?\p{Han}{2,4}[都道府県]\p{Han}+[市区町村郡].{0,30}?[\d０-９一二三四五六七八九十]+(?:[-−ー丁目番地号の\d０-９]+)?\S{0,20}|\p{Han}{2,8}[省市区區县縣].{0,30}?(?:路|街|道|大道|胡同|巷|弄)\p{Han}{0,3}\s*\d+\s*[号號]?\S{0,30}`)

	houseNumbered = regexp.MustCompile(`(?:^|[\s,.:№#°])(?:[A-Z]?\d{1,5}(?:\s?[a-zA-Zа-я])?(?:\s?[-/–]\s?\d{1,4}\s?[a-zA-Z]?)?)(?:$|[\s,.)])`)
	weakStreet    = regexp.MustCompile(`^\p{Lu}[\p{L}'’.-]*(?:\s(?:\p{Lu}[\p{L}'’.-]*|der|den|dem|die|de|del|della|delle|di|da|do|dos|das|la|le|les|las|los|van|von|zum|zur|am|im|in|und|y|e)){0,5}\s+\d{1,4}(?:\s?[a-zA-Z])?(?:\s?[-/–]\s?\d{1,4}\s?[a-zA-Z]?){0,2}$|^\d{1,5}(?:-\d{1,4}){0,2}[a-zA-Z]?,?\s+(?:(?:\p{Lu}[\p{L}'’.-]*|\d{1,3}(?:st|nd|rd|th))\s*){1,5}$`)
	// looseStreet may be one if a postal code with its place follows.
	looseStreet  = regexp.MustCompile(`^\p{Lu}[\p{L}'’.-]*(?:\s\p{L}{2,14}){1,3}\s+\d{1,3}(?:\s?[a-zA-Z])?$`)
	codeLast4    = regexp.MustCompile(`^\p{Lu}[\p{L}.-]+[\s,]+\d{4}$`)
	lowerStart   = regexp.MustCompile(`^(?:via|viale|piazza|piazzale|largo|corso|rue|bd|place|calle|c/|av|avenida|ul|al|pl|os|str|strada|jl|jalan|ул|г|просп|пр|наб|пер|вул|м|c/o|\d)`)
	yearFirst    = regexp.MustCompile(`(?:^|\s)(?:19|20)\d\d\s\p{Lu}|[^A-Z]\s(?:19|20)\d\d$`)
	houseAlone   = regexp.MustCompile(`^\d{1,4}(?:\s?(?:bis|ter|[a-zA-Z]))?$`)
	lowerWords   = regexp.MustCompile(`(?:^|\s)[a-z]{3,}`)
	numberSign   = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:no|nr|nº|n|num|№|kat|daire|d|k|blok|apt|kapı|bina)\.?$`)
	yearIn       = regexp.MustCompile(`\b(?:19|20)\d\d\b`)
	noiseForm    = `(?i)@|https?:|www\.|©|\(c\)|copyright|all rights|rights reserved|\b(?:ltd|limited|gmbh|llc|inc|s\.?p\.?a|s\.?r\.?l|s\.?a\.?s?|sp\. z o\.o|plc|corp|pty|a/s|hf|oy|oyj|ltda|s\. ?de ?r\.?l|pvt|kft|zrt|d\.o\.o|a\.?ş|ооо|ао)\.?$|\b(?:capital|register|registro|vat|reg\.|company|editor|director|publisher|published|verlag|redaktion|chief|newsletter|subscribe|privacy|cookies?|terms|sitemap|advertising|advertise|advertisement|advertiser|contact us|phone|telephone|telefon|teléfono|tel|fax|faks|e-?mail|mobile|whatsapp|hours?|open|weekdays|öffnungszeiten|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|jahre|euro?|usd|chf|gbp|kw|ps|monate|tage|students?|courses?|january|february|march|april|june|july|august|september|october|november|december|januar|februar|märz|mai|juni|juli|oktober|dezember|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|gennaio|maggio|giugno|luglio|settembre|ottobre|novembre|dicembre|janvier|février|mars|avril|juillet|août|septembre|octobre|novembre|décembre|issn|isbn|hrb|amtsgericht|uhr|min|comments?|views|minutes?|hours? ago|ago)\b|тел(?:ефон)?\.?$|\b(?:mo|di|mi|do|fr|lun|lu)\.?(?:\s*[-–]|\s(?:bis|a)\s|\s\d{1,2}[:.])|свидетельство|[%$€£]`
	numberNoise  = regexp.MustCompile(`\d:\d\d|^\d{1,2}[./]\d{1,2}[./]\d{2,4}|^(?:19|20)\d\d$`)
	addressNoise = regexp.MustCompile(noiseForm)
)

// An addressPart is one piece where it stands.
type addressPart struct {
	p          *passage
	start, end int
	kind       addressPiece
	newline    bool // it begins a line
	soft       bool // a comma was before it
	after      bool // what follows is a phone number, an address for mail or their labels
}

func (p addressPart) text() string { return p.p.text[p.start:p.end] }

// parts cuts a passage into pieces. Its numbers and mail addresses end pieces.
func (p *passage) parts(taken [][2]int) (res []addressPart) {
	str := p.text
	start, newline, soft := 0, true, false
	end := func(at, next int, nl, comma bool) {
		s, e := start, at
		for s < e && strings.IndexByte(" ,.;:|-\n\t", str[s]) >= 0 {
			s++
		}
		for s < e && strings.IndexByte(" ,;:|-\n\t", str[e-1]) >= 0 {
			e--
		}
		if s < e {
			res = append(res, addressPart{p: p, start: s, end: e, kind: pieceOf(str[s:e]), newline: newline, soft: soft})
			newline, soft = nl, comma
		} else {
			newline, soft = newline || nl, soft && comma
		}
		start = next
	}
	k := 0
	for i := 0; i < len(str) && len(res) < 80; {
		for k < len(taken) && taken[k][1] <= i {
			k++
		}
		if k < len(taken) && i >= taken[k][0] {
			end(taken[k][0], taken[k][1], false, false)
			if n := len(res); n > 0 {
				res[n-1].after = true
			}
			res = append(res, addressPart{p: p, start: taken[k][0], end: taken[k][1], kind: pieceNoise})
			i = max(i+1, taken[k][1])
			continue
		}
		c := str[i]
		switch {
		case c == '\n':
			end(i, i+1, true, false)
		case (c == ',' || c == ':') && i > 0 && i+2 < len(str) && text.IsDigit(str[i-1]) && text.IsDigit(str[i+1]) && text.IsDigit(str[i+2]):
			// a number of thousands, a time of day
		case c == ',' || c == ';':
			end(i, i+1, false, true)
		case c == ':' && i > 0 && i+2 < len(str) && (text.IsDigit(str[i+1]) || text.IsDigit(str[i+2])) && numberSign.MatchString(str[max(0, i-6):i]):
		case c == '|' || c == ':':
			end(i, i+1, false, false)
		case (c == '-' || c == '/' || c == '.') && i > 0 && str[i-1] == ' ' && i+1 < len(str) && str[i+1] == ' ':
			end(i, i+1, false, false)
		case c == '.' && i+1 < len(str) && str[i+1] == ' ' && sentenceEnd(str[start:i]):
			end(i, i+1, false, false)
		case c >= 0x80:
			r, size := utf8.DecodeRuneInString(str[i:])
			switch r {
			case '•', '·', '–', '—', '∙', '●', '：', '，', '｜', '/', '،', '、':
				if r != '–' || i > 0 && str[i-1] == ' ' {
					end(i, i+size, false, r == '，' || r == '،' || r == '、')
				}
			}
			i += size - 1
		}
		i++
	}
	end(len(str), len(str), true, false)
	return res
}

// sentenceEnd reports whether a full stop after a text ends a sentence and no
// abbreviation.
func sentenceEnd(s string) bool {
	last := s[strings.LastIndexByte(s, ' ')+1:]
	if strings.HasSuffix(last, "»") || strings.HasSuffix(last, ")") || len(last) > 2 && strings.ContainsAny(last, "0123456789") {
		return true
	}
	return utf8.RuneCountInString(last) >= 6
}

// wide reports whether a text has characters of East Asia.
func wide(s string) bool {
	for i := range len(s) {
		if s[i] >= 0xe3 && s[i] <= 0xef {
			return true
		}
	}
	return false
}

// A prefilterBits says of a word which of the long patterns may match a text that has it:
// most pieces of a page have none, and need not be tried.
type prefilterBits uint8

const (
	gateStreet prefilterBits = 1 << iota
	gateHouse
	gateNoise
	gateLabel
	gateSure // noise whatever else is there
)

var prefilters = func() map[string]prefilterBits {
	all := map[string]prefilterBits{}
	escape := regexp.MustCompile(`\\p\{[^}]*\}|\\.|\(\?[a-z]*:?|\[[^\]]*\]`)
	optional := regexp.MustCompile(`\p{L}+\?`)
	for form, g := range map[string]prefilterBits{streetForm: gateStreet, houseForm: gateHouse, noiseForm: gateNoise, labelForm: gateLabel} {
		form = escape.ReplaceAllString(form, "|")
		for _, w := range optional.FindAllString(form, -1) { // "floors?" is "floor" too
			_, size := utf8.DecodeLastRuneInString(w[:len(w)-1])
			form += "|" + w[:len(w)-1-size]
		}
		for w := range strings.FieldsFuncSeq(form, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
			if len(w) > 1 || g != gateNoise {
				all[strings.ToLower(w)] |= g
			}
		}
	}
	// Of the words of addressNoise that stand between borders, the plain ones.
	_, whole, _ := strings.Cut(noiseForm, `$|\b(?:`)
	whole, _, _ = strings.Cut(whole, `)\b`)
	for w := range strings.SplitSeq(whole, "|") {
		if len(w) > 1 && strings.Trim(w, "abcdefghijklmnopqrstuvwxyz") == "" {
			all[w] |= gateSure
		}
	}
	return all
}()

// streetEnds are the ends of words that name a street.
var streetEnds = strings.Fields("straße strasse str platz allee gasse ufer gatan gata vägen veien vegen katu vej gade straat laan plein gracht kade götu stræti brekka múla múli utca iela")

// noiseMarks are legal forms of companies whose letters stand apart.
var noiseMarks = strings.Fields("s.p.a s.r.l s.a a/s d.o.o o.o de.r.l (c)")

// prefilterBitsOf joins the gates of a text's words. lower is the text in lower case.
func prefilterBitsOf(lower string) (g prefilterBits) {
	start := -1
	figure := func(at int) bool {
		return at >= 0 && at < len(lower) && (text.IsDigit(lower[at]) || lower[at] == '_')
	}
	word := func(start, end int) {
		w := lower[start:end]
		own := prefilters[w]
		if own&gateSure != 0 && (figure(start-1) || figure(end)) {
			own &^= gateSure // no border: "10min"
		}
		g |= own
		if g&gateStreet == 0 && len(w) > 6 {
			for _, end := range streetEnds {
				if strings.HasSuffix(w, end) {
					g |= gateStreet
				}
			}
		}
	}
	script := false
	for i, r := range lower {
		letter := r >= 'a' && r <= 'z' || r >= 0x80 && (unicode.IsLetter(r) || unicode.IsMark(r))
		script = script || r >= 0x0590 && letter
		switch {
		case letter && start < 0:
			start = i
		case !letter && start >= 0:
			word(start, i)
			start = -1
		}
		switch r {
		case '@', '©', '%', '$', '€', '£':
			g |= gateNoise
		case '#':
			g |= gateHouse
		}
	}
	if start >= 0 {
		word(start, len(lower))
	}
	if script {
		g |= gateStreet | gateLabel | gateHouse // words are not apart there
	}
	for _, mark := range noiseMarks {
		if strings.Contains(lower, mark) {
			g |= gateNoise
		}
	}
	return g
}

// boxHints are what every match of box has one of, in lower case.
var boxHints = text.Literals("ob|o.b|o b|o. b|box|bag|bp|b.p|postfach|postbus|postboks|apartado|casilla|caixa|boîte|pretinac|skrytka|а/я|pl|pb")

// houseHints are what every match of house without a figure has one of.
var houseHints = text.Literals("floor|tower|building|bldg|house|centre|center|complex|park|estate|mall|plaza|mansion|chambers|campus|edif|torre|immeuble|bâtiment|gebäude|hochhaus|бизнес-центр|бц|colonia|col.|barrio|urbanización|urb.|sector|bairro|barangay|brgy|kecamatan|kelurahan|kec.|kel.|mahallesi|mah.|mohalla|taluka|dist.|district|ward|phường|quận")

// figures are the longest run of digits, and whether a capital stands directly
// before one: all postal codes have a run of three, or such a capital.
func figures(s string) (longest int, coded bool) {
	run := 0
	for i := range len(s) {
		if !text.IsDigit(s[i]) {
			run = 0
			continue
		}
		if run++; run > longest {
			longest = run
		}
		coded = coded || i > 0 && s[i-1] >= 'A' && s[i-1] <= 'Z'
	}
	return longest, coded
}

// mayWeak reports whether a text begins and ends as weakStreet does: with a number,
// or with a capital and a number at the end.
func mayWeak(s string) bool {
	if text.IsDigit(s[0]) {
		return true
	}
	if r, _ := utf8.DecodeRuneInString(s); !unicode.IsUpper(r) {
		return false
	}
	if s = strings.TrimRight(s, " "); s == "" {
		return false
	}
	last := s[len(s)-1]
	if last|0x20 >= 'a' && last|0x20 <= 'z' { // of a number: "12 a"
		s = strings.TrimRight(s[:len(s)-1], " \t\n\f\r")
		return s != "" && text.IsDigit(s[len(s)-1])
	}
	return text.IsDigit(last)
}

// pieceOf says what a piece may be.
func pieceOf(s string) (k addressPiece) {
	if len(s) > 100 && utf8.RuneCountInString(s) > 100 && !(wide(s) && eastern.MatchString(s)) {
		return pieceNoise
	}
	lower := strings.ToLower(s)
	g := prefilterBitsOf(lower)
	if g&gateLabel != 0 && addressLabel.MatchString(s) {
		return pieceLabel
	}
	town := strings.Trim(lower[strings.LastIndexByte(lower, '/')+1:], " .")
	for _, of := range []string{"г. ", "г.", "гр. ", "м. ", "tp. ", "tp.", "kota "} {
		town = strings.TrimPrefix(town, of)
	}
	if countryNames[town] != "" {
		k |= pieceCountry
	}
	digits := strings.ContainsAny(s, "0123456789")
	if g&gateNoise != 0 && digits {
		if end := companyEnd(s); end > 0 {
			s, g = s[end:], g&^gateSure
		}
	}
	if g&gateSure != 0 || g&gateNoise != 0 && addressNoise.MatchString(s) || digits && (text.IsDigit(s[0]) || strings.IndexByte(s, ':') > 0) && numberNoise.MatchString(s) {
		if m := streetLead.FindStringIndex(s); m == nil || !digits {
			return k | pieceNoise
		}
	}
	if wide(s) && eastern.MatchString(s) {
		return pieceWhole
	}
	longest, coded := 0, false
	if digits {
		longest, coded = figures(s)
		switch {
		case boxHints.In(lower) && box.MatchString(s):
			k |= pieceBox
		case longest >= 5 && codeUS.MatchString(s), coded && codeCA.MatchString(s), coded && codeGB.MatchString(s), (longest >= 3 || coded) && codePlace.MatchString(s):
			k |= pieceCode
			if yearFirst.MatchString(s) || codeLast4.MatchString(s) && countryNames[strings.ToLower(strings.TrimRight(s, " 0123456789"))] == "" {
				k = k&^pieceCode | pieceShort
			}
		}
	}
	if g&gateStreet != 0 && street.MatchString(s) {
		k |= pieceStreet
		if digits && houseNumbered.MatchString(s) {
			k |= pieceNumber
		}
	} else if digits && mayWeak(s) && weakStreet.MatchString(s) && !yearIn.MatchString(s) {
		k |= pieceWeak
	}
	if k&pieceCode != 0 && k&pieceStreet != 0 && text.IsDigit(s[0]) {
		if at := codePlace.FindStringIndex(s); at != nil && at[0] == 0 && !codeUS.MatchString(s) && !codeCA.MatchString(s) && !codeGB.MatchString(s) && codePlace.FindStringIndex(s[at[1]:]) == nil {
			k &^= pieceCode // the number of the house
		}
	}
	if k&(pieceStreet|pieceWeak) != 0 && len(lowerWords.FindAllStringIndex(s, 5)) >= 4 {
		return k & (pieceCode | pieceCountry) // a sentence
	}
	if digits && len(s) > 3 && (text.IsDigit(s[len(s)-1]) || longest >= 3) && codeShort.MatchString(s) {
		k |= pieceShort
	}
	if g&gateHouse != 0 && (digits || houseHints.In(lower)) && house.MatchString(s) {
		k |= pieceHouse
	}
	if k == 0 && block.CountWords(s) <= 5 {
		if r, _ := utf8.DecodeRuneInString(s); unicode.IsUpper(r) || unicode.Is(unicode.Lo, r) || r == '(' || r >= '0' && r <= '9' && len(s) < 12 {
			k |= pieceWords
		}
	}
	return k
}

const pieceCore = pieceStreet | pieceCode | pieceBox | pieceWeak | pieceWhole

// A foundAddress is one address; of several passages if lines are elements.
type foundAddress struct {
	raw        string
	first      *passage
	start, end int // in the first passage
	last       *passage
	country    string
}

// houseFirst are numbers before a street in North America.
var houseFirst = regexp.MustCompile(`^\d{1,5}\s+(?:[NSEW]{1,2}\.?\s|.*\b\d{1,3}(?:st|nd|rd|th)\b)`)

// addresses finds those in a row of pieces. framed says that the place is one
// for contacts, close that another item is beside it, marked that the page itself
// says it is an address.
func addresses(ps []addressPart, framed, close, marked bool) (res []foundAddress) {
	for i := 0; i < len(ps); i++ {
		if k := ps[i].kind; k&(pieceCode|pieceWeak) == pieceCode|pieceWeak && text.IsDigit(ps[i].text()[0]) {
			// The number may be the house's: a street's words or another code tell.
			house := houseFirst.MatchString(ps[i].text())
			for j := i + 1; j < min(len(ps), i+5) && !house; j++ {
				house = codeUS.MatchString(ps[j].text())
			}
			if house {
				ps[i].kind &^= pieceCode
			}
		}
		if ps[i].kind&pieceCore == 0 && i+1 < len(ps) && ps[i+1].kind&pieceCode != 0 && text.IsDigit(ps[i+1].text()[0]) && looseStreet.MatchString(ps[i].text()) {
			ps[i].kind |= pieceWeak
		}
		if ps[i].kind&(pieceCore|pieceHouse|pieceLabel) == 0 {
			continue
		}
		if ps[i].kind&pieceNoise != 0 {
			continue
		}
		labelled := marked
		from := i
		if k := ps[i].kind; k&pieceCode != 0 && k&(pieceStreet|pieceBox) == 0 && !marked && i+1 < len(ps) && ps[i+1].newline {
			continue // a code ends an address, unless a comma follows
		}
		if ps[i].kind == pieceLabel {
			if from++; from >= len(ps) || ps[from].kind&pieceNoise != 0 || ps[from].kind == pieceLabel {
				continue
			}
			labelled = true
		} else if from > 0 && ps[from-1].kind == pieceLabel {
			labelled = true
		}
		if from > 0 && ps[from].soft && !ps[from].newline && houseAlone.MatchString(ps[from-1].text()) {
			from-- // "8, rue des Lilas"
		}
		to, all := extend(ps, from, labelled)
		if accept(ps[from:to], all, framed, close, labelled) {
			a := joinParts(ps[from:to])
			if n := block.CountWords(a.raw); n >= 3 && n <= 40 || all&pieceWhole != 0 {
				res = append(res, a)
				i = to - 1
				continue
			}
		}
	}
	return res
}

// extend goes on from a piece as far as the address may reach. all is what its
// pieces are.
func extend(ps []addressPart, from int, labelled bool) (to int, all addressPiece) {
	all = ps[from].kind
	to = from + 1
	loose, have := 0, all&pieceCode != 0 && all&(pieceStreet|pieceWeak) != 0
	for j := to; j < len(ps) && j-from < 14; j++ {
		k := ps[j].kind
		if k&pieceNoise != 0 || k == pieceLabel {
			break
		}
		crossing := ps[j].newline
		switch {
		case have && k&pieceCountry != 0:
		case have && crossing:
			return to, all // an address that has its code ends with the line
		case k&(pieceCode|pieceCountry|pieceBox|pieceHouse|pieceShort) != 0 && !(have && k&pieceShort != 0):
		case k&pieceNumber != 0 && all&pieceNumber != 0 && ps[j-1].kind&pieceWords != 0:
			return to, all // the next address
		case k&(pieceStreet|pieceWeak) != 0 && !(crossing && all&(pieceStreet|pieceWeak) != 0 && all&pieceCode != 0):
		case k&pieceWords != 0 && !crossing && loose < 3:
			loose++
			if have && !ps[j].soft && k&pieceCountry == 0 {
				return to, all
			}
			to = j + 1
			all |= k
			continue
		case k&pieceWords != 0 && crossing && loose < 2 && (soon(ps[j+1:]) || labelled && j == from+1):
			loose++
			all |= k
			continue // only with what follows
		default:
			return to, all
		}
		to, all = j+1, all|k
		if k&(pieceCode|pieceShort) != 0 && all&(pieceStreet|pieceWeak|pieceBox|pieceHouse) != 0 {
			have = true
		}
	}
	return to, all
}

// soon reports whether a code, a country or the like comes after at most one
// other piece.
func soon(ps []addressPart) bool {
	for i, p := range ps {
		switch {
		case i > 1 || p.kind&pieceNoise != 0:
			return false
		case p.kind&(pieceCode|pieceCountry) != 0, i == 0 && p.kind&(pieceStreet|pieceHouse) != 0:
			return true
		}
	}
	return false
}

// accept weighs what an address is made of against where it stands.
func accept(ps []addressPart, all addressPiece, framed, close, labelled bool) bool {
	has := func(k addressPiece) bool { return all&k != 0 }
	words, houses, digits, floors := 0, 0, false, false
	for i, p := range ps {
		text := p.text()
		if houseAlone.MatchString(text) && (i > 0 && ps[i-1].kind&pieceStreet != 0 || i+1 < len(ps) && ps[i+1].kind&pieceStreet != 0) {
			all |= pieceNumber
		}
		digits = digits || strings.ContainsAny(text, "0123456789")
		floors = floors || p.kind&pieceHouse != 0 && strings.ContainsAny(text, "0123456789")
		if p.kind == pieceWords {
			words++
		}
		if p.kind&pieceHouse != 0 {
			houses++
		}
	}
	called := ps[len(ps)-1].after // a phone number follows
	// Parts of a town and a country, without numbers.
	list := len(ps) >= 3 && ps[len(ps)-1].kind&pieceCountry != 0 && ps[0].kind&(pieceStreet|pieceHouse|pieceWords) != 0
	if r, _ := utf8.DecodeRuneInString(ps[0].text()); unicode.IsLower(r) && !lowerStart.MatchString(ps[0].text()) {
		return false
	}
	switch {
	case has(pieceWhole):
		return framed || labelled
	case has(pieceNumber) && has(pieceCode|pieceBox):
		return framed || labelled
	case ps[0].end-ps[0].start > 100:
		return false
	case labelled && has(pieceStreet|pieceWeak|pieceBox|pieceCode|pieceNumber):
		return len(ps) > 1 || has(pieceNumber|pieceBox)
	case labelled && has(pieceCountry|pieceHouse) && len(ps) > 1 && (digits || has(pieceCountry) && len(ps) > 2):
		return framed
	case !framed:
		return false
	case has(pieceBox) && (has(pieceCode|pieceCountry) || words > 0):
	case has(pieceNumber) && (has(pieceCountry|pieceHouse) || words > 0):
	case has(pieceStreet) && has(pieceCode):
	case has(pieceWeak) && has(pieceCode):
	case len(ps) > 1 && ps[1].kind&pieceShort != 0 && (ps[0].kind&pieceNumber != 0 || ps[0].kind&pieceWeak != 0 && text.IsDigit(ps[1].text()[0])):
	case has(pieceWeak) && has(pieceCountry) && len(ps) > 1 && (called || close) && ps[0].kind&pieceNoise == 0:
	case has(pieceStreet) && has(pieceCountry) && len(ps) > 1 && (ps[0].kind&(pieceStreet|pieceHouse|pieceNumber) != 0 || close):
	case has(pieceHouse) && has(pieceCountry) && len(ps) > 2 && close:
	case has(pieceHouse) && len(ps) > 2 && ps[len(ps)-1].kind&pieceShort != 0 && close:
	case has(pieceStreet) && houses > 0 && (has(pieceBox) || words > 0) && close:
	case has(pieceWeak) && words > 0 && called:
	case houses >= 2 && has(pieceHouse) && len(ps) >= 3 && floors && block.CountWords(ps[len(ps)-1].text()) <= 3:
	case list && labelled || list && called:
	default:
		return false
	}
	return true
}

// joinParts is an address on one line.
func joinParts(ps []addressPart) foundAddress {
	first := ps[0]
	a := foundAddress{first: first.p, start: first.start, end: first.end}
	var b strings.Builder
	for i := 0; i < len(ps); {
		p, start, end := ps[i].p, ps[i].start, ps[i].end
		for i++; i < len(ps) && ps[i].p == p; i++ {
			end = ps[i].end
		}
		text := p.text[start:end]
		if b.Len() == 0 {
			if m := streetLead.FindStringIndex(text); m != nil && m[0] > 0 && m[0] < 60 && !strings.ContainsAny(text[:m[0]], "0123456789,") {
				a.start += m[0] // the company's name was before the street
				text = text[m[0]:]
			}
			n := companyEnd(text)
			a.start += n
			text = text[n:]
			a.end = end
		} else {
			b.WriteString(", ")
		}
		b.WriteString(strings.ReplaceAll(text, "\n", ", "))
		a.last = p
	}
	a.raw = tidyAddress(b.String())
	a.country = countryOf(a.raw)
	return a
}

// companyLead is a company's name before its address, told by its legal form.
var companyLead = regexp.MustCompile(`^[^,\n]{0,80}?\s(?:GmbH(?: & Co\. ?KG)?|Ltd\.?|Limited|LLC|Inc\.?|AG|AB|AS|ApS|A/S|Oy|Oyj|BV|B\.V\.|NV|N\.V\.|S\.A\.(?:S\.)?|SA|SAS|S\.p\.A\.|S\.r\.l\.|plc|PLC|e\. ?V\.|KG|S\.L\.|Ltda\.?|Sp\. z o\.o\.|d\.o\.o\.)\s+`)

// companyEnd is where an address begins after a company's name; 0 if none is before it.
func companyEnd(s string) int {
	m := companyLead.FindStringIndex(s)
	if m == nil || !strings.ContainsAny(s[m[1]:], "0123456789") {
		return 0
	}
	if r, _ := utf8.DecodeRuneInString(s[m[1]:]); !unicode.IsUpper(r) && !unicode.IsDigit(r) {
		return 0
	}
	return m[1]
}

var spaceComma = regexp.MustCompile(`\s*,[\s,]*`)

func tidyAddress(s string) string {
	s = strings.Trim(spaceComma.ReplaceAllString(block.Clean(s), ", "), " ,;|-–")
	if t := strings.TrimSuffix(s, "."); t != s {
		last := t[strings.LastIndexAny(t, " ,")+1:]
		if !strings.Contains(last, ".") && (len(last) > 3 || text.IsDigit(last[0])) {
			return t // of the sentence
		}
	}
	return s
}
