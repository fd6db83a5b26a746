package parsers

import (
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
)

// A Parser reads articles. Its zero value works, and is safe for many goroutines.
type Parser struct{}

// Parse reads the article of a page. It returns ErrNotArticle for what is no
// HTML page or has no text; page.Doc is not written to.
func (p *Parser) Parse(page *Page) (*Article, error) { return p.parse(page, nil) }

// Explain is Parse with its reasons.
func (p *Parser) Explain(page *Page) (*Article, *Explanation, error) {
	e := &Explanation{}
	a, err := p.parse(page, e)
	return a, e, err
}

func (p *Parser) parse(page *Page, e *Explanation) (*Article, error) {
	doc, err := page.document()
	if err != nil {
		return nil, err
	}
	x := newIndex(page, doc)
	x.explanation = e
	if len(x.Blocks) == 0 {
		return nil, ErrNotArticle
	}
	a := &Article{Schema: Schema, Extractor: Extractor, Provenance: map[string]Provenance{}}
	note := func(field string, pr Provenance) {
		if pr.From != "" {
			a.Provenance[field] = pr
		}
	}
	if page.URL != nil && page.URL.Host != "" {
		a.URL, a.Site = page.URL.String(), siteOf(page.URL)
	}
	if c := x.Rels["canonical"]; len(c) > 0 {
		a.CanonicalURL = x.resolve(c[0])
	}
	var pr Provenance
	a.Title, pr = x.findTitle()
	note("title", pr)
	subtitle, subtitleBlock := x.findSubtitle(a.Title)
	a.Subtitle = subtitle
	x.chooseBody(a.Title)
	if subtitleBlock != nil && subtitleBlock.Flags&block.InHidden == 0 {
		subtitleBlock.Keep = true // a reader of the article reads it
	}
	captions, places := x.findCaptions()
	a.Captions = captions
	a.Body = x.assemble(places)
	a.Text = plainText(a.Body)
	if len(a.Body) > 0 {
		note("body", Provenance{"dom:blocks", 0.8})
	}
	a.Summary, pr.From = x.first("og:description", "description", "twitter:description")
	if a.Summary != "" {
		note("summary", Provenance{"meta:" + pr.From, 0.9})
	}
	var changed Provenance
	a.Published, pr, a.Modified, changed = x.findDates(a.Title)
	note("published", pr)
	note("modified", changed)
	a.Authors, a.Byline, pr = x.findAuthors(a.Title)
	note("authors", pr)
	a.Section, pr = x.findSection()
	note("section", pr)
	a.Tags = x.findTags()
	a.Language, pr = x.findLanguage(a.Text)
	note("language", pr)
	a.Dateline, a.Source = dateline(a.Body)
	a.Contacts = x.findContacts(a.Authors)
	a.Rights = x.rights()
	a.Pages, a.Further = x.pages(), x.further()
	a.hint(page.Hints)
	a.Kind = x.findKind(a)
	if a.Kind == KindHome || a.Kind == KindSection || a.Kind == KindAuthor {
		a.dropListed("published", &a.Published)
		a.dropListed("modified", &a.Modified)
	}
	a.Paywalled = x.paywalled(a.Text)
	return a, nil
}

// hint fills what the page does not say from what feeds and sitemaps say.
func (a *Article) hint(h Hints) {
	fill := func(field string, to *string, value string) {
		if *to == "" && value != "" {
			*to = value
			a.Provenance[field] = Provenance{h.Source + ":" + field, 0.6}
		}
	}
	fill("title", &a.Title, h.Title)
	fill("language", &a.Language, h.Language)
	if !h.Published.IsZero() {
		fill("published", &a.Published, h.Published.Format(time.RFC3339))
	}
	if !h.Modified.IsZero() && h.Modified.After(h.Published) {
		fill("modified", &a.Modified, h.Modified.Format(time.RFC3339))
	}
	if len(a.Authors) == 0 {
		for _, n := range h.Authors {
			if n = block.Clean(n); n != "" && !notAuthor.MatchString(n) {
				a.Authors = append(a.Authors, Author{Name: n, Kind: "person"})
				a.Provenance["authors"] = Provenance{h.Source + ":authors", 0.6}
			}
		}
	}
}

// Inherit takes over what an earlier reading of the same page had from hints
// and this one lacks.
func (a *Article) Inherit(before *Article) {
	for field, pr := range before.Provenance {
		source, _, _ := strings.Cut(pr.From, ":")
		if _, has := a.Provenance[field]; has || !hintSources[source] {
			continue
		}
		switch field {
		case "title":
			a.Title = before.Title
		case "language":
			a.Language = before.Language
		case "published":
			a.Published = before.Published
		case "modified":
			a.Modified = before.Modified
		case "authors":
			a.Authors = before.Authors
		default:
			continue
		}
		a.Provenance[field] = pr
	}
}

// hintSources are the sources that Hints name.
var hintSources = map[string]bool{"feed": true, "sitemap": true, "news-sitemap": true, "wp-json": true}

func (x *index) findSection() (string, Provenance) {
	if o := x.article(); o != nil {
		if s := o.text("articleSection"); s != "" && len(s) < 80 && !x.isSite(s) {
			return s, Provenance{"jsonld:articleSection", 0.9}
		}
	}
	if s, name := x.first("article:section", "section", "parsely-section", "og:section", "cxenseparse:section"); s != "" && len(s) < 80 {
		return s, Provenance{"meta:" + name, 0.85}
	}
	for _, o := range x.ld {
		if !o.is("BreadcrumbList") {
			continue
		}
		var names []string
		for _, it := range x.objectsOf(o, "itemListElement") {
			name := it.text("name")
			if name == "" {
				name = it.text("item")
			}
			if name != "" && !strings.HasPrefix(name, "http") {
				names = append(names, name)
			}
		}
		for i := len(names) - 1; i >= 0; i-- {
			if !foldEqual(names[i], "home") && !x.isSite(names[i]) && len(names[i]) < 40 && (i < len(names)-1 || len(names) == 2) {
				return names[i], Provenance{"jsonld:BreadcrumbList", 0.7}
			}
		}
	}
	// A short link directly above the title is the section, as themes print it.
	if b := x.titleBlock(x.h1Text()); b != nil {
		for i := b.N - 1; i >= max(0, b.N-2); i-- {
			c := x.Blocks[i]
			if c.Words >= 1 && c.Words <= 3 && c.Link*10 >= len(c.Text)*8 && c.Flags&(block.InNav|block.InHidden|block.InTable) == 0 && !strings.ContainsAny(c.Text, "0123456789") {
				return c.Text, Provenance{"dom:kicker", 0.6}
			}
		}
	}
	return "", Provenance{}
}

func (x *index) h1Text() string {
	for _, b := range x.H1 {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter) == 0 {
			return b.Text
		}
	}
	return ""
}

func (x *index) findTags() []string {
	var tags []string
	add := func(s string) {
		s = block.Clean(s)
		if s == "" || len(s) > 80 || len(tags) >= 50 {
			return
		}
		for _, t := range tags {
			if foldEqual(t, s) {
				return
			}
		}
		tags = append(tags, s)
	}
	for _, v := range x.Metas["article:tag"] {
		add(v)
	}
	if o := x.article(); o != nil {
		for _, v := range texts(o["keywords"]) {
			for t := range strings.SplitSeq(v, ",") {
				add(t)
			}
		}
	}
	if len(tags) == 0 {
		if v, _ := x.first("news_keywords", "keywords"); v != "" {
			for t := range strings.SplitSeq(v, ",") {
				add(t)
			}
		}
	}
	if len(tags) == 0 {
		for _, n := range x.find(`a[rel~="tag"]`) {
			add(block.TextOf(n))
		}
	}
	return tags
}

// find lists the elements that a CSS selector matches, in document order.
func (x *index) find(selector string) []*html.Node {
	return goquery.NewDocumentFromNode(x.Doc).Find(selector).Nodes
}

var languageForm = regexp.MustCompile(`^[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*$`)

// findLanguage is what the page declares, unless its script says otherwise.
func (x *index) findLanguage(text string) (string, Provenance) {
	cands := []struct{ value, from string }{}
	if o := x.article(); o != nil {
		cands = append(cands, struct{ value, from string }{o.text("inLanguage"), "jsonld:inLanguage"})
	}
	locale, _ := x.first("og:locale")
	content, _ := x.first("content-language", "dc.language", "language")
	cands = append(cands, struct{ value, from string }{x.Lang, "html:lang"}, struct{ value, from string }{locale, "meta:og:locale"}, struct{ value, from string }{content, "meta:content-language"})
	script := scriptLanguage(text)
	for _, c := range cands {
		v := strings.ReplaceAll(strings.TrimSpace(c.value), "_", "-")
		if !languageForm.MatchString(v) {
			continue
		}
		base := strings.ToLower(strings.SplitN(v, "-", 2)[0])
		if script != "" && !scriptOf[script][base] {
			continue
		}
		if i := strings.IndexByte(v, '-'); i > 0 {
			v = strings.ToLower(v[:i]) + v[i:]
		} else {
			v = strings.ToLower(v)
		}
		return v, Provenance{c.from, 0.9}
	}
	if script != "" {
		return script, Provenance{"text:script", 0.7}
	}
	return "", Provenance{}
}

// scriptOf are the languages that are written in a script, by the language that
// stands for it.
var scriptOf = map[string]map[string]bool{
	"ja": {"ja": true}, "ko": {"ko": true}, "zh": {"zh": true, "ja": true, "yue": true}, "th": {"th": true}, "he": {"he": true, "yi": true, "iw": true}, "el": {"el": true},
	"ru": {"ru": true, "uk": true, "bg": true, "sr": true, "mk": true, "be": true, "kk": true, "ky": true, "mn": true, "tg": true, "tt": true, "uz": true, "az": true, "bs": true},
	"ar": {"ar": true, "fa": true, "ur": true, "ps": true, "ckb": true, "ku": true, "ug": true, "sd": true},
	"hi": {"hi": true, "mr": true, "ne": true, "sa": true},
}

// scriptLanguage is a language by the script of most letters; "" for Latin and
// scripts not told apart here.
func scriptLanguage(text string) string {
	counts := map[string]int{}
	letters := 0
	for _, r := range text {
		if r < utf8.RuneSelf { // of no script that is told apart here
			if r|0x20 >= 'a' && r|0x20 <= 'z' {
				letters++
			}
			if letters > 4000 {
				break
			}
			continue
		}
		if !unicode.IsLetter(r) {
			continue
		}
		if letters++; letters > 4000 {
			break
		}
		switch {
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			counts["ja"] += 3
		case unicode.In(r, unicode.Hangul):
			counts["ko"]++
		case unicode.In(r, unicode.Han):
			counts["zh"]++
		case unicode.In(r, unicode.Cyrillic):
			counts["ru"]++
		case unicode.In(r, unicode.Arabic):
			counts["ar"]++
		case unicode.In(r, unicode.Hebrew):
			counts["he"]++
		case unicode.In(r, unicode.Greek):
			counts["el"]++
		case unicode.In(r, unicode.Thai):
			counts["th"]++
		case unicode.In(r, unicode.Devanagari):
			counts["hi"]++
		}
	}
	if letters < 40 {
		return ""
	}
	for _, l := range []string{"ja", "ko", "zh", "ru", "ar", "he", "el", "th", "hi"} {
		if counts[l]*2 > letters {
			return l
		}
	}
	return ""
}

var datelineForm = regexp.MustCompile(`^(\p{Lu}[\p{Lu}\p{M} .'’/-]{2,40})(?:, [\p{Lu}][\p{L}. ]{1,20})?(?:,? \p{L}{3,9}\.? \d{1,2})?\s*(?:\(([^()]{2,40})\))?\s*(?:—|–|--|-)\s`)

// dateline reads place and agency at the start of a story; the text keeps them.
func dateline(body []Block) (place, source string) {
	for i, b := range body {
		if i > 3 {
			break
		}
		if b.Type != Paragraph {
			continue
		}
		if m := datelineForm.FindStringSubmatch(b.Text); m != nil {
			if agencies[fold(m[2])] {
				source = m[2]
			}
			return strings.TrimSpace(m[1]), source
		}
	}
	return "", ""
}
