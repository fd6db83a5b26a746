package byline

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// hasOrg reports whether words are of an organization's name.
func hasOrg(words []string) bool {
	return slices.ContainsFunc(words, isOrgWord)
}

// isOrgName reports whether a name is an organization's by its words.
func isOrgName(name string) bool {
	words := strings.Fields(name)
	return hasOrg(words) && !surnamedOffice(words)
}

func isOrgWord(w string) bool {
	w = strings.ToLower(strings.Trim(w, ".,:()"))
	if orgWords[w] {
		return true
	}
	for _, s := range orgStems {
		if len(w) > len(s) && strings.HasSuffix(w, s) {
			return true
		}
	}
	return false
}

// asRole is a text that says what somebody is; "" if it does not.
func asRole(s string) string {
	s = strings.Trim(s, " .,:;()|\x1f")
	if s == "" || len(s) > 90 {
		return ""
	}
	words := strings.Fields(s)
	if surnamedTrade(words) {
		return ""
	}
	if len(words) > 12 || len(words) == 1 && isLabel(strings.ToLower(s)) {
		return ""
	}
	for i, w := range words {
		w = strings.ToLower(strings.Trim(w, ".,:;()"))
		if isRoleNoun(w) || i == 0 && len(words) > 1 && roleLeads[w] {
			return s
		}
	}
	return ""
}

// isLabel reports whether a word alone announces a name rather than gives a role:
// "Author".
func isLabel(lower string) bool {
	return byPhrases[lower] && !strings.HasPrefix(lower, "red") && !strings.HasPrefix(lower, "report")
}

// isRoleNoun reports whether a word, in lower case, says what somebody is.
func isRoleNoun(w string) bool {
	return roleNouns[w] || roleStems.FoundIn(w) || strings.HasSuffix(w, "ologist") || strings.HasSuffix(w, "ician") || strings.HasSuffix(w, "alist") && len(w) > 7
}

// roleStems are within words that say what somebody is: "Wirtschaftsredakteurin".
var roleStems = text.Literals("redakteur|reporterin|korrespondent|journalistin|redaktør|redaktör|verslaggever")

// plainTrades are trades that are rarely a family name: they are one only after a
// common given name.
var plainTrades = text.Set(`writer engineer nurse chef fellow judge`)

// surnamedTrade reports whether words are a person's name whose family name is also
// a trade: "Cleo Baker", but not "Food Writer".
func surnamedTrade(words []string) bool {
	return isSurnamed(words, surnameTrades) && (!plainTrades[strings.ToLower(strings.Trim(words[len(words)-1], ".,"))] || givenNames[strings.ToLower(words[0])])
}

// surnamedOffice is the same for words of organizations: "Emily Post".
func surnamedOffice(words []string) bool {
	return isSurnamed(words, surnameOffices) && givenNames[strings.ToLower(words[0])]
}

func isSurnamed(words []string, surnames map[string]bool) bool {
	n := len(words)
	if n < 2 || n > 3 || !surnames[strings.ToLower(strings.Trim(words[n-1], ".,"))] || shape(strings.Join(words, " ")) != formPerson {
		return false
	}
	for _, w := range words[:n-1] {
		if w = strings.ToLower(strings.Trim(w, ".,:;()")); isRoleNoun(w) || roleLeads[w] || deskWords[w] || isOrgWord(w) || noiseWords[w] {
			return false
		}
	}
	return text.StartsUpper(words[n-1])
}
