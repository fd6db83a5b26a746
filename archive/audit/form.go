package audit

import (
	"slices"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// A Form asks the questions about one article and takes the answers. Judgments of
// earlier audits that apply are given already.
type Form struct {
	Questions []Question
	story     catalog.Story
	given     []Judgment // by question; without a verdict: not answered
	unsaved   []bool
	at        int
}

// NewForm returns the form of an article with the questions of only some fields; nil
// means all.
func NewForm(s catalog.Story, questions []Question, h *History, only []string) *Form {
	f := &Form{story: s}
	for _, q := range questions {
		if only != nil && !slices.Contains(only, q.Field) {
			continue
		}
		j, _ := h.Of(s, q)
		f.Questions, f.given = append(f.Questions, q), append(f.given, j)
	}
	f.unsaved = make([]bool, len(f.Questions))
	f.next()
	return f
}

// next goes to the first question without an answer, or to the end.
func (f *Form) next() {
	f.at = slices.IndexFunc(f.given, func(j Judgment) bool { return j.Verdict == "" })
	if f.at < 0 {
		f.at = len(f.given)
	}
}

// Done reports whether all questions are answered and none is being corrected.
func (f *Form) Done() bool { return f.at >= len(f.Questions) }

// At returns the place of the current question among Questions, len(Questions) if Done.
func (f *Form) At() int { return f.at }

// Given returns the answer to a question; its Verdict is empty if there is none yet.
func (f *Form) Given(i int) Judgment { return f.given[i] }

// Answer answers the current question and goes to the next one without an answer.
func (f *Form) Answer(v Verdict, note string) {
	if f.Done() {
		return
	}
	q := f.Questions[f.at]
	f.given[f.at] = Judgment{q.Field, q.Digest, v, note}
	f.unsaved[f.at] = true
	f.next()
}

// Back goes to the question before the current one, to correct its answer; it returns
// false if there is none.
func (f *Form) Back() bool {
	if f.at == 0 {
		return false
	}
	f.at--
	return true
}

// Unsaved returns an audit with the judgments that were made since the last call; nil
// if there are none.
func (f *Form) Unsaved(sample Sample, auditor string) *Audit {
	a := New(f.story, sample)
	a.Auditor = auditor
	for i, j := range f.given {
		if f.unsaved[i] {
			a.Judgments = append(a.Judgments, j)
			f.unsaved[i] = false
		}
	}
	if len(a.Judgments) == 0 {
		return nil
	}
	return a
}
