package doc

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// tidy brings a reference that browsers accept into a form that net/url accepts: tabs
// and line breaks in it are left out, a % that begins no escape is escaped, and
// backslashes before the query are slashes (URL Standard, section 4.4). Any other
// reference is returned as it is.
func tidy(ref string) string {
	if !strings.ContainsAny(ref, "\t\r\n\\%") {
		return ref
	}
	hex := func(i int) bool { return i < len(ref) && strings.IndexByte("0123456789abcdefABCDEF", ref[i]) >= 0 }
	ref = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(ref)
	var b strings.Builder
	path := true
	for i := range len(ref) {
		switch c := ref[i]; {
		case c == '%' && !(hex(i+1) && hex(i+2)):
			b.WriteString("%25")
		case c == '\\' && path:
			b.WriteByte('/')
		default:
			path = path && c != '?' && c != '#'
			b.WriteByte(c)
		}
	}
	return b.String()
}

// asciiHost brings a host in Unicode into the form in which pages are fetched (UTS 46),
// so that what a page says of its own address can be compared with that. A name that is
// not valid stays as it is.
func asciiHost(u *url.URL) {
	name := u.Hostname()
	if !strings.ContainsFunc(name, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return
	}
	if ascii, err := names.ToASCII(name); err == nil {
		u.Host = ascii + strings.TrimPrefix(u.Host, name)
	}
}

var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false))
