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

// A recent remembers values that cost much, the ones that were used last. The zero value
// is empty.
type recent[K comparable, V any] struct {
	mu    sync.Mutex
	order list.List // of remembered[K, V], the one that was used last first
	at    map[K]*list.Element
	size  int
}

type remembered[K comparable, V any] struct {
	key   K
	value V
	size  int
}

func (c *recent[K, V]) get(key K) (v V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.at[key]
	if !ok {
		return v, false
	}
	c.order.MoveToFront(e)
	return e.Value.(remembered[K, V]).value, true
}

// put remembers a value of some size, and forgets others until all have no more than room.
func (c *recent[K, V]) put(key K, v V, size, room int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.at == nil {
		c.at = map[K]*list.Element{}
	}
	if old, ok := c.at[key]; ok {
		c.forget(old)
	}
	if size > room {
		return
	}
	c.at[key] = c.order.PushFront(remembered[K, V]{key, v, size})
	for c.size += size; c.size > room; {
		c.forget(c.order.Back())
	}
}

func (c *recent[K, V]) forget(e *list.Element) {
	r := c.order.Remove(e).(remembered[K, V])
	delete(c.at, r.key)
	c.size -= r.size
}

// Bounds of what is remembered.
const (
	maxEdits        = 20_000   // edits, of some hundred bytes each
	maxDiffs        = 16 << 20 // bytes of the texts of comparisons
	maxHistory      = 60_000   // versions and changes
	leastRemembered = 200      // versions and changes of a history that takes long to read
)

// An editCache remembers what was asked for last. Readings never change, so a comparison of
// two stays true; a history is asked for again.
type editCache struct {
	edits     recent[pair, edit]
	diffs     recent[pair, *comparison]
	histories recent[string, *catalog.History] // by URL
}

// history is what is known of an article over time.
func (s *Server) history(ctx context.Context, url string) (*catalog.History, error) {
	known, _ := s.edits.histories.get(url)
	h, err := s.Catalog.HistoryOf(ctx, url, known)
	if err == nil && h != known {
		if n := len(h.Versions) + len(h.Changes); n >= leastRemembered {
			s.edits.histories.put(url, h, n, maxHistory)
		}
	}
	return h, err
}

// A comparison is what differs between two versions.
type comparison struct {
	diff          *versions.Diff
	before, after string // URLs
	reread        bool
}

// comparisonOf compares two versions, or remembers it.
func (s *Server) comparisonOf(ctx context.Context, before, after catalog.Version) (*comparison, error) {
	p, _ := pairOf(before, after)
	if c, ok := s.edits.diffs.get(p); ok {
		return c, nil
	}
	a, b, reread, err := s.compare(ctx, before, after)
	if err != nil {
		return nil, err
	}
	c := &comparison{versions.Compare(a, b), a.URL, b.URL, reread}
	s.edits.diffs.put(p, c, 4096+len(a.Text)+len(b.Text), maxDiffs)
	return c, nil
}

// pairOf are the readings by which two versions are compared; ok says that they show the
// edit from one to the next.
func pairOf(before, after catalog.Version) (p pair, ok bool) {
	if after.Before != "" && (after.Before == before.RecordID || after.Before == before.Reading) {
		return pair{after.Before, after.Reading}, true
	}
	return pair{before.RecordID, after.RecordID}, false
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
	return r.known(p, func() (*article.Article, *article.Article, bool, error) {
		a, err := r.article(ctx, p.before)
		if err != nil {
			return nil, nil, false, err
		}
		b, err := r.article(ctx, p.after)
		return a, b, false, err
	})
}

// mustRead reports whether articles must be read to say what a change is.
func (r *editReader) mustRead(ch catalog.Change) bool {
	if ch.Before == "" {
		return false
	}
	_, ok := r.s.edits.edits.get(pair{ch.Before, ch.Reading})
	return !ok
}

// between says what differs between two versions.
func (r *editReader) between(ctx context.Context, before, after catalog.Version) (edit, error) {
	p, ok := pairOf(before, after)
	if ok {
		return r.edit(ctx, p)
	}
	return r.known(p, func() (*article.Article, *article.Article, bool, error) {
		return r.s.compare(ctx, before, after)
	})
}

func (r *editReader) known(p pair, read func() (a, b *article.Article, reread bool, err error)) (edit, error) {
	if e, ok := r.s.edits.edits.get(p); ok {
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
	r.s.edits.edits.put(p, e, 1, maxEdits)
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
	ids, ok := pairOf(before, after)
	if !ok && before.Extractor != after.Extractor {
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
