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

// A Page is what a Learner compares of one page of a site.
type Page struct {
	URL       string
	Canonical string // URL that the page declares; may be empty
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
	Kept   bool // a reading without a profile takes it into the article
}

// Bounds of a Learner.
const (
	MaxSample = 200  // pages
	maxBlocks = 2000 // of a page
)

// Thresholds of what repeats. In a sample of 200 pages one in twenty is ten, more
// than chance; on small sites three pages suffice.
const (
	minPages   = 5    // distinct pages; with fewer, a profile is empty
	leastPages = 3    // distinct pages that a text stands on
	leastShare = 0.05 // of all
	// Prose among the paragraphs of stories may be background that an editor uses
	// again, so it needs more evidence.
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

// A Learner compares pages of one site. What it learns depends only on the pages:
// not on their order, and not on how often each was added. The zero value is ready
// to use. It learns a site of any size from MaxSample of its pages, drawn by Rank.
type Learner struct {
	pages map[uint64]*sampled // by Key
}

// A sampled page is one that may be in the sample.
type sampled struct {
	key       uint64
	rank      int64
	canonical uint64
	place     uint64 // of the URL without marks of twins: see twinless
	blocks    []mark // by text, each once
	sum       uint64 // of blocks
}

// markBytes is about what a mark takes.
const markBytes = 32

type mark struct {
	text, path uint64
	words      int32
	linked     bool
	kept       bool
}

// Key identifies the story of a page, so that its twins (AMP, print, page 2, another
// capture) count once: by its title if that is long enough, else by its URL.
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

// pageWords matches the end of a title that says which page of a story this is, or
// that it is for printing.
var pageWords = regexp.MustCompile(`(?i)[\s\-–|(,:]*\b(?:page|seite|pagina|página|part|teil|amp|print(?: version)?|drucken|imprimir|imprimer)\s*\d*(?:\s*(?:of|von|de|/)\s*\d+)?\)?\s*$`)

// twinless is a URL without scheme and without the marks of other forms of the same
// page, such as AMP and print.
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

// Rank orders stories for the sample, the highest first: at random, but the same
// each time, and each halfLife doubles the odds (priority sampling with forward
// decay).
func Rank(key uint64, at time.Time) int64 {
	const one = 1 << 16
	age := at.Unix() * one / int64(halfLife/time.Second)
	u := mix(key ^ 0x9e3779b97f4a7c15)
	zeros := bits.LeadingZeros64(u)
	fraction := int64(u<<(zeros+1)>>48) & (one - 1) // shifts beyond 63 give 0
	return age + int64(zeros+1)*one - fraction
}

// Add adds a page. Of several captures of a story the newest counts.
func (l *Learner) Add(p Page) { l.AddDigest(p.Digest()) }

// A Digest is what a Learner keeps of a page: much less than the page itself.
type Digest struct{ *sampled }

// Size is about how many bytes a digest takes.
func (d Digest) Size() int { return 100 + len(d.blocks)*markBytes }

// Digest is what a Learner keeps of the page.
func (p Page) Digest() Digest {
	s := &sampled{key: Key(p.Title, p.URL)}
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
	return Digest{s}
}

// AddDigest is Add for the digest of a page.
func (l *Learner) AddDigest(d Digest) {
	if l.pages == nil {
		l.pages = map[uint64]*sampled{}
	}
	s := d.sampled
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

// order compares booleans: false before true.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// sample is the pages of highest rank, the highest first.
func (l *Learner) sample() []*sampled {
	all := make([]*sampled, 0, len(l.pages))
	for _, s := range l.pages {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *sampled) int { return cmp.Or(cmp.Compare(b.rank, a.rank), cmp.Compare(a.key, b.key)) })
	return all[:min(len(all), MaxSample)]
}

// Profile is what the pages have in common. site, reader and learned become its
// members of the same name.
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

// Matters reports whether one in twenty of the sampled pages, and at least three,
// would be read differently with now than with before. Either may be nil.
func (l *Learner) Matters(before, now *Profile) bool {
	if before.Empty() && now.Empty() {
		return false
	}
	repeats := func(p *Profile, m mark) bool { return p != nil && (p.texts[m.text] > 0 || p.paths[m.path] > 0) }
	sample, n := l.sample(), 0
	for _, s := range sample {
		if slices.ContainsFunc(s.blocks, func(m mark) bool { return m.kept && repeats(before, m) != repeats(now, m) }) {
			n++
		}
	}
	return float64(n) >= max(leastPages, leastShare*float64(len(sample)))
}
