package versions

import (
	"slices"
	"strconv"
	"strings"
)

// summary says in one sentence what changed, the most important first.
func (d *Diff) summary() string {
	if len(d.Classes) == 0 {
		return "no changes"
	}
	var clauses []string
	add := func(s string) {
		if s != "" {
			clauses = append(clauses, s)
		}
	}
	for _, c := range d.Classes {
		switch c {
		case HeadlineChanged:
			add("headline changed")
		case BylineChanged:
			add("byline changed")
		case Paywalled:
			add("now behind a paywall or cut")
		case Unlocked:
			add("no longer behind a paywall")
		}
	}
	add(d.bodySummary())
	add(d.fieldSummary())
	if d.Class == Cosmetic {
		clauses = []string{"cosmetic changes only"}
		if d.onlyDated() {
			clauses = []string{"another date of modification, nothing else"}
		}
	}
	add(d.noteSummary())
	return strings.Join(clauses, "; ")
}

// onlyDated reports whether the date of modification is all that differs.
func (d *Diff) onlyDated() bool {
	n := d.Counts
	return len(d.Fields) == 1 && d.Fields[0].Name == "modified" && !sameDate(d.Fields[0].Before, d.Fields[0].After) &&
		n.BlocksUnchanged == len(d.Blocks)
}

// bodySummary counts paragraphs that came or went as wholes, and sentences in others.
func (d *Diff) bodySummary() string {
	var parts []string
	n := d.Counts
	added, removed := n.SentencesAdded, n.SentencesRemoved
	for i := range d.Blocks {
		switch b := &d.Blocks[i]; {
		case b.label():
		case b.Op == Added:
			added -= b.count(Added)
		case b.Op == Removed:
			removed -= b.count(Removed)
		}
	}
	add := func(n int, what, done string) {
		if n > 0 {
			parts = append(parts, quantity(n, what)+" "+done)
		}
	}
	add(n.SentencesEdited, "sentence", "edited")
	add(added, "sentence", "added")
	add(removed, "sentence", "removed")
	add(n.SentencesMoved, "sentence", "moved")
	add(n.BlocksAdded, "paragraph", "added")
	add(n.BlocksRemoved, "paragraph", "removed")
	add(n.BlocksMoved, "paragraph", "moved")
	add(n.BlocksRearranged, "paragraph", "split or joined")
	return strings.Join(parts, ", ")
}

func (b *Block) count(op Op) int {
	n := 0
	for i := range b.Sentences {
		if b.Sentences[i].Op == op {
			n++
		}
	}
	return n
}

// fieldSummary names the other fields that differ by more than form.
func (d *Diff) fieldSummary() string {
	var names []string
	for i := range d.Fields {
		switch f := &d.Fields[i]; {
		case f.Class == Cosmetic:
		case slices.Contains([]string{"title", "byline", "authors", "paywalled"}, f.Name):
		default:
			names = append(names, strings.ReplaceAll(f.Name, "_", " "))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names, ", ") + " changed"
}

// noteSummary says whether the page mentions the change.
func (d *Diff) noteSummary() string {
	switch {
	case len(d.Notes) > 0:
		var kinds []string
		for _, n := range d.Notes {
			if !slices.Contains(kinds, string(n.Kind)) {
				kinds = append(kinds, string(n.Kind))
			}
		}
		return strings.Join(kinds, " and ") + " noted"
	case d.Silent:
		return "no note, no new date of modification"
	case slices.Contains(d.Classes, Substantive):
		return "no note"
	}
	return ""
}

func quantity(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

// fieldLabel is a field's name for readers.
func fieldLabel(name string) string {
	switch name {
	case "canonical_url":
		return "Canonical URL"
	case "title":
		return "Headline"
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
