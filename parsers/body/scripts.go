package body

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/jsdata"
	"golang.org/x/net/html"
)

// scripts are those that may hold a page's data.
var scripts = doc.Select(`script:not([type*="ld+json" i])`)

// minScript is the size of the smallest script that is looked at, in bytes.
const minScript = 500

// MayHoldBody reports whether the page's scripts hold so much more than the
// visible body's bytes that a body may be in them.
func MayHoldBody(p *doc.Page, visible int) bool {
	return scriptBytes(p) > minScript+visible
}

// scriptBytes is the size of the page's scripts that may hold data.
func scriptBytes(p *doc.Page) int {
	size := 0
	for _, n := range p.Select(scripts).Nodes {
		if n.FirstChild != nil {
			size += len(n.FirstChild.Data)
		}
	}
	return size
}

// A dataSource is the data of one script, or of several that belong together.
type dataSource struct {
	name  string // as provenance gives it
	datum jsdata.Value
}

// stateNames are the names of scripts' data, in lower case, as provenance gives
// them.
var stateNames = map[string]string{
	"__next_data__": "next", "__nuxt__": "nuxt", "__nuxt_data__": "nuxt", "globalcontent": "fusion", "contentcache": "fusion", "__apollo_state__": "apollo",
	"__initial_state__": "initial", "__preloaded_state__": "preloaded", "__initial_data__": "initial", "__data__": "data", "__remixcontext": "remix",
}

// A scriptReader reads what a page's scripts hold.
type scriptReader struct {
	left    int // values that may still be read
	sources []dataSource
	stream  strings.Builder // of React's server components
}

// readScripts reads what a page's scripts hold: whole scripts of JSON, what others
// assign to names, and what they push to React's stream.
func readScripts(p *doc.Page) []dataSource {
	r := &scriptReader{left: min(jsdata.MaxValues, scriptBytes(p)/4+100)}
	read := 0
	for _, n := range p.Select(scripts).Nodes {
		if n.FirstChild == nil {
			continue
		}
		if size := len(n.FirstChild.Data); size > jsdata.MaxScript || read+size > jsdata.MaxData {
			read += size
			continue
		}
		read += len(n.FirstChild.Data)
		r.script(n, n.FirstChild.Data)
	}
	if r.stream.Len() > 0 {
		r.sources = append(r.sources, dataSource{"flight", jsdata.ParseFlight(r.stream.String(), &r.left)})
	}
	return r.sources
}

// pushCall adds a piece to React's stream.
const pushCall = "self.__next_f.push("

// script reads one script by its type and content.
func (r *scriptReader) script(n *html.Node, source string) {
	kind := strings.ToLower(block.Attr(n, "type"))
	switch {
	case strings.Contains(kind, "json"):
		r.json(n, source)
	case strings.Contains(kind, "template") || strings.Contains(kind, "html") || strings.HasPrefix(kind, "text/x-"):
	case strings.Contains(source, pushCall):
		l := jsdata.Scanner{Src: source, Pos: strings.Index(source, pushCall) + len(pushCall), Left: &r.left}
		if d, ok := l.Value(0); ok && len(d.Members) == 2 && d.Members[1].Form == jsdata.String && r.stream.Len() < jsdata.MaxScript {
			r.stream.WriteString(d.Members[1].Text)
		}
	case len(source) >= minScript:
		jsdata.Assignments(source, &r.left, r.add)
	}
}

// angularEscapes are those of Angular's TransferState.
var angularEscapes = strings.NewReplacer("&q;", `"`, "&s;", "'", "&l;", "<", "&g;", ">", "&a;", "&")

// json reads a script that is one JSON value.
func (r *scriptReader) json(n *html.Node, source string) {
	if len(source) < minScript {
		return
	}
	switch trimmed := strings.TrimSpace(source); {
	case strings.HasPrefix(trimmed, "%7B"):
		source = jsdata.PercentDecode(source)
	case strings.HasPrefix(trimmed, "{&q;"):
		source = angularEscapes.Replace(source)
	}
	l := jsdata.Scanner{Src: source, Left: &r.left}
	d, ok := l.Value(0)
	if !ok {
		return
	}
	id := block.Attr(n, "id")
	if id == "__NUXT_DATA__" || block.Attr(n, "data-nuxt-data") != "" {
		if d, ok = jsdata.Unflatten(d, &r.left); !ok {
			return
		}
		id = "__NUXT_DATA__"
	}
	r.add(id, d)
}

// add notes the data that a script assigns to a name.
func (r *scriptReader) add(name string, d jsdata.Value) {
	if n := stateNames[strings.ToLower(name)]; n != "" {
		name = n
	} else if name = "script"; d.Get("props") != nil && d.Get("buildId") != nil {
		name = "next"
	}
	if name == "apollo" || len(d.Members) < 50 && d.Get("__APOLLO_STATE__", "apolloState") != nil {
		jsdata.ResolveRefs(&d, &r.left)
	}
	r.sources = append(r.sources, dataSource{name, d})
}
