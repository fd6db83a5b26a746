package byline

import (
	"slices"
	"strings"
)

// hasOrg reports whether words are of an organization's name.
func hasOrg(words []string) bool {
	return slices.ContainsFunc(words, isOrgWord)
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
	return roleNouns[w] || strings.HasSuffix(w, "ologist") || strings.HasSuffix(w, "ician") || strings.HasSuffix(w, "alist") && len(w) > 7
}
