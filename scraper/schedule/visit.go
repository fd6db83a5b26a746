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

// Listing is the time until the next visit of a page or feed that lists articles.
// last is the time that was set after the visit before; zero if there was none. next is
// for a visit that brings nothing that is not announced elsewhere, ifNew for one that
// does: a listing whose articles all come by feeds and sitemaps is visited ever more
// rarely, one that they know nothing of ever more often. Those that the front page
// links to begin with about a day; all others with one to four weeks, by their URL, since
// a crawl finds hundreds of them at one time.
func Listing(last time.Duration, near bool, url string) (next, ifNew time.Duration) {
	const day = 24 * time.Hour
	switch {
	case last == 0 && near:
		next = day/2 + time.Duration(share(url)*float64(day))
	case last == 0:
		next = 7*day + time.Duration(share(url)*float64(Latest-7*day))
	default:
		return within(2 * last), within(last / 4)
	}
	return next, next / 8
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
	return d - time.Duration((0.05+0.15*share(url))*float64(d))
}

// share is a number from 0 to 1, by a URL alone.
func share(url string) float64 {
	h := fnv.New64a()
	h.Write([]byte(url))
	return float64(mix(h.Sum64())>>11) / (1 << 53)
}
