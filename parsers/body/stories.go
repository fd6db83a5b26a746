package body

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/classname"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/jsdata"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// A scriptBody is a body in a page's data that may be its story.
type scriptBody struct {
	from    string          // as in Provenance
	datum   *jsdata.Value   // what is to be rendered
	story   *jsdata.Value   // the object that has the headline; nil if none was found
	words   int             // of prose
	own     bool            // the object that it belongs to is that of the page
	parents []*jsdata.Value // of datum, the outermost first
}

// findScriptBody finds the story's body in the data of scripts: at least so many
// words; nil if there is none.
func findScriptBody(p *doc.Page, seen Visible, least int) *scriptBody {
	r := dataReader{page: p, seen: seen, least: least, bare: p.Words < least}
	for _, source := range readScripts(p) {
		d := source.datum
		count(&d, "", 0)
		r.from = "state:" + source.name
		r.find(&d, nil, 0)
	}
	return r.best()
}

// standfirstKeys are members that hold a story's standfirst.
var standfirstKeys = []string{"subheadline", "subHeadline", "subtitle", "subTitle", "sub_title", "standfirst", "deck", "dek", "teaser", "lead"}

// standfirst is the one that the data has; "" for none.
func (b *scriptBody) standfirst() string {
	s := block.Clean(stripped(b.story.String(standfirstKeys...)))
	if block.CountWords(s) > 80 {
		return ""
	}
	return s
}

// A dataReader collects the bodies that data may hold.
type dataReader struct {
	page  *doc.Page
	seen  Visible
	least int
	from  string
	found []scriptBody
	asked int  // calls of isRelated
	main  int  // elements around the value that hold what the page is for: article and main
	bare  bool // the page shows no text that could be a story
}

// elsewhere are members that hold other stories than the page's own, folded;
// elsewhereStems are what such names hold.
var (
	elsewhere = memberNames(classname.Author|classname.Biography|classname.Related|classname.Latest|classname.Ad|classname.Legal|classname.Consent|classname.Navigation,
		`latestnews latestarticles morestories morearticles next nextarticle previous prev previousarticle terms privacy translation breaking ticker upnext `+appNames)
	elsewhereStems = strings.Fields("related recommend moreon mostread mostpopular trending teaser comment sidebar breadcrumb newsletter reply replies discussion kommentar commentaire comentario")
)

func isElsewhere(key string) bool {
	if key == "" || len(key) > 40 {
		return false
	}
	key = text.Fold(key)
	for _, stem := range elsewhereStems {
		if strings.Contains(key, stem) {
			return true
		}
	}
	return elsewhere[key]
}

// commentMembers are members of readers' comments that no paragraph of a story has.
var commentMembers = []string{"likes", "likeCount", "likesCount", "upvotes", "upVotes", "downvotes", "replyTo", "replyCount", "parentId", "parent_id", "parentComment", "replies", "nickname", "nickName", "username", "userName", "user_name", "avatar", "avatarUrl"}

// areComments reports whether a list is what readers wrote.
func areComments(d *jsdata.Value) bool {
	if d.Form != jsdata.Array || len(d.Members) < 2 {
		return false
	}
	comments, others := 0, 0
	for i := range min(len(d.Members), 20) {
		m := &d.Members[i]
		switch {
		case m.Form == jsdata.Object && m.Words > 0 && m.Get(commentMembers...) != nil && !isStory(m):
			comments++
		case m.Words > 0:
			others++
		}
	}
	return comments >= 2 && comments > 3*others
}

// isProse reports whether a list is paragraphs, as React's elements.
func isProse(d *jsdata.Value) bool {
	n := 0
	for i := range d.Members {
		if m := &d.Members[i]; isElement(m) && m.Members[1].Text == "p" && m.Words >= 10 {
			n++
		}
	}
	return n >= 3
}

// find looks for bodies in a value.
func (r *dataReader) find(d *jsdata.Value, parents []*jsdata.Value, depth int) {
	if depth > jsdata.MaxDepth || len(r.found) > 2000 {
		return
	}
	if isElsewhere(d.Key) || areComments(d) {
		return
	}
	if isElement(d) && (d.Members[1].Text == "article" || d.Members[1].Text == "main") {
		r.main++
		defer func() { r.main-- }()
	}
	switch {
	case d.Form == jsdata.String:
		if d.Words >= r.least {
			r.add(d, parents)
		} else if in, ok := packed(d); ok {
			r.find(&in, parents, depth+1)
		}
		return
	case (d.Form == jsdata.Array || d.Form == jsdata.Object && byIDs(d)) && d.Words >= r.least && !isElement(d):
		blocks, stories := 0, 0
		for i := range d.Members {
			if k := &d.Members[i]; k.Words >= 4 {
				blocks++
				if isStory(k) {
					stories++
				}
			}
		}
		if blocks >= 2 && stories == 0 && depth > 0 {
			r.add(d, parents)
		}
	}
	if d.Form == jsdata.Object {
		parents = append(parents[:len(parents):len(parents)], d)
	}
	for i := range d.Members {
		r.find(&d.Members[i], parents, depth+1)
	}
}

// byIDs reports whether an object is a list whose members have identifiers for names.
func byIDs(d *jsdata.Value) bool {
	n := 0
	for i := range d.Members {
		k := &d.Members[i]
		if k.Form == jsdata.Object && strings.ContainsAny(k.Key, ":.$") {
			return false // a cache of whatever the page asked for
		}
		if k.Form == jsdata.Object && k.Words >= 4 && len(k.Key) >= 6 && strings.ContainsAny(k.Key, "0123456789") {
			n++
		}
	}
	return n >= 3
}

// packed reads a string that is JSON itself.
func packed(d *jsdata.Value) (jsdata.Value, bool) {
	s := strings.TrimSpace(d.Text)
	if len(s) < 300 || s[0] != '{' && s[0] != '[' {
		return jsdata.Value{}, false
	}
	left := len(s) / 4
	l := jsdata.Scanner{Src: s, Left: &left}
	v, ok := l.Value(jsdata.MaxDepth / 2)
	if !ok {
		return jsdata.Value{}, false
	}
	v.Key = d.Key
	count(&v, d.Key, 0)
	return v, v.Words > 0
}

func (r *dataReader) add(d *jsdata.Value, parents []*jsdata.Value) {
	c := scriptBody{from: r.from, datum: d, words: d.Words, parents: parents}
	state := unknown
	for i := len(parents) - 1; i >= 0 && i >= len(parents)-8 && state == unknown; i-- {
		c.story = parents[i]
		state = r.ofPage(parents[i])
	}
	switch state {
	case otherStory:
		return
	case own:
		c.own = true
	default:
		c.story = nil
		if !(r.bare && (r.main > 0 || isProse(d))) && !r.isRelated(d) {
			return
		}
	}
	r.found = append(r.found, c)
}

type ownership int

const (
	unknown ownership = iota
	own
	otherStory
)

// Members that say which story an object is.
var (
	titleKeys   = []string{"headline", "title", "name", "webTitle", "displayTitle", "headlineText", "articleTitle", "headLine", "post_title", "seoTitle", "metaTitle", "shortTitle"}
	addressKeys = []string{"canonical_url", "canonicalUrl", "canonicalURL", "canonical", "url", "website_url", "webUrl", "shareUrl", "link", "permalink", "slug", "path", "href", "urlPath", "uri"}
	dateKeys    = []string{"published", "publishedAt", "publishDate", "published_at", "publish_date", "datePublished", "publicationDate", "display_date", "firstPublished", "date", "createdAt", "created_at"}
)

// titles are the headlines that an object has, itself or in an object for them.
func titles(d *jsdata.Value) []string {
	var all []string
	for _, k := range titleKeys {
		if m := d.Get(k); m != nil {
			if m.Form == jsdata.String {
				all = append(all, m.Text)
			} else if s := m.String("rendered", "text", "basic", "default", "value", "main", "web"); s != "" {
				all = append(all, s)
			}
		}
	}
	if m := d.Get("headlines", "titles"); m != nil {
		for i := range m.Members {
			if m.Members[i].Form == jsdata.String {
				all = append(all, m.Members[i].Text)
			}
		}
	}
	return all
}

// isStory reports whether an object is a story, or the teaser of one, rather than
// a part of a story.
func isStory(d *jsdata.Value) bool {
	return d.Form == jsdata.Object && len(titles(d)) > 0 && (d.String(addressKeys...) != "" || d.Get(dateKeys...) != nil)
}

// ofPage tells whether an object is the page's own story, by title or address.
func (r *dataReader) ofPage(d *jsdata.Value) ownership {
	titles := titles(d)
	for _, t := range titles {
		if block.CountWords(t) >= 2 && r.seen.Title != "" && text.Similar(block.Clean(stripped(t)), r.seen.Title) {
			return own
		}
	}
	if u := r.page.Input.URL; u != nil && len(u.Path) > 1 {
		for _, k := range addressKeys {
			if s := d.String(k); len(s) >= 8 && len(s) < 1000 && len(titles) > 0 && strings.HasSuffix(strings.TrimSuffix(u.Path, "/"), pathOf(s)) {
				return own
			}
		}
	}
	if len(titles) > 0 && isStory(d) {
		return otherStory
	}
	return unknown
}

// pathOf is the path of an address.
func pathOf(s string) string {
	if _, rest, ok := strings.Cut(s, "://"); ok {
		i := strings.IndexByte(rest, '/')
		if i < 0 {
			return "//" // none
		}
		s = rest[i:]
	}
	s, _, _ = strings.Cut(s, "?")
	s, _, _ = strings.Cut(s, "#")
	if s = strings.TrimSuffix(s, "/"); len(s) < 8 {
		return "//"
	}
	return s
}

// isRelated reports whether a text that stands under no headline is about what the page
// is about: it has the description's beginning, or most words of the title.
func (r *dataReader) isRelated(d *jsdata.Value) bool {
	if r.asked++; r.asked > 200 {
		return false
	}
	var b strings.Builder
	plain(d, &b)
	str := b.String()
	if s := r.seen.Summary; len(s) > 60 && strings.Contains(text.Fold(str), text.Fold(s[:runeStart(s, 60)])) {
		return true
	}
	str = strings.ToLower(str)
	all, there := 0, 0
	for w := range strings.FieldsFuncSeq(strings.ToLower(r.seen.Title), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }) {
		if utf8.RuneCountInString(w) >= 4 {
			all++
			if strings.Contains(str, w) {
				there++
			}
		}
	}
	return all >= 3 && there*3 >= all*2
}

func runeStart(s string, n int) int {
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return min(n, len(s))
}

// plain is the text of a value, as far as it is prose.
func plain(d *jsdata.Value, b *strings.Builder) {
	if d.Words == 0 || b.Len() > 30_000 {
		return
	}
	if d.Form == jsdata.String {
		b.WriteString(stripped(d.Text[:runeStart(d.Text, 30_000)]))
		b.WriteByte('\n')
	}
	for i := range d.Members {
		plain(&d.Members[i], b)
	}
}

// best is the most of what belongs to the page; of values that hold each other the
// innermost that has nearly all. What stands under no headline, as layouts have
// it, is taken where it is much more.
func (r *dataReader) best() *scriptBody {
	var most *scriptBody
	weight := func(c *scriptBody) int {
		switch {
		case c.own && (isBodyKey(c.datum.Key) || markup(c.datum)):
			return 8 * c.words
		case c.own:
			return 5 * c.words
		}
		return 2 * c.words
	}
	for i := range r.found {
		if c := &r.found[i]; most == nil || weight(c) > weight(most) {
			most = c
		}
	}
	if most == nil {
		return nil
	}
	share := 8
	if !most.own { // the page's frame and whatever else it shows are around it
		share = 6
	}
	best := most
	for i := range r.found {
		c := &r.found[i]
		if c.own == most.own && c.from == most.from && c.words*10 >= best.words*share && c.words*2 >= most.words && len(c.parents) > len(best.parents) {
			best = c
		}
	}
	return best
}

// isBodyKey reports whether a member's name says that it is what a story holds.
func isBodyKey(key string) bool {
	key = text.Fold(key)
	for _, stem := range []string{"body", "content", "text", "paragraph", "element", "block", "html", "article", "story", "children", "component", "slice", "section"} {
		if strings.Contains(key, stem) {
			return true
		}
	}
	return false
}

// paidMembers say of a story that not everybody may read it, by what they hold.
var paidMembers = map[string]string{
	"isaccessibleforfree": "false", "isfree": "false", "ispremium": "true", "premium": "true", "ispaid": "true", "paid": "true", "paywalled": "true", "haspaywall": "true", "ispaywalled": "true",
	"islocked": "true", "locked": "true", "subscribersonly": "true", "subscriberonly": "true", "issubscriberonly": "true", "paywall": "true", "accesslevel": "premium", "contenttier": "locked", "access": "subscriber",
}

// paid reports whether the data says of the story that it is for subscribers.
func (b *scriptBody) paid() bool {
	for _, p := range b.parents[max(0, len(b.parents)-4):] {
		for i := range p.Members {
			k := &p.Members[i]
			if want := paidMembers[text.Fold(k.Key)]; want != "" && strings.EqualFold(k.Text, want) {
				return true
			}
		}
	}
	return false
}
