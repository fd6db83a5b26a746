package keep

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/template"
)

// lessons are what a run's stories may teach about their sites, noted while they are
// read, so that learn need not read them from the archive again. They hold nothing that
// is not there as well: without them, learn learns the same. The zero value is ready to
// use, by many goroutines.
type lessons struct {
	mu    sync.Mutex
	sites map[string]*siteLessons
	bytes int // of all digests
}

// maxLessons bounds the bytes of all lessons. A site's sample of 200 stories takes
// some 2 MB.
const maxLessons = 16 << 20

// siteLessons are those of one site: the foremost by rank, at most twice as many as
// a sample has.
type siteLessons struct {
	all   []lesson
	least int64 // what ranks below is in no sample
}

// A lesson is one story.
type lesson struct {
	response   string // ID of its record
	title, url string
	at         time.Time
	rank       int64
	digest     template.Digest
}

// learnedKinds are the kinds of pages that are compared. Live pages are left out:
// they repeat text of other pages.
var learnedKinds = []string{string(article.KindArticle), string(article.KindGallery), string(article.KindVideo)}

// note notes a story that was read, if it may be in its site's sample.
func (l *lessons) note(v *visit) {
	if v.seen == nil || v.conv == nil || v.captured.Type() != "response" || !slices.Contains(learnedKinds, string(v.a.Kind)) {
		return
	}
	n := lesson{response: v.captured.ID(), title: v.a.Title, url: v.captured.TargetURI(), at: v.captured.Date()}
	n.rank = template.Rank(template.Key(n.title, n.url), n.at)
	if !l.wants(v.a.Site, n.rank) {
		return
	}
	n.digest = v.seen.Observe(n.title).Digest()
	v.seen = nil // it holds the whole page
	l.add(v.a.Site, n)
}

func (l *lessons) wants(site string, rank int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.sites[site]
	return l.bytes < maxLessons && (s == nil || rank >= s.least)
}

func (l *lessons) add(site string, n lesson) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sites == nil {
		l.sites = map[string]*siteLessons{}
	}
	s := l.sites[site]
	if s == nil {
		s = &siteLessons{}
		l.sites[site] = s
	}
	s.all = append(s.all, n)
	if l.bytes += n.digest.Size(); len(s.all) < 2*template.MaxSample {
		return
	}
	slices.SortFunc(s.all, func(a, b lesson) int { return cmp.Compare(b.rank, a.rank) })
	for _, gone := range s.all[template.MaxSample:] {
		l.bytes -= gone.digest.Size()
	}
	clear(s.all[template.MaxSample:])
	s.all = s.all[:template.MaxSample]
	s.least = s.all[len(s.all)-1].rank
}

// take gives the lessons of a site by the ID of the response, and forgets them.
func (l *lessons) take(site string) map[string]lesson {
	l.mu.Lock()
	defer l.mu.Unlock()
	s := l.sites[site]
	if s == nil {
		return nil
	}
	delete(l.sites, site)
	byID := make(map[string]lesson, len(s.all))
	for _, n := range s.all {
		l.bytes -= n.digest.Size()
		byID[n.response] = n
	}
	return byID
}
