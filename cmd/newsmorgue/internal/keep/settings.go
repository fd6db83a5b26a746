package keep

import (
	"net/http"
	"net/url"
	"regexp"
	"time"
)

// ownersPage tells site owners who crawls and how to slow or stop it.
const ownersPage = "https://github.com/newsmorgue/newsmorgue#for-site-owners"

// Settings are how a site is crawled. Zero values are the defaults that their comments name.
type Settings struct {
	MaxPages, MaxArticles int // 0: no limit
	MaxDepth              int
	MaxTime               time.Duration // 0: no limit
	// MaxRequestsPerDay bounds the requests of all runs on a day (UTC); 0: no limit. Nil is
	// DayOfRefreshes for a refresh of what is due, and no limit for other runs.
	MaxRequestsPerDay    *int
	Delay                time.Duration
	DelaySet             bool // Delay was given; 0 then switches adaptation off
	PerHost, Concurrency int  // 1 and 16 if zero
	Include, Exclude     []*regexp.Regexp
	UserAgent, Operator  string
	From                 string // mail address of the From field; the operator's if empty
	Header               http.Header
	Cookies              http.CookieJar
	Proxy                *url.URL
	TLSAccept            []string
	AsSent               bool
	NoExtract            bool      // archive answers, extract no article
	Since, Until         time.Time // of what is announced; zero is no bound
	FollowSeed           bool      // a seed may redirect to another registrable domain
	RobotsIgnored        string    // the mandate for which robots.txt is not obeyed; empty: it is
	Assets               string    // by scope if empty: style for a site, all for a page
	MinFree              int64     // bytes; with MinFreePercent zero too: 1 GiB or 5 %, the more of the two
	MinFreePercent       float64   // of the disk
	Software             string    // "newsmorgue/VERSION"
}

// DayOfRefreshes is how many requests refreshes of a site make on a day if nothing is set:
// twice what a newspaper with sixty articles a day and 44,000 older ones needs, by the
// simulation in scraper/schedule.
const DayOfRefreshes = 5000

// userAgent is the User-Agent field: a name, a page for site owners, the operator.
func (s Settings) userAgent() string {
	if s.UserAgent != "" {
		return s.UserAgent
	}
	ua := s.Software + " (+" + ownersPage
	if s.Operator != "" {
		ua += "; " + s.Operator
	}
	return ua + ")"
}

// from is the From field (RFC 9110, section 10.1.2).
func (s Settings) from() string {
	if s.From != "" {
		return s.From
	}
	return mailForm.FindString(s.Operator)
}

// robots is the run's policy on robots.txt, for its record.
func (s Settings) robots() string {
	if s.RobotsIgnored != "" {
		return "ignore; reason: " + s.RobotsIgnored
	}
	return "obey"
}

var mailForm = regexp.MustCompile(`[^\s<>"]+@[^\s<>"]+`)
