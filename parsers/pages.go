package parsers

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/body"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html/atom"
)

// pages are the further pages of the same article, as its head announces them or
// a link below it leads there. The next story is none: only the number of
// the page may differ, by one.
func pages(p *doc.Page) []article.PageRef {
	at := p.Input.URL
	if at == nil || at.Host == "" {
		return nil
	}
	here, whole := pageOfURL(at, true), pageOfURL(at, false) // a number at its end may be the story's
	var found *url.URL
	try := func(href string, numbered bool) bool {
		u, err := url.Parse(p.Resolve(href))
		if err != nil || u.Host != at.Host {
			return false
		}
		u.Fragment = ""
		there := pageOfURL(u, true)
		switch {
		case there.loose && !numbered:
			return false
		case there.stem == whole.stem && there.n == whole.n+1:
		case there.stem == here.stem && there.n == here.n+1 && (there.named || here.n == 1 || here.n <= 30 && continues(p, here)):
		default:
			return false
		}
		found = u
		return true
	}
	for _, href := range p.Rels["next"][:min(len(p.Rels["next"]), 3)] {
		if try(href, true) {
			return []article.PageRef{{URL: found.String()}}
		}
	}
	for i := range p.Elems {
		e := &p.Elems[i]
		if e.Node == nil || e.Node.DataAtom != atom.A || e.Above&block.HintComment != 0 || e.Flags&block.InHidden != 0 {
			continue
		}
		href := strings.TrimSpace(block.Attr(e.Node, "href"))
		if !here.near(href) {
			continue
		}
		rel := " " + strings.ToLower(block.Attr(e.Node, "rel")) + " "
		next := strings.Contains(rel, " next ")
		text := ""
		if !next {
			text = block.VisibleText(e.Node)
		}
		if (next || leadsOn(text, here.n+1, whole.n+1)) && try(href, next || strings.ContainsAny(text, "23456789")) {
			return []article.PageRef{{URL: found.String()}}
		}
	}
	return nil
}

// A numbering is an address without the number of its page, and that number; 1 if
// it has none.
type numbering struct {
	stem  string
	last  string // segment of the stem's path
	n     int
	named bool // the address says that the number is that of a page
	loose bool // the number may as well tell two stories of one name apart
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
	path := u.EscapedPath()
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

// near is a cheap look whether a reference may lead to another page of the same
// article.
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
	nextWords = body.Words(`next nextpage nextpart continue continued weiter nächsteseite zurnächstenseite weiterzurnächstenseite weiterlesen suivant suivante pagesuivante lasuite siguiente páginasiguiente siguientepágina próxima
		próximapágina páginaseguinte seguinte avanti successiva paginasuccessiva prossima volgende volgendepagina nästa nästasida neste nesteside næste næsteside seuraava dalej następna następnastrona další дальше далее следующая
		следующаястраница sonraki sonrakisayfa berikutnya selanjutnya halamanberikutnya 次へ 次のページ 次のページへ 下一页 下一頁 다음 다음페이지 التالي keepreading`)
	pageWord = body.Words("page seite página pagina side sida strona teil part")
)

// continues reports whether the page itself continues a first one, to which it
// links, or a previous one, as its head says.
func continues(pg *doc.Page, here numbering) bool {
	for _, href := range pg.Rels["prev"][:min(len(pg.Rels["prev"]), 3)] {
		if u, err := url.Parse(pg.Resolve(href)); err == nil && u.Host == pg.Input.URL.Host {
			if p := pageOfURL(u, true); p.stem == here.stem && p.n == here.n-1 {
				return true
			}
		}
	}
	looked := 0
	for i := range pg.Elems {
		n := pg.Elems[i].Node
		if n == nil || n.DataAtom != atom.A {
			continue
		}
		if looked++; looked > 2000 {
			return false
		}
		u, err := url.Parse(pg.Resolve(block.Attr(n, "href")))
		if err != nil || u.Host != pg.Input.URL.Host {
			continue
		}
		if p := pageOfURL(u, true); p.n == 1 && p.stem == here.stem {
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
