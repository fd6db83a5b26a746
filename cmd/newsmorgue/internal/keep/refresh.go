package keep

import (
	"context"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// A refresh is what a run visits again, in steps. The run begins with what announces
// pages, which costs few requests, and with what that calls new or modified. Each further
// step is taken when nothing is left of the one before:
//
//  1. Where a sitemap or list announces less than before, the others that belong to it
//     are asked for, if the run has not had them: pages move from one to another.
//  2. The rest of what is called modified, by those that have proved to be right; what is
//     no longer announced; and then what is due by its date. If very much is missing at
//     once, or what was missing the last time was still there, a sample of it is asked for.
//  3. The rest of what is missing, if the sample is gone.
type refresh struct {
	front *frontier.Frontier
	site  string
	since time.Time // when the run began
	step  int
	lost  []frontier.Loss // of which some or all was asked for
}

const (
	lostSample = 10 // articles of a sudden loss that are asked for first
	fewLost    = 3  // likewise, of a list that was wrong the last time: many name the latest articles only
	lostShare  = 5  // a loss of more than one article in so many is sudden
)

// next takes steps until one of them has queued something; false at the end.
func (r *refresh) next(ctx context.Context) (bool, error) {
	steps := []func(context.Context) (int, error){
		func(ctx context.Context) (int, error) { return r.front.Confirm(ctx, r.site, r.since) },
		r.lostAndDue,
		r.restOfLost,
	}
	for r.step < len(steps) {
		r.step++
		if n, err := steps[r.step-1](ctx); err != nil || n > 0 {
			return err == nil, err
		}
	}
	return false, nil
}

func (r *refresh) lostAndDue(ctx context.Context) (int, error) {
	var err error
	if r.lost, err = r.front.Losses(ctx, r.site, r.since); err != nil {
		return 0, err
	}
	queued := 0
	for _, l := range r.lost {
		most := l.Lost
		switch {
		case l.Lost > lostSample && l.Lost*lostShare > l.Announced:
			most = lostSample
		case l.Doubted:
			most = fewLost
		}
		n, err := r.front.QueueLost(ctx, r.site, l, most)
		if err != nil {
			return 0, err
		}
		queued += n
	}
	modified, err := r.front.QueueModified(ctx, r.site)
	if err != nil {
		return 0, err
	}
	due, err := r.front.RequeueDue(ctx, r.site, time.Now())
	return queued + modified + due, err
}

func (r *refresh) restOfLost(ctx context.Context) (queued int, err error) {
	for _, l := range r.lost {
		asked, still, err := r.front.Answered(ctx, r.site, l, r.since)
		n := 0
		switch {
		case err != nil || asked == 0: // the next run tries again
		case 2*still > asked:
			err = r.front.Disbelieve(ctx, l)
		default:
			if err = r.front.Believe(ctx, l); err == nil {
				n, err = r.front.QueueLost(ctx, r.site, l, l.Lost)
			}
		}
		if err != nil {
			return 0, err
		}
		queued += n
	}
	return queued, nil
}
