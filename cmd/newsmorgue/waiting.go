package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// A wait is something that a crawl waits for. Lists of them begin with the lowest rank.
type wait struct {
	rank int
	text string
}

// The ranks of waits: what holds a crawl up most comes first.
const (
	waitPaused = iota
	waitAsked
	waitAnswer
	waitRetry
	waitDelay
	waitStore
)

// From these times on, a running crawl says that it waits. Shorter waits are how a
// polite crawl goes.
const (
	notableDelay  = 3 * time.Second
	notableAnswer = 5 * time.Second
)

// hostWaits says what the queue of a host waits for, if that takes at least so long:
// the host asked for it, URLs are tried again, or the delay between requests.
func hostWaits(q frontier.HostQueue, now time.Time, least time.Duration) []wait {
	var waits []wait
	rest := q.Next.Sub(now)
	for _, r := range q.Retries {
		left := max(rest, r.Due.Sub(now))
		if how, ok := strings.CutPrefix(r.Reason, "asked to wait"); ok {
			if left > 0 {
				waits = append(waits, wait{waitAsked, fmt.Sprintf("waiting %s: %s asked for it%s", shortTime(left), q.Host, how)})
			}
			rest = 0 // that is the reason of the host's delay, too
			continue
		}
		text := fmt.Sprintf("retrying %s of %s (%s)", count(r.Count, retryNoun(r)), q.Host, r.Reason)
		if left >= time.Second {
			text += ", next in " + shortTime(left)
			rest = 0
		}
		waits = append(waits, wait{waitRetry, text})
	}
	if rest >= max(least, 1) {
		waits = append(waits, wait{waitDelay, fmt.Sprintf("waiting %s: delay of %s", shortTime(rest), q.Host)})
	}
	return waits
}

// retryNouns are what URLs are called that are tried again, by kind of request.
var retryNouns = map[scraper.Kind]string{
	scraper.KindPage: "page", scraper.KindAsset: "asset", scraper.KindRobots: "robots.txt file",
	scraper.KindSitemap: "sitemap", scraper.KindFeed: "feed", scraper.KindList: "list",
}

func retryNoun(r frontier.Retry) string {
	if r.Styles {
		return "style sheet"
	}
	return cmp.Or(retryNouns[r.Kind], "URL")
}

// A flight is a request that was sent and has no complete answer yet.
type flight struct {
	host  string
	start time.Time
	bytes int64 // of the body
}

// wait says how long an answer has been coming, if that is long.
func (f *flight) wait(now time.Time) (wait, bool) {
	took := now.Sub(f.start)
	switch {
	case took < notableAnswer:
		return wait{}, false
	case f.bytes > 0:
		return wait{waitAnswer, fmt.Sprintf("receiving a slow answer from %s (%s, %s)", f.host, shortTime(took), size(f.bytes))}, true
	}
	return wait{waitAnswer, fmt.Sprintf("waiting for an answer from %s (%s)", f.host, shortTime(took))}, true
}

// waitTexts are the first most texts of waits, by rank, each once, and how many there
// are besides.
func waitTexts(waits []wait, most int) []string {
	slices.SortStableFunc(waits, func(a, b wait) int { return a.rank - b.rank })
	var texts []string
	for _, w := range waits {
		if !slices.Contains(texts, w.text) {
			texts = append(texts, w.text)
		}
	}
	if more := len(texts) - most; more > 0 {
		texts = append(texts[:most], fmt.Sprintf("and %d more", more))
	}
	return texts
}

// shortTime prints how long something takes, in whole seconds: "54 s", "2m05s".
func shortTime(d time.Duration) string {
	d = (d + time.Second - 1).Truncate(time.Second)
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Seconds()))
	}
	return formatDuration(d)
}
