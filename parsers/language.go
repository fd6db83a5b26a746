package parsers

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var languageForm = regexp.MustCompile(`^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$`)

// findLanguage is what the page declares, unless its script says otherwise.
func (x *index) findLanguage(text string) (string, Provenance) {
	cands := []struct{ value, from string }{}
	if o := x.article(); o != nil {
		cands = append(cands, struct{ value, from string }{o.text("inLanguage"), "jsonld:inLanguage"})
	}
	locale, _ := x.first("og:locale")
	content, _ := x.first("content-language", "dc.language", "language")
	cands = append(cands, struct{ value, from string }{x.Lang, "html:lang"}, struct{ value, from string }{locale, "meta:og:locale"}, struct{ value, from string }{content, "meta:content-language"})
	script := scriptLanguage(text)
	for _, c := range cands {
		v := strings.ReplaceAll(strings.TrimSpace(c.value), "_", "-")
		if !languageForm.MatchString(v) {
			continue
		}
		base := strings.ToLower(strings.SplitN(v, "-", 2)[0])
		if script != "" && !scriptOf[script][base] {
			continue
		}
		if i := strings.IndexByte(v, '-'); i > 0 {
			v = strings.ToLower(v[:i]) + v[i:]
		} else {
			v = strings.ToLower(v)
		}
		return v, Provenance{c.from, 0.9}
	}
	if script != "" {
		return script, Provenance{"text:script", 0.7}
	}
	return "", Provenance{}
}

// scriptOf are the languages that are written in a script, by the language that
// stands for it.
var scriptOf = map[string]map[string]bool{
	"ja": {"ja": true}, "ko": {"ko": true}, "zh": {"zh": true, "ja": true, "yue": true}, "th": {"th": true}, "he": {"he": true, "yi": true, "iw": true}, "el": {"el": true},
	"ru": {"ru": true, "uk": true, "bg": true, "sr": true, "mk": true, "be": true, "kk": true, "ky": true, "mn": true, "tg": true, "tt": true, "uz": true, "az": true, "bs": true},
	"ar": {"ar": true, "fa": true, "ur": true, "ps": true, "ckb": true, "ku": true, "ug": true, "sd": true},
	"hi": {"hi": true, "mr": true, "ne": true, "sa": true},
}

// scriptLanguage is a language by the script of most letters; "" for Latin and
// scripts not told apart here.
func scriptLanguage(text string) string {
	counts := map[string]int{}
	letters := 0
	for _, r := range text {
		if r < utf8.RuneSelf { // of no script that is told apart here
			if r|0x20 >= 'a' && r|0x20 <= 'z' {
				letters++
			}
			if letters > 4000 {
				break
			}
			continue
		}
		if !unicode.IsLetter(r) {
			continue
		}
		if letters++; letters > 4000 {
			break
		}
		switch {
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			counts["ja"] += 3
		case unicode.In(r, unicode.Hangul):
			counts["ko"]++
		case unicode.In(r, unicode.Han):
			counts["zh"]++
		case unicode.In(r, unicode.Cyrillic):
			counts["ru"]++
		case unicode.In(r, unicode.Arabic):
			counts["ar"]++
		case unicode.In(r, unicode.Hebrew):
			counts["he"]++
		case unicode.In(r, unicode.Greek):
			counts["el"]++
		case unicode.In(r, unicode.Thai):
			counts["th"]++
		case unicode.In(r, unicode.Devanagari):
			counts["hi"]++
		}
	}
	if letters < 40 {
		return ""
	}
	for _, l := range []string{"ja", "ko", "zh", "ru", "ar", "he", "el", "th", "hi"} {
		if counts[l]*2 > letters {
			return l
		}
	}
	return ""
}
