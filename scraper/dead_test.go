package scraper_test

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
	"github.com/newsmorgue/newsmorgue/scraper/sitetest"
)

// styled is a site of so many pages, each with style sheets of other hosts.
func styled(pages int, sheets ...string) *sitetest.Site {
	return &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/robots.txt":
			return
		case strings.HasSuffix(r.URL.Path, ".css"):
			w.Header().Set("Content-Type", "text/css")
			return
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<title>%s</title><p>%s</p>", word(r.URL.Path), word(r.URL.Path))
		for _, s := range sheets {
			fmt.Fprintf(w, "<link rel=stylesheet href=%q>", s)
		}
		for i := range pages {
			fmt.Fprintf(w, "<a href=/p%d>p</a>", i)
		}
	})}
}

// deadHosts dials a site whose other hosts fail in their own ways, after some time.
type deadHosts struct {
	site *sitetest.Site
	took time.Duration
	err  error
	heal int    // tries after which a host answers; never if zero
	kind string // of the scope; "site" if empty

	mu    sync.Mutex
	tries map[string]int
	now   int
	most  int // failing connections at a time
}

func (d *deadHosts) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(addr)
	if !strings.HasPrefix(host, "dead") {
		return d.site.Dial(ctx, network, addr)
	}
	d.mu.Lock()
	d.tries[host]++
	healed := d.heal > 0 && d.tries[host] > d.heal
	d.now++
	d.most = max(d.most, d.now)
	d.mu.Unlock()
	defer func() { d.mu.Lock(); d.now--; d.mu.Unlock() }()
	if healed {
		return d.site.Dial(ctx, network, addr)
	}
	select {
	case <-time.After(d.took):
		return nil, d.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// timed is an event and when it came after the start.
type timed struct {
	scraper.Event
	at time.Duration
}

func (d *deadHosts) crawl(t *testing.T, seed string) (scraper.Counts, time.Duration, []timed) {
	t.Helper()
	defer d.site.Close()
	d.tries = map[string]int{}
	f, err := frontier.Open(filepath.Join(t.TempDir(), "frontier.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	u, err := url.Parse(seed)
	if err != nil {
		t.Fatal(err)
	}
	scope, err := scraper.NewScope(cmp.Or(d.kind, "site"), u)
	if err != nil {
		t.Fatal(err)
	}
	fetcher := fetch.New(fetch.Options{Connect: d.dial, DetectHTML: isHTML})
	defer fetcher.Close()
	var mu sync.Mutex
	var events []timed
	start := time.Now()
	c := &scraper.Crawler{Frontier: f, Fetcher: fetcher, Scope: scope, Handler: &visits{hints: map[string]scraper.Hints{}}, Site: "s", Workers: 16, Assets: "style",
		Events: func(e scraper.Event) { mu.Lock(); events = append(events, timed{e, time.Since(start)}); mu.Unlock() }}
	counts, err := c.Run(context.Background(), &scraper.Request{URL: u})
	if err != nil {
		t.Fatal(err)
	}
	return counts, time.Since(start), events
}

var (
	errNoName = &net.DNSError{Err: "no such host", Name: "dead.example", IsNotFound: true}
	errNoDNS  = &net.DNSError{Err: "i/o timeout", Name: "dead.example", IsTimeout: true}
)

// TestAssetsOfDeadHostsCostSeconds: a host that only style sheets are asked of is
// given up after one or two tries, all its sheets have one reason, and the run does
// not count it among the hosts that were given up.
func TestAssetsOfDeadHostsCostSeconds(t *testing.T) {
	sheets := []string{"http://dead1.example/a.css", "http://dead1.example/b.css", "http://dead1.example/c.css", "http://dead2.example/a.css", "http://dead2.example/b.css"}
	for _, test := range []struct {
		name   string
		err    error
		took   time.Duration
		reason string
		tries  int // of each host
	}{
		{"the name does not exist", errNoName, 50 * time.Millisecond, "host name not found", 1},
		{"a slow lookup", errNoDNS, 20 * time.Second, "host name not resolved", 1},
		{"a quick failure may be bad luck", errors.New("connection reset: EOF"), 50 * time.Millisecond, "no answer", 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &deadHosts{site: styled(3, sheets...), err: test.err, took: test.took}
				counts, took, _ := d.crawl(t, "http://paper.example/")
				if counts.Pages != 4 || counts.HostsGivenUp != 0 {
					t.Errorf("got %d pages, %d hosts given up, want 4 and 0", counts.Pages, counts.HostsGivenUp)
				}
				if got := reasonCount(counts, test.reason); got != len(sheets) {
					t.Errorf("got %d sheets missed because of %q, want %d: %v", got, test.reason, len(sheets), counts.Reasons)
				}
				for _, host := range []string{"dead1.example", "dead2.example"} {
					if d.tries[host] != test.tries {
						t.Errorf("%s was tried %d times, want %d", host, d.tries[host], test.tries)
					}
				}
				if most := test.took + 20*time.Second; took > most {
					t.Errorf("the run took %s, want at most %s", took, most)
				}
			})
		})
	}
}

// TestSlowLookupsDoNotHoldPagesBack: forty dead hosts of style sheets, each with a
// lookup of 20 s, leave most workers to the pages.
func TestSlowLookupsDoNotHoldPagesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sheets []string
		for i := range 40 {
			sheets = append(sheets, fmt.Sprintf("http://dead%d.example/a.css", i))
		}
		d := &deadHosts{site: styled(20, sheets...), err: errNoDNS, took: 20 * time.Second}
		counts, _, events := d.crawl(t, "http://paper.example/")
		for _, e := range events {
			if e.Kind == scraper.EventDone && e.Request.Kind == scraper.KindPage && e.at > time.Minute {
				t.Errorf("%s came after %s; 21 pages at 2 s each are done in 42 s", e.Request.URL, e.at)
			}
		}
		if counts.Pages != 21 || reasonCount(counts, "host name not resolved") != 40 {
			t.Errorf("got %d pages, reasons %v", counts.Pages, counts.Reasons)
		}
		if d.most > 4 {
			t.Errorf("%d lookups of unknown hosts at a time, want at most a quarter of the 16 workers", d.most)
		}
	})
}

// TestHostIsGivenUpForItsAssetsOnly: when a page of such a host is found later, it is
// asked for.
func TestHostIsGivenUpForItsAssetsOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &deadHosts{err: errNoName, heal: 1, kind: "domain", site: &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			switch r.URL.Path {
			case "/":
				fmt.Fprint(w, "<title>front</title><p>front</p><link rel=stylesheet href=http://dead.paper.example/a.css><a href=/next>n</a>")
			case "/next":
				fmt.Fprint(w, "<title>next</title><p>next</p><a href=http://dead.paper.example/late>l</a>")
			case "/late":
				fmt.Fprint(w, "<title>late</title><p>late</p>")
			}
		})}}
		counts, _, _ := d.crawl(t, "http://paper.example/")
		if counts.Pages != 3 || reasonCount(counts, "host name not found") != 1 {
			t.Errorf("got %d pages, missed %v; want 3 and the style sheet", counts.Pages, counts.Reasons)
		}
	})
}

// TestPagesOfDeadHostsAreTriedMore: a page is tried four times, quickly if the reason
// is one that lasts.
func TestPagesOfDeadHostsAreTriedMore(t *testing.T) {
	for _, test := range []struct {
		name  string
		err   error
		least time.Duration
		most  time.Duration
	}{
		{"the name does not exist", errNoName, 0, 10 * time.Second},
		{"the certificate is not trusted", fmt.Errorf("tls: %w", &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}), 0, 10 * time.Second},
		{"the lookup failed", errNoDNS, 40 * time.Second, 2 * time.Minute},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := &deadHosts{site: styled(0), err: test.err}
				counts, took, _ := d.crawl(t, "http://dead.example/")
				if d.tries["dead.example"] != 4 || counts.SeedsFailed != 1 {
					t.Errorf("a page was tried %d times, %d seeds failed; want 4 and 1", d.tries["dead.example"], counts.SeedsFailed)
				}
				if took < test.least || took > test.most {
					t.Errorf("that took %s, want %s to %s", took, test.least, test.most)
				}
			})
		})
	}
}

// TestEventsSayWhatIsUnderWay: each request that ends has begun, and a rest within a
// lease is announced.
func TestEventsSayWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &deadHosts{site: styled(2, "http://dead.example/a.css"), err: errNoName}
		_, _, events := d.crawl(t, "http://paper.example/")
		var open []*scraper.Request
		rests := 0
		for _, e := range events {
			switch e.Kind {
			case scraper.EventStarted:
				open = append(open, e.Request)
			case scraper.EventDone:
				i := slices.Index(open, e.Request)
				if i < 0 {
					t.Errorf("%s ended and never began", e.Request.URL)
					continue
				}
				open = slices.Delete(open, i, i+1)
			case scraper.EventResting:
				rests++
				if e.Until.IsZero() {
					t.Error("a rest without an end")
				}
			}
		}
		if len(open) > 0 || rests == 0 {
			t.Errorf("%d requests never ended, %d rests", len(open), rests)
		}
	})
}
