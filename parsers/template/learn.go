package template

import (
	"cmp"
	"math"
	"math/bits"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
)

// A Page is what a Learner sees of one page of a site.
type Page struct {
	URL       string
	Canonical string // that the page names; may be empty
	Title     string
	At        time.Time // when it was fetched
	Blocks    []Block   // of all visible text
}

// A Block is one block of a page's text.
type Block struct {
	Path   string // names its place: see Profile.Share
	Text   string
	Words  int
	Linked bool // it is, or holds, a link
	Kept   bool // a reading without a profile takes it for the story's
}

// Bounds of a Learner.
const (
	MaxSample = 200  // pages
	maxBlocks = 2000 // of a page
)

// What makes a text or a place repeat. In a sample of 200 pages one in twenty is
// ten, which no chance repeats; on small sites three pages have to do.
const (
	minPages   = 5    // distinct pages below which nothing is said of a site
	leastPages = 3    // distinct pages that a text stands on
	leastShare = 0.05 // of all
	// Prose in the place of stories' paragraphs may be background that an editor
	// uses again, so that more must speak against it.
	proseWords = 30
	prosePages = 5
	proseShare = 0.10
	// A place recurs if few of its texts are a page's own, on few of its pages. It
	// is one of stories if most of its pages have texts of their own there.
	pathPages = 5
	pathOwn   = 0.2 // of the texts of all pages
	pathOwned = 0.4 // of the pages
	pathWords = 4   // of a text that counts for a place
	storyOwns = 0.7 // of the pages
	// twin is how much of their words two pages share that are one story.
	twin = 0.5
)

// halfLife is the time in which a page loses half its weight in the sample, so
// that a new design is learned although thousands of pages had the old one.
const halfLife = 30 * 24 * time.Hour

// A Learner compares pages of one site. What it learns depends on the pages
// alone: not on their order, and not on how often each was added. The zero value
// works. A site of any size is learned from MaxSample of its pages, drawn by
// Rank.
type Learner struct {
	pages map[uint64]*seen // by Key
}

// A seen is a page in the sample.
type seen struct {
	key       uint64
	rank      int64
	canonical uint64
	place     uint64 // of the URL without what tells twins apart
	blocks    []mark // by text, each once
	sum       uint64 // of blocks
}

type mark struct {
	text, path uint64
	words      int32
	linked     bool
	kept       bool
}

// Key names the story of a page, so that its twins (AMP, print, page 2, another
// capture) are one: by its title where that says something, else by its URL.
func Key(title, url string) uint64 {
	folded := pageWords.ReplaceAllString(strings.ToLower(title), " ")
	letters := 0
	for _, r := range folded {
		if unicode.IsLetter(r) {
			letters++
			if r > 0x2e80 {
				letters += 2 // a word of one or two characters
			}
		}
	}
	if letters >= 12 {
		return mix(hashFold(offset64, folded))
	}
	return hash(twinless(url))
}

// pageWords say in a title which page of a story this is, or that it is to be printed.
var pageWords = regexp.MustCompile(`(?i)[\s\-–|(,:]*\b(?:page|seite|pagina|página|part|teil|amp|print(?: version)?|drucken|imprimir|imprimer)\s*\d*(?:\s*(?:of|von|de|/)\s*\d+)?\)?\s*$`)

// twinless is a URL without scheme, query and the marks of other forms of the same page.
func twinless(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	host = strings.TrimPrefix(strings.TrimPrefix(host, "amp."), "m.")
	var parts []string
	for part := range strings.SplitSeq(u.Path, "/") {
		if part != "" && !twinMarks[strings.ToLower(part)] {
			parts = append(parts, part)
		}
	}
	if len(parts) == 0 {
		return host + "?" + u.RawQuery
	}
	last := &parts[len(parts)-1]
	for _, end := range []string{".amp.html", ".print.html", "-print.html", ".html", ".htm", ".php", ".amp"} {
		*last = strings.TrimSuffix(*last, end)
	}
	q := u.Query()
	for name := range q {
		if twinMarks[strings.ToLower(name)] || strings.HasPrefix(name, "utm_") || name == "page" || name == "p" && len(q.Get(name)) < 3 {
			q.Del(name)
		}
	}
	return host + "/" + strings.Join(parts, "/") + "?" + q.Encode()
}

var twinMarks = map[string]bool{"amp": true, "print": true, "printable": true, "outputtype": true, "drucken": true, "imprimer": true, "imprimir": true, "mobile": true}

// Rank orders stories for the sample, the highest first: by chance, but the same
// each time, and each halfLife counts double (priority sampling with forward decay).
func Rank(key uint64, at time.Time) int64 {
	const one = 1 << 16
	age := at.Unix() * one / int64(halfLife/time.Second)
	u := mix(key ^ 0x9e3779b97f4a7c15)
	zeros := bits.LeadingZeros64(u)
	fraction := int64(u<<(zeros+1)>>48) & (one - 1) // shifts beyond 63 give 0
	return age + int64(zeros+1)*one - fraction
}

// Add shows the learner a page.
func (l *Learner) Add(p Page) {
	if l.pages == nil {
		l.pages = map[uint64]*seen{}
	}
	s := &seen{key: Key(p.Title, p.URL)}
	s.rank = Rank(s.key, p.At)
	if u, err := url.Parse(p.Canonical); err == nil && len(u.Path) > 1 { // some sites name their front page on every page
		s.canonical = hash(twinless(p.Canonical))
	}
	s.place = hash(twinless(p.URL))
	for _, b := range p.Blocks[:min(len(p.Blocks), maxBlocks)] {
		s.blocks = append(s.blocks, mark{textKey(b.Path, b.Text), hash(b.Path), int32(min(b.Words, math.MaxInt32)), b.Linked, b.Kept})
	}
	slices.SortFunc(s.blocks, func(a, b mark) int {
		return cmp.Or(cmp.Compare(a.text, b.text), order(b.kept, a.kept), order(b.linked, a.linked))
	})
	s.blocks = slices.CompactFunc(s.blocks, func(a, b mark) bool { return a.text == b.text })
	for _, b := range s.blocks {
		s.sum = mix(s.sum ^ b.text)
		if b.kept {
			s.sum++
		}
	}
	// Of several captures of a story the newest counts, whichever comes first.
	if had := l.pages[s.key]; had == nil || cmp.Or(cmp.Compare(s.rank, had.rank), cmp.Compare(s.sum, had.sum)) > 0 {
		l.pages[s.key] = s
	}
	if len(l.pages) > 2*MaxSample {
		kept := l.sample()
		clear(l.pages)
		for _, s := range kept {
			l.pages[s.key] = s
		}
	}
}

func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// sample is the pages of highest rank, in their order.
func (l *Learner) sample() []*seen {
	all := make([]*seen, 0, len(l.pages))
	for _, s := range l.pages {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *seen) int { return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.key, b.key)) })
	return all[:min(len(all), MaxSample)]
}

// Profile is what the pages have in common. learned and reader are told to those
// who ask where it is from.
func (l *Learner) Profile(site, reader string, learned time.Time) *Profile {
	sample := l.sample()
	story := stories(sample)
	distinct := map[int]bool{}
	for _, s := range story {
		distinct[s] = true
	}
	p := &Profile{Site: site, Learned: learned.UTC().Truncate(time.Second), Reader: reader, Pages: len(distinct)}
	if p.Pages >= minPages {
		p.texts, p.paths = repeats(sample, story, float64(p.Pages))
	}
	return p.seal()
}

// A tally counts the stories that have something, which are looked at one by one.
type tally struct {
	pages, last int
	kept        bool // on some page a reading takes it for the story's
}

func (t *tally) on(story int) (isNew bool) {
	isNew = t.pages == 0 || t.last != story
	if isNew {
		t.pages++
	}
	t.last = story
	return isNew
}

// A place counts what stands in one.
type place struct {
	tally
	owned      tally // the stories that have texts of their own there
	texts, own int   // of all stories
}

// repeats counts on how many stories texts and places stand.
func repeats(sample []*seen, story []int, pages float64) (texts, paths map[uint64]int) {
	// Story by story, so that twins are counted once.
	order := make([]int, len(sample))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(story[a], story[b]) })
	count := map[uint64]*tally{}
	for _, i := range order {
		for _, m := range sample[i].blocks {
			t := count[m.text]
			if t == nil {
				t = &tally{}
				count[m.text] = t
			}
			t.on(story[i])
			t.kept = t.kept || m.kept
		}
	}
	least := max(leastPages, leastShare*pages)
	places := map[uint64]*place{}
	for _, i := range order {
		for _, m := range sample[i].blocks {
			if m.words < pathWords {
				continue
			}
			pl := places[m.path]
			if pl == nil {
				pl = &place{}
				places[m.path] = pl
			}
			pl.on(story[i])
			pl.kept = pl.kept || m.kept
			pl.texts++
			if float64(count[m.text].pages) < least {
				pl.own++
				pl.owned.on(story[i])
			}
		}
	}
	texts, paths = map[uint64]int{}, map[uint64]int{}
	for h, pl := range places {
		if pl.kept && float64(pl.pages) >= max(pathPages, leastShare*pages) && float64(pl.own) <= pathOwn*float64(pl.texts) && float64(pl.owned.pages) <= pathOwned*float64(pl.pages) {
			paths[h] = pl.pages
		}
	}
	for _, s := range sample {
		for _, m := range s.blocks {
			t := count[m.text]
			if !t.kept && m.words < pathWords {
				continue // menus: no reading takes them for a story
			}
			least := least
			if pl := places[m.path]; pl != nil && m.words >= proseWords && !m.linked && float64(pl.owned.pages) >= storyOwns*float64(pl.pages) {
				least = max(prosePages, proseShare*pages)
			}
			if float64(t.pages) >= least {
				texts[m.text] = t.pages
			}
		}
	}
	return largest(texts, MaxTexts), largest(paths, MaxPaths)
}

// stories tells which pages of a sample are twins of one story, as the place in
// the sample of its first page: pages that name the same canonical URL or have
// the same URL but for its mark of a print or AMP page, and pages that share most
// of their words, or of those that few others have.
func stories(sample []*seen) []int {
	of := make([]int, len(sample))
	for i := range of {
		of[i] = i
	}
	root := func(i int) int {
		for of[i] != i {
			of[i] = of[of[i]]
			i = of[i]
		}
		return i
	}
	join := func(a, b int) {
		a, b = root(a), root(b)
		of[max(a, b)] = min(a, b)
	}
	names := map[uint64]int{}
	on := map[uint64][]int{} // the pages of a text
	for i, s := range sample {
		for _, name := range []uint64{s.canonical, s.place} {
			if first, ok := names[name]; ok && name != 0 {
				join(i, first)
			} else {
				names[name] = i
			}
		}
		for _, m := range s.blocks {
			if m.kept {
				on[m.text] = append(on[m.text], i)
			}
		}
	}
	all, shared := make([]weight, len(sample)), make([]weight, len(sample))
	weigh := func(m mark) weight {
		return weight{float64(m.words), float64(m.words) * math.Log(float64(len(sample)+1)/float64(len(on[m.text])))}
	}
	for i, s := range sample {
		for _, m := range s.blocks {
			if m.kept {
				all[i].add(weigh(m))
			}
		}
	}
	for i, s := range sample {
		clear(shared)
		for _, m := range s.blocks {
			if !m.kept {
				continue
			}
			w := weigh(m)
			for _, k := range on[m.text] {
				if k > i {
					shared[k].add(w)
				}
			}
		}
		for k := i + 1; k < len(sample); k++ {
			w := shared[k]
			if w.words > 0 && (w.words >= twin*(all[i].words+all[k].words-w.words) || w.rare >= twin*(all[i].rare+all[k].rare-w.rare)) {
				join(i, k)
			}
		}
	}
	for i := range of {
		of[i] = root(i)
	}
	return of
}

// A weight is that of texts: their words, and these by how few pages have them.
type weight struct{ words, rare float64 }

func (w *weight) add(o weight) {
	w.words += o.words
	w.rare += o.rare
}

// Matters reports whether one page in twenty of those that were added, and at
// least three, would be read differently under another profile.
func (l *Learner) Matters(before, now *Profile) bool {
	if before.Empty() && now.Empty() {
		return false
	}
	says := func(p *Profile, m mark) bool { return p != nil && (p.texts[m.text] > 0 || p.paths[m.path] > 0) }
	sample, n := l.sample(), 0
	for _, s := range sample {
		if slices.ContainsFunc(s.blocks, func(m mark) bool { return m.kept && says(before, m) != says(now, m) }) {
			n++
		}
	}
	return float64(n) >= max(leastPages, leastShare*float64(len(sample)))
}
