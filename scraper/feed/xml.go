package feed

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/internal/loosexml"
	"github.com/newsmorgue/newsmorgue/scraper/internal/webdate"
)

// vocabularies are the namespaces whose elements are read. RSS, RDF and Atom share the
// names without a prefix: nothing that is read has two meanings in them.
var vocabularies = []loosexml.Vocabulary{
	{Namespace: "purl.org/rss/1.0/modules/content", Prefix: "content", Usual: []string{"content"}},
	{Namespace: "purl.org/rss/1.0/modules", Prefix: "module"},
	{Namespace: "w3.org/2005/atom", Usual: []string{"atom", "atom10", "a10"}},
	{Namespace: "purl.org/atom/ns#", Usual: []string{"atom03"}},
	{Namespace: "purl.org/rss/1.0", Usual: []string{"rss"}},
	{Namespace: "my.netscape.com/rdf", Usual: []string{"rss09"}},
	{Namespace: "w3.org/1999/02/22-rdf-syntax-ns#", Usual: []string{"rdf"}},
	{Namespace: "purl.org/dc/elements", Prefix: "dc", Usual: []string{"dc"}},
	{Namespace: "purl.org/dc/terms", Prefix: "dcterms", Usual: []string{"dcterms"}},
	{Namespace: "feedburner", Prefix: "feedburner", Usual: []string{"feedburner", "pheedo"}},
	{Namespace: "pheedo", Prefix: "feedburner"},
	{Namespace: "itunes", Prefix: "itunes", Usual: []string{"itunes"}},
}

// A shape says what an element may have in it.
type shape int

const (
	leaf   shape = iota // a text; the next element that is known ends it
	rich                // a text with markup, which may be unescaped
	opaque              // elements whose names mean something else there
)

// A field is an element of an item or of the feed.
type field struct {
	shape shape
	html  bool                   // HTML has an element of this name, too
	store func(d *draft, e open) // nil: not read
}

// fields are the elements that are known, by their names.
var fields = map[string]field{
	"title":               {shape: leaf, html: true, store: func(d *draft, e open) { first(&d.title, oneLine(e.text)) }},
	"dc:title":            {shape: leaf, store: func(d *draft, e open) { first(&d.dcTitle, oneLine(e.text)) }},
	"link":                {shape: leaf, html: true, store: (*draft).addLink},
	"guid":                {shape: leaf, store: (*draft).setGUID},
	"id":                  {shape: leaf, store: (*draft).setID},
	"feedburner:origlink": {shape: leaf, store: func(d *draft, e open) { first(&d.original, strings.TrimSpace(e.text)) }},
	"pubdate":             {shape: leaf, store: func(d *draft, e open) { d.published.set(0, e.text) }},
	"published":           {shape: leaf, store: func(d *draft, e open) { d.published.set(1, e.text) }},
	"issued":              {shape: leaf, store: func(d *draft, e open) { d.published.set(1, e.text) }},
	"dc:date":             {shape: leaf, store: func(d *draft, e open) { d.published.set(2, e.text); d.updated.set(1, e.text) }},
	"dcterms:created":     {shape: leaf, store: func(d *draft, e open) { d.published.set(3, e.text) }},
	"dcterms:issued":      {shape: leaf, store: func(d *draft, e open) { d.published.set(3, e.text) }},
	"updated":             {shape: leaf, store: func(d *draft, e open) { d.updated.set(0, e.text); d.published.set(4, e.text) }},
	"modified":            {shape: leaf, store: func(d *draft, e open) { d.updated.set(0, e.text); d.published.set(4, e.text) }},
	"dcterms:modified":    {shape: leaf, store: func(d *draft, e open) { d.updated.set(0, e.text) }},
	"author":              {shape: leaf, store: func(d *draft, e open) { d.addAuthor(0, e) }},
	"dc:author":           {shape: leaf, store: func(d *draft, e open) { d.addAuthor(1, e) }},
	"dc:creator":          {shape: leaf, store: func(d *draft, e open) { d.addAuthor(2, e) }},
	"itunes:author":       {shape: leaf, store: func(d *draft, e open) { d.addAuthor(3, e) }},
	"language":            {shape: leaf, store: func(d *draft, e open) { first(&d.language, oneLine(e.text)) }},
	"dc:language":         {shape: leaf, store: func(d *draft, e open) { first(&d.language, oneLine(e.text)) }},
	"category":            {shape: leaf},
	"comments":            {shape: leaf},
	"enclosure":           {shape: leaf},
	"generator":           {shape: leaf},
	"copyright":           {shape: leaf},
	"rights":              {shape: leaf},
	"lastbuilddate":       {shape: leaf},
	"description":         {shape: rich},
	"summary":             {shape: rich, html: true},
	"content":             {shape: rich, html: true, store: (*draft).setContent},
	"subtitle":            {shape: rich},
	"content:encoded":     {shape: rich},
	"source":              {shape: opaque, html: true},
	"image":               {shape: opaque, html: true},
	"textinput":           {shape: opaque},
	"contributor":         {shape: opaque},
}

// maxAuthors bounds the authors of an item.
const maxAuthors = 20

// A draft is an item, or the feed's head, while it is read.
type draft struct {
	addresses
	title, dcTitle     string
	language           string
	published, updated dates
	authors            [4][]string // by the element that names them, the most specific first
	base               string      // xml:base
}

// dates are the texts of the elements that give one date, the best first.
type dates [5]string

func (d *dates) set(rank int, text string) { first(&d[rank], oneLine(text)) }

// read is the best date that can be read.
func (d *dates) read() time.Time {
	for _, text := range d {
		if t := webdate.Parse(text); !t.IsZero() {
			return t
		}
	}
	return time.Time{}
}

// first sets a value that is not set yet.
func first(to *string, value string) {
	if *to == "" {
		*to = value
	}
}

// An open element has begun and not ended yet.
type open struct {
	field
	name   string
	tag    loosexml.Token // its start tag
	text   string         // at its end
	people []string       // names of its person constructs (RFC 4287, section 3.2)
}

func (d *draft) addLink(e open) {
	const maxLinks = 50
	if len(d.links) == maxLinks {
		return
	}
	rel := strings.ToLower(strings.TrimSpace(e.tag.Attr("rel")))
	if i := strings.LastIndexByte(rel, '/'); i >= 0 { // the registry's URI of a relation
		rel = rel[i+1:]
	}
	l := link{ref: strings.TrimSpace(e.text), rel: rel, media: strings.ToLower(e.tag.Attr("type")), base: e.tag.Attr("xml:base"), text: true}
	if l.ref == "" {
		l.ref, l.text = strings.TrimSpace(e.tag.Attr("href")), false
	}
	d.links = append(d.links, l)
}

// setGUID takes an identifier that is a permalink unless it says otherwise (RSS 2.0).
// Only one that says so may be relative.
func (d *draft) setGUID(e open) {
	text := strings.TrimSpace(e.text)
	switch strings.ToLower(strings.TrimSpace(e.tag.Attr("ispermalink"))) {
	case "false":
	case "true":
		first(&d.permalink, text)
	default:
		if isHTTP(text) {
			first(&d.permalink, text)
		}
	}
}

// setContent takes the address of content that is not in the feed (RFC 4287, section
// 4.1.3.2).
func (d *draft) setContent(e open) {
	if ref := strings.TrimSpace(e.tag.Attr("src")); d.content.ref == "" && strings.Contains(strings.ToLower(e.tag.Attr("type")), "html") {
		d.content = link{ref: ref, base: e.tag.Attr("xml:base")}
	}
}

func (d *draft) setID(e open) {
	if text := strings.TrimSpace(e.text); isHTTP(text) {
		first(&d.id, text)
	}
}

// personParts are the elements of an Atom person; only the name is read.
var personParts = map[string]bool{"name": true, "email": true, "uri": true, "url": true, "homepage": true}

// person splits RSS' "mail (Name)" and the forms that feeds write instead.
var person = regexp.MustCompile(`^(?:[^\s@()<>]+@[^\s()<>]+\s*\(([^()]*)\)|([^@()<>]+?)\s*[(<][^\s()<>]+@[^\s()<>]+[)>])$`)

func (d *draft) addAuthor(rank int, e open) {
	names := e.people
	if len(names) == 0 {
		text := oneLine(e.text)
		if m := person.FindStringSubmatch(text); m != nil {
			text = strings.TrimSpace(m[1] + m[2])
		} else if strings.ContainsRune(text, '@') && !strings.ContainsRune(text, ' ') {
			text = "" // a mail address alone
		}
		names = []string{text}
	}
	for _, name := range names {
		if name != "" && len(d.authors[rank]) < maxAuthors {
			d.authors[rank] = append(d.authors[rank], name)
		}
	}
}

// item is what a draft announces.
func (d *draft) item(site []string, bases []string, language string) Item {
	page := d.page(site)
	first(&d.title, d.dcTitle)
	it := Item{Link: page.ref, Title: d.title, Published: d.published.read(), Updated: d.updated.read(), Language: language}
	for _, base := range append(slices.Clone(bases), d.base, page.base) {
		if base != "" {
			it.Bases = append(it.Bases, base)
		}
	}
	for _, authors := range d.authors {
		if len(authors) > 0 {
			it.Authors = authors
			break
		}
	}
	return it
}

// A reader reads the elements of one feed. It keeps no stack of them: what an element
// belongs to follows from which item and which field are open, however the elements in
// between are nested.
type reader struct {
	feed  Feed
	own   *url.URL
	root  string
	ended bool     // the root's end tag was read
	bases []string // xml:base of the root and the channel
	head  draft    // what is outside of items
	item  *draft   // nil outside of an item
	field *open    // nil outside of a field
	text  []byte   // of the field
	mute  bool     // text in an element of a field is not the field's

	// An opaque element is open if this is not empty. What is read in it is taken back at
	// its end: if that is missing, the fields after it are the item's own.
	opaque string
	depth  int   // of elements of the same name in it
	before draft // the draft at its beginning
}

// isRoot reports whether a document that begins with an element is a feed.
func isRoot(name string) bool { return name == "rss" || name == "rdf" || name == "feed" }

func parseXML(text []byte, own *url.URL) (*Feed, error) {
	r := reader{own: own}
	x := loosexml.NewReader(text, vocabularies, "item", "entry")
	for !r.ended {
		t, ok := x.Next()
		if !ok {
			break
		}
		switch t.Kind {
		case loosexml.Text:
			if r.field != nil && !r.mute {
				r.text = t.AppendText(r.text, maxText)
			}
		case loosexml.End:
			r.end(t.Name)
		default:
			if r.root == "" && t.Name == "html" {
				return nil, ErrNotFeed
			}
			r.start(t)
		}
	}
	if r.root == "" {
		return nil, ErrNotFeed
	}
	r.feed.Title, r.feed.Cut = r.head.title, !r.ended
	return &r.feed, nil
}

// start takes a start tag.
func (r *reader) start(t loosexml.Token) {
	switch {
	case isRoot(t.Name) || t.Name == "channel":
		if r.item == nil && r.opaque == "" {
			r.startFeed(t)
		}
	case r.root == "": // junk before the feed
	case t.Name == "item" || t.Name == "entry":
		r.finish() // the one before, if its end tag is missing
		r.item = &draft{base: t.Attr("xml:base"), addresses: addresses{about: strings.TrimSpace(t.Attr("rdf:about"))}}
		if t.Kind == loosexml.Empty {
			r.finish()
		}
	default:
		r.startField(t)
	}
}

// startFeed takes the start tag of the root or the channel. The root's may be lost.
func (r *reader) startFeed(t loosexml.Token) {
	r.close()
	if r.root == "" {
		r.root, r.ended = t.Name, t.Kind == loosexml.Empty
	}
	r.bases = append(r.bases[:min(len(r.bases), 4)], t.Attr("xml:base"))
	first(&r.head.language, t.Attr("xml:lang"))
}

// startField takes the start tag of anything else.
func (r *reader) startField(t loosexml.Token) {
	f, known := fields[t.Name]
	if r.field != nil && !r.closes(t, known) {
		r.inField(t)
		return
	}
	r.close()
	if !known || f.shape == opaque {
		r.startOpaque(t)
		return
	}
	r.field = &open{field: f, name: t.Name, tag: t}
	// A link that is empty in XML may be followed by its text: HTML's link has no end tag.
	if t.Kind == loosexml.Empty && (t.Name != "link" || t.Attr("href") != "") {
		r.close()
	}
}

// startOpaque takes the start tag of an element in which names mean something else.
func (r *reader) startOpaque(t loosexml.Token) {
	switch {
	case t.Kind == loosexml.Empty || t.Name == "source" && t.Attr("url") != "": // RSS' source is a text
	case r.opaque == "":
		r.opaque, r.depth, r.before = t.Name, 0, *r.draft()
	case r.opaque == t.Name:
		r.depth++
	}
}

// closes reports whether a tag begins a new element though the field before it has no
// end tag.
func (r *reader) closes(t loosexml.Token, known bool) bool {
	switch {
	case r.field.shape == leaf:
		return known || strings.Contains(t.Name, ":") && r.field.name != "author"
	case !known:
		return false
	case !fields[t.Name].html:
		return true
	}
	// In markup that is not escaped there may be an element of HTML of this name.
	d := r.draft()
	return len(t.Attrs) == 0 && (t.Name == "link" && len(d.links) == 0 || t.Name == "title" && d.title == "")
}

// inField takes an element within a field: markup, or a part of a person.
func (r *reader) inField(t loosexml.Token) {
	switch {
	case r.field.name == "author" && personParts[t.Name]:
		r.text, r.mute = r.text[:0], t.Name != "name"
	case r.field.shape == leaf && r.field.name != "title" && r.field.name != "author":
		r.mute = true // what follows markup is not part of a URL or date
	}
}

// end takes an end tag.
func (r *reader) end(name string) {
	switch {
	case name == "item" || name == "entry":
		r.finish()
	case name == r.root && r.root != "":
		r.finish()
		r.ended = true
	case name == "channel":
		r.finish()
	case r.field != nil && name == r.field.name:
		r.close()
	case r.field != nil && r.field.name == "author" && personParts[name]:
		if text := oneLine(string(r.text)); name == "name" && text != "" && len(r.field.people) < maxAuthors {
			r.field.people = append(r.field.people, text)
		}
		r.text, r.mute = r.text[:0], false
	case name == r.opaque && r.opaque != "":
		r.close()
		if r.depth--; r.depth < 0 {
			*r.draft(), r.opaque = r.before, ""
		}
	}
}

// draft is what fields are stored in.
func (r *reader) draft() *draft {
	if r.item != nil {
		return r.item
	}
	return &r.head
}

// close ends the open field, if there is one.
func (r *reader) close() {
	if e := r.field; e != nil && e.store != nil {
		e.text = string(r.text)
		e.store(r.draft(), *e)
	}
	r.field, r.text, r.mute = nil, r.text[:0], false
}

// finish ends the open item, if there is one.
func (r *reader) finish() {
	r.close()
	r.opaque = ""
	if r.item == nil {
		return
	}
	site := []string{siteHost(r.own)}
	if home, ok := r.head.alternate(); ok {
		site = append(site, hostOf(home.ref))
	}
	r.feed.add(r.item.item(site, r.bases, r.head.language))
	r.item = nil
}
