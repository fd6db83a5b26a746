package keep

import (
	"cmp"
	"context"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// StayedMaintenance is the reason of a catalog.ReasonPlaceholder that is a maintenance
// page, by its words or because most of the site answered with it.
const StayedMaintenance = "maintenance"

// Stayed counts articles whose URL answered with something else in a run.
type Stayed struct {
	Reason  string `json:"reason"`           // a catalog.Reason, or StayedMaintenance
	Status  int    `json:"status,omitempty"` // of catalog.ReasonStatus
	Count   int    `json:"count"`
	Title   string `json:"title,omitempty"` // of a page that was the same under all of them
	Example string `json:"example,omitempty"`
}

// maintenanceWords are titles and texts of maintenance pages.
var maintenanceWords = regexp.MustCompile(`(?i)maintenance|\bback (?:soon|shortly|in a|later)|be right back|temporarily (?:un|off|down|closed)|under construction|wartung|mantenimiento|manutenzione|manutenção|onderhoud|underhåll|vedligehold|vedlikehold|huolto|konserwac|odstávk|обслуживани|технически[ех] работ|bakım|メンテナンス|维护|維護|점검`)

// IsMaintenance reports whether a title is that of a maintenance page.
func IsMaintenance(title string) bool { return maintenanceWords.MatchString(title) || isNotice(title) }

// A pageWords is a page as one of many that may be the same.
type pageWords struct {
	url, site, title string
	kind             article.Kind
	words            catalog.Fingerprint
	maintenance      bool // its words say so
	redirected       bool // a redirect led to it
}

// page is what was read from an answer, after it was judged.
func (v *visit) page() pageWords {
	if v.said != nil {
		return *v.said
	}
	p := pageWords{url: v.URL.String(), site: scraper.SiteOf(v.URL), title: v.state.Title, kind: article.Kind(v.state.Kind), words: v.state.Fingerprint}
	if a := v.a; a != nil {
		p.site, p.title, p.kind, p.words = a.Site, a.Title, a.Kind, v.fingerprint()
		p.maintenance = len(a.Text) < maxMaintenance && maintenanceWords.MatchString(a.Text)
	}
	p.maintenance = p.maintenance || IsMaintenance(p.title)
	p.redirected = v.Request.Hop == scraper.HopRedirect
	v.said = &p
	return p
}

// maxMaintenance is how long a maintenance page is at most, in bytes of text: a
// longer text may just mention maintenance.
const maxMaintenance = 1000

// siteWords are the words of a page on a site.
type siteWords struct {
	site  string
	words catalog.Fingerprint
}

// stays counts the pages of a run that are not what their URLs had before. Its size
// does not grow with the site.
type stays struct {
	pages map[string]int // that had a reading, by site
	same  map[siteWords]*samePage
	rest  []Stayed                                  // of pages that are no longer in same, or have no words
	known map[string]map[catalog.Fingerprint]string // verdicts, by site
	moved map[string]Stayed                         // by URL, answers that were redirects; at most maxMoved
}

// maxMoved bounds the redirects that stays knows by their URL.
const maxMoved = 10_000

// countOther counts an answer in place of an article.
func (s *stays) countOther(v *visit, same *samePage) {
	one := Stayed{Reason: string(v.why), Count: 1, Example: v.URL.String()}
	if v.why == catalog.ReasonStatus {
		one.Status = v.Status
	}
	switch {
	case !article.Kind(v.held.Kind).Story():
	case v.Status == http.StatusTooManyRequests, v.Status == http.StatusServiceUnavailable && v.why == catalog.ReasonStatus:
		// It may be fetched again in this run.
	case v.why == catalog.ReasonStatus && v.Status >= 300 && v.Status < 400:
		s.redirected(v.URL.String(), one)
	case same.words == 0:
		s.rest = addStayed(s.rest, one)
	default:
		same.stayed = addStayed(same.stayed, one)
	}
}

// redirected notes an article that answered with a redirect. The URL may be asked again
// in this run, with the cookies that the site wanted.
func (s *stays) redirected(url string, one Stayed) {
	if len(s.moved) >= maxMoved {
		s.rest = addStayed(s.rest, one)
		return
	}
	if s.moved == nil {
		s.moved = map[string]Stayed{}
	}
	s.moved[url] = one
}

// A samePage is the words that one or many URLs of a run answered with.
type samePage struct {
	pageWords
	seen     int      // URLs that answered with it
	replaced int      // of these, those that had other words before
	stories  int      // of these, articles
	titles   []string // of what they had before, at most samePages different ones
	urls     []string // some of seen
	isKnown  bool     // it is the page of a verdict

	// How the run counted its pages.
	articles, isNew, changed int
	edits                    []Stayed // of changed, those that were articles before
	kinds                    map[string]int
	stayed                   []Stayed
}

const (
	// samePages is how many URLs with different versions must answer with the same
	// page, so that it is a placeholder.
	samePages = 3
	// maxSame bounds the pages in memory; those that came least often go first.
	maxSame     = 8192
	maxExamples = 5
	maxStayed   = 20 // lines of a summary
)

// note adds a page, and what its URL had before; that is zero if there was nothing.
// It returns nil for a page without words, and for one with the title that its URL had
// before: it is not a page in place of another one.
func (s *stays) note(p, before pageWords) *samePage {
	if p.words == 0 || before.words != 0 && before.kind != article.KindBlocked && strings.EqualFold(p.title, before.title) {
		return nil
	}
	key := siteWords{p.site, p.words}
	same := s.same[key]
	if same == nil {
		s.prune()
		_, isKnown := s.known[p.site][p.words]
		same = &samePage{pageWords: p, isKnown: isKnown, kinds: map[string]int{}}
		s.same[key] = same
	}
	same.seen++
	same.maintenance, same.redirected = same.maintenance || p.maintenance, same.redirected || p.redirected
	if before.words != 0 && before.words != p.words && before.kind != article.KindBlocked {
		same.replaced++
		if before.kind.Story() {
			same.stories++
		}
		// Copies of one page under several URLs count once. They are known by their
		// title, since the words of numbered pages may be the same.
		if len(same.titles) < samePages && !slices.Contains(same.titles, before.title) {
			same.titles = append(same.titles, before.title)
		}
	}
	if len(same.urls) < maxExamples {
		same.urls = append(same.urls, p.url)
	}
	return same
}

// prune makes room for another page.
func (s *stays) prune() {
	if s.same == nil {
		s.same = map[siteWords]*samePage{}
	}
	for least := 1; len(s.same) >= maxSame; least *= 2 {
		for key, same := range s.same {
			if same.seen <= least && !same.isKnown || least > maxSame {
				for _, one := range same.stayed {
					s.rest = addStayed(s.rest, one)
				}
				delete(s.same, key)
			}
		}
	}
}

// addStayed adds to the line with the same reason and title, or makes another.
func addStayed(list []Stayed, one Stayed) []Stayed {
	i := slices.IndexFunc(list, func(l Stayed) bool { return l.Reason == one.Reason && l.Status == one.Status && l.Title == one.Title })
	if i < 0 {
		if len(list) < maxStayed {
			return append(list, one)
		}
		return list
	}
	list[i].Count += one.Count
	list[i].Example = min(list[i].Example, one.Example)
	return list
}

// list is the lines of the summary, the longest first.
func (s *stays) list() []Stayed {
	all := slices.Clone(s.rest)
	for _, one := range s.moved {
		all = addStayed(all, one)
	}
	for _, same := range s.same {
		for _, one := range same.stayed {
			if same.isKnown {
				one.Reason, one.Title = string(catalog.ReasonPlaceholder), same.title
				if s.isMaintenance(same) {
					one.Reason = StayedMaintenance
				}
			}
			all = addStayed(all, one)
		}
	}
	slices.SortFunc(all, func(a, b Stayed) int {
		return cmp.Or(b.Count-a.Count, strings.Compare(a.Reason, b.Reason), a.Status-b.Status, strings.Compare(a.Title, b.Title))
	})
	return all
}

// isPlaceholder reports whether the site showed a page in place of others: of several
// different ones, among them articles; of any, if its title is that of a maintenance
// page; or of several new ones, or by a redirect, likewise.
func (p *samePage) isPlaceholder() bool {
	switch {
	case len(p.titles) >= samePages && p.stories > 0:
		return true
	case p.replaced > 0 || p.redirected || p.seen >= samePages:
		return isNotice(p.title)
	}
	return false
}

// isMaintenance reports whether a placeholder is a maintenance page: by its words, or
// because most pages of the site answered with it, fronts too.
func (s *stays) isMaintenance(p *samePage) bool {
	return p.maintenance || p.seen*2 >= s.pages[p.site] && p.replaced > p.stories
}

// isPlaceholder reports whether a verdict names the words of a page.
func (k *Keeper) isPlaceholder(ctx context.Context, p pageWords) (bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, ok := k.stays.known[p.site]; !ok {
		verdicts, err := k.Catalog.Verdicts(ctx, p.site)
		if err != nil {
			return false, err
		}
		if k.stays.known == nil {
			k.stays.known = map[string]map[catalog.Fingerprint]string{}
		}
		k.stays.known[p.site] = verdicts
	}
	_, ok := k.stays.known[p.site][p.words]
	return ok, nil
}

// recall notes the pages of runs that were killed before they came to a verdict.
func (k *Keeper) recall(ctx context.Context, killed map[string]bool) error {
	earlier, err := k.Catalog.Replacements(ctx, killed)
	if err != nil {
		return err
	}
	for _, r := range earlier {
		p := pageWords{url: r.URL, site: r.Site, title: r.Title, kind: article.Kind(r.Kind), words: r.Fingerprint, maintenance: IsMaintenance(r.Title)}
		if _, err := k.isPlaceholder(ctx, p); err != nil { // loads what is known of the site
			return err
		}
		k.mu.Lock()
		if r.Captured.Before(k.Started) {
			k.Started = r.Captured
		}
		k.stays.note(p, pageWords{title: r.BeforeTitle, kind: article.Kind(r.BeforeKind), words: r.Before})
		k.mu.Unlock()
	}
	return nil
}

// verdicts finds the pages that the site showed in place of many others so far,
// writes a verdict on each, and corrects the counts. It returns URLs that have never
// answered with anything but a maintenance page: they should be fetched again.
func (k *Keeper) verdicts(ctx context.Context, now time.Time) (again []string, err error) {
	found := k.placeholders()
	var recs []*archive.Record
	for _, same := range found {
		rec, err := catalog.NewVerdict(catalog.Verdict{Site: same.site, Fingerprint: same.words, Title: same.title, Since: k.Started,
			Pages: same.seen, Of: max(same.seen, k.stays.pages[same.site]), Replaced: same.replaced, Examples: same.urls}, k.RunID, now)
		if err != nil {
			return nil, err
		}
		recs = append(recs, rec)
	}
	// Together, since each step updates the stories of all verdicts.
	for some := range slices.Chunk(recs, maxVerdicts) {
		caps, err := k.Writer.Append(ctx, some...)
		if err != nil {
			return nil, err
		}
		if err := k.Catalog.Index(ctx, caps, some); err != nil {
			return nil, err
		}
	}
	for _, same := range found {
		if !k.stays.isMaintenance(same) {
			continue
		}
		urls, err := k.Catalog.Blocked(ctx, same.site, same.words, maxAgain)
		if err != nil {
			return nil, err
		}
		again = append(again, urls...)
	}
	return again, nil
}

// maxVerdicts is how many verdicts are written at a time.
const maxVerdicts = 1000

// maxAgain bounds the URLs of one verdict that are fetched again.
const maxAgain = 10_000

// placeholders returns the pages that need a verdict, after correcting the counts for
// them.
func (k *Keeper) placeholders() (found []*samePage) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, same := range k.stays.same {
		if same.isKnown || !same.isPlaceholder() {
			continue
		}
		same.isKnown = true
		found = append(found, same)
		c := &k.counts
		c.Articles -= same.articles
		c.New -= same.isNew
		c.Changed -= same.changed
		for kind, n := range same.kinds {
			c.Kinds[kind] -= n
			if c.Kinds[kind] == 0 {
				delete(c.Kinds, kind)
			}
			addN(&c.Kinds, string(article.KindBlocked), n)
		}
		for _, one := range same.edits {
			same.stayed = addStayed(same.stayed, one)
		}
	}
	slices.SortFunc(found, func(a, b *samePage) int {
		return cmp.Or(strings.Compare(a.site, b.site), cmp.Compare(a.words, b.words))
	})
	return found
}
