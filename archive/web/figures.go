package web

import (
	"cmp"
	"context"
	"math"
	"slices"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// figures are what takes long to count, of one state of the catalog.
type figures struct {
	head, today string // what they depend on
	begun       time.Time
	Articles    int
	Pages       int
	Sites       []siteFigures // those with most articles first
	Languages   catalog.Top
	Words       catalog.WordStats
	Published   catalog.Published
	Gaps        catalog.Gaps
	GapReasons  []string // of Gaps.Longest

	Recent recentDays
	Weeks  []coverRow // of Sites, those with most articles first
	From   time.Time  // the first day of Weeks
}

// siteFigures are figures of one site.
type siteFigures struct {
	catalog.Site
	Cover *catalog.SiteCover
}

// recentDays are the articles of the last days that have some.
type recentDays struct {
	First time.Time
	Sites []siteDays // those with most articles first
}

// siteDays are the articles of a site on successive days.
type siteDays struct {
	Site  string `json:"site"`
	Days  []int  `json:"articles"`
	total int
}

const (
	recentSpan = 90 // days
	weeksSpan  = 56 // days
	maxSites   = 1000
	maxGaps    = 20
)

// counting is how figures are computed: of all articles, which takes as long as listing
// them, and only when something has changed.
func (s *Server) counting() gauging[*figures] {
	return gauging[*figures]{least: 5 * time.Second, share: 30, slow: true, timeout: 15 * time.Minute, compute: s.count}
}

func (s *Server) count(ctx context.Context, old *figures) (*figures, error) {
	f := &figures{begun: time.Now(), today: time.Now().UTC().Format(time.DateOnly)}
	var err error
	if f.head, err = s.Catalog.Head(ctx); err != nil {
		return nil, err
	}
	if old != nil && old.head == f.head && old.today == f.today {
		return old, nil
	}
	st, sites, err := s.Catalog.StatsOfAll(ctx, maxSites)
	if err != nil {
		return nil, err
	}
	f.Articles, f.Languages, f.Words, f.Published, f.Gaps = st.Articles, st.Languages, st.Words, st.Published, st.Gaps
	f.Gaps.Longest = f.Gaps.Longest[:min(len(f.Gaps.Longest), maxGaps)]
	f.addSites(sites, st.Coverage)
	if err := s.countDays(ctx, f, lastDay(st.Days, time.Now())); err != nil {
		return nil, err
	}
	if err := s.countWeeks(ctx, f); err != nil {
		return nil, err
	}
	for _, g := range f.Gaps.Longest {
		reason, err := s.gapReason(ctx, g)
		if err != nil {
			return nil, err
		}
		f.GapReasons = append(f.GapReasons, reason)
	}
	return f, nil
}

// lastDay is the newest day with articles that is not in the future: pages may have wrong
// dates.
func lastDay(days []catalog.DayCount, now time.Time) time.Time {
	for _, d := range slices.Backward(days) {
		if d.Day.Before(now.Add(24 * time.Hour)) {
			return d.Day
		}
	}
	return now.UTC().Truncate(24 * time.Hour)
}

func (f *figures) addSites(sites []catalog.Site, covers []catalog.SiteCover) {
	byName := map[string]*catalog.SiteCover{}
	for i := range covers {
		byName[covers[i].Site] = &covers[i]
	}
	for _, site := range sites {
		f.Pages += site.Pages
		f.Sites = append(f.Sites, siteFigures{site, byName[site.Name]})
	}
	slices.SortStableFunc(f.Sites, func(a, b siteFigures) int {
		return cmp.Or(cmp.Compare(b.Articles, a.Articles), cmp.Compare(a.Name, b.Name))
	})
}

// dayOf is the day of an article, as the page has it or else of its capture.
func dayOf(st catalog.Story) time.Time {
	if len(st.Published) >= len(time.DateOnly) {
		if t, err := time.Parse(time.DateOnly, st.Published[:len(time.DateOnly)]); err == nil {
			return t
		}
	}
	return st.Captured.UTC().Truncate(24 * time.Hour)
}

// countDays counts articles by site and day, up to a day.
func (s *Server) countDays(ctx context.Context, f *figures, last time.Time) error {
	f.Recent.First = last.AddDate(0, 0, 1-recentSpan)
	sites := map[string]*siteDays{}
	// A day begins up to 14 hours earlier than in UTC.
	filter := catalog.Filter{Since: f.Recent.First.Add(-14 * time.Hour), Until: last.Add(48 * time.Hour)}
	for st, err := range s.Catalog.Stories(ctx, filter) {
		if err != nil {
			return err
		}
		day := int(dayOf(st).Sub(f.Recent.First).Hours() / 24)
		if day < 0 || day >= recentSpan || st.Published == "" {
			continue
		}
		d := sites[st.Site]
		if d == nil {
			d = &siteDays{Site: st.Site, Days: make([]int, recentSpan)}
			sites[st.Site] = d
		}
		d.Days[day]++
		d.total++
	}
	for _, d := range sites {
		f.Recent.Sites = append(f.Recent.Sites, *d)
	}
	slices.SortFunc(f.Recent.Sites, func(a, b siteDays) int {
		return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(a.Site, b.Site))
	})
	return nil
}

// changeFigures are what happened to articles lately.
type changeFigures struct {
	head   string
	until  time.Time // of the last week
	Week   map[string]int
	Gone   int // articles that are gone, of all times
	Latest []catalog.Change
	hidden *catalog.Hidden // what was suppressed then
}

func (s *Server) changing() gauging[*changeFigures] {
	return gauging[*changeFigures]{least: 5 * time.Second, share: 30, slow: true, timeout: 15 * time.Minute, compute: s.countChanges}
}

const latest = 5

func (s *Server) countChanges(ctx context.Context, old *changeFigures) (*changeFigures, error) {
	f := &changeFigures{until: time.Now(), Week: map[string]int{}}
	var err error
	if f.head, err = s.Catalog.Head(ctx); err != nil {
		return nil, err
	}
	if old != nil && old.head == f.head && f.until.Sub(old.until) < time.Hour {
		return old, nil
	}
	if f.hidden, err = s.Catalog.Hidden(ctx); err != nil {
		return nil, err
	}
	week, err := s.Catalog.Changes(ctx, catalog.ChangeFilter{Since: f.until.AddDate(0, 0, -7)})
	if err != nil {
		return nil, err
	}
	for _, c := range week {
		f.Week[c.What]++
	}
	f.Latest = week
	if len(week) < latest {
		newest, err := s.Catalog.Newest(ctx)
		if err != nil {
			return nil, err
		}
		if f.Latest, err = s.allChanges(ctx, catalog.ChangeFilter{Since: newest.AddDate(0, 0, -90)}, latest); err != nil {
			return nil, err
		}
	}
	f.Latest = slices.Clone(f.Latest[:min(len(f.Latest), latest)])
	if old != nil && old.head == f.head {
		f.Gone = old.Gone
		return f, nil
	}
	gone, err := s.allChanges(ctx, catalog.ChangeFilter{What: []string{catalog.ChangeGone}, Last: true}, math.MaxInt)
	f.Gone = len(gone)
	return f, err
}

// allChanges lists the changes that a filter selects, the newest first, as the feed finds
// them; not many more than so many.
func (s *Server) allChanges(ctx context.Context, filter catalog.ChangeFilter, enough int) (all []catalog.Change, err error) {
	feed, until := s.Catalog.ChangeFeed(filter), time.Time{}
	for {
		p, err := feed.Page(ctx, until, min(enough, 1000))
		if err != nil {
			return nil, err
		}
		all = append(all, p.Changes...)
		if until = p.Next; until.IsZero() || len(all) >= enough {
			return all, nil
		}
	}
}
