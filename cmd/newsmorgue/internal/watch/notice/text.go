package notice

import (
	"fmt"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

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
