package byline

import "strings"

func hasOrg(words []string) bool {
	for _, w := range words {
		if isOrgWord(w) {
			return true
		}
	}
	return false
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
	if len(words) > 12 || len(words) == 1 && byPhrases[strings.ToLower(s)] && !strings.HasPrefix(strings.ToLower(s), "red") && !strings.HasPrefix(strings.ToLower(s), "report") {
		return "" // "Author"
	}
	for i, w := range words {
		w = strings.ToLower(strings.Trim(w, ".,:;()"))
		if roleNouns[w] || strings.HasSuffix(w, "ologist") || strings.HasSuffix(w, "ician") || strings.HasSuffix(w, "alist") && len(w) > 7 || i == 0 && len(words) > 1 && roleLeads[w] {
			return s
		}
	}
	return ""
}
