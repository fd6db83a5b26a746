package web

import (
	"bytes"
	"encoding/json"
	"strings"

	"golang.org/x/net/html"
)

// A sourcePiece is the part of a page's source that says a value, which is not shown.
type sourcePiece struct {
	Before string `json:"before"`
	Match  string `json:"match"` // empty if the value is not there as it is
	After  string `json:"after"`
}

const (
	aroundMatch = 240     // bytes before and after a value
	maxTags     = 200_000 // tokens of a page that are looked at
)

// sourceOf finds the part of a page's source that a value is from; nil if it is from what
// is shown, or is not found.
func sourceOf(page []byte, from string, values []string) *sourcePiece {
	source, detail, _ := strings.Cut(from, ":")
	switch source {
	case "meta", "title", "html", "link", "attr", "microdata":
		return tagOf(page, source, detail, values)
	case "jsonld":
		return dataOf(page, true, detail, values)
	case "state":
		return dataOf(page, false, detail, values)
	}
	return nil
}

// tagOf finds a tag: of the name that the source has, with the detail in it; one that has
// the value, if there are several.
func tagOf(page []byte, source, detail string, values []string) *sourcePiece {
	var found *sourcePiece
	z := html.NewTokenizer(bytes.NewReader(page))
	for range maxTags {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		if kind != html.StartTagToken && kind != html.SelfClosingTagToken {
			continue
		}
		raw := string(z.Raw())
		name, _ := z.TagName()
		if (source == "meta" || source == "html" || source == "link" || source == "title") && string(name) != source {
			continue
		}
		if source == "title" && z.Next() == html.TextToken {
			raw += string(z.Raw())
			return pieceOf(raw, values)
		}
		if detail != "" && !strings.Contains(strings.ToLower(raw), strings.ToLower(detail)) {
			continue
		}
		if p := pieceOf(raw, values); p.Match != "" || found == nil && source != "attr" && source != "microdata" {
			found = p
			if p.Match != "" {
				break
			}
		}
	}
	return found
}

// dataOf finds a value in a script of the page: in one of JSON-LD, or in any other.
func dataOf(page []byte, ld bool, detail string, values []string) *sourcePiece {
	var found *sourcePiece
	z := html.NewTokenizer(bytes.NewReader(page))
	for range maxTags {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		if kind != html.StartTagToken {
			continue
		}
		t := z.Token()
		if t.Data != "script" || isLD(t) != ld || z.Next() != html.TextToken {
			continue
		}
		text := string(z.Raw())
		if p := pieceOf(text, values); p.Match != "" {
			return p
		}
		if i := strings.Index(text, `"`+detail+`"`); ld && found == nil && detail != "" && i >= 0 {
			found = cutOut(text, i, i+len(detail)+2)
		}
	}
	return found
}

func isLD(t html.Token) bool {
	for _, a := range t.Attr {
		if a.Key == "type" {
			return strings.Contains(strings.ToLower(a.Val), "ld+json")
		}
	}
	return false
}

// pieceOf finds the first of some values in a text, as it is or as HTML or JSON write it.
func pieceOf(text string, values []string) *sourcePiece {
	for _, v := range values[:min(len(values), maxShown)] {
		for _, form := range spelled(v) {
			if i := strings.Index(text, form); i >= 0 {
				return cutOut(text, i, i+len(form))
			}
		}
	}
	return &sourcePiece{Before: cutText(text, 2*aroundMatch)}
}

// spelled are the ways in which a source may write a value.
func spelled(v string) []string {
	forms := []string{v, html.EscapeString(v)}
	if b, err := json.Marshal(v); err == nil {
		quoted := string(b[1 : len(b)-1])
		forms = append(forms, quoted, strings.ReplaceAll(quoted, "/", `\/`))
	}
	if len(v) > 10 && v[4] == '-' && v[7] == '-' { // a time, which the page may write in another zone
		forms = append(forms, v[:min(len(v), 16)], v[:10])
	}
	return forms
}

// cutOut is a part of a text with what is around it.
func cutOut(text string, from, to int) *sourcePiece {
	to = min(to, from+2000)
	begin, end := max(0, from-aroundMatch), min(len(text), to+aroundMatch)
	p := &sourcePiece{strings.ToValidUTF8(text[begin:from], ""), strings.ToValidUTF8(text[from:to], ""), strings.ToValidUTF8(text[to:end], "")}
	if begin > 0 {
		p.Before = "…" + p.Before
	}
	if end < len(text) {
		p.After += "…"
	}
	return p
}
