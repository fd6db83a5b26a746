package language

import (
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// A scriptCount counts the letters of a text by script.
type scriptCount struct {
	letters, latin, kana int
	byScript             map[string]int // without Latin; kana counts as zh, too
}

// scriptOfText gives the script of most letters of a text: the code of a language
// where only one language is written in it, else the script's name ("latin"). It
// gives "" for too few letters, and where no script has a third of them.
func scriptOfText(s string) string {
	c := countScripts(s)
	eastAsian := c.byScript["zh"] + c.byScript["ko"]
	if c.letters < leastWords && eastAsian < 20 {
		return ""
	}
	// A text in Chinese, Japanese or Korean has many names in Latin letters, and says
	// as much with fewer characters.
	if c.latin*2 > c.letters && eastAsian*3 < c.letters {
		return "latin"
	}
	return c.mostFrequent()
}

func countScripts(s string) scriptCount {
	c := scriptCount{byScript: map[string]int{}}
	for _, r := range s {
		if r < utf8.RuneSelf {
			if r|0x20 >= 'a' && r|0x20 <= 'z' {
				c.latin++
				c.letters++
			}
			continue
		}
		if c.letters > 4000 {
			break
		}
		c.add(scriptOfRune(r))
	}
	return c
}

func (c *scriptCount) add(script string) {
	switch script {
	case "":
		return
	case "latin":
		c.latin++
	case "kana":
		c.kana++
		c.byScript["zh"]++
	default:
		c.byScript[script]++
	}
	c.letters++
}

// mostFrequent is the most frequent script but Latin, if it has a third of the letters.
func (c *scriptCount) mostFrequent() string {
	top, most := "", 0
	for s, n := range c.byScript {
		if n > most || n == most && s < top {
			top, most = s, n
		}
	}
	switch {
	case most*3 < c.letters:
		return ""
	case top != "zh" || c.kana == 0:
		return top
	case c.kana*8 > most:
		return "ja"
	case c.kana*50 > most: // Japanese headings have little kana
		return ""
	}
	return top
}

// scriptRanges are ranges of letters and their scripts.
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

// scriptOfRune is the script of a letter; "" for other characters and scripts.
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

// mainLanguage is the language that is assumed of a text in a script whose words
// do not tell the language.
var mainLanguage = map[string]string{
	"ja": "ja", "ko": "ko", "zh": "zh", "el": "el", "hy": "hy", "hebrew": "he", "arabic": "ar", "dv": "dv", "devanagari": "hi", "bengali": "bn", "pa": "pa", "gu": "gu", "or": "or",
	"ta": "ta", "te": "te", "kn": "kn", "ml": "ml", "si": "si", "th": "th", "lo": "lo", "bo": "bo", "my": "my", "ka": "ka", "ethiopic": "am", "km": "km", "mn": "mn", "cyrillic": "ru", "syr": "syr",
}

// languagesOfScript are the languages that are written in a script.
var languagesOfScript = map[string]map[string]bool{
	"ja": text.Set("ja ryu ain"), "ko": text.Set("ko"), "zh": text.Set("zh yue wuu nan hak lzh cmn cdo gan"), "el": text.Set("el grc pnt"), "hy": text.Set("hy hyw"),
	"hebrew": text.Set("he yi lad arc"), "arabic": text.Set("ar fa ur ps ckb ku ug sd prs pnb bal ks arz ary az ms ha kk ky tg arq apc skr lrc glk mzn azb haz"),
	"devanagari": text.Set("hi mr ne sa mai bho kok brx doi sd ks new awa mag hne gom"), "bengali": text.Set("bn as mni bpy syl ctg"),
	"cyrillic": text.Set("ru uk be bg mk sr sh bs cnr kk ky mn tg tt uz az ba cv os ce ab av kv udm mhr myv sah tyv bua xal krc kbd ady inh lez rue cu ro mo crh tk alt kum lbe mdf nog uum"),
	"ethiopic": text.Set("am ti tig gez sgw"), "bo": text.Set("bo dz"), "my": text.Set("my shn mnw ksw kar"), "ta": text.Set("ta"), "te": text.Set("te"), "kn": text.Set("kn tcy kok"), "ml": text.Set("ml"),
	"si": text.Set("si"), "th": text.Set("th tts nod"), "lo": text.Set("lo"), "ka": text.Set("ka xmf"), "km": text.Set("km"), "gu": text.Set("gu"), "pa": text.Set("pa"), "or": text.Set("or ory"), "dv": text.Set("dv"),
	"mn": text.Set("mn mnc"), "syr": text.Set("syr arc aii"),
}

// neverLatin are languages that newspapers never write in Latin letters.
var neverLatin = text.Set("ja ko zh ar fa ur ps he el ru uk be bg mk th lo my km ka hy am ti bn gu or ta te kn ml si dv ne mr hi")
