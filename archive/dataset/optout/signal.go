package optout

import "strings"

// Signal is what the value of a Content-Signal reserves ("search=yes, ai-train=no"),
// or of a Content-Usage with the words of the IETF's AI preferences ("train-ai=n").
func Signal(value string) (s Set) {
	for part := range strings.FieldsFuncSeq(strings.ToLower(value[:min(len(value), maxValue)]), func(r rune) bool { return strings.ContainsRune(",; \t", r) }) {
		key, v, _ := strings.Cut(part, "=")
		if v != "no" && v != "n" {
			continue
		}
		switch key {
		case "search":
			s |= NoSearch
		case "ai-input":
			s |= NoAIInput
		case "ai-train", "train-ai":
			s |= NoAITrain
		}
	}
	return s
}

// maxRobots bounds how much of a robots.txt file is read, as RFC 9309 has it.
const maxRobots = 500 << 10

// RobotsTxt is what Content-Signal and Content-Usage lines of a site's robots.txt
// reserve for a path ("/", "/2026/story"): those of the groups for newsmorgue, or if
// there are none those of the groups for all robots, and lines before any group. A
// value may begin with a path ("/archive/ ai-train=no"), which must then be a prefix.
func RobotsTxt(txt, path string) Set {
	var general, star, own Set
	hasOwn := false
	group := &general
	inAgents := false // the line before named an agent
	named := ""
	for line := range strings.Lines(txt[:min(len(txt), maxRobots)]) {
		line, _, _ = strings.Cut(line, "#")
		key, value, ok := cutColon(strings.TrimPrefix(line, "\ufeff"))
		if !ok {
			continue
		}
		switch key {
		case "user-agent":
			if !inAgents {
				named = ""
			}
			inAgents = true
			switch agent := strings.ToLower(value); {
			case strings.HasPrefix(agent, "newsmorgue"):
				named, hasOwn = "own", true
			case agent == "*" && named == "":
				named = "star"
			}
			group = map[string]*Set{"own": &own, "star": &star}[named]
		case "content-signal", "content-usage":
			inAgents = false
			if group != nil {
				*group |= signalFor(value, path)
			}
		default:
			inAgents = false
		}
	}
	if hasOwn {
		return general | own
	}
	return general | star
}

// signalFor is Signal, if the path that the value may begin with leads to path.
func signalFor(value, path string) Set {
	if strings.HasPrefix(value, "/") {
		prefix, rest, _ := strings.Cut(value, " ")
		prefix, _, _ = strings.Cut(prefix, "*")
		if !strings.HasPrefix(path, prefix) {
			return 0
		}
		value = rest
	}
	return Signal(value)
}
