// Package replay rewrites archived pages and style sheets so that browsers show them from
// the archive alone: what a page refers to is asked for as an archived capture, what could
// run or ask the live web is removed. It reads no archive and answers no request.
//
// The rewriting does not make a hostile page safe by itself. Whoever serves its output
// must send a Content-Security-Policy that forbids scripts and all other hosts; the
// rewriting sees to it that the page is whole under that policy, and that its links and
// refreshes, which no policy covers, lead into the archive.
package replay

import (
	"bytes"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// MaxPage is how much of a page or style sheet is rewritten, in bytes; what follows is
// left out.
const MaxPage = 16 << 20

// maxDataURL is how long an address may be that has its data in it, such as a small
// picture.
const maxDataURL = 2 << 20

// maxAddress is how long any other address may be; browsers and servers have limits near it.
const maxAddress = 8 << 10

// maxWritten bounds the attributes and addresses of a page that are written: an address may
// be a thousand times as long as the reference from which it is made, and an element of the
// tree may be there a hundred times for once in the page. Beyond, they are left out.
const maxWritten = 64 << 20

// maxReferences bounds how many references of a page are listed.
const maxReferences = 5000

// A Source is a page or style sheet that is to be rewritten.
type Source struct {
	URL  *url.URL  // of the capture
	Time time.Time // of the capture; what it refers to is asked for as of then
	// Key is put into the addresses of what the page embeds; see Address.
	Key string
	// KeyInLinks puts the key into links, too: those of a page in a frame then lead on where
	// only requests with the key are answered, as browsers send no cookies with them.
	KeyInLinks bool
	// Resolve reads a reference relative to an address, as browsers do. If it is nil,
	// package net/url does.
	Resolve func(base *url.URL, ref string) (*url.URL, error)
}

// Options change how a page is rewritten.
type Options struct {
	Marks []Mark // what is highlighted
}

// A Result says what was found in a page.
type Result struct {
	Title string // of the page, white space collapsed
	// Embedded are the addresses of what the page embeds, such as pictures and style
	// sheets: each once, in the order of the page, at most maxReferences.
	Embedded []string
	Frames   int    // frames and objects, of which a link is left
	Scripts  int    // scripts that were removed
	Refresh  string // the address to which the page leads by itself; empty if it does not
	Marked   []int  // for each of Options.Marks, 1 if a place of its own was highlighted, else 0
	Cut      bool   // the page is longer than MaxPage, or too much else, and is not shown whole
}

// HTML rewrites a page in UTF-8.
func HTML(page []byte, src Source, o Options) ([]byte, *Result) {
	rw := newRewriter(src)
	if len(page) > MaxPage {
		page, rw.result.Cut = page[:MaxPage], true
	}
	doc, cut := parse(page)
	rw.result.Cut = rw.result.Cut || cut
	if base := rw.findBase(doc); base != nil {
		rw.base, rw.known = base, map[string]string{}
	}
	rw.document(doc)
	rw.result.Cut = rw.result.Cut || rw.written > maxWritten
	rw.result.Marked = highlight(doc, o.Marks)
	var out bytes.Buffer
	out.Grow(len(page) + len(page)/4)
	if err := html.Render(&out, doc); err != nil {
		// The tree has nothing that cannot be rendered, unless html.Parse changes.
		return []byte("<!DOCTYPE html><p>This page cannot be shown: " + html.EscapeString(err.Error())), rw.result
	}
	return out.Bytes(), rw.result
}

// CSS rewrites a style sheet in UTF-8.
func CSS(sheet []byte, src Source) []byte {
	return []byte(newRewriter(src).css(string(sheet[:min(len(sheet), MaxPage)])))
}

// A rewriter rewrites one page or style sheet.
type rewriter struct {
	src    Source
	base   *url.URL
	self   string            // the address of the page
	known  map[string]string // absolute addresses by how they are written
	listed map[string]bool   // of result.Embedded
	shown  map[string]bool   // pictures that were lazy and are shown
	result *Result
	// written are the bytes of attributes and addresses; see maxWritten.
	written int
}

func newRewriter(src Source) *rewriter {
	if src.Resolve == nil {
		src.Resolve = func(base *url.URL, ref string) (*url.URL, error) { return base.Parse(ref) }
	}
	if src.URL == nil {
		src.URL = &url.URL{}
	}
	rw := &rewriter{src: src, base: src.URL, known: map[string]string{}, listed: map[string]bool{}, shown: map[string]bool{}, result: &Result{}}
	rw.self = rw.absolute("")
	return rw
}

// absolute is the address that a reference means, without its fragment; empty if it is
// not one of the Web.
func (rw *rewriter) absolute(ref string) string {
	if abs, ok := rw.known[ref]; ok {
		return abs
	}
	abs := ""
	if len(ref) > maxAddress {
		return ""
	}
	if u, err := rw.src.Resolve(rw.base, ref); err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		v := *u
		v.Fragment, v.RawFragment, v.User = "", "", nil
		if abs = v.String(); len(abs) > maxAddress {
			abs = ""
		}
	}
	if len(rw.known) < 4*maxReferences {
		rw.known[ref] = abs
	}
	return abs
}

// clean removes what browsers remove from an address: white space around it, and tabs
// and line feeds in it (URL Standard, basic URL parser).
func clean(ref string) string {
	ref = strings.TrimFunc(ref, func(r rune) bool { return r <= ' ' })
	if strings.ContainsAny(ref, "\t\r\n") {
		ref = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(ref)
	}
	return ref
}

// link is the address of a link in the viewer: a fragment of the same page, or the
// archived page. It is empty if the link leads to nothing of the Web.
func (rw *rewriter) link(ref string) string {
	ref = clean(ref)
	if strings.HasPrefix(ref, "#") {
		return ref
	}
	bare, fragment, found := strings.Cut(ref, "#")
	abs := rw.absolute(bare)
	switch {
	case abs == "":
		return ""
	case found && abs == rw.self:
		return "#" + fragment
	}
	to := rw.target(abs)
	if found && to != "" {
		to += "#" + fragment
	}
	return to
}

// target is the address in the viewer of a page that a link leads to.
func (rw *rewriter) target(abs string) string {
	a := Address{Time: rw.src.Time, URL: abs}
	if rw.src.KeyInLinks {
		a.Key = rw.src.Key
	}
	return rw.write(a)
}

// write writes an address; "" if too much is written already.
func (rw *rewriter) write(a Address) string {
	if rw.written > maxWritten {
		return ""
	}
	to := a.String()
	rw.written += len(to)
	return to
}

// embed is the address in the viewer of what the page embeds; modifier says what it is to
// be. It is empty if there is nothing to embed.
func (rw *rewriter) embed(ref, modifier string) string {
	ref = clean(ref)
	if ref == "" {
		return "" // browsers do not load the page as a picture of itself
	}
	if len(ref) >= 5 && strings.EqualFold(ref[:5], "data:") {
		if len(ref) > maxDataURL || modifier == Style {
			return ""
		}
		return ref
	}
	bare, fragment, found := strings.Cut(ref, "#")
	if bare == "" {
		return ref // a part of the same page, as in SVG
	}
	abs := rw.absolute(bare)
	if abs == "" {
		return ""
	}
	if !rw.listed[abs] && len(rw.result.Embedded) < maxReferences {
		rw.listed[abs] = true
		rw.result.Embedded = append(rw.result.Embedded, abs)
	}
	to := rw.write(Address{Time: rw.src.Time, Modifier: modifier, Key: rw.src.Key, URL: abs})
	if found && to != "" {
		to += "#" + fragment
	}
	return to
}
