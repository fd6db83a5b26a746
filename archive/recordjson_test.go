package archive

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"unicode/utf8"
)

// TestAppendText: texts are written as appendString writes them, eight bytes at a
// time.
func TestAppendText(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 1))
	signs := []rune("\x00\x1f !\"#[\\]\x7f\u0080ÿ€\U0001f600\ufffdaZ\n\r\t")
	for range 3000 {
		var s []byte
		for range random.IntN(40) {
			if random.IntN(3) == 0 {
				s = utf8.AppendRune(s, signs[random.IntN(len(signs))])
			} else {
				s = append(s, "plain text"[random.IntN(10)])
			}
		}
		for from := range min(len(s), 9) { // at any place of eight
			if !utf8.Valid(s[from:]) {
				continue
			}
			got, want := appendText(nil, s[from:]), appendString(nil, s[from:])
			if !bytes.Equal(got, want) {
				t.Fatalf("%q: got %s, want %s", s[from:], got, want)
			}
		}
	}
}
