// Package cite writes citations of archived articles: as BibTeX, as CSL-JSON and as a line
// to copy. It knows nothing of archives: what is cited is an Item.
package cite

import (
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// An Item is what is cited. What is not known is empty.
type Item struct {
	ID        string // of the article; a part of the key
	Title     string
	Authors   []Author
	Published string // begins with a date as precise as known: "2024", "2024-06" or "2024-06-19"
	URL       string
	Site      string // the host of the paper
	Section   string
	Language  string // BCP 47
	Source    string // the paper or agency that the article is from, if that is another one

	Accessed time.Time // when the page was captured
	Archive  string    // the ID of the archive
	Record   string    // the WARC-Record-ID of the capture
	Digest   string    // of its payload, with its label
}

// An Author is a person or an organization.
type Author struct {
	Name         string
	Organization bool
}

var dateForm = regexp.MustCompile(`^(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?(?:$|[T ])`)

// date returns the parts of the day of publication, as the page has it: year, month, day,
// as far as they are known.
func (it *Item) date() []int {
	m := dateForm.FindStringSubmatch(it.Published)
	if m == nil {
		return nil
	}
	var parts []int
	for _, s := range m[1:] {
		if n, err := strconv.Atoi(s); err == nil {
			parts = append(parts, n)
		}
	}
	return parts
}

// Day is the day of publication in the form of ISO 8601, as precise as known.
func (it *Item) Day() string {
	m := dateForm.FindStringSubmatch(it.Published)
	if m == nil {
		return ""
	}
	day := m[1]
	for _, part := range m[2:] {
		if part != "" {
			day += "-" + part
		}
	}
	return day
}

// note says which record of which archive shows what is cited.
func (it *Item) note() string {
	var parts []string
	if it.Source != "" {
		parts = append(parts, "Source: "+it.Source)
	}
	if it.Record != "" {
		parts = append(parts, "WARC record "+strings.Trim(it.Record, "<>"))
	}
	if it.Digest != "" {
		parts = append(parts, "payload "+it.Digest)
	}
	return oneLine(strings.Join(parts, "; "))
}

// oneLine makes runs of white space and characters without a form one space: line breaks,
// controls, and marks that change the direction of the text around them.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || isDirection(r) || r == unicode.ReplacementChar
	}), " ")
}

// isDirection reports whether a character embeds, overrides or isolates a direction: left
// open, it would turn around what follows the text.
func isDirection(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

// A name is a person's, in the parts by which lists of references are sorted.
type name struct{ given, particle, family string }

// parts splits a name in the way BibTeX does: the last word is the family name, with the
// particles in lower case before it. ok is false for names that this would split wrongly:
// of one word, with a suffix or a comma, or in scripts of which many names begin with the
// family name.
func parts(full string) (n name, ok bool) {
	words := strings.Fields(full)
	if len(words) < 2 || strings.ContainsAny(full, ",;/&{}()") {
		return n, false
	}
	for _, r := range full {
		if unicode.IsLetter(r) && !unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Greek) {
			return n, false
		}
	}
	last := len(words) - 1
	for _, w := range words {
		if strings.EqualFold(w, "and") || strings.EqualFold(w, "others") {
			return n, false
		}
	}
	switch strings.ToLower(strings.Trim(words[last], ".")) {
	case "jr", "sr", "ii", "iii", "iv":
		return n, false
	}
	first := last
	for first > 1 && isParticle(words[first-1]) {
		first--
	}
	return name{strings.Join(words[:first], " "), strings.Join(words[first:last], " "), words[last]}, true
}

func isParticle(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.IsLower(r)
}
