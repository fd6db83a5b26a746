package scraper

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/publicsuffix"
)

// A Scope says which URLs belong to a crawl. It is safe for many goroutines
// once its exported fields are set.
type Scope struct {
	Kind    string // "page", "section", "site" or "domain"
	Seeds   []*url.URL
	Include []*regexp.Regexp // if any, a URL must match one; they narrow
	Exclude []*regexp.Regexp // a URL must match none; seeds are exempt from both
	Skip    map[string]bool  // suppressed URLs, which are not fetched, seeds too
	// FollowSeed lets a seed redirect to another registrable domain.
	FollowSeed bool

	mu      sync.RWMutex
	sites   []string        // that redirects of seeds added, to a scope of sites
	targets map[string]bool // URLs to which seeds redirect
	moved   []*url.URL      // of these, the ones whose sections belong to a scope of sections
}

// An OutOfScope error says why a URL does not belong to a crawl.
type OutOfScope struct{ Reason string }

func (e *OutOfScope) Error() string { return e.Reason }

// NewScope returns the scope of a seed. Kind "" chooses by the URL: its site if the
// path is /, else that one page.
func NewScope(kind string, seed *url.URL) (*Scope, error) {
	switch kind {
	case "":
		kind = "page"
		if (seed.Path == "" || seed.Path == "/") && seed.RawQuery == "" {
			kind = "site"
		}
	case "page", "section", "site", "domain":
	default:
		return nil, fmt.Errorf("scope is %q; it is page, section, site or domain", kind)
	}
	n, err := Normalize(seed)
	if err != nil {
		return nil, err
	}
	return &Scope{Kind: kind, Seeds: []*url.URL{n}}, nil
}

// String describes the scope to people.
func (s *Scope) String() string {
	if len(s.Seeds) == 0 {
		return "nothing"
	}
	first := s.Seeds[0]
	more := ""
	if n := len(s.Seeds) - 1; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	switch s.Kind {
	case "page":
		return "the page " + first.String() + more
	case "section":
		return "the section " + SiteOf(first) + directory(first) + more
	case "domain":
		return "the domain " + registrable(first) + more + " (all its hosts)"
	}
	return "the site " + SiteOf(first) + more + " (with and without www., http and https)"
}

// Check returns nil for a page that belongs to the crawl, else an *OutOfScope.
func (s *Scope) Check(u *url.URL) error {
	if !s.belongs(u) {
		return &OutOfScope{"another site"}
	}
	return s.narrow(u)
}

// CheckAnnounced is Check for feeds and sitemaps: include and exclude are about
// pages and do not apply.
func (s *Scope) CheckAnnounced(u *url.URL) error {
	site := SiteOf(u)
	for _, seed := range s.Seeds {
		if SiteOf(seed) == site || s.Kind == "domain" && registrable(seed) == registrable(u) {
			return nil
		}
	}
	if !s.belongs(u) {
		return &OutOfScope{"another site"}
	}
	return nil
}

func (s *Scope) narrow(u *url.URL) error {
	text := u.String()
	match := func(re *regexp.Regexp) bool { return re.MatchString(text) }
	if s.Skip[text] {
		return &OutOfScope{"suppressed"}
	}
	if s.isSeed(text) || s.isTarget(text) {
		return nil // named by the user, or where that redirects
	}
	if slices.ContainsFunc(s.Exclude, match) {
		return &OutOfScope{"excluded"}
	}
	if len(s.Include) > 0 && !slices.ContainsFunc(s.Include, match) {
		return &OutOfScope{"not included"}
	}
	return nil
}

func (s *Scope) isSeed(text string) bool {
	return slices.ContainsFunc(s.Seeds, func(seed *url.URL) bool { return seed.String() == text })
}

func (s *Scope) isTarget(text string) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.targets[text]
}

func (s *Scope) belongs(u *url.URL) bool {
	site, text := SiteOf(u), u.String()
	for _, seed := range s.Seeds {
		switch s.Kind {
		case "page":
			if text == seed.String() {
				return true
			}
		case "section":
			if inSection(seed, u) {
				return true
			}
		case "domain":
			if registrable(seed) == registrable(u) {
				return true
			}
		default:
			if SiteOf(seed) == site {
				return true
			}
		}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.targets[text] || slices.Contains(s.sites, site) || slices.ContainsFunc(s.moved, func(of *url.URL) bool { return inSection(of, u) })
}

// inSection reports whether u is below the section of another URL.
func inSection(of, u *url.URL) bool {
	return SiteOf(of) == SiteOf(u) && strings.HasPrefix(u.Path, directory(of))
}

// maxSites bounds the sites that redirects of seeds add.
const maxSites = 8

// Redirected extends the scope to where a seed, or a page that a seed redirects to,
// redirects itself: by the site or the section there, or for a scope of pages by the
// page. A section does not become the whole site where that is what it redirects to. It
// reports whether that belongs to the crawl: another registrable domain does only
// with FollowSeed.
func (s *Scope) Redirected(from, to *url.URL) bool {
	if !s.belongs(to) && !s.FollowSeed && registrable(from) != registrable(to) {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Kind == "site" || s.Kind == "domain" {
		site := SiteOf(to)
		switch {
		case slices.Contains(s.sites, site):
		case len(s.sites) >= maxSites:
			return false
		default:
			s.sites = append(s.sites, site)
		}
	}
	if s.Kind == "section" && directory(to) != "/" && len(s.moved) < maxSites && !slices.ContainsFunc(s.moved, func(of *url.URL) bool { return inSection(of, to) }) {
		s.moved = append(s.moved, to)
	}
	switch text := to.String(); {
	case s.targets[text]:
	case len(s.targets) >= maxSites*(len(s.Seeds)+1):
		return s.Kind == "site" || s.Kind == "domain"
	default:
		if s.targets == nil {
			s.targets = map[string]bool{}
		}
		s.targets[text] = true
	}
	return true
}

// directory is the path of a section: up to and with the last slash, or the
// whole path where its last part has no extension.
func directory(u *url.URL) string {
	p := u.Path
	i := strings.LastIndexByte(p, '/')
	if i < 0 {
		return "/"
	}
	if last := p[i+1:]; last != "" && !strings.Contains(last, ".") {
		return p + "/"
	}
	return p[:i+1]
}

// registrable is the domain that an owner has registered: one label and a public
// suffix. Addresses have none; ports are part of none.
func registrable(u *url.URL) string {
	if net.ParseIP(u.Hostname()) != nil {
		return u.Hostname()
	}
	d, err := publicsuffix.EffectiveTLDPlusOne(u.Hostname())
	if err != nil {
		return u.Hostname() // a name without a public suffix
	}
	return d
}
