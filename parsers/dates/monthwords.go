package dates

import (
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// shortMonthNames are the names of months of up to four letters that are hardly
// ever another word in some language, as "set", "pro" and "des" are. Longer ones
// need not be listed.
var shortMonthNames = text.Set(`jan feb mar apr may jun jul aug sep sept oct nov dec märz mai juni juli june july okt dez
	mars juin août avr juil févr déc mayo maio mei marzo мая июня июля`)

// IsMonth reports whether a word in any case is the name of a month, whole or as
// it is often cut short, and seldom anything else.
func IsMonth(word string) bool {
	lower := strings.TrimSuffix(strings.ToLower(word), ".")
	return months[lower] != 0 && (shortMonthNames[lower] || utf8.RuneCountInString(lower) > 4)
}
