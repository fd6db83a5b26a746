package byline

import (
	"html"
	"regexp"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

var authorMetas = []string{"author", "article:author", "article:author_name", "byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "dc.creator.personalname", "citation_author", "mrf:authors", "twitter:data1", "twitter:data2", "og:article:author", "article.author", "cxenseparse:author", "lp.article:author", "vr:author", "creator", "authors", "dc:creator", "book:author", "og:author", "news_author", "rbauthors", "article-author", "content_author", "analytics-author", "bt:author", "shareaholic:article_author_name", "lp:author", "author.name", "citation_authors", "octopus-author", "page.content.author", "cxenseparse:rec:author", "pageauthor"}

var byLabel = regexp.MustCompile(`(?i)written by|^by$|von|verfasst|par|écrit|por|escrito|scritto|auteur|autor|skrevet|skriven|door|napisan|автор|作者|yazan|penulis|oleh`)

// readDeclared takes what JSON-LD and metas say.
func (x *bylines) readDeclared() {
	o := x.Article()
	if o != nil && x.readLD(o, 0) {
		x.readMetas()
		return
	}
	// The story's object names nobody: another of the same story may, or the page's.
	for _, other := range x.LD {
		worth := 0.0
		switch {
		case other["author"] == nil && other["creator"] == nil:
			continue
		case other.Is(doc.ArticleTypes...) && o != nil && text.EqualFold(other.Text("headline"), o.Text("headline")):
		case o == nil && other.Is("WebPage", "ItemPage", "AboutPage", "CreativeWork", "Recipe", "HowTo", "QAPage", "Review", "PodcastEpisode", "Product", "ClaimReview"):
			worth = -0.6
		default:
			continue
		}
		if x.readLD(other, worth) {
			break
		}
	}
	x.readMetas()
}

// readLD takes the authors of a JSON-LD object; it reports whether it has any.
func (x *bylines) readLD(o doc.Object, worth float64) bool {
	for _, key := range []string{"author", "creator"} {
		var names []authorName
		org := false
		for _, a := range x.ObjectsOf(o, key) {
			for _, raw := range ldNames(a) {
				one := a.Is("Organization", "NewsMediaOrganization", "Corporation", "LocalBusiness")
				var got []authorName
				if one {
					if n := x.judge(block.Clean(raw), "", true); n.form != formNone && len(raw) < 100 {
						n.Kind = "organization"
						if n.form != formPerson {
							n.form = formOrg
						}
						got, org = []authorName{n}, true
					}
				} else {
					got = x.names(raw, true)
				}
				for _, n := range got {
					if len(got) == 1 {
						n.URL = x.profileOf(a)
						if job := a.Text("jobTitle"); job != "" && len(job) < 80 {
							n.Role = job
						}
						if m := strings.TrimPrefix(a.Text("email"), "mailto:"); n.Email == "" && len(m) < 100 && mailIn.FindString(m) == m {
							n.Email = strings.ToLower(m)
						}
					}
					if len(names) < 30 && !hasName(names, n.Name) {
						names = append(names, n)
					}
				}
			}
		}
		if len(names) == 0 {
			if _, isMap := o[key].(map[string]any); !isMap {
				for _, raw := range doc.Texts(o[key]) {
					for _, n := range x.names(html.UnescapeString(html.UnescapeString(raw)), true) {
						if len(names) < 30 && !hasName(names, n.Name) {
							names = append(names, n)
						}
					}
				}
			}
		}
		if len(names) > 0 {
			score := 3.0 + worth
			if org {
				score -= 0.8
			}
			x.add(claim{names: names, from: "jsonld:" + key, score: score, family: "jsonld", news: isNews(o)})
			return true
		}
	}
	return false
}

// isNews reports whether an object is of a news article of any kind.
func isNews(o doc.Object) bool {
	for _, t := range o.Types() {
		if strings.HasSuffix(t, "NewsArticle") {
			return true
		}
	}
	return false
}

// ldNames are the names of a person or organisation in JSON-LD.
func ldNames(a doc.Object) []string {
	var names []string
	for _, raw := range doc.Texts(a["name"]) {
		names = append(names, block.Clean(html.UnescapeString(html.UnescapeString(raw))))
	}
	if len(names) == 0 {
		given, family := a.Text("givenName"), a.Text("familyName")
		if given != "" && family != "" {
			names = append(names, given+" "+family)
		}
	}
	return names
}

// profileOf is the page about an author.
func (x *bylines) profileOf(a doc.Object) string {
	if u, ok := a["url"].(string); ok {
		return x.Resolve(u)
	}
	if list, ok := a["url"].([]any); ok && len(list) > 0 {
		if u, ok := list[0].(string); ok {
			return x.Resolve(u)
		}
	}
	return ""
}

// readMetas takes what meta elements say.
func (x *bylines) readMetas() {
	for _, name := range authorMetas {
		var names []authorName
		for _, raw := range x.Metas[name] {
			if name == "twitter:data1" || name == "twitter:data2" {
				if label, _ := x.FirstMeta(strings.Replace(name, "data", "label", 1)); !byLabel.MatchString(label) {
					continue
				}
			}
			for _, n := range x.names(html.UnescapeString(raw), true) {
				if len(names) < 30 && !hasName(names, n.Name) {
					names = append(names, n)
				}
			}
		}
		if len(names) == 0 {
			continue
		}
		score := 1.6
		switch name {
		case "twitter:data1", "twitter:data2": // with a label that says so
			score = 2.2
		case "author", "creator", "og:author":
			score = 1.4
		}
		x.add(claim{names: names, from: "meta:" + name, score: score, family: "meta"})
	}
}
