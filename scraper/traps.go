package scraper

import (
	"hash"
	"hash/fnv"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsmorgue/newsmorgue/scraper/weburl"
)

// Bounds of what freshShape remembers and reads.
const (
	maxSameText  = 30 // URLs of a host that give the same text
	maxSameShape = 300
	maxShapes    = 200_000
	shapeText    = 4000 // bytes of a page's text
	thinPage     = 80   // words
)

// freshShape reports whether the links of a page are worth following. Soft 404s,
// calendars and facets give the same page under an endless number of URLs: if many
// URLs had its title and text, or if it is short, not an article, and differs from
// very many pages only in its numbers, it is kept but its links are not followed.
// why says which.
func (r *run) freshShape(resp *Response, out Outcome) (fresh bool, why string) {
	doc, err := resp.Document()
	if err != nil {
		return true, ""
	}
	s := shaper{text: fnv.New64a(), letters: fnv.New64a(), left: shapeText}
	for _, h := range []hash.Hash{s.text, s.letters} {
		h.Write([]byte(resp.URL.Host))
	}
	s.letters.Write([]byte{0}) // so that it never equals the hash of a text
	s.node(doc)
	r.mu.Lock()
	defer r.mu.Unlock()
	count := func(sum uint64) int {
		n, known := r.shapes[sum]
		if known || len(r.shapes) < maxShapes {
			n++
			r.shapes[sum] = n
		}
		return n
	}
	if count(s.text.Sum64()) > maxSameText {
		return false, "trap: the same page under over 30 URLs"
	}
	if s.words < thinPage && !out.Article && count(s.letters.Sum64()) > maxSameShape {
		return false, "trap: over 300 pages that differ in numbers only"
	}
	return true, ""
}

// A shaper hashes a page's title and text: all of it, and its letters only.
type shaper struct {
	text, letters hash.Hash64
	words, left   int
}

func (s *shaper) node(n *html.Node) {
	if s.left <= 0 {
		return
	}
	switch {
	case n.Type == html.TextNode:
		text := n.Data[:min(len(n.Data), s.left)]
		s.left -= len(text)
		s.words += len(strings.Fields(text))
		s.text.Write([]byte(text))
		s.letters.Write([]byte(strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) {
				return r
			}
			return -1
		}, text)))
		return
	case n.Type == html.ElementNode && slices.Contains([]atom.Atom{atom.Script, atom.Style, atom.Template, atom.Nav, atom.Footer, atom.Noscript}, n.DataAtom):
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		s.node(c)
	}
}

// variantParams are query parameters, with their values, by which sites name the
// AMP or print edition of a page.
var variantParams = map[string]string{
	"amp": "1|true|amp|", "outputtype": "amp", "output": "amp|print", "view": "print|amp", "print": "1|true|yes|print|", "printable": "1|true|yes|",
	"printerfriendly": "1|true|yes|", "print_view": "1|true|", "mode": "print",
}

// variantPath are the paths of such editions; group 1 is that of the page.
var variantPath = regexp.MustCompile(`(?i)^(/.*[^/]+-[^/]*|/.*\d[^/]*|/[^/]+/[^/]+/[^/]+)/(?:amp|print|drucken|imprimir)/?$`)

// variantNames are the last parts of paths that variantPath asks for.
var variantNames = []string{"amp", "print", "drucken", "imprimir"}

// variantOf is the path of the page whose edition has a path; "" if it is not one's.
func variantOf(path string) string {
	whole := strings.TrimSuffix(path, "/")
	last := whole[strings.LastIndexByte(whole, '/')+1:]
	if !slices.ContainsFunc(variantNames, func(name string) bool { return strings.EqualFold(last, name) }) {
		return "" // as nearly all links of a page are; the expression takes long
	}
	if m := variantPath.FindStringSubmatch(path); m != nil {
		return m[1]
	}
	return ""
}

// plainVariant is the URL of the page whose AMP or print edition u names: only the
// page itself is fetched.
func plainVariant(u *url.URL) *url.URL {
	path, query := u.EscapedPath(), u.RawQuery
	if m := variantOf(path); m != "" {
		slash := strings.HasSuffix(path, "/")
		path = m
		if slash && !strings.Contains(path[strings.LastIndexByte(path, '/'):], ".") {
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
	if path == u.EscapedPath() && query == u.RawQuery {
		return u
	}
	plain := &url.URL{Scheme: u.Scheme, Host: u.Host, RawQuery: query}
	weburl.SetPath(plain, path)
	return plain
}

// Bounds of what is learned of query parameters.
const (
	disowned  = 3 // pages whose canonical link leaves a parameter out
	maxNoise  = 10_000
	maxParams = 20 // of one URL
)

// selecting are parameters that choose what a page shows, whatever its canonical
// link says: many sites give all pages of a list the address of the first.
var selecting = map[string]bool{
	"page": true, "p": true, "pg": true, "paged": true, "seite": true, "pagina": true, "start": true, "offset": true, "from": true, "id": true, "q": true, "s": true,
	"query": true, "search": true, "cat": true, "category": true, "tag": true, "year": true, "month": true, "day": true, "date": true, "lang": true, "article": true, "story": true, "post": true,
}

// learn counts the query parameters that a page's canonical link leaves out.
func (r *run) learn(asked, canonical *url.URL) {
	if asked.RawQuery == "" || asked.Host != canonical.Host || asked.Path != canonical.Path {
		return
	}
	own := canonical.Query()
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for name := range asked.Query() {
		key := asked.Host + "?" + name
		if n++; n > maxParams || selecting[strings.ToLower(name)] || own.Has(name) || len(r.noise) >= maxNoise {
			continue
		}
		r.noise[key]++
	}
}

// withoutNoise removes the parameters that a host's canonical links leave out.
func (r *run) withoutNoise(u *url.URL) *url.URL {
	if u.RawQuery == "" {
		return u
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.noise) == 0 {
		return u
	}
	var kept []string
	for p := range strings.SplitSeq(u.RawQuery, "&") {
		name, _, _ := strings.Cut(p, "=")
		if r.noise[u.Host+"?"+name] < disowned {
			kept = append(kept, p)
		}
	}
	query := strings.Join(kept, "&")
	if query == u.RawQuery {
		return u
	}
	return &url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path, RawPath: u.RawPath, RawQuery: query}
}
