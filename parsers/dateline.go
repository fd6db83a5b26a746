package parsers

import (
	"regexp"
	"strings"
)

var datelineForm = regexp.MustCompile(`^(\p{Lu}[\p{Lu}\p{M} .'’/-]{2,40})(?:, [\p{Lu}][\p{L}. ]{1,20})?(?:,? \p{L}{3,9}\.? \d{1,2})?\s*(?:\(([^()]{2,40})\))?\s*(?:—|–|--|-)\s`)

// dateline reads place and agency at the start of a story; the text keeps them.
func dateline(body []Block) (place, source string) {
	for i, b := range body {
		if i > 3 {
			break
		}
		if b.Type != Paragraph {
			continue
		}
		if m := datelineForm.FindStringSubmatch(b.Text); m != nil {
			if agencies[fold(m[2])] {
				source = m[2]
			}
			return strings.TrimSpace(m[1]), source
		}
	}
	return "", ""
}
