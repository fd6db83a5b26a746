package catalog

import (
	"context"
	"fmt"
)

// A URLFilter knows which URLs are not among some, in constant memory.
type URLFilter struct{ bits []uint64 }

// filterBits is how many bits a URLFilter has: of ten million URLs, one in seven that is
// not among them is not known to be.
const filterBits = 1 << 26

// URLFilter returns a filter of the URLs that were captured.
func (c *Catalog) URLFilter(ctx context.Context) (*URLFilter, error) {
	f := newURLFilter()
	if err := c.addStories(ctx, f, "SELECT DISTINCT story FROM captures INDEXED BY captures_story"); err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	return f, nil
}

// MayHave reports whether a URL may have been captured.
func (f *URLFilter) MayHave(url string) bool {
	return f.mayHave(storyOf(url))
}

func newURLFilter() *URLFilter { return &URLFilter{make([]uint64, filterBits/64)} }

func (f *URLFilter) add(story storyKey) {
	at := story % filterBits
	f.bits[at/64] |= 1 << (at % 64)
}

func (f *URLFilter) mayHave(story storyKey) bool {
	at := story % filterBits
	return f.bits[at/64]&(1<<(at%64)) != 0
}
