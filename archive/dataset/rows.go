package dataset

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/archive/internal/jsontext"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/versions"
)

// A source reads the records of picks. Each goroutine has its own. An article, its
// response and its earlier versions are next to each other in a sealed segment.
type source struct {
	records *archive.Reader
	catalog *catalog.Catalog // not the snapshot, which is one connection
	decoder jsonDecoder
}

func newSource(a *archive.Archive, c *catalog.Catalog) *source {
	return &source{records: a.NewReader(), catalog: c}
}

func (s *source) close() { s.records.Close() }

// A story is one pick with what its records say.
type story struct {
	pick     catalog.Pick
	article  *exported
	read     article.Kind    // in place of that of the pick
	response []archive.Field // of the response or revisit
	edits    []*versions.Diff
	textSHA  string
	optouts  []string
	reserves bool
	redacted []string // kinds of placeholders, one for each

	mediaSHAs []string // of the captions; for each, that of the archived file, its type and path
	mediaType []string
	mediaFile []string
}

// read reads the article of a pick, and the fields of its response.
func (s *source) read(ctx context.Context, p catalog.Pick, wantsBody bool) (*story, error) {
	wantsBody = wantsBody || isEdit(p)
	without := "body"
	if wantsBody {
		without = ""
	}
	payload, isText, err := s.records.PayloadWithout(ctx, p.Reading, without)
	if err != nil {
		return nil, err
	}
	st := &story{pick: p}
	if st.article, err = s.decoder.decode(payload, isText, wantsBody); err != nil {
		return nil, fmt.Errorf("article of %s: %w: %w", p.URL, archive.ErrDamaged, err)
	}
	st.read, st.article.Kind = st.article.Kind, article.Kind(p.Kind)
	if p.Response.ID != "" {
		st.response, err = s.records.Fields(ctx, p.Response)
		if err != nil && !errors.Is(err, archive.ErrNotFound) && !errors.Is(err, archive.ErrDamaged) {
			return nil, err
		}
	}
	return st, nil
}

// isEdit reports whether the article of a pick is one that compare compares.
func isEdit(p catalog.Pick) bool {
	return slices.ContainsFunc(p.Changes, func(ch catalog.Change) bool {
		return ch.Before != "" && ch.Reading != "" && (ch.Before == p.Reading.ID || ch.Reading == p.Reading.ID)
	})
}

// compare reads the edits of a story, for the table of versions. The one after an edit is
// mostly the one before the next, and the last one is that of the story itself.
func (s *source) compare(ctx context.Context, st *story) error {
	last, lastID := (*article.Article)(nil), ""
	reading := func(id string) (a *article.Article, err error) {
		switch id {
		case lastID:
			return last, nil
		case st.pick.Reading.ID:
			own := *st.article
			own.Kind = st.read
			return own.whole(), nil
		}
		return s.readingByID(ctx, id)
	}
	for _, ch := range st.pick.Changes {
		var d *versions.Diff
		if ch.Before != "" && ch.Reading != "" {
			before, err := reading(ch.Before)
			if err != nil {
				return err
			}
			after, err := reading(ch.Reading)
			if err != nil {
				return err
			}
			if last, lastID = after, ch.Reading; before != nil && after != nil {
				d = versions.Compare(before, after)
			}
		}
		st.edits = append(st.edits, d)
	}
	return nil
}

// readingByID reads an article by its record's ID; nil if it is erased or damaged.
func (s *source) readingByID(ctx context.Context, id string) (*article.Article, error) {
	at, _, err := s.catalog.Locate(ctx, id)
	if err != nil {
		return nil, err
	}
	payload, isText, err := s.records.Payload(ctx, at)
	if errors.Is(err, archive.ErrNotFound) || errors.Is(err, archive.ErrDamaged) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	a, err := s.decoder.decode(payload, isText, true)
	if err != nil {
		return nil, nil
	}
	return a.whole(), nil
}

// whole is an article with its body; nil if that is damaged.
func (a *exported) whole() *article.Article {
	if len(a.Body) > 0 && json.Unmarshal(a.Body, &a.Article.Body) != nil {
		return nil
	}
	return &a.Article
}

func field(fields []archive.Field, name string) string {
	return (&archive.Record{Fields: fields}).Get(name)
}

// articleValue returns the value of a column of table.Articles; those that depend on
// other articles are filled in later.
var articleValues = map[string]func(s *story) table.Value{
	"id":            func(s *story) table.Value { return table.Of(s.pick.ID) },
	"version":       func(s *story) table.Value { return table.OfInt(int64(s.pick.Version)) },
	"versions":      func(s *story) table.Value { return table.OfInt(int64(s.pick.Versions)) },
	"url":           func(s *story) table.Value { return table.Of(s.pick.URL) },
	"canonical_url": func(s *story) table.Value { return table.Of(s.article.CanonicalURL) },
	"site":          func(s *story) table.Value { return table.Of(s.pick.Site) },
	"kind":          func(s *story) table.Value { return table.Of(s.pick.Kind) },
	"title":         func(s *story) table.Value { return table.Of(s.article.Title) },
	"subtitle":      func(s *story) table.Value { return table.Of(s.article.Subtitle) },
	"summary":       func(s *story) table.Value { return table.Of(s.article.Summary) },
	"section":       func(s *story) table.Value { return table.Of(s.article.Section) },
	"tags":          func(s *story) table.Value { return table.OfList(s.article.Tags) },
	"language":      func(s *story) table.Value { return table.Of(s.article.Language) },
	"byline":        func(s *story) table.Value { return table.Of(s.article.Byline) },
	"authors": func(s *story) table.Value {
		var names []string
		for _, a := range s.article.Authors {
			names = append(names, a.Name)
		}
		return table.OfList(names)
	},
	"source":               func(s *story) table.Value { return table.Of(s.article.Source) },
	"dateline":             func(s *story) table.Value { return table.Of(s.article.Dateline) },
	"published":            func(s *story) table.Value { return table.Of(s.article.Published) },
	"published_at":         func(s *story) table.Value { return instantOf(s.article.Published) },
	"modified":             func(s *story) table.Value { return table.Of(s.article.Modified) },
	"modified_at":          func(s *story) table.Value { return instantOf(s.article.Modified) },
	"text":                 func(s *story) table.Value { return table.Of(s.article.Text) },
	"body":                 func(s *story) table.Value { return table.Of(string(s.article.Body)) },
	"words":                func(s *story) table.Value { return table.OfInt(int64(s.pick.Words)) },
	"characters":           func(s *story) table.Value { return table.OfInt(int64(jsontext.Characters(s.article.Text))) },
	"text_sha256":          func(s *story) table.Value { return table.Of(s.textSHA) },
	"caption_count":        func(s *story) table.Value { return table.OfInt(int64(len(s.article.Captions))) },
	"contact_count":        func(s *story) table.Value { return table.OfInt(int64(len(s.article.Contacts))) },
	"paywalled":            func(s *story) table.Value { return table.OfBool(s.article.Paywalled) },
	"capture":              func(s *story) table.Value { return table.Of(s.capture()) },
	"truncated":            func(s *story) table.Value { return table.Of(s.pick.Truncated) },
	"tls_problem":          func(s *story) table.Value { return table.Of(s.tlsProblem()) },
	"ip_address":           func(s *story) table.Value { return table.Of(field(s.response, "WARC-IP-Address")) },
	"status":               func(s *story) table.Value { return orMissing(s.pick.Response.Status) },
	"captured":             func(s *story) table.Value { return table.OfTime(s.pick.Captured) },
	"first_captured":       func(s *story) table.Value { return table.OfTime(s.pick.First) },
	"last_captured":        func(s *story) table.Value { return table.OfTime(s.pick.Seen) },
	"meta_robots":          func(s *story) table.Value { return table.Of(s.rights().MetaRobots) },
	"x_robots_tag":         func(s *story) table.Value { return table.Of(s.rights().XRobotsTag) },
	"tdm_reservation":      func(s *story) table.Value { return table.Of(s.rights().TDMReservation) },
	"license":              func(s *story) table.Value { return table.Of(s.rights().License) },
	"optouts":              func(s *story) table.Value { return table.OfList(s.optouts) },
	"record_id":            func(s *story) table.Value { return table.Of(s.pick.Reading.ID) },
	"response_id":          func(s *story) table.Value { return table.Of(s.responseID()) },
	"payload_digest":       func(s *story) table.Value { return table.Of(string(s.pick.Response.Digest)) },
	"run_id":               func(s *story) table.Value { return table.Of(s.pick.Run) },
	"extractor":            func(s *story) table.Value { return table.Of(s.article.Extractor) },
	"title_confidence":     confidence("title"),
	"subtitle_confidence":  confidence("subtitle"),
	"summary_confidence":   confidence("summary"),
	"section_confidence":   confidence("section"),
	"tags_confidence":      confidence("tags"),
	"language_confidence":  confidence("language"),
	"authors_confidence":   confidence("authors"),
	"source_confidence":    confidence("source"),
	"dateline_confidence":  confidence("dateline"),
	"published_confidence": confidence("published"),
	"modified_confidence":  confidence("modified"),
	"text_confidence":      confidence("body"),
	"cluster":              later, "cluster_size": later, "cluster_first": later, "duplicate_of": later, "split": later,
}

// later is the value of a column that is known only when all articles are.
func later(*story) table.Value { return table.Value{} }

func confidence(name string) func(s *story) table.Value {
	return func(s *story) table.Value {
		value, ok := s.article.confidence(name)
		if !ok {
			return table.Value{}
		}
		return table.OfFloat(value)
	}
}

func orMissing(n int) table.Value {
	if n == 0 {
		return table.Value{}
	}
	return table.OfInt(int64(n))
}

// instantOf is the instant of a date with a time and an offset; missing for others.
func instantOf(s string) table.Value {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return table.Value{}
	}
	return table.Value{Set: true, Int: t.UnixMilli()}
}

func (s *story) rights() article.Rights {
	if s.article.Rights == nil {
		return article.Rights{}
	}
	return *s.article.Rights
}

// capture says how the page was captured.
func (s *story) capture() string {
	switch {
	case s.article.Kind == article.KindBlocked:
		return "blocked"
	case s.pick.Truncated != "":
		return "truncated"
	case s.article.Paywalled:
		return "stub"
	}
	return "complete"
}

func (s *story) tlsProblem() string {
	_, why, _ := strings.Cut(field(s.response, "Newsmorgue-TLS"), "; ")
	return why
}

// responseID is that of the response that was read, which may be lost.
func (s *story) responseID() string {
	if s.pick.Response.ID != "" {
		return s.pick.Response.ID
	}
	return s.pick.Reading.RefersTo
}
