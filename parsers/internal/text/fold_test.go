package text_test

import (
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

func TestFold(t *testing.T) {
	for s, want := range map[string]string{
		"":                       "",
		" – ":                    "",
		"By Jane-Doe!":           "byjanedoe",
		"ÆRØ, Ş. 12":             "ærøş12",
		"cafe\u0301":             "cafe\u0301", // marks stay
		"李 雷":                    "李雷",
		"\xffa\xff":              "a",
		strings.Repeat("A ", 99): strings.Repeat("a", 99), // longer than the buffer on the stack
	} {
		if got := text.Fold(s); got != want {
			t.Errorf("Fold(%q): got %q, want %q", s, got, want)
		}
	}
}

// TestComparisons compares each function with what it stands for, on all pairs.
func TestComparisons(t *testing.T) {
	texts := []string{"", " ", "By Jane Doe", "by jane-doe!", "Ærø Ş", "ærøş", "ÆRØ", "李 雷", "Jane Doe and more", "\xff", "…"}
	for _, a := range texts {
		for _, b := range texts {
			if got, want := text.FoldsTo(a, text.Fold(b)), text.Fold(a) == text.Fold(b); got != want {
				t.Errorf("FoldsTo(%q, Fold(%q)): got %v, want %v", a, b, got, want)
			}
			if got, want := text.EqualFold(a, b), text.Fold(a) == text.Fold(b) && text.Fold(a) != ""; got != want {
				t.Errorf("EqualFold(%q, %q): got %v, want %v", a, b, got, want)
			}
			if got, want := text.SameButSpaces(a, b), strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", ""); got != want {
				t.Errorf("SameButSpaces(%q, %q): got %v, want %v", a, b, got, want)
			}
		}
	}
}

func TestSimilar(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"The ferry is late", "The ferry is late – again", true},
		{"The ferry to the island is late", "the ferry to the mainland is late", true},
		{"The ferry is late", "A mayor resigns", false},
		{"", "The ferry", false},
		{"…", "The ferry", false},
	} {
		if got := text.Similar(c.a, c.b); got != c.want {
			t.Errorf("Similar(%q, %q): got %v, want %v", c.a, c.b, got, c.want)
		}
	}
}

func TestCutFold(t *testing.T) {
	for _, c := range []struct {
		s, prefix, want string
		ok              bool
	}{
		{"BY Jane", "by ", "Jane", true},
		{"By", "by ", "By", false},
		{"Von Jane", "by ", "Von Jane", false},
		{"ÄB", "ä", "B", true},
	} {
		if got, ok := text.CutFold(c.s, c.prefix); got != c.want || ok != c.ok {
			t.Errorf("CutFold(%q, %q): got %q, %v; want %q, %v", c.s, c.prefix, got, ok, c.want, c.ok)
		}
	}
}
