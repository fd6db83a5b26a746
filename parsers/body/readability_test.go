package body

import (
	"fmt"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
)

// A block that is cut is cut between characters, wherever its end is.
func TestVoteOnBlocksOfAnyLength(t *testing.T) {
	for n := enoughText - 4; n < enoughText+8; n++ {
		for _, last := range []string{"é", "報", "🚢"} {
			line := strings.Repeat("The ferry was late, ", 20)[:n] + last
			p := doctest.Page(t, fmt.Sprintf("<title>Ferry</title><article><p>%s</p><p>%s</p><p>%s</p></article>", line, line+" It rained.", line+line))
			if err := vote(p); err != nil {
				t.Fatalf("%d bytes and %s: %v", n, last, err)
			}
			for _, b := range p.Blocks {
				if !b.InReadability {
					t.Errorf("%d bytes and %s: no vote for %q", n, last, b.Text)
				}
			}
		}
	}
}
