package byline

import (
	"html"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// maxNames bounds the names of one claim.
const maxNames = 30

// authorMetas are the meta elements that name authors, as evidence of what.
var authorMetas = []struct {
	piece int
	names []string
}{
	{inAuthorMeta, []string{"author"}},
	{inMeta, []string{"article:author", "article:author_name", "byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "dc.creator.personalname", "citation_author", "mrf:authors"}},
	{inLabelledMeta, []string{"twitter:data1", "twitter:data2"}},
	{inMeta, []string{"og:article:author", "article.author", "cxenseparse:author", "lp.article:author", "vr:author"}},
	{inAuthorMeta, []string{"creator"}},
	{inMeta, []string{"authors", "dc:creator", "book:author"}},
	{inAuthorMeta, []string{"og:author"}},
	{inMeta, []string{"news_author", "rbauthors", "article-author", "content_author", "analytics-author", "bt:author", "shareaholic:article_author_name", "lp:author", "author.name", "citation_authors", "octopus-author", "page.content.author", "cxenseparse:rec:author", "pageauthor"}},
}

// byLabel are labels of a link preview's data that announce an author.
var byLabel = text.MustCompile(`(?i)written by|^by$|von|verfasst|par|écrit|por|escrito|scritto|auteur|autor|skrevet|skriven|door|napisan|автор|作者|yazan|penulis|oleh`)

// Types of JSON-LD objects.
var (
	pageTypes         = []string{"WebPage", "ItemPage", "AboutPage", "CreativeWork", "Recipe", "HowTo", "QAPage", "Review", "PodcastEpisode", "Product", "ClaimReview"}
	organizationTypes = []string{"Organization", "NewsMediaOrganization", "Corporation", "LocalBusiness"}
)

// readDeclared takes what JSON-LD and meta elements say.
func (x *reader) readDeclared() {
	if !x.readStory() {
		x.readOtherObjects()
	}
	x.readMetas()
}

// readStory reads the JSON-LD object of the story. It reports whether it names
// anybody.
func (x *reader) readStory() bool {
	story := x.Article()
	return story != nil && x.readObject(story)
}

// readOtherObjects reads another object of the same story, or of the page if the
// story has none.
func (x *reader) readOtherObjects() {
	story := x.Article()
	for _, o := range x.LD {
		switch {
		case o["author"] == nil && o["creator"] == nil:
		case o.Is(doc.ArticleTypes...) && story != nil && text.EqualFold(o.Text("headline"), story.Text("headline")):
			if x.readObject(o) {
				return
			}
		case story == nil && o.Is(pageTypes...):
			if x.readObject(o, otherObject) {
				return
			}
		}
	}
}

// readObject takes the authors of a JSON-LD object, with evidence besides that
// of JSON-LD; it reports whether it has any.
func (x *reader) readObject(o doc.Object, besides ...int) bool {
	for _, key := range []string{"author", "creator"} {
		names, org := x.objectNames(o, key)
		if len(names) == 0 {
			names = x.literalNames(o[key])
		}
		if len(names) > 0 {
			v := values(append(besides, inJSONLD)...)
			v.Set(organizationInJSONLD, org)
			v.Set(newsInJSONLD, isNews(o))
			v.Set(refersInJSONLD, isReference(o[key]))
			x.add(claim{names: names, from: "jsonld:" + key, own: v, family: declaredInLD})
			return true
		}
	}
	return false
}

// objectNames are the names of the persons and organizations that a property
// holds as objects; org reports whether there are organizations among them.
func (x *reader) objectNames(o doc.Object, key string) (names []authorName, org bool) {
	for _, a := range x.ObjectsOf(o, key) {
		isOrg := a.Is(organizationTypes...)
		for _, raw := range ldNames(a) {
			var got []authorName
			if isOrg {
				got = x.organizationName(raw)
				org = org || len(got) > 0
			} else {
				got = x.declaredNames(raw)
			}
			if len(got) == 1 {
				if words := strings.Fields(got[0].Name); a.Is("Person") && isSurnamed(words, surnameOffices) && !x.isOwn(got[0].Name) && !signsBylines(got[0].Name) {
					got[0].Kind, got[0].form = "person", formPerson // "Ottilie Post"
				}
				x.describe(&got[0], a)
			}
			names = appendNew(names, got)
		}
	}
	return names, org
}

// organizationName is the name of what says that it is an organization.
func (x *reader) organizationName(raw string) []authorName {
	n := x.judge(declaredName(block.Clean(raw)))
	if n.form == formNone || len(raw) >= 100 {
		return nil
	}
	n.Kind = "organization"
	if n.form != formPerson {
		n.form = formOrg
	}
	return []authorName{n}
}

// describe adds what an object says of an author besides the name.
func (x *reader) describe(n *authorName, a doc.Object) {
	n.URL = x.profileOf(a)
	if job := a.Text("jobTitle"); job != "" && len(job) < 80 {
		n.Role = job
	}
	if m := strings.TrimPrefix(a.Text("email"), "mailto:"); n.Email == "" && isMail(m) {
		n.Email = strings.ToLower(m)
	}
}

// literalNames are the names that a property holds as strings.
func (x *reader) literalNames(value any) []authorName {
	if _, isObject := value.(map[string]any); isObject {
		return nil
	}
	var names []authorName
	for _, raw := range doc.Texts(value) {
		names = appendNew(names, x.declaredNames(unescape(raw)))
	}
	return names
}

// appendNew adds names that a list does not have yet.
func appendNew(names, more []authorName) []authorName {
	for _, n := range more {
		if len(names) < maxNames && !hasName(names, n.Name) {
			names = append(names, n)
		}
	}
	return names
}

// unescape undoes the escaping of HTML, which some software does twice.
func unescape(s string) string { return html.UnescapeString(html.UnescapeString(s)) }

// isNews reports whether an object is of a news article of any kind.
func isNews(o doc.Object) bool {
	return slices.ContainsFunc(o.Types(), func(t string) bool { return strings.HasSuffix(t, "NewsArticle") })
}

// isReference reports whether a value, or the first of several, refers to an object
// that stands elsewhere.
func isReference(value any) bool {
	if list, ok := value.([]any); ok && len(list) > 0 {
		value = list[0]
	}
	object, ok := value.(map[string]any)
	return ok && object["@id"] != nil && object["@type"] == nil
}

// ldNames are the names of a person or organization in JSON-LD.
func ldNames(a doc.Object) []string {
	var names []string
	for _, raw := range doc.Texts(a["name"]) {
		names = append(names, block.Clean(unescape(raw)))
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
func (x *reader) profileOf(a doc.Object) string {
	value := a["url"]
	if list, ok := value.([]any); ok && len(list) > 0 {
		value = list[0]
	}
	if u, ok := value.(string); ok {
		return x.Resolve(u)
	}
	return ""
}

// readMetas takes what meta elements say.
func (x *reader) readMetas() {
	for _, row := range authorMetas {
		for _, meta := range row.names {
			if len(x.Metas[meta]) == 0 || row.piece == inLabelledMeta && !x.labelsAuthor(meta) {
				continue
			}
			var names []authorName
			for _, raw := range x.Metas[meta] {
				names = appendNew(names, x.declaredNames(html.UnescapeString(raw)))
			}
			if len(names) > 0 {
				x.add(claim{names: names, from: "meta:" + meta, own: values(row.piece), family: declaredInMeta})
			}
		}
	}
}

// labelsAuthor reports whether the label of a link preview's data announces an
// author.
func (x *reader) labelsAuthor(meta string) bool {
	label, _ := x.FirstMeta(strings.Replace(meta, "data", "label", 1))
	return byLabel.MatchString(label)
}

// readSiteName takes the name of the publication where it is that of a person, as
// blogs have it.
func (x *reader) readSiteName() {
	name, _ := x.FirstMeta("og:site_name")
	if len(name) > 60 || shape(name) != formPerson || len(strings.Fields(name)) > 3 || !givenName(name) {
		return
	}
	if names := x.bylineNames(name); len(names) == 1 && isPerson(names[0]) {
		x.add(claim{names: names, from: "meta:og:site_name", own: values(), family: inTitleElement})
	}
}

// readPageTitle takes the author that some publishers put into the page's title:
// "Headline | by Jane Doe | Publisher".
func (x *reader) readPageTitle() {
	for p := range strings.SplitSeq(x.Title, "|") {
		if p = strings.TrimSpace(p); !strings.HasPrefix(p, "by ") && !strings.HasPrefix(p, "von ") && !strings.HasPrefix(p, "por ") {
			continue
		}
		if names := x.bylineNames(p); len(names) > 0 && names[0].form == formPerson {
			x.add(claim{names: names, from: "title", own: values(), family: inTitleElement})
		}
		return
	}
}
