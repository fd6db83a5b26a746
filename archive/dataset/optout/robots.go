package optout

import (
	"strings"
	"time"
)

// directives are the robots directives that reserve something.
var directives = map[string]Set{
	"noindex":      NoIndex,
	"nofollow":     NoFollow,
	"none":         NoIndex | NoFollow,
	"noarchive":    NoArchive,
	"nocache":      NoArchive,
	"nosnippet":    NoSnippet,
	"noai":         NoAI,
	"noml":         NoAI,
	"noimageai":    NoImageAI,
	"noimageindex": NoImageIndex,
}

// valued are the directives that have a value behind a colon. Any other word before a
// colon is the name of a robot.
var valued = map[string]func(value string, at time.Time) Set{
	"unavailable_after": func(v string, at time.Time) Set {
		if t, ok := parseDate(v); ok && !at.IsZero() && !t.After(at) {
			return Expired
		}
		return 0
	},
	"max-snippet": func(v string, _ time.Time) Set {
		if v == "0" {
			return NoSnippet
		}
		return 0
	},
	"max-image-preview": nothing,
	"max-video-preview": nothing,
}

func nothing(string, time.Time) Set { return 0 }

// ourNames are the robots' names whose directives we follow.
var ourNames = map[string]bool{"newsmorgue": true, "*": true, "robots": true, "all": true}

// Robots is what the value of a robots meta element or of X-Robots-Tag reserves:
// directives in any case, parted by commas, some with a value. A robot's name and a
// colon in front of a directive say that it and what follows is for that robot, until
// another name.
func Robots(value string, at time.Time) (s Set) {
	value = value[:min(len(value), maxValue)]
	ours := true
	for rest := value; rest != ""; {
		var d string
		d, rest = nextDirective(rest)
		name, v, hasValue := cutColon(d)
		for hasValue && valued[name] == nil { // "bot: max-snippet: 0"
			if directives[name] != 0 { // "noai: true", which is a mistake but no robot
				d, v, hasValue = name, "", false
				break
			}
			ours = ourNames[name]
			d = v
			name, v, hasValue = cutColon(d)
		}
		switch {
		case !ours:
		case hasValue:
			s |= valued[name](v, at)
		default:
			// Some sites part directives by spaces or semicolons.
			for word := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == ' ' || r == ';' || r == '\t' || r == '\n' }) {
				s |= directives[word]
			}
		}
	}
	return s
}

// nextDirective cuts the first directive off. The comma of a date ("unavailable_after:
// Friday, 25 Jun 2010 15:00:00 GMT") parts no directives.
func nextDirective(s string) (directive, rest string) {
	directive, rest, _ = strings.Cut(s, ",")
	name := strings.ToLower(strings.TrimSpace(directive))
	if i := strings.LastIndex(name, "unavailable_after:"); i >= 0 {
		if len(strings.TrimSpace(name[i+len("unavailable_after:"):])) <= len("wednesday") && beginsWithDigit(rest) {
			more, after, _ := strings.Cut(rest, ",")
			return directive + "," + more, after
		}
	}
	return directive, rest
}

func beginsWithDigit(s string) bool {
	s = strings.TrimLeft(s, " ")
	return s != "" && s[0] >= '0' && s[0] <= '9'
}

// cutColon parts a directive in lower case from its value.
func cutColon(d string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(d, ":")
	return strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value), ok
}

// dateLayouts are how sites write unavailable_after: RFC 822, 850 and 1123, ISO 8601,
// and what Google's documentation once had.
var dateLayouts = []string{
	time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04", "2006-01-02 15:04:05", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST", "2006-01-02",
	time.RFC1123, time.RFC1123Z, "Mon, 2 Jan 2006 15:04:05 MST", time.RFC850, time.RFC822, time.RFC822Z,
	"2 Jan 2006 15:04:05 MST", "2 Jan 2006 15:04:05 -0700", "2 Jan 2006 15:04:05", "2 Jan 2006", "02-Jan-2006 15:04:05 MST", "2-Jan-2006 15:04:05 MST", "2-Jan-2006",
	"Monday, 2 Jan 2006 15:04:05 MST", "Monday, 2 January 2006 15:04:05 MST", "2 January 2006",
}

// zones are the abbreviations that RFC 822 knows, in hours from UTC. Go reads others
// as UTC, which is at most half a day wrong.
var zones = map[string]int{"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2, "BST": 1, "EET": 2, "EEST": 3, "JST": 9}

// parseDate reads a date; without a zone it is UTC.
func parseDate(s string) (time.Time, bool) {
	s = strings.Join(strings.Fields(strings.Trim(s, " \"'")), " ")
	if len(s) > 64 {
		return time.Time{}, false
	}
	for _, layout := range dateLayouts {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		name, offset := t.Zone()
		if hours, ok := zones[name]; ok && offset == 0 {
			t = t.Add(-time.Duration(hours) * time.Hour)
		}
		return t.UTC(), true
	}
	return time.Time{}, false
}
