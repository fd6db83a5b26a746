package text

import (
	"strings"
	"testing"
)

func TestFoldsTo(t *testing.T) {
	texts := []string{"", " ", "By Jane Doe", "by jane-doe!", "Ærø Ş", "ærøş", "ÆRØ", "李 雷", "Jane Doe and more", "\xff", "…"}
	for _, a := range texts {
		for _, b := range texts {
			if got, want := FoldsTo(a, Fold(b)), Fold(a) == Fold(b); got != want {
				t.Errorf("foldsTo(%q, fold(%q)) = %v", a, b, got)
			}
			if got, want := EqualFold(a, b), Fold(a) == Fold(b) && Fold(a) != ""; got != want {
				t.Errorf("foldEqual(%q, %q) = %v", a, b, got)
			}
			if got, want := SameButSpaces(a, b), strings.ReplaceAll(a, " ", "") == strings.ReplaceAll(b, " ", ""); got != want {
				t.Errorf("sameButSpaces(%q, %q) = %v", a, b, got)
			}
		}
	}
}
