package words_test

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/words"
)

func TestNearest(t *testing.T) {
	names := []string{"site", "title", "text", "größe"}
	for _, tt := range []struct {
		in   string
		most int
		want string
	}{
		{"titel", 2, "title"}, // as far from site, which begins otherwise
		{"tite", 2, "title"},
		{"grosse", 3, "größe"},
		{"x", 2, ""},
		{"published", 3, ""},
		{"", 2, ""},
	} {
		if got := words.Nearest(tt.in, names, tt.most); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, got, tt.want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"kitten", "sitting", 3}, {"北京", "东京", 1}} {
		if got := words.Distance(tt.a, tt.b); got != tt.want || words.Distance(tt.b, tt.a) != tt.want {
			t.Errorf("%q, %q: got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
}
