package scraper

import "context"

// LimitDay is the limit of a run that made as many requests as a day may have.
const LimitDay = "budget of the day reached"

// mayAsk asks Spend and waits for Gate before a request. False is the end of the run.
func (r *run) mayAsk(ctx context.Context) (bool, error) {
	if r.Spend != nil {
		ok, err := r.Spend(ctx)
		if err == nil && !ok {
			r.reach(LimitDay)
		}
		if err != nil || !ok {
			return false, err
		}
	}
	return r.Gate == nil || r.Gate(ctx) == nil, nil // it fails if the run is stopped while it waits
}

// more asks for more to do, once for all workers that find nothing left. turn is how
// often there was more when the worker last looked; the result is that now, or -1 at the
// end.
func (r *run) more(ctx context.Context, turn int) (int, error) {
	r.asking.Lock()
	defer r.asking.Unlock()
	switch {
	case r.turns > turn:
		return r.turns, nil
	case r.ended || r.More == nil:
		return -1, nil
	}
	more, err := r.More(ctx)
	if err != nil || !more {
		r.ended = true
		return -1, err
	}
	r.turns++
	return r.turns, nil
}
