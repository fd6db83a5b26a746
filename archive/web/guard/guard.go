// Package guard stands before the viewer: it decides which requests are answered. It checks
// the host that is asked for, who asks, and that requests that change something come from
// the viewer's own pages; it bounds what is handled at a time, and sets the headers that
// keep browsers from doing more than the viewer means. It does not know what the pages are.
package guard

import (
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Policy is the viewer's Content-Security-Policy. Pages that need another one, as replayed
// pages do, set their own.
const Policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; frame-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// The bounds of what is handled.
const (
	maxAtOnce = 64              // requests; others wait
	maxWait   = 5 * time.Second // then they are refused with status 503
	maxBody   = 1 << 20         // bytes of a form
)

// A Guard decides which requests are answered. The zero value answers everybody who asks
// for localhost or an IP address.
type Guard struct {
	// Hosts are the host names under which the server may be asked for, besides localhost and
	// IP addresses. Other names are refused: a web page that somebody reads on this machine
	// could point its own name here (DNS rebinding).
	Hosts []string
	// Password is what a browser must send once, on a form, and programs with each request:
	// as a bearer token (RFC 6750), or as the password of Basic authentication (RFC 7617)
	// with any user name. Everybody may ask if it is empty.
	Password string
	// Keyed reports whether a request is answered without a password, as it asks at an
	// address that only the viewer's own pages have. It may be nil.
	Keyed func(r *http.Request) bool
	// Secure says that browsers reach the server by https, so that the session's cookie is
	// sent by no other way.
	Secure bool

	once     sync.Once
	slots    chan struct{}
	sessions sessions
	guesses  guesses
}

// Wrap returns a handler that passes on the requests that are allowed.
func (g *Guard) Wrap(next http.Handler) http.Handler {
	g.once.Do(func() { g.slots = make(chan struct{}, maxAtOnce) })
	h := http.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		}
		switch {
		case r.URL.Path == "/live": // waits most of the time, and has bounds of its own
			next.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, "/assets/"): // needs nothing but memory that is there
			next.ServeHTTP(w, r)
		default:
			g.inTurn(w, r, next)
		}
	}))
	if g.Password != "" {
		// Who has no password takes no turn, so that he cannot keep others from theirs, as by
		// forms that he sends slowly.
		h = g.authenticated(h)
	}
	h = http.NewCrossOriginProtection().Handler(h)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		setHeaders(w.Header())
		switch {
		case !g.knows(r.Host):
			http.Error(w, "This viewer is not known under the name "+clean(r.Host)+". Start it with --host NAME to allow one.", http.StatusMisdirectedRequest)
		case !slices.Contains([]string{"GET", "HEAD", "POST"}, r.Method):
			w.Header().Set("Allow", "GET, HEAD, POST")
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		case g.embeds(r):
			http.Error(w, "Other websites can link to this viewer; they cannot have parts of it in their pages.", http.StatusForbidden)
		default:
			h.ServeHTTP(w, r)
		}
	})
}

// embeds reports whether a page of another website asks, as for a picture or frame in it,
// by what browsers say of their requests (Fetch Metadata). The page could not read the
// answer, but learn from the time that it takes, and keep the viewer busy. Rewritten pages
// count as others, because of their sandbox: what they embed has a key, and their links lead
// from one archived page to another in the viewer's frame.
func (g *Guard) embeds(r *http.Request) bool {
	if site := r.Header.Get("Sec-Fetch-Site"); site != "cross-site" && site != "same-site" || g.Keyed != nil && g.Keyed(r) {
		return false
	}
	if mode := r.Header.Get("Sec-Fetch-Mode"); mode != "navigate" {
		return mode != ""
	}
	into := r.Header.Get("Sec-Fetch-Dest")
	return into != "" && into != "document" && !strings.HasPrefix(r.URL.Path, "/raw/")
}

// inTurn handles a request when fewer than maxAtOnce are being handled.
func (g *Guard) inTurn(w http.ResponseWriter, r *http.Request, h http.Handler) {
	late := time.NewTimer(maxWait)
	defer late.Stop()
	select {
	case g.slots <- struct{}{}:
		defer func() { <-g.slots }()
		h.ServeHTTP(w, r)
	case <-late.C:
		w.Header().Set("Retry-After", "5")
		http.Error(w, "Too many requests at a time; try again in a few seconds.", http.StatusServiceUnavailable)
	case <-r.Context().Done():
	}
}

// setHeaders sets the headers of all answers.
func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", Policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
}

// knows reports whether the server may be asked for under a host name, with a port or
// without.
func (g *Guard) knows(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(host, ".")
	if strings.EqualFold(host, "localhost") || net.ParseIP(strings.Trim(host, "[]")) != nil {
		return true
	}
	return slices.ContainsFunc(g.Hosts, func(h string) bool { return strings.EqualFold(h, host) })
}

// clean returns a host name with nothing but the characters of host names.
func clean(host string) string {
	return strings.Map(func(r rune) rune {
		if r == '.' || r == '-' || r == ':' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, host[:min(len(host), 100)])
}
