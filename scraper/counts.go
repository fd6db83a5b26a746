package scraper

import (
	"cmp"
	"hash/fnv"
	"slices"
)

// A Reason counts what was not kept for one reason.
type Reason struct {
	Reason  string `json:"reason"`
	Count   int    `json:"count"`
	Example string `json:"example,omitempty"`
}

// Counts are the figures of a run.
type Counts struct {
	Asked        int   // requests sent
	Failed       int   // of these, without an answer
	PagesAsked   int   // attempts at pages, those that failed with robots.txt included
	PagesFailed  int   // of these, without an answer
	Waits        int   // answers that asked to wait; most are asked again
	CookiePages  int   // pages that came only when the cookies of their redirects were sent back
	Pages        int   // pages kept, with a status of 2xx or unchanged
	Articles     int   // of these, read as articles
	WireBytes    int64 // bodies as sent
	SeedsFailed  int   // seeds without a page in the end
	HostsGivenUp int   // hosts of pages; those of assets only are not counted
	Seeds        []SeedNote
	Reasons      []Reason // the most frequent first
	Limit        string   // the limit that ended the run, or ""
}

// miss counts something that was not kept.
func (r *run) miss(reason, example string) { r.missN(1, reason, example) }

func (r *run) missN(n int, reason, example string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.reasons[reason] == nil && len(r.reasons) >= maxReasons {
		reason = "other reasons"
	}
	c := r.reasons[reason]
	if c == nil {
		c = &Reason{Reason: reason, Example: example}
		r.reasons[reason] = c
	}
	c.Count += n
}

// result is the run's counts with its reasons in order.
func (r *run) result() Counts {
	r.mu.Lock()
	defer r.mu.Unlock()
	c := r.counts
	c.Reasons = sortedReasons(r.reasons)
	c.Seeds, c.SeedsFailed = r.seeds.result()
	for _, h := range r.hosts {
		if h.givenUpPages() {
			c.HostsGivenUp++
		}
	}
	return c
}

// missOnce is miss for what several documents may say: an example counts once.
func (r *run) missOnce(reason, example string) { r.missKey(reason, example, example) }

// maxMissed bounds what missKey remembers; beyond it all is counted.
const maxMissed = 200_000

// missKey counts something that was not kept unless it was counted under the same key.
func (r *run) missKey(reason, key, example string) {
	h := fnv.New64a()
	h.Write([]byte(reason + "\x00" + key))
	sum := h.Sum64()
	r.mu.Lock()
	known := r.missed[sum]
	if r.missed == nil {
		r.missed = map[uint64]bool{}
	}
	if len(r.missed) < maxMissed {
		r.missed[sum] = true
	}
	r.mu.Unlock()
	if !known {
		r.miss(reason, example)
	}
}

func sortedReasons(m map[string]*Reason) []Reason {
	var res []Reason
	for _, c := range m {
		res = append(res, *c)
	}
	slices.SortFunc(res, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Reason, b.Reason))
	})
	return res
}
