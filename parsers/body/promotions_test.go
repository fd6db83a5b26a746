package body

import (
	"strings"
	"testing"
)

// TestMayPromote: the cheap question lets every promotion through, in either case and
// behind signs.
func TestMayPromote(t *testing.T) {
	for line := range promotions {
		for _, s := range []string{line, strings.ToUpper(line), strings.ToTitle(line[:1]) + line[1:], ">> " + line, "[" + line + "]", "... " + line} {
			if !mayPromote(s) {
				t.Errorf("%q is held back", s)
			}
		}
	}
	for _, s := range []string{"", ".", "Workers wait for the ferry", "9 of 12"} {
		if mayPromote(s) {
			t.Errorf("%q may promote something", s)
		}
	}
}
