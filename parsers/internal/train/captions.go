package main

import (
	"slices"
	"strings"
	"unicode"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// rightCaption reports whether a candidate's text is that of a true caption, or, for
// one that is only a credit, whether it has a true credit. Its value is text and
// credit with a bar between. A corpus whose truth lists no credits by themselves
// does not say that they are wrong.
func rightCaption(s *sample, c *article.Candidate) (right, known bool) {
	if s.Truth.Captions == nil {
		return false, false
	}
	text, owner := c.Value, ""
	if i := strings.LastIndex(" "+c.Value, " | "); i >= 0 {
		text, owner = strings.TrimSpace((" " + c.Value)[:i]), (" " + c.Value)[i+3:]
	}
	bare := false // the truth has credits without captions
	for _, t := range *s.Truth.Captions {
		bare = bare || t.Text == ""
		switch {
		case text == "":
			if slices.ContainsFunc(t.Credits, func(name string) bool { return contains(owner, name) }) {
				return true, true
			}
		case alike(t.Text, text) >= 0.8:
			return true, true
		}
	}
	return false, text != "" || bare || s.labels != nil
}

// rightCredit reports whether a part of a caption is its credit: it has all of the
// true credits that the caption's text has, or, where it is marked off from the
// others, one of them, and few words more.
func rightCredit(s *sample, c *article.Candidate) (right, known bool) {
	if s.Truth.Captions == nil {
		return false, false
	}
	best, found := 0.0, truthCaption{}
	for _, t := range *s.Truth.Captions {
		whole := alike(t.Text+" "+strings.Join(t.Credits, " "), c.Of)
		if whole > best {
			best, found = whole, t
		}
	}
	if best < 0.5 {
		return false, false // the text is no caption
	}
	own := slices.ContainsFunc(c.Evidence, func(e article.Evidence) bool { return e.Name == "in an element of its own" && e.Value > 0 })
	all, some, names := true, false, ""
	for _, name := range found.Credits {
		if !contains(c.Of, name) {
			continue
		}
		if contains(c.Value, name) {
			some = true
			names += " " + name
		} else {
			all = false
		}
	}
	return some && (all || own) && alike(names, c.Value) >= 0.7, true
}

// contains reports whether a text has another, by its letters and digits.
func contains(text, part string) bool {
	part = letters(part)
	return part != "" && strings.Contains(letters(text), part)
}

// apart writes characters of scripts without spaces as words of their own.
func apart(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= 0x3040 && r < 0xd7b0 && unicode.IsLetter(r) {
			b.WriteByte(' ')
			b.WriteRune(r)
			b.WriteByte(' ')
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}
