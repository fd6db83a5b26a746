package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// textDigest is the SHA-256 of a text after NFC, with white space folded, in hexadecimal.
// It uses the buffer, which it returns.
func textDigest(text string, buffer []byte) (string, []byte) {
	if text == "" {
		return "", buffer
	}
	if !isSurelyNFC(text) && !norm.NFC.IsNormalString(text) {
		text = norm.NFC.String(text)
	}
	buffer = appendFolded(buffer[:0], text)
	sum := sha256.Sum256(buffer)
	return hex.EncodeToString(sum[:]), buffer
}

// isSurelyNFC reports whether a text has only characters that NFC never changes, whatever
// is next to them: those below U+0300, Cyrillic letters, Han, and the punctuation that
// goes with them. It is some ten times as fast as package norm.
func isSurelyNFC(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c < 0xcc, c == 0xd0, c == 0xd1, 0xe4 <= c && c <= 0xe9: // or a byte that follows one of those
		case c == 0xe2: // U+2002 to U+203F: quotation marks and dashes
			if i+2 >= len(s) || s[i+1] != 0x80 || s[i+2] < 0x82 {
				return false
			}
		case c == 0xe3: // U+3000 to U+3029: Chinese punctuation
			if i+2 >= len(s) || s[i+1] != 0x80 || s[i+2] >= 0xaa {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// appendFolded appends the words of a text, as strings.Fields parts them, with a space
// between any two.
func appendFolded(b []byte, text string) []byte {
	begin, start := len(b), 0 // start is that of the word
	word := func(end int) {
		if end > start {
			if len(b) > begin {
				b = append(b, ' ')
			}
			b = append(b, text[start:end]...)
		}
	}
	for i := 0; i < len(text); {
		c, size := text[i], 1
		isSpace := c == ' ' || '\t' <= c && c <= '\r'
		// Other white space begins with one of these bytes.
		if c == 0xc2 || 0xe1 <= c && c <= 0xe3 {
			var r rune
			r, size = utf8.DecodeRuneInString(text[i:])
			isSpace = unicode.IsSpace(r)
		}
		if isSpace {
			word(i)
			start = i + size
		}
		i += size
	}
	word(len(text))
	return b
}
