package saved

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
)

// savedFrom is the comment in which browsers write the URL of a page that they save. The
// number is its length.
var savedFrom = regexp.MustCompile(`(?i)<!--\s*saved from url=\(\d{1,6}\)(\S{1,1000}?)\s*-->`)

// maxAddress is how far into a file its address is looked for, in bytes.
const maxAddress = 256 << 10

// SavedFrom returns the URL that a browser wrote into an HTML file when it saved it; ""
// if there is none.
func SavedFrom(page []byte) string {
	m := savedFrom.FindSubmatch(page[:min(len(page), 4096)])
	if m == nil || !IsWebURL(string(m[1])) {
		return ""
	}
	return string(m[1])
}

// Canonical returns the URL that a page gives as its own: the canonical link, else
// og:url; "" if there is none that is absolute.
func Canonical(page []byte) string {
	z := html.NewTokenizer(bytes.NewReader(page[:min(len(page), maxAddress)]))
	z.SetMaxBuf(maxAddress)
	og := ""
	for {
		switch z.Next() {
		case html.ErrorToken:
			return og
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			attr := map[string]string{}
			for _, a := range t.Attr {
				attr[a.Key] = strings.TrimSpace(a.Val)
			}
			switch {
			case t.Data == "body" && og != "":
				return og
			case t.Data == "link" && strings.EqualFold(attr["rel"], "canonical") && IsWebURL(attr["href"]):
				return attr["href"]
			case t.Data == "meta" && og == "" && strings.EqualFold(attr["property"], "og:url") && IsWebURL(attr["content"]):
				og = attr["content"]
			}
		}
	}
}

// resolve makes the location of a part absolute; "" if it is none of http or https.
func resolve(base, location string) string {
	location = strings.TrimSpace(location)
	if b, err := url.Parse(base); err == nil && base != "" {
		if u, err := b.Parse(location); err == nil {
			location = u.String()
		}
	}
	if !IsWebURL(location) {
		return ""
	}
	return location
}
