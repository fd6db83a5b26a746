package text_test

import (
	"maps"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

func TestPhrases(t *testing.T) {
	got := text.Phrases("by|written by |\n\tde la||by")
	if want := map[string]bool{"by": true, "written by": true, "de la": true}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
