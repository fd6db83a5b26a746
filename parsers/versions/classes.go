package versions

import "slices"

// A Class is a kind of edit. An edit may be of several kinds.
type Class string

// The classes, from the least severe to the most. Removal and its opposite are not
// differences of two articles, and Compare never gives them: whoever watches a URL
// does, with a Reason.
const (
	// None: nothing differs that Compare looks at.
	None Class = "none"
	// Cosmetic: white space, quotation marks, dashes and other typography, case, the
	// order of tags, tracking parameters, split or joined paragraphs, a more precise
	// form of the same date.
	Cosmetic Class = "cosmetic"
	// Minor: a typo, or a few words, and no number, name, negation or quotation; text
	// that moved; metadata.
	Minor Class = "minor"
	// Paywalled: the story was there and now is behind a paywall, or cut to its
	// beginning. What is no longer shown does not count as edited.
	Paywalled Class = "paywalled"
	// Unlocked: the story was behind a paywall and now is not.
	Unlocked Class = "unlocked"
	// UpdateNoted: a note was added that the text was updated, without a correction.
	UpdateNoted Class = "update_noted"
	// BylineChanged: other authors.
	BylineChanged Class = "byline_changed"
	// HeadlineChanged: another title; case and typography aside.
	HeadlineChanged Class = "headline_changed"
	// Substantive: numbers, names, quotations, negations, or whole sentences.
	Substantive Class = "substantive"
	// CorrectionNoted: a correction, clarification or retraction was added.
	CorrectionNoted Class = "correction_noted"
	// Restored: a removed article is back at its address.
	Restored Class = "restored"
	// Gone: the address no longer has the article, for a Reason.
	Gone Class = "removed"
)

// severity orders the classes.
var severity = func() map[Class]int {
	m := map[Class]int{}
	for i, c := range []Class{None, Cosmetic, Minor, Paywalled, Unlocked, UpdateNoted, BylineChanged, HeadlineChanged, Substantive, CorrectionNoted, Restored, Gone} {
		m[c] = i
	}
	return m
}()

// MoreSevere reports whether c is more severe than other. Unknown classes are the
// least severe.
func (c Class) MoreSevere(other Class) bool { return severity[c] > severity[other] }

// A Reason says how an article was removed: what its address gives instead.
type Reason string

// The reasons of Gone. A single failure is no removal; whoever watches asks again.
const (
	NotFound          Reason = "not_found"           // status 404
	StatusGone        Reason = "gone"                // status 410
	RedirectedToFront Reason = "redirected_to_front" // to a front or section page
	SoftNotFound      Reason = "soft_not_found"      // status 200 and a page that says there is nothing here
)

// classSet collects classes.
type classSet []Class

func (s *classSet) add(c Class) {
	if c != None && c != "" && !slices.Contains(*s, c) {
		*s = append(*s, c)
	}
}

func (s classSet) sorted() []Class {
	slices.SortFunc(s, func(a, b Class) int { return severity[b] - severity[a] })
	return s
}

// worse is the more severe of two classes.
func worse(a, b Class) Class {
	if b.MoreSevere(a) || a == "" {
		return b
	}
	return a
}
