package scraper

import (
	"hash/maphash"
	"net/url"
	"strconv"
	"strings"
)

// Sites put sessions, places of a click and random numbers into their addresses, so
// that each page has an endless number of them. That a parameter changes nothing
// shows in the pages: several texts, each the same under two values of it.

// Bounds of what is learned of copies.
const (
	copiedTexts   = 3 // different texts, each under two values of a parameter
	maxCopyParams = 8 // of one URL
	maxCopies     = 200_000
)

// A copied is a page by its address without one parameter.
type copied struct {
	url  uint64
	text uint64 // 0 while it is queued
}

// A paramRecord is what is known about one parameter of one host.
type paramRecord struct {
	texts        [copiedTexts]uint64 // different ones, each found under two values
	n            int                 // of these
	same, differ int                 // pages that had the text of another with another value, or had not
}

// noise reports whether a parameter changes nothing. A page that changes from one
// visit to the next, such as a front, may differ by itself.
func (p *paramRecord) noise() bool { return p != nil && p.n == copiedTexts && 4*p.differ <= p.same }

// copies is what a run knows about parameters that change nothing. The crawler's lock
// guards it.
type copies struct {
	pages  map[uint64]copied
	params map[string]*paramRecord // by host?name
	noisy  bool                    // a parameter may be noise
}

func newCopies() *copies {
	return &copies{pages: map[uint64]copied{}, params: map[string]*paramRecord{}}
}

// A part of a URL may be noise: a parameter of the query, by its name; a parameter of
// a segment of the path, by its name after a semicolon (RFC 3986, section 3.3); and a
// segment that is a token, as in /s/4f1c9d2ab0/story, by its place.
func partsOf(u *url.URL, yield func(name, text string)) {
	n, path := -1, u.EscapedPath() // it begins with a slash
	for path != "" {
		segment, rest, more := strings.Cut(path, "/")
		n++
		plain, params, _ := strings.Cut(segment, ";")
		if more && len(plain) >= 8 && classOf(plain).kind == 'H' {
			yield("/"+strconv.Itoa(n), plain)
		} else {
			yield("", plain)
		}
		for params != "" {
			var p string
			p, params, _ = strings.Cut(params, ";")
			name, _, _ := strings.Cut(p, "=")
			yield(";"+name, p)
		}
		path = rest
	}
	for query := u.RawQuery; query != ""; {
		var p string
		p, query, _ = strings.Cut(query, "&")
		name, _, _ := strings.Cut(p, "=")
		if selecting[strings.ToLower(name)] {
			name = ""
		}
		yield(name, p)
	}
}

// describePart names a part of a URL to people.
func describePart(name string) string {
	if number, ok := strings.CutPrefix(name, "/"); ok {
		return "the token in segment " + number + " of the path"
	}
	return "the parameter " + strings.TrimPrefix(name, ";")
}

// paramsOf lists the parts of a URL that may be noise, by name.
func paramsOf(u *url.URL) []string {
	var names []string
	partsOf(u, func(name, _ string) {
		if name != "" && len(names) < maxCopyParams {
			names = append(names, name)
		}
	})
	return names
}

// without hashes a URL without the parts for which drop is true; mark tells apart the
// hashes of different parts.
func (r *run) without(u *url.URL, mark string, drop func(name string) bool) uint64 {
	var h maphash.Hash
	h.SetSeed(r.yields.seed)
	h.WriteString(u.Scheme)
	h.WriteString(u.Host)
	partsOf(u, func(name, text string) {
		if name == "" || !drop(name) {
			h.WriteByte('&')
			h.WriteString(text)
		}
	})
	h.WriteByte(0)
	h.WriteString(mark)
	return h.Sum64()
}

func (r *run) isNoise(u *url.URL) func(name string) bool {
	return func(name string) bool { return r.copies.params[u.Host+"?"+name].noise() }
}

// learnCopy compares a page with others whose address differs in one parameter. The
// lock must be held.
func (r *run) learnCopy(u *url.URL, text uint64) {
	c := r.copies
	page := copied{r.yields.hash(u), text}
	keep := func(key uint64) {
		if _, known := c.pages[key]; known || len(c.pages) < maxCopies {
			c.pages[key] = page
		}
	}
	for _, name := range paramsOf(u) {
		one := func(n string) bool { return n == name }
		plain, marked := r.without(u, "", one), r.without(u, name, one)
		for _, key := range []uint64{plain, marked} {
			if other := c.pages[key]; other.text != 0 && other.url != page.url {
				r.compareCopies(u.Host+"?"+name, other.text, text)
				break
			}
		}
		keep(marked)
	}
	keep(r.without(u, "", func(string) bool { return false }))
	if c.noisy {
		keep(r.without(u, "", r.isNoise(u)))
	}
}

func (r *run) compareCopies(param string, a, b uint64) {
	p := r.copies.params[param]
	if p == nil {
		if len(r.copies.params) >= maxNoise {
			return
		}
		p = &paramRecord{}
		r.copies.params[param] = p
	}
	if a != b {
		p.differ++
		return
	}
	p.same++
	for _, known := range p.texts[:p.n] {
		if known == a {
			return
		}
	}
	if p.n < len(p.texts) {
		p.texts[p.n] = a
		p.n++
		r.copies.noisy = r.copies.noisy || p.n == len(p.texts)
	}
}

// copyOf returns the name of the parameter by which alone the address of a page
// differs from that of one that was fetched; "" if there is none. A redirect is
// followed as it comes: a site may insist on its sessions. The lock must be held.
func (r *run) copyOf(req *Request) string {
	if !r.copies.noisy || req.Hop == HopRedirect {
		return ""
	}
	isNoise := r.isNoise(req.URL)
	for _, name := range paramsOf(req.URL) {
		if !isNoise(name) {
			continue
		}
		own := r.yields.hash(req.URL)
		one := func(n string) bool { return n == name }
		for _, key := range []uint64{r.without(req.URL, "", isNoise), r.without(req.URL, name, one)} {
			if other := r.copies.pages[key]; other.text != 0 && other.url != own {
				return name
			}
		}
	}
	return ""
}

// newCopy reports whether a link leads to another address of a page that is queued or
// was fetched already. The first address of a page is remembered.
func (r *run) newCopy(req *Request) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.copies.noisy {
		return false
	}
	if r.copyOf(req) != "" {
		return true
	}
	isNoise := r.isNoise(req.URL)
	noisy := false
	for _, name := range paramsOf(req.URL) {
		noisy = noisy || isNoise(name)
	}
	if !noisy {
		return false
	}
	key, own := r.without(req.URL, "", isNoise), r.yields.hash(req.URL)
	if other, known := r.copies.pages[key]; known {
		return other.url != own
	}
	if len(r.copies.pages) < maxCopies {
		r.copies.pages[key] = copied{url: own}
	}
	return false
}
