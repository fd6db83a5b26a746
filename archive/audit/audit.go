// Package audit measures how often the fields of articles are right in one archive: it
// draws a sample of articles, says what to ask a person about each, keeps the judgments
// as records, and computes each field's precision with its confidence interval. It does
// not show pages and does not read answers.
//
// FORMAT.md specifies the records (profile newsmorgue.audit/1).
package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// Schema names the format of an Audit's JSON.
const Schema = "newsmorgue.audit/1"

// A Verdict is a person's answer to a Question.
type Verdict string

// The verdicts.
const (
	Yes    Verdict = "yes"
	No     Verdict = "no"
	Unsure Verdict = "unsure"
)

// A Judgment is a verdict about one field of an article.
type Judgment struct {
	Field   string  `json:"field"`
	Value   string  `json:"value"` // digest of the value that was judged: Question.Digest
	Verdict Verdict `json:"verdict"`
	Note    string  `json:"note,omitempty"`
}

// An Audit is what a person said about one reading: the content of an audit record.
type Audit struct {
	Schema  string    `json:"schema"`
	Date    time.Time `json:"date"`
	Auditor string    `json:"auditor,omitempty"`
	Sample
	Article   string     `json:"article"` // catalog.Story.ID
	URL       string     `json:"url"`
	Reading   string     `json:"reading"`  // record ID of the conversion
	Response  string     `json:"response"` // record ID of what was read
	Extractor string     `json:"extractor"`
	Judgments []Judgment `json:"judgments"`
}

// New returns an audit of the current version of an article, without judgments.
func New(s catalog.Story, sample Sample) *Audit {
	return &Audit{Schema: Schema, Sample: sample, Article: s.ID, URL: s.URL, Reading: s.RecordID, Response: s.ResponseID, Extractor: s.Extractor}
}

// Record returns the metadata record of an audit.
func (a *Audit) Record() (*archive.Record, error) {
	a.Date = a.Date.UTC().Truncate(time.Microsecond)
	body, err := json.Marshal(a)
	if err != nil {
		return nil, err
	}
	rec := archive.NewRecord("metadata", a.Date)
	rec.Set("WARC-Refers-To", a.Reading)
	rec.Set("Content-Type", "application/json; profile="+Schema)
	rec.Payload = body
	return rec, nil
}

// maxRecord bounds the bytes of an audit record that is read; those that this package
// writes have a few thousand, as a field has one judgment.
const maxRecord = 1 << 20

// parse reads an audit from its record; ok is false if it is not a valid one.
func parse(rec *archive.Record) (a Audit, ok bool) {
	if len(rec.Payload) > maxRecord || json.Unmarshal(rec.Payload, &a) != nil {
		return Audit{}, false
	}
	return a, a.Schema == Schema && a.Article != ""
}

// All reads the audits of an archive, the oldest first. Records that cannot be read or
// are not valid are left out: archive.Verify reports damage.
func All(ctx context.Context, c *catalog.Catalog) ([]Audit, error) {
	caps, err := c.Metadata(ctx, Schema)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	var all []Audit
	for _, at := range caps {
		rec, err := c.Record(ctx, at.ID)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			continue
		}
		if a, ok := parse(rec); ok && rec.Get(archive.ImportID) == "" { // else it is about another archive
			all = append(all, a)
		}
	}
	return all, nil
}
