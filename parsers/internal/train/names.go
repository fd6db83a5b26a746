package main

import (
	"regexp"
	"strings"
	"unicode"
)

// The rules by which two lists of authors are compared, those of the evaluation: what
// stands before a name, between names, and after a comma that is no name.
var (
	beforeNames  = regexp.MustCompile(`(?i)^(?:(?:written|posted|published|geschrieben|escrito|text)\s+)?(?:by|von|par|por|door|av|af|di|autor(?:in)?|author|text|redaktion)\s*[:\s]\s*`)
	betweenNames = regexp.MustCompile(`(?i)\s*(?:;|\||/|\x{b7}|\x{2022}|\n|\s&\s|\s(?:and|und|et|och|og|y)\s)\s*`)
	andBefore    = regexp.MustCompile(`(?i)^(?:and|und)\s+`)
	honorific    = regexp.MustCompile(`(?i)^(?:dr|prof|mr|mrs|ms|sir)\.?\s+`)
	notAName     = regexp.MustCompile(`(?i)\d|@|\b(?:of|at|for|the|in|editor|reporter|writer|correspondent|staff|ceo|cto|expert|director|contributor|candidate|dietitian|senior|sr|author|analyst|columnist|producer|manager|founder)\b`)
)

// namesOf are the names in a list of authors, as they are compared.
func namesOf(list ...string) map[string]bool {
	names := map[string]bool{}
	for _, s := range list {
		s = beforeNames.ReplaceAllString(squeeze(s), "")
		for _, part := range betweenNames.Split(s, -1) {
			for i, bit := range strings.Split(part, ",") {
				bit = honorific.ReplaceAllString(andBefore.ReplaceAllString(strings.TrimSpace(bit), ""), "")
				if i > 0 && (len(strings.Fields(bit)) < 2 || notAName.MatchString(bit)) {
					continue
				}
				if n := wordsOf(bit); n != "" {
					names[n] = true
				}
			}
		}
	}
	return names
}

// wordsOf are a text's words in lower case, a space apart.
func wordsOf(s string) string {
	s = strings.NewReplacer("’", "", "'", "").Replace(strings.ToLower(s))
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_'
	}), " ")
}

// allIn reports whether a list has some names and they are all among others.
func allIn(others, names map[string]bool) bool {
	for n := range names {
		if !others[n] {
			return false
		}
	}
	return len(names) > 0
}
