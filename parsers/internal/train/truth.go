package main

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A truth is what a page's labels say; what is nil was not looked at.
type truth struct {
	Body     string          `json:"body"`
	With     snippets        `json:"with"`
	Without  snippets        `json:"without"`
	Title    string          `json:"title"`
	Authors  *[]string       `json:"authors"`
	Date     string          `json:"date"`
	Captions *[]truthCaption `json:"captions"`
	Contacts *[]truthContact `json:"contacts"`
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

// fields are those that have a model.
var fields = map[string]field{
	"title": {
		right: func(s *sample, c *article.Candidate) (right, known bool) {
			return letters(c.Value) == letters(s.Truth.Title), s.Truth.Title != ""
		},
		bare: true, always: true, trees: booster{Rounds: 160, Depth: 3, Rate: 0.06}, weight: 4,
	},
	"authors": {
		right: func(s *sample, c *article.Candidate) (right, known bool) {
			if s.Truth.Authors == nil {
				return false, false
			}
			return allIn(namesOf(*s.Truth.Authors...), namesOf(c.Value)), true
		},
		many: true, atLeast: -0.2, trees: booster{Rounds: 110, Depth: 4, Rate: 0.1}, weight: 16, news: 2,
	},
	"published": {
		right: func(s *sample, c *article.Candidate) (right, known bool) {
			return sameDay(s.Truth.Date, c.Value), len(s.Truth.Date) >= len(time.DateOnly)
		},
		wrong: 0.5, absent: 0.1, trees: booster{Rounds: 110, Depth: 4, Rate: 0.07}, weight: 8,
	},
	"time": {
		right: func(s *sample, c *article.Candidate) (right, known bool) {
			return sameMinute(s.Truth.Date, c.Value), len(s.Truth.Date) > len(time.DateOnly)
		},
		trees: booster{Rounds: 60, Depth: 3, Rate: 0.1}, weight: 4,
	},
	"modified": {
		// Each claim is judged: on pages where others bear it out, the best one is
		// always good, which says nothing of pages that have only one.
		among: confirmed, many: true, wrong: 1,
		trees: booster{Rounds: 60, Depth: 3, Rate: 0.1}, weight: 4,
	},
	"captions": {
		right: rightCaption, many: true, trees: booster{Rounds: 200, Depth: 3, Rate: 0.06}, weight: 12,
	},
	"credits": {
		right: rightCredit, many: true, trees: booster{Rounds: 100, Depth: 3, Rate: 0.1}, weight: 12,
	},
	"kind": {
		right: func(s *sample, c *article.Candidate) (right, known bool) {
			if s.labels == nil || s.labels.Kind == "" || c.Of != "" {
				return false, false
			}
			return c.Value == s.labels.Kind, true
		},
		trees: booster{Rounds: 40, Depth: 2, Rate: 0.1}, weight: 4,
	},
	"contact mails":     {labelled: hasContacts, right: rightMail, many: true, either: true, trees: booster{Rounds: 100, Depth: 4, Rate: 0.1}, weight: 4},
	"contact numbers":   {labelled: hasContacts, right: contactRight((*truthContact).hasNumber), many: true, within: 0.6, trees: booster{Rounds: 100, Depth: 4, Rate: 0.1}, weight: 4},
	"contact addresses": {labelled: hasContacts, right: contactRight((*truthContact).hasAddress), atLeast: -1.1, trees: booster{Rounds: 100, Depth: 4, Rate: 0.1}, weight: 4},
	"contact blocks":    {labelled: hasContacts, right: sameBlock, many: true, either: true, trees: booster{Rounds: 60, Depth: 3, Rate: 0.1}, weight: 4},
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
