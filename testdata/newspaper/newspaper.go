// Package newspaper is the Saltmere Ledger, a small invented newspaper that the
// program carries: a whole site to be crawled where there is no network, and
// the truth about each of its articles. Town, people and pictures are made up.
package newspaper

import (
	"embed"
	"fmt"
	"strings"
	"sync"
	"time"
)

// Host is the pretend host that the site is served under.
const Host = "demo.newsmorgue.test"

//go:embed stories/*.txt templates/*.html
var files embed.FS

// A Caption is the text under a picture, its credit apart.
type Caption struct{ Text, Credit string }

// A Truth is what a reader of an article's page would write down.
type Truth struct {
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
	Paragraphs []string // the story's own, headings and list items too, in order
	Captions   []Caption
}

// story is a Truth with what its page is made of.
type story struct {
	Truth
	Slug   string
	Time   time.Time
	Blocks []block
}

// block is a piece of a story.
type block struct {
	Kind  string // p, h2, quote or list
	Text  string
	Items []string
}

// sections are the paper's, in the order of its menu.
var sections = []struct{ Slug, Name string }{
	{"harbour", "Harbour"}, {"town", "Town"}, {"culture", "Culture"}, {"sport", "Sport"}, {"business", "Business"},
}

// load reads the stories once. They are part of the program, so that an error in
// them is one of the build, which the tests find.
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

// path gives each template the URLs of its kind of site.
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

// Articles lists the truth about every article, in the order of the sections.
func Articles() []Truth {
	all, err := load()
	if err != nil {
		return nil
	}
	res := make([]Truth, len(all))
	for i, s := range all {
		res[i] = s.Truth
	}
	return res
}
