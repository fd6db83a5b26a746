package contacts

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// The words of addresses, separated by "|". Patterns are made of them below, and
// so are addressWordClasses, which spare a piece the patterns that it cannot match.
const (
	// streetLeads stand before the name of a street; streetLeadsToo do so too, but
	// do not show where an address begins within a text.
	streetLeads    = "avenida|avda|avda.|av.|calle|carrera|cra.|calzada|paseo|passeig|praça|rua|via|viale|piazza|corso|rue|ul.|ulica|jalan|jl|jl.|улица|ул.|просп.|вул."
	streetLeadsToo = "carretera|autopista|camino|avd.|ave.|c/|cra|calz.|pza.|plaza|plaça|r.|rúa|travessa|alameda|largo|estrada|rodovia|piazzale|p.zza|vicolo|bd|bd.|boulevard|quai|place|allée|allées|impasse|chemin|cours|ulice|al.|aleja|aleje|pl.|plac|os.|náměstí|nám.|trg|bulevar|str.|strada|bd-ul|calea|bulevardul|splaiul|piața|jalan|jln|jln.|проспект|пр.|пр-т|площадь|пл.|переулок|пер.|наб.|набережная|бульвар|бул.|шоссе|ш.|вулиця|οδός|λεωφόρος|λεωφ.|đường|phố|شارع"
	// streetTails stand behind the name, or are words of a street in some other place.
	streetTails = "street|st|avenue|ave|road|rd|lane|ln|drive|dr|boulevard|blvd|bvd|square|sq|plaza|crescent|cres|close|court|ct|quay|wharf|parkway|pkwy|highway|hwy|freeway|fwy|way|terrace|row|mews|gardens|circle|place|bridge|marg|nagar|salai|chowk|sector|caddesi|cad.|cd.|sokak|sokağı|sok.|sk.|bulvarı|bulvari|blv|meydanı|mah.|mahallesi|utca|u.|út|útja|tér|körút|krt.|straße|strasse|str.|platz|allee|weg|gasse|ring|damm|ufer|gatan|gata|gate|gt|vägen|veien|vei|väg|plass|torg|torget|vej|gade|stræde|plads|katu|tie|straat|laan|plein|kade|gracht|prospekt|улица|ул.|проспект|пр.|пр-т|площадь|набережная|наб.|бульвар|шоссе|iela|gatve|gatvė|g.|puiestee|pst|mnt|tn|pr.|mawatha|veethi|cesta|ulica|ulice|třída|tř.|nábř.|nábřeží|tänav|maantee|laukums|prospekts|gøta|gatu|stígur|vegur|sráid|bóthar|parade|walk|embankment|aikštė|krantinė|bulvāris|bulevard|rakpart|sor|park"
	// streetEnds end a word that names a street: "Lindenstraße".
	streetEnds = "straße|strasse|str.|platz|allee|gasse|ufer|gatan|gata|vägen|veien|vegen|katu|vej|gade|straat|laan|plein|gracht|kade|götu|gøta|gøtu|stræti|brekka|múla|múli|utca|iela"
	// streetSuffixes end one after a hyphen: "Sejong-daero".
	streetSuffixes = "daero|ro|gil|dong|gu|ku|cho|machi"
	// streetScripts are street words of scripts whose words do not stand apart.
	streetScripts = "ถนน|ซอย|แขวง|ตำบล|मार्ग|रोड|रास्ता|רחוב|רח'|שדרות|דרך |شارع|طريق|ص.ب|خیابان|بلوار|میدان|کوچه"

	buildings = "floor|floors|ground floor|top floor|tower|towers|building|buildings|bldg|house|centre|center|complex|park|industrial estate|estate|mall|plaza|mansion|chambers|campus|edificio|edif.|torre|immeuble|bâtiment|gebäude|gewerbepark|hochhaus|business center|business centre|бизнес-центр|бц"
	// roomLeads stand before the number of a floor, a room or a house.
	roomLeads = "level|suite|ste|ste.|unit|office|room|rm|rm.|apt|apt.|apartment|block|blk|blk.|plot|house no|no|no.|nº|n°|núm|núm.|piso|planta|oficina|of.|local|apto|apto.|sala|andar|conj|conj.|conjunto|bloco|piano|scala|interno|étage|bat.|bp|lote|manzana|mz|mz.|sector|etg|etg.|etasje|haus|aufgang|kat|daire|офис|оф.|этаж|эт.|корп.|корпус|стр.|строение|дом|д.|каб.|помещение|пом.|όροφος|emelet|em."
	// floors stand behind the number.
	floors = "floor|piso|planta|étage|etg|etage|etasje|andar|piano|kat|emelet|em.|stock|obergeschoss|og|этаж|эт.|όροφος|patro|krs"
	// districts stand before the name of a part of a town.
	districts = "colonia|col.|barrio|urbanización|urb.|sector|bairro|barangay|brgy|brgy.|kecamatan|kelurahan|kec.|kel.|mahallesi|mah.|mohalla|taluka|dist.|district|ward|co.|county|phường|quận"

	// boxNames stand before the number of a post office box.
	boxNames = "private bag|postfach|postbus|postboks|box|apartado|apartado postal|apartado de correos|casilla|casilla de correo|caixa postal|boîte postale|bp|b.p|b.p.|bp.|poštanski pretinac|skrytka pocztowa|а/я|pl|pb"
	// boxAlone is a post office's box, or what a company has in its place, without its
	// number in a part of its own: the code that follows is the box's.
	boxAlone = "postfach|case postale|casella postale|postbus|postboks|box|cs \\d+|c\\.?p\\.? \\d+"
	// boxInitials are how "P.O. Box" may be cut into words.
	boxInitials = "p|po|pob|pobox|box"

	// noiseWords stand in no address.
	noiseWords = "телефон|телефоны|capital|register|registro|vat|company|editor|director|publisher|published|verlag|redaktion|chief|newsletter|subscribe|privacy|cookie|cookies|terms|sitemap|advertising|advertise|advertisement|advertiser|phone|telephone|telefon|teléfono|telefono|telefone|téléphone|tel|tél|telf|telp|tlf|tlp|sími|bréfsími|fax|faks|telefax|email|mobile|whatsapp|hour|hours|open|weekdays|öffnungszeiten|monday|tuesday|wednesday|thursday|friday|saturday|sunday|mon|tue|wed|thu|fri|sat|sun|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|jahre|eur|euro|usd|chf|gbp|kw|ps|monate|tage|student|students|course|courses|january|february|march|april|june|july|august|september|october|november|december|januar|februar|märz|mai|juni|juli|oktober|dezember|enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|gennaio|maggio|giugno|luglio|settembre|ottobre|novembre|dicembre|janvier|février|mars|avril|juillet|août|septembre|octobre|novembre|décembre|issn|isbn|hrb|amtsgericht|uhr|min|comment|comments|views|minute|minutes|ago"
	// noiseParts do not either, wherever in a text.
	noiseParts = "@|http:|https:|www.|©|(c)|copyright|all rights|rights reserved|свидетельство|%|$|€|£"
	// noisePhrases are noise between the borders of words.
	noisePhrases = "contact us|e-mail|reg."
	// noiseEnds are noise at the end: a company's legal form, the label of a number.
	noiseEnds = "ltd|limited|gmbh|llc|inc|s.p.a|s.r.l|srl|s.a|s.a.s|sas|sp. z o.o|plc|corp|pty|a/s|hf|oy|oyj|ltda|s. de r.l|s.de r.l|pvt|kft|zrt|d.o.o|a.ş|ооо|ао|тел|телефон"
	// countedWords stand before a number that is no house's.
	countedWords = "season|seasons|episode|episodes|chapter|volume|issue|part|page|round|match|matchday|game|race|stage|day|week|act|scene|series|channel|version|windows|top|step|lesson|question|grade|group|class|year|article|section|track|folge|staffel|kapitel|teil|seite|runde|spieltag|ausgabe|band|temporada|episodio|capítulo|parte|página|jornada|grupo|saison|épisode|chapitre|tome|numéro|partie|journée|groupe|stagione|puntata|capitolo|giornata|gruppo|temporada|episódio|rodada|säsong|avsnitt|sesong|omgang|sezon|odcinek|bölüm|сезон|серия|глава|тур|часть"
	// weekdays are noise if a range or a time of day follows: "Mo-Fr", "Mo 9:00".
	weekdays = "mo|di|mi|do|fr|lun|lu"
)

// anyOf is the part of a regular expression that matches one of the words.
func anyOf(lists ...string) string {
	words := strings.Split(strings.Join(lists, "|"), "|")
	for i, w := range words {
		words[i] = regexp.QuoteMeta(w)
	}
	return "(?:" + strings.Join(words, "|") + ")"
}

// notLetter is the part of a regular expression before a word, wordEnd behind it.
const (
	notLetter = `(?:^|[^\p{L}])`
	wordEnd   = `(?:[^\p{L}]|$)`
)

var (
	addressLabel = text.MustCompile(`(?i)^\W*(?:(?:our|postal|post|mailing|street|office|head office|main|registered|registered office|corporate|visiting|physical|business|legal|digital|editorial|contact) address|address|addresses|head office|office|offices|headquarters?|morada|ubicación|domicilio social|bureaux|registered office|main office|adresse postale|postadresse|besøksadresse|besøgsadresse|besöksadress|postadress|anschrift|postanschrift|hausanschrift|direcci(?:ón|ones)|direccion|domicilio(?: legal)?|endereço|indirizzo|sede(?: legale| operativa| social)?|siège(?: social)?|adres(?: redakcji)?|siedziba|adress|osoite|käyntiosoite|postiosoite|cím|székhely|adresa|sídlo|sjedište|naslov|adresă|alamat|address line|địa chỉ|адрес(?: редакции)?|адреса|юридический адрес|διεύθυνση|地址|住所|所在地|邮编|邮政编码|郵遞區號|郵便番号|우편번호|주소|العنوان|عنوان|کتובת|כתובת|نشانی|पता|ที่อยู่)\s*$`)

	street = regexp.MustCompile(`(?i)` + notLetter + `(?:` + anyOf(streetLeads, streetLeadsToo) + `|km\.? ?\d)\s*(?:\S*\p{L}|\d)` +
		`|(?:^|\s)` + anyOf(streetTails) + wordEnd + `|\p{L}{3,}` + anyOf(streetEnds) + wordEnd +
		`|\p{L}-` + anyOf(streetSuffixes) + wordEnd + `|` + anyOf(streetScripts))
	streetLead = text.MustCompile(`(?i)(?:^|\s)` + anyOf(streetLeads) + `\s`)
	house      = regexp.MustCompile(`(?i)` + notLetter + `(?:\d*(?:st|nd|rd|th)? ?floors?|\d+(?:st|nd|rd|th)? ?fl?r?|\d+/f|` + anyOf(buildings) + `)` + wordEnd +
		`|` + notLetter + anyOf(roomLeads) + `[:\s#-]*[A-Z]{0,3}-?\d|#\s?[A-Z]?-?\d` +
		`|(?:^|\s)(?:\d{1,2}(?:º|ª|er|e|ème|°|\.|-й)?)[\s-]*` + anyOf(floors) + wordEnd +
		`|(?:^|\s)` + anyOf(districts) + `\s+[\p{L}\d]|\p{L}\s(?:district|ward)$`)
	box     = regexp.MustCompile(`(?i)\bp\.?\s?o\.?\s?b(?:ox)?\.?\s*(?:no\.?\s*)?\d|\b` + anyOf(boxNames) + `\.?\s*\d{2,6}`)
	boxPart = text.MustCompile(`(?i)^(?:` + boxAlone + `)$`)
	// county is a county of Ireland.
	county = text.MustCompile(`^(?:Co\.|County) \p{Lu}\p{L}+$`)
	// companyEnding ends the name of a company.
	companyEnding = text.MustCompile(`(?:^|[\s,.])(?:GmbH(?: & Co\.? ?KG)?|mbH|AG|KG|e\.? ?V\.|S\.?A\.?S?|S\.?L\.?U?\.?|S\.?p\.?A\.?|S\.?r\.?l\.?|Ltd\.?|Limited|LLC|Inc\.?|PLC|plc|Corp\.?|Company|Pty|BV|B\.V\.|NV|N\.V\.|nv|bv|AB|AS|ASA|A/S|ApS|Oyj?|Ltda\.?|Sp\. z o\.o\.|s\.r\.o\.|d\.o\.o\.|Kft\.?|Zrt\.?|A\.Ş\.|[Vv]erlag|Media|Medien|Publications|Publishing|Press|Group|ООО|АО)\.?$`)
	noise         = regexp.MustCompile(`(?i)` + anyOf(noiseParts) + `|\b` + anyOf(noisePhrases) + `\b|\b` + anyOf(noiseEnds) + `\.?$|тел\.?$` +
		`|\b` + anyOf(weekdays) + `\.?(?:\s*[-–]|\s(?:bis|a)\s|\s\d{1,2}[:.])`)
	numberNoise = text.MustCompile(`\d:\d\d|^\d{1,2}[./]\d{1,2}[./]\d{2,4}|^(?:19|20)\d\d$`)

	// counted is a word with a number that counts what is no house.
	counted = text.MustCompile(`(?i)^(?:` + countedWords + `)\.?\s+\d`)

	codeUS = text.MustCompile(`\b(?:A[LKZR]|C[AOT]|D\.?C\.?|DE|FL|GA|HI|I[DLNA]|K[SY]|LA|M[EDAINSOT]|N[EVHJMYCD]|O[HKR]|PA|PR|RI|S[CD]|T[NX]|UT|V[TA]|W[AVIY]|Alabama|Alaska|Arizona|Arkansas|California|Calif\.|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington|West Virginia|Wisconsin|Wyoming)\.?,?\s+\d{5}(?:-\d{4})?\b`)
	codeCA = regexp.MustCompile(`\b[ABCEGHJ-NPRSTVXY]\d[ABCEGHJ-NPRSTV-Z]\s?\d[ABCEGHJ-NPRSTV-Z]\d\b`)
	codeGB = regexp.MustCompile(`\b(?:[A-Z]{1,2}\d[A-Z\d]?)\s?\d[ABD-HJLNP-UW-Z]{2}\b`)
	// codePlace is a postal code with its place, as other countries write it.
	codePlace = regexp.MustCompile(`(?:^|[\s(])(?:[A-Z]{1,3}[-–]\s?)?(?:\d{3}\s\d{2}|\d{2}[-–]\d{3}|\d{4}[-–]\d{3}|\d{4}\s?[A-Z]{2}|\d{4,6})[\s,]+(?:\p{Lu}|'s-)[\p{L}'’.-]+|\p{Lu}[\p{L}.-]+[\s,]+(?:[A-Z]{2,3}\s+)?[-–]?\s?(?:\d{3}\s\d{3}|\d{5}[-–]\d{3}|\d{4,6})$|\b[A-Z]\d{2}\s[A-Z\d]{4}\b|〒\s?\d{3}[-−]\d{4}|^(?:[A-Z]{2}[-\s])?\d{5,6}$|^\d{5}[-–]\d{3}$|^CEP:?\s?\d{5}`)
	codeShort = regexp.MustCompile(`^(?:[A-Z]{2}-)?\d{3,4}\s+\p{Lu}[\p{L}.-]+(?:\s\p{L}+)?$|^\p{Lu}[\p{L}]{2,}(?:\s\p{Lu}[\p{L}]+)?\s+\d{1,2}$`)
	// codeLast4 may be a town with its code, or a word with a year.
	codeLast4 = regexp.MustCompile(`^\p{Lu}[\p{L}.-]+[\s,]+\d{4}$`)
	yearIn    = regexp.MustCompile(`\b(?:19|20)\d\d\b`)
	// yearFirst is a year where codePlace would have a code.
	yearFirst = regexp.MustCompile(`(?:^|\s)(?:19|20)\d\d\s\p{Lu}|[^A-Z]\s(?:19|20)\d\d$`)

	// eastAsian are addresses without commas.
	eastAsian = regexp.MustCompile(`(?:\p{Hangul}{1,8}(?:특별시|광역시|특별자치시|도|시|군|구)\s*)+.{0,40}?\p{Hangul}+\d*(?:로|길|동|가)\s*\d[\d-]*(?:길\s*\d[\d-]*)?(?:\s*\([^()]{1,30}\))?(?:\s*[\p{Hangul}A-Za-z0-9()]+){0,4}|(?:〒\s?\d{3}[-−]\d{4}\s*)?\p{Han}{2,4}[都道府県]\p{Han}+[市区町村郡].{0,30}?[\d０-９一二三四五六七八九十]+(?:[-−ー丁目番地号の\d０-９]+)?\S{0,20}|\p{Han}{2,8}[省市区區县縣].{0,30}?(?:路|街|道|大道|胡同|巷|弄)\p{Han}{0,3}\s*\d+\s*[号號]?\S{0,30}|(?:香港|九龍|九龙|新界|澳門|澳门)\p{Han}{2,12}(?:路|街|道|里|巷|徑|径)\p{Han}{0,3}\s*\d+\s*[号號]?\S{0,30}`)

	houseNumbered = regexp.MustCompile(`(?:^|[\s,.:№#°])(?:[A-Z]?\d{1,5}(?:\s?[a-zA-Zа-я])?(?:\s?[-/–]\s?\d{1,4}\s?[a-zA-Z]?)?)(?:$|[\s,.)])`)
	houseAlone    = regexp.MustCompile(`^\d{1,4}(?:\s?(?:bis|ter)|[\s-]?[a-zA-Z])?$`)
	// houseFirst are numbers before a street in North America.
	houseFirst = regexp.MustCompile(`^\d{1,5}\s+(?:[NSEW]{1,2}\.?\s|.*\b\d{1,3}(?:st|nd|rd|th)\b)`)
	weakStreet = regexp.MustCompile(`^\p{Lu}[\p{L}'’.-]*(?:\s(?:\p{Lu}[\p{L}'’.-]*|der|den|dem|die|de|del|della|delle|di|da|do|dos|das|la|le|les|las|los|van|von|zum|zur|am|im|in|und|y|e)){0,5}\s+\d{1,4}(?:\s?[a-zA-Z])?(?:\s?[-/–]\s?\d{1,4}\s?[a-zA-Z]?){0,2}(?:\s?[/,]?\s(?:bus|bte|boîte|top|tür|stg|lok|m|bp)\.?\s?\d{1,4})?$|^\d{1,5}(?:-\d{1,4}){0,2}[a-zA-Z]?,?\s+(?:(?:\p{Lu}[\p{L}'’.-]*|\d{1,3}(?:st|nd|rd|th))\s*){1,5}$`)
	// looseStreet may be one if a postal code with its place follows.
	looseStreet = regexp.MustCompile(`^\p{Lu}[\p{L}'’.-]*(?:\s\p{L}{2,14}){1,3}\s+\d{1,3}(?:\s?[a-zA-Z])?$`)
	// lowerStart are the words in lower case that an address may begin with.
	lowerStart = regexp.MustCompile(`^(?:via|viale|piazza|piazzale|largo|corso|rue|bd|place|calle|c/|av|avenida|ul|al|pl|os|str|strada|jl|jalan|ул|г|просп|пр|наб|пер|вул|м|c/o|\d)`)
	// numberSign stands before the colon of "No:153".
	numberSign = regexp.MustCompile(`(?i)(?:^|[^\p{L}])(?:no|nr|nº|n|num|№|kat|daire|d|k|blok|apt|kapı|bina)\.?$`)

	// companyLead is a company's name before its address, up to its legal form.
	companyLead = text.MustCompile(`^(?:[^,\n]{0,80}?\s)?(?:GmbH(?: & Co\. ?KG)?|Ltd\.?|Limited|LLC|Inc\.?|AG|AB|AS|ApS|A/S|Oy|Oyj|BV|B\.V\.|NV|N\.V\.|S\.A\.(?:S\.)?|SA|SAS|S\.p\.A\.|S\.r\.l\.|plc|PLC|e\. ?V\.|KG|S\.L\.(?:U\.)?|S\.A\. de C\.V\.|S\.R\.L\.|SARL|SRL|s\.r\.o\.|a\.s\.|Kft\.|Zrt\.|A\.Ş\.|ООО|АО|Pvt\.? Ltd\.?|Pty\.? Ltd\.?|Ltda\.?|Sp\. z o\.o\.|d\.o\.o\.)\s+`)
)

// A wordClass says which of the long patterns may match a text with a word: most
// texts of a page have no word of any class.
type wordClass uint8

const (
	mayStreet wordClass = 1 << iota
	mayHouse
	mayRoom // mayHouse if a figure is there too
	mayBox
	mayNoise
	isNoise // noise whatever else is there
	isHouse // a building's word, whatever else is there
)

// addressWordClasses are the classes of single words in lower case.
var addressWordClasses = func() map[string]wordClass {
	classes := map[string]wordClass{}
	for _, list := range []struct {
		words string
		class wordClass
	}{
		{streetLeads, mayStreet}, {streetLeadsToo, mayStreet}, {"km", mayStreet}, {streetTails, mayStreet}, {streetEnds, mayStreet}, {streetSuffixes, mayStreet},
		{buildings, mayHouse}, {"st|nd|rd|th|f|fl|r", mayRoom}, {roomLeads, mayRoom}, {floors, mayRoom}, {districts, mayHouse},
		{boxNames, mayBox}, {boxInitials, mayBox},
		{noiseParts, mayNoise}, {noisePhrases, mayNoise}, {noiseEnds, mayNoise}, {weekdays, mayNoise}, {noiseWords, mayNoise | isNoise},
	} {
		for w := range strings.FieldsFuncSeq(list.words, func(r rune) bool { return !isWordRune(r) }) {
			if len(w) > 1 || list.class != mayNoise {
				classes[w] |= list.class
			}
		}
	}
	for w := range strings.SplitSeq(buildings, "|") {
		if !strings.ContainsFunc(w, func(r rune) bool { return !isWordRune(r) }) {
			classes[w] |= isHouse
		}
	}
	classes["copyright"] |= isNoise
	return classes
}()

// streetEndings are streetEnds for HasSuffix; spacedNoise are the noise whose
// letters all stand apart.
var (
	streetEndings = strings.Split(strings.ReplaceAll(streetEnds, ".", ""), "|")
	spacedNoise   = text.Literals("s.p.a|s.r.l|s.a|a/s|d.o.o|o.o|(c)")
)

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) }

// classesOf joins the classes of the words of a text in lower case.
func classesOf(lower string) (all wordClass) {
	start := -1
	for i, r := range lower {
		letter := r >= 'a' && r <= 'z' || r >= utf8.RuneSelf && isWordRune(r)
		switch {
		case letter && start < 0:
			start = i
		case !letter && start >= 0:
			all |= classOf(lower, start, i)
			start = -1
		}
		all |= classOfSign(r, letter)
	}
	if start >= 0 {
		all |= classOf(lower, start, len(lower))
	}
	if spacedNoise.FoundIn(lower) {
		all |= mayNoise
	}
	return all
}

// classOfSign is the class of a character by itself: of a sign, or of a letter of
// a script whose words do not stand apart.
func classOfSign(r rune, letter bool) wordClass {
	switch r {
	case '#':
		return mayHouse
	case '@', '©', '%', '$', '€', '£':
		return mayNoise | isNoise
	}
	if letter && r >= 0x0590 { // from Hebrew on
		return mayStreet | mayHouse
	}
	return 0
}

// classOf is the class of the word between two places of a text in lower case.
func classOf(lower string, start, end int) wordClass {
	word := lower[start:end]
	class := addressWordClasses[word]
	if class&isNoise != 0 && (isFigure(lower, start-1) || isFigure(lower, end)) {
		class &^= isNoise // not a word of its own: "10min"
	}
	if class&mayStreet == 0 && len(word) > 6 {
		for _, end := range streetEndings {
			if strings.HasSuffix(word, end) {
				return class | mayStreet
			}
		}
	}
	return class
}

func isFigure(s string, at int) bool {
	return at >= 0 && at < len(s) && (text.IsDigit(s[at]) || s[at] == '_')
}
