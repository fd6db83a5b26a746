package web

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/newsmorgue/newsmorgue/parsers/versions"
)

// Bounds of a comparison that is shown, in bytes of text and rows.
const (
	maxDiffText      = 150 << 10 // of what differs
	maxUnchangedText = 60 << 10  // of paragraphs that are folded away
	maxDiffRows      = 800
)

// A shownDiff is a comparison as a page shows it.
type shownDiff struct {
	*versions.Diff
	Chips  []editChip
	Fields []shownField
	Rows   []diffRow
	Small  int // fields that differ by small things, and are left out
	Cut    int // rows that are left out, as the article is long
}

// A shownField is a field that differs.
type shownField struct {
	Name   string
	Class  string
	Values [][]diffPiece
}

// A diffRow is a paragraph that differs, or a run of those that do not.
type diffRow struct {
	Kind                string // "unchanged", "small", or the operation
	Count               int    // of folded paragraphs
	Unit                string
	Folded              []string // their texts
	Omitted             int      // folded paragraphs without a text, as there are many
	Remarks             string
	Before, After, Both []diffPiece
}

// A diffPiece is a run of text.
type diffPiece struct {
	Kind  string // "ins", "del", "out", "in" (moved away and here), "more" or ""
	Text  string
	Break bool // the next one begins a line
}

// showDiff prepares a comparison for a page; with substantive, small edits are folded.
func showDiff(d *versions.Diff, substantive bool) *shownDiff {
	s := &shownDiff{Diff: d, Chips: chipsOf(d.Classes, d.Silent)}
	isSmall := func(c versions.Class) bool { return substantive && !isSubstantive([]versions.Class{c}) }
	for i := range d.Fields {
		f := &d.Fields[i]
		if isSmall(f.Class) && f.Class != versions.BylineChanged {
			s.Small++
			continue
		}
		s.Fields = append(s.Fields, shownField{fieldLabel(f.Name), nameOfClass(f.Class).Name, fieldValues(f)})
	}
	left, folded := maxDiffText, maxUnchangedText
	for i := 0; i < len(d.Blocks); i++ {
		b := &d.Blocks[i]
		kind := foldKind(b, isSmall)
		if kind != "" {
			row := diffRow{Kind: kind, Unit: "paragraph"}
			for ; i < len(d.Blocks) && foldKind(&d.Blocks[i], isSmall) == kind; i++ {
				row.fold(&d.Blocks[i], &folded)
			}
			i--
			s.Rows = append(s.Rows, row)
			continue
		}
		if left <= 0 || len(s.Rows) >= maxDiffRows {
			s.Cut++
			continue
		}
		s.Rows = append(s.Rows, rowOf(b, &left))
	}
	return s
}

// foldKind says whether a block is folded away: "unchanged", "small" or "" if it is not.
func foldKind(b *versions.Block, isSmall func(versions.Class) bool) string {
	switch {
	case b.Op == versions.Equal:
		return "unchanged"
	case isSmall(b.Class):
		return "small"
	}
	return ""
}

// fold adds a block to a folded row, with its text as long as there is room.
func (r *diffRow) fold(b *versions.Block, room *int) {
	r.Count++
	text := strings.Join(b.Lines, "\n")
	if text == "" {
		var all strings.Builder
		for i := range b.Sentences {
			all.WriteString(b.Sentences[i].New())
		}
		text = all.String()
	}
	if *room -= len(text); *room < 0 || len(r.Folded) >= maxDiffRows {
		r.Omitted++
		return
	}
	r.Folded = append(r.Folded, visibleText(text))
}

// rowOf makes the row of a block that differs.
func rowOf(b *versions.Block, room *int) diffRow {
	r := diffRow{Kind: string(b.Op), Remarks: strings.Join(blockRemarks(b), ", ")}
	for _, line := range b.Lines {
		p := diffPiece{Text: boundedText(line, room), Break: true}
		r.Before, r.After, r.Both = append(r.Before, p), append(r.After, p), append(r.Both, p)
	}
	items := b.Type == "list" || b.Type == "table" || b.Type == "media" || b.Type == "embed"
	for i := 0; i < len(b.Sentences); i++ {
		run := i
		for run < len(b.Sentences) && b.Sentences[run].Op == versions.Equal {
			run++
		}
		if run-i >= leastFolded {
			more := diffPiece{Kind: "more", Text: plural(run-i, map[bool]string{true: "item", false: "sentence"}[items]), Break: items}
			r.Before, r.After, r.Both = append(r.Before, more), append(r.After, more), append(r.Both, more)
			i = run - 1
			continue
		}
		s := &b.Sentences[i]
		before, after, both := sentencePieces(s, room)
		r.Before = append(r.Before, endedPieces(before, items || s.EndsBefore)...)
		r.After = append(r.After, endedPieces(after, items || s.EndsAfter)...)
		r.Both = append(r.Both, endedPieces(both, items || s.EndsAfter)...)
		if *room < 0 {
			cut := diffPiece{Kind: "more", Text: plural(len(b.Sentences)-i-1, "sentence")}
			r.Before, r.After, r.Both = append(r.Before, cut), append(r.After, cut), append(r.Both, cut)
			break
		}
	}
	return r
}

// leastFolded is how many unchanged sentences of a paragraph are counted, not shown.
const leastFolded = 6

func endedPieces(all []diffPiece, ends bool) []diffPiece {
	if n := len(all); n > 0 && ends {
		all[n-1].Break = true
	}
	return all
}

// blockRemarks say what else happened to a block.
func blockRemarks(b *versions.Block) (all []string) {
	if b.Moved && len(b.Before) > 0 && len(b.After) > 0 {
		all = append(all, fmt.Sprintf("moved from place %d to %d", b.Before[0]+1, b.After[0]+1))
	}
	switch {
	case !b.Rearranged:
	case len(b.After) > len(b.Before):
		all = append(all, fmt.Sprintf("split into %d", len(b.After)))
	default:
		all = append(all, fmt.Sprintf("joined from %d", len(b.Before)))
	}
	switch {
	case b.TypeBefore != "":
		all = append(all, b.TypeBefore+" became "+b.Type)
	case b.Type != "paragraph":
		all = append(all, b.Type)
	}
	switch b.Op {
	case versions.Added, versions.Removed:
		all = append(all, string(b.Op))
	}
	if b.Class == versions.Cosmetic {
		all = append(all, nameOfClass(b.Class).Name)
	}
	return all
}

// sentencePieces are a sentence in the earlier version, in the later, and in both at once.
func sentencePieces(s *versions.Sentence, room *int) (before, after, both []diffPiece) {
	one := func(kind string) []diffPiece { return []diffPiece{{Kind: kind, Text: boundedText(s.Text, room)}} }
	switch s.Op {
	case versions.Added:
		p := one("ins")
		return nil, p, clonePieces(p)
	case versions.Removed:
		p := one("del")
		return p, nil, clonePieces(p)
	case versions.MovedOut:
		p := one("out")
		return p, nil, clonePieces(p)
	case versions.MovedIn:
		p := one("in")
		return nil, p, clonePieces(p)
	case versions.Edited:
		return spanPieces(s.Spans, room)
	}
	return []diffPiece{{Text: boundedText(s.Old(), room)}}, []diffPiece{{Text: visibleText(s.New())}}, []diffPiece{{Text: visibleText(s.New())}}
}

func clonePieces(p []diffPiece) []diffPiece { return append([]diffPiece(nil), p...) }

func spanPieces(spans []versions.Span, room *int) (before, after, both []diffPiece) {
	for _, span := range spans {
		p := diffPiece{Text: boundedText(span.Text, room)}
		switch {
		case strings.TrimSpace(span.Text) == "": // space at the end differs
		case span.Op == versions.Insert:
			p.Kind = "ins"
		case span.Op == versions.Delete:
			p.Kind = "del"
		}
		if span.Op != versions.Insert {
			before = append(before, p)
		}
		if span.Op != versions.Delete {
			after = append(after, p)
		}
		both = append(both, p)
	}
	return before, after, both
}

// maxDiffField bounds one value of a field, in bytes.
const maxDiffField = 4 << 10

// maxFieldValues bounds the values of a field.
const maxFieldValues = 100

// fieldValues are the values of a field that differs, each as pieces.
func fieldValues(f *versions.Field) (all [][]diffPiece) {
	if len(f.Items) > 0 {
		for i := range f.Items[:min(len(f.Items), maxFieldValues)] {
			room := maxDiffField
			_, _, both := sentencePieces(&f.Items[i], &room)
			if f.Items[i].Op == versions.Moved {
				both = append(both, diffPiece{Text: " (moved)"})
			}
			all = append(all, both)
		}
		if n := len(f.Items) - maxFieldValues; n > 0 {
			all = append(all, []diffPiece{{Kind: "more", Text: plural(n, "value")}})
		}
		return all
	}
	room := maxDiffField
	if len(f.Spans) > 0 {
		_, _, both := spanPieces(f.Spans, &room)
		return [][]diffPiece{both}
	}
	var both []diffPiece
	if f.Before != "" {
		both = append(both, diffPiece{Kind: "del", Text: boundedText(f.Before, &room)})
	}
	if f.After != "" {
		room = maxDiffField
		if f.Before != "" {
			both = append(both, diffPiece{Text: " "})
		}
		both = append(both, diffPiece{Kind: "ins", Text: boundedText(f.After, &room)})
	}
	return [][]diffPiece{both}
}

// boundedText is a text as it is shown, or its beginning if there is no room for all of it.
func boundedText(s string, room *int) string {
	if *room < 0 {
		return "…"
	}
	if len(s) > *room {
		s = strings.ToValidUTF8(s[:*room], "") + "…"
		*room = -1
	} else {
		*room -= len(s)
	}
	return visibleText(s)
}

// visibleText puts bars between the cells of a table, and leaves out control characters.
func visibleText(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\t", " | "))
}
