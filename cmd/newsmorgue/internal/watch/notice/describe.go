package notice

import (
	"context"
	"html"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/parsers/versions"
)

// describe compares the two readings of an edit: what changed in a sentence, without a
// full stop, and as HTML. It fills in what it finds out about the change.
func (a *Author) describe(ctx context.Context, c catalog.Change, res *Change) (summary, page string) {
	if c.Before == "" {
		return "", ""
	}
	edit, err := keep.EditOf(ctx, a.Catalog, c)
	if err != nil || edit.Before.URL == "" || edit.After.URL == "" {
		return "", "" // one of them is damaged or erased
	}
	if edit.Before.Title != edit.After.Title {
		res.TitleBefore = clip(edit.Before.Title, maxText)
	}
	d := versions.Compare(edit.Before, edit.After)
	res.Classes, res.Silent = d.Classes, d.Silent
	if !d.Changed() {
		return "", ""
	}
	return d.Summary, editHTML(d)
}

// maxHTML is about how long the HTML of an edit gets, in bytes. A feed has a hundred.
const maxHTML = 16 << 10

// editHTML shows the fields that differ and the changed blocks of the body, with
// deletions and insertions marked, in the elements that feed readers know.
func editHTML(d *versions.Diff) string {
	var out strings.Builder
	for _, f := range d.Fields {
		if out.Len() > maxHTML {
			break
		}
		out.WriteString("<p>" + html.EscapeString(strings.ReplaceAll(f.Name, "_", " ")) + ": ")
		switch {
		case len(f.Items) > 0:
			for i, item := range f.Items {
				if i > 0 {
					out.WriteString(", ")
				}
				writeSentence(&out, item)
			}
		case len(f.Spans) > 0:
			writeSpans(&out, f.Spans)
		default:
			mark(&out, "del", f.Before)
			mark(&out, "ins", f.After)
		}
		out.WriteString("</p>\n")
	}
	for _, b := range d.Blocks {
		if b.Op == versions.Equal || len(b.Sentences) == 0 {
			continue
		}
		if out.Len() > maxHTML {
			out.WriteString("<p>…</p>\n")
			break
		}
		out.WriteString("<p>")
		equal := false
		for _, s := range b.Sentences {
			if s.Op != versions.Equal {
				writeSentence(&out, s)
			} else if !equal {
				out.WriteString("… ")
			}
			equal = s.Op == versions.Equal
		}
		out.WriteString("</p>\n")
	}
	return out.String()
}

func writeSentence(out *strings.Builder, s versions.Sentence) {
	switch s.Op {
	case versions.Added, versions.MovedIn:
		mark(out, "ins", s.Text)
	case versions.Removed, versions.MovedOut:
		mark(out, "del", s.Text)
	case versions.Edited:
		writeSpans(out, s.Spans)
	default:
		mark(out, "", s.New())
	}
}

func writeSpans(out *strings.Builder, spans []versions.Span) {
	for _, s := range spans {
		mark(out, map[versions.SpanOp]string{versions.Insert: "ins", versions.Delete: "del"}[s.Op], s.Text)
	}
}

// mark writes text in an element; without a name, the text alone.
func mark(out *strings.Builder, element, text string) {
	switch {
	case text == "":
	case element == "":
		out.WriteString(html.EscapeString(text))
	default:
		out.WriteString("<" + element + ">" + html.EscapeString(text) + "</" + element + ">")
	}
}

// sentence says what happened to an article; edit is what describe said, if it was
// edited.
func sentence(c catalog.Change, edit string) string {
	last := c.Last.UTC().Format("2006-01-02 15:04 UTC")
	text := ""
	switch c.What {
	case catalog.ChangeNew:
		text = "New article"
	case catalog.ChangeEdited:
		text = "Edited since " + last
	case catalog.ChangeMoved:
		text = "Moved from " + c.From
	case catalog.ChangePaywalled:
		text = "A paywall hides most of it since " + last
	case catalog.ChangeGone:
		text = "Gone since " + last
		if c.How != "" {
			text += " (" + c.How + ")"
		}
	case catalog.ChangeRestored:
		text = "There again, as last on " + last
		if edit != "" {
			text = "There again, but not as last on " + last
		}
	}
	if edit != "" {
		text += ": " + edit
	}
	return text + "."
}

// page is the sentence as HTML, and what the edit changed.
func page(c catalog.Change, edit string) string {
	return "<p>" + html.EscapeString(sentence(c, "")) + "</p>\n" + edit
}
