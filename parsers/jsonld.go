package parsers

import (
	"bytes"
	"encoding/json"
	"html"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// An object is one JSON-LD node, as sites write them.
type object map[string]any

// Bounds of the JSON-LD that is read: sites' own is a few kilobytes.
const (
	maxLD      = 2 << 20
	maxObjects = 500
)

// parseLD reads a JSON-LD script and lists its objects, those of @graph too.
// Publishers' JSON-LD has comments, raw line feeds and trailing signs; what
// cannot be mended is no JSON-LD.
func parseLD(s string) []object {
	if len(s) > maxLD {
		return nil
	}
	s = strings.TrimSpace(s)
	for _, cut := range []string{"<!--", "//<![CDATA[", "/*<![CDATA[*/", "<![CDATA["} {
		s = strings.TrimSpace(strings.TrimPrefix(s, cut))
	}
	for _, cut := range []string{"-->", "//]]>", "/*]]>*/", "]]>", ";"} {
		s = strings.TrimSpace(strings.TrimSuffix(s, cut))
	}
	var v any
	if err := json.Unmarshal([]byte(s), &v); err != nil {
		if err := json.Unmarshal(mend(s), &v); err != nil {
			return nil
		}
	}
	var objs []object
	collect(v, &objs, 0)
	return objs
}

// mend escapes raw control characters within strings and drops commas before
// a closing bracket.
func mend(s string) []byte {
	var b bytes.Buffer
	in, escaped := false, false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case in && escaped:
			escaped = false
		case in && c == '\\':
			escaped = true
		case c == '"':
			in = !in
		case in && c < ' ':
			b.WriteByte(' ')
			continue
		case !in && c == ',':
			rest := strings.TrimLeft(s[i+1:], " \t\r\n")
			if rest == "" || rest[0] == '}' || rest[0] == ']' {
				continue
			}
		}
		b.WriteByte(c)
	}
	return b.Bytes()
}

func collect(v any, objs *[]object, depth int) {
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

// types are an object's @type values.
func (o object) types() []string { return texts(o["@type"]) }

func (o object) is(suffixes ...string) bool {
	for _, t := range o.types() {
		t = t[strings.LastIndexAny(t, "/#:")+1:]
		for _, s := range suffixes {
			if t == s {
				return true
			}
		}
	}
	return false
}

// text is a member as text; the name of an object.
func (o object) text(key string) string {
	t := texts(o[key])
	if len(t) == 0 {
		return ""
	}
	return block.Clean(html.UnescapeString(t[0]))
}

// texts lists the strings of a value: of itself, of a list, of objects' names.
func texts(v any) []string {
	switch v := v.(type) {
	case string:
		if strings.TrimSpace(v) != "" {
			return []string{v}
		}
	case []any:
		var all []string
		for _, e := range v[:min(len(v), 200)] {
			if _, nested := e.([]any); !nested {
				all = append(all, texts(e)...)
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

// objectsOf lists the objects of a member; references by @id are followed once.
func (x *index) objectsOf(o object, key string) []object {
	var res []object
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
			if id, ok := v["@id"].(string); ok && len(v) <= 2 {
				for _, other := range x.ld {
					if other["@id"] == id && len(other) > len(v) {
						res = append(res, other)
						return
					}
				}
			}
			res = append(res, v)
		}
	}
	take(o[key], 0)
	return res
}

// articleTypes are the types of a story, the most telling first.
var articleTypes = []string{"NewsArticle", "ReportageNewsArticle", "AnalysisNewsArticle", "OpinionNewsArticle", "BackgroundNewsArticle", "ReviewNewsArticle",
	"AskPublicNewsArticle", "LiveBlogPosting", "Article", "BlogPosting", "TechArticle", "ScholarlyArticle", "SocialMediaPosting", "Report", "VideoObject", "MediaGallery", "ImageGallery"}

// article is the JSON-LD object of the page's own story; nil if there is none.
func (x *index) article() object {
	var best object
	score := 0
	for _, o := range x.ld {
		if !o.is(articleTypes...) {
			continue
		}
		s := 1
		if !o.is("VideoObject") {
			s += 3
		}
		for _, key := range []string{"headline", "datePublished", "author", "articleBody"} {
			if o[key] != nil {
				s++
			}
		}
		own := append(texts(o["url"]), texts(o["mainEntityOfPage"])...)
		for _, u := range own {
			if sameURL(u, x.page.URL) || len(x.Rels["canonical"]) > 0 && u == x.Rels["canonical"][0] {
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
