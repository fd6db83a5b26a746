package dates

import "testing"

func FuzzMemberAt(f *testing.F) {
	f.Add(`{"published_at":"2024-03-05T09:30:00+01:00"}`, 5)
	f.Add(`\"publishDate\":\"2024-03-05\",\"x\":1`, 4)
	f.Add(`publi`, 5)
	f.Fuzz(func(t *testing.T, s string, at int) {
		if at < 0 || at > len(s) {
			return
		}
		if m := memberAt(s, at); len(m.key) > 80 || len(m.value) > 60 || m.start > len(s) {
			t.Errorf("got %q, %q at %d", m.key, m.value, m.start)
		}
	})
}
