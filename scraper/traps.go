package scraper

import (
	"hash/fnv"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds of what freshShape remembers and reads.
const (
	maxSameShape = 30
	maxShapes    = 200_000
	shapeText    = 4000 // bytes of a page's text
)

// freshShape tells whether what a page links to is still worth asking for. Soft
// 404s, calendars and facets give the same page under URLs without end: where
// title and text, numbers aside, have been seen under many, the page is kept but
// leads nowhere.
func (r *run) freshShape(resp *Response) bool {
	doc, err := resp.Document()
	if err != nil {
		return true
	}
	h := fnv.New64a()
	h.Write([]byte(resp.URL.Host))
	left := shapeText
	shape(doc, h.Write, &left)
	sum := h.Sum64()
	r.mu.Lock()
	defer r.mu.Unlock()
	if n, known := r.shapes[sum]; known || len(r.shapes) < maxShapes {
		r.shapes[sum] = n + 1
		return n < maxSameShape
	}
	return true
}

// shape writes the letters of a page's title and text.
func shape(n *html.Node, write func([]byte) (int, error), left *int) {
	if *left <= 0 {
		return
	}
	switch {
	case n.Type == html.TextNode:
		text := strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) {
				return r
			}
			return -1
		}, n.Data[:min(len(n.Data), *left)])
		*left -= len(text)
		_, _ = write([]byte(text)) // a hash takes everything
		return
	case n.Type == html.ElementNode && slices.Contains([]atom.Atom{atom.Script, atom.Style, atom.Template, atom.Nav, atom.Footer, atom.Noscript}, n.DataAtom):
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		shape(c, write, left)
	}
}

// variantParams are query parameters, with their values, by which sites name the
// AMP or print edition of a page.
var variantParams = map[string]string{
	"amp": "1|true|amp|", "outputtype": "amp", "output": "amp|print", "view": "print|amp", "print": "1|true|yes|print|", "printable": "1|true|yes|",
	"printerfriendly": "1|true|yes|", "print_view": "1|true|", "mode": "print",
}

var variantPath = regexp.MustCompile(`(?i)^(/.*[^/]+-[^/]*|/.*\d[^/]*|/[^/]+/[^/]+/[^/]+)/(?:amp|print|drucken|imprimir)/?$`)

// plainVariant is the page of which a URL names the AMP or print edition: one of
// them is asked for, and it is the page itself.
func plainVariant(u *url.URL) *url.URL {
	path, query := u.Path, u.RawQuery
	if m := variantPath.FindStringSubmatch(path); m != nil {
		path = m[1]
		if strings.HasSuffix(u.Path, "/") && !strings.Contains(path[strings.LastIndexByte(path, '/'):], ".") {
			path += "/"
		}
	}
	if query != "" {
		var kept []string
		for p := range strings.SplitSeq(query, "&") {
			name, value, _ := strings.Cut(p, "=")
			values, known := variantParams[strings.ToLower(name)]
			if !known || !slices.Contains(strings.Split(values, "|"), strings.ToLower(value)) {
				kept = append(kept, p)
			}
		}
		query = strings.Join(kept, "&")
	}
	if path == u.Path && query == u.RawQuery {
		return u
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: path, RawQuery: query}
}
