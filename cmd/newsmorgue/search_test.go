package main

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/words"
)

// TestMarked: hits are bold, and nothing from a page reaches the terminal as a command.
func TestMarked(t *testing.T) {
	s := words.Parse("mayor été").Snippet("The\x1b[2J Mayor\u202e of l’été\a, again")
	for _, test := range []struct {
		n    int
		bold bool
		want string
	}{
		{100, true, "The [2J \x1b[1mMayor\x1b[0m  of l’\x1b[1mété\x1b[0m , again"},
		{100, false, "The [2J Mayor  of l’été , again"},
		{16, true, "The [2J \x1b[1mMayor\x1b[0m …"},
		{10, true, "The [2J M…"},
	} {
		if got := marked(s, test.n, test.bold); got != test.want {
			t.Errorf("%d characters, bold %v: got %q, want %q", test.n, test.bold, got, test.want)
		}
	}
}
