package scraper

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"unicode"

	"golang.org/x/net/publicsuffix"
)

// Bounds of the cookies of a chain: those of RFC 6265, section 6.1, and what servers
// accept as a header field.
const (
	maxChainCookies = 50
	maxCookieBytes  = 4096
	maxChainBytes   = 16 << 10
)

// maxRedirects is how many redirects follow each other, with cookies or without.
const maxRedirects = 10

// A chain is a series of redirects in which a site has set a cookie. Sites that ask
// for one redirect until it comes back, so each request of the chain carries what
// the ones before were given, by the rules of RFC 6265. The cookies are in memory
// only and end with the chain: no other request has them.
type chain struct {
	jar    *cookiejar.Jar
	taken  int             // cookies
	bytes  int             // of these
	asked  map[string]bool // URLs, each with the cookies that were sent
	hops   int             // redirects
	repeat bool            // a URL was asked again, with other cookies
}

// extend adds the cookies of a redirect to its chain, and begins one if it has none.
// It returns nil if there is no cookie so far.
func (c *chain) extend(resp *Response) (*chain, error) {
	cookies := setCookies(resp.Header)
	if c == nil {
		if len(cookies) == 0 {
			return nil, nil
		}
		jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
		if err != nil {
			return nil, err
		}
		c = &chain{jar: jar, asked: map[string]bool{}}
		c.asked[c.key(resp.URL)] = true // the request that began it
	}
	for _, set := range cookies {
		size := len(set.Name) + len(set.Value)
		if size > maxCookieBytes || c.taken >= maxChainCookies || c.bytes+size > maxChainBytes {
			continue
		}
		c.taken++
		c.bytes += size
		c.jar.SetCookies(resp.URL, []*http.Cookie{set})
	}
	return c, nil
}

// setCookies reads the Set-Cookie fields of an answer as browsers do (RFC 6265, section
// 5.2): a value is any text, such as JSON, where net/http knows tokens only.
func setCookies(header http.Header) (cookies []*http.Cookie) {
	for _, field := range header.Values("Set-Cookie") {
		text, attributes, _ := strings.Cut(field, ";")
		name, value, named := strings.Cut(text, "=")
		name, value = strings.Trim(name, " \t"), strings.Trim(value, " \t")
		if !named || name == "" || strings.ContainsFunc(name+value, unicode.IsControl) {
			continue
		}
		set, err := http.ParseSetCookie("name=value;" + attributes)
		if err != nil {
			continue
		}
		set.Name, set.Value = name, value
		cookies = append(cookies, set)
	}
	return cookies
}

// lead reports whether the next URL may be asked: not too many redirects, and not
// the same request as before.
func (c *chain) lead(to *url.URL) bool {
	key := c.key(to)
	if c.asked[key] || c.hops >= maxRedirects {
		return false
	}
	for before := range c.asked {
		c.repeat = c.repeat || strings.HasPrefix(before, to.String()+" ")
	}
	c.asked[key] = true
	c.hops++
	return true
}

func (c *chain) key(u *url.URL) string {
	var b strings.Builder
	b.WriteString(u.String() + " ")
	for _, set := range c.cookies(u) {
		b.WriteString(set.Name + "=" + set.Value + ";")
	}
	return b.String()
}

// cookies are those for a URL.
func (c *chain) cookies(u *url.URL) []*http.Cookie {
	if c == nil {
		return nil
	}
	return c.jar.Cookies(u)
}
