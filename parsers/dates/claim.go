package dates

import (
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// A claim is one place where a page gives a date.
type claim struct {
	partialDate
	from  string // as in article.Provenance
	label label
	kind  kind
	seen  sight // if readers see it
}

// A kind is a kind of place that gives dates.
type kind uint8

const (
	jsonldPublished kind = iota
	jsonldCreated
	jsonldUploaded
	jsonldVideo
	jsonldPage
	metaPublished
	metaDate
	metaCard
	headMicrodata
	addressDate
	addressNumber
	scriptMember
	scriptOfPage
	element // marked up as a date
	line
	kinds
)

var kindNames = [kinds]string{
	"JSON-LD of the article: datePublished, dateModified", "JSON-LD of the article: dateCreated", "JSON-LD of the article: uploadDate",
	"JSON-LD of a video", "JSON-LD of the page", "meta element for publication or updates", "meta element for any date",
	"meta element of a Twitter card, labelled", "microdata in the head", "date in the page's address",
	"long number in the page's address that begins like a date", "member of script data", "member of script data near the page's own name",
	"marked up as a date", "line",
}

// A sourceGroup is a group of kinds. Dates of one group are often written by the
// same program, so that they do not confirm each other.
type sourceGroup uint8

const (
	groupJSONLD sourceGroup = iota
	groupMeta
	groupPage // what readers see
	groupAddress
	groupScript
	sourceGroups
)

func (k kind) group() sourceGroup {
	switch {
	case k <= jsonldPage:
		return groupJSONLD
	case k <= headMicrodata:
		return groupMeta
	case k <= addressNumber:
		return groupAddress
	case k <= scriptOfPage:
		return groupScript
	}
	return groupPage
}

// A sight is how readers see a date.
type sight struct {
	zone      zone
	away      int  // elements between the title and it, less than 0 above the title
	named     bool // a class or id names a date
	microdata bool
	first     bool // the first date of its line
	begins    bool // its line begins with it
	words     int  // others in its line; of marked up dates -1
	bars      bool // in navigation, footer, aside or form
	beside    bool // in a section beside the story
	card      bool // in the card of another story
}

// clarity is 1 if nothing says that a date which readers see is that of something
// else than the story, else less.
func (s *sight) clarity() float64 {
	c, near := 1.0, s.zone == zoneHeader || s.zone == zoneAbove
	for _, against := range []struct {
		is        bool
		near, far float64
	}{{s.bars, 0.6, 0.4}, {s.beside && s.zone != zoneHeader, 0.4, 0.4}, {s.card && s.zone != zoneHeader, 0.6, 0.4}} {
		switch {
		case against.is && near:
			c *= against.near
		case against.is:
			c *= against.far
		}
	}
	return c
}

// maxClaims bounds what is weighed: a front page lists hundreds of stories.
const maxClaims = 300

// A finder collects the claims of a page.
type finder struct {
	page  *doc.Page
	style dateStyle
	story story
	found []claim
}

// addValue adds the date that a value for machines gives, if it gives one. c has
// everything but the date.
func (f *finder) addValue(value string, c claim) bool {
	value = strings.TrimSpace(value)
	if value == "" || len(value) > 200 {
		return false
	}
	style := f.style
	style.exact = true
	all := style.dates(value, 1)
	return len(all) > 0 && f.add(all[0], c)
}

// add adds a claim of a date, if the date is plausible.
func (f *finder) add(d partialDate, c claim) bool {
	if len(f.found) >= maxClaims || !plausible(f.page, d) {
		return false
	}
	c.partialDate = d
	f.found = append(f.found, c)
	return true
}

// dropHijri drops the dates of the Hijra, which may be a day off, if the page has
// others.
func (f *finder) dropHijri() {
	isHijri := func(c claim) bool { return c.hijri }
	if slices.ContainsFunc(f.found, isHijri) && slices.ContainsFunc(f.found, func(c claim) bool { return !c.hijri }) {
		f.found = slices.DeleteFunc(f.found, isHijri)
	}
}

// relabelUpdates labels as updates what is called a publication, or is marked up as a
// date without a label, but is of the same minute as an update, where metadata has an earlier publication: some systems write
// the time of the last change to every place but one.
func (f *finder) relabelUpdates() {
	var first, updates []*claim
	for i := range f.found {
		c := &f.found[i]
		switch {
		case c.clock == toDay || c.kind.group() > groupMeta && c.kind != element:
		case c.label == labelUpdated:
			updates = append(updates, c)
		case c.kind == jsonldPublished || c.kind == metaPublished:
			first = append(first, c)
		}
	}
	const most = 20 // a head has one or two of each
	first, updates = first[:min(len(first), most)], updates[:min(len(updates), most)]
	for i := range f.found {
		c := &f.found[i]
		if c.label != labelPublished && (c.label != unlabelled || c.kind != element && c.kind != line) || !c.hasTime() {
			continue
		}
		for _, u := range updates {
			// One of the two may have no offset: the update is compared as well.
			isEarlier := func(e *claim) bool {
				return e.label == labelPublished && e.hasTime() && (before(e.partialDate, c.partialDate) || before(e.partialDate, u.partialDate))
			}
			if u.sameMinute(c.partialDate) && slices.ContainsFunc(first, isEarlier) {
				c.label = labelUpdated
				break
			}
		}
	}
}

// plausible reports whether a page can be of a date: not from before the web's
// newspapers, nor after the page was fetched.
func plausible(p *doc.Page, d partialDate) bool {
	if d.year < 1990 {
		return false
	}
	return p.Input.Fetched.IsZero() || d.midnight().Before(p.Input.Fetched.Add(36*time.Hour))
}

// mayBeOn reports whether a time in UTC may be on the day before or after in the
// newspaper's time zone.
func (c *claim) mayBeOn(day int) bool {
	if !c.inUTC() || !c.hasTime() || c.kind.group() == groupPage || c.kind.group() == groupAddress {
		return false
	}
	return day == c.days()-1 && c.hour < 12 || day == c.days()+1 && c.hour >= 10
}
