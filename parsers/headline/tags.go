package headline

import (
	"strings"
	"unicode"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxTags bounds a page's tags.
const maxTags = 50

// tagPaths are parts of the addresses of pages that list a tag's stories.
var tagPaths = text.NewLiteralSet([]string{"/tag/", "/tags/", "/topic/", "/topics/", "/tema/", "/temas/", "/thema/", "/themen/", "/theme/", "/themes/", "/tagged/", "/keyword/", "/keywords/", "/schlagwort/", "/stichwort/",
	"/etiqueta/", "/etiquetas/", "/noticias-de/", "/sujet/", "/mot-cle/", "/argomento/", "/argomenti/", "/trefwoord/", "/onderwerp/", "/emne/", "/amne/", "/aihe/", "/etiket/", "/konu/", "/teg/", "/tegi/", "/temy/", "/label/"})

// Tags are the words that a publication files a story under: those that it
// declares for this page, else those it links beside it. What every page of a
// site declares is about the site.
func Tags(p *doc.Page, a *article.Article) ([]string, article.Provenance) {
	var tags []string
	seen := map[string]bool{}
	for _, own := range []string{a.Title, a.Section} {
		seen[text.Fold(own)] = true
	}
	for _, au := range a.Authors {
		seen[text.Fold(au.Name)] = true
	}
	from := article.Provenance{}
	// add takes the tags of one source, if vouched only those that the story holds.
	add := func(values []string, where string, sure float64, split, vouched bool) {
		var all []string
		for _, v := range values[:min(len(values), 4*maxTags)] {
			if len(v) > 4000 {
				continue
			}
			if !split && strings.Count(v, ",") < 3 {
				all = append(all, v)
				continue
			}
			all = append(all, strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ';' || r == '|' || r == '、' || r == '،' || r == '，' })...)
		}
		if codes(all) {
			p.AddCandidate(article.Candidate{Field: "tags", Value: strings.Join(all, ", "), From: where, Score: sure, Why: "codes for machines"})
			return
		}
		var s string
		if vouched && len(all) > 0 {
			s = text.Fold(a.Title) + " " + text.Fold(a.Summary) + " " + text.Fold(a.Text[:min(len(a.Text), 20_000)])
		}
		for _, v := range all {
			v = block.Clean(entities(v))
			v = strings.TrimSpace(strings.TrimPrefix(v, "#"))
			f := text.Fold(v)
			why := ""
			switch {
			case f == "":
				continue
			case seen[f]:
				why = "said before, or in another field"
			case len(tags) >= maxTags:
				why = "too many"
			case !tagLike(v):
				why = "no word for readers"
			case p.IsSite(v):
				why = "the site's name"
			case vouched && !strings.Contains(s, f):
				why = "the story does not hold it"
			}
			p.AddCandidate(article.Candidate{Field: "tags", Value: v, From: where, Score: sure, Won: why == "", Why: why})
			if why != "" {
				continue
			}
			seen[f] = true
			tags = append(tags, v)
			if from.From == "" {
				from = article.Provenance{From: where, Confidence: sure}
			}
		}
	}
	add(p.Metas["article:tag"], "meta:article:tag", 0.9, false, false)
	if o := p.Article(); o != nil {
		add(doc.Texts(o["keywords"]), "jsonld:keywords", 0.9, true, false)
	}
	for _, name := range []string{"news_keywords", "parsely-tags", "sailthru.tags", "cxenseparse:tag", "dc.subject"} {
		if len(tags) == 0 {
			add(p.Metas[name], "meta:"+name, 0.85, true, false)
		}
	}
	if len(tags) == 0 {
		add(tagLinks(p), "dom:tag", 0.8, false, false)
	}
	if len(tags) == 0 {
		add(p.Metas["keywords"], "meta:keywords", 0.6, true, true)
	}
	if o := p.Article(); o != nil && len(tags) == 0 {
		add(doc.Texts(o["about"]), "jsonld:about", 0.7, false, false)
	}
	return tags, from
}

// tagLike reports whether a tag is a word for readers.
func tagLike(s string) bool {
	return len(s) <= 80 && len(strings.Fields(s)) <= 8 && s[0] != '_' && !strings.ContainsAny(s, "@=<>{}_\\") && !strings.Contains(s, "://") &&
		!strings.EqualFold(s, "undefined") && !strings.EqualFold(s, "null") && !(strings.Contains(s, ":") && strings.ToUpper(s) == s)
}

// codes reports whether most of a list are signs of a newsroom's system, such as
// CYCS08.
func codes(all []string) bool {
	n := 0
	for _, v := range all {
		v = strings.TrimSpace(v)
		code := v != ""
		for _, r := range v {
			if !unicode.IsUpper(r) && !unicode.IsDigit(r) && !strings.ContainsRune(":-_.", r) {
				code = false
				break
			}
		}
		if code {
			n++
		}
	}
	return n >= 8 && n*10 >= len(all)*7
}

// tagLinks are the links to pages of tags that stand with the story: not those
// of menus, of columns beside it and of clouds.
func tagLinks(p *doc.Page) []string {
	const frame = block.InNav | block.InFooter | block.InHidden | block.InAside | block.InDialog
	var tags []string
	for _, e := range p.Elems[1:] {
		if e.Node.DataAtom != atom.A || e.Flags&frame != 0 || e.PathHints&(block.HintSidebar|block.HintRelated|block.HintNav|block.HintFooter|block.HintComment) != 0 {
			continue
		}
		rel, href, tag := block.Attr(e.Node, "rel"), block.Attr(e.Node, "href"), false
		switch {
		case strings.Contains(rel, "tag") && hasField(rel, "tag"):
			tag = !strings.Contains(rel, "category")
		case len(href) < 300 && (named(e.Node, tagNames) || named(e.Node.Parent, tagNames) || named(up(e.Node, 2), tagNames)):
			tag = tagPaths.FoundIn(strings.ToLower(href))
		}
		if !tag {
			continue
		}
		if s := block.Clean(block.TextOf(e.Node)); s != "" && len(s) <= 80 {
			tags = append(tags, s)
		}
		if len(tags) > maxTags/2 { // a cloud
			return nil
		}
	}
	return tags
}

// tagNames are words of names of rows of tags.
var tagNames = text.Set("tag tags taglist tagged articletags posttags entrytags keywords topics topic themen schlagworte schlagwörter stichworte etiquetas temas etiquettes motscles argomenti emner ämnen aiheet tagi tegi etiketler label labels")

func up(n *html.Node, levels int) *html.Node {
	for ; n != nil && levels > 0; levels-- {
		n = n.Parent
	}
	return n
}

func hasField(s, field string) bool {
	for f := range strings.FieldsSeq(s) {
		if f == field {
			return true
		}
	}
	return false
}
