package parsers

import (
	"net/url"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html/atom"
)

// crumbNames are words of the names of paths, kickerNames those of lines above a
// headline that say its section.
var (
	crumbNames  = wordsOf("breadcrumb breadcrumbs breadcrumbnav crumb crumbs brotkrumen brotkrume ariane filariane migas migaspan kruimelpad navtrail trail")
	kickerNames = wordsOf(`kicker overline roofline topline eyebrow supertitle pretitle dachzeile spitzmarke oberzeile ressort rubrik rubric rubrique section category categories cat channel
		topic topics surtitre occhiello sezione categoria seccion sección vignette kategori kategoria kategorie emne osio rubryka subject`)
)

// homeWords are what paths call the front page, folded.
var homeWords = map[string]bool{}

// noSections are links that stand above a headline and lead to no section, folded.
var noSections = map[string]bool{}

func init() {
	for w := range strings.SplitSeq(`home|homepage|home page|start|startseite|inicio|portada|início|página inicial|accueil|inizio|homepagina|voorpagina|hem|startsida|forside|hjem|etusivu|esileht|sākums|pradžia|
		strona główna|domů|úvod|domov|naslovnica|naslovna|početna|kezdőlap|címlap|acasă|prima pagină|kryefaqja|ana sayfa|anasayfa|beranda|laman utama|trang chủ|главная|головна|галоўная|начало|почетна|
		αρχική|الرئيسية|خانه|صفحه اصلی|ہوم|דף הבית|ראשי|होम|मुख्य पृष्ठ|হোম|முகப்பு|หน้าแรก|首页|首頁|ホーム|トップ|홈|front page|main|index|overview|alle artikel|all`, "|") {
		homeWords[fold(w)] = true
	}
	for w := range strings.SplitSeq(`menu|menü|sections|menusections|search|suche|buscar|rechercher|cerca|zoeken|sök|login|log in|sign in|sign up|signin|register|anmelden|abo|abonnieren|subscribe|subscription|newsletter|
		newsletters|get started|contact|contact us|kontakt|about|about us|share|print|back|zurück|download|donate|spenden|faq|help|next|previous|read more|mehr|more|live|video|podcast|shop|store|epaper|e-paper|app|
		advertisement|anzeige|sponsored|comments|kommentare|follow us|my account|mein konto|skip to content|close|all posts|latest|home|free trial|book a demo|pricing|request a demo|by|article|articles|artikel|post|posts|back to blog|blog`, "|") {
		noSections[fold(w)] = true
	}
}

// findSection is the part of the publication that a story stands in: what the
// page declares, else its path, else the line above the headline, else the
// entry of the site's menu that its address begins with.
func (x *index) findSection(title string) (string, Provenance) {
	won, from := "", Provenance{}
	take := func(s, where string, sure float64) {
		s = block.Clean(s)
		if strings.Count(s, ",") > 1 {
			s, _, _ = strings.Cut(s, ",") // a list of them
			s = strings.TrimSpace(s)
		}
		if s == "" {
			return
		}
		c := Candidate{Field: "section", Value: s, From: where, Score: sure}
		switch f := fold(s); {
		case len(s) > 80 || f == "" || strings.Contains(s, "://"):
			c.Why = "no name"
		case homeWords[f]:
			c.Why = "the front page"
		case x.isSite(s):
			c.Why = "the site's name"
		case foldEqual(s, title):
			c.Why = "the title"
		case strings.HasPrefix(where, "dom:") && (noSections[f] || strings.ContainsAny(s, "0123456789…") || strings.HasSuffix(s, "...")):
			c.Why = "no section's name"
		case won != "":
			c.Why = "another is surer"
		default:
			c.Won, c.Why = true, "the first by rank"
			won, from = s, Provenance{where, sure}
		}
		x.candidate(c)
	}
	if o := x.article(); o != nil {
		for _, s := range texts(o["articleSection"]) {
			take(entities(s), "jsonld:articleSection", 0.9)
		}
	}
	for _, name := range []string{"article:section", "section", "parsely-section", "og:section", "cxenseparse:section", "sailthru.section", "dc.subject.section"} {
		for _, v := range x.Metas[name] {
			take(v, "meta:"+name, 0.85)
		}
	}
	if won != "" && !x.explaining() {
		return won, from
	}
	for _, names := range x.breadcrumbs() {
		for i := len(names) - 1; i >= 0; i-- {
			if len(names[i]) < 60 && (i < len(names)-1 || len(names) == 2) {
				take(names[i], "jsonld:BreadcrumbList", 0.7)
			}
		}
	}
	if won != "" && !x.explaining() {
		return won, from
	}
	b := x.titleBlock(title)
	if b == nil {
		b = x.titleBlock(x.h1Text())
	}
	if b != nil {
		take(x.crumb(b, title), "dom:breadcrumb", 0.7)
		take(x.kicker(b), "dom:kicker", 0.6)
	}
	if won == "" {
		take(x.menuEntry(), "dom:menu", 0.5)
	}
	return won, from
}

// crumb is the last link but the page itself of the path that a page shows.
func (x *index) crumb(title *block.Block, text string) string {
	last := ""
	for i := max(0, title.N-60); i < min(len(x.Blocks), title.N+4); i++ {
		c := x.Blocks[i]
		if c.Link == 0 || c.Words > 24 || c.Flags&(block.InHidden|block.InFooter) != 0 || !namedAbove(c.Node, crumbNames, 6) {
			continue
		}
		seen := 0
		for d := range c.Node.Descendants() {
			if seen++; seen > maxWithin {
				break
			}
			if d.DataAtom != atom.A {
				continue
			}
			if s := block.VisibleText(d); s != "" && block.CountWords(s) <= 5 && !homeWords[fold(s)] && !x.isSite(s) && !foldEqual(s, text) {
				last = s
			}
		}
		if c.Node.DataAtom == atom.A && !homeWords[fold(c.Text)] && !x.isSite(c.Text) && !foldEqual(c.Text, text) && c.Words <= 5 {
			last = c.Text
		}
	}
	return last
}

// kicker is a short link directly above the title, as themes print a section:
// one that is called so, or that leads up the page's own address.
func (x *index) kicker(title *block.Block) string {
	for i := title.N - 1; i >= max(0, title.N-3); i-- {
		c := x.Blocks[i]
		if c.Words < 1 || c.Words > 4 || c.Flags&(block.InNav|block.InHidden|block.InTable|block.InForm|block.InButton|block.InDialog) != 0 || strings.ContainsAny(c.Text, "0123456789›»/") || noSections[fold(c.Text)] {
			continue
		}
		linked := c.Link*10 >= len(c.Text)*8
		if linked && x.above(c) || namedAbove(c.Node, kickerNames, 2) && (linked || c.Link == 0) && !bylineLine(c.Text) {
			return c.Text
		}
		if linked && (x.linkWithin(c, "category") || x.linkWithin(c, "/category/") || x.linkWithin(c, "/section/") || x.linkWithin(c, "/rubrik/")) {
			return c.Text
		}
	}
	return ""
}

// above reports whether a block's link leads to where the page's address begins.
func (x *index) above(b *block.Block) bool {
	if x.page.URL == nil {
		return false
	}
	a := anchorOf(b.Node)
	if b.Node.DataAtom == atom.A {
		a = b.Node
	}
	if a == nil {
		return false
	}
	u, err := url.Parse(x.resolve(block.Attr(a, "href")))
	if err != nil {
		return false
	}
	p := strings.TrimSuffix(u.Path, "/")
	return len(p) > 1 && u.Hostname() == x.page.URL.Hostname() && strings.HasPrefix(x.page.URL.Path, p+"/")
}

// linkWithin reports whether a block's link says a word in its rel or address.
func (x *index) linkWithin(b *block.Block, word string) bool {
	a := anchorOf(b.Node)
	if b.Node.DataAtom == atom.A {
		a = b.Node
	}
	return a != nil && (strings.Contains(block.Attr(a, "rel"), word) || strings.Contains(block.Attr(a, "href"), word))
}

// menuEntry is what the site's menu calls the first part of the page's address.
func (x *index) menuEntry() string {
	if x.page.URL == nil {
		return ""
	}
	parts := strings.Split(strings.Trim(x.page.URL.Path, "/"), "/")
	if len(parts) < 2 || len(parts[0]) < 3 || strings.ContainsAny(parts[0], "0123456789") {
		return ""
	}
	want := "/" + parts[0]
	for _, e := range x.Elems[1:] {
		if e.Node.DataAtom != atom.A || e.Flags&block.InHidden != 0 {
			continue
		}
		ref := block.Attr(e.Node, "href")
		if len(ref) > len(want)+80 || !strings.Contains(ref, want) {
			continue
		}
		if u, err := url.Parse(x.resolve(ref)); err != nil || strings.TrimSuffix(u.Path, "/") != want || strings.TrimPrefix(u.Hostname(), "www.") != strings.TrimPrefix(x.page.URL.Hostname(), "www.") {
			continue
		}
		s := block.VisibleText(e.Node)
		if f := fold(s); s != "" && block.CountWords(s) <= 4 && len(s) <= 40 && !noSections[f] && !homeWords[f] && f != "blog" && f != "news" {
			return s
		}
	}
	return ""
}

// breadcrumbs are the paths to the page that its JSON-LD gives, each with the
// page itself as its last.
func (x *index) breadcrumbs() [][]string {
	var all [][]string
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
		if len(names) > 0 {
			all = append(all, names)
		}
	}
	return all
}

func (x *index) h1Text() string {
	for _, b := range x.H1 {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter) == 0 {
			return b.Text
		}
	}
	return ""
}
