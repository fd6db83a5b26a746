package headline

import (
	"net/url"
	"strings"
	"unicode"
)

// slugWords are the words of the last part of an address that has some, as wordsOf
// gives them.
func slugWords(u *url.URL) []uint32 {
	if u == nil {
		return nil
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	for i := len(parts) - 1; i >= 0 && i >= len(parts)-3; i-- {
		p := parts[i]
		if dot := strings.LastIndexByte(p, '.'); dot > 0 && len(p)-dot <= 6 {
			p = p[:dot]
		}
		p = strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return ' '
		}, p)
		if len(p) <= 300 && len(strings.Fields(p)) >= 2 {
			return wordsOf(p)
		}
	}
	return nil
}
