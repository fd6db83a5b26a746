package web

import (
	"container/list"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/versions"
)

// An edit is what one version of an article changed, in short.
type edit struct {
	Classes []versions.Class
	Silent  bool
	Summary string // "" if nothing differs
	Reread  bool   // both pages had to be read again
	Problem string // why the versions cannot be compared; "" if they can
}

// A pair is two readings that are compared.
type pair struct{ before, after string }

// maxEdits is how many edits are remembered: some hundred bytes each.
const maxEdits = 20_000

// An editCache remembers the edits that were asked for last. Readings never change, so
// what was found out once stays true. The zero value is empty.
type editCache struct {
	mu    sync.Mutex
	order list.List // of cachedEdit, the one that was used last first
	at    map[pair]*list.Element
}

type cachedEdit struct {
	of pair
	edit
}

func (c *editCache) get(p pair) (edit, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.at[p]
	if !ok {
		return edit{}, false
	}
	c.order.MoveToFront(e)
	return e.Value.(cachedEdit).edit, true
}

func (c *editCache) put(p pair, e edit) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at == nil {
		c.at = map[pair]*list.Element{}
	}
	if old, ok := c.at[p]; ok {
		c.order.Remove(old)
	}
	c.at[p] = c.order.PushFront(cachedEdit{p, e})
	for len(c.at) > maxEdits {
		last := c.order.Back()
		delete(c.at, c.order.Remove(last).(cachedEdit).of)
	}
}

// An editReader reads articles for one answer; each once, if their edits follow each other.
type editReader struct {
	s    *Server
	last string // the reading that was read last
	read *article.Article

	onlyKnown bool // only what is remembered is answered
}

// article reads the article of a conversion record.
func (r *editReader) article(ctx context.Context, id string) (*article.Article, error) {
	if id == r.last {
		return r.read, nil
	}
	rec, err := r.s.Catalog.Record(ctx, id)
	if err != nil {
		return nil, err
	}
	var a article.Article
	if err := json.Unmarshal(rec.Payload, &a); err != nil {
		return nil, fmt.Errorf("reading %s: %w: %w", id, archive.ErrDamaged, err)
	}
	r.last, r.read = id, &a
	return &a, nil
}

// edit says what differs between two readings.
func (r *editReader) edit(ctx context.Context, p pair) (edit, error) {
	return r.remembered(p, func() (*article.Article, *article.Article, bool, error) {
		a, err := r.article(ctx, p.before)
		if err != nil {
			return nil, nil, false, err
		}
		b, err := r.article(ctx, p.after)
		return a, b, false, err
	})
}

// between says what differs between two versions.
func (r *editReader) between(ctx context.Context, before, after catalog.Version) (edit, error) {
	if after.Before != "" && (after.Before == before.RecordID || after.Before == before.Reading) {
		return r.edit(ctx, pair{after.Before, after.Reading})
	}
	return r.remembered(pair{before.RecordID, after.RecordID}, func() (*article.Article, *article.Article, bool, error) {
		return r.s.compare(ctx, before, after)
	})
}

func (r *editReader) remembered(p pair, read func() (a, b *article.Article, reread bool, err error)) (edit, error) {
	if e, ok := r.s.edits.get(p); ok {
		return e, nil
	}
	if r.onlyKnown {
		return edit{Problem: notYet}, nil
	}
	a, b, reread, err := read()
	if err != nil {
		if isUnreadable(err) {
			return edit{Problem: sentence(err.Error())}, nil // it may be repaired: not remembered
		}
		return edit{}, err
	}
	e := editIn(versions.Compare(a, b))
	e.Reread = reread
	r.s.edits.put(p, e)
	return e, nil
}

func editIn(d *versions.Diff) edit {
	e := edit{Classes: d.Classes, Silent: d.Silent}
	if d.Changed() {
		e.Summary = d.Summary
	}
	return e
}

// isUnreadable reports whether an error is of the records, and not of this moment.
func isUnreadable(err error) bool {
	return !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
}

// notYet stands for what is not compared yet.
const notYet = "Not compared yet: load this page again."

var errNoCompare = errors.New("these versions were read by different extractors, and this viewer cannot read their pages again")

// compare reads two versions by the same extractor.
func (s *Server) compare(ctx context.Context, before, after catalog.Version) (a, b *article.Article, reread bool, err error) {
	if s.Compare != nil {
		return s.Compare(ctx, before, after)
	}
	r := &editReader{s: s}
	ids := pair{before.RecordID, after.RecordID}
	switch {
	case after.Before != "" && (after.Before == before.RecordID || after.Before == before.Reading):
		ids = pair{after.Before, after.Reading}
	case before.Extractor != after.Extractor:
		return nil, nil, false, errNoCompare
	}
	if a, err = r.article(ctx, ids.before); err == nil {
		b, err = r.article(ctx, ids.after)
	}
	return a, b, false, err
}

// A className says what a class of edits is called in pages, and what it means.
type className struct{ Name, Means string }

// classNames are the classes of package versions, the most severe first.
var classNames = []struct {
	class versions.Class
	className
}{
	{versions.CorrectionNoted, className{"correction noted", "a correction, clarification or retraction was added"}},
	{versions.Substantive, className{"substantive", "numbers, names, quotations, negations or whole sentences"}},
	{versions.HeadlineChanged, className{"headline", "another headline"}},
	{versions.BylineChanged, className{"byline", "other authors"}},
	{versions.UpdateNoted, className{"update noted", "a note says that the text was updated"}},
	{versions.Unlocked, className{"paywall lifted", "the whole text is there again"}},
	{versions.Paywalled, className{"paywalled", "a paywall hides most of the text"}},
	{versions.Minor, className{"minor", "a few words without numbers, names or quotations"}},
	{versions.Cosmetic, className{"cosmetic", "typography, case, the order of tags"}},
}

// nameOfClass is the name of a class for people.
func nameOfClass(c versions.Class) className {
	for _, n := range classNames {
		if n.class == c {
			return n.className
		}
	}
	return className{Name: string(c)}
}

// isSubstantive reports whether an edit is more than a byline, a paywall or a few words.
func isSubstantive(classes []versions.Class) bool {
	for _, c := range classes {
		if c == versions.HeadlineChanged || c.MoreSevere(versions.HeadlineChanged) {
			return true
		}
	}
	return false
}
