package headline

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

func TestNamedIn(t *testing.T) {
	words := text.Set("subtitle lead")
	for names, want := range map[string]bool{
		"article__sub-title": true, "articleSubTitle": true, "LeadText": true, "is-lead": true, "sub title": false, "misleading": false, "leader": false, "": false, "SUBTITLE": true, "x subtitle-2": true,
	} {
		if got := namedIn(names, words); got != want {
			t.Errorf("%q: got %v, want %v", names, got, want)
		}
	}
}

func TestOverlap(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"The ferry stays", "the FERRY, again and again", 0.5}, {"", "the ferry", 0}, {"港が再開", "港が再開", 1}, {"港が再開", "港が閉鎖", 1.0 / 3},
	} {
		if got := overlap(wordSet(c.a), wordSet(c.b)); got != c.want {
			t.Errorf("%q, %q: got %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
