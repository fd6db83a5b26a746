// Package language finds the language of an article: what the page declares,
// checked against the words and the script of its text.
package language

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// Find is what the page declares, unless its text is clearly in another
// language: many themes say "en" of whatever they hold.
func Find(p *doc.Page, text string) (string, article.Provenance) {
	type declared struct{ value, from string }
	var all []declared
	add := func(value, from string) {
		if v := languageTag(value); v != "" {
			all = append(all, declared{v, from})
		}
	}
	if o := p.Article(); o != nil {
		for _, v := range languagesOf(o["inLanguage"]) {
			add(v, "jsonld:inLanguage")
		}
	}
	add(p.Lang, "html:lang")
	for _, name := range []string{"og:locale", "content-language", "dc.language", "dcterms.language", "language", "parsely-language"} {
		if v := p.Metas[name]; len(v) > 0 {
			add(v[0], "meta:"+name)
		}
	}
	read := readLanguage(text)
	for i, d := range all {
		if !read.allows(baseOf(d.value)) {
			p.AddCandidate(article.Candidate{Field: "language", Value: d.value, From: d.from, Why: "the text is in another language"})
			continue
		}
		for _, o := range all[i+1:] {
			p.AddCandidate(article.Candidate{Field: "language", Value: o.value, From: o.from, Why: "declared in a lesser place"})
		}
		p.AddCandidate(article.Candidate{Field: "language", Value: d.value, From: d.from, Won: true, Why: "declared, and the text does not speak against it"})
		return d.value, article.Provenance{From: d.from, Confidence: 0.9}
	}
	if read.language != "" {
		p.AddCandidate(article.Candidate{Field: "language", Value: read.language, From: read.from, Score: read.sure, Won: true, Why: "what the text reads like"})
		return read.language, article.Provenance{From: read.from, Confidence: read.sure}
	}
	return "", article.Provenance{}
}

// languagesOf lists what a JSON-LD inLanguage may be: a tag, a name, an object of
// both, a list of them.
func languagesOf(v any) []string {
	if m, ok := v.(map[string]any); ok {
		var tags []string
		for _, key := range []string{"alternateName", "identifier", "name"} {
			tags = append(tags, doc.Texts(m[key])...)
		}
		return tags
	}
	return doc.Texts(v)
}

// languageTag gives a language in the form of BCP 47, of what pages write
// instead of one; "" if it is none.
func languageTag(s string) string {
	if s, _, _ = strings.Cut(s, ","); len(s) > 40 {
		return ""
	}
	s = strings.ReplaceAll(strings.TrimSpace(s), "_", "-")
	if i := strings.IndexAny(s, ".@ "); i > 0 && article.LanguageForm.MatchString(s[:i]) {
		s = s[:i] // as in locales: de_DE.UTF-8
	}
	if code := languageNames[strings.ToLower(s)]; code != "" {
		return code
	}
	if !article.LanguageForm.MatchString(s) {
		return ""
	}
	parts := strings.Split(s, "-")
	base := strings.ToLower(parts[0])
	if code, known := oddCodes[base]; known {
		if base = code; base == "" {
			return ""
		}
	}
	out := base
	for _, p := range parts[1:] {
		switch {
		case len(p) == 2:
			p = strings.ToUpper(p)
		case len(p) == 4 && (p[0] < '0' || p[0] > '9'):
			p = strings.ToUpper(p[:1]) + strings.ToLower(p[1:])
		}
		out += "-" + p
	}
	return out
}

func baseOf(tag string) string {
	base, _, _ := strings.Cut(tag, "-")
	return base
}

// oddCodes are codes that pages use and what they mean; old codes, those of
// countries taken for languages, of three letters where there are two, and "" for
// those that name no language.
var oddCodes = map[string]string{
	"iw": "he", "in": "id", "ji": "yi", "jp": "ja", "cn": "zh", "cz": "cs", "dk": "da", "gr": "el", "ua": "uk", "vn": "vi", "kz": "kk", "sp": "es",
	"eng": "en", "ger": "de", "deu": "de", "fre": "fr", "fra": "fr", "spa": "es", "ita": "it", "por": "pt", "dut": "nl", "nld": "nl", "rus": "ru", "pol": "pl",
	"jpn": "ja", "kor": "ko", "chi": "zh", "zho": "zh", "ara": "ar", "tur": "tr", "swe": "sv", "dan": "da", "nor": "no", "fin": "fi", "ukr": "uk", "heb": "he",
	"hun": "hu", "cze": "cs", "ces": "cs", "gre": "el", "ell": "el", "per": "fa", "fas": "fa", "vie": "vi", "tha": "th", "ind": "id", "hin": "hi",
	"und": "", "mul": "", "zxx": "", "mis": "", "xx": "", "default": "", "null": "", "all": "",
}

// languageNames are names of languages, in English and in themselves.
var languageNames = map[string]string{
	"english": "en", "german": "de", "deutsch": "de", "french": "fr", "français": "fr", "francais": "fr", "spanish": "es", "español": "es", "espanol": "es", "castellano": "es",
	"italian": "it", "italiano": "it", "portuguese": "pt", "português": "pt", "dutch": "nl", "nederlands": "nl", "polish": "pl", "polski": "pl", "russian": "ru", "русский": "ru",
	"ukrainian": "uk", "українська": "uk", "turkish": "tr", "türkçe": "tr", "turkce": "tr", "swedish": "sv", "svenska": "sv", "danish": "da", "dansk": "da",
	"norwegian": "no", "norsk": "no", "bokmål": "nb", "finnish": "fi", "suomi": "fi", "czech": "cs", "čeština": "cs", "slovak": "sk", "hungarian": "hu", "magyar": "hu",
	"romanian": "ro", "română": "ro", "greek": "el", "ελληνικά": "el", "bulgarian": "bg", "български": "bg", "serbian": "sr", "croatian": "hr", "hrvatski": "hr",
	"arabic": "ar", "العربية": "ar", "persian": "fa", "farsi": "fa", "فارسی": "fa", "urdu": "ur", "اردو": "ur", "hebrew": "he", "עברית": "he", "hindi": "hi", "हिन्दी": "hi", "हिंदी": "hi",
	"bengali": "bn", "bangla": "bn", "বাংলা": "bn", "tamil": "ta", "தமிழ்": "ta", "telugu": "te", "malayalam": "ml", "thai": "th", "ไทย": "th", "vietnamese": "vi", "tiếng việt": "vi",
	"indonesian": "id", "bahasa indonesia": "id", "malay": "ms", "bahasa melayu": "ms", "japanese": "ja", "日本語": "ja", "korean": "ko", "한국어": "ko", "chinese": "zh", "中文": "zh",
	"catalan": "ca", "català": "ca", "swahili": "sw", "kiswahili": "sw", "hausa": "ha",
}

// A reading is what a text's own letters and words say of its language.
type reading struct {
	language string
	from     string
	sure     float64
	script   string             // of most of its letters; "" if not told apart
	share    map[string]float64 // of the words that are function words of a language
	masks    []uint64           // of each of these words, who has it
	words    int
	prose    bool // most of its words are small ones: no list of names
}

// allows reports whether a text may be in a declared language: only what is sure
// speaks against one.
func (r reading) allows(base string) bool {
	if r.script != "" && r.script != "latin" {
		if of, known := scriptOf[r.script]; known && !of[base] {
			return false
		}
	}
	if r.script == "latin" && otherScripts[base] {
		return false
	}
	if r.share == nil || kin(r.language, base) {
		return true
	}
	own, known := r.share[base]
	switch {
	case r.language == "": // no sentence of these does without their small words
		return !(r.prose && wordy[base] && own < 0.015)
	case !known:
		return r.share[r.language] < 0.3
	}
	// Neighbours share words: what only one of them has tells. A text of both is
	// left as it is declared.
	declared, read := bitOf(base), bitOf(r.language)
	onlyDeclared, onlyRead := 0, 0
	for _, m := range r.masks {
		switch {
		case m&declared != 0 && m&read == 0:
			onlyDeclared++
		case m&read != 0 && m&declared == 0:
			onlyRead++
		}
	}
	return !(onlyDeclared*20 < r.words && onlyRead*8 > r.words && onlyRead > 3*onlyDeclared)
}

// Bounds of what is read of a text.
const (
	maxRead    = 5_000 // bytes
	leastWords = 40
)

// readLanguage reads the language of a text from its letters and function words.
func readLanguage(s string) reading {
	if len(s) > maxRead {
		// Not from the very start: names and a dateline stand there.
		cut := min(200, len(s)-maxRead)
		s = s[cut : cut+maxRead]
	}
	r := reading{script: scriptOfText(s)}
	lone, known := onlyLanguage[r.script]
	if known {
		r.language, r.from, r.sure = lone, "text:script", 0.7
	}
	if r.script == "" || r.script == "ja" || r.script == "ko" || r.script == "zh" {
		return r
	}
	counts := make([]int, len(wordLanguages))
	words, lower := 0, 0
	for start, end := 0, 0; ; {
		if start, end = nextWord(s, end); start == end {
			break
		}
		w := s[start:end]
		words++
		if len(w) > 32 {
			continue
		}
		var mask uint64
		if len(w) <= longestFunctionWord {
			mask = functionWords[w]
		}
		if mask == 0 && unicode.IsUpper(text.FirstRune(w)) {
			mask = functionWords[strings.ToLower(w)]
		} else {
			lower++
		}
		if mask == 0 {
			continue
		}
		r.masks = append(r.masks, mask)
		for ; mask != 0; mask &= mask - 1 {
			counts[bits.TrailingZeros64(mask)]++
		}
	}
	if words < leastWords {
		return r
	}
	r.words = words
	r.prose = words >= 120 && lower*10 >= words*6
	r.share = map[string]float64{}
	best, second := -1, -1
	for i, n := range counts {
		r.share[wordLanguages[i]] = float64(n) / float64(words)
		switch {
		case best < 0 || n > counts[best]:
			best, second = i, best
		case second < 0 || n > counts[second]:
			second = i
		}
	}
	if top := r.share[wordLanguages[best]]; top >= 0.13 && counts[best] >= 10 {
		r.language, r.from, r.sure = wordLanguages[best], "text:words", 0.6
		if top >= 1.25*r.share[wordLanguages[second]] {
			r.sure = 0.85
		}
	}
	return r
}

// nextWord is where the next word from a place on begins and ends: letters, marks
// and apostrophes. Both are the end of the text if there is none.
func nextWord(text string, from int) (start, end int) {
	start = -1
	for i := from; i < len(text); {
		c, size := rune(text[i]), 1
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '\''
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(text[i:])
			letter = unicode.IsLetter(c) || unicode.IsMark(c) || c == '’'
		}
		switch {
		case letter && start < 0:
			start = i
		case !letter && start >= 0:
			return start, i
		}
		i += size
	}
	if start < 0 {
		start = len(text)
	}
	return start, len(text)
}

// bitOf is a language's bit in functionWords; 0 if it has none.
func bitOf(language string) uint64 {
	if i := slices.Index(wordLanguages, language); i >= 0 {
		return 1 << i
	}
	return 0
}

// wordy are languages that put much in small words.
var wordy = text.Set("en de fr es pt it nl sv da no nb ca gl ro af")

// kin reports whether two languages share so many words that a text does not tell
// which one it is in for sure.
func kin(a, b string) bool {
	if a == b {
		return true
	}
	for _, group := range kinGroups {
		if group[a] && group[b] {
			return true
		}
	}
	return false
}

var kinGroups = []map[string]bool{
	text.Set("hr bs sr sh cnr me"), text.Set("id ms jv su min"), text.Set("no nb nn da"), text.Set("gl pt"), text.Set("ca oc es an ast"), text.Set("cs sk"), text.Set("af nl fy nds"), text.Set("bg mk"),
	text.Set("ru be uk rue"), text.Set("tr az tk crh gag"), text.Set("hi mr ne mai bho sa"), text.Set("fa prs tg"), text.Set("de gsw lb nds bar als"), text.Set("it co scn vec lmo nap fur"),
	text.Set("tl fil ceb"), text.Set("kk ky tt ba"), text.Set("en sco"), text.Set("fi et"), text.Set("is fo"), text.Set("ro mo"), text.Set("zu xh ss nr"), text.Set("fr wa frp"),
}

// scriptOfText is the script of most of a text's letters: a language's code
// where one language is written in it, else the script's name; "" for too few.
func scriptOfText(text string) string {
	counts := map[string]int{}
	latin, letters, kana := 0, 0, 0
	for _, c := range text {
		if c < utf8.RuneSelf {
			if c|0x20 >= 'a' && c|0x20 <= 'z' {
				latin++
				letters++
			}
			continue
		}
		if letters > 4000 {
			break
		}
		s := scriptOfRune(c)
		switch s {
		case "":
			continue
		case "latin":
			latin++
		case "kana":
			kana++
			counts["zh"]++
		default:
			counts[s]++
		}
		letters++
	}
	if letters < leastWords && counts["zh"]+counts["ko"] < 20 {
		return ""
	}
	if latin*2 > letters {
		// A text of Chinese or Japanese has many a name in Latin letters, and says
		// as much with fewer signs.
		if (counts["zh"]+counts["ko"])*3 < letters {
			return "latin"
		}
	}
	top, most := "", 0
	for s, n := range counts {
		if n > most || n == most && s < top {
			top, most = s, n
		}
	}
	if most*3 < letters {
		return ""
	}
	if top == "zh" && kana > 0 {
		switch {
		case kana*8 > most:
			return "ja"
		case kana*50 > most: // headings in Japanese have few
			return ""
		}
	}
	return top
}

// scriptRanges are the scripts that are told apart, by where their letters are.
var scriptRanges = []struct {
	from, to rune
	name     string
}{
	{0xaa, 0x24f, "latin"}, {0x1e00, 0x1eff, "latin"}, {0x370, 0x3ff, "el"}, {0x1f00, 0x1fff, "el"}, {0x400, 0x52f, "cyrillic"}, {0x530, 0x58f, "hy"}, {0x590, 0x5ff, "hebrew"},
	{0x600, 0x6ff, "arabic"}, {0x750, 0x77f, "arabic"}, {0xfb50, 0xfdff, "arabic"}, {0xfe70, 0xfeff, "arabic"}, {0x700, 0x74f, "syr"}, {0x780, 0x7bf, "dv"}, {0x900, 0x97f, "devanagari"},
	{0x980, 0x9ff, "bengali"}, {0xa00, 0xa7f, "pa"}, {0xa80, 0xaff, "gu"}, {0xb00, 0xb7f, "or"}, {0xb80, 0xbff, "ta"}, {0xc00, 0xc7f, "te"}, {0xc80, 0xcff, "kn"},
	{0xd00, 0xd7f, "ml"}, {0xd80, 0xdff, "si"}, {0xe00, 0xe7f, "th"}, {0xe80, 0xeff, "lo"}, {0xf00, 0xfff, "bo"}, {0x1000, 0x109f, "my"}, {0x10a0, 0x10ff, "ka"}, {0x1c90, 0x1cbf, "ka"},
	{0x1100, 0x11ff, "ko"}, {0x1200, 0x139f, "ethiopic"}, {0x1780, 0x17ff, "km"}, {0x1800, 0x18af, "mn"}, {0x3040, 0x30ff, "kana"}, {0x31f0, 0x31ff, "kana"}, {0xff66, 0xff9d, "kana"},
	{0x3130, 0x318f, "ko"}, {0xac00, 0xd7af, "ko"}, {0x3400, 0x4dbf, "zh"}, {0x4e00, 0x9fff, "zh"}, {0xf900, 0xfaff, "zh"}, {0x20000, 0x323af, "zh"},
}

func scriptOfRune(c rune) string {
	for _, r := range scriptRanges {
		if c >= r.from && c <= r.to {
			if r.name == "latin" && (c == '×' || c == '÷' || c < 0xc0 && c != 'ª' && c != 'º') {
				return ""
			}
			return r.name
		}
	}
	return ""
}

// onlyLanguage is the language that a script stands for, where its words do not say.
var onlyLanguage = map[string]string{
	"ja": "ja", "ko": "ko", "zh": "zh", "el": "el", "hy": "hy", "hebrew": "he", "arabic": "ar", "dv": "dv", "devanagari": "hi", "bengali": "bn", "pa": "pa", "gu": "gu", "or": "or",
	"ta": "ta", "te": "te", "kn": "kn", "ml": "ml", "si": "si", "th": "th", "lo": "lo", "bo": "bo", "my": "my", "ka": "ka", "ethiopic": "am", "km": "km", "mn": "mn", "cyrillic": "ru", "syr": "syr",
}

// scriptOf are the languages that are written in a script.
var scriptOf = map[string]map[string]bool{
	"ja": text.Set("ja ryu ain"), "ko": text.Set("ko"), "zh": text.Set("zh yue wuu nan hak lzh cmn cdo gan"), "el": text.Set("el grc pnt"), "hy": text.Set("hy hyw"),
	"hebrew": text.Set("he yi lad arc"), "arabic": text.Set("ar fa ur ps ckb ku ug sd prs pnb bal ks arz ary az ms ha kk ky tg arq apc skr lrc glk mzn azb haz"),
	"devanagari": text.Set("hi mr ne sa mai bho kok brx doi sd ks new awa mag hne gom"), "bengali": text.Set("bn as mni bpy syl ctg"),
	"cyrillic": text.Set("ru uk be bg mk sr sh bs cnr kk ky mn tg tt uz az ba cv os ce ab av kv udm mhr myv sah tyv bua xal krc kbd ady inh lez rue cu ro mo crh tk alt kum lbe mdf nog uum"),
	"ethiopic": text.Set("am ti tig gez sgw"), "bo": text.Set("bo dz"), "my": text.Set("my shn mnw ksw kar"), "ta": text.Set("ta"), "te": text.Set("te"), "kn": text.Set("kn tcy kok"), "ml": text.Set("ml"),
	"si": text.Set("si"), "th": text.Set("th tts nod"), "lo": text.Set("lo"), "ka": text.Set("ka xmf"), "km": text.Set("km"), "gu": text.Set("gu"), "pa": text.Set("pa"), "or": text.Set("or ory"), "dv": text.Set("dv"),
	"mn": text.Set("mn mnc"), "syr": text.Set("syr arc aii"),
}

// otherScripts are languages that nobody writes in Latin letters in a newspaper.
var otherScripts = text.Set("ja ko zh ar fa ur ps he el ru uk be bg mk th lo my km ka hy am ti bn gu or ta te kn ml si dv ne mr hi")

// wordLanguages are the languages of functionWords, by bit.
var wordLanguages []string

// functionWords are the commonest words of languages, as masks of who has them.
var functionWords = map[string]uint64{}

// longestFunctionWord is in bytes: most others need not be looked up.
var longestFunctionWord int

func init() {
	for line := range strings.SplitSeq(strings.TrimSpace(commonWords), "\n") {
		lang, words, _ := strings.Cut(strings.TrimSpace(line), " ")
		bit := uint64(1) << len(wordLanguages)
		wordLanguages = append(wordLanguages, lang)
		for w := range strings.FieldsSeq(words) {
			functionWords[w] |= bit
			longestFunctionWord = max(longestFunctionWord, len(w))
		}
	}
}

// commonWords are, of each language, words that stand in every news text: at most
// 64 lines.
const commonWords = `
en the of and to in a is that for it was on with as be by at from this have are his has had but not they which you will their been were or an said who its more would he she we about after there when also
de der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis mehr durch man sein wurde sei
fr le de la les et des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont la avec son aux d’un d’une ont été cette mais comme ou si leur y elle être nous ses deux ces fait même
es de la que el en y a los del se las por un para con no una su al es lo como más pero sus le ha o este sí porque esta entre cuando muy sin sobre también me hasta hay donde quien desde todo nos durante fue han
pt de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem à seu sua ou ser quando muito há nos já está eu também só pelo pela até isso ela entre era depois sem
it di e che la il un a è per in una sono non con del si da come le della i dei ha più nel alla al ma anche lo gli su delle dal nella o se ci questo stato essere quando dalla hanno dopo degli fra
nl de van het een en in is dat op te zijn met voor niet die aan er om ook als dan maar bij uit nog naar door heeft hij ze wordt over tot hebben zich worden deze was meer kan werd of al geen wel
sv och i att det som en på är av för med den till inte har om ett han men var jag sig från vi så kan när år de ska under efter också eller vid över hade två mot blir nu där än
da og i at det er en til på som for med de den af ikke har der et han var om sig men fra jeg vi kan så skal efter være blev ved også ud havde nu over eller når hvor være mere hun år
no og i det er på en til som for med av at ikke har de den et han var om seg men fra jeg vi kan så skal etter være ble ved også ut hadde nå over eller når hvor mer hun år sier mot må blir
fi ja on ei että se oli hän mutta ovat myös kun ole mukaan kuin joka sen vuoden ollut jo tai hänen voi siitä jos niin sekä ne vain vielä nyt olla tämä jossa sitä noin kertoo mitä eivät
et ja on ei et ka see oli kui ta aga mis oma ning või seda kes nii välja selle üks ma veel siis pole kuid juba nagu tema sest olla kes mida aasta kas eesti
lv un ir ar no kas par arī ka bet uz to tas gada pēc nav lai tika vai kā gadā bija līdz savu tiek latvijas es vēl jau ja tā viņš viņa nevar kad
lt ir kad į iš yra su bei kaip apie tai metų bet buvo nuo taip tik po per jis jo savo jau dėl o ar už prie šis ne dar kai būti gali lietuvos
pl i w na z się że do nie jest o to jak po od za przez co dla ale czy tym oraz jego są także który która jej było został roku już może być tego ma które przed tylko ze pod też
cs a se v na je že s z do o to i k za po jako by ale pro si jsem od podle které jsou bude také který ve už nebo být uvedl která než jeho ze před má tak až když není při
sk a sa v na je že s z do o to aj k za po ako by ale pre si od podľa ktoré sú bude ktorý vo už alebo byť uviedol ktorá než jeho zo pred má tak až keď nie pri však
sl in je v na da se za ki so z pa s po tudi kot iz ne bi od ter o do ni pri še bo ali le med lahko bila bil več zaradi kar leta že pred smo
hr i je u na se da za su od s o koji a će iz kako ne što to koja do nije ili bi te kao sa je po koje samo što više bio prema ali godine nakon jer još biti
hu a az és hogy nem is egy ez meg volt de csak azt már van mint szerint vagy még ki fel ha lehet után el arra több lesz pedig mert ezt kell amely aki sem ami
ro de și în a la cu pe nu care din că mai este un o pentru sunt al ce prin fost ale ca după au fi să lui dar sau am această acest fără între până către când va ar
sq e të në dhe për me që një nga se u i është më ka do si por janë edhe nuk kjo ky kanë tij ishte duke shqipëri deri ndërsa
tr ve bir bu da de için ile olarak olan çok daha gibi en sonra kadar ancak ise her oldu dedi ne göre o var değil olduğunu yer tarafından üzerinde iki ama olduğu etti
az və bir bu da də üçün ilə olan daha çox kimi sonra olub ki isə onun hər edib bildirib həmçinin olaraq azərbaycan edən var ən
id yang dan di dengan untuk dari ini itu dalam tidak pada akan juga ke ada oleh adalah kata saat sudah telah bisa karena kepada para tersebut bahwa mereka lebih dapat atau setelah namun
ms yang dan di dengan untuk dari ini itu dalam tidak pada akan juga ke ada oleh adalah kata telah boleh kerana kepada para tersebut bahawa mereka lebih dapat atau selepas namun beliau turut berkata daripada
vi và của là có được cho các trong một những với không đã người này đến khi để về từ tại ra cũng như năm sẽ vào trên nhiều sau phải ông đó
tl ang ng sa na mga ay at si ni kay para ito hindi may kung dahil naman din nang ngunit isang kanyang ating siya sila nila pa lang rin
sw ya na wa kwa katika ni la za kuwa cha hiyo huyo hilo kama yake wake huo hii vya ili au pia lakini baada alisema watu hao yao
ha da na a ta ya ne ce cikin wani wata kuma ga don shi sun an suka wanda kan mai za amma bayan yi
so ee oo ka ku iyo in ah waxa waxaa uu ay la ayaa u si soo kala sheegay waxay isaga lagu inuu
yo ni ti ó tí sí ní àti fún náà wọn pé kí ń bí ṣe jẹ́ lọ wá
zu ukuthi futhi ngoba kodwa uma kanye nge njengoba wathi abantu lapho yini bonke ukuze
af die van en in is het dat nie om te sy op met vir word aan wat hy was as deur ook ’n 'n na by hulle maar sal kan ons uit sê
ca de la i el que a en les per un una amb del els és al no es ha més pel com dels però han també o sobre aquest aquesta ser són seva seu fins hi va
gl de a que e o do da en un para é con non unha os no se na por máis as dos como pero foi ao das ten á seu súa ou ser cando moi hai nos xa está tamén polo pola ata
eu eta da ez du ere bat dira zen dute baina egin izan dela beste hau bere urte baino duen horren
cy y a yn i o ar mae ac wedi am gan fod bod ei eu oedd yw hefyd sydd hyn nid roedd mewn gyda
ga an na ar a i agus go is do le de ag bhí ach níl mar sé tá seo sin ó bhfuil nach raibh
is og í að á er sem við til var um en ekki með það hann af fyrir hefur eru frá þess hún verið eftir þar sé
mt li ta u il fil tal minn dan biex għal kien hija huwa ma ukoll fuq din jew meta qal
lb an de d'en vun ass op fir mat och net dat eng sinn zu huet dass wéi awer hunn gouf nach vum
ru и в не на что с по как это из о за от к для его но то он был так все а у же при также после году которые или до было во бы который были их только ее
uk і в на що не з у та до за як від про це для його але був року також які або після є який при щоб їх було під було ще ж він україни україні
be і ў на што не з у да за як ад пра гэта для яго але быў года таксама якія або пасля ёсць які каб іх было яшчэ ён беларусі
bg и на да се в за от с не е че по са като към ще при това до който след или което които му беше има през но си те както бъде още само
mk и на да се во за од со не е дека по како ќе што при ова до кој или кои му беше има но ги ја го како уште само бил биде сите тоа
sr и је у на се да за су од с о који а ће из како не што то која до није или би те као са по које само више био према али године након јер још
kk және бұл мен үшін бір де да деп бар болды деді туралы қазақстан бойынша жылы осы ол еді болып дейін кейін
ky жана бул менен үчүн бир да де деп бар болду деди тууралуу кыргызстан боюнча жылы ал эле болуп чейин кийин
mn ба нь энэ байна гэж юм болон хийж улсын монгол байгаа тус оны тухай гэсэн уу бол хүн
tg ва дар аз ба ки ин бо барои аст ҳам бар он шуд мекунад буд худ то карда
tt һәм бу белән өчен бер дә да дип бар булды диде турында татарстан буенча ул иде
uz va bu bilan uchun bir ham deb bor bo‘ldi o‘zbekiston haqida yil bo‘yicha shu edi qilish esa
ar في من على أن إلى عن التي الذي هذا مع هذه ما كان لا بعد أو بين قد ولا كما أي كل كانت قال وقد وفي وقال خلال حيث قبل إن عام
fa و در به از که این را با است برای آن یک خود تا کرد بر هم نیز شد شده گفت ها وی اما های می باید کرده بود
ur کے کی میں ہے اور سے کا کو نے اس پر کہ یہ ہیں بھی کر تھا ایک نہیں گیا ہو کیا لیے جو ان تھے تو
ps د په او چې له کې سره دی هم يې ته کړي شوي لپاره دا هغه څخه نه وو وي
ckb لە و بە کە ئەو بۆ لەگەڵ ئەم بوو هەر نیە دەکات خۆی کردووە
hi के में है की और से का को ने पर कि यह हैं भी कर था एक नहीं गया हो किया लिए जो इस तो वह कहा अपने
mr आणि आहे या च्या त्या ते ही हे होते तर मध्ये केली केला आहेत नाही असे करण्यात होता यांनी झाली
ne छ र को मा ले का गर्न हो पनि भएको गरेको यो छन् भने तथा लागि गरी थियो नेपाल बताए
`
