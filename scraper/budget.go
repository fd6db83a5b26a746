package scraper

import "context"

// largeBody is the size from which a body takes its turn under a Budget.
const largeBody = 1 << 20

// bodyCost is what a body of the largest size costs while it is worked on: as sent,
// decoded, in colly, as a tree, as text and as a JSON record.
const bodyCost = 96 << 20

// A Budget bounds the memory of all bodies and parses in flight together.
// Bodies of under a mebibyte pass, since the number of workers bounds them;
// larger ones take turns. The zero value and nil let everything pass.
type Budget struct{ turns chan struct{} }

// NewBudget returns a budget of so many bytes.
func NewBudget(bytes int64) *Budget {
	return &Budget{turns: make(chan struct{}, max(1, bytes/bodyCost))}
}

// Large waits for the turn of a large body. release must be called when nobody
// needs the body any more.
func (b *Budget) Large(ctx context.Context) (release func(), err error) {
	if b == nil || b.turns == nil {
		return func() {}, nil
	}
	select {
	case b.turns <- struct{}{}:
		return func() { <-b.turns }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// LargeBody is the size in bytes from which Large must be asked.
func (b *Budget) LargeBody() int { return largeBody }
