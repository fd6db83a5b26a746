package neardup

import (
	"crypto/sha256"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func TestWords(t *testing.T) {
	for _, tt := range []struct{ text, same string }{
		{"", ""},
		{"The Mayor's plan", "the mayor s plan"},
		{"don’t", "don t"},
		{"N5,000 in 2026", "n5 000 in 2026"},
		{"ÉCOLE", "école"},
		{"e\u0301cole", "école"},
		{"co\u00adoperate", "cooperate"},
		{"\ufeffstart", "start"},
		{"ＡＢＣ１２", "abc12"},
		{"\ufb01nal", "final"},
		{"x²", "x2"},
		{"a—b…c", "a b c"},
		{"МОСКВА", "москва"},
		{"Ɓarawo", "ɓarawo"},
		{"\xff\xfebad\xc3", "bad"},
		{"a\u2014", "a"},
		{"\u00ad \u200b", ""},
	} {
		got := new(splitter).appendWords(nil, tt.text)
		want := new(splitter).appendWords(nil, tt.same)
		if !slices.Equal(got, want) || len(got) != len(strings.Fields(tt.same)) {
			t.Errorf("%q: %d words, not those of %q", tt.text, len(got), tt.same)
		}
	}
}

func TestWordCount(t *testing.T) {
	for _, tt := range []struct {
		text string
		want int
	}{
		{"北京市长", 4},
		{"市长said5次", 4}, // 市 长 said5 次
		{"ｶﾞｽ", 2},
		{"がっこう", 4},
		{"か\u3099く", 2}, // a voiced sound mark on its own
		{"서울 시장", 2},
		{"กำลัง", 4}, // the sign above a consonant belongs to it
		{"नमस्ते दुनिया", 2},
		{strings.Repeat("x", maxWord), 1},
		{strings.Repeat("x", 3*maxWord), 3},
		{strings.Repeat("é", 3*maxWord/2), 3},
		{"𠀀𠀁", 2},
	} {
		if got := len(new(splitter).appendWords(nil, tt.text)); got != tt.want {
			t.Errorf("%q: got %d words, want %d", tt.text, got, tt.want)
		}
	}
	a := new(splitter).appendWords(nil, "ガス")
	if b := new(splitter).appendWords(nil, "ｶﾞｽ"); !slices.Equal(a, b) {
		t.Error("half-width kana differ from full-width")
	}
}

func FuzzSketch(f *testing.F) {
	for _, seed := range []string{"", "The mayor spoke to 5,000 people today in Lagos", "北京市长", "e\u0301\u00ad\xff", "กำลัง ｶﾞｽ", "\ufdfa\u1100\u1161"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		words := new(splitter).appendWords(nil, text)
		if len(words) > len(text) {
			t.Errorf("%d words in %d bytes", len(words), len(text))
		}
		if upper := new(splitter).appendWords(nil, strings.Map(upperASCII, text)); utf8.ValidString(text) && !slices.Equal(words, upper) {
			t.Error("ASCII case matters")
		}
		s := NewSketch(text)
		if s.Grams() > max(0, len(words)-4) || !slices.IsSorted(s.grams) {
			t.Errorf("%d n-grams of %d words", s.Grams(), len(words))
		}
		digest := TextDigest(text)
		if digest != s.Digest() || digest != TextDigest(" "+text+"\n\n") {
			t.Error("white space at the ends matters")
		}
		if utf8.ValidString(text) && digest != TextDigest(norm.NFD.String(text)) && digest != TextDigest(norm.NFC.String(text)) {
			t.Error("normalisation form matters")
		}
	})
}

func upperASCII(r rune) rune {
	if 'a' <= r && r <= 'z' {
		return r - 'a' + 'A'
	}
	return r
}

func TestTextDigest(t *testing.T) {
	// sha256 of "Café now", of "" and of "a\xffb", by sha256sum.
	for _, tt := range []struct{ text, want string }{
		{"Caf\u00e9 now", "c657332657264ea4421f8b2ca52243b2804b18a95a61d92564eaf5ea5da86953"},
		{" Cafe\u0301\u2003\r\n now\u3000", "c657332657264ea4421f8b2ca52243b2804b18a95a61d92564eaf5ea5da86953"},
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"\u00a0\n", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"a\xffb", "01ce0241d2a0e71a4fecd5a8d71157fe2787197732fc15d889cbcf36c38e3c68"},
	} {
		if got := TextDigestHex(tt.text); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.text, got, tt.want)
		}
	}
	if TextDigest("A") == TextDigest("a") || TextDigest("a b") == TextDigest("ab") {
		t.Error("case and spaces must count")
	}
}

// TestTextDigestOfAll compares digests with those of what the definition says, of texts
// that differ in where white space and other characters are.
func TestTextDigestOfAll(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	parts := []string{" ", " ", "a", "word", "of, a text", "\n", "\t", "\x00", "\x1f", "\x7f", "ä", "e\u0301", "\u00a0", "\u2003", "\u0085", "–", "字", "\xff", "!", "sixteen letters."}
	for range 20_000 {
		var b strings.Builder
		for range r.IntN(14) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		text := b.String()
		want := sha256.Sum256([]byte(strings.Join(strings.FieldsFunc(norm.NFC.String(text), unicode.IsSpace), " ")))
		if got := TextDigest(text); got != want {
			t.Fatalf("%q: got %x, want %x", text, got, want)
		}
	}
}
