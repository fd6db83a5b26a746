package parsers

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestHints(t *testing.T) {
	h := hintsOf("subscribe to |会員限定|©")
	for s, want := range map[string]bool{"": false, "s": false, "please subscribe to us": true, "subscribe t": false, "この記事は会員限定です": true, "© 2024": true, "copyright": false} {
		if got := h.in(s); got != want {
			t.Errorf("in(%q) = %v", s, got)
		}
	}
}

// Whatever a pattern matches must pass the look before it: tried on a line for
// each of its alternatives.
func TestLooksBefore(t *testing.T) {
	lower := func(h *hints) func(string) bool {
		return func(s string) bool { return h.in(strings.ToLower(s)) }
	}
	for name, c := range map[string]struct {
		form *regexp.Regexp
		look func(string) bool
	}{
		"wallText":    {wallText, lower(wallHints)},
		"republished": {republished, lower(republishedLeads)},
		"departments": {departments, lower(departmentHints)},
		"helpline":    {helpline, lower(helpHints)},
		"liveTitle":   {liveTitle, lower(liveHints)},
		"contactPath": {contactPath, lower(contactHints)},
		"faxLabel":    {faxLabel, func(s string) bool { return labelAhead(faxLabel, s) != nil }},
		"phoneLabel":  {phoneLabel, func(s string) bool { return labelAhead(phoneLabel, s) != nil }},
		"numberNot":   {numberNot, func(s string) bool { return labelAhead(numberNot, s) != nil }},
		"box":         {box, lower(boxHints)},
		"house":       {house, func(s string) bool { return hasDigit(s) || houseHints.in(strings.ToLower(s)) }},
		"codePlace":   {codePlace, func(s string) bool { n, coded := figures(s); return n >= 3 || coded }},
		"codeUS":      {codeUS, func(s string) bool { n, _ := figures(s); return n >= 5 }},
		"codeCA":      {codeCA, func(s string) bool { _, coded := figures(s); return coded }},
		"codeGB":      {codeGB, func(s string) bool { _, coded := figures(s); return coded }},
		"weakStreet":  {weakStreet, mayWeak},
		"nameJoints":  {nameJoints, mayJoin},
		"dateRow":     {dateRow, isDateRow},
		"mailSpelled": {mailSpelled, maySpell},
		"mailWords":   {mailWords, lower(mailDotHints)},
		"separator":   {separator, func(s string) bool { return len(separators(s, 1)) > 0 }},
	} {
		re, err := syntax.Parse(c.form.String(), syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		tried := 0
		for _, s := range examples(re) {
			for _, s := range []string{s, strings.ToLower(s)} {
				if utf8.ValidString(s) && c.form.MatchString(s) {
					if tried++; !c.look(s) {
						t.Errorf("%s matches %q, which no look lets through", name, s)
					}
				}
			}
		}
		if tried == 0 {
			t.Errorf("%s: nothing tried", name)
		}
	}
}

// examples are texts of a pattern, at least one for each of its alternatives.
func examples(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return []string{string(re.Rune)}
	case syntax.OpCharClass:
		for i := 0; i < len(re.Rune); i += 2 { // texts have spaces rather than tabs
			if re.Rune[i] <= ' ' && ' ' <= re.Rune[i+1] {
				return []string{" "}
			}
		}
		var all []string
		for i := 0; i < min(len(re.Rune), 40); i += 2 {
			all = append(all, string(re.Rune[i]))
		}
		return all
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return []string{"x"}
	case syntax.OpCapture, syntax.OpPlus:
		return examples(re.Sub[0])
	case syntax.OpStar, syntax.OpQuest:
		return append([]string{""}, examples(re.Sub[0])...)
	case syntax.OpRepeat:
		sub := examples(re.Sub[0])
		var all []string
		for _, n := range []int{re.Min, re.Min + 1} {
			for _, s := range sub {
				if re.Max < 0 || n <= re.Max {
					all = append(all, strings.Repeat(s, n))
				}
			}
		}
		return all
	case syntax.OpAlternate:
		var all []string
		for _, s := range re.Sub {
			all = append(all, examples(s)...)
		}
		return all
	case syntax.OpConcat:
		// Each text of each part once, beside the first of the others.
		all := []string{""}
		for _, sub := range re.Sub {
			part := examples(sub)
			first := all[0]
			for i := range all {
				all[i] += part[0]
			}
			for _, p := range part[1:] {
				all = append(all, first+p)
			}
		}
		return all
	}
	return []string{""}
}

func TestFoldsTo(t *testing.T) {
	texts := []string{"", " ", "By Jane Doe", "by jane-doe!", "Ærø Ş", "ærøş", "ÆRØ", "李 雷", "Jane Doe and more", "\xff", "…"}
	for _, a := range texts {
		for _, b := range texts {
			if got, want := foldsTo(a, fold(b)), fold(a) == fold(b); got != want {
				t.Errorf("foldsTo(%q, fold(%q)) = %v", a, b, got)
			}
			if got, want := foldEqual(a, b), fold(a) == fold(b) && fold(a) != ""; got != want {
				t.Errorf("foldEqual(%q, %q) = %v", a, b, got)
			}
			if got, want := sameButSpaces(a, b), strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", ""); got != want {
				t.Errorf("sameButSpaces(%q, %q) = %v", a, b, got)
			}
		}
	}
}

func TestNextWord(t *testing.T) {
	var got []string
	const text = " Don't — l’été, 2nd año "
	for start, end := 0, 0; ; {
		if start, end = nextWord(text, end); start == end {
			break
		}
		got = append(got, text[start:end])
	}
	if want := []string{"Don't", "l’été", "nd", "año"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
