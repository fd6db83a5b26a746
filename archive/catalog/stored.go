package catalog

import (
	"context"

	"github.com/newsmorgue/newsmorgue/archive"
)

// A Stored is the newest reading that counts for a capture, for reading it again.
type Stored struct {
	ID        string // of the reading; "" if the capture was never read
	Of        string // the capture that was read: this one, or the one whose article it has
	Extractor string
	// IsCurrent says that the capture has the current version of its URL; Kind is that
	// of the version, for lists. Kind is "" if the URL has no version.
	IsCurrent bool
	Kind      string
}

// Stored finds the newest reading that counts for a capture, suppressed or not.
func (c *Catalog) Stored(ctx context.Context, rec *archive.Record) (s Stored, err error) {
	story := int64(storyOf(rec.TargetURI()))
	for _, of := range []string{rec.ID(), rec.Get(SameArticle), rec.Get("WARC-Refers-To")} {
		if of == "" {
			continue
		}
		ok, err := c.one(ctx, []any{(*recordID)(&s.ID), (*recordID)(&s.Of), &s.Extractor},
			"SELECT id, response, extractor FROM readings WHERE story = ? AND response = ? ORDER BY id DESC LIMIT 1", story, recordID(of))
		if err != nil {
			return s, err
		}
		if ok {
			break
		}
	}
	_, err = c.one(ctx, []any{&s.IsCurrent, &s.Kind}, "SELECT capture = ?, kind FROM stories WHERE story = ?", recordID(rec.ID()), story)
	return s, err
}
