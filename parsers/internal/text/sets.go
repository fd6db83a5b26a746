package text

import "strings"

// Set makes a set of the words of a text that white space separates.
func Set(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// Phrases makes a set of phrases that "|" separates. White space around a phrase
// is not part of it, and empty ones are left out.
func Phrases(phrases string) map[string]bool {
	set := map[string]bool{}
	for p := range strings.SplitSeq(phrases, "|") {
		if p = strings.TrimSpace(p); p != "" {
			set[p] = true
		}
	}
	return set
}
