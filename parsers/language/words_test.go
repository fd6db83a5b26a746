package language

import (
	"slices"
	"testing"
)

func TestNextWord(t *testing.T) {
	var got []string
	const text = " Don't — l’été, 2nd año "
	for start, end := 0, 0; ; {
		if start, end = nextWord(text, end); start == end {
			break
		}
		got = append(got, text[start:end])
	}
	if want := []string{"Don't", "l’été", "nd", "año"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
