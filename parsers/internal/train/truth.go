package main

import (
	"encoding/json"
	"strings"
	"unicode"
)

// A truth is what a page's labels say; what is nil was not looked at.
type truth struct {
	Body     string          `json:"body"`
	With     snippets        `json:"with"`
	Without  snippets        `json:"without"`
	Title    string          `json:"title"`
	Authors  *[]string       `json:"authors"`
	Date     string          `json:"date"`
	Subtitle string          `json:"subtitle"`
	Topics   []string        `json:"topics"`
	Captions *[]truthCaption `json:"captions"`
	Contacts *[]truthContact `json:"contacts"`
	Parts    struct {
		Summary snippets `json:"summary"`
	} `json:"parts"`
}

// standfirst is the true subtitle; "" if the truth has none, which says nothing of
// whether the page has one.
func (t *truth) standfirst() string {
	if t.Subtitle != "" {
		return t.Subtitle
	}
	return strings.Join(t.Parts.Summary, " ")
}

type truthCaption struct {
	Text    string   `json:"text"`
	Credits []string `json:"credits"`
}

// snippets are a list of them, or one.
type snippets []string

func (s *snippets) UnmarshalJSON(data []byte) error {
	var one string
	if json.Unmarshal(data, &one) == nil {
		*s = snippets{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(s))
}

// letters are a text's letters and digits, in lower case.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}

// alike is the F1 of the words of two texts.
func alike(a, b string) float64 {
	words := func(s string) []string {
		return strings.FieldsFunc(strings.ToLower(apart(s)), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	left := map[string]int{}
	aw, bw := words(a), words(b)
	for _, w := range aw {
		left[w]++
	}
	both := 0
	for _, w := range bw {
		if left[w] > 0 {
			left[w]--
			both++
		}
	}
	if both == 0 {
		return 0
	}
	return 2 * float64(both) / float64(len(aw)+len(bw))
}
