package cite

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

// maxNames is how many authors a citation names: of more, APA (7th edition, 9.8) has the
// first 19 and the last.
const maxNames = 20

// Text returns a citation on one line, in the way of APA's 7th edition, with the capture
// that shows what is cited.
func Text(it Item) string {
	var parts []string
	date := "(" + apaDate(&it) + ")."
	if names := apaNames(it.Authors); names != "" {
		parts = append(parts, ended(names), date, ended(oneLine(it.Title)))
	} else {
		parts = append(parts, ended(oneLine(it.Title)), date)
	}
	parts = append(parts, ended(oneLine(it.Site)), oneLine(it.URL))
	if !it.Accessed.IsZero() {
		parts = append(parts, "Archived "+it.Accessed.UTC().Format("2006-01-02 15:04 UTC")+" as "+strings.Trim(it.Record, "<>")+".")
	}
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}

func apaDate(it *Item) string {
	d := it.date()
	switch len(d) {
	case 0:
		return "n.d."
	case 1:
		return fmt.Sprintf("%04d", d[0])
	case 2:
		return fmt.Sprintf("%04d, %s", d[0], time.Month(d[1]))
	}
	return fmt.Sprintf("%04d, %s %d", d[0], time.Month(d[1]), d[2])
}

// apaNames lists authors: the family name first, then initials.
func apaNames(authors []Author) string {
	var names []string
	for _, a := range authors {
		full := oneLine(a.Name)
		if full == "" {
			continue
		}
		if n, ok := parts(full); ok && !a.Organization {
			full = strings.TrimSpace(n.particle+" "+n.family) + ", " + initials(n.given)
		}
		names = append(names, full)
	}
	switch n := len(names); {
	case n == 0:
		return ""
	case n == 1:
		return names[0]
	case n > maxNames:
		return strings.Join(names[:maxNames-1], ", ") + ", … " + names[n-1]
	default:
		return strings.Join(names[:n-1], ", ") + ", & " + names[n-1]
	}
}

// initials are the first letters of given names, also of those with a hyphen.
func initials(given string) string {
	var all []string
	for _, word := range strings.Fields(given) {
		var of []string
		for _, part := range strings.Split(word, "-") {
			for _, r := range part {
				if unicode.IsLetter(r) {
					of = append(of, string(unicode.ToUpper(r))+".")
					break
				}
			}
		}
		if len(of) > 0 {
			all = append(all, strings.Join(of, "-"))
		}
	}
	return strings.Join(all, " ")
}

// ended ends a part of a citation with a full stop, unless it ends with such a mark.
func ended(s string) string {
	if s == "" || strings.HasSuffix(s, ".") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "!") {
		return s
	}
	return s + "."
}
