package parsers

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// anchors are the links of a page; nextLinks are those that call themselves the next
// page (HTML, link type "next").
var (
	anchors   = doc.Select("a[href]")
	nextLinks = doc.Select("a[rel~=next i]")
)

// pages are the further pages of the same article, as its head announces them or
// a link leads there; nil if there are none. A link to the next story is none:
// only the number of the page may differ, by one.
func pages(p *doc.Page) []article.PageRef {
	f, ok := newPageFinder(p)
	if !ok {
		return nil
	}
	u := f.inHead()
	if u == nil {
		u = f.inBody()
	}
	if u == nil {
		return nil
	}
	return []article.PageRef{{URL: u.String()}}
}

// A pageFinder looks for the next page of an article.
type pageFinder struct {
	page  *doc.Page
	here  numbering // of the page's address
	whole numbering // the same, where a number at the path's end is the story's
}

func newPageFinder(p *doc.Page) (*pageFinder, bool) {
	u := p.Input.URL
	if u == nil || u.Host == "" {
		return nil, false
	}
	return &pageFinder{p, pageOfURL(u, true), pageOfURL(u, false)}, true
}

// inHead follows the page's link elements.
func (f *pageFinder) inHead() *url.URL {
	for _, href := range f.page.Rels["next"][:min(len(f.page.Rels["next"]), 3)] {
		if u := f.follow(href, true); u != nil {
			return u
		}
	}
	return nil
}

// inBody follows the links of the body that say that they lead on, by their type
// or by their text.
func (f *pageFinder) inBody() *url.URL {
	for _, n := range f.page.Select(anchors).Nodes {
		href := strings.TrimSpace(block.Attr(n, "href"))
		if e := &f.page.Elems[f.page.Order[n]]; !f.here.near(href) || e.PathHints&block.HintComment != 0 || e.Flags&block.InHidden != 0 {
			continue
		}
		declared, str := nextLinks.Matches(n), ""
		if !declared {
			str = block.VisibleText(n)
		}
		if !declared && !leadsOn(str, f.here.n+1, f.whole.n+1) {
			continue
		}
		if u := f.follow(href, declared || strings.ContainsAny(str, "23456789")); u != nil {
			return u
		}
	}
	return nil
}

// follow is where a link leads if that is the next page; else nil. numbered says
// that the link itself speaks of a page.
func (f *pageFinder) follow(href string, numbered bool) *url.URL {
	u, err := url.Parse(f.page.Resolve(href))
	if err != nil || u.Host != f.page.Input.URL.Host {
		return nil
	}
	u.Fragment = ""
	there := pageOfURL(u, true)
	switch {
	case there.loose && !numbered:
		return nil
	case there.stem == f.whole.stem && there.n == f.whole.n+1:
		return u
	case there.stem == f.here.stem && there.n == f.here.n+1:
		if there.named || f.here.n == 1 || f.here.n <= 30 && continues(f.page, f.here) {
			return u
		}
	}
	return nil
}

// A numbering is an address without the number of its page, and that number: 1 if
// it has none.
type numbering struct {
	stem  string
	last  string // segment of the stem's path
	n     int
	named bool // the address calls the number a page's
	loose bool // the number may as well be part of the story's name
}

var (
	pageParams = map[string]bool{"page": true, "pg": true, "paged": true, "pageno": true, "pagenum": true, "page_no": true, "seite": true, "pagina": true, "sida": true, "strona": true, "p": false}
	tracking   = map[string]bool{"fbclid": true, "gclid": true, "ref": true, "ico": true, "srsltid": true, "cmpid": true, "mc_cid": true, "mc_eid": true}
	// pagePart is what tells the pages of one article apart in their paths.
	pagePart  = regexp.MustCompile(`(?i)^(.+?)(?:[/_,-](page|seite|pagina|página|sida|strona|pg|p)[/_,-]?|([/_,-]))([1-9]\d{0,2})((?:\.[a-z]{2,5})?)/?$`)
	extension = regexp.MustCompile(`(?i)(?:/index)?(?:\.(?:html?|php|aspx?|jsp|shtml|xhtml))?/?$`)
	dateEnd   = regexp.MustCompile(`/(?:19|20)\d\d(?:[/-]\d{1,2})?$`)
)

// pageOfURL reads the number of a page from its address; from its path only if
// that is wanted.
func pageOfURL(u *url.URL, fromPath bool) numbering {
	p := numbering{n: 1}
	path := (&url.URL{Path: u.Path}).EscapedPath() // in one spelling, however the address has it
	if len(path) > 2000 {
		return numbering{stem: u.String(), n: 1}
	}
	var rest []string
	for key, values := range u.Query() {
		low := strings.ToLower(key)
		if named, ok := pageParams[low]; ok && len(values) == 1 && path != "" && path != "/" {
			if n, err := strconv.Atoi(values[0]); err == nil && n >= 0 && n < 1000 {
				p.n, p.named = max(n, 1), named
				continue
			}
		}
		if !tracking[low] && !strings.HasPrefix(low, "utm_") {
			rest = append(rest, key+"="+strings.Join(values, "&"))
		}
	}
	if m := pagePart.FindStringSubmatch(path); m != nil && fromPath && p.n == 1 && !dateEnd.MatchString(m[1]) {
		n, _ := strconv.Atoi(m[4])
		path, p.n, p.named, p.loose = m[1]+m[5], n, len(m[2]) > 1, m[3] == "-" && m[5] == ""
	}
	path = extension.ReplaceAllString(path, "")
	slices.Sort(rest)
	p.stem = path + "?" + strings.Join(rest, "&")
	p.last = path[strings.LastIndexByte(path, '/')+1:]
	return p
}

// near reports, at little cost, whether a reference may lead to another page of
// the same article.
func (p numbering) near(href string) bool {
	if href == "" || len(href) > 2000 || !strings.ContainsAny(href, "123456789") {
		return false
	}
	return len(href) <= 12 || href[0] == '?' || p.last != "" && strings.Contains(href, p.last)
}

// leadsOn reports whether a link says that it leads to the page of one of these
// numbers, or to the next one.
func leadsOn(s string, numbers ...int) bool {
	if len(s) > 40 {
		return false
	}
	folded := text.Fold(s)
	if nextWords[folded] || folded == "" && strings.ContainsAny(s, ">›»→") {
		return true
	}
	word := strings.TrimRight(folded, "0123456789")
	for _, n := range numbers {
		if folded[len(word):] == strconv.Itoa(n) && (word == "" || pageWord[word]) {
			return true
		}
	}
	return false
}

var (
	nextWords = text.Set(`next nextpage nextpart continue continued weiter nächsteseite zurnächstenseite weiterzurnächstenseite weiterlesen suivant suivante pagesuivante lasuite siguiente páginasiguiente siguientepágina próxima
		próximapágina páginaseguinte seguinte avanti successiva paginasuccessiva prossima volgende volgendepagina nästa nästasida neste nesteside næste næsteside seuraava dalej następna następnastrona další дальше далее следующая
		следующаястраница sonraki sonrakisayfa berikutnya selanjutnya halamanberikutnya 次へ 次のページ 次のページへ 下一页 下一頁 다음 다음페이지 التالي keepreading`)
	pageWord = text.Set("page seite página pagina side sida strona teil part")
)

// continues reports whether the page itself continues a first one, to which it
// links, or a previous one, as its head says.
func continues(p *doc.Page, here numbering) bool {
	isPage := func(href string, n int) bool {
		u, err := url.Parse(p.Resolve(href))
		if err != nil || u.Host != p.Input.URL.Host {
			return false
		}
		there := pageOfURL(u, true)
		return there.stem == here.stem && there.n == n
	}
	for _, href := range p.Rels["prev"][:min(len(p.Rels["prev"]), 3)] {
		if isPage(href, here.n-1) {
			return true
		}
	}
	links := p.Select(anchors).Nodes
	for _, n := range links[:min(len(links), 2000)] {
		if isPage(block.Attr(n, "href"), 1) {
			return true
		}
	}
	return false
}

var numbered = regexp.MustCompile(`(?i)(?:[?&](?:page|p|seite|pagina|pg)=\d{1,3}(?:&|$)|/\d{1,3}(?:\.\w{2,5})?/?$|[/_,-](?:page|seite|pagina|p)[/_-]?\d{1,3}(?:\.\w{2,5})?/?$)`)

// further reports whether this looks like the second or a later page of something.
func further(p *doc.Page) bool {
	return p.Input.URL != nil && (len(p.Rels["prev"]) > 0 || numbered.MatchString(p.Input.URL.RequestURI()))
}
