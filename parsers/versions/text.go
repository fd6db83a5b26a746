package versions

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// WriteText renders a Diff for a terminal, with ANSI colours or, without them, with
// {+added+} and [-removed-] as in git's word diff. Fields come first; runs of
// unchanged paragraphs and sentences are counted and not shown. Lines are as long as
// their paragraphs. Control characters of the texts are not printed.
func (d *Diff) WriteText(w io.Writer, color bool) error {
	t := &textWriter{color: color}
	t.line("", d.Title)
	t.line("", d.URL)
	t.line("", versionLine(d.From, d.To))
	t.line("", "Class: "+strings.ReplaceAll(joinClasses(d.Classes), "_", " "))
	t.line("", capital(d.Summary))
	for _, n := range d.Notes {
		t.line("", "Note ("+string(n.Kind)+"): "+n.Text)
	}
	if len(d.Fields) > 0 {
		t.b.WriteByte('\n')
	}
	for i := range d.Fields {
		t.field(&d.Fields[i])
	}
	if d.Changed() {
		t.blocks(d.Blocks)
	}
	_, err := io.WriteString(w, t.b.String())
	return err
}

func versionLine(from, to string) string {
	if from == "" && to == "" {
		return ""
	}
	return "From " + from + " to " + to
}

func joinClasses(classes []Class) string {
	if len(classes) == 0 {
		return string(None)
	}
	var all []string
	for _, c := range classes {
		all = append(all, string(c))
	}
	return strings.Join(all, ", ")
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

type textWriter struct {
	b     strings.Builder
	color bool
}

const (
	red, green, faint, reset = "\x1b[31m", "\x1b[32m", "\x1b[2m", "\x1b[0m"
)

func (t *textWriter) line(style, s string) {
	s = strings.TrimSpace(plain(s))
	if s == "" {
		return
	}
	t.b.WriteString(t.styled(style, s))
	t.b.WriteByte('\n')
}

func (t *textWriter) styled(style, s string) string {
	if !t.color || style == "" {
		return s
	}
	return style + s + reset
}

func (t *textWriter) removed(s string) string { return t.marked(red, "[-", s, "-]") }
func (t *textWriter) added(s string) string   { return t.marked(green, "{+", s, "+}") }

func (t *textWriter) marked(style, left, s, right string) string {
	s = plain(s)
	switch {
	case s == "":
		return ""
	case t.color:
		return style + s + reset
	}
	return left + s + right
}

func (t *textWriter) spans(spans []Span) string {
	var b strings.Builder
	for i, s := range spans {
		switch {
		case s.Op == Keep || isEnd(spans, i):
			b.WriteString(plain(s.Text))
		case s.Op == Delete:
			b.WriteString(t.removed(s.Text))
		default:
			b.WriteString(t.added(s.Text))
		}
	}
	return b.String()
}

// isEnd reports whether a span is white space at the end of a sentence, which nobody
// needs to see marked: it only says that another sentence follows in one version.
func isEnd(spans []Span, i int) bool {
	return i > 0 && i == len(spans)-1 && strings.TrimSpace(spans[i].Text) == ""
}

func (t *textWriter) field(f *Field) {
	name := fieldLabel(f.Name) + ": "
	switch {
	case len(f.Items) > 0:
		for i := range f.Items {
			t.b.WriteString(name + t.sentence(&f.Items[i]) + "\n")
		}
	case len(f.Spans) > 0:
		t.b.WriteString(name + t.spans(f.Spans) + "\n")
	default:
		t.b.WriteString(name + joinFilled(" ", t.removed(f.Before), t.added(f.After)) + "\n")
	}
}

// sentence is a sentence without the white space at its end.
func (t *textWriter) sentence(s *Sentence) string {
	old, now := strings.TrimSpace(s.Old()), strings.TrimSpace(s.New())
	switch s.Op {
	case Added:
		return t.added(now)
	case Removed:
		return t.removed(old)
	case MovedOut:
		return t.removed(old) + t.styled(faint, " (moved away)")
	case MovedIn:
		return t.added(now) + t.styled(faint, " (moved here)")
	case Moved:
		return plain(now) + t.styled(faint, " (moved)")
	case Edited:
		return strings.TrimSpace(t.spans(s.Spans))
	}
	return plain(now)
}

// blocks prints what changed; runs of unchanged blocks are folded.
func (t *textWriter) blocks(blocks []Block) {
	unchanged := 0
	fold := func() {
		if unchanged > 0 {
			t.b.WriteString("\n" + t.styled(faint, "… "+quantity(unchanged, "paragraph")+" unchanged") + "\n")
		}
		unchanged = 0
	}
	for i := range blocks {
		b := &blocks[i]
		if b.Op == Equal {
			unchanged++
			continue
		}
		fold()
		t.block(b)
	}
	fold()
}

// sign is what a changed block begins with.
func (b *Block) sign() string {
	switch {
	case b.Op == Added:
		return "+"
	case b.Op == Removed:
		return "-"
	case b.Op == Moved:
		return ">"
	}
	return "~"
}

// remarks say what happened to a block besides its words.
func (b *Block) remarks() []string {
	var all []string
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
	if b.TypeBefore != "" {
		all = append(all, b.TypeBefore+" became "+b.Type)
	}
	if b.Op == Edited && b.Class == Cosmetic {
		all = append(all, "cosmetic")
	}
	if b.Type != "paragraph" && b.TypeBefore == "" {
		all = append(all, b.Type)
	}
	return all
}

// maxMovedText is how much of a moved block is printed, in bytes.
const maxMovedText = 120

func (t *textWriter) block(b *Block) {
	t.b.WriteString("\n" + b.sign() + " ")
	if remarks := b.remarks(); len(remarks) > 0 {
		t.b.WriteString(t.styled(faint, "("+plain(strings.Join(remarks, ", "))+")") + " ")
	}
	if len(b.Lines) > 0 {
		t.b.WriteString(plain(shortened(strings.Join(b.Lines, " ▪ "), maxMovedText)))
	}
	sep := " "
	if !isProse(b.Type) {
		sep = "\n  "
	}
	var shown []string
	for i := 0; i < len(b.Sentences); i++ {
		run := i
		for run < len(b.Sentences) && b.Sentences[run].Op == Equal {
			run++
		}
		if run-i > 2 {
			shown = append(shown, t.styled(faint, "… "+quantity(run-i, unitName(b.Type))+" unchanged …"))
			i = run - 1
			continue
		}
		shown = append(shown, t.sentence(&b.Sentences[i]))
	}
	t.b.WriteString(strings.Join(shown, sep))
	t.b.WriteByte('\n')
}

func unitName(blockType string) string {
	switch blockType {
	case "list":
		return "item"
	case "table":
		return "row"
	}
	return "sentence"
}

// shortened is the beginning of a text, cut between characters.
func shortened(s string, n int) string {
	if len(s) <= n {
		return s
	}
	end := 0
	for _, t := range tokens(s[:n]) {
		if t.end < n {
			end = t.end
		}
	}
	return strings.TrimSpace(s[:end]) + " …"
}

// plain makes text safe for a terminal: control characters, and so escape sequences,
// and characters that change the direction of what follows are gone; white space is
// one space, and cells are divided by bars.
func plain(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		clean = s[i] >= ' ' && s[i] < 0x7f
	}
	if clean {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\t':
			b.WriteString(" | ")
		case r == '\n' || r == '\r':
			b.WriteByte(' ')
		case unicode.IsControl(r) || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == utf8.RuneError:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
