package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

var day = time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)

// wellFormed checks that HTML is well-formed XML, too, which escaped labels need, and has
// no inline style.
func wellFormed(t *testing.T, html string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(html))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("%v in %s", err, html)
		}
		if e, ok := tok.(xml.StartElement); ok {
			for _, a := range e.Attr {
				if a.Name.Local == "style" || strings.HasPrefix(a.Name.Local, "on") {
					t.Errorf("<%s> has %s=%q", e.Name.Local, a.Name.Local, a.Value)
				}
			}
		}
	}
}

func TestBars(t *testing.T) {
	html := string(Bars{ID: "x", Title: "Articles", Noun: "article", First: day, Series: []Series{{"a.example", []int{3, 0, 1}}, {"b.example", []int{1}}}}.HTML())
	wellFormed(t, html)
	for _, want := range []string{`role="img"`, `<title id="x-t">Articles</title>`, "5 articles from 2026-11-01 to 2026-11-03; at most 4 per day.",
		"<title>2026-11-01: 4 articles (a.example 3, b.example 1)</title>", `<th scope="row">2026-11-03</th><td>1</td><td>0</td><td>1</td>`, "<details>"} {
		if !strings.Contains(html, want) {
			t.Errorf("no %s in %s", want, html)
		}
	}
	if got := (Bars{}).HTML(); got != "" {
		t.Errorf("got %s of nothing", got)
	}
}

func TestHostileLabels(t *testing.T) {
	evil := `"><img src=x onerror=alert(1)><script>'` + strings.Repeat("😀\u202e", 50)
	for _, html := range []string{
		string(Bars{ID: "x", Title: evil, Noun: evil, First: day, Series: []Series{{evil, []int{1}}, {evil, []int{1}}}}.HTML()),
		string(Histogram{ID: "x", Title: evil, Noun: evil, Ranges: []Range{{evil, 1}}}.HTML()),
		string(Sparkline{ID: "x", Title: evil, Values: []int{1}}.HTML()),
		string(Calendar{ID: "x", Title: evil, First: day, Days: 1, Rows: []Row{{evil, "/articles?site=" + evil, []Cell{{Failed, 0, evil}}}}}.HTML()),
	} {
		wellFormed(t, html)
		if strings.Contains(html, "<img") || strings.Contains(html, "<script") {
			t.Errorf("not escaped: %s", html)
		}
	}
}

// TestBounds checks that days are merged and series summed, and that no number is lost.
func TestBounds(t *testing.T) {
	for _, test := range []struct {
		days int
		unit string
	}{{MaxBars, "day"}, {MaxBars + 1, "week"}, {2000, "month"}, {40000, "year"}} {
		values := make([]int, test.days)
		for i := range values {
			values[i] = 1
		}
		var series []Series
		for range 10 {
			series = append(series, Series{"s.example", values})
		}
		b := Bars{First: day, Series: series}.bounded()
		sums, total, _ := b.sums()
		if b.unit != test.unit || len(sums) > MaxBars || len(b.Series) != MaxSeries+1 || total != 10*test.days {
			t.Errorf("%d days: got %d bars by %s, %d series, %d in all", test.days, len(sums), b.unit, len(b.Series), total)
		}
		if last := day.AddDate(0, 0, test.days-1); beginOf(last, b.unit) != b.begin(len(sums)-1) {
			t.Errorf("%d days: the last bar begins %v", test.days, b.begin(len(sums)-1))
		}
	}
}

func TestCalendar(t *testing.T) {
	c := Calendar{ID: "c", Title: "Coverage", First: day, Days: 6, Rows: []Row{{"a.example", "/articles?site=a.example",
		[]Cell{{State: Unknown}, {State: Articles, Count: 12}, {State: NoRun}, {State: NoRun}, {State: Missed, Note: "keep-out hours"}, {State: Walled}}}}}
	html := string(c.HTML())
	wellFormed(t, html)
	for _, want := range []string{"<title>2026-11-02: 12 articles</title>", "<title>2026-11-03 to 2026-11-04: no run</title>", "2026-11-05: missed turn (keep-out hours)",
		`<td>12</td>`, `<td>bot wall</td>`, "not archived yet on 1 day, articles on 1 day, no run on 2 days, missed turn on 1 day, bot wall on 1 day."} {
		if !strings.Contains(html, want) {
			t.Errorf("no %s in %s", want, html)
		}
	}
	for len(c.Rows) < 2*MaxRows {
		c.Rows = append(c.Rows, c.Rows[0])
	}
	if n := strings.Count(string(c.HTML()), "<desc"); n != MaxRows {
		t.Errorf("got %d rows", n)
	}
}
