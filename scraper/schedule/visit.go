package schedule

import (
	"hash/fnv"
	"time"
)

// Bounds of the time between two visits of a page.
const (
	Soonest = time.Hour
	Latest  = 30 * 24 * time.Hour
)

// Article is the time until an article's next visit, by its age since it was published
// or last edited: half of that. Most edits come within hours of the publication, and
// so are found soon; an article that is never edited is visited some fifteen times in
// its first year.
func Article(age time.Duration) time.Duration { return within(age / 2) }

// Undated is the same for an article whose age nobody says, by the time since the visit
// before, which found what this one finds; zero if there was none.
func Undated(since time.Duration) time.Duration { return within(max(12*time.Hour, since*3/2)) }

// Gone is the time until a page that the site has removed is looked at again: some are
// restored.
const Gone = Latest

// The intervals with which listings begin: those that the front page links to, and all
// others.
const (
	nearListing = 24 * time.Hour
	farListing  = 14 * 24 * time.Hour
)

// Listing is the time until the next visit of a page or feed that lists articles.
// last is the time that was set after the visit before; zero if there was none. next is
// for a visit that brings nothing that is not announced elsewhere, ifNew for one that
// does: a listing whose articles all come by feeds and sitemaps is visited ever more
// rarely, one that they know nothing of ever more often.
func Listing(last time.Duration, near bool) (next, ifNew time.Duration) {
	switch {
	case last == 0 && near:
		return nearListing, nearListing / 8
	case last == 0:
		return farListing, farListing / 8
	}
	return within(2 * last), within(last / 4)
}

// Sitemap is the time until the next visit of one of many sitemaps, by the time that was
// set after the visit before. One that changes is visited in each run.
func Sitemap(last time.Duration, unchanged bool) time.Duration {
	if !unchanged {
		return 0
	}
	return min(max(Soonest, 2*last), 24*time.Hour)
}

func within(d time.Duration) time.Duration { return min(max(d, Soonest), Latest) }

// Spread shortens an interval by up to a fifth, by an amount that depends on the URL
// alone, so that pages that a crawl found at one time are not all due at one time. Short
// ones are shortened by a twentieth, so that a page is due at the run that comes when
// the interval ends.
func Spread(d time.Duration, url string) time.Duration {
	if d < 6*time.Hour {
		return d - d/20
	}
	h := fnv.New32a()
	h.Write([]byte(url))
	share := time.Duration(mix(uint64(h.Sum32())) % 1000)
	return d - d*(50+share*3/20)/1000
}
