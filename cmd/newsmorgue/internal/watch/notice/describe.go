package notice

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// describe says what an edit changed: in a sentence without a full stop, and as HTML.
// It is the only place that compares articles.
func describe(before, after *article.Article) (sentence, page string) {
	var parts []string
	var out strings.Builder
	for _, f := range []struct{ name, before, after string }{
		{"headline", before.Title, after.Title}, {"subtitle", before.Subtitle, after.Subtitle}, {"byline", before.Byline, after.Byline},
	} {
		if f.before == f.after {
			continue
		}
		parts = append(parts, f.name+" changed")
		fmt.Fprintf(&out, "<p>%s: <del>%s</del> <ins>%s</ins></p>\n", f.name, html.EscapeString(clip(f.before, maxText)), html.EscapeString(clip(f.after, maxText)))
	}
	if before.Text != after.Text {
		text := "body: " + words(before.Text, after.Text)
		parts = append(parts, text)
		fmt.Fprintf(&out, "<p>%s</p>\n", text)
	}
	if before.Published != after.Published || before.Modified != after.Modified {
		parts = append(parts, "dates changed")
	}
	if len(parts) == 0 {
		parts = append(parts, "captions or details changed")
	}
	return strings.Join(parts, "; "), out.String()
}

// words counts the words that an edit added and removed.
func words(before, after string) string {
	n := map[string]int{}
	for _, w := range strings.Fields(after) {
		n[w]++
	}
	for _, w := range strings.Fields(before) {
		n[w]--
	}
	added, removed := 0, 0
	for _, d := range n {
		added, removed = added+max(0, d), removed+max(0, -d)
	}
	if added+removed == 0 {
		return "the same words in another order"
	}
	return fmt.Sprintf("%s added, %d removed", count(added, "word"), removed)
}

// count prints a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
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

// mostLines is how many changes the text for people lists.
const mostLines = 20

// Lines is a notice as text for people, such as the mail of cron.
func (n *Notice) Lines() []string {
	site := n.Site
	if site == "" {
		site = "archive"
	}
	var head []string
	for _, what := range slices.Backward(order) {
		if k := n.Counts[what]; k > 0 {
			head = append(head, fmt.Sprintf("%d %s", k, what))
		}
	}
	if text := n.StatusText(); text != "" {
		head = append(head, text)
	}
	lines := []string{site + ": " + strings.Join(head, ", ")}
	if len(head) == 0 {
		lines[0] = site + ":"
	}
	shown := n.Changes[:min(len(n.Changes), mostLines)]
	for _, c := range shown {
		lines = append(lines, "  "+c.What+": "+c.headline(), "    "+c.URL)
		if c.What != catalog.ChangeNew {
			lines = append(lines, "    "+c.Summary)
		}
	}
	if more := n.Omitted + len(n.Changes) - len(shown); more > 0 {
		lines = append(lines, fmt.Sprintf("  and %d more", more))
	}
	for _, w := range n.Warnings {
		text := "  warning: " + w.Text
		if w.Ended {
			text = fmt.Sprintf("  fine again: %s (warned on %s)", w.Text, w.Since.Local().Format("2006-01-02 15:04"))
		}
		lines = append(lines, text)
	}
	return lines
}

// headline is the title of an article, with that before if it is another one.
func (c Change) headline() string {
	title := c.Title
	if title == "" {
		title = c.URL
	}
	if c.TitleBefore != "" && c.TitleBefore != title {
		return c.TitleBefore + " → " + title
	}
	return title
}
