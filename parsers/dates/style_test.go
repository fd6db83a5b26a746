package dates

import (
	"strings"
	"testing"
	"time"
)

func TestDayAndMonth(t *testing.T) {
	for _, c := range []struct {
		in         string
		monthFirst bool
		want       string
		ambiguous  bool
	}{
		{"3/4/2026", true, "2026-03-04", true},
		{"3/4/2026", false, "2026-04-03", true},
		{"03-04-2026", true, "2026-03-04", true},
		{"13/4/2026", true, "2026-04-13", false},
		{"4/13/2026", false, "2026-04-13", false},
		{"3.4.2026", true, "2026-04-03", false},
		{"4/4/2026", true, "2026-04-04", false},
	} {
		all := dateStyle{monthFirst: c.monthFirst}.dates(c.in, 1)
		if len(all) != 1 || all[0].String() != c.want || all[0].ambiguous != c.ambiguous {
			t.Errorf("%q, month first %v: got %v, want %s", c.in, c.monthFirst, all, c.want)
		}
	}
}

// TestStyle: what a date means where its text is from.
func TestStyle(t *testing.T) {
	for _, c := range []struct {
		in    string
		style dateStyle
		want  string
	}{
		{"113/05/20 10:05", dateStyle{minguo: true}, "2024-05-20T10:05"},
		{"113年5月20日", dateStyle{minguo: true}, "2024-05-20"},
		{"113/05/20", dateStyle{}, ""},
		{"2/4/1399", dateStyle{lang: "fa"}, "2020-06-22"},
		{"Nov 23, 2026 10:05 CST", dateStyle{america: true}, "2026-11-23T10:05:00-06:00"},
		{"Nov 23, 2026 10:05 IST", dateStyle{india: true}, "2026-11-23T10:05:00+05:30"},
	} {
		got := ""
		if all := c.style.dates(c.in, 1); len(all) > 0 {
			got = all[0].String()
		}
		if got != c.want {
			t.Errorf("%q: got %q, want %q", c.in, got, c.want)
		}
		if c.want != "" && !mayDate(c.in) {
			t.Errorf("mayDate(%q) is false", c.in)
		}
	}
	for _, in := range []string{"令和8年4月3日", "令和元年5月1日", "民國113年5月20日", "23 พ.ย. 69", "23 Nov '26"} {
		if !mayDate(in) {
			t.Errorf("mayDate(%q) is false", in)
		}
	}
}

// TestDatesOfLine: each date of a line has its own time.
func TestDatesOfLine(t *testing.T) {
	for in, want := range map[string]string{
		"Posted 23.11.2026 10:05, updated 24.11.2026 11:15": "2026-11-23T10:05 2026-11-24T11:15",
		"23/11/2026 | Güncelleme: 24/11/2026 11:15":         "2026-11-23 2026-11-24T11:15",
		"10:05, 23 Nov 2026 Updated 11:15, 24 Nov 2026":     "2026-11-23T10:05 2026-11-24T11:15",
		"rogue1 December 18, 2025, 10:59 pm":                "2025-12-18T22:59",
		"Oct 1–3, 2026":                                     "",
		"Chapter 3, May 5, 2026":                            "2026-05-05",
	} {
		var got []string
		for _, m := range (dateStyle{}).dates(in, 5) {
			got = append(got, m.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
		if want != "" && !mayDate(in) {
			t.Errorf("mayDate(%q) is false", in)
		}
	}
}

// FuzzDates: all dates are valid, and stand one after another in their text.
func FuzzDates(f *testing.F) {
	for _, s := range []string{"2026-11-23T10:05:30+01:00", "Nov. 23rd, 2026 at 3:05 p.m. EST", "23 พ.ย. 69 10:05", "۲ آذر ۱۴۰۵", "令和8年11月23日", "10:05 GMT, 23 November 2026", "99999-99-99T99:99:99+99:99", "23.11.26 - 24.11.26", "\xff2026\xfe-11-1", "1795428330000", "Mon Nov 23 10:05:30 +0100 2026"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		mayDate(s)
		for _, style := range []dateStyle{{}, {monthFirst: true, exact: true}, {lang: "th"}, {lang: "fa", india: true}} {
			read := 0
			for _, d := range style.dates(s, 10) {
				text := d.String()
				form := [...]string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05"}[d.clock]
				if d.offset != "" {
					form = time.RFC3339
				}
				if _, err := time.Parse(form, text); err != nil {
					t.Fatalf("%q: %q: %v", s, text, err)
				}
				if d.start < read || d.end > len(s) || d.end <= d.start {
					t.Fatalf("%q: %q stands at %d to %d after %d", s, text, d.start, d.end, read)
				}
				read = d.end
			}
		}
	})
}
