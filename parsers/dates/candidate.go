package dates

import (
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// A candidate is one place where a page gives a date.
type candidate struct {
	partialDate
	from   string // as in article.Provenance
	label  label
	group  sourceGroup
	weight weight
}

// A sourceGroup is a kind of source. Dates of one group are often written by the
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

// maxCandidates bounds what is weighed: a front page lists hundreds of stories.
const maxCandidates = 300

// A finder collects the candidates of a page.
type finder struct {
	page  *doc.Page
	style dateStyle
	story story
	found []candidate
}

// newWeight gives a weight with its first piece.
func (f *finder) newWeight(piece int) weight {
	var w weight
	if f.page.Explaining() {
		w.values = make(evidence.Values, pieces)
	}
	w.add(piece)
	return w
}

// addValue adds the date that a value for machines gives, if it gives one. c has
// everything but the date.
func (f *finder) addValue(value string, c candidate) bool {
	value = strings.TrimSpace(value)
	if value == "" || len(value) > 200 {
		return false
	}
	style := f.style
	style.exact = true
	all := style.dates(value, 1)
	return len(all) > 0 && f.add(all[0], c)
}

// add adds a candidate for a date, if the date is plausible.
func (f *finder) add(d partialDate, c candidate) bool {
	if len(f.found) >= maxCandidates || !plausible(f.page, d) {
		return false
	}
	c.partialDate = d
	c.weight.values = slices.Clone(c.weight.values) // those of its element or line
	f.found = append(f.found, c)
	return true
}

// plausible reports whether a page can be of a date: not from before the web's
// newspapers, nor after the page was fetched.
func plausible(p *doc.Page, d partialDate) bool {
	if d.year < 1990 {
		return false
	}
	return p.Input.Fetched.IsZero() || d.midnight().Before(p.Input.Fetched.Add(36*time.Hour))
}
