package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
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

// TestSearchOfEmptyArchive: not the words are wrong where there is nothing to search.
func TestSearchOfEmptyArchive(t *testing.T) {
	ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	if err := ar.Close(); err != nil {
		t.Fatal(err)
	}
	for _, query := range [][]string{{"harbour"}, {"--fts", "harbour OR ferry"}, {"--kind", "all", "harbour"}} {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"search", "-a", ar.Dir()}, query...), nil, &out, &errs)
		const want = "no matches: this archive has no articles yet; newsmorgue archive URL adds some\n"
		if code != exitDone || out.Len() > 0 || errs.String() != want {
			t.Errorf("%q: got %d, %q, %q, want %q", query, code, out.String(), errs.String(), want)
		}
	}
}
