package contacts

import (
	"strings"
	"testing"
)

// TestLongPassage: a passage has as many characters as may be, to the last one.
func TestLongPassage(t *testing.T) {
	for _, word := range []string{"seven77", "é", "x"} {
		w := &passageWalker{}
		for range 2 {
			w.add(strings.Repeat(word+" \n", maxPassage/2/len(word)) + "tail-of-many-letters ")
		}
		w.flush()
		got := strings.Join(strings.Fields(w.done[0].text), "")
		all := strings.Repeat(strings.Repeat(word, maxPassage/2/len(word))+"tail-of-many-letters", 2)
		if got != all[:len(got)] || len(got) > maxPassage || len(got) < maxPassage-1 {
			t.Errorf("%q: got %d characters, want the first %d", word, len(got), maxPassage)
		}
	}
}
