package parsers

import (
	"bytes"
	"encoding/binary"
	"mime"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
)

// Bounds of the search for what a page says of its own coding, and for looks.
const (
	maxPrescan = 256 << 10 // archives' banners stand before the page's own head
	maxSample  = 48 << 10
)

// decode gives the page in UTF-8: byte order mark, then what the response header
// says, then the page's meta element, then its looks. A word that the bytes
// belie does not count: servers and templates have theirs from long ago.
func decode(p *article.Page) ([]byte, error) {
	in := p.HTML[:min(len(p.HTML), maxHTML)]
	switch {
	case bytes.HasPrefix(in, []byte("\xef\xbb\xbf")):
		return bytes.ToValidUTF8(in[3:], []byte("\ufffd")), nil
	case bytes.HasPrefix(in, []byte("\xfe\xff")):
		return inUTF8(in, "utf-16be")
	case bytes.HasPrefix(in, []byte("\xff\xfe")):
		return inUTF8(in, "utf-16le")
	}
	header := headerCharset(p)
	sequences, wrong := utf8Sequences(in)
	switch {
	case sequences+wrong > 0:
	case strings.HasPrefix(header, "utf-16") && bytes.IndexByte(in, 0) >= 0:
		return inUTF8(in, header)
	case bytes.Contains(in, []byte("\x1b$B")) || bytes.Contains(in, []byte("\x1b$@")):
		return inUTF8(in, "iso-2022-jp")
	default:
		return in, nil // ASCII
	}
	mostly := sequences > 20*wrong // some bytes may be damaged
	if header == "utf-8" && mostly || wrong == 0 && (sequences >= 30 || header == "" && (sequences >= 4 || len(in) < 4096)) {
		return mended(in, wrong), nil
	}
	if header != "" && header != "utf-8" {
		return inUTF8(in, header)
	}
	meta := metaCharset(in[:min(len(in), maxPrescan)])
	if meta == "utf-8" && mostly {
		return mended(in, wrong), nil
	}
	// Templates say Western of pages in any script.
	if meta != "" && meta != "utf-8" && meta != "windows-1252" {
		return inUTF8(in, meta)
	}
	lang := tongue(p, in)
	if meta != "" && lang == "" {
		lang = "en" // what says Western is not to be taken for another Latin coding by its signs alone
	}
	looks := looksLike(in, lang)
	if looks == "" && meta == "windows-1252" {
		looks = meta
	}
	if looks == "" && sequences > wrong {
		return mended(in, wrong), nil
	}
	if looks == "" {
		looks = "windows-1252"
	}
	return inUTF8(in, looks)
}

// inUTF8 decodes a page; a coding that nobody knows leaves it as it stands.
func inUTF8(in []byte, name string) ([]byte, error) {
	e, _ := charset.Lookup(name)
	if e == nil {
		return in, nil
	}
	out, err := e.NewDecoder().Bytes(in)
	if err != nil && len(out) == 0 {
		return nil, err
	}
	return bytes.TrimPrefix(out, []byte("\xef\xbb\xbf")), nil
}

// headerCharset is what the response says, by its name in the encoding standard;
// "" if it says nothing, or nothing known.
func headerCharset(p *article.Page) string {
	if p.Charset != "" {
		return charsetName(p.Charset)
	}
	for name, values := range p.Header {
		if !strings.EqualFold(name, "Content-Type") || len(values) == 0 {
			continue
		}
		if _, params, err := mime.ParseMediaType(values[0]); err == nil {
			return charsetName(params["charset"])
		}
		if _, after, ok := strings.Cut(strings.ToLower(values[0]), "charset="); ok {
			return charsetName(after)
		}
	}
	return ""
}

// charsetName is a label's name in the encoding standard.
func charsetName(label string) string {
	_, name := charset.Lookup(strings.Trim(label, " \t\"';"))
	if name == "replacement" || name == "x-user-defined" {
		return ""
	}
	return name
}

var (
	metaTag     = regexp.MustCompile(`(?is)<meta\s[^>]{0,400}?charset\s*=\s*["']?\s*([\w:.-]{2,40})`)
	xmlEncoding = regexp.MustCompile(`(?i)^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([\w:.-]{2,40})`)
)

// metaCharset is what the page says of itself. Browsers look at the first
// kilobyte and, when they meet it later, start anew.
func metaCharset(in []byte) string {
	if m := xmlEncoding.FindSubmatch(in[:min(len(in), 400)]); m != nil {
		if name := charsetName(string(m[1])); name != "" {
			return readable(name)
		}
	}
	for i, looked := 0, 0; looked < 200; looked++ {
		at := bytes.Index(in[i:], []byte("harset"))
		if at < 0 {
			if at = bytes.Index(in[i:], []byte("HARSET")); at < 0 {
				return ""
			}
		}
		end := i + at + len("harset")
		from := max(0, end-500)
		if start := bytes.LastIndexByte(in[from:end], '<'); start >= 0 {
			if m := metaTag.FindSubmatch(in[from+start : min(len(in), end+60)]); m != nil {
				if name := charsetName(string(m[1])); name != "" {
					return readable(name)
				}
			}
		}
		i = end
	}
	return ""
}

// readable corrects what cannot be: who reads a meta element does not read UTF-16.
func readable(name string) string {
	if strings.HasPrefix(name, "utf-16") {
		return "utf-8"
	}
	return name
}

// mended is UTF-8 without the bytes that are none.
func mended(in []byte, wrong int) []byte {
	if wrong == 0 {
		return in
	}
	return bytes.ToValidUTF8(in, []byte("\ufffd"))
}

// utf8Sequences counts the sequences of UTF-8 that are no ASCII, and the bytes that
// are none; of a text without such bytes no more than are needed to know it.
func utf8Sequences(b []byte) (sequences, wrong int) {
	valid := utf8.Valid(b)
	for i := 0; i < len(b) && !(valid && sequences >= 30); {
		if b[i] < utf8.RuneSelf {
			for i++; i+8 <= len(b) && binary.LittleEndian.Uint64(b[i:])&0x8080808080808080 == 0; i += 8 {
			}
			for i < len(b) && b[i] < utf8.RuneSelf {
				i++
			}
			continue
		}
		r, size := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && size <= 1 {
			wrong++
		} else {
			sequences++
		}
		i += size
	}
	return sequences, wrong
}

// A look is a coding with what is common in texts written in it.
type look struct {
	name   string
	common map[rune]bool // the most frequent letters or characters
	script *unicode.RangeTable
	least  float64 // share of common ones among the letters beyond ASCII
	langs  string
}

func runes(s string) map[rune]bool {
	m := map[rune]bool{}
	for _, r := range s {
		if !unicode.IsSpace(r) {
			m[r] = true
		}
	}
	return m
}

const (
	hiragana = "のにはをたがでてとしれさいるもなかっこらりすうまくそよあきどけちせつえおめわ"
	russian  = "оеаинтсрвлкмд"
)

// lookList are codings that bytes can be told to be in: of several bytes a
// character, then those of one alphabet.
var lookList = []look{
	{"gb18030", runes("的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说日月年，。"), unicode.Han, 0.12, "zh"},
	{"big5", runes("的一是在不了有和人這中大為上個國我以要他時來用們生到作地於出就分對成會可主發年動同工也能下過子說日月年，。"), unicode.Han, 0.12, "zh"},
	{"shift_jis", runes(hiragana), unicode.Hiragana, 0.25, "ja"},
	{"euc-jp", runes(hiragana), unicode.Hiragana, 0.25, "ja"},
	{"euc-kr", runes("이다의는에을를가고은하지로한기도사시자인리서대정나해어부수일전제그아들스"), unicode.Hangul, 0.25, "ko"},
	{"windows-1251", runes(russian + "і"), unicode.Cyrillic, 0.6, "ru uk be bg sr mk kk"},
	{"koi8-u", runes(russian + "і"), unicode.Cyrillic, 0.6, "ru uk"},
	{"iso-8859-5", runes(russian + "і"), unicode.Cyrillic, 0.6, "ru bg sr"},
	{"ibm866", runes(russian), unicode.Cyrillic, 0.6, "ru"},
	{"x-mac-cyrillic", runes(russian), unicode.Cyrillic, 0.6, "ru"},
	{"windows-1253", runes("αοιετνσρκπηςυμλ"), unicode.Greek, 0.6, "el"},
	{"windows-1256", runes("اليمنرتوبعدس"), unicode.Arabic, 0.5, "ar fa ur"},
	{"windows-1255", runes("יוהלאתרבמשנ"), unicode.Hebrew, 0.5, "he"},
	{"windows-874", runes("านรอกเงมยลวดทสตะปบคหแ่้ิี"), unicode.Thai, 0.5, "th"},
}

// looksLike names the coding that a page's text is in, by how often its most
// frequent letters come out; "" if nothing is sure. lang is what the page or its
// host says of the language.
func looksLike(in []byte, lang string) string {
	text := sample(in)
	best, most := "", 1.0
	for i := range lookList {
		l := &lookList[i]
		e, _ := charset.Lookup(l.name)
		if e == nil {
			continue
		}
		s := l.score(e, text)
		if lang != "" && strings.Contains(l.langs, lang) {
			s *= 1.3
		}
		if s > most {
			best, most = l.name, s
		}
	}
	if best == "koi8-u" {
		return "koi8-r"
	}
	if best == "" {
		return latin(text, lang)
	}
	return best
}

// score is above 1 for a text in that coding.
func (l *look) score(e encoding.Encoding, text []byte) float64 {
	out, err := e.NewDecoder().Bytes(text)
	if err != nil {
		return 0
	}
	letters, common, script, wrong, mixed := 0, 0, 0, 0, 0
	ascii := false
	for _, r := range string(out) {
		if r < utf8.RuneSelf {
			ascii = r|0x20 >= 'a' && r|0x20 <= 'z'
			continue
		}
		if letters++; ascii {
			mixed++ // a letter with an accent, rather
		}
		ascii = false
		switch {
		case r == utf8.RuneError || r >= 0x80 && r < 0xa0 || r >= 0xe000 && r < 0xf900:
			wrong++
		case l.common[r]:
			common++
			script++
		case unicode.Is(l.script, r):
			script++
		}
	}
	alphabet := l.script != unicode.Han && l.script != unicode.Hiragana
	// Too few to tell, too much that cannot be, or another script's letters.
	if letters < 8 || wrong*50 > letters || alphabet && (script*10 < letters*7 || mixed*8 > letters) {
		return 0
	}
	return float64(common) / float64(letters) / l.least
}

// latin tells the codings of Latin letters apart: by the language, or by signs
// that the Western one would have in the middle of words.
func latin(text []byte, lang string) string {
	switch lang {
	case "pl", "cs", "sk", "hu", "sl", "hr", "ro", "sq", "bs":
		// The letters that Windows has elsewhere than ISO: ś ź š ť ž, and ą.
		if inWords(text, "\x9a\x9c\x9d\x9e\x9f") == 0 && inWords(text, "\xb1\xb6\xb9\xbb\xbc\xbe") > 0 {
			return "iso-8859-2"
		}
		return "windows-1250"
	case "tr", "az":
		return "windows-1254"
	case "lt", "lv", "et":
		return "windows-1257"
	case "":
	default:
		return ""
	}
	switch {
	case inWords(text, "\xb9") >= 2 && inWords(text, "\xb3") >= 2 && inWords(text, "\xea\xe6\x9c") >= 2: // ą, ł, and ę ć ś
		return "windows-1250"
	case inWords(text, "\xb1") >= 2 && inWords(text, "\xb3") >= 2 && inWords(text, "\xea\xe6\xb6") >= 2:
		return "iso-8859-2"
	case inWords(text, "\xec") >= 3 && inWords(text, "\xf8") >= 3: // ě ř
		if inWords(text, "\xb9\xbb\xbe") > inWords(text, "\x9a\x9d\x9e") {
			return "iso-8859-2"
		}
		return "windows-1250"
	case inWords(text, "\xfd") >= 3 && inWords(text, "\xfe") >= 3: // ı ş
		return "windows-1254"
	}
	return ""
}

// inWords counts bytes of a set that stand beside a small letter of ASCII.
func inWords(text []byte, set string) int {
	n := 0
	for i := 1; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf && text[i-1] >= 'a' && text[i-1] <= 'z' && strings.IndexByte(set, text[i]) >= 0 {
			n++
		}
	}
	return n
}

// sample is a page's text without tags, scripts and styles, around what is not
// ASCII, as much as looks need.
func sample(in []byte) []byte {
	out := make([]byte, 0, min(len(in), maxSample))
	open := map[string]bool{}
	for len(in) > 0 && len(out) < maxSample {
		at := bytes.IndexByte(in, '<')
		if at < 0 {
			at = len(in)
		}
		if run := in[:at]; bytes.ContainsFunc(run, func(r rune) bool { return r >= utf8.RuneSelf }) {
			out = append(out, run[:min(len(run), maxSample-len(out))]...)
			out = append(out, ' ')
		}
		in = in[at:]
		skip := ">"
		switch {
		case hasFoldPrefix(in, "<script"):
			skip = "</script"
		case hasFoldPrefix(in, "<style"):
			skip = "</style"
		case bytes.HasPrefix(in, []byte("<!--")):
			skip = "-->"
		}
		if open[skip] {
			skip = ">"
		}
		end := bytes.Index(in, []byte(skip))
		if end < 0 && skip != ">" {
			open[skip], skip = true, ">" // nothing ends it: not looked for again
			end = bytes.IndexByte(in, '>')
		}
		if end < 0 {
			break
		}
		in = in[end+len(skip):]
	}
	return out
}

func hasFoldPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && strings.EqualFold(string(b[:len(prefix)]), prefix)
}

var htmlLang = regexp.MustCompile(`(?i)<html[^>]{0,300}\slang\s*=\s*["']?([a-z]{2})\b`)

// tongue is the language that a page or its host's country says; "" for those that
// Western European codings serve, and where neither says anything.
func tongue(p *article.Page, in []byte) string {
	if m := htmlLang.FindSubmatch(in[:min(len(in), 4096)]); m != nil {
		return strings.ToLower(string(m[1]))
	}
	if p.URL == nil {
		return ""
	}
	host := p.URL.Hostname()
	return countryTongue[host[strings.LastIndexByte(host, '.')+1:]]
}

var countryTongue = map[string]string{
	"ru": "ru", "su": "ru", "by": "be", "ua": "uk", "bg": "bg", "rs": "sr", "mk": "mk", "kz": "kk", "cn": "zh", "tw": "zh", "hk": "zh", "jp": "ja", "kr": "ko", "gr": "el", "cy": "el", "il": "he", "th": "th",
	"pl": "pl", "cz": "cs", "sk": "sk", "hu": "hu", "si": "sl", "hr": "hr", "ro": "ro", "al": "sq", "ba": "bs", "tr": "tr", "az": "az", "lt": "lt", "lv": "lv", "ee": "et", "ir": "fa", "eg": "ar", "sa": "ar", "ae": "ar", "jo": "ar", "ma": "ar",
}
