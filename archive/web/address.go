package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/web/replay"
)

// maxAddress bounds the URLs of the archive that addresses of the viewer end in, in bytes.
const maxAddress = 8 << 10

// requestAddress is the path and query of a request as they were sent: http.ServeMux and
// package net/url would join slashes and write escapes anew.
func requestAddress(r *http.Request) string {
	address := r.RequestURI
	if !strings.HasPrefix(address, "/") { // a proxy's request has the scheme and host, and a test may have nothing
		address = r.URL.EscapedPath()
		if r.URL.RawQuery != "" || r.URL.ForceQuery {
			address += "?" + r.URL.RawQuery
		}
	}
	return address
}

// archivedURL returns the URL of the archive in which the address of a request ends: all
// after the prefix of the path, with the query, escaped as it was sent. It may be without
// a scheme, with one slash after it, or be escaped as a whole. Credentials and the
// fragment are removed. The error is one that the user can correct.
func archivedURL(r *http.Request, prefix string) (string, error) {
	raw, ok := strings.CutPrefix(requestAddress(r), prefix)
	if !ok {
		return "", errNoPage
	}
	return cleanURL(raw)
}

// cleanURL is archivedURL for a URL that was written anywhere.
func cleanURL(raw string) (string, error) {
	if len(raw) > maxAddress {
		return "", refuse("the URL is longer than %s", formatBytes(maxAddress))
	}
	raw = strings.TrimSpace(raw)
	if head := strings.ToLower(raw[:min(len(raw), 12)]); strings.HasPrefix(head, "http%3a") || strings.HasPrefix(head, "https%3a") {
		if whole, err := url.PathUnescape(raw); err == nil {
			raw = whole
		}
	}
	raw, _, _ = strings.Cut(raw, "#")
	raw = strings.TrimSpace(raw)
	scheme, rest, err := cutScheme(raw)
	if err != nil {
		return "", err
	}
	end := strings.IndexAny(rest, "/?")
	if end < 0 {
		end = len(rest)
	}
	host := rest[:end]
	if n := strings.LastIndexByte(host, '@'); n >= 0 {
		host = host[n+1:]
	}
	switch {
	case host == "":
		return "", refuse("the address ends without the URL of a page, such as https://example.org/story")
	case strings.ContainsAny(host, " <>\"\\^`{|}"), strings.ContainsFunc(raw, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return "", refuse("%q is not a URL", cutText(raw, 200))
	}
	if rest = rest[end:]; rest == "" || rest[0] == '?' {
		rest = "/" + rest
	}
	return scheme + "://" + host + rest, nil
}

// cutScheme divides a URL behind the slashes of its scheme; http is the one of URLs
// without.
func cutScheme(raw string) (scheme, rest string, err error) {
	if scheme, rest, ok := strings.Cut(raw, ":"); ok {
		switch scheme = strings.ToLower(scheme); {
		case scheme == "http", scheme == "https":
			return scheme, strings.TrimLeft(rest, "/"), nil
		case strings.HasPrefix(rest, "/") && strings.IndexFunc(scheme, notLetter) < 0, scheme == "dns", scheme == "urn", scheme == "data", scheme == "javascript", scheme == "mailto":
			return "", "", refuse("%q is not the URL of a page: it must begin with http:// or https://", cutText(raw, 200))
		}
	}
	return "http", strings.TrimLeft(raw, "/"), nil
}

func notLetter(r rune) bool { return r < 'a' || r > 'z' }

// spellings lists the URLs under which the archive may have one that a person or program
// wrote, the most likely first: as it is, as crawls record it, with the other scheme, with
// and without "www." and a slash at the end.
func (s *Server) spellings(raw string) []string {
	all := []string{raw}
	add := func(u string) {
		for _, have := range all {
			if have == u {
				return
			}
		}
		all = append(all, u)
	}
	if s.Spelling != nil {
		add(s.Spelling(raw))
	}
	for _, u := range all {
		scheme, rest, _ := strings.Cut(u, "://")
		other := map[string]string{"http": "https", "https": "http"}[scheme]
		host := "www." + rest
		if bare, ok := strings.CutPrefix(rest, "www."); ok {
			host = bare
		}
		for _, sch := range []string{scheme, other} {
			for _, h := range []string{rest, host} {
				add(sch + "://" + h)
				if strings.Contains(h, "?") {
					continue
				}
				if short, ok := strings.CutSuffix(h, "/"); ok {
					add(sch + "://" + short)
				} else {
					add(sch + "://" + h + "/")
				}
			}
		}
	}
	return all
}

// A urlView answers requests whose address ends in a URL of the archive.
type urlView struct {
	prefix string // of the path, with a slash at its end
	view
}

// urlViews lists the views whose path ends in a URL. http.ServeMux must not see them: it
// redirects paths with two slashes to others.
func (s *Server) urlViews() []urlView {
	return []urlView{
		{"/timemap/link/", view{make: s.timeMapLink}},
		{"/timemap/json/", view{make: s.timeMapJSON}},
		{"/timegate/", view{make: s.timeGate}},
	}
}

// withURLs answers requests for urlViews, and hands on others.
func (s *Server) withURLs(next http.Handler) http.Handler {
	views := s.urlViews()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		address := requestAddress(r)
		for _, v := range views {
			if !strings.HasPrefix(address, v.prefix) {
				continue
			}
			if r.Method != http.MethodGet && r.Method != http.MethodHead {
				w.Header().Set("Allow", "GET, HEAD")
				http.Error(w, "Only GET and HEAD are answered here.", http.StatusMethodNotAllowed)
				return
			}
			s.show(v.view).ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// rawPath is the address of a capture in replay; kind is one of package replay, such as
// replay.Image.
func rawPath(t time.Time, kind, url string) string {
	return replay.Address{Time: t, Modifier: kind, URL: url}.String()
}

// pagePath is the address of a capture in replay, with a bar of the viewer.
func pagePath(t time.Time, url string) string {
	return "/page/" + strings.TrimPrefix(rawPath(t, "", url), replay.Prefix)
}
