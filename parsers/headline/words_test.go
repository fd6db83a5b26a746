package headline

import "testing"

func TestAlike(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want float64
	}{
		{"The ferry stays", "the FERRY, again and again", 0.5}, {"", "the ferry", 0}, {"港が再開", "港が再開", 1}, {"港が再開", "港が閉鎖", 1.0 / 3},
	} {
		if got := alike(wordsOf(c.a), wordsOf(c.b)); got != c.want {
			t.Errorf("%q, %q: got %v, want %v", c.a, c.b, got, c.want)
		}
	}
}
