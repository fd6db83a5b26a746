package body

import (
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/classname"
	"github.com/newsmorgue/newsmorgue/parsers/internal/jsdata"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// notProse are members whose text is none of a story's, folded: those called like
// elements of a page beside its prose, and those of data.
var notProse = memberNames(classname.Byline|classname.Author|classname.Biography|classname.Caption|classname.Credit|classname.Media|classname.Player|
	classname.Headline|classname.Headlines|classname.Standfirst|classname.Lead|classname.Tags|classname.Breadcrumb|classname.Metadata|
	classname.Related|classname.Teaser|classname.Newsletter|classname.Comments|classname.Ad|classname.Promotion|
	classname.Legal|classname.Consent|classname.Navigation|classname.Sidebar,
	`alt alttext metadescription seo metadata css style styles classname class script scripts href url src srcset path slug id key uuid type query
	template svg d locale strings labels relatedarticles relatedstories taxonomy thumbnail images video
	jsonld schema structureddata tracking analytics placeholder `+appNames)

// appNames are members with an application's own texts and settings.
const appNames = "i18n translations messages config settings"

// memberNames is a set of names of members: the words of some groups, and others.
func memberNames(groups classname.Mask, others string) map[string]bool {
	set := text.Set(others)
	for _, w := range classname.Words(groups) {
		set[text.Fold(w)] = true
	}
	return set
}

// count notes the words of prose in a value and in all values in it. Of whole
// stories the title's and the teaser's words do not count.
func count(d *jsdata.Value, key string, depth int) {
	d.Words = 0
	if key != "" && notProse[text.Fold(key)] && !markup(d) {
		// Not prose here, but what is below may be looked at for its own sake.
		for i := range d.Members {
			count(&d.Members[i], d.Members[i].Key, depth+1)
		}
		return
	}
	switch d.Form {
	case jsdata.String:
		d.Words = proseWords(d.Text)
	case jsdata.Array, jsdata.Object:
		for i := range d.Members {
			count(&d.Members[i], d.Members[i].Key, depth+1)
			d.Words += d.Members[i].Words
		}
		if isElement(d) {
			d.Words = 0
			if c := children(d); c != nil && !notStory[atom.Lookup([]byte(d.Members[1].Text))] {
				d.Words = c.Words
			}
		}
		if d.Form == jsdata.Object && skips(d) {
			d.Words = 0
		}
	}
}

// markup reports whether a text is paragraphs of HTML: those are a story, or part
// of one, whatever the member is called.
func markup(d *jsdata.Value) bool {
	return d.Form == jsdata.String && len(d.Text) > 1000 && strings.Count(d.Text[:min(len(d.Text), 20_000)], "<p") >= 3
}

// proseWords counts the words of a text that people read; names, addresses and
// code have none.
func proseWords(s string) int {
	if len(s) < 12 || s[0] == '{' || s[0] == '[' || strings.HasPrefix(s, "http") || strings.HasPrefix(s, "data:") || strings.HasPrefix(s, "<svg") || strings.HasPrefix(s, "<style") || strings.HasPrefix(s, "<script") {
		return 0
	}
	if strings.IndexByte(s, '<') >= 0 {
		s = stripped(s)
	}
	head := s[:min(len(s), 400)]
	signs := 0 // of code
	ascii := true
	for i := range len(head) {
		switch c := head[i]; c {
		case '{', '}', '[', ']', '"', ';', '=', '|', '&':
			signs++
		default:
			ascii = ascii && c < utf8.RuneSelf
		}
	}
	if signs*12 > len(head) || ascii && strings.IndexByte(head, ' ') < 0 || strings.IndexByte(head, '{') >= 0 && strings.IndexByte(head, ';') >= 0 {
		return 0
	}
	if n := block.CountWords(s); n >= 4 {
		return n
	}
	return 0
}

// stripped is a text without its tags.
func stripped(s string) string {
	if strings.IndexByte(s, '<') < 0 {
		return s
	}
	var b strings.Builder
	for {
		open := strings.IndexByte(s, '<')
		if open < 0 {
			break
		}
		b.WriteString(s[:open])
		b.WriteByte(' ')
		end := strings.IndexByte(s[open:], '>')
		if end < 0 {
			return b.String()
		}
		s = s[open+end+1:]
	}
	b.WriteString(s)
	return html.UnescapeString(b.String())
}
