package scraper

import (
	"hash"
	"hash/fnv"
	"io"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsmorgue/newsmorgue/scraper/weburl"
)

// Bounds of what is read of a page, and remembered.
const (
	maxSameText  = 30 // URLs of a host that give the same text
	maxSameShape = 300
	maxShapes    = 200_000
	shapeText    = 12_000 // bytes of a page's text
	thinPage     = 80     // words
	longLetters  = 30     // bytes of letters that make a text a longer one
	maxTexts     = 500_000
)

// A look is what the text of a page says about whether it is another page than those
// before it.
type look struct {
	text     uint64 // of what an article says, or else of the page; 0 if there is none
	isNew    bool   // no other page had this text
	own      bool   // enough of its longer texts are its own: it does not put together those of others, as a list does
	fresh    int    // bytes of its longer texts that no other page had
	same     int    // URLs with the text of the page
	numbers  int    // pages that differ from it in numbers only
	articles bool
	thin     bool
	giving   bool // pages of its shape lead to new articles
	found    PageLinks
}

// look reads the text of a page.
func (r *run) look(resp *Response, out Outcome) look {
	doc, err := resp.Document()
	if err != nil {
		return look{}
	}
	s := shaper{text: fnv.New64a(), letters: fnvOffset, left: shapeText}
	_, _ = io.WriteString(s.text, resp.URL.Host) // a hash takes everything
	for _, c := range resp.URL.Host {
		s.letters = (s.letters ^ uint64(c)) * fnvPrime
	}
	s.letters *= fnvPrime // so that it never equals the hash of a text
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
	l := look{articles: out.Article, thin: s.words < thinPage, giving: r.giving(resp.Request.URL)}
	l.same = count(s.text.Sum64())
	l.isNew = l.same <= 1
	if s.words > 0 {
		l.text = s.text.Sum64()
	}
	if out.Text != 0 {
		l.text = out.Text
		l.isNew = count(out.Text) <= 1
	}
	if l.thin && !out.Article {
		l.numbers = count(s.letters)
	}
	url, via := r.yields.hash(resp.Request.URL), uint64(0)
	if resp.Request.Via != nil {
		via = r.yields.hash(resp.Request.Via)
	}
	all, listed := 0, 0
	for _, t := range s.longer {
		all += t.bytes
		first, known := r.texts[t.sum]
		switch {
		case !known:
			l.fresh += t.bytes
			if len(r.texts) < maxTexts {
				r.texts[t.sum] = url
			}
		case first == via:
			listed += t.bytes
		}
	}
	// Some lists have the whole text of the articles that they link to.
	l.own = s.left <= 0 || l.fresh+listed >= min(freshBytes, all/4)
	return l
}

// trap says why the links of a page are not worth following; "" if they are. Soft
// 404s, calendars and facets give the same page under an endless number of URLs: if
// many URLs had its title and text, or if it is short, not an article, and differs
// from very many pages only in its numbers, it is kept but its links are not followed.
// Empty days of an archive are such pages, too, so a shape that leads to new articles
// is exempt.
func (l look) trap() string {
	switch {
	case l.giving:
	case l.same > maxSameText:
		return "trap: the same page under over 30 URLs"
	case l.thin && !l.articles && l.numbers > maxSameShape:
		return "trap: over 300 pages that differ in numbers only"
	}
	return ""
}

// A shaper hashes a page's title and text: all of it, its letters only, and each of
// its longer texts.
type shaper struct {
	text        hash.Hash64
	letters     uint64
	longer      []longText
	words, left int
}

// A longText is the text of one node.
type longText struct {
	sum   uint64
	bytes int
}

// FNV-1a, written out: its Write would need a copy of the letters.
const (
	fnvOffset = 14695981039346656037
	fnvPrime  = 1099511628211
)

func (s *shaper) node(n *html.Node) {
	if s.left <= 0 {
		return
	}
	switch {
	case n.Type == html.TextNode:
		text := n.Data[:min(len(n.Data), s.left)]
		s.left -= len(text)
		_, _ = io.WriteString(s.text, text)
		if own, letters := s.read(text); letters >= longLetters {
			s.longer = append(s.longer, longText{own, len(text)})
		}
		return
	case n.Type == html.ElementNode && slices.Contains([]atom.Atom{atom.Script, atom.Style, atom.Template, atom.Nav, atom.Footer, atom.Noscript}, n.DataAtom):
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		s.node(c)
	}
}

// read counts the words of a text and hashes its letters. It returns the hash of all
// but its white space, and how many bytes of letters it has.
func (s *shaper) read(text string) (own uint64, letters int) {
	own = fnvOffset
	all, inWord := s.letters, false
	for i := 0; i < len(text); {
		c, size := rune(text[i]), 1
		var space, letter bool
		if c < utf8.RuneSelf { // most of a text
			space = c == ' ' || c >= '\t' && c <= '\r'
			letter = c|0x20 >= 'a' && c|0x20 <= 'z'
		} else {
			c, size = utf8.DecodeRuneInString(text[i:])
			space, letter = unicode.IsSpace(c), unicode.IsLetter(c)
		}
		i += size
		if space {
			inWord = false
			continue
		}
		if !inWord {
			s.words++
		}
		inWord = true
		own = (own ^ uint64(c)) * fnvPrime
		if letter {
			letters += size
			all = (all ^ uint64(c)) * fnvPrime
		}
	}
	s.letters = all
	return own, letters
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
