package text_test

import (
	"maps"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

func TestSet(t *testing.T) {
	got := text.Set(" by von\n\tde by ")
	if want := map[string]bool{"by": true, "von": true, "de": true}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := text.Set(" "); got == nil || len(got) != 0 {
		t.Errorf("of no words: got %v, want an empty set", got)
	}
}

func TestPhrases(t *testing.T) {
	got := text.Phrases("by|written by |\n\tde la||by")
	if want := map[string]bool{"by": true, "written by": true, "de la": true}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
