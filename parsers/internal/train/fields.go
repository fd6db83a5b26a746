package main

import (
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A field is what a model chooses among candidates.
type field struct {
	// Which candidates there are.

	labelled func(s *sample) bool // whether a page has a truth for it; nil: any may have
	many     bool                 // a page may have several values
	bare     bool                 // pages are read once more without most of what their heads declare, to train for sites that declare little

	// more gives pages to train with that are not of the corpora, made of those or anew.
	more func(all []*sample) []*sample

	// right reports whether a candidate is the truth of its page, and whether the
	// page's truth says so at all.
	right func(s *sample, c *article.Candidate) (right, known bool)
	// among is asked instead where the corpus has no truth: it says which candidates,
	// of those of the page, are borne out by others.
	among func(c *article.Candidate, all []article.Candidate) (right, known bool)

	// How the model is made.

	trees  booster
	weight float32 // of a candidate: the more, the less are leaves with few of them pulled to 0
	// news is how much more the candidates of a newspaper's pages weigh than those of
	// other pages; the same if 0.
	news float32

	// weigh is how much a page weighs; nil: see share.
	weigh func(s *sample) float32

	// Which score a winner needs.

	least threshold // nil: the best
	wrong float64   // what a wrong answer costs against none, where a right one gains 1; if 0, F1 decides
	// absent is how many pages without a value there may be for each page that has
	// one, where the labels have none: there, the best of the wrong candidates wins.
	absent float64
}

// fields are those that have a model.
var fields = map[string]field{
	"title": {
		right: func(s *sample, c *article.Candidate) (right, known bool) {
			return letters(c.Value) == letters(s.Truth.Title), s.Truth.Title != ""
		},
		bare: true, least: lowest, trees: booster{Rounds: 160, Depth: 3, Rate: 0.06}, weight: 4, news: 3,
	},
	"authors": {
		right: func(s *sample, c *article.Candidate) (right, known bool) {
			if s.Truth.Authors == nil {
				return false, false
			}
			return allIn(namesOf(*s.Truth.Authors...), namesOf(c.Value)), true
		},
		many: true, least: fixed(-0.2), trees: booster{Rounds: 140, Depth: 4, Rate: 0.1}, weight: 16, news: 3,
	},
	"published": {
		right: func(s *sample, c *article.Candidate) (right, known bool) {
			return sameDay(s.Truth.Date, c.Value), len(s.Truth.Date) >= len(time.DateOnly)
		},
		wrong: 0.5, absent: 0.1, trees: booster{Rounds: 110, Depth: 4, Rate: 0.07}, weight: 8,
	},
	"time": {
		right: func(s *sample, c *article.Candidate) (right, known bool) {
			return sameMinute(s.Truth.Date, c.Value), len(s.Truth.Date) > len(time.DateOnly)
		},
		trees: booster{Rounds: 60, Depth: 3, Rate: 0.1}, weight: 4,
	},
	"modified": {
		// Each claim is judged: on pages where others bear it out, the best one is
		// always good, which says nothing of pages that have only one.
		among: confirmed, many: true, wrong: 1,
		trees: booster{Rounds: 60, Depth: 3, Rate: 0.1}, weight: 4,
	},
	"captions": {
		right: rightCaption, many: true, least: evenOdds, trees: booster{Rounds: 200, Depth: 3, Rate: 0.06}, weight: 12,
	},
	"credits": {
		right: rightCredit, many: true, least: fixed(-0.7), trees: booster{Rounds: 100, Depth: 3, Rate: 0.1}, weight: 12,
	},
	"kind": {
		right: func(s *sample, c *article.Candidate) (right, known bool) {
			if s.labels == nil || s.labels.Kind == "" || c.Of != "" {
				return false, false
			}
			return c.Value == s.labels.Kind, true
		},
		more: moreKinds, weigh: kindWeight, least: lowest, trees: booster{Rounds: 100, Depth: 4, Rate: 0.1}, weight: 4,
	},
	"contact mails":     {labelled: hasContacts, right: rightMail, many: true, least: evenOdds, trees: booster{Rounds: 100, Depth: 4, Rate: 0.1}, weight: 4},
	"contact numbers":   {labelled: hasContacts, right: contactRight((*truthContact).hasNumber), many: true, least: nearEven(0.6), trees: booster{Rounds: 100, Depth: 4, Rate: 0.1}, weight: 4},
	"contact addresses": {labelled: hasContacts, right: contactRight((*truthContact).hasAddress), least: fixed(-1.1), trees: booster{Rounds: 140, Depth: 4, Rate: 0.1}, weight: 8},
	"contact labels":    {labelled: hasContacts, right: rightLabel, least: lowest, trees: booster{Rounds: 60, Depth: 4, Rate: 0.1}, weight: 12},
	"contact kinds":     {labelled: hasContacts, right: rightKind, least: lowest, trees: booster{Rounds: 60, Depth: 3, Rate: 0.1}, weight: 12},
	"contact blocks":    {labelled: hasContacts, right: sameBlock, many: true, least: evenOdds, trees: booster{Rounds: 60, Depth: 3, Rate: 0.1}, weight: 4},
}

func (f *field) judge(s *sample, c *article.Candidate, all []article.Candidate) (right, known bool) {
	if f.among != nil {
		return f.among(c, all)
	}
	return f.right(s, c)
}

// share is the weight of a page among others.
func (f *field) share(s *sample) float32 {
	if f.weigh != nil {
		return f.weigh(s)
	}
	if f.news > 0 && s.Source == "fundus" {
		return f.news
	}
	return s.share()
}
