package audit

import (
	"context"
	"maps"
	"math"
	"slices"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// A Precision is how often one field was right: Yes of Yes and No judgments. Unsure ones
// do not count.
type Precision struct {
	Field  string `json:"field"`
	Absent bool   `json:"absent,omitempty"` // of empty values: whether the page really does not have it
	Yes    int    `json:"yes"`
	No     int    `json:"no"`
	Unsure int    `json:"unsure"`
	// Share is that of Yes among Yes and No, from 0 to 1, and 0 if there are none; Low and
	// High are its 95 % interval, by Wilson.
	Share float64 `json:"share"`
	Low   float64 `json:"low"`
	High  float64 `json:"high"`
}

// A Report is what audits say about the current versions of articles.
type Report struct {
	Articles int         `json:"articles"` // with judgments that count
	Fields   []Precision `json:"fields"`   // those with judgments; filled ones first, in the order of Fields
	Outdated int         `json:"outdated"` // judgments of values that are no longer current
	Uncounted
}

// Uncounted are judged articles that are no part of a report.
type Uncounted struct {
	Hidden  int `json:"hidden"`  // no longer selected: suppressed, gone from the archive, or of another kind now
	Another int `json:"another"` // judged in a sample of other articles, which is not a random one of these
}

// Results computes the precision of each field over the current versions of the articles
// that a filter selects; its limit and order do not matter. A judgment counts if it was
// made in a random sample of these articles or of more, and if it applies to the current
// version (FORMAT.md). The same records give the same report.
func Results(ctx context.Context, c *catalog.Catalog, f catalog.Filter) (*Report, error) {
	all, err := All(ctx, c)
	if err != nil {
		return nil, err
	}
	frame := FrameOf(f)
	sample := Sample{Frame: frame}
	h := sample.History(all)
	r := &Report{Fields: []Precision{}}
	other := map[string]bool{}
	for _, a := range all {
		if _, counted := h.audits[a.Article]; !counted {
			other[a.Article] = true
		}
	}
	r.Another = len(other)
	filled, absent := map[string]*Precision{}, map[string]*Precision{}
	for _, id := range slices.Sorted(maps.Keys(h.audits)) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		of := h.audits[id]
		story, ok, err := c.Select(ctx, frame.filter(), of[0].URL)
		if err != nil {
			return nil, err
		}
		if !ok {
			r.Hidden++
			continue
		}
		a, err := c.Article(ctx, story)
		if err != nil {
			return nil, err
		}
		judged := h.fieldsJudged(id)
		some := false
		for _, q := range Questions(a) {
			j, ok := h.Of(story, q)
			if !ok {
				continue
			}
			some = true
			delete(judged, q.Field)
			into := filled
			if q.Absent() {
				into = absent
			}
			if into[q.Field] == nil {
				into[q.Field] = &Precision{Field: q.Field, Absent: q.Absent()}
			}
			into[q.Field].count(j.Verdict)
		}
		r.Outdated += len(judged)
		if some {
			r.Articles++
		}
	}
	for _, kind := range []map[string]*Precision{filled, absent} {
		for _, name := range Fields() {
			if p := kind[name]; p != nil {
				n := p.Yes + p.No
				low, high := Wilson(p.Yes, n)
				p.Share, p.Low, p.High = rounded(float64(p.Yes)/float64(max(n, 1))), rounded(low), rounded(high)
				r.Fields = append(r.Fields, *p)
			}
		}
	}
	return r, nil
}

// rounded rounds to six places: the last digits of a float differ between processors.
func rounded(f float64) float64 { return math.Round(f*1e6) / 1e6 }

func (p *Precision) count(v Verdict) {
	switch v {
	case Yes:
		p.Yes++
	case No:
		p.No++
	case Unsure:
		p.Unsure++
	}
}

// A History is the audits that count for a sample, by article.
type History struct {
	audits map[string][]Audit // the oldest first
}

// History returns those of all audits, the oldest first, that count for a sample: whose
// sample is a random one of its articles.
func (s Sample) History(all []Audit) *History {
	h := &History{map[string][]Audit{}}
	for _, a := range all {
		equal := a.BySite == 0 || s.BySite > 0 || len(s.Frame.Sites) == 1
		if equal && a.Frame.covers(s.Frame) {
			h.Add(a)
		}
	}
	return h
}

// Add adds an audit that is newer than the others.
func (h *History) Add(a Audit) { h.audits[a.Article] = append(h.audits[a.Article], a) }

// Of returns the newest judgment that applies to a field of the current version of an
// article: its value is the same or, if it is empty, so is the response, too.
func (h *History) Of(s catalog.Story, q Question) (j Judgment, ok bool) {
	for _, a := range slices.Backward(h.audits[s.ID]) {
		for _, j := range slices.Backward(a.Judgments) {
			switch {
			case j.Field != q.Field || j.Value != q.Digest:
			case q.Absent() && a.Response != s.ResponseID:
			case j.Verdict != Yes && j.Verdict != No && j.Verdict != Unsure: // written by a later version
			default:
				return j, true
			}
		}
	}
	return Judgment{}, false
}

// fieldsJudged returns the fields of an article with any judgment.
func (h *History) fieldsJudged(id string) map[string]bool {
	names := map[string]bool{}
	for _, a := range h.audits[id] {
		for _, j := range a.Judgments {
			names[j.Field] = true
		}
	}
	return names
}
