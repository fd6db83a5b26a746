package jsontext_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive/internal/jsontext"
)

// TestPlain compares the three functions with what they are, byte by byte.
func TestPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	parts := []string{"a", " ", "!", "#", "[", "]", "\"", "\\", "\n", "\x00", "\x1f", "\x7f", "ä", "é", "\u0085", "\u2028", "–", "字", "🗞", "\xc2", "\x80", "\xff"}
	for range 20_000 {
		var b strings.Builder
		b.WriteString(strings.Repeat("x", r.IntN(20)))
		for range r.IntN(12) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		b.WriteString(strings.Repeat("y", r.IntN(10)))
		s := b.String()
		special := func(c byte) bool { return c < ' ' || c == '"' || c == '\\' }
		first := func(is func(c byte) bool) int {
			for i := range len(s) {
				if is(s[i]) {
					return i
				}
			}
			return len(s)
		}
		if got, want := jsontext.Plain(s), first(special); got != want || jsontext.Plain([]byte(s)) != want {
			t.Fatalf("Plain(%q) = %d, want %d", s, got, want)
		}
		if got, want := jsontext.PlainLine(s), first(func(c byte) bool { return special(c) || c == 0xC2 || c == 0xE2 }); got != want {
			t.Fatalf("PlainLine(%q) = %d, want %d", s, got, want)
		}
		if v := strings.ToValidUTF8(s, "?"); jsontext.Characters(v) != utf8.RuneCountInString(v) {
			t.Fatalf("Characters(%q) = %d", v, jsontext.Characters(v))
		}
	}
}

var text = strings.Repeat("Plain words of a text that goes on and on. ", 100)

func BenchmarkPlain(b *testing.B) {
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		jsontext.Plain(text)
	}
}

func BenchmarkPlainLine(b *testing.B) {
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		jsontext.PlainLine(text)
	}
}

func BenchmarkCharacters(b *testing.B) {
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		jsontext.Characters(text)
	}
}
