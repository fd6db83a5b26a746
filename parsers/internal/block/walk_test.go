package block

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode"
)

// TestAddPieces: text nodes add up to a text with white space collapsed and without
// characters that have no width, wherever they are cut.
func TestAddPieces(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 6))
	signs := []string{" ", " ", "a", "bc", "é", "日", "\u00a0", "\u200b", "\u00ad", "\n", "\t", "\x01", "\x7f", "\xff", "…", "\u2003", "\ufeff"}
	for range 5000 {
		w := &walker{page: &Page{}}
		w.addPieces("x", state{owner: 1})
		all := "x"
		for range 1 + random.IntN(3) {
			var node strings.Builder
			for range random.IntN(12) {
				node.WriteString(signs[random.IntN(len(signs))])
			}
			w.addPieces(node.String(), state{owner: 1})
			all += node.String()
		}
		var want strings.Builder
		space, breaks := false, false // breaks: it has a line break
		for i, r := range all {
			switch {
			case unicode.IsSpace(r):
				space, breaks = true, breaks || r == '\n'
			case widthless(r):
			default:
				if space && !(breaks && r == '日' && strings.HasSuffix(want.String(), "日")) {
					want.WriteByte(' ')
				}
				space, breaks = false, false
				if r == unicode.ReplacementChar {
					want.WriteByte(all[i]) // not UTF-8; it stays
				} else {
					want.WriteRune(r)
				}
			}
		}
		if got := w.text.String(); got != want.String() {
			t.Fatalf("%q: got %q, want %q", all, got, want.String())
		}
	}
}
