package scraper

import (
	"bytes"
	"context"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/robots"
)

// A Replay does for answers that are archived already what a crawl does for those that it
// gets: it queues what they lead to. Nothing is asked, no host rests but one that asked to
// wait for longer than until now, and no budget is spent. It is for a frontier that lacks
// what a run did: one that was killed, or one that another machine had begun. It is not
// safe for concurrent use.
type Replay struct{ run *run }

// Replay begins the replay of a run. Its answers must come in the order of their times. As
// in Run, the seeds are queued first. Only the crawler's Frontier, Scope and limits of
// what is followed are used.
func (c *Crawler) Replay(ctx context.Context, seeds ...*Request) (*Replay, error) {
	silent := *c
	silent.Events = nil
	r, err := silent.begin(ctx, seeds)
	if err != nil {
		return nil, err
	}
	return &Replay{r}, nil
}

// Replayed is how an archived answer ended.
type Replayed struct {
	Outcome
	// Next is the next request of a chain of redirects with cookies; nil if there is none.
	// It is not queued: its answer needs cookies, which no record has. If that is not
	// archived either, the chain must begin anew.
	Next *Request
}

// Take follows what an answer leads to, as of a time, and completes its outcome, which has
// what the Handler said. The caller gives that to the frontier.
func (p *Replay) Take(ctx context.Context, resp *Response, out Outcome, at time.Time) (Replayed, error) {
	r, req := p.run, resp.Request
	r.at = at
	if req.Kind == KindRobots {
		return Replayed{}, p.robots(ctx, resp)
	}
	out.Result, out.Status = ResultKept, resp.Status
	e := ending{Outcome: out}
	if !r.blocked(resp, &e) {
		if err := r.follow(ctx, resp, &e); err != nil {
			return Replayed{}, err
		}
		r.countPage(req, &e)
		if wait, asked := retryAfter(resp, at); asked {
			r.asksToWait(resp, wait, &e)
		}
	}
	r.settle(req, &e)
	return Replayed{e.Outcome, e.next}, nil
}

// robots queues the sitemaps that a robots.txt names.
func (p *Replay) robots(ctx context.Context, resp *Response) error {
	u := resp.URL
	h := p.run.host(u)
	if u.Path != "/robots.txt" || h.announced || isRedirect(resp.Status) || resp.Status >= 500 || resp.Status == 429 {
		return nil // there is another one, or it is asked for again
	}
	h.announced = true
	var sitemaps []string
	if resp.Status >= 200 && resp.Status < 300 {
		if file, err := robots.Parse(bytes.NewReader(resp.Body)); err == nil {
			sitemaps = file.Sitemaps
		}
	}
	return p.run.announce(ctx, u, sitemaps)
}

// now is the time of the answer at hand: an archived one was had earlier.
func (r *run) now() time.Time {
	if r.at.IsZero() {
		return time.Now()
	}
	return r.at
}
