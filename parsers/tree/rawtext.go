package tree

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// parseHTML is html.Parse. Two fifths of most pages are scripts and styles, which
// html.Parse reads byte by byte and copies into ever longer buffers: it is given short
// marks in their place, and the texts are put into the tree afterwards. Where a mark
// does not come back as the whole text of a script or style element, what looked like
// one is something else, as in a comment, and the page is parsed as it is.
//
// That is enough for an equal tree: a mark that comes back so was read as raw text from
// its first byte on, and what it stands for ends with it, since no end tag is in it.
func parseHTML(text []byte) (*html.Node, error) { return parseWithin(text, maxTree) }

// parseWithin is parseHTML with a bound of its own; see maxTree.
func parseWithin(text []byte, growth uint64) (*html.Node, error) {
	if raw := rawTexts(text); len(raw) > 0 && !bytes.Contains(text, []byte(rawMark)) {
		doc, err := html.Parse(bounded(&rawReader{text: text, raw: raw}, growth))
		if err == nil && putBack(doc, text, raw) {
			return doc, nil
		}
		if errors.Is(err, errTooLarge) {
			return nil, err
		}
	}
	return html.Parse(bounded(bytes.NewReader(text), growth))
}

// rawMark begins each mark. It is in no page; a control character is soon looked for in
// vain.
const rawMark = "\x1anewsmorgue-raw-text-"

// mark stands for the raw text of a number, in six more digits.
func mark(n int) string { return fmt.Sprintf("%s%06d", rawMark, n) }

const (
	minRawText  = 100     // bytes; shorter ones are not worth a mark
	maxRawTexts = 999_999 // as mark can number
)

// A span is a part of a text.
type span struct{ from, to int }

// rawTexts finds what is probably the text of script and style elements. It passes over
// comments and elements where these tags mean something else.
func rawTexts(text []byte) []span {
	var found []span
	for at := 0; len(found) < maxRawTexts; {
		next := bytes.IndexByte(text[at:], '<')
		if next < 0 || at+next+2 >= len(text) {
			break
		}
		at += next + 1
		switch rest := text[at:]; rest[0] | 0x20 {
		case '!':
			if bytes.HasPrefix(rest, []byte("!--")) {
				end := bytes.Index(rest[1:], []byte("-->"))
				if end < 0 {
					return found
				}
				at += 1 + end
			}
		case 'n':
			if hasTag(rest, "noscript") {
				at = endTag(text, at, "noscript")
			}
		case 's':
			switch {
			case hasTag(rest, "svg"):
				at = endTag(text, at, "svg")
			case hasTag(rest, "script"), hasTag(rest, "style"):
				tag := "style"
				if rest[1]|0x20 == 'c' {
					tag = "script"
				}
				open := bytes.IndexByte(rest, '>')
				if open < 0 {
					return found
				}
				from := at + open + 1
				at = endTag(text, from, tag)
				if content := text[from:at]; at < len(text) && len(content) >= minRawText && isPlain(content) {
					found = append(found, span{from, at})
				}
			}
		}
	}
	return found
}

// isPlain reports whether raw text ends at the first end tag and is taken over as it is:
// after "<!--" a script's end tag may be part of it.
func isPlain(content []byte) bool {
	return bytes.IndexByte(content, 0) < 0 && !bytes.Contains(content, []byte("<!--"))
}

// hasTag reports whether the text behind a "<" or "</" begins with the name of a tag.
func hasTag(rest []byte, name string) bool {
	return len(rest) > len(name) && bytes.EqualFold(rest[:len(name)], []byte(name)) && strings.IndexByte(" \n\r\t\f/>", rest[len(name)]) >= 0
}

// endTag is where the next end tag of a name begins, or the text's end.
func endTag(text []byte, from int, name string) int {
	for at := from; ; {
		next := bytes.Index(text[at:], []byte("</"))
		if next < 0 {
			return len(text)
		}
		if at += next; hasTag(text[at+2:], name) {
			return at
		}
		at += 2
	}
}

// A rawReader reads a text with marks in place of its raw texts.
type rawReader struct {
	text []byte
	raw  []span
	at   int    // in text
	n    int    // the next raw text
	mark string // rest of a mark that is being read
}

func (r *rawReader) Read(b []byte) (int, error) {
	read := 0
	for read < len(b) {
		if r.mark != "" {
			n := copy(b[read:], r.mark)
			r.mark = r.mark[n:]
			read += n
			continue
		}
		end := len(r.text)
		if r.n < len(r.raw) {
			end = r.raw[r.n].from
		}
		n := copy(b[read:], r.text[r.at:end])
		r.at += n
		read += n
		switch {
		case r.at < end: // b is full
		case r.n < len(r.raw):
			r.mark, r.at = mark(r.n), r.raw[r.n].to
			r.n++
		case read == 0:
			return 0, io.EOF
		default:
			return read, nil
		}
	}
	return read, nil
}

// newlines are what the parser makes of carriage returns.
var newlines = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// putBack puts the raw texts in the place of their marks. It reports whether each was
// found once, as the only content of its element.
func putBack(doc *html.Node, text []byte, raw []span) bool {
	left := len(raw)
	for n := doc.FirstChild; n != nil && left > 0; n = block.Following(doc, n) {
		if n.DataAtom != atom.Script && n.DataAtom != atom.Style || n.Namespace != "" {
			continue
		}
		c := n.FirstChild
		if c == nil || c.NextSibling != nil || !strings.HasPrefix(c.Data, rawMark) {
			continue
		}
		k := 0
		for _, digit := range c.Data[len(rawMark):] {
			k = 10*k + int(digit-'0')
		}
		if k < 0 || k >= len(raw) || c.Data != mark(k) {
			return false
		}
		content := text[raw[k].from:raw[k].to]
		if c.Data = string(content); bytes.IndexByte(content, '\r') >= 0 {
			c.Data = newlines.Replace(c.Data)
		}
		left--
	}
	return left == 0
}
