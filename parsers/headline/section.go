package headline

import (
	"net/url"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/byline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html/atom"
)

// crumbNames are words of the names of paths, kickerNames those of lines above a
// headline that say its section.
var (
	crumbNames  = text.Set("breadcrumb breadcrumbs breadcrumbnav crumb crumbs brotkrumen brotkrume ariane filariane migas migaspan kruimelpad navtrail trail")
	kickerNames = text.Set(`kicker overline roofline topline eyebrow supertitle pretitle dachzeile spitzmarke oberzeile ressort rubrik rubric rubrique section category categories cat channel
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
		homeWords[text.Fold(w)] = true
	}
	for w := range strings.SplitSeq(`menu|menü|sections|menusections|search|suche|buscar|rechercher|cerca|zoeken|sök|login|log in|sign in|sign up|signin|register|anmelden|abo|abonnieren|subscribe|subscription|newsletter|
		newsletters|get started|contact|contact us|kontakt|about|about us|share|print|back|zurück|download|donate|spenden|faq|help|next|previous|read more|mehr|more|live|video|podcast|shop|store|epaper|e-paper|app|
		advertisement|anzeige|sponsored|comments|kommentare|follow us|my account|mein konto|skip to content|close|all posts|latest|home|free trial|book a demo|pricing|request a demo|by|article|articles|artikel|post|posts|back to blog|blog`, "|") {
		noSections[text.Fold(w)] = true
	}
}

// Section is the part of the publication that a story stands in: what the
// page declares, else its path, else the line above the headline, else the
// entry of the site's menu that its address begins with.
func Section(p *doc.Page, title string) (string, article.Provenance) {
	won, from := "", article.Provenance{}
	take := func(s, where string, sure float64) {
		s = block.Clean(s)
		if strings.Count(s, ",") > 1 {
			s, _, _ = strings.Cut(s, ",") // a list of them
			s = strings.TrimSpace(s)
		}
		if s == "" {
			return
		}
		c := article.Candidate{Field: "section", Value: s, From: where, Score: sure}
		switch f := text.Fold(s); {
		case len(s) > 80 || f == "" || strings.Contains(s, "://"):
			c.Why = "no name"
		case homeWords[f]:
			c.Why = "the front page"
		case p.IsSite(s):
			c.Why = "the site's name"
		case text.EqualFold(s, title):
			c.Why = "the title"
		case strings.HasPrefix(where, "dom:") && (noSections[f] || strings.ContainsAny(s, "0123456789…") || strings.HasSuffix(s, "...")):
			c.Why = "no section's name"
		case won != "":
			c.Why = "another is surer"
		default:
			c.Won, c.Why = true, "the first by rank"
			won, from = s, article.Provenance{From: where, Confidence: sure}
		}
		p.AddCandidate(c)
	}
	if o := p.Article(); o != nil {
		for _, s := range doc.Texts(o["articleSection"]) {
			take(entities(s), "jsonld:articleSection", 0.9)
		}
	}
	for _, name := range []string{"article:section", "section", "parsely-section", "og:section", "cxenseparse:section", "sailthru.section", "dc.subject.section"} {
		for _, v := range p.Metas[name] {
			take(v, "meta:"+name, 0.85)
		}
	}
	if won != "" && !p.Explaining() {
		return won, from
	}
	for _, names := range breadcrumbs(p) {
		for i := len(names) - 1; i >= 0; i-- {
			if len(names[i]) < 60 && (i < len(names)-1 || len(names) == 2) {
				take(names[i], "jsonld:BreadcrumbList", 0.7)
			}
		}
	}
	if won != "" && !p.Explaining() {
		return won, from
	}
	b := p.TitleBlock(title)
	if b == nil {
		b = p.TitleBlock(H1Text(p))
	}
	if b != nil {
		take(crumb(p, b, title), "dom:breadcrumb", 0.7)
		take(kicker(p, b), "dom:kicker", 0.6)
	}
	if won == "" {
		take(menuEntry(p), "dom:menu", 0.5)
	}
	return won, from
}

// crumb is the last link but the page itself of the path that a page shows.
func crumb(p *doc.Page, title *block.Block, str string) string {
	last := ""
	for i := max(0, title.N-60); i < min(len(p.Blocks), title.N+4); i++ {
		c := p.Blocks[i]
		if c.LinkBytes == 0 || c.Words > 24 || c.Flags&(block.InHidden|block.InFooter) != 0 || !namedAbove(c.Node, crumbNames, 6) {
			continue
		}
		seen := 0
		for d := range c.Node.Descendants() {
			if seen++; seen > doc.MaxWithin {
				break
			}
			if d.DataAtom != atom.A {
				continue
			}
			if s := block.VisibleText(d); s != "" && block.CountWords(s) <= 5 && !homeWords[text.Fold(s)] && !p.IsSite(s) && !text.EqualFold(s, str) {
				last = s
			}
		}
		if c.Node.DataAtom == atom.A && !homeWords[text.Fold(c.Text)] && !p.IsSite(c.Text) && !text.EqualFold(c.Text, str) && c.Words <= 5 {
			last = c.Text
		}
	}
	return last
}

// kicker is a short link directly above the title, as themes print a section:
// one that is called so, or that leads up the page's own address.
func kicker(p *doc.Page, title *block.Block) string {
	for i := title.N - 1; i >= max(0, title.N-3); i-- {
		c := p.Blocks[i]
		if c.Words < 1 || c.Words > 4 || c.Flags&(block.InNav|block.InHidden|block.InTable|block.InForm|block.InButton|block.InDialog) != 0 || strings.ContainsAny(c.Text, "0123456789›»/") || noSections[text.Fold(c.Text)] {
			continue
		}
		linked := c.LinkBytes*10 >= len(c.Text)*8
		if linked && above(p, c) || namedAbove(c.Node, kickerNames, 2) && (linked || c.LinkBytes == 0) && !byline.IsLine(c.Text) {
			return c.Text
		}
		if linked && (linkWithin(p, c, "category") || linkWithin(p, c, "/category/") || linkWithin(p, c, "/section/") || linkWithin(p, c, "/rubrik/")) {
			return c.Text
		}
	}
	return ""
}

// above reports whether a block's link leads to where the page's address begins.
func above(pg *doc.Page, b *block.Block) bool {
	if pg.Input.URL == nil {
		return false
	}
	a := anchorOf(b.Node)
	if b.Node.DataAtom == atom.A {
		a = b.Node
	}
	if a == nil {
		return false
	}
	u, err := url.Parse(pg.Resolve(block.Attr(a, "href")))
	if err != nil {
		return false
	}
	p := strings.TrimSuffix(u.Path, "/")
	return len(p) > 1 && u.Hostname() == pg.Input.URL.Hostname() && strings.HasPrefix(pg.Input.URL.Path, p+"/")
}

// linkWithin reports whether a block's link says a word in its rel or address.
func linkWithin(p *doc.Page, b *block.Block, word string) bool {
	a := anchorOf(b.Node)
	if b.Node.DataAtom == atom.A {
		a = b.Node
	}
	return a != nil && (strings.Contains(block.Attr(a, "rel"), word) || strings.Contains(block.Attr(a, "href"), word))
}

// menuEntry is what the site's menu calls the first part of the page's address.
func menuEntry(p *doc.Page) string {
	if p.Input.URL == nil {
		return ""
	}
	parts := strings.Split(strings.Trim(p.Input.URL.Path, "/"), "/")
	if len(parts) < 2 || len(parts[0]) < 3 || strings.ContainsAny(parts[0], "0123456789") {
		return ""
	}
	want := "/" + parts[0]
	for _, e := range p.Elems[1:] {
		if e.Node.DataAtom != atom.A || e.Flags&block.InHidden != 0 {
			continue
		}
		ref := block.Attr(e.Node, "href")
		if len(ref) > len(want)+80 || !strings.Contains(ref, want) {
			continue
		}
		if u, err := url.Parse(p.Resolve(ref)); err != nil || strings.TrimSuffix(u.Path, "/") != want || strings.TrimPrefix(u.Hostname(), "www.") != strings.TrimPrefix(p.Input.URL.Hostname(), "www.") {
			continue
		}
		s := block.VisibleText(e.Node)
		if f := text.Fold(s); s != "" && block.CountWords(s) <= 4 && len(s) <= 40 && !noSections[f] && !homeWords[f] && f != "blog" && f != "news" {
			return s
		}
	}
	return ""
}

// breadcrumbs are the paths to the page that its JSON-LD gives, each with the
// page itself as its last.
func breadcrumbs(p *doc.Page) [][]string {
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

func H1Text(p *doc.Page) string {
	for _, b := range p.H1 {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter) == 0 {
			return b.Text
		}
	}
	return ""
}
