package scraper_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// A paper is a made-up newspaper site of honest parts and traps. Its pages come from
// its seed alone.
type paper struct {
	plan
	seed uint64

	mu      sync.Mutex
	asked   []string // paths with query
	answers int
}

// A plan says what a paper has.
type plan struct {
	articles int
	perPage  int    // articles on a page of a list
	style    string // of an article's address
	list     string // of the address of a list's further pages
	tags     int
	authors  int
	parts    map[string]bool // see lures
	session  string          // name of a parameter that all links have
	kept     bool            // it has one value; else each answer has another

	older     int    // pages of the chain of older posts
	oldDay    int    // days of the archive by day
	rare      int    // one day in so many has an article
	silent    int    // days at its beginning that have none
	archive   string // first segment of its addresses
	sitemap   int    // so many articles are announced
	documents int    // pages with a text of their own that are not articles
	misread   bool   // some lists pass for articles
	host      string // of the articles, if not that of the rest
}

// A sheet is one page of a paper.
type sheet struct {
	kind  string // "article", "list", "trap" or "missing"
	id    string // which article it is
	title string
	text  string
	links []string
}

func (p *paper) rnd(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(p.seed, h.Sum64()))
}

// prose makes sentences of n words.
func prose(r *rand.Rand, n int) string {
	syllables := []string{"ba", "ri", "to", "lem", "dun", "har", "wes", "ik", "po", "sal", "mer", "gu", "vin", "ost", "cla", "ne"}
	var b strings.Builder
	for i := range n {
		for range 2 + r.IntN(3) {
			b.WriteString(syllables[r.IntN(len(syllables))])
		}
		if i%12 == 11 {
			b.WriteString(". ")
		} else {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

var paperSections = []string{"politics", "sport", "culture", "business", "world-news", "opinion", "science", "local"}

func slugOf(r *rand.Rand) string {
	return strings.ReplaceAll(strings.TrimSpace(strings.ReplaceAll(prose(r, 4), ".", "")), " ", "-")
}

// address is the address of an article: n counts from 0; those of the older posts
// and the archive follow the recent ones.
func (p *paper) address(n int) string {
	r := p.rnd(fmt.Sprint("article", n))
	section := paperSections[n%len(paperSections)]
	slug := slugOf(r)
	if p.host != "" {
		return "http://" + p.host + "/" + section + "/" + slug
	}
	switch p.style {
	case "section":
		return "/" + section + "/" + slug
	case "root":
		return "/" + slug + "/"
	case "dated":
		return fmt.Sprintf("/%d/%02d/%02d/%s/", 2015+n%11, 1+n%12, 1+n%28, slug)
	case "number":
		return fmt.Sprintf("/%d", 1000+n)
	case "query":
		return fmt.Sprintf("/?p=%d", 1000+n)
	case "html":
		return fmt.Sprintf("/%s/article%d.html", section, 1000+n)
	}
	panic("no style " + p.style)
}

func (p *paper) further(section string, page int) string {
	if page == 1 {
		return "/" + section + "/"
	}
	switch p.list {
	case "path":
		return fmt.Sprintf("/%s/page/%d/", section, page)
	case "query":
		return fmt.Sprintf("/%s/?page=%d", section, page)
	case "offset":
		return fmt.Sprintf("/%s/?start=%d", section, (page-1)*p.perPage)
	}
	panic("no list " + p.list)
}

func (p *paper) total() int {
	n := p.articles + 2*p.older
	if p.oldDay > 0 {
		n += p.oldDay / p.rare
	}
	return n
}

// build makes all honest pages; traps are made when they are asked for.
func (p *paper) build() map[string]*sheet {
	pages := map[string]*sheet{}
	list := func(at, title string, links ...string) *sheet {
		s := &sheet{kind: "list", title: title, links: links}
		pages[at] = s
		return s
	}
	total := p.total()
	bySection := map[string][]int{}
	for n := range total {
		r := p.rnd(fmt.Sprint("text", n))
		a := &sheet{kind: "article", id: fmt.Sprint(n), title: prose(r, 6), text: prose(r, 200)}
		pages[p.address(n)] = a
		if n < p.articles {
			section := paperSections[n%len(paperSections)]
			bySection[section] = append(bySection[section], n)
			for range 3 { // newer ones of the section
				a.links = append(a.links, p.address(n%8+8*r.IntN(n/8+1)))
			}
		}
		for range 2 {
			if p.tags > 0 {
				a.links = append(a.links, fmt.Sprintf("/tag/%s", p.tag(r.IntN(p.tags))))
			}
		}
		if p.authors > 0 {
			a.links = append(a.links, fmt.Sprintf("/author/%s", p.author(r.IntN(p.authors))))
		}
		a.links = append(a.links, p.lures(n)...)
	}
	home := list("/", "The paper")
	for _, section := range paperSections {
		home.links = append(home.links, p.further(section, 1))
		own := bySection[section]
		for page := 1; (page-1)*p.perPage < len(own); page++ {
			s := list(p.further(section, page), section+" "+strconv.Itoa(page))
			for _, n := range own[(page-1)*p.perPage : min(len(own), page*p.perPage)] {
				s.links = append(s.links, p.address(n))
			}
			if page*p.perPage < len(own) || p.parts["endless"] {
				s.links = append(s.links, p.further(section, page+1))
			}
			if page > 1 {
				s.links = append(s.links, p.further(section, page-1))
			}
			if p.parts["facets"] {
				s.links = append(s.links, "/"+section+"/list?sort=date", "/"+section+"/list?color=red")
			}
		}
	}
	for n := range min(20, p.articles) {
		home.links = append(home.links, p.address(n))
	}
	for i := range p.tags {
		s := list("/tag/"+p.tag(i), "tag "+p.tag(i))
		r := p.rnd(fmt.Sprint("tag", i))
		for range 8 {
			s.links = append(s.links, p.address(r.IntN(p.articles)))
		}
	}
	for i := range p.authors {
		s := list("/author/"+p.author(i), "author "+p.author(i))
		r := p.rnd(fmt.Sprint("author", i))
		for range 8 {
			s.links = append(s.links, p.address(r.IntN(p.articles)))
		}
	}
	if p.older > 0 {
		home.links = append(home.links, "/older/2")
		for i := 2; i < p.older+2; i++ {
			s := list(fmt.Sprintf("/older/%d", i), fmt.Sprint("older ", i), p.address(p.articles+2*(i-2)), p.address(p.articles+2*(i-2)+1))
			if i < p.older+1 {
				s.links = append(s.links, fmt.Sprintf("/older/%d", i+1))
			}
		}
	}
	for n := range p.documents {
		r := p.rnd(fmt.Sprint("document", n))
		s := list(fmt.Sprintf("/docs/%s", slugOf(p.rnd(fmt.Sprint("document", n)))), "document")
		s.text = prose(r, 150)
		if n == 0 {
			home.links = append(home.links, fmt.Sprintf("/docs/%s", slugOf(p.rnd("document0"))))
		}
		for i := n*4 + 1; i <= n*4+4 && i < p.documents; i++ {
			s.links = append(s.links, fmt.Sprintf("/docs/%s", slugOf(p.rnd(fmt.Sprint("document", i)))))
		}
	}
	if p.oldDay > 0 {
		p.oldDays(list, home)
	}
	home.links = append(home.links, p.lures(0)...)
	return pages
}

// oldDays is an archive by year, month and day; all days have a page, few an article.
func (p *paper) oldDays(list func(string, string, ...string) *sheet, home *sheet) {
	first := p.articles + 2*p.older
	index := list("/"+p.archive+"/", "archive")
	home.links = append(home.links, "/"+p.archive+"/")
	r := p.rnd("days")
	with := r.Perm(p.oldDay - p.silent)[:p.oldDay/p.rare]
	for i := range with {
		with[i] += p.silent
	}
	slices.Sort(with)
	var year, month *sheet
	for d := range p.oldDay {
		y := fmt.Sprintf("/%s/%d/", p.archive, 1990+d/336)
		m := fmt.Sprintf("%s%02d/", y, 1+d/28%12)
		at := fmt.Sprintf("%s%02d/", m, 1+d%28)
		if d%336 == 0 {
			index.links = append(index.links, y)
			year = list(y, y)
		}
		if d%28 == 0 {
			year.links = append(year.links, m)
			month = list(m, m)
		}
		month.links = append(month.links, at)
		day := list(at, at, m)
		if i, ok := slices.BinarySearch(with, d); ok {
			day.links = append(day.links, p.address(first+i))
		}
	}
}

func (p *paper) tag(i int) string {
	w := strings.Fields(prose(p.rnd(fmt.Sprint("t", i)), 2))
	if i%2 == 0 {
		return w[0]
	}
	return w[0] + "-" + w[1]
}

func (p *paper) author(i int) string {
	w := strings.Fields(prose(p.rnd(fmt.Sprint("a", i)), 2))
	return w[0] + "-" + w[1]
}

// lures are links of a page into traps.
func (p *paper) lures(n int) []string {
	var out []string
	for part, links := range map[string][]string{
		"calendar": {fmt.Sprintf("/calendar/2026/%02d/%02d", 1+n%12, 1+n%28), "/calendar/2026/11"},
		"events":   {fmt.Sprintf("/events?month=2026-%02d", 1+n%12)},
		"facets":   {"/list?color=red", "/list?sort=date", "/list?size=2"},
		"search":   {fmt.Sprintf("/search?q=word%d", n), fmt.Sprintf("/search?q=other%d", n%50)},
		"quotes":   {fmt.Sprintf("/x/%x", 0xabc123+n)},
		"print":    {fmt.Sprintf("/print/%d", n)},
		"missing":  {fmt.Sprintf("/old/gone%d.html", n)},
		"months":   {fmt.Sprintf("/?m=20%02d%02d", n%26, 1+n%12)},
		"reply":    {fmt.Sprintf("/comments?replytocom=%d", n*7), fmt.Sprintf("/comments?replytocom=%d", n*7+1)},
	} {
		if p.parts[part] {
			out = append(out, links...)
		}
	}
	slices.Sort(out)
	return out
}

// trap makes a page of a trap; nil if there is none.
func (p *paper) trap(u *url.URL) *sheet {
	s := &sheet{kind: "trap", title: u.Path}
	q := u.Query()
	r := p.rnd(u.RequestURI())
	var y, m, d int
	part, _, _ := strings.Cut(u.Path[1:], "/")
	switch {
	case p.parts["calendar"] && part == "calendar":
		if n, _ := fmt.Sscanf(u.Path, "/calendar/%d/%d/%d", &y, &m, &d); n < 3 {
			for i := range 28 {
				s.links = append(s.links, fmt.Sprintf("/calendar/%d/%02d/%02d", y, m, i+1))
			}
			s.links = append(s.links, fmt.Sprintf("/calendar/%d/%02d", y+m/12, m%12+1), fmt.Sprintf("/calendar/%d/%02d", y-(13-m)/12, (m+10)%12+1))
			s.title = fmt.Sprintf("Calendar of %d, month %d", y, m)
			return s
		}
		s.links = []string{fmt.Sprintf("/calendar/%d/%02d/%02d", y, m, d%28+1), fmt.Sprintf("/calendar/%d/%02d/%02d", y, m, (d+26)%28+1), fmt.Sprintf("/calendar/%d/%02d", y, m),
			fmt.Sprintf("/calendar/%d/%02d/%02d", y+1, m, d), p.address(r.IntN(p.articles))}
		s.text = "Nothing is on at this day. Please come back later and look at our other pages."
	case p.parts["events"] && part == "events":
		if n, _ := fmt.Sscanf(q.Get("month"), "%d-%d", &y, &m); n < 2 {
			return nil
		}
		s.links = []string{fmt.Sprintf("/events?month=%d-%02d", y+m/12, m%12+1), fmt.Sprintf("/events?month=%d-%02d", y-(13-m)/12, (m+10)%12+1), fmt.Sprintf("/events?month=%d-%02d&day=%d", y, m, 1+y%28)}
		s.text = fmt.Sprintf("Events of month %d in %d: none.", m, y)
	case p.parts["facets"] && (part == "list" || strings.HasSuffix(u.Path, "/list")):
		for name, values := range map[string][]string{"color": {"red", "blue", "green"}, "size": {"1", "2", "3"}, "sort": {"date", "title"}, "view": {"grid", "rows"}} {
			for _, v := range values {
				next := u.Query()
				next.Set(name, v)
				s.links = append(s.links, u.Path+"?"+next.Encode())
			}
		}
		slices.Sort(s.links)
		for range 6 {
			s.links = append(s.links, p.address(r.IntN(p.articles)))
		}
	case p.parts["search"] && part == "search":
		for range 6 {
			s.links = append(s.links, p.address(r.IntN(p.articles)))
		}
		s.links = append(s.links, fmt.Sprintf("/search?q=%s", strings.Fields(prose(r, 1))[0]), fmt.Sprintf("/search?q=%s&page=2", q.Get("q")))
	case p.parts["quotes"] && part == "x":
		s.text = prose(r, 15)
		for range 5 {
			s.links = append(s.links, fmt.Sprintf("/x/%x", r.IntN(1<<30)))
		}
	case p.parts["print"] && part == "print":
		if n, err := strconv.Atoi(u.Path[len("/print/"):]); err == nil {
			text := p.rnd(fmt.Sprint("text", n))
			return &sheet{kind: "trap", id: fmt.Sprint(n), title: prose(text, 6), text: prose(text, 200)}
		}
		return nil
	case p.parts["months"] && q.Has("m"):
		for range 6 {
			s.links = append(s.links, p.address(r.IntN(p.articles)))
		}
	case p.parts["reply"] && part == "comments":
		s.text = "Please log in to write a comment on what you have read here."
	case p.parts["endless"] && slices.Contains(paperSections, part):
		page := 0
		if n, err := strconv.Atoi(strings.Trim(strings.TrimPrefix(u.Path, "/"+part+"/page/"), "/")); err == nil {
			page = n
		}
		if n, err := strconv.Atoi(q.Get("page")); err == nil {
			page = n
		}
		if page == 0 {
			return nil
		}
		s.links = []string{p.further(part, page+1), p.further(part, page-1)}
		s.text = fmt.Sprintf("Page %d of this section has no more stories.", page)
	default:
		return nil
	}
	return s
}

// plain is an address without its session.
func (p *paper) plain(u *url.URL) *url.URL {
	v := *u
	if p.session == "/" {
		_, v.Path, _ = strings.Cut(u.Path[1:], "/")
		v.Path = "/" + v.Path
		return &v
	}
	q := v.Query()
	q.Del(p.session)
	v.RawQuery = q.Encode()
	return &v
}

// at is the address of a page as links have it.
func (p *paper) at(u *url.URL) string {
	if u.Host != "a.example" {
		return u.String()
	}
	return u.RequestURI()
}

// fetcher answers requests for the paper's pages without a network.
func (p *paper) fetcher() scraper.Fetcher {
	pages := p.build()
	return fetcherFunc(func(_ context.Context, req *scraper.Request) (*scraper.Response, error) {
		resp := &scraper.Response{Request: req, URL: req.URL, Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/html"}}, DetectHTML: isHTML,
			Exchanges: []*scraper.Exchange{{URL: req.URL, RemoteAddr: "127.0.0.1:80"}}}
		u := p.plain(req.URL)
		if req.Kind == scraper.KindSitemap && p.sitemap > 0 {
			var b strings.Builder
			b.WriteString("<urlset>")
			for n := range p.sitemap {
				fmt.Fprintf(&b, "<url><loc>http://a.example%s</loc></url>", p.address(n))
			}
			resp.Body = []byte(b.String() + "</urlset>")
			return resp, nil
		}
		s := pages[p.at(u)]
		if s == nil && req.Kind == scraper.KindPage {
			s = p.trap(u)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if req.Kind == scraper.KindPage {
			p.asked = append(p.asked, req.URL.String())
		}
		if s == nil {
			resp.Status = http.StatusNotFound
			resp.Body = []byte("<title>Not found</title>")
			return resp, nil
		}
		p.answers++
		resp.Body = p.render(pages, s, req.URL.Query().Get(p.session))
		return resp, nil
	})
}

func (p *paper) render(pages map[string]*sheet, s *sheet, sid string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "<title>%s</title><header><a href=/>home</a></header><h1>%s</h1>", s.title, s.title)
	if s.id != "" {
		fmt.Fprintf(&b, "<article id=%s><p>%s</p></article>", s.id, s.text)
	} else {
		fmt.Fprintf(&b, "<p>%s</p>", s.text)
	}
	if !p.kept || sid == "" {
		sid = fmt.Sprintf("5e%08x1d", p.answers*7919)
	}
	for _, l := range s.links {
		title := "more"
		if a := pages[l]; a != nil {
			title = a.title
		}
		if p.session == "/" {
			l = "/" + sid + l
		} else if p.session != "" {
			mark := "?"
			if strings.Contains(l, "?") {
				mark = "&"
			}
			l += mark + p.session + "=" + sid
		}
		fmt.Fprintf(&b, "<p><a href='%s'>%s</a></p>", l, title)
	}
	return []byte(b.String())
}
