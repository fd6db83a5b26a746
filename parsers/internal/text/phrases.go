package text

import "strings"

// Phrases makes a set of phrases that "|" separates. Spaces and line breaks
// around a phrase are no part of it.
func Phrases(s string) map[string]bool {
	m := map[string]bool{}
	for p := range strings.SplitSeq(s, "|") {
		if p = strings.TrimSpace(p); p != "" {
			m[p] = true
		}
	}
	return m
}
