package catalog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/words"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// fullText is the index of the words of current versions. It is contentless: FTS5 keeps
// words and their places, not the text. The text comes first, because places in the
// first column take least space; the words are folded already, and have only spaces
// between them. A story's row has the number stories.doc, and an article that changes
// gets a new one: numbers that grow with time take a third of the space that story keys
// would. Parts of the index are merged by eights, not by fours as is usual, which saves a
// third of the time that indexing one article takes, and costs searches little.
const fullText = `
CREATE VIRTUAL TABLE fulltext USING fts5(text, title, summary, authors, section, tags, captions, content='', contentless_delete=1, tokenize='ascii');
INSERT INTO fulltext (fulltext, rank) VALUES ('automerge', 8);
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(fulltext, 'row');
`

// columnWeights are how much a word counts in each column of fulltext, for bm25.
const columnWeights = "1, 10, 3, 4, 2, 3, 1"

// fullTextTables are the tables beneath fulltext.
var fullTextTables = []string{"fulltext_data", "fulltext_idx", "fulltext_docsize", "fulltext_config"}

// The values of stories.doc for stories that have no row in fulltext.
const (
	docWaiting = 0  // it was not at hand; CatchUp reads it from its record
	docNone    = -1 // its record cannot be read
)

// indexed is what the catalog has of a story before a transaction changes it.
type indexed struct {
	reading string // "" if it has no current version
	doc     int64
}

func indexedOf(ctx context.Context, tx *transaction, story storyKey) (x indexed, err error) {
	rows, err := tx.QueryContext(ctx, "SELECT reading, doc FROM stories WHERE story = ?", int64(story))
	if err != nil {
		return x, err
	}
	defer rows.Close()
	if rows.Next() {
		err = rows.Scan((*recordID)(&x.reading), &x.doc)
	}
	return x, errors.Join(err, rows.Err())
}

// remove removes the words of a story.
func (x indexed) remove(ctx context.Context, tx *transaction) error {
	if x.doc <= 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM fulltext WHERE rowid = ?", x.doc)
	return err
}

// keep keeps an article that was read in this transaction, as it may become current.
func (s *staleStories) keep(id string, read *Read) {
	if s.read == nil {
		s.read = map[string]*Read{}
	}
	s.read[id] = read
}

// replaceWords replaces the words of a story by those of the reading that is current
// now, and returns the number of their row.
func (s *staleStories) replaceWords(ctx context.Context, tx *transaction, before indexed, reading string) (doc int64, err error) {
	read := s.read[reading]
	if before.reading == reading && (before.doc > 0 || read == nil) {
		return before.doc, nil
	}
	if err := before.remove(ctx, tx); err != nil {
		return 0, err
	}
	if read == nil {
		return docWaiting, nil
	}
	return s.addWords(ctx, tx, read.prepare().columns)
}

// addWords adds the words of an article in a row of their own.
func (s *staleStories) addWords(ctx context.Context, tx *transaction, c columns) (doc int64, err error) {
	if s.lastDoc == 0 {
		rows, err := tx.QueryContext(ctx, "SELECT coalesce(max(doc), 0) FROM stories")
		if err != nil {
			return 0, err
		}
		defer rows.Close()
		if rows.Next() {
			err = rows.Scan(&s.lastDoc)
		}
		if err := errors.Join(err, rows.Err(), rows.Close()); err != nil {
			return 0, err
		}
		s.lastDoc = max(s.lastDoc, 0)
	}
	s.lastDoc++
	_, err = tx.ExecContext(ctx, "INSERT INTO fulltext (rowid, text, title, summary, authors, section, tags, captions) VALUES (?,?,?,?,?,?,?,?)",
		s.lastDoc, c.text, c.title, c.summary, c.authors, c.section, c.tags, c.captions)
	return s.lastDoc, err
}

// columns are the words of an article, folded.
type columns struct{ text, title, summary, authors, section, tags, captions string }

func columnsOf(a *article.Article) columns {
	var b []byte
	fold := func(parts ...string) string {
		b = b[:0]
		for _, p := range parts {
			b = words.Append(b, p)
		}
		return string(b)
	}
	authors := []string{a.Byline}
	for _, au := range a.Authors {
		if !strings.Contains(a.Byline, au.Name) {
			authors = append(authors, au.Name)
		}
	}
	var captions []string
	for _, c := range a.Captions {
		captions = append(captions, c.Text, c.Credit)
	}
	summary := []string{a.Summary}
	if a.Subtitle != a.Summary {
		summary = append(summary, a.Subtitle)
	}
	return columns{
		text: fold(a.Text), title: fold(a.Title), summary: fold(summary...), authors: fold(authors...),
		section: fold(a.Section), tags: fold(a.Tags...), captions: fold(captions...),
	}
}

// The bounds of what indexWaiting reads before it adds it.
const (
	waitingStep  = 500      // articles
	waitingBytes = 16 << 20 // of their records
)

// A waiting is a story whose words are not in the index.
type waiting struct {
	story   storyKey
	reading string
	at      archive.Capture
	article *article.Article // nil if its record cannot be read
}

// indexWaiting adds the words of stories whose current version was not at hand when it
// became current, such as an earlier version after a later one was suppressed.
func (c *Catalog) indexWaiting(ctx context.Context) error {
	for {
		step, err := c.waiting(ctx)
		if err != nil || len(step) == 0 {
			return err
		}
		for i := range step {
			if step[i].article, err = c.readWaiting(ctx, step[i].at); err != nil {
				return err
			}
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		if err := c.inTx(ctx, func(tx *transaction) error { return addWaiting(ctx, tx, step) }); err != nil {
			return err
		}
	}
}

// readWaiting reads an article; nil if it is lost or damaged, which archive.Verify
// reports. It is an error if a store is away.
func (c *Catalog) readWaiting(ctx context.Context, at archive.Capture) (*article.Article, error) {
	rec, err := c.a.RecordAt(ctx, at)
	switch {
	case isAway(err):
		return nil, err
	case err != nil:
		return nil, nil
	}
	a := &article.Article{}
	if err := json.Unmarshal(rec.Payload, a); err != nil {
		return nil, nil
	}
	return a, nil
}

// isAway reports whether a record was not read because a store is away: it is neither lost
// nor damaged then.
func isAway(err error) bool {
	away := new(archive.StoreError)
	return errors.As(err, &away)
}

func addWaiting(ctx context.Context, tx *transaction, step []waiting) error {
	s := &staleStories{}
	for _, w := range step {
		// It may have changed, or another process may have added it meanwhile.
		now, err := indexedOf(ctx, tx, w.story)
		if err != nil {
			return err
		}
		if now.reading != w.reading || now.doc != docWaiting {
			continue
		}
		doc := int64(docNone)
		if w.article != nil {
			if doc, err = s.addWords(ctx, tx, columnsOf(w.article)); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "UPDATE stories SET doc = ? WHERE story = ?", doc, int64(w.story)); err != nil {
			return err
		}
	}
	return nil
}

// waiting lists stories whose words wait, in the order of their records.
func (c *Catalog) waiting(ctx context.Context) (step []waiting, err error) {
	rows, err := c.db.QueryContext(ctx, `SELECT s.story, s.reading, r.segment, r.url, r.frame, r.packed, r.at, r.size FROM stories s JOIN readings r ON r.id = s.reading
		WHERE s.doc = ? ORDER BY r.segment, r.frame, r.at LIMIT ?`, docWaiting, waitingStep)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	bytes := int64(0)
	for bytes < waitingBytes && rows.Next() {
		var w waiting
		if err := rows.Scan((*int64)(&w.story), (*recordID)(&w.reading), &w.at.Segment, &w.at.URL, &w.at.Frame, &w.at.FrameLength, &w.at.Offset, &w.at.Length); err != nil {
			return nil, err
		}
		w.at.ID, w.at.Type = w.reading, "conversion"
		bytes += w.at.Length
		step = append(step, w)
	}
	return step, rows.Err()
}

// mergeWords merges the parts of the full-text index into one, which drops the words of
// versions that are no longer current.
func (c *Catalog) mergeWords(ctx context.Context) error {
	_, err := c.db.ExecContext(ctx, "INSERT INTO fulltext (fulltext) VALUES ('optimize')")
	return err
}
