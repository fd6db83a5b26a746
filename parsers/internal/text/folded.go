package text

import "strings"

// FoldedSet makes a set of phrases that "|" separates, each as Fold gives it.
func FoldedSet(phrases string) map[string]bool {
	m := map[string]bool{}
	for p := range strings.SplitSeq(phrases, "|") {
		if f := Fold(p); f != "" {
			m[f] = true
		}
	}
	return m
}
