package text

import (
	"maps"
	"testing"
)

func TestFoldedSet(t *testing.T) {
	got := FoldedSet("Front page|\n\tinício||-")
	if want := map[string]bool{"frontpage": true, "início": true}; !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
