package headline

import (
	"strings"
	"unicode"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// Bounds of what is read.
const (
	maxTags     = 50
	maxTagLinks = maxTags / 2 // more are a cloud of the site's tags
)

// A tagSource is a place where pages give tags.
type tagSource struct {
	from       string // as in Provenance
	values     func(p *doc.Page, title string) []string
	confidence float64
	lists      bool // a value is a list of tags with commas between them
	inStory    bool // only tags that the story contains: other values are about the site
	always     bool // read also where a source above gave tags
}

// tagSources are read in order, until one gives tags. How sure article:tag, keywords,
// news_keywords and links are is the share of their tags that labelled pages outside
// the blind fold have too (of 10 to 50 pages each); for others it is an estimate.
var tagSources = []tagSource{
	{from: "meta:article:tag", values: metaValues("article:tag"), confidence: 0.84, always: true},
	{from: "jsonld:keywords", values: ldValues("keywords"), confidence: 0.76, lists: true, always: true},
	{from: "meta:news_keywords", values: metaValues("news_keywords"), confidence: 0.93, lists: true},
	{from: "meta:parsely-tags", values: metaValues("parsely-tags"), confidence: 0.85, lists: true},
	{from: "meta:sailthru.tags", values: metaValues("sailthru.tags"), confidence: 0.85, lists: true},
	{from: "meta:cxenseparse:tag", values: metaValues("cxenseparse:tag"), confidence: 0.85, lists: true},
	{from: "meta:dc.subject", values: metaValues("dc.subject"), confidence: 0.85, lists: true},
	{from: "dom:tag", values: tagLinks, confidence: 0.89},
	{from: "meta:keywords", values: metaValues("keywords"), confidence: 0.7, lists: true, inStory: true},
	{from: "jsonld:about", values: ldValues("about"), confidence: 0.7},
}

func metaValues(name string) func(*doc.Page, string) []string {
	return func(p *doc.Page, _ string) []string { return p.Metas[name] }
}

func ldValues(property string) func(*doc.Page, string) []string {
	return func(p *doc.Page, _ string) []string {
		if o := p.Article(); o != nil {
			return doc.Texts(o[property])
		}
		return nil
	}
}

// A tagReader collects the tags of a page.
type tagReader struct {
	page *doc.Page
	tags []string
	from article.Provenance
	seen map[string]bool // folded: the tags, and what other fields have
}

// Tags are the words that a publication files a story under: those that it declares
// for this page, else those it links beside it, at most 50. The provenance is that
// of the first tag. a is the article as far as it is read: its title, section and
// authors are not tags too, and weak sources count only for words of its text.
// Both results are empty without tags.
func Tags(p *doc.Page, a *article.Article) ([]string, article.Provenance) {
	r := &tagReader{page: p, seen: map[string]bool{text.Fold(a.Title): true, text.Fold(a.Section): true}}
	for _, au := range a.Authors {
		r.seen[text.Fold(au.Name)] = true
	}
	for _, s := range tagSources {
		if s.always || len(r.tags) == 0 {
			r.read(s, a)
		}
	}
	return r.tags, r.from
}

// read adds the tags of one source.
func (r *tagReader) read(s tagSource, a *article.Article) {
	values := splitTags(s.values(r.page, a.Title), s.lists)
	if len(values) == 0 {
		return
	}
	if areCodes(values) {
		r.explain(strings.Join(values, ", "), s, "codes of the newsroom's system")
		return
	}
	story := ""
	if s.inStory {
		story = text.Fold(a.Title) + " " + text.Fold(a.Summary) + " " + text.Fold(a.Text[:min(len(a.Text), 20_000)])
	}
	for _, v := range values {
		v = strings.TrimSpace(strings.TrimPrefix(block.Clean(unescapeTwice(v)), "#"))
		f := text.Fold(v)
		if f == "" {
			continue
		}
		why := r.notTag(v, f)
		if why == "" && s.inStory && !strings.Contains(story, f) {
			why = "not in the story"
		}
		r.explain(v, s, why)
		if why != "" {
			continue
		}
		r.seen[f] = true
		r.tags = append(r.tags, v)
		if r.from.From == "" {
			r.from = article.Provenance{From: s.from, Confidence: s.confidence}
		}
	}
}

func (r *tagReader) explain(value string, s tagSource, why string) {
	r.page.AddCandidate(article.Candidate{Field: "tags", Value: value, From: s.from, Score: s.confidence, Won: why == "", Why: why})
}

// splitTags takes values that are lists apart. Others are lists too if they have
// three commas.
func splitTags(values []string, lists bool) []string {
	var all []string
	for _, v := range values[:min(len(values), 4*maxTags)] {
		switch {
		case len(v) > 4000:
		case lists || strings.Count(v, ",") >= 3:
			all = append(all, strings.FieldsFunc(v, func(r rune) bool { return strings.ContainsRune(",;|、،，", r) })...)
		default:
			all = append(all, v)
		}
	}
	return all
}

// notTag is why a text is not added to the tags; "" if it is.
func (r *tagReader) notTag(s, folded string) string {
	switch {
	case r.seen[folded]:
		return "already listed, or in another field"
	case len(r.tags) >= maxTags:
		return "too many"
	case !isForReaders(s):
		return "not a word for readers"
	case r.page.IsSite(s):
		return "the site's name"
	}
	return ""
}

// isForReaders reports whether a tag is a word for readers, not for programs.
func isForReaders(s string) bool {
	switch {
	case len(s) > 80 || len(strings.Fields(s)) > 8,
		s[0] == '_' || strings.ContainsAny(s, "@=<>{}_\\") || strings.Contains(s, "://"),
		strings.EqualFold(s, "undefined") || strings.EqualFold(s, "null"),
		strings.Contains(s, ":") && strings.ToUpper(s) == s:
		return false
	}
	return true
}

// areCodes reports whether most of a list are codes of a newsroom's system, such as
// CYCS08.
func areCodes(values []string) bool {
	n := 0
	for _, v := range values {
		if isCode(strings.TrimSpace(v)) {
			n++
		}
	}
	return n >= 8 && n*10 >= len(values)*7
}

func isCode(s string) bool {
	other := func(r rune) bool {
		return !unicode.IsUpper(r) && !unicode.IsDigit(r) && !strings.ContainsRune(":-_.", r)
	}
	return s != "" && strings.IndexFunc(s, other) < 0
}

// Links to pages that list the stories of a tag: those that say so, unless it is a
// category, and those with one of tagPaths in their address that stand in a row of tags.
var (
	relTag      = doc.Select("a[rel~=tag]:not([rel*=category])")
	relCategory = doc.Select("a[rel~=tag][rel*=category]")
)

// tagPaths are parts of the addresses of pages that list a tag's stories. One set
// is looked for, rather than a selector for each, in one go.
var tagPaths = text.NewLiteralSet([]string{"/tag/", "/tags/", "/topic/", "/topics/", "/tema/", "/temas/", "/thema/", "/themen/", "/theme/", "/themes/", "/tagged/", "/keyword/", "/keywords/", "/schlagwort/", "/stichwort/",
	"/etiqueta/", "/etiquetas/", "/noticias-de/", "/sujet/", "/mot-cle/", "/argomento/", "/argomenti/", "/trefwoord/", "/onderwerp/", "/emne/", "/amne/", "/aihe/", "/etiket/", "/konu/", "/teg/", "/tegi/", "/temy/", "/label/"})

// tagLinks are the texts of the links to pages of tags that stand with the story:
// not those of menus, of columns beside it and of clouds. Those in the story's
// footer count if there are no others.
func tagLinks(p *doc.Page, title string) []string {
	var body, footer []string
	story := storyElement(p, title)
	for _, a := range p.Select(anchors).Nodes {
		at := placeOf(p, a, story)
		if at == outside || !isTagLink(a) {
			continue
		}
		s := block.Clean(block.TextOf(a))
		switch {
		case s == "" || len(s) > 80:
		case at == inFooter:
			footer = append(footer, s)
		default:
			body = append(body, s)
		}
	}
	if len(body) == 0 {
		body = footer
	}
	if len(body) > maxTagLinks {
		return nil
	}
	return body
}

func isTagLink(a *html.Node) bool {
	if relTag.Matches(a) {
		return true
	}
	href := block.Attr(a, "href")
	return len(href) < 300 && tagPaths.FoundIn(strings.ToLower(href)) && !relCategory.Matches(a) && inTagRow(a)
}

// inTagRow reports whether an element, or one of the three above it, is called a row of tags.
func inTagRow(n *html.Node) bool {
	for range 4 {
		if named(n, tagNames) {
			return true
		}
		if n = n.Parent; n == nil {
			return false
		}
	}
	return false
}
