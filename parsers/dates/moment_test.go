package dates

import (
	"strings"
	"testing"
	"time"
)

// TestParseDate: one line for each way of writing that newspapers have.
func TestParseDate(t *testing.T) {
	for in, want := range map[string]string{
		// for machines
		"2026-11-23":                       "2026-11-23",
		"2026-11-23T10:05":                 "2026-11-23T10:05",
		"2026-11-23T10:05:30Z":             "2026-11-23T10:05:30Z",
		"2026-11-23T10:05:30.123456+01:00": "2026-11-23T10:05:30+01:00",
		"2026-11-23T10:05:30-0430":         "2026-11-23T10:05:30-04:30",
		"2026-11-23T10:05+02":              "2026-11-23T10:05:00+02:00",
		"2026-11-23 10:05:30 -0500":        "2026-11-23T10:05:30-05:00",
		"2026-11-23 10:05:30 UTC":          "2026-11-23T10:05:30Z",
		"2026/11/23 10:05":                 "2026-11-23T10:05",
		"20261123":                         "2026-11-23",
		"20261123T100530Z":                 "2026-11-23T10:05:30Z",
		"20261123100530":                   "2026-11-23T10:05:30",
		"1795428330":                       "2026-11-23T10:05:30Z",
		"1795428330000":                    "2026-11-23T10:05:30Z",
		"Mon, 23 Nov 2026 10:05:30 GMT":    "2026-11-23T10:05:30Z",
		"Mon, 23 Nov 2026 10:05:30 +0100":  "2026-11-23T10:05:30+01:00",
		"Mon Nov 23 10:05:30 +0000 2026":   "2026-11-23T10:05:30+00:00",
		"Mon Nov 23 10:05:30 UTC 2026":     "2026-11-23T10:05:30Z",
		"Mon Nov 23 2026 10:05:30 GMT+0200 (Central African Time)": "2026-11-23T10:05:30+02:00",
		// English
		"November 23, 2026":                  "2026-11-23",
		"Nov. 23rd, 2026 at 3:05 p.m. EST":   "2026-11-23T15:05:00-05:00",
		"Monday, 23 November 2026, 12:05 AM": "2026-11-23T00:05",
		"23rd of November, 2026":             "2026-11-23",
		"10:05 GMT, 23 November 2026":        "2026-11-23T10:05:00Z",
		"Published: 10:05am on 23 Nov 2026":  "2026-11-23T10:05",
		"23-Nov-2026":                        "2026-11-23",
		"23 Nov '26":                         "2026-11-23",
		"Updated Nov 23, 2026 3 min read":    "2026-11-23",
		"Nov 23, 2026 - 14 comments":         "2026-11-23",
		"Jul 24, 2024 07:05 IST":             "2024-07-24T07:05",
		"11/23/2026":                         "2026-11-23",
		"23/11/2026 10h05":                   "2026-11-23T10:05",
		// European
		"23.11.2026, 10:05 Uhr":               "2026-11-23T10:05",
		"Stand: 23.11.2026 10.05 Uhr":         "2026-11-23T10:05",
		"23. November 2026 um 10:05":          "2026-11-23T10:05",
		"3. März 2026":                        "2026-03-03",
		"1er décembre 2026 à 9 h 30":          "2026-12-01T09:30",
		"23 de noviembre de 2026 a las 10:05": "2026-11-23T10:05",
		"23 de novembro del 2026":             "2026-11-23",
		"lunedì 23 novembre 2026 - 10:05":     "2026-11-23T10:05",
		"maandag 23 november 2026 10.05":      "2026-11-23T10:05",
		"23. marts 2026 kl. 10.05":            "2026-03-23T10:05",
		"23.11.2026 klo 10:05":                "2026-11-23T10:05",
		"23 listopada 2026, 10:05":            "2026-11-23T10:05",
		"23. prosince 2026 v 10:05":           "2026-12-23T10:05",
		"2026. november 23. 10:05":            "2026-11-23T10:05",
		"2026 m. lapkričio 23 d.":             "2026-11-23",
		"2026. gada 23. novembrī":             "2026-11-23",
		"23 ноября 2026 г., 10:05":            "2026-11-23T10:05",
		"23 листопада 2026, 10:05":            "2026-11-23T10:05",
		"23 Νοεμβρίου 2026":                   "2026-11-23",
		"23 Kasım 2026 Pazartesi 10:05":       "2026-11-23T10:05",
		"23.11.26":                            "2026-11-23",
		// beyond
		"2026年11月23日 10:05":                  "2026-11-23T10:05",
		"2026年11月23日 下午3:05":                 "2026-11-23T15:05",
		"令和8年11月23日":                         "2026-11-23",
		"民國115年11月23日":                       "2026-11-23",
		"2026년 11월 23일 오후 3:05":              "2026-11-23T15:05",
		"입력 2026.11.23 10:05":                "2026-11-23T10:05",
		"23 tháng 11, 2026":                  "2026-11-23",
		"Thứ hai, 23/11/2026, 10:05 (GMT+7)": "2026-11-23T10:05:00+07:00",
		"Senin, 23 November 2026 10:05 WIB":  "2026-11-23T10:05:00+07:00",
		"23 नवंबर 2026":                      "2026-11-23",
		"२३ नवंबर २०२६, १०:०५":               "2026-11-23T10:05",
		"২৩ নভেম্বর ২০২৬":                    "2026-11-23",
		"23 พฤศจิกายน 2569":                  "2026-11-23",
		"23 พ.ย. 2569 10:05":                 "2026-11-23T10:05",
		"23 พ.ย. 69":                         "2026-11-23",
		"الاثنين 23 نوفمبر 2026 - 10:05":     "2026-11-23T10:05",
		"٢٣ نوفمبر ٢٠٢٦":                     "2026-11-23",
		"23 تشرين الثاني 2026":               "2026-11-23",
		"23 نوفمبر/تشرين الثاني 2026":        "2026-11-23",
		"۲ آذر ۱۴۰۵":                         "2026-11-23",
		"1405/09/02":                         "2026-11-23",
		"۱ فروردین ۱۴۰۴":                     "2025-03-21",
		"30 اسفند 1403":                      "2025-03-20",
		"23 בנובמבר 2026":                    "2026-11-23",
		// none
		"":                                "",
		"tomorrow":                        "",
		"2026":                            "",
		"May 2026":                        "",
		"99999-12-31":                     "",
		"2026-13-01":                      "",
		"2026-02-30":                      "",
		"31.11.2026":                      "",
		"0000-00-00 00:00:00":             "",
		"Tel. 030 23.11.20.26":            "",
		"192.168.20.26":                   "",
		"version 1.11.2026.4":             "",
		"10:05":                           "",
		"1446/10/07":                      "", // of the Hijra, which is not read
		"room 5 May be 2026":              "",
		strings.Repeat("23.11.2026 ", 50): "",
	} {
		if got := Parse(in, in != "11/23/2026"); got != want {
			t.Errorf("parseDate(%q): got %q, want %q", in, got, want)
		}
	}
}

func TestDayAndMonth(t *testing.T) {
	for _, c := range []struct {
		in         string
		monthFirst bool
		want       string
		swaps      bool
	}{
		{"3/4/2026", true, "2026-03-04", true},
		{"3/4/2026", false, "2026-04-03", true},
		{"03-04-2026", true, "2026-03-04", true},
		{"13/4/2026", true, "2026-04-13", false},
		{"4/13/2026", false, "2026-04-13", false},
		{"3.4.2026", true, "2026-04-03", false},
		{"4/4/2026", true, "2026-04-04", false},
	} {
		all := dateStyle{monthFirst: c.monthFirst}.moments(c.in, 1)
		if len(all) != 1 || all[0].String() != c.want || all[0].swaps != c.swaps {
			t.Errorf("%q, month first %v: got %v, want %s", c.in, c.monthFirst, all, c.want)
		}
	}
}

// TestMoments: the dates of one line are told apart, each with its own time.
func TestMoments(t *testing.T) {
	for in, want := range map[string]string{
		"Posted 23.11.2026 10:05, updated 24.11.2026 11:15": "2026-11-23T10:05 2026-11-24T11:15",
		"23/11/2026 | Güncelleme: 24/11/2026 11:15":         "2026-11-23 2026-11-24T11:15",
		"10:05, 23 Nov 2026 Updated 11:15, 24 Nov 2026":     "2026-11-23T10:05 2026-11-24T11:15",
		"rogue1 December 18, 2025, 10:59 pm":                "2025-12-18T22:59",
		"Oct 1–3, 2026":                                     "",
		"Chapter 3, May 5, 2026":                            "2026-05-05",
	} {
		var got []string
		for _, m := range (dateStyle{}).moments(in, 5) {
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

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-11-23T10:05:30+01:00", "Nov. 23rd, 2026 at 3:05 p.m. EST", "23 พ.ย. 69 10:05", "۲ آذر ۱۴۰۵", "令和8年11月23日", "10:05 GMT, 23 November 2026", "99999-99-99T99:99:99+99:99", "23.11.26 - 24.11.26", "\xff2026\xfe-11-1", "1795428330000", "Mon Nov 23 10:05:30 +0100 2026"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, w := range []dateStyle{{}, {monthFirst: true, exact: true}, {lang: "th"}, {lang: "fa", india: true}} {
			read := 0
			for _, m := range w.moments(s, 10) {
				text := m.String()
				form := [...]string{time.DateOnly, "2006-01-02T15:04", "2006-01-02T15:04:05"}[m.clock]
				if m.zone != "" {
					form = time.RFC3339
				}
				if _, err := time.Parse(form, text); err != nil {
					t.Fatalf("%q: %q: %v", s, text, err)
				}
				if m.start < read || m.end > len(s) || m.end <= m.start {
					t.Fatalf("%q: %q stands at %d to %d after %d", s, text, m.start, m.end, read)
				}
				read = m.end
			}
		}
		if d := Parse(s, true); d != "" && Parse(d, true) != d {
			t.Fatalf("%q: %q is read as %q", s, d, Parse(d, true))
		}
	})
}
