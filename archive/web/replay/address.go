package replay

import (
	"errors"
	"regexp"
	"strings"
	"time"
)

// What a capture is asked for as. These are the modifiers of the Wayback Machine and of
// pywb.
const (
	Image    = "im_" // a picture, font, sound or film
	Style    = "cs_" // a style sheet
	Identity = "id_" // the bytes as they were received
	Frame    = "if_" // a page in a frame, which is a page
)

// Prefix is how the path of each address begins.
const Prefix = "/raw/"

// An Address is that of a capture in the viewer:
//
//	/raw/20260102030405im_/https://example.org/a.png
//
// Key is what only pages have that the viewer rewrote itself. It follows the modifier
// after a tilde. Other websites do not know it, so they cannot find out by embedding
// pictures what the archive has.
type Address struct {
	Time     time.Time
	Modifier string
	Key      string
	URL      string
}

// stamp is the layout of an address's time, in UTC.
const stamp = "20060102150405"

// String returns the address. It has no white space, quotation marks or backslashes, and
// does not end in a comma, so that it can stand in attributes, lists and style sheets.
func (a Address) String() string {
	key := ""
	if a.Key != "" {
		key = "~" + a.Key
	}
	return Prefix + a.Time.UTC().Format(stamp) + a.Modifier + key + "/" + escape(a.URL)
}

const hexDigits = "0123456789ABCDEF"

// escape percent-encodes what would end an address in some of the places where it stands.
func escape(u string) string {
	special := func(i int) bool {
		c := u[i]
		return c <= ' ' || c == 0x7f || strings.IndexByte("\"\\<>`#", c) >= 0 || c == ',' && i == len(u)-1
	}
	n := 0
	for n < len(u) && !special(n) {
		n++
	}
	if n == len(u) {
		return u
	}
	var b strings.Builder
	for i := range len(u) {
		if special(i) {
			b.WriteByte('%')
			b.WriteByte(hexDigits[u[i]>>4])
			b.WriteByte(hexDigits[u[i]&15])
		} else {
			b.WriteByte(u[i])
		}
	}
	return b.String()
}

var addressForm = regexp.MustCompile(`^/(?:raw|page)/(\d{4,14})([a-z]{2}_)?(?:~([A-Za-z0-9_-]{1,64}))?/(?s:(.+))$`)

// ErrAddress is returned for what is not an Address.
var ErrAddress = errors.New("an address of the archive is /raw/TIMESTAMP/URL, such as /raw/20260102030405/https://example.org/")

// ParseAddress reads the path and query of an address, percent-encoded as they came. A
// timestamp may be shorter than 14 digits: the rest is then as early as it can be.
func ParseAddress(requestURI string) (a Address, err error) {
	m := addressForm.FindStringSubmatch(requestURI)
	if m == nil {
		return a, ErrAddress
	}
	// What misses is that of the first month, day, hour, minute and second.
	if a.Time, err = time.Parse(stamp, m[1]+"00000101000000"[len(m[1]):]); err != nil {
		return a, ErrAddress
	}
	switch a.Modifier = m[2]; a.Modifier {
	case "", Image, Style, Identity, Frame:
	default: // such as js_, oe_ and mp_, which other archives have
		a.Modifier = ""
	}
	a.Key, a.URL = m[3], m[4]
	// Proxies and people write https:/example.org/ for https://example.org/.
	for _, scheme := range []string{"http:/", "https:/"} {
		if rest, ok := strings.CutPrefix(a.URL, scheme); ok && !strings.HasPrefix(rest, "/") {
			a.URL = scheme + "/" + rest
		}
	}
	if !strings.HasPrefix(a.URL, "http://") && !strings.HasPrefix(a.URL, "https://") {
		a.URL = "https://" + strings.TrimLeft(a.URL, "/")
	}
	return a, nil
}
