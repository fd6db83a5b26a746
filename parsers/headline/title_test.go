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
