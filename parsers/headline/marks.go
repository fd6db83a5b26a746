package headline

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/classname"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Small things that systems put into a heading are no part of it: a sign that links
// to the heading itself, the mark of a footnote, a link to edit the section, a
// button that copies the address.

// markClasses are the names that systems give them.
var markClasses = text.Set(`headerlink header-anchor heading-anchor headinganchor anchor anchorjs-link anchor-link permalink heading-link headline-link hash-link hashlink
	mw-editsection editsection edit-link edit-section sectionedit footnote footnote-ref footnoteref fn-ref fnref sharebutton share-button copy-link copylink clipboard`)

// markWords are the texts of such links that have letters.
var markWords = text.FoldedSet(`link|permalink|permanent link|anchor|edit|edit source|edit section|edit this page|share|copy|copy link|link to this section|link to this heading|direct link|top|back to top|
	bearbeiten|quelltext bearbeiten|modifier|modifier le code|editar|editar código|modifica|modifica wikitesto|bewerken|brontekst bewerken|redigera|rediger|rediger kilde|muokkaa|edytuj|edytuj kod|upravit|szerkesztés|
	править|править код|редагувати|编辑|編輯|編集|편집|تعديل|ویرایش|עריכה|düzenle|sửa|sunting|teilen|partager|compartir|condividi|delen|dela`)

// isMark reports whether an element within a heading is such a thing.
func isMark(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return false
	}
	if block.Apart(n) {
		return true
	}
	content := strings.TrimSpace(block.TextOf(n))
	if utf8.RuneCountInString(content) > 40 {
		return false
	}
	switch {
	case n.DataAtom == atom.Button:
		return true
	case n.DataAtom == atom.Sup && isNote(content):
		return true
	case n.DataAtom == atom.A:
		return isMarkLink(n, content)
	}
	inner := strings.Trim(content, "[]()［］（）【】 \u00a0|")
	link := onlyLink(n)
	switch {
	case link == nil:
		return false
	case isMarkLink(link, strings.TrimSpace(block.TextOf(link))):
		return len(text.Fold(content)) == len(text.Fold(block.TextOf(link))) || hasClass(n, markClasses)
	}
	return hasClass(n, markClasses) || inner != content && markWords[text.Fold(inner)]
}

// isMarkLink reports whether a link is a mark, by its text, its name or its address.
func isMarkLink(a *html.Node, content string) bool {
	href := strings.TrimSpace(block.Attr(a, "href"))
	f := text.Fold(content)
	here := strings.HasPrefix(href, "#")
	switch {
	case f == "": // ¶, #, §, ☆, a picture of a chain
		return !hasPictureText(a)
	case markWords[f] && (here || hasClass(a, markClasses) || strings.ContainsAny(href, "?=") || strings.HasPrefix(content, "[")):
		return true
	case here:
		return isNote(content) || hasClass(a, markClasses) && utf8.RuneCountInString(content) <= 2
	}
	return false
}

// hasPictureText reports whether a picture in a link has a text that could stand for it.
func hasPictureText(a *html.Node) bool { return len(text.Fold(altWithin(a))) > 40 }

// isNote reports whether a text is the mark of a footnote: a number, a letter or a
// sign, in brackets or not.
func isNote(s string) bool {
	s = strings.Trim(s, "[]()（）［］ ")
	digits := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsDigit(r) }) < 0
	return digits && len(s) <= 3 || utf8.RuneCountInString(s) <= 1 || text.Fold(s) == ""
}

// onlyLink is the link that stands first in an element of few others; nil if there
// is none.
func onlyLink(n *html.Node) *html.Node {
	seen := 0
	for d := range n.Descendants() {
		if d.DataAtom == atom.A {
			return d
		}
		if seen++; seen > 12 {
			break
		}
	}
	return nil
}

// hasClass reports whether one of the names of an element is in a set.
func hasClass(n *html.Node, names map[string]bool) bool {
	for c := range strings.FieldsSeq(block.Attr(n, "class")) {
		if names[strings.ToLower(c)] {
			return true
		}
	}
	return false
}

// shownText is the text of a heading without marks in it, and whether there were any.
func shownText(n *html.Node) (s string, marked bool) {
	var b strings.Builder
	var walk func(*html.Node, int)
	seen := 0
	walk = func(n *html.Node, depth int) {
		for c := n.FirstChild; c != nil && depth < 30 && seen < doc.MaxWithin; c = c.NextSibling {
			seen++
			switch {
			case c.Type == html.TextNode:
				b.WriteString(c.Data)
			case c.Type != html.ElementNode || block.Invisible[c.DataAtom] || block.Hidden(c) || forMachines(c):
			case isMark(c):
				marked = true
			default:
				border := block.BlockLevel(c) || c.DataAtom == atom.Br
				if border {
					b.WriteByte(' ')
				}
				walk(c, depth+1)
				if border {
					b.WriteByte(' ')
				}
			}
		}
	}
	walk(n, 0)
	return block.Clean(b.String()), marked
}

// machineClasses are names of texts that only screen readers read out.
var machineClasses = []string{"screen-reader", "screenreader", "sr-only", "visually-hidden", "visuallyhidden", "assistive", "a11y-hidden", "u-hidden", "offscreen", "clip-text", "vh"}

// forMachines reports whether an element is by its name for screen readers alone.
func forMachines(n *html.Node) bool {
	for c := range strings.FieldsSeq(block.Attr(n, "class")) {
		c = strings.ToLower(c)
		if slices.ContainsFunc(machineClasses, func(m string) bool {
			return c == m || len(m) > 4 && strings.Contains(c, m) && !strings.Contains(c, "not-")
		}) {
			return true
		}
	}
	return false
}

// sideLine reports whether an element is by its name a line above or below a headline.
func sideLine(n *html.Node) bool {
	return named(n, sideLineNames&^classname.Label) || named(n, classname.Label) && !hasClass(n, markClasses)
}
