package byline

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/dates"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// maxDateline is how many bytes of a paragraph are read.
const maxDateline = 200

// Pieces of datelines in scripts with capitals. A place in capitals is enough;
// one in lower case needs an agency.
const (
	capsPlace = `(\p{Lu}[\p{Lu}\p{M}.'’-]+(?:[ /]\p{Lu}[\p{Lu}\p{M}.'’-]*){0,4})`
	placeName = `(\p{Lu}[\p{L}\p{M}.'’-]+(?:[ /]\p{L}[\p{L}\p{M}.'’-]*){0,4})`
	areaForm  = `(?:, (\p{Lu}[\p{L}.]*(?: \p{Lu}[\p{L}.]*){0,2}))?`
	dayMonth  = `(?:(?:, ?| )\(?(?:(?:\p{L}{2,6}\.?,? )?\p{L}{3,10}\.? \d{1,2}(?:st|nd|rd|th)?|\d{1,2}(?:\.|º|er)? ?(?:de )?\p{L}{3,10}\.?)(?:,? (?:de )?\d{4}(?: г\.?)?)?\)?)?`
	inBracket = `(?:\(([^()]{2,40})\)|/([^/]{2,30})/|\[([^\[\]]{2,40})\])`
	dash      = `(?:\s+(?:[—–―]|--)\s+|\s*[—―]{1,2}\s*)` // never a hyphen
	anyDash   = `\.?\s*[—–―-]{1,2}\s*`
)

// A datelineForm is a way to begin a story with its place.
type datelineForm struct {
	form          *regexp.Regexp
	place, region int   // groups; 0 without a region
	agency        []int // groups, one of which has it
	known         bool  // only with an agency that is known
	needs         bool  // only with an agency
	capitals      bool  // it begins with a capital, or a bracket
}

var datelineForms = []datelineForm{
	// МОСКВА, 3 июн — РИА Новости. …   МОСКВА, 3 июня. /ТАСС/. …   Москва. 3 июня. INTERFAX.RU - …
	{regexp.MustCompile(`^` + placeName + `[.,] ?\d{1,2} \p{L}{3,10}\.?(?: \d{4}(?: г\.?)?)?[.,]?\s*(?:[—–-]\s*([^.]{2,30})\.|/([^/]{2,30})/|(\p{Lu}[\p{L}\d.-]{2,30})\s*[—–-])`), 1, 0, []int{2, 3, 4}, true, true, true},
	// NAIROBI, Kenya, June 3 (Reuters) - …   SEOUL — …   ANKARA (AA) - …
	{regexp.MustCompile(`^` + capsPlace + areaForm + dayMonth + `,?\s*` + `(?:` + inBracket + anyDash + `|` + dash + `)`), 1, 2, []int{3, 4, 5}, false, false, true},
	// Berlin (dpa) - …   Madrid, 3 jun (EFE).- …   Jakarta (ANTARA) - …
	{regexp.MustCompile(`^` + placeName + areaForm + dayMonth + `,?\s*` + inBracket + anyDash), 1, 2, []int{3, 4, 5}, false, true, true},
	// Nicosia, June 3 (CNA) The …
	{regexp.MustCompile(`^` + placeName + areaForm + dayMonth + `,?\s*` + inBracket + `[.:।]?\s`), 1, 2, []int{3, 4, 5}, true, true, true},
	// (ANSA) - ROMA, 03 GIU - …
	{regexp.MustCompile(`^\(([^()]{2,30})\)\s*[—–-]\s*` + placeName + dayMonth + `\s*(?:\(([^()]{2,30})\)\s*)?[—–-]`), 2, 0, []int{1}, true, true, true},
	// Roma, 3 giugno - (Adnkronos) - …
	{regexp.MustCompile(`^` + placeName + dayMonth + `\s*[—–-]\s*\(([^()]{2,30})\)`), 1, 0, []int{2}, true, true, true},
	// KABAR.CO, Jakarta — …
	{regexp.MustCompile(`^\p{L}[\p{L}\d]+\.(?:com|co|co\.id|id|net|ID|CO|COM|CO\.ID|NET)\s*,\s*` + placeName + dash), 1, 0, nil, false, false, false},
	// (서울=연합뉴스)   [서울=뉴시스]
	{regexp.MustCompile(`^[(\[【［（]\s*(\p{Hangul}[\p{Hangul}·∙ ]{0,14})\s*=\s*([^)\]】］）]{2,16})[)\]】］）]`), 1, 0, []int{2}, false, true, false},
	// 新华社北京6月3日电
	{regexp.MustCompile(`^[（(【\[]?\s*(新华社|新華社|中新社|中新网|中新網|人民网|央视网|中通社|法新社|路透社|美联社|中央社)\s*(\p{Han}{2,8}?)(?:\d{1,2}月)?\d{1,2}日(?:电|電|讯|訊|综合|綜合)`), 2, 0, []int{1}, false, true, false},
	// （ロンドン中央社3日…）
	{regexp.MustCompile(`^[（(【]\s*([\p{Han}\p{Katakana}]{2,8}?)(中央社|新华社|新華社|法新社|路透社)\s*(?:\d{1,2}月)?\d{1,2}日`), 1, 0, []int{2}, false, true, false},
	// 【ワシントン＝共同】   【ニューヨーク時事】
	{regexp.MustCompile(`^【\s*([\p{Katakana}\p{Han}ー・]{2,14}?)\s*(?:[＝=]\s*([^】]{2,14})|(共同|時事|時事通信|ロイター|AFP))】`), 1, 0, []int{2, 3}, false, false, false},
	// ［東京 3日 ロイター］ -
	{regexp.MustCompile(`^[［\[]\s*([\p{Katakana}\p{Han}ー・／/]{2,20})[\s　]+(?:\d{1,2}月)?[\d０-９]{1,2}日[\s　]+([^］\]]{2,14})[］\]]`), 1, 0, []int{2}, false, true, false},
	// नई दिल्ली, 3 जून (भाषा)   القاهرة (رويترز) -
	{regexp.MustCompile(`^([\p{L}\p{M}][\p{L}\p{M} ]{1,40}?)(?:[,،、]\s*[^()（）]{1,25}?)?\s*[-–—]?\s*[(（]([^()（）]{2,25})[)）]`), 1, 0, []int{2}, true, true, false},
	// إسطنبول / الأناضول
	{regexp.MustCompile(`^([\p{L}\p{M}][\p{L}\p{M} ]{1,30}?)\s*[/-]\s*([\p{L}\p{M}. ]{2,20}?)(?:\s*[:/-]\s|\s{2}|\s\p{L})`), 1, 0, []int{2}, true, true, false},
}

// notPlaces are words in capitals that begin stories, with a dash behind them, and
// are not places.
var notPlaces = text.Set(`breaking update updated updates exclusive opinion analysis watch live photos photo video videos read note editor's editors editor’s correction clarification explainer factbox
	review interview column commentary editorial letter podcast listen quiz poll recap preview advertisement sponsored spoiler warning alert just in new now top key full story
	eilmeldung exklusiv kommentar analyse update aktualisiert exclusif vidéo direct exclusiva vídeo opinión esclusiva срочно обновлено видео фото q a tl;dr tldr faq nb ps`)

// ownReporter matches what newspapers print before the place about the reporter
// whom they sent there.
var ownReporter = regexp.MustCompile(`(?i)^(?:dal(?:la)? nostr[ao] (?:corrispondente|inviat[ao])(?: (?:a|da|in))?|de notre (?:correspondante?|envoyée? spéciale?)(?: (?:à|en|au))?|de nuestr[oa] (?:corresponsal|enviad[oa] especial)(?: en)?|(?:aus|von) unserem korrespondenten(?: in| aus)?)\s+`)

// Dateline reads the place and the agency at the start of a story's body, which
// keeps them; the place that JSON-LD declares where the text has neither. Each is
// empty if there is none. The provenance is that of the place: "text:dateline" or
// "jsonld:dateline".
func Dateline(p *doc.Page, body []article.Block) (place string, from article.Provenance, agency string) {
	n := 0
	for _, b := range body {
		if b.Type != article.Paragraph || utf8.RuneCountInString(b.Text) < 12 {
			continue
		}
		if n++; n > 3 {
			break
		}
		if place, agency = readDateline(b.Text); place == "" && agency == "" {
			continue
		}
		if place != "" {
			from = article.Provenance{From: "text:dateline", Confidence: 0.85}
		}
		if agency == "" && !strings.ContainsAny(place, ", ") { // a word in capitals and a dash
			from.Confidence = 0.6
		}
		return place, from, agency
	}
	if o := p.Article(); o != nil {
		d, _, _ := strings.Cut(o.Text("dateline"), "(")
		if d = strings.Trim(d, " -–—,"); d != "" && len(d) <= 80 && !strings.ContainsAny(d, "0123456789<>") {
			return d, article.Provenance{From: "jsonld:dateline", Confidence: 0.8}, ""
		}
	}
	return "", article.Provenance{}, ""
}

// readDateline reads place and agency at the start of a paragraph.
func readDateline(s string) (place, agency string) {
	if len(s) > maxDateline {
		cut := maxDateline
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut]
	}
	first := text.FirstRune(s)
	latin := unicode.IsUpper(first) || first == '('
	if !datelineSigns(s, latin) {
		return "", ""
	}
	for k := range datelineForms {
		if datelineForms[k].capitals && !latin {
			continue
		}
		if place, agency, ok := datelineForms[k].read(s); ok {
			return place, agency
		}
	}
	return "", ""
}

// read reads a dateline of one form.
func (f *datelineForm) read(s string) (place, agency string, ok bool) {
	m := f.form.FindStringSubmatch(s)
	if m == nil {
		return "", "", false
	}
	for _, g := range f.agency {
		if m[g] != "" {
			agency = strings.TrimSpace(m[g])
		}
	}
	known := wireName(agency)
	switch {
	case known != "":
		agency = known
	case f.known || f.needs && agency == "":
		return "", "", false
	case agency != "" && !agencyLike(agency, strings.ToUpper(m[f.place]) == m[f.place]):
		if f.needs {
			return "", "", false
		}
		agency = ""
	}
	place = strings.TrimRight(strings.TrimSpace(m[f.place]), " ,.-–—")
	place = strings.TrimSpace(ownReporter.ReplaceAllString(place, ""))
	if f.region > 0 && m[f.region] != "" && !isMonth(m[f.region]) {
		place += ", " + m[f.region]
	}
	if !placeLike(place) {
		return "", "", false
	}
	if known != "" && wireName(place) != "" {
		place = "" // two agencies
	}
	return place, agency, true
}

// placeLike reports whether a text can be the name of a place.
func placeLike(s string) bool {
	n := utf8.RuneCountInString(s)
	word, _, _ := strings.Cut(strings.ToLower(s), " ")
	return n >= 2 && n <= 60 && !notPlaces[word]
}

// datelineSigns reports whether the start of a text has a sign that ends a
// dateline: few do, and the forms need not be tried on the others.
func datelineSigns(s string, capitals bool) bool {
	head := s[:min(len(s), 130)]
	if !capitals {
		return strings.ContainsAny(head, "()/=】］]）日-–—")
	}
	return strings.ContainsAny(head, "—―)/=") || strings.Contains(head, " – ") || strings.Contains(head, "--") || strings.Contains(head, "- ")
}

// agencyLike reports whether the text in brackets after a place can be an agency:
// not a date, a sentence or a country. After a place in lower case it must be an
// abbreviation.
func agencyLike(s string, caps bool) bool {
	if strings.ContainsAny(s, "0123456789:;?!") || len(strings.Fields(s)) > 4 || countrySigns[s] {
		return false
	}
	if !caps {
		return len(s) <= 8 && strings.ToUpper(s) == s
	}
	r, _ := utf8.DecodeRuneInString(s)
	return !unicode.IsLower(r)
}

var countrySigns = text.Set("USA US UK UAE EU UN DR GB NRW BRD DDR UdSSR USSR")

// isMonth reports whether what follows a place is the beginning of a date.
func isMonth(s string) bool {
	return dates.IsMonth(strings.Trim(s, ". "))
}
