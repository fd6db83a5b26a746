package versions

import (
	"slices"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// Limits of a cut story: one of some length, of which the later version has less
// than half.
const minCutWords = 100

// access separates text that is no longer shown, or is shown again, from edits.
func (c *comparison) access() {
	before, after := c.before.Paywalled, c.after.Paywalled
	switch {
	case before && !after:
		c.classes.add(Unlocked)
	case after && !before:
		c.classes.add(Paywalled)
	}
	blocks := c.diff.Blocks
	if before && !after {
		for i := len(blocks) - 1; i >= 0 && blocks[i].Op == Added; i-- {
			discount(&blocks[i])
		}
		return
	}
	tail, gone := len(blocks), 0
	for tail > 0 && blocks[tail-1].Op == Removed {
		tail--
		gone += blocks[tail].words()
	}
	kept := 0
	whole := gone >= minCutWords // and nothing before the tail changed
	for i := 0; i < tail && whole; i++ {
		b := &blocks[i]
		kept += b.words()
		whole = b.Op == Equal || i == tail-1 && b.cutShort()
	}
	cut := whole && kept < gone
	if !cut && (!after || before) {
		return
	}
	if cut {
		c.classes.add(Paywalled)
	}
	for i := tail; i < len(blocks); i++ {
		discount(&blocks[i])
	}
	if tail > 0 && blocks[tail-1].cutShort() {
		discount(&blocks[tail-1])
	}
}

// discount marks text as not shown instead of edited.
func discount(b *Block) {
	b.Class = Minor
	for i := range b.Sentences {
		if s := &b.Sentences[i]; s.Class == Substantive {
			s.Class = Minor
		}
	}
}

// cutShort reports whether a block lost its end, and nothing else but that changed.
func (b *Block) cutShort() bool {
	if b.Op != Edited {
		return false
	}
	for i := range b.Sentences {
		switch s := &b.Sentences[i]; {
		case s.Op == Removed || s.Op == Equal:
		case s.Op == Edited && len(s.Spans) > 0 && s.Spans[0].Op == Keep:
			for _, span := range s.Spans[1:] {
				if span.Op == Keep || span.Op == Insert && countWords(span.Text) > 0 {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

func (b *Block) words() int {
	n := 0
	for _, s := range b.Lines {
		n += countWords(s)
	}
	for i := range b.Sentences {
		if s := &b.Sentences[i]; s.Op != Added && s.Op != MovedIn {
			n += countWords(s.Old())
		}
	}
	return n
}

// label reports a picture or an embed, whose text is no part of the body's.
func (b *Block) label() bool { return b.Type == article.Media || b.Type == article.Embed }

// count fills Counts and the classes of blocks.
func (c *comparison) count() {
	n := &c.diff.Counts
	for i := range c.diff.Blocks {
		b := &c.diff.Blocks[i]
		for k := range b.Sentences {
			s := &b.Sentences[k]
			if !b.label() {
				n.sentence(s)
			}
			b.Class = worse(b.Class, s.Class)
		}
		if b.Moved {
			n.BlocksMoved++
		}
		if b.Rearranged {
			n.BlocksRearranged++
		}
		switch {
		case b.Op == Equal:
			n.BlocksUnchanged++
		case b.Op == Added && (len(b.Sentences) == 0 || b.count(Added) > 0):
			n.BlocksAdded++
		case b.Op == Removed && (len(b.Sentences) == 0 || b.count(Removed) > 0):
			n.BlocksRemoved++
		case b.Op == Edited:
			n.BlocksEdited++
		}
		c.classes.add(b.Class)
	}
}

func (n *Counts) sentence(s *Sentence) {
	switch s.Op {
	case Added:
		n.SentencesAdded++
		n.WordsAdded += countWords(s.Text)
	case Removed:
		n.SentencesRemoved++
		n.WordsRemoved += countWords(s.Text)
	case MovedIn:
		n.SentencesMoved++
	case Edited:
		if s.Class == Cosmetic {
			n.SentencesReformatted++
			return
		}
		n.SentencesEdited++
		for _, span := range s.Spans {
			switch span.Op {
			case Insert:
				n.WordsAdded += countWords(span.Text)
			case Delete:
				n.WordsRemoved += countWords(span.Text)
			}
		}
	}
}

// conclude fills Classes, Silent and Summary.
func (c *comparison) conclude() {
	d := c.diff
	for i := range d.Fields {
		c.classes.add(d.Fields[i].Class)
	}
	for _, n := range d.Notes {
		c.classes.add(n.Kind.class())
	}
	d.Classes = c.classes.sorted()
	d.Class = None
	if len(d.Classes) > 0 {
		d.Class = d.Classes[0]
	} else {
		d.Classes = []Class{}
	}
	d.Silent = slices.Contains(d.Classes, Substantive) && len(d.Notes) == 0 && !c.dated() && c.after.Kind != article.KindLive
	d.Summary = d.summary()
}

// dated reports whether the later version states a new time of modification. Where
// a page has one date only, that one counts.
func (c *comparison) dated() bool {
	if c.before.Modified == "" && c.after.Modified == "" {
		return c.after.Published != "" && c.before.Published != "" && !sameDate(c.before.Published, c.after.Published)
	}
	return c.after.Modified != "" && !sameDate(c.before.Modified, c.after.Modified)
}

// sameDate reports whether two dates are the same instant, or one is the other's day.
func sameDate(a, b string) bool {
	if a == b {
		return true
	}
	s, t := min(len(a), len(b)), max(len(a), len(b))
	if s == len(time.DateOnly) && t > s {
		return a[:s] == b[:s]
	}
	x, errX := time.Parse(time.RFC3339, a)
	y, errY := time.Parse(time.RFC3339, b)
	return errX == nil && errY == nil && x.Equal(y)
}
