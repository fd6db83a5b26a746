package block

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// textFeatures counts the characters of a block's text.
func textFeatures(b *Block, r []float32) {
	t := b.Text
	var upper, lower, digits, commas, others, signs int
	for i := range min(len(t), 1000) {
		switch c := t[i]; {
		case c >= 'a' && c <= 'z':
			lower++
		case c >= 'A' && c <= 'Z':
			upper++
		case c >= '0' && c <= '9':
			digits++
		case c == ',':
			commas++
		case c == '|' || c == '@' || c == '>' || c == '#' || c == '/':
			signs++
		case c >= utf8.RuneSelf:
			others++
		}
	}
	letters := float32(upper + lower + others + 1)
	r[fUpper] = float32(upper) / letters
	r[fDigits] = float32(digits) / (letters + float32(digits))
	r[fCommas] = float32(min(commas, 20))
	r[fSigns] = float32(min(signs, 10))
	r[fWordLength] = float32(len(t)) / float32(max(b.Words, 1))
	r[fEnding] = ending(t)
	r[fBeginning] = beginning(t)
	r[fColon] = number(strings.HasSuffix(t, ":"))
}

// ending classes how a text ends: 3 as a sentence does, 2 with a quotation mark,
// 1.5 with a bracket, 1 with an ellipsis, 0 otherwise.
func ending(t string) float32 {
	if strings.HasSuffix(t, "...") {
		return 1
	}
	switch r, _ := utf8.DecodeLastRuneInString(t); r {
	case '…':
		return 1
	case '.', '!', '?', '。', '！', '？', '।', '؟', '۔':
		return 3
	case '"', '”', '“', '»', '«', '』', '」', '\'', '’':
		return 2
	case ')':
		return 1.5
	}
	return 0
}

// beginning classes how a text begins: 3 with a capital or a letter of a script
// without them, 2 with a quotation mark, 1 with a small letter, 0.5 with a digit,
// 0 otherwise.
func beginning(t string) float32 {
	r, _ := utf8.DecodeRuneInString(t)
	switch r {
	case '"', '“', '„', '«', '»', '「', '\'', '‘':
		return 2
	}
	switch {
	case unicode.IsLower(r):
		return 1
	case unicode.IsUpper(r), unicode.IsLetter(r):
		return 3
	case unicode.IsDigit(r):
		return 0.5
	}
	return 0
}

// sameText says how far two texts begin with the same letters and digits: about
// their share of the longer text, 1 for texts that share more than 300 bytes of
// them.
func sameText(a, b string) float32 {
	if a == "" || b == "" {
		return 0
	}
	n := 0
	for i, k := 0, 0; i < len(a) && k < len(b); {
		switch {
		case !wordByte(a[i]):
			i++
			continue
		case !wordByte(b[k]):
			k++
			continue
		}
		if a[i]|0x20 != b[k]|0x20 {
			break
		}
		i++
		k++
		if n++; n > 300 {
			return 1
		}
	}
	return min(1, float32(n)*1.2/float32(max(len(a), len(b))))
}

func wordByte(c byte) bool {
	return c >= utf8.RuneSelf || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
