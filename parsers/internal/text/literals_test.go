package text

import (
	"testing"
)

func TestLiterals(t *testing.T) {
	set := Literals("subscribe to |会員限定|©")
	for s, want := range map[string]bool{"": false, "s": false, "please subscribe to us": true, "subscribe t": false, "この記事は会員限定です": true, "© 2024": true, "copyright": false} {
		if got := set.FoundIn(s); got != want {
			t.Errorf("FoundIn(%q): got %v, want %v", s, got, want)
		}
	}
}
