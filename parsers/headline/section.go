package headline

import (
	"net/url"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/byline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// homeWords are what paths call the front page.
var homeWords = text.FoldedSet(`home|homepage|home page|start|startseite|inicio|portada|início|página inicial|accueil|inizio|homepagina|voorpagina|hem|startsida|forside|hjem|etusivu|esileht|sākums|pradžia|
	strona główna|domů|úvod|domov|naslovnica|naslovna|početna|kezdőlap|címlap|acasă|prima pagină|kryefaqja|ana sayfa|anasayfa|beranda|laman utama|trang chủ|главная|головна|галоўная|начало|почетна|
	αρχική|الرئيسية|خانه|صفحه اصلی|ہوم|דף הבית|ראשי|होम|मुख्य पृष्ठ|হোম|முகப்பு|หน้าแรก|首页|首頁|ホーム|トップ|홈|front page|main|index|overview|alle artikel|all`)

// otherLinks are the texts of links that stand above a headline and lead to no section.
var otherLinks = text.FoldedSet(`menu|menü|sections|menusections|search|suche|buscar|rechercher|cerca|zoeken|sök|login|log in|sign in|sign up|signin|register|anmelden|abo|abonnieren|subscribe|subscription|newsletter|
	newsletters|get started|contact|contact us|kontakt|about|about us|share|print|back|zurück|download|donate|spenden|faq|help|next|previous|read more|mehr|more|live|video|podcast|shop|store|epaper|e-paper|app|
	advertisement|anzeige|sponsored|comments|kommentare|follow us|my account|mein konto|skip to content|close|all posts|latest|home|free trial|book a demo|pricing|request a demo|by|article|articles|artikel|post|posts|back to blog|blog|
	uncategorized|uncategorised|unkategorisiert|non classé|sin categoría|sem categoria|senza categoria|geen categorie|без рубрики`)

// sectionMetas are the meta elements that give a section, the most reliable first.
var sectionMetas = []string{"article:section", "section", "parsely-section", "og:section", "cxenseparse:section", "sailthru.section", "dc.subject.section"}

// A sectionReader takes the first of the candidates that is the name of a section.
type sectionReader struct {
	page  *doc.Page
	title string
	name  string
	from  article.Provenance
}

// Section is the part of the publication that a story stands in: what the page
// declares, else its path, else the line above the headline, else the entry of the
// site's menu that its address begins with. Both results are empty without one.
func Section(p *doc.Page, title string) (string, article.Provenance) {
	r := &sectionReader{page: p, title: title}
	r.offerDeclared()
	if !r.done() {
		r.offerPaths()
	}
	if !r.done() {
		r.offerVisible()
	}
	return r.name, r.from
}

// done reports whether the candidates that are left need not be read.
func (r *sectionReader) done() bool { return r.name != "" && !r.page.Explaining() }

func (r *sectionReader) offerDeclared() {
	if o := r.page.Article(); o != nil {
		for _, s := range doc.Texts(o["articleSection"]) {
			r.offer(unescapeTwice(s), "jsonld:articleSection", 0.9)
		}
	}
	for _, name := range sectionMetas {
		for _, v := range r.page.Metas[name] {
			r.offer(v, "meta:"+name, 0.85)
		}
	}
}

// offerPaths offers what stands before the page itself in the paths of the
// JSON-LD, from below; a path of two may leave the page out.
func (r *sectionReader) offerPaths() {
	for _, path := range declaredPaths(r.page) {
		for i, name := range slices.Backward(path) {
			if len(name) < 60 && (i < len(path)-1 || len(path) == 2) {
				r.offer(name, "jsonld:BreadcrumbList", 0.7)
			}
		}
	}
}

// offerVisible offers what a reader sees: a path, the line above the title, the menu.
func (r *sectionReader) offerVisible() {
	title := r.page.TitleBlock(r.title)
	if title == nil {
		title = r.page.TitleBlock(H1Text(r.page))
	}
	links := linksOf(r.page)
	if title != nil {
		r.offer(r.lastCrumb(title, links), "dom:breadcrumb", 0.7)
		r.offer(kicker(title, links), "dom:kicker", 0.6)
	}
	if r.name == "" {
		r.offer(category(r.page, r.title), "dom:category", 0.6)
	}
	if r.name == "" {
		r.offer(menuEntry(links), "dom:menu", 0.5)
	}
}

// offer takes a candidate if it is the name of a section and no other was taken.
func (r *sectionReader) offer(s, from string, confidence float64) {
	s = block.Clean(s)
	if strings.Count(s, ",") > 1 {
		s, _, _ = strings.Cut(s, ",") // a list of them
		s = strings.TrimSpace(s)
	}
	if s == "" {
		return
	}
	c := article.Candidate{Field: "section", Value: s, From: from, Score: confidence}
	switch c.Why = r.notSection(s, strings.HasPrefix(from, "dom:")); {
	case c.Why != "":
	case r.name != "":
		c.Why = "a better candidate won"
	default:
		c.Won, c.Why = true, "the first by rank"
		r.name, r.from = s, article.Provenance{From: from, Confidence: confidence}
	}
	r.page.AddCandidate(c)
}

// notSection is why a text, which a reader sees or the page declares, is not the
// name of a section; "" if it may be one.
func (r *sectionReader) notSection(s string, visible bool) string {
	switch f := text.Fold(s); {
	case len(s) > 80 || f == "" || strings.Contains(s, "://"):
		return "not a name"
	case homeWords[f]:
		return "the front page"
	case r.page.IsSite(s):
		return "the site's name"
	case text.EqualFold(s, r.title):
		return "the title"
	case visible && (otherLinks[f] || strings.ContainsAny(s, "0123456789…") || strings.HasSuffix(s, "...")):
		return "not a section's name"
	}
	return ""
}

// lastCrumb is the last link but the page itself of the path that a page shows near
// its title; "" without one.
func (r *sectionReader) lastCrumb(title *block.Block, l *links) string {
	last := ""
	for _, b := range r.page.Blocks[max(0, title.N-60):min(len(r.page.Blocks), title.N+4)] {
		if b.LinkBytes == 0 || b.Words > 24 || b.Flags&(block.InHidden|block.InFooter) != 0 || !(nameReader{r.page}).above(b.Node, crumbNames, 6) {
			continue
		}
		for _, a := range l.within(b.Node) {
			if s := block.VisibleText(a); r.isCrumb(s) {
				last = s
			}
		}
		if b.Node.DataAtom == atom.A && r.isCrumb(b.Text) {
			last = b.Text
		}
	}
	return last
}

// isCrumb reports whether a link of a path leads neither home nor to the page itself.
func (r *sectionReader) isCrumb(s string) bool {
	return s != "" && block.CountWords(s) <= 5 && !homeWords[text.Fold(s)] && !r.page.IsSite(s) && !text.EqualFold(s, r.title)
}

// kicker is a short line directly above the title, as themes print a section: one
// that is called so, or a link that leads up the page's own address or to a section.
// "" without one.
func kicker(title *block.Block, l *links) string {
	for i := title.N - 1; i >= max(0, title.N-3); i-- {
		b := l.page.Blocks[i]
		if !mayBeKicker(b) {
			continue
		}
		linked := b.LinkBytes*10 >= len(b.Text)*8
		switch {
		case linked && l.leadUp(b.Node),
			(linked || b.LinkBytes == 0) && nameReader{l.page}.above(b.Node, kickerNames, 2) && !byline.IsLine(b.Text),
			linked && l.leadToSection(b.Node):
			return b.Text
		}
	}
	return ""
}

func mayBeKicker(b *block.Block) bool {
	const outside = block.InNav | block.InHidden | block.InTable | block.InForm | block.InButton | block.InDialog
	return b.Words >= 1 && b.Words <= 4 && b.Flags&outside == 0 && !strings.ContainsAny(b.Text, "0123456789›»/") && !otherLinks[text.Fold(b.Text)]
}

// sectionLinks are links that say in their rel or address that they lead to a section.
var sectionLinks = doc.Select(`a[rel*=category], a[href*=category], a[href*="/section/"], a[href*="/rubrik/"]`)

// leadToSection reports whether the link of an element says that it leads to a section.
func (l *links) leadToSection(n *html.Node) bool {
	a := l.of(n)
	return a != nil && sectionLinks.Matches(a)
}

// leadUp reports whether the link of an element leads to where the page's address begins.
func (l *links) leadUp(n *html.Node) bool {
	own, a := l.page.Input.URL, l.of(n)
	if own == nil || a == nil {
		return false
	}
	u := l.target(a)
	if u == nil || u.Hostname() != own.Hostname() {
		return false
	}
	path := strings.TrimSuffix(u.Path, "/")
	return len(path) > 1 && strings.HasPrefix(own.Path, path+"/")
}

// categoryLinks are links that say that they lead to a category.
var categoryLinks = doc.Select("a[rel~=category]")

// category is the first category that the story's element links to; "" without one.
func category(p *doc.Page, title string) string {
	found := p.Select(categoryLinks).Nodes
	if len(found) == 0 {
		return ""
	}
	story := storyElement(p, title)
	for _, a := range found {
		if story != nil && block.Within(a, story) && placeOf(p, a, story) != outside {
			return block.VisibleText(a)
		}
	}
	return ""
}

// menuEntry is what the site's menu calls the first part of the page's address; ""
// if no link leads there.
func menuEntry(l *links) string {
	own := l.page.Input.URL
	if own == nil {
		return ""
	}
	first, _, deeper := strings.Cut(strings.Trim(own.Path, "/"), "/")
	if !deeper || len(first) < 3 || strings.ContainsAny(first, "0123456789") {
		return ""
	}
	path := "/" + first
	for _, a := range l.all {
		if ref := block.Attr(a, "href"); len(ref) > len(path)+80 || !strings.Contains(ref, path) {
			continue
		}
		u := l.target(a)
		if u == nil || strings.TrimSuffix(u.Path, "/") != path || withoutWWW(u) != withoutWWW(own) || l.page.Elems[l.page.Order[a]].Flags&block.InHidden != 0 {
			continue
		}
		if s := block.VisibleText(a); isMenuEntry(s) {
			return s
		}
	}
	return ""
}

func withoutWWW(u *url.URL) string { return strings.TrimPrefix(u.Hostname(), "www.") }

func isMenuEntry(s string) bool {
	f := text.Fold(s)
	return s != "" && block.CountWords(s) <= 4 && len(s) <= 40 && !otherLinks[f] && !homeWords[f] && f != "blog" && f != "news"
}

// declaredPaths are the paths to the page that its JSON-LD gives, each with the
// page itself as its last.
func declaredPaths(p *doc.Page) [][]string {
	var all [][]string
	for _, o := range p.LD {
		if !o.Is("BreadcrumbList") {
			continue
		}
		var names []string
		for _, it := range p.ObjectsOf(o, "itemListElement") {
			name := it.Text("name")
			if name == "" {
				name = it.Text("item")
			}
			if name != "" && !strings.HasPrefix(name, "http") {
				names = append(names, name)
			}
		}
		if len(names) > 0 {
			all = append(all, names)
		}
	}
	return all
}
