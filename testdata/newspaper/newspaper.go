// Package newspaper is the Saltmere Ledger, a small invented newspaper: a complete
// site to crawl without a network, with the expected values of each of its articles.
// Town, people and pictures are invented.
package newspaper

import (
	"embed"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Host is the placeholder host name of the site.
const Host = "demo.newsmorgue.test"

//go:embed stories/*.txt templates/*.html
var files embed.FS

// A Caption is the text below a picture, and its credit.
type Caption struct{ Text, Credit string }

// Expected has the values that an extractor should find on an article's page.
type Expected struct {
	Path       string
	Title      string
	Subtitle   string
	Section    string
	Byline     string // as printed
	Authors    []string
	Published  string // RFC 3339
	Modified   string
	Tags       []string
	Kind       string   // article, gallery, live or video
	Template   string   // wp, ld, plain or table
	Paragraphs []string // of the story, with headings and list items, in order
	Captions   []Caption
}

// story is an article with the parts of its page.
type story struct {
	Expected
	Slug   string
	Time   time.Time
	Blocks []block
}

// block is a paragraph, heading, quote or list of a story.
type block struct {
	Kind  string // p, h2, quote or list
	Text  string
	Items []string
}

// sections are the newspaper's sections, in the order of its menu.
var sections = []struct{ Slug, Name string }{
	{"harbour", "Harbour"}, {"town", "Town"}, {"culture", "Culture"}, {"sport", "Sport"}, {"business", "Business"},
}

// load reads the stories once. They are embedded, so the tests find any error in them.
var load = sync.OnceValues(func() ([]*story, error) {
	var all []*story
	for _, sec := range sections {
		text, err := files.ReadFile("stories/" + sec.Slug + ".txt")
		if err != nil {
			return nil, err
		}
		for part := range strings.SplitSeq("\n"+string(text), "\n=== ") {
			if strings.TrimSpace(part) == "" {
				continue
			}
			s, err := parse(part, sec.Slug, sec.Name)
			if err != nil {
				return nil, fmt.Errorf("stories/%s.txt: %w", sec.Slug, err)
			}
			all = append(all, s)
		}
	}
	return all, nil
})

func parse(part, slug, section string) (*story, error) {
	head, body, ok := strings.Cut(part, "\n---\n")
	if !ok {
		return nil, fmt.Errorf("story without a body: %.40q", part)
	}
	lines := strings.Split(head, "\n")
	s := &story{Slug: strings.TrimSpace(lines[0])}
	s.Section, s.Kind = section, "article"
	for _, l := range lines[1:] {
		key, value, _ := strings.Cut(l, ": ")
		switch key {
		case "title":
			s.Title = value
		case "subtitle":
			s.Subtitle = value
		case "author":
			s.Authors = strings.Split(value, "; ")
		case "byline":
			s.Byline = value
		case "date":
			s.Published = value
		case "modified":
			s.Modified = value
		case "template":
			s.Template = value
		case "kind":
			s.Kind = value
		case "tags":
			s.Tags = strings.Split(value, ", ")
		case "image":
			text, credit, _ := strings.Cut(value, " | ")
			s.Captions = append(s.Captions, Caption{strings.TrimSpace(text), strings.TrimSpace(credit)})
		default:
			return nil, fmt.Errorf("%s: unknown line %q", s.Slug, l)
		}
	}
	var err error
	if s.Time, err = time.Parse(time.RFC3339, s.Published); err != nil {
		return nil, fmt.Errorf("%s: %w", s.Slug, err)
	}
	if s.Byline == "" {
		s.Byline = "By " + strings.Join(s.Authors, " and ")
	}
	s.Path = path(s, slug)
	for l := range strings.SplitSeq(strings.TrimSpace(body), "\n") {
		kind, text := "p", l
		switch {
		case strings.HasPrefix(l, "## "):
			kind, text = "h2", l[3:]
		case strings.HasPrefix(l, "> "):
			kind, text = "quote", l[2:]
		case strings.HasPrefix(l, "- "):
			kind, text = "list", l[2:]
		}
		s.Paragraphs = append(s.Paragraphs, text)
		if last := len(s.Blocks) - 1; kind == "list" && last >= 0 && s.Blocks[last].Kind == "list" {
			s.Blocks[last].Items = append(s.Blocks[last].Items, text)
			continue
		}
		b := block{Kind: kind, Text: text}
		if kind == "list" {
			b.Text, b.Items = "", []string{text}
		}
		s.Blocks = append(s.Blocks, b)
	}
	return s, nil
}

// path returns the URL path of a story; each template has another style of paths.
func path(s *story, section string) string {
	switch {
	case s.Kind == "live":
		return "/live/" + s.Slug
	case s.Kind == "gallery":
		return "/gallery/" + s.Slug
	case s.Kind == "video":
		return "/video/" + s.Slug
	}
	switch s.Template {
	case "wp":
		return s.Time.Format("/2006/01/02/") + s.Slug + "/"
	case "table":
		return "/archive/" + s.Slug + ".html"
	}
	return "/" + section + "/" + s.Slug
}

// Articles lists the expected values of all articles, in the order of the sections.
func Articles() []Expected {
	all, err := load()
	if err != nil {
		return nil
	}
	res := make([]Expected, len(all))
	for i, s := range all {
		res[i] = s.Expected
	}
	return res
}
