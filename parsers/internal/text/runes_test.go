package text_test

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

func TestStarts(t *testing.T) {
	for _, c := range []struct {
		s            string
		upper, lower bool
	}{{"", false, false}, {"Jane", true, false}, {"jane", false, true}, {"“Jane”", true, false}, {"(jane)", false, false}, {"李", true, false}, {"12", false, false}} {
		if got := text.StartsUpper(c.s); got != c.upper {
			t.Errorf("StartsUpper(%q): got %v, want %v", c.s, got, c.upper)
		}
		if got := text.StartsLower(c.s); got != c.lower {
			t.Errorf("StartsLower(%q): got %v, want %v", c.s, got, c.lower)
		}
	}
}

func TestColonIn(t *testing.T) {
	for s, want := range map[string]int{"": -1, "Photo": -1, "Photo: x": 5, "写真：x": 6, "；": -1} {
		if got := text.ColonIn(s); got != want {
			t.Errorf("ColonIn(%q): got %d, want %d", s, got, want)
		}
	}
}

func TestDigits(t *testing.T) {
	for s, want := range map[string]int{"": 0, "a1b22": 3, "١٢": 0} {
		if got := text.DigitsIn(s); got != want || text.HasDigit(s) != (want > 0) {
			t.Errorf("%q: got %d digits, HasDigit %v; want %d", s, got, text.HasDigit(s), want)
		}
	}
}
