package scraper

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/robots"
)

// robotsLife is how long a robots.txt is cached (RFC 9309, section 2.4).
const robotsLife = 24 * time.Hour

// robotsHops is how many redirects of a robots.txt are followed (section 2.3.1.2).
const robotsHops = 5

// A host is what a run knows about one scheme, name and port.
type host struct {
	name string

	fetching sync.Mutex // one request for robots.txt at a time

	mu        sync.Mutex
	file      *robots.File
	fetched   time.Time
	smoothed  time.Duration // of response times
	loopback  bool
	failures  int // in a row
	walls     int // bot walls in a row
	refusals  int // 401, 403 and bot walls in a row
	givenUp   string
	pages     bool          // it was asked for a page
	delay     time.Duration // of robots.txt
	announced bool          // its sitemaps were queued
	proven    bool          // it answered in this run
	assets    bool          // only assets were asked for so far
	abandon   bool          // given up as a host of assets only
}

func (r *run) host(u *url.URL) *host {
	name := hostOf(u)
	r.mu.Lock()
	defer r.mu.Unlock()
	h := r.hosts[name]
	if h == nil {
		h = &host{name: name, loopback: IsLoopback(u.Hostname()), assets: true}
		r.hosts[name] = h
	}
	return h
}

// IsLoopback reports whether a host name is that of the machine itself.
func IsLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// gaveUp is why the host is given up; "" if it is not.
func (h *host) gaveUp() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.givenUp
}

// givenUpPages reports whether the host is given up and pages are missing for it.
func (h *host) givenUpPages() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.pages && h.givenUp != ""
}

// answered takes how long an answer took and the address that it came from.
func (h *host) answered(took time.Duration, addr string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failures, h.proven = 0, true
	if h.smoothed == 0 {
		h.smoothed = took
	} else {
		h.smoothed += (took - h.smoothed) * 3 / 10
	}
	if host, _, err := net.SplitHostPort(addr); err == nil {
		h.loopback = IsLoopback(host)
	}
}

// failed counts a request without an answer; true if the host is given up now.
func (h *host) failed(reason string) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failures++
	if h.failures < hostFailures || h.givenUp != "" {
		return false
	}
	h.givenUp = "host given up: " + reason
	return true
}

// A page can be read without its style sheets and images. A host that only these
// are asked of, and that has not answered yet, is given up early: assets of dead
// hosts cost seconds, where pages are worth minutes.
const (
	assetFailures = 2               // in a row
	slowFailure   = 5 * time.Second // one failure that took so long is enough
	unprovenRest  = time.Second     // of a host while too many unproven ones are tried
)

// use notes what is asked of a host. One that was given up for its assets gets
// another chance if a page is asked for.
func (h *host) use(kind Kind) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.pages = h.pages || kind == KindPage
	if kind == KindAsset || !h.assets {
		return
	}
	h.assets = false
	if h.abandon {
		h.abandon, h.givenUp, h.failures = false, "", 0
	}
}

// abandoned reports whether a failure, which took some time, is the end of a host
// that only assets are asked of. All its other assets then have the same reason.
func (h *host) abandoned(err error, reason string, took time.Duration) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.assets || h.proven {
		return false
	}
	if !errors.Is(err, ErrNoHost) && took < slowFailure && h.failures+1 < assetFailures {
		return false
	}
	h.abandon, h.givenUp = true, reason
	return true
}

// enterUnproven takes a place among the assets that are fetched of hosts which have
// not answered yet, so that slow lookups of dead hosts never occupy the workers that
// pages need. It returns false if there is none; others need no place.
func (r *run) enterUnproven(h *host) (release func(), ok bool) {
	h.mu.Lock()
	unproven := h.assets && !h.proven
	h.mu.Unlock()
	if !unproven {
		return func() {}, true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unproven >= max(1, r.Workers/4) {
		return nil, false
	}
	r.unproven++
	return func() {
		r.mu.Lock()
		r.unproven--
		r.mu.Unlock()
	}, true
}

// refused counts an answer that denies access; true if the host is given up now.
func (h *host) refused(wall bool) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refusals++
	if wall {
		h.walls++
	}
	switch {
	case h.givenUp != "":
		return false
	case h.walls >= hostWalls:
		h.givenUp = "host given up: " + reasonWall
	case h.refusals >= hostRefusals:
		h.givenUp = "host given up: it denies access (HTTP 401 or 403)"
	default:
		return false
	}
	return true
}

// accepted ends a series of refusals.
func (h *host) accepted() {
	h.mu.Lock()
	h.walls, h.refusals = 0, 0
	h.mu.Unlock()
}

// rest is the delay between an answer and the next request to the host.
func (h *host) rest(c *Crawler) time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	rest := c.Delay
	switch {
	case c.DelaySet && c.Delay == 0:
	case h.loopback && !c.DelaySet:
		rest = 0
	default:
		if !c.DelaySet {
			rest = defaultDelay
		}
		rest = max(rest, min(2*h.smoothed, maxAdaptive))
	}
	return max(rest, h.delay)
}

// failureRest is the delay after a request without an answer: longer each time, up
// to a minute.
func (h *host) failureRest(c *Crawler) time.Duration {
	rest := h.rest(c)
	base := time.Second
	if rest == 0 {
		base = 20 * time.Millisecond
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return max(rest, min(base<<min(h.failures, 10), maxAdaptive))
}

// backoff is how long a URL waits after a try without an answer.
func (h *host) backoff(c *Crawler, attempt int) time.Duration {
	base := 2 * time.Second
	if h.rest(c) == 0 {
		base = 100 * time.Millisecond
	}
	return base << (2 * min(attempt, 4)) // 2 s, 8 s, 32 s
}

// allows checks the host's robots.txt, which it fetches first if needed; rest is then
// the delay before the next request. A host whose robots.txt cannot be fetched
// disallows everything for now (RFC 9309, section 2.3.1.4).
func (h *host) allows(ctx context.Context, r *run, req *Request) (ok bool, rest time.Duration, out Outcome, err error) {
	file, fresh, out, err := h.robots(ctx, r, req)
	if file == nil && r.IgnoreRobots && err == nil && out.Result != ResultRetry {
		return true, 0, Outcome{}, nil
	}
	if file == nil || err != nil {
		return false, 0, out, err
	}
	if rule, allowed := file.Rule(r.ProductToken, req.URL); !allowed && !r.IgnoreRobots {
		r.Logger.Debug("disallowed", "url", req.URL.String(), "rule", rule)
		return false, 0, Outcome{Result: ResultSkipped, Reason: reasonRobots}, nil
	}
	if fresh {
		rest = h.rest(r.Crawler)
	}
	return true, rest, Outcome{}, nil
}

// robots returns the host's rules; fresh if they were fetched just now. If they
// cannot be fetched, file is nil and out says what happens to req.
func (h *host) robots(ctx context.Context, r *run, req *Request) (file *robots.File, fresh bool, out Outcome, err error) {
	h.fetching.Lock()
	defer h.fetching.Unlock()
	h.mu.Lock()
	file, age := h.file, time.Since(h.fetched)
	h.mu.Unlock()
	if file != nil && age < robotsLife {
		return file, false, Outcome{}, nil
	}
	file, out, err = h.fetchRobots(ctx, r, req)
	if file == nil || err != nil {
		return nil, false, out, err
	}
	h.mu.Lock()
	h.file, h.fetched, h.delay = file, time.Now(), min(file.CrawlDelay(r.ProductToken), time.Hour)
	first := !h.announced
	h.announced = true
	h.mu.Unlock()
	if first {
		err = r.announce(ctx, req.URL, file.Sitemaps)
	}
	return file, true, Outcome{}, err
}

func (h *host) fetchRobots(ctx context.Context, r *run, req *Request) (*robots.File, Outcome, error) {
	u := &url.URL{Scheme: req.URL.Scheme, Host: req.URL.Host, Path: "/robots.txt"}
	var via *url.URL
	var cookies *chain // of its redirects
	for range robotsHops + 1 {
		ask := &Request{URL: u, Via: via, Hop: HopPrereq, Hops: string(HopPrereq), Kind: KindRobots, Site: r.Site, Attempt: req.Attempt, chain: cookies}
		resp, out, err := r.fetch(ctx, h, ask)
		if resp == nil || err != nil {
			if via != nil && out.Reason != "" {
				if out.Result == ResultFailed {
					r.missOnce(out.Reason, u.String()) // of another host than the page's
				}
				out.Reason = "robots.txt redirects to " + hostOf(u) + ": " + out.Reason
			}
			return nil, out, err
		}
		status := resp.Status
		location := resp.Header.Get("Location")
		file, perr := robots.Parse(bytes.NewReader(resp.Body))
		if resp.Release != nil {
			resp.Release()
		}
		switch {
		case status >= 200 && status < 300:
			if perr != nil {
				return robots.AllowAll(), out, nil
			}
			return file, out, nil
		case status >= 300 && status < 400 && location != "":
			next, err := Resolve(u, location)
			if err == nil {
				next, err = Normalize(next)
			}
			if err != nil {
				return robots.AllowAll(), out, nil
			}
			if cookies, err = cookies.extend(resp); err != nil {
				return nil, postponed, err
			}
			via, u = u, next
			if !sleep(ctx, h.rest(r.Crawler)) {
				return nil, postponed, nil
			}
		case status == 429 || status >= 500:
			wait, asked := retryAfter(resp, r.now()) // 0 for a 5xx without Retry-After
			if asked {
				r.mu.Lock()
				r.counts.Waits++
				r.mu.Unlock()
			}
			out := Outcome{Result: ResultFailed, Reason: fmt.Sprintf("robots.txt gave HTTP %d", status), HostRest: h.rest(r.Crawler), RetryAfter: wait}
			if !h.failed(out.Reason) && req.Attempt+1 < maxTries {
				out.Result, out.NextVisit = ResultRetry, time.Now().Add(max(wait, h.backoff(r.Crawler, req.Attempt)))
			}
			return nil, out, nil
		default:
			return robots.AllowAll(), out, nil
		}
	}
	return robots.AllowAll(), Outcome{}, nil
}
