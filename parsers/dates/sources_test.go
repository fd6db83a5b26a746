package dates

import (
	"testing"
)

func FuzzStateMember(f *testing.F) {
	f.Add(`{"published_at":"2024-03-05T09:30:00+01:00"}`, 5)
	f.Add(`\"publishDate\":\"2024-03-05\",\"x\":1`, 4)
	f.Add(`publi`, 5)
	f.Fuzz(func(t *testing.T, s string, at int) {
		if at < 0 || at > len(s) {
			return
		}
		if key, value, where := stateMember(s, at); len(key) > 80 || len(value) > 60 || where > len(s) {
			t.Errorf("got %q, %q at %d", key, value, where)
		}
	})
}
