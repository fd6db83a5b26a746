package dataset

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestSurelyNFC(t *testing.T) {
	fast := 0
	for r := rune(0); r <= utf8.MaxRune; r++ {
		s := string(r)
		if !utf8.ValidRune(r) || !isSurelyNFC(s) {
			continue
		}
		fast++
		if !norm.NFC.IsNormalString(s) || !norm.NFC.PropertiesString(s).BoundaryBefore() {
			t.Errorf("NFC may change %U", r)
		}
	}
	if fast < 20_000 {
		t.Errorf("only %d characters are surely NFC", fast)
	}
}

func FuzzFolded(f *testing.F) {
	for _, s := range []string{"", " ", "a", " a\n\nb ", "a\u00a0b\u3000c\u2003d\u0085e\u1680f", "\xc2", "\xe3\x80", "é\u2028ü", "。 a", "\xff \xff"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := string(appendFolded(nil, s)), strings.Join(strings.Fields(s), " "); got != want {
			t.Errorf("%q is folded to %q, want %q", s, got, want)
		}
	})
}
