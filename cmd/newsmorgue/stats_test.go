package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the golden files of testdata/stats")

// sampleStats are the figures of an archive of two years of two sites, with what makes
// printing hard: wide characters, control characters, long names, a wrong date.
func sampleStats() catalog.Stats {
	s := catalog.Stats{Articles: 14_621, Captured: catalog.Captured{First: date("2026-11-01"), Last: date("2026-11-29")}}
	s.Days = append(s.Days, catalog.DayCount{Day: date("1970-01-01"), Articles: 1})
	for i := range 300 {
		n := 40 + i%7*5
		if i%7 == 6 || i > 200 && i < 220 {
			n = 0
		}
		if n > 0 {
			s.Days = append(s.Days, catalog.DayCount{Day: date("2026-01-05").AddDate(0, 0, i), Articles: n})
		}
	}
	s.Published = catalog.Published{First: "1970-01-01", Last: "2026-10-31", Days: len(s.Days), Unknown: 12}
	top := func(more, missing int, values ...string) (t catalog.Top) {
		left := s.Articles - missing - more*3
		for i, v := range values {
			n := left / 2
			if i == len(values)-1 {
				n = left
			}
			t.Values = append(t.Values, catalog.ValueCount{Value: v, Articles: n})
			left -= n
		}
		t.OtherValues, t.OtherArticles, t.Missing = more, more*3, missing
		return t
	}
	s.Sites = top(0, 0, "人民日报.example", "a-newspaper-with-a-name-that-is-far-too-long-for-any-terminal.example")
	s.Sections = top(17, 300, "国际新闻", "Sport", "Evil \x1b[31m\n section", "Nouvelles du port et de la côte")
	s.Languages = top(1, 2, "zh", "en")
	s.Kinds = top(0, 0, "article")
	s.Words = catalog.WordStats{Min: 3, LowerQuartile: 210, Median: 355, UpperQuartile: 602, Max: 2210, Histogram: []catalog.WordRange{
		{From: 0, Below: 25, Articles: 21}, {From: 25, Below: 100, Articles: 600}, {From: 100, Below: 200, Articles: 3000}, {From: 200, Below: 400, Articles: 6000},
		{From: 400, Below: 800, Articles: 4000}, {From: 800, Below: 1600, Articles: 900}, {From: 1600, Below: 3200, Articles: 100}, {From: 3200}}}
	for i, name := range catalog.FieldNames() {
		s.Fields = append(s.Fields, catalog.FieldCount{Field: name, Articles: max(0, s.Articles-i*i*25)})
	}
	s.Fields[len(s.Fields)-1].Articles = 0
	s.Gaps = catalog.Gaps{Sites: 1, Days: 21, Longest: []catalog.Gap{{Site: "人民日报.example", From: "2026-07-24", Until: "2026-08-11", Days: 19}, {Site: "人民日报.example", From: "2026-09-01", Until: "2026-09-01", Days: 1}}}
	s.Coverage = []catalog.SiteCover{{Site: "full.example", Announced: 7, Archived: 7}, {Site: "人民日报.example", Announced: 20_000, Archived: 14_000,
		Missing: []catalog.ReasonCount{{Reason: "HTTP 404", Pages: 5000}, {Reason: "robots.txt", Pages: 900}, {Reason: "no answer \x1b[0m", Pages: 90}, {Reason: "too large", Pages: 10}}}}
	return s
}

func date(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestStatsText(t *testing.T) {
	for _, width := range []int{40, 80, 200} {
		lines := statsText(sampleStats(), "article", "day", 10, width)
		for _, l := range lines {
			if cells(l) > width {
				t.Errorf("width %d: line of %d cells: %s", width, cells(l), l)
			}
			if l != strings.TrimRight(l, " ") || l != plain(l) {
				t.Errorf("width %d: spaces at the end, or control characters: %q", width, l)
			}
		}
		got := strings.Join(lines, "\n") + "\n"
		golden := filepath.Join("testdata", "stats", fmt.Sprintf("%d.txt", width))
		if *rewrite {
			if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || got != string(want) {
			t.Errorf("width %d: got\n%s\nwant\n%s%v (go test -run StatsText -rewrite writes it anew)", width, got, want, err)
		}
	}
}

// TestStatsTextOfAnything: no figures make the text panic or too wide.
func TestStatsTextOfAnything(t *testing.T) {
	for _, width := range []int{narrowest, 31, usual, widest} {
		for _, articles := range []int{1, 2, 1_000_000_000} {
			for _, days := range [][]string{nil, {"2026-11-23"}, {"2026-11-23", "2026-11-24"}, {"0001-01-01", "9999-12-31"}, {"0000-01-01", "2026-01-01", "9999-12-31"}} {
				s := catalog.Stats{Articles: articles}
				for _, d := range days {
					s.Days = append(s.Days, catalog.DayCount{Day: date(d), Articles: articles})
				}
				for _, l := range statsText(s, "page", "day", 1, width) {
					if cells(l) > width {
						t.Errorf("width %d, %d articles, %v: line of %d cells: %s", width, articles, days, cells(l), l)
					}
				}
			}
		}
	}
}

func TestTimeline(t *testing.T) {
	days := func(per int, list ...string) (all []catalog.DayCount) {
		for _, d := range list {
			all = append(all, catalog.DayCount{Day: date(d), Articles: per})
		}
		return all
	}
	for _, test := range []struct {
		name    string
		days    []catalog.DayCount
		by      string
		most    int
		unit    string
		first   string
		numbers []int
		outside int
	}{
		{"nothing", nil, "day", 10, "", "0001-01-01", nil, 0},
		{"days", days(2, "2026-02-27", "2026-03-01"), "day", 3, "day", "2026-02-27", []int{2, 0, 2}, 0},
		{"too many days", days(2, "2026-02-27", "2026-03-02"), "day", 3, "week", "2026-02-23", []int{2, 2}, 0},
		{"weeks begin on Monday, also at the end of a year", days(1, "2026-12-27", "2026-12-28", "2027-01-03", "2027-01-04"), "week", 9, "week", "2026-12-21", []int{1, 2, 1}, 0},
		{"months", days(1, "2026-01-31", "2026-03-01"), "month", 9, "month", "2026-01-01", []int{1, 0, 1}, 0},
		{"years", days(1, "2020-01-31", "2022-03-01"), "day", 9, "year", "2020-01-01", []int{1, 0, 1}, 0},
		{"centuries", days(1, "1020-01-31", "2021-03-01", "2022-03-01"), "day", 9, "year", "2021-01-01", []int{1, 1}, 1},
		{"a wrong date", append(days(1, "1970-01-01"), days(300, "2026-03-01", "2026-03-02")...), "day", 9, "day", "2026-03-01", []int{300, 300}, 1},
		{"early and few, and there is room", append(days(1, "2026-02-28"), days(300, "2026-03-01", "2026-03-02")...), "day", 9, "day", "2026-02-28", []int{1, 300, 300}, 0},
	} {
		got := timelineOf(test.days, test.by, test.most)
		if got.unit != test.unit || got.first.Format(time.DateOnly) != test.first || !slices.Equal(got.numbers, test.numbers) || got.before+got.after != test.outside {
			t.Errorf("%s: got %+v", test.name, got)
		}
	}
}

func TestCells(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "人民": 4, "ｶﾅ": 2, "ＡＢ": 4, "e\u0301": 1, "ɓ": 1, "한글": 4, "a\u200db": 2} {
		if got := cells(s); got != want {
			t.Errorf("%q: %d cells, want %d", s, got, want)
		}
	}
	for _, test := range []struct {
		s    string
		n    int
		want string
	}{{"abc", 5, "abc  "}, {"abcdef", 4, "abc…"}, {"人民日报", 8, "人民日报"}, {"人民日报", 7, "人民日…"}, {"人民日报", 6, "人民… "}, {"ab cd", 4, "ab… "}} {
		if got := fit(test.s, test.n); got != test.want || cells(got) != test.n {
			t.Errorf("fit(%q, %d): got %q", test.s, test.n, got)
		}
	}
}

func TestBars(t *testing.T) {
	for _, test := range []struct {
		n, greatest, cells int
		want               string
	}{{0, 10, 10, ""}, {10, 10, 4, "████"}, {5, 10, 3, "█▌"}, {1, 1000, 4, "▏"}, {1, 0, 4, ""}, {3, 3, -1, ""}} {
		if got := bar(test.n, test.greatest, test.cells); got != test.want {
			t.Errorf("bar(%d, %d, %d): got %q", test.n, test.greatest, test.cells, got)
		}
	}
	if got, want := columnChart([]int{0, 1, 8, 16}, 1, 2), []string{"   █", " ▁██"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, test := range []struct {
		n, of int
		want  string
	}{{0, 0, "0 %"}, {0, 9, "0 %"}, {1, 1000, "<1 %"}, {999, 1000, "99 %"}, {1000, 1000, "100 %"}, {1, 3, "33 %"}, {2, 3, "67 %"}} {
		if got := percent(test.n, test.of); got != test.want {
			t.Errorf("percent(%d, %d): got %q, want %q", test.n, test.of, got, test.want)
		}
	}
}
