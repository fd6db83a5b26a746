package doc

import (
	"bytes"
	"encoding/json"
	"html"
	"io"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// An Object is one JSON-LD node, as sites write them.
type Object map[string]any

// Bounds of the JSON-LD that is read: sites' own is a few kilobytes.
const (
	maxLD      = 2 << 20
	maxObjects = 500
)

// ParseLD reads a JSON-LD script and lists its objects, those of @graph too.
// Publishers' JSON-LD has comments, raw line feeds, entities, loose quotes and
// trailing signs; of what cannot be mended, the values before it are kept.
func ParseLD(s string) []Object {
	if len(s) > maxLD {
		return nil
	}
	s = strings.TrimSpace(s)
	for _, cut := range []string{"<!--", "//<![CDATA[", "/*<![CDATA[*/", "// <![CDATA[", "<![CDATA[", "\ufeff"} {
		s = strings.TrimSpace(strings.TrimPrefix(s, cut))
	}
	for _, cut := range []string{"-->", "//]]>", "/*]]>*/", "// ]]>", "]]>", ";"} {
		s = strings.TrimSpace(strings.TrimSuffix(s, cut))
	}
	if i := strings.IndexAny(s, "{["); i >= 0 && strings.HasPrefix(strings.TrimLeft(s[i+1:], " \t\r\n"), "&quot;") {
		s = html.UnescapeString(s)
	}
	var objs []Object
	if v, ok := decodeLD([]byte(s)); ok {
		for _, e := range v {
			collect(e, &objs, 0)
		}
		return objs
	}
	v, _ := decodeLD(mend(s))
	for _, e := range v {
		collect(e, &objs, 0)
	}
	return objs
}

// decodeLD reads the values of a script, most often one; ok reports whether it
// was JSON to its end.
func decodeLD(b []byte) (values []any, ok bool) {
	d := json.NewDecoder(bytes.NewReader(b))
	for len(values) < maxObjects {
		var v any
		switch err := d.Decode(&v); err {
		case nil:
			values = append(values, v)
		case io.EOF:
			return values, true
		default:
			return values, false
		}
	}
	return values, true
}

// mend repairs what publishers' templates break: raw control characters within
// strings, escapes that JSON does not have, quotation marks within strings,
// comments, commas before a closing bracket, undefined.
func mend(s string) []byte {
	var b bytes.Buffer
	for i := 0; i < len(s); {
		if s[i] == '"' {
			i += mendString(&b, s[i:])
			continue
		}
		i += mendOutside(&b, s[i:])
	}
	return b.Bytes()
}

// mendString writes the string that s begins with and returns its length in s.
func mendString(b *bytes.Buffer, s string) int {
	b.WriteByte('"')
	for i := 1; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\':
			if isEscape(s[i+1:]) {
				b.WriteByte(c)
				i++
				b.WriteByte(s[i])
			}
		case c == '"' && closes(s[i+1:]):
			b.WriteByte(c)
			return i + 1
		case c == '"':
			b.WriteString(`\"`)
		case c < ' ':
			b.WriteByte(' ')
		default:
			b.WriteByte(c)
		}
	}
	return len(s)
}

// isEscape reports whether s begins with what may follow a backslash (RFC 8259 §7).
func isEscape(s string) bool {
	if s == "" {
		return false
	}
	return strings.IndexByte(`"\/bfnrt`, s[0]) >= 0 || s[0] == 'u' && len(s) >= 5 && isHex(s[1:5])
}

// mendOutside writes what s begins with, which is outside of strings, and returns
// the length that it read.
func mendOutside(b *bytes.Buffer, s string) int {
	switch c := s[0]; {
	case c == ',':
		if rest := skipBlank(s[1:]); rest == "" || strings.IndexByte("}],", rest[0]) >= 0 {
			return 1 // it separates nothing
		}
	case strings.HasPrefix(s, "/*"):
		end := strings.Index(s[2:], "*/")
		if end < 0 {
			return len(s)
		}
		return end + 4
	case strings.HasPrefix(s, "//"):
		end := strings.IndexByte(s, '\n')
		if end < 0 {
			return len(s)
		}
		return end + 1
	case strings.HasPrefix(s, "undefined"):
		b.WriteString("null")
		return len("undefined")
	}
	b.WriteByte(s[0])
	return 1
}

func isHex(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
			return false
		}
	}
	return true
}

// skipBlank drops white space, of which there may be much, but not without end.
func skipBlank(s string) string {
	for i := range min(len(s), 2000) {
		if c := s[i]; c != ' ' && c != '\t' && c != '\r' && c != '\n' {
			return s[i:]
		}
	}
	return ""
}

// closes reports whether a quotation mark before a text ends a string there: a
// member, a value, the object or the list ends too.
func closes(rest string) bool {
	rest = skipBlank(rest)
	if rest == "" {
		return true
	}
	switch rest[0] {
	case ':', '}', ']':
		return true
	case '/':
		return len(rest) > 1 && (rest[1] == '*' || rest[1] == '/')
	case ',':
		rest = skipBlank(rest[1:])
		return rest == "" || strings.IndexByte(`"{[]}-0123456789tfnu/`, rest[0]) >= 0
	}
	return false
}

func collect(v any, objs *[]Object, depth int) {
	if depth > 20 || len(*objs) >= maxObjects {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			collect(e, objs, depth+1)
		}
	case map[string]any:
		*objs = append(*objs, v)
		if g, ok := v["@graph"]; ok {
			collect(g, objs, depth+1)
		}
		if m, ok := v["mainEntity"].(map[string]any); ok {
			collect(m, objs, depth+1)
		}
	}
}

// Types are an object's @type values.
func (o Object) Types() []string { return Texts(o["@type"]) }

func (o Object) Is(suffixes ...string) bool {
	for _, t := range o.Types() {
		t = t[strings.LastIndexAny(t, "/#:")+1:]
		for _, s := range suffixes {
			if t == s {
				return true
			}
		}
	}
	return false
}

// Text is a member as text; the name of an object.
func (o Object) Text(key string) string {
	t := Texts(o[key])
	if len(t) == 0 {
		return ""
	}
	return block.Clean(html.UnescapeString(t[0]))
}

// Texts lists the strings of a value: of itself, of a list, of objects' names.
func Texts(v any) []string {
	switch v := v.(type) {
	case string:
		if strings.TrimSpace(v) != "" {
			return []string{v}
		}
	case []any:
		var all []string
		for _, e := range v[:min(len(v), 200)] {
			if _, nested := e.([]any); !nested {
				all = append(all, Texts(e)...)
			}
		}
		return all
	case map[string]any:
		for _, key := range []string{"name", "@value", "url", "@id"} {
			if s, ok := v[key].(string); ok && strings.TrimSpace(s) != "" {
				return []string{s}
			}
		}
	}
	return nil
}

// ObjectsOf lists the objects of a member; references by @id are followed once.
func (p *Page) ObjectsOf(o Object, key string) []Object {
	var res []Object
	var take func(v any, depth int)
	take = func(v any, depth int) {
		switch v := v.(type) {
		case []any:
			for _, e := range v[:min(len(v), 200)] {
				if depth < 3 {
					take(e, depth+1)
				}
			}
		case map[string]any:
			if len(res) >= 200 {
				return
			}
			if id, ok := v["@id"].(string); ok && v["name"] == nil {
				if other := p.byID(id, len(v)); other != nil {
					v = other
				}
			}
			res = append(res, v)
		}
	}
	take(o[key], 0)
	return res
}

// byID is the object that a reference by @id means: the fullest of that name, if
// it is fuller than the reference itself. References within it are not followed,
// so that circles end.
func (p *Page) byID(id string, size int) Object {
	var best Object
	for _, o := range p.LD {
		if own, ok := o["@id"].(string); ok && own == id && len(o) > max(size, len(best)) {
			best = o
		}
	}
	return best
}

// ArticleTypes are the types of a story, the most telling first.
var ArticleTypes = []string{"NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle", "BackgroundNewsArticle", "ReviewNewsArticle",
	"AskPublicNewsArticle", "LiveBlogPosting", "Article", "BlogPosting", "TechArticle", "ScholarlyArticle", "SocialMediaPosting", "Report", "VideoObject", "MediaGallery", "ImageGallery"}

// Article is the JSON-LD object of the page's own story; nil if there is none.
func (p *Page) Article() Object {
	var best Object
	score := 0
	for _, o := range p.LD {
		if !o.Is(ArticleTypes...) {
			continue
		}
		s := 1
		if !o.Is("VideoObject") {
			s += 3
		}
		for _, key := range []string{"headline", "datePublished", "author", "articleBody"} {
			if o[key] != nil {
				s++
			}
		}
		if h := o.Text("headline"); h != "" && p.titled(h) {
			s += 3
		}
		own := append(Texts(o["url"]), Texts(o["mainEntityOfPage"])...)
		for _, u := range own {
			if SameURL(u, p.Input.URL) || len(p.Rels["canonical"]) > 0 && u == p.Rels["canonical"][0] {
				s += 4
				break
			}
		}
		if s > score {
			best, score = o, s
		}
	}
	return best
}

// titled reports whether a headline is what the page's head calls it.
func (p *Page) titled(headline string) bool {
	if t, _ := p.FirstMeta("og:title", "twitter:title"); t != "" && text.EqualFold(t, headline) {
		return true
	}
	return len(headline) > 15 && strings.HasPrefix(p.Title, headline)
}

// ArticleBody is the text of the story as JSON-LD has it, line feeds and all.
func (p *Page) ArticleBody() string {
	if o := p.Article(); o != nil {
		return Said(o)
	}
	return ""
}

// Said is the text of an object of JSON-LD, line feeds and all.
func Said(o Object) string {
	if s, ok := o["articleBody"].(string); ok {
		return s
	}
	s, _ := o["text"].(string)
	return s
}
