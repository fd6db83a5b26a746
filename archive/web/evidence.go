package web

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/web/replay"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// An evidenceData says how one field of an article was decided.
type evidenceData struct {
	ID         string     `json:"id"`
	URL        string     `json:"url"`
	Title      string     `json:"title,omitempty"`
	Field      string     `json:"field"`
	Label      string     `json:"-"`
	Query      string     `json:"-"` // "?version=N" of an older version
	Fields     []fieldTab `json:"-"`
	Values     []string   `json:"values"`         // of the stored reading, at most maxShown
	More       int        `json:"more,omitempty"` // values that are not listed
	From       string     `json:"from,omitempty"` // as in Provenance
	FromWords  string     `json:"from_words,omitempty"`
	Confidence float64    `json:"confidence"`
	Certainty  string     `json:"certainty,omitempty"` // the confidence in words
	Extractor  string     `json:"extractor"`           // of the stored reading
	Pages      int        `json:"pages,omitempty"`     // further pages that the article has

	// Of the page as it is read now.
	Reread     bool             `json:"reread"`
	Now        string           `json:"extractor_now,omitempty"`
	Differs    bool             `json:"differs"`
	NowValues  []string         `json:"values_now,omitempty"` // if they differ
	Candidates []shownCandidate `json:"candidates,omitempty"`
	Blocks     []shownBlock     `json:"blocks,omitempty"`
	Kept       int              `json:"blocks_kept"`
	Dropped    int              `json:"blocks_dropped"`
	Problem    string           `json:"problem,omitempty"`

	Source   *sourcePiece `json:"source,omitempty"`
	Original string       `json:"original,omitempty"` // the page with the evidence highlighted
	Found    int          `json:"highlighted"`        // values that the page shows, and that are highlighted
}

// A fieldTab is a link to the evidence of a field.
type fieldTab struct {
	Name, Label, Path string
	Current, Empty    bool
}

// A shownCandidate is a value that a field could have had.
type shownCandidate struct {
	article.Candidate
	FromWords string             `json:"from_words"`
	Reasons   []article.Evidence `json:"-"` // those that count most
}

// A shownBlock is a block of text with whether it was kept.
type shownBlock struct {
	article.BlockDecision
	Reason string `json:"-"`
}

// Bounds of what one page shows.
const (
	maxShown      = 50  // values, candidates
	maxDecisions  = 400 // of text
	maxEvidence   = 6   // of a candidate
	maxValueBytes = 600
)

// evidenceFieldOf is the field that a request names; the title if it names none.
func evidenceFieldOf(r *http.Request) (*evidenceField, error) {
	name := r.URL.Query().Get("field")
	if name == "" {
		name = "title"
	}
	if name == "authors" { // both are read together
		name = "byline"
	}
	for i := range evidenceFields {
		if evidenceFields[i].name == name {
			return &evidenceFields[i], nil
		}
	}
	var names []string
	for _, f := range evidenceFields {
		names = append(names, f.name)
	}
	return nil, refuse("there is no field %q; the fields are %s", cutText(name, 40), strings.Join(names, ", "))
}

// versionOf returns an article with the records of the version that a request asks for, and
// what its addresses have of that.
func (s *Server) versionOf(ctx context.Context, r *http.Request, id string) (catalog.Story, string, error) {
	n, err := versionNumber(r)
	if err != nil {
		return catalog.Story{}, "", err
	}
	story, err := s.storyByID(ctx, id)
	if err != nil || n == 0 {
		return story, "", err
	}
	all, err := s.Catalog.Versions(ctx, story.URL)
	if err != nil {
		return story, "", err
	}
	if n > len(all) {
		return story, "", refuse("there is no version %d: the newest is %d", n, len(all))
	}
	story.RecordID, story.ResponseID = all[n-1].RecordID, all[n-1].ResponseID
	return story, fmt.Sprintf("&version=%d", n), nil
}

// evidence shows how a field of an article was decided.
func (s *Server) evidence(r *http.Request) (*page, error) {
	f, err := evidenceFieldOf(r)
	if err != nil {
		return nil, err
	}
	ctx := r.Context()
	story, version, err := s.versionOf(ctx, r, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	a, err := s.Catalog.Article(ctx, story)
	if err != nil {
		return nil, err
	}
	d := &evidenceData{ID: story.ID, URL: story.URL, Title: a.Title, Field: f.name, Label: fieldLabel(f.name), Extractor: a.Extractor, Pages: len(a.Pages), Query: strings.Replace(version, "&", "?", 1)}
	for _, o := range evidenceFields {
		d.Fields = append(d.Fields, fieldTab{o.name, fieldLabel(o.name), "/article/" + story.ID + "/evidence?field=" + o.name + version, o.name == f.name, len(o.values(a)) == 0})
	}
	values := f.values(a)
	d.Values, d.More = shorten(values)
	if p, ok := provenanceOf(a, f); ok && len(values) > 0 {
		d.From, d.Confidence, d.FromWords, d.Certainty = p.From, p.Confidence, sourceInWords(p.From), certainty(p.Confidence)
	}
	d.Original = "/raw/article/" + story.ID + "?field=" + f.name + version + "#newsmorgue-mark-1"
	if err := s.explain(ctx, d, story, f, values, f.marks(a)); err != nil {
		return nil, err
	}
	return &page{Title: "Evidence: " + fieldLabel(f.name), Section: "/articles", Template: "evidence", Data: d}, nil
}

// explain reads the page again, and adds what that shows.
func (s *Server) explain(ctx context.Context, d *evidenceData, story catalog.Story, f *evidenceField, values []string, marks []replay.Mark) error {
	rec, err := s.Catalog.Record(ctx, story.ResponseID)
	if err != nil {
		if errors.Is(err, archive.ErrNotFound) || errors.Is(err, archive.ErrDamaged) {
			d.Problem, d.Original = "The page cannot be read any more: "+err.Error()+".", ""
			return nil
		}
		return err
	}
	c, err := s.payload(ctx, captureOf(rec))
	if err != nil {
		d.Problem, d.Original = "The page cannot be read any more: "+err.Error(), ""
		return nil
	}
	if kindOf(c.mime, c.body, "") == "text/html" {
		_, result, err := s.rewrite(ctx, c, replay.Options{Marks: marks})
		if err != nil {
			return err
		}
		for _, n := range result.Marked {
			d.Found += n
		}
	} else {
		d.Original = ""
	}
	if d.From != "" {
		d.Source = sourceOf(s.decode(c), d.From, values)
	}
	if s.Explain == nil {
		d.Problem = "This server does not read pages again."
		return nil
	}
	now, why, err := s.Explain(ctx, rec)
	if err != nil {
		d.Problem = "The page read again gives no article: " + err.Error() + "."
		return nil
	}
	d.Reread, d.Now = true, now.Extractor
	if again := f.values(now); !slices.Equal(again, values) {
		d.Differs = true
		d.NowValues, _ = shorten(again)
	}
	d.candidates(why, f)
	if f.blocks {
		d.blocks(why)
	}
	return nil
}

// captureOf describes a record of a capture.
func captureOf(rec *archive.Record) archive.Capture {
	c := archive.Capture{URL: rec.TargetURI(), Type: rec.Type(), ID: rec.ID(), Time: rec.Date()}
	if rec.HTTP != nil {
		c.Status = rec.HTTP.Status()
	}
	return c
}

// candidates lists the values that a field could have had, the chosen ones first, then by
// their scores.
func (d *evidenceData) candidates(why *article.Explanation, f *evidenceField) {
	for _, c := range why.Fields {
		if !slices.Contains(f.decisions, c.Field) {
			continue
		}
		shown := shownCandidate{Candidate: c, FromWords: sourceInWords(c.From)}
		shown.Value, shown.Of = cutText(c.Value, maxValueBytes), cutText(c.Of, maxValueBytes)
		shown.Reasons = slices.Clone(c.Evidence)
		slices.SortStableFunc(shown.Reasons, func(a, b article.Evidence) int {
			switch x, y := math.Abs(a.Part), math.Abs(b.Part); {
			case x > y:
				return -1
			case x < y:
				return 1
			}
			return 0
		})
		shown.Reasons = shown.Reasons[:min(len(shown.Reasons), maxEvidence)]
		d.Candidates = append(d.Candidates, shown)
	}
	slices.SortStableFunc(d.Candidates, func(a, b shownCandidate) int {
		switch {
		case a.Won != b.Won && a.Won, a.Won == b.Won && a.Score > b.Score:
			return -1
		case a.Won != b.Won, a.Score < b.Score:
			return 1
		}
		return 0
	})
	d.Candidates = d.Candidates[:min(len(d.Candidates), maxShown)]
}

// blocks lists the blocks of text.
func (d *evidenceData) blocks(why *article.Explanation) {
	for i, b := range why.Blocks {
		if b.Kept {
			d.Kept++
		} else {
			d.Dropped++
		}
		if i >= maxDecisions {
			continue
		}
		shown := shownBlock{BlockDecision: b, Reason: b.Why}
		if shown.Reason == "" {
			shown.Reason = "by its probability"
		}
		shown.Text, shown.Path = cutText(b.Text, maxValueBytes), cutText(b.Path, maxValueBytes)
		d.Blocks = append(d.Blocks, shown)
	}
}

// shorten returns the first values, each clipped, and how many others there are.
func shorten(values []string) (some []string, more int) {
	for _, v := range values[:min(len(values), maxShown)] {
		some = append(some, cutText(v, maxValueBytes))
	}
	return some, len(values) - len(some)
}

// sendMarked sends the page of an article with the evidence for a field highlighted.
func (s *Server) sendMarked(ctx context.Context, w http.ResponseWriter, r *http.Request, id string) error {
	f, err := evidenceFieldOf(r)
	if err != nil {
		return err
	}
	story, _, err := s.versionOf(ctx, r, id)
	if errors.Is(err, errMissing) {
		return &rawError{http.StatusNotFound, "Not archived", "There is no article with this ID.", ""}
	}
	if err != nil {
		return err
	}
	a, err := s.Catalog.Article(ctx, story)
	if err != nil {
		return err
	}
	rec, err := s.Catalog.Record(ctx, story.ResponseID)
	if err != nil {
		return err
	}
	c, err := s.payload(ctx, captureOf(rec))
	if err != nil {
		return err
	}
	if kindOf(c.mime, c.body, "") != "text/html" {
		return &rawError{http.StatusNotFound, "No page", "What was captured is not sent as a page.", ""}
	}
	return s.sendHTML(ctx, w, r, c, replay.Options{Marks: f.marks(a)})
}
