// Package charset finds the character encoding of a web page, style sheet, feed or
// sitemap and decodes it to UTF-8. It is the only place of the program that does
// so, so that a page is the same text when it is crawled, read from a file, and
// read again from an archive.
package charset

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"

	"github.com/newsmorgue/newsmorgue/parsers/internal/mediatype"
)

// Bounds of the search for a declared encoding, and of the sample that encodings
// are guessed from.
const (
	maxPrescan = 256 << 10 // an archive's banner may stand before the page's own head
	maxSample  = 48 << 10
)

// Decode returns body in UTF-8, without a byte order mark. It looks at the byte
// order mark (or the zeros of UTF-16 without one), the charset parameter of contentType
// (the values of the Content-Type fields joined by commas, empty if there was none), the
// declaration in the text (meta element, XML declaration or @charset rule), and the
// bytes, in this order. The charset of an invalid Content-Type, which browsers pass over,
// counts only if the text declares none. A declaration that the bytes contradict does
// not count: servers and templates often have one from long ago.
// host is the name of the host that served it, whose country is a hint at the
// language; it may be empty.
//
// Text that is UTF-8 already is returned as it is, not copied. Bytes that are not
// valid become U+FFFD. Text in an unknown encoding is returned unchanged.
func Decode(body []byte, contentType, host string) ([]byte, error) {
	return decode(body, contentType, host, toUTF8)
}

// decode is Decode; a text that is neither in UTF-8 nor in ASCII is left to toUTF8, with
// the name of its encoding.
func decode(body []byte, contentType, host string, toUTF8 func(in []byte, name string) ([]byte, error)) ([]byte, error) {
	if rest, ok := bytes.CutPrefix(body, []byte("\xef\xbb\xbf")); ok {
		return bytes.ToValidUTF8(rest, []byte("\ufffd")), nil
	}
	if name := utf16Of(body); name != "" {
		return toUTF8(body, name)
	}
	header, invalidHeader := headerCharset(contentType)
	sequences, invalid := utf8Sequences(body)
	switch {
	case sequences+invalid > 0:
	case strings.HasPrefix(header, "utf-16") && bytes.IndexByte(body, 0) >= 0:
		return toUTF8(body, header)
	case bytes.Contains(body, []byte("\x1b$B")) || bytes.Contains(body, []byte("\x1b$@")):
		return toUTF8(body, "iso-2022-jp")
	default:
		return body, nil // ASCII
	}
	mostly := sequences > 20*invalid // some bytes may be damaged
	if header == "utf-8" && mostly || invalid == 0 && (sequences >= 30 || header == "" && (sequences >= 4 || len(body) < 4096)) {
		return validUTF8(body, invalid), nil
	}
	declared := declaredCharset(body[:min(len(body), maxPrescan)])
	if header != "" && header != "utf-8" {
		if declared == "utf-8" && invalid == 0 {
			return body, nil // the text says what its bytes are; the server's default is wrong
		}
		return toUTF8(body, header)
	}
	if declared == "" {
		declared = possible(invalidHeader)
	}
	if declared == "utf-8" && mostly {
		return validUTF8(body, invalid), nil
	}
	// Many templates declare Western European for pages in any script.
	if declared != "" && declared != "utf-8" && declared != "windows-1252" {
		return toUTF8(body, declared)
	}
	name := guessed(body, host, declared)
	if name == "" && sequences > invalid {
		return validUTF8(body, invalid), nil
	}
	return toUTF8(body, cmp.Or(name, "windows-1252"))
}

// guessed names the encoding of a text by its bytes, where it declares Western European
// or nothing; "" for none.
func guessed(body []byte, host, declared string) string {
	lang := languageHint(body, host)
	if declared != "" && lang == "" {
		lang = "en" // a page that declares Western European needs more than a few bytes to be another Latin encoding
	}
	name := guess(body, lang)
	if name == "" && declared == "windows-1252" {
		name = declared
	}
	return name
}

// utf16Of recognizes UTF-16 by its byte order mark, or by its first characters.
func utf16Of(b []byte) string {
	switch {
	case bytes.HasPrefix(b, []byte("\xfe\xff")):
		return "utf-16be"
	case bytes.HasPrefix(b, []byte("\xff\xfe")):
		return "utf-16le"
	}
	return unmarkedUTF16(b)
}

// unmarkedUTF16 recognizes UTF-16 without a byte order mark by its first two characters
// (XML 1.0, appendix F, has the rule for "<?"); "" for other bytes.
func unmarkedUTF16(b []byte) string {
	ascii := func(c byte) bool { return c >= ' ' && c < 0x7f || c == '\t' || c == '\n' || c == '\r' }
	switch {
	case len(b) < 4:
		return ""
	case b[0] == 0 && ascii(b[1]) && b[2] == 0 && ascii(b[3]):
		return "utf-16be"
	case ascii(b[0]) && b[1] == 0 && ascii(b[2]) && b[3] == 0:
		return "utf-16le"
	}
	return ""
}

// toUTF8 decodes a text; an unknown encoding leaves it unchanged.
func toUTF8(in []byte, name string) ([]byte, error) {
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

// headerCharset is the charset parameter of Content-Type fields, by its name in the
// encoding standard, or that of an invalid value, such as one without a semicolon;
// "" if it is missing or unknown.
func headerCharset(contentType string) (valid, invalid string) {
	t := mediatype.Parse(contentType)
	if t.Essence != "" {
		return charsetName(t.Charset), ""
	}
	if _, after, ok := strings.Cut(strings.ToLower(contentType), "charset="); ok {
		after, _, _ = strings.Cut(after, ";")
		return "", charsetName(after)
	}
	return "", ""
}

// charsetName is the name of a label in the encoding standard; "" if it has none
// that a page can be decoded with.
func charsetName(label string) string {
	_, name := charset.Lookup(strings.Trim(label, " \t\"';"))
	if name == "replacement" || name == "x-user-defined" {
		return ""
	}
	return name
}

var (
	metaTag     = regexp.MustCompile(`(?is)<meta\s[^>]{0,400}?charset\s*=\s*["']?\s*([\w:.-]{2,40})`)
	cssCharset  = regexp.MustCompile(`^@charset "([\w:.-]{2,40})"`) // css-syntax-3, section 3.2
	xmlEncoding = regexp.MustCompile(`(?i)^\s*<\?xml[^>]{0,200}encoding\s*=\s*["']([\w:.-]{2,40})`)
)

// declaredCharset is the encoding that a text declares. Browsers look at the first
// kilobyte and start over when they find a declaration later.
func declaredCharset(in []byte) string {
	for _, declaration := range []*regexp.Regexp{xmlEncoding, cssCharset} {
		if m := declaration.FindSubmatch(in[:min(len(in), 400)]); m != nil {
			if name := charsetName(string(m[1])); name != "" {
				return possible(name)
			}
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
					return possible(name)
				}
			}
		}
		i = end
	}
	return ""
}

// possible corrects a declaration that cannot be true: a declaration that could be
// read as ASCII is not in UTF-16.
func possible(name string) string {
	if strings.HasPrefix(name, "utf-16") {
		return "utf-8"
	}
	return name
}

// validUTF8 replaces the bytes that are not UTF-8.
func validUTF8(in []byte, invalid int) []byte {
	if invalid == 0 {
		return in
	}
	return bytes.ToValidUTF8(in, []byte("\ufffd"))
}

// utf8Sequences counts the sequences of UTF-8 beyond ASCII and the bytes that are
// not UTF-8. In a valid text it stops counting at 30, which is enough to be sure.
func utf8Sequences(b []byte) (sequences, invalid int) {
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
			invalid++
		} else {
			sequences++
		}
		i += size
	}
	return sequences, invalid
}

// An encodingProfile is an encoding with the characters that are frequent in texts
// written in it.
type encodingProfile struct {
	name   string
	common map[rune]bool // the most frequent characters
	script *unicode.RangeTable
	least  float64 // share of the frequent ones among the letters beyond ASCII
	langs  string  // languages that use it
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

// profiles are the encodings that can be recognized by their bytes: those with
// several bytes per character, then those of a single alphabet.
var profiles = []encodingProfile{
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

// guess names the encoding in which the text has most of the characters that are
// frequent in its language; "" if none is clear. lang is the language hint.
func guess(in []byte, lang string) string {
	text := sample(in)
	best, most := "", 1.0
	for i := range profiles {
		l := &profiles[i]
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

// score is above 1 for a text in that encoding.
func (l *encodingProfile) score(e encoding.Encoding, text []byte) float64 {
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
			mixed++ // rather a letter with an accent
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
	// Too few letters, too many impossible ones, or letters of another script.
	if letters < 8 || wrong*50 > letters || alphabet && (script*10 < letters*7 || mixed*8 > letters) {
		return 0
	}
	return float64(common) / float64(letters) / l.least
}

// latin tells the encodings of Latin letters apart: by the language, or by bytes
// inside words that windows-1252 has symbols for.
func latin(text []byte, lang string) string {
	switch lang {
	case "pl", "cs", "sk", "hu", "sl", "hr", "ro", "sq", "bs":
		// Letters at different places in windows-1250 and ISO-8859-2: ś ź š ť ž, and ą.
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

// inWords counts the bytes of a set that follow a lower-case ASCII letter.
func inWords(text []byte, set string) int {
	n := 0
	for i := 1; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf && text[i-1] >= 'a' && text[i-1] <= 'z' && strings.IndexByte(set, text[i]) >= 0 {
			n++
		}
	}
	return n
}

// sample is the text that is not ASCII, without tags, scripts and styles, as much
// as guess needs.
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
			open[skip], skip = true, ">" // it has no end; do not look for one again
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

// languageHint is the language that a page declares or that its host's country
// speaks; "" if it is unknown or a Western European encoding serves it.
func languageHint(in []byte, host string) string {
	if m := htmlLang.FindSubmatch(in[:min(len(in), 4096)]); m != nil {
		return strings.ToLower(string(m[1]))
	}
	return countryLanguage[host[strings.LastIndexByte(host, '.')+1:]]
}

var countryLanguage = map[string]string{
	"ru": "ru", "su": "ru", "by": "be", "ua": "uk", "bg": "bg", "rs": "sr", "mk": "mk", "kz": "kk", "cn": "zh", "tw": "zh", "hk": "zh", "jp": "ja", "kr": "ko", "gr": "el", "cy": "el", "il": "he", "th": "th",
	"pl": "pl", "cz": "cs", "sk": "sk", "hu": "hu", "si": "sl", "hr": "hr", "ro": "ro", "al": "sq", "ba": "bs", "tr": "tr", "az": "az", "lt": "lt", "lv": "lv", "ee": "et", "ir": "fa", "eg": "ar", "sa": "ar", "ae": "ar", "jo": "ar", "ma": "ar",
}
