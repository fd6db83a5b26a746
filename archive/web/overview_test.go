package web

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/web/chart"
)

// whenCounted asks for the overview until its figures are there.
func whenCounted(t *testing.T, s *Server) {
	t.Helper()
	h := s.Handler()
	for begin := time.Now(); time.Since(begin) < time.Minute; {
		var d struct {
			Counting bool
			Compared time.Time
		}
		if err := json.Unmarshal(get(t, h, "/index.json").Body.Bytes(), &d); err != nil {
			t.Fatal(err)
		}
		if !d.Counting && !d.Compared.IsZero() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the figures are not counted")
}

func TestOverview(t *testing.T) {
	f := archivetest.New(t)
	if err := archivetest.Fill(t.Context(), f.Writer, f.Catalog, archivetest.Options{Articles: 120, Sites: 8, Text: 200, Markup: 200}); err != nil {
		t.Fatal(err)
	}
	s := testServer(t, f)
	s.Machine = &fakeMachine{Bytes: 5 << 20, Free: 7 << 30, Quarantine: []string{"x"}, Sites: []SiteStatus{
		{Site: "paper001.example", LastID: "<urn:uuid:1>", LastRun: day, LastStatus: "failed", Schedule: "every 6h", Next: day.Add(time.Hour), Overdue: true}}}
	whenCounted(t, s)
	h := s.Handler()
	d := doc(t, h, "/")
	cards := strings.Join(strings.Fields(d.Find(".cards").Text()), " ")
	for _, want := range []string{"120articles", "8sites", "5.2 MBon disk7.5 GB free", "2026-11-20 13:00next run"} {
		if !strings.Contains(cards, want) {
			t.Errorf("no %q in %q", want, cards)
		}
	}
	alerts := d.Find(".alerts").Text()
	for _, want := range []string{"set 1 file aside", "the last run ended as “failed”", "overdue"} {
		if !strings.Contains(alerts, want) {
			t.Errorf("no %q in %q", want, alerts)
		}
	}
	if n := d.Find(".legend").First().Find("li").Length(); n != 6 {
		t.Errorf("got %d series in the chart, want those of the last 90 days", n)
	}
	if n := d.Find(".calendar li").Length(); n != 8 {
		t.Errorf("got %d sites in the calendar", n)
	}
	if n := d.Find(".sites tbody tr").Length(); n != 8 {
		t.Errorf("got %d sites in the table", n)
	}
	if n := d.Find("ol.rows").First().Find(`li a[href^="/article/"]`).Length(); n != 5 {
		t.Errorf("got %d of the latest articles", n)
	}
	// Each chart has a table of its numbers, and says what it shows.
	if charts, tables := d.Find("figure.chart").Length(), d.Find("figure.chart > details table").Length(); charts != 3 || tables != charts {
		t.Errorf("got %d charts with %d tables", charts, tables)
	}
	d.Find("svg[role=img]").Each(func(_ int, svg *goquery.Selection) {
		if svg.Find("title").First().Text() == "" {
			t.Error("a chart has no title")
		}
	})
	ids := map[string]bool{}
	d.Find("[id]").Each(func(_ int, e *goquery.Selection) {
		id, _ := e.Attr("id")
		if ids[id] {
			t.Errorf("the ID %s is there twice", id)
		}
		ids[id] = true
	})
}

// TestHostileTitles: what pages say is shown as text.
func TestHostileTitles(t *testing.T) {
	f := archivetest.New(t)
	begin := addRun(f, "a.example", day, "")
	url := "https://a.example/x?" + strings.Repeat("%22%3E", 300)
	response := archive.NewRecord("response", day)
	response.Set("WARC-Target-URI", url)
	response.Set("WARC-Warcinfo-ID", "<urn:uuid:"+begin+">")
	response.Set("Content-Type", "application/http; msgtype=response")
	response.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK", Headers: []archive.Field{{Name: "Content-Type", Value: "text/html"}}}
	response.Payload = []byte("<p>x</p>")
	response.Set("WARC-Payload-Digest", string(archive.SHA256(response.Payload)))
	reading := archive.NewRecord("conversion", day)
	reading.Set("WARC-Target-URI", url)
	reading.Set("WARC-Refers-To", response.ID())
	reading.Set("Content-Type", "application/json; profile=newsmorgue.article/1")
	reading.Set("Newsmorgue-Extractor", "test")
	title := evil + strings.Repeat("long ", 2000)
	reading.Payload, _ = json.Marshal(map[string]any{"schema": "newsmorgue.article/1", "url": url, "site": "a.example", "kind": "article", "title": title,
		"language": evil, "published": "2026-11-20" + evil, "text": "x"})
	f.Add(response, reading)
	s := testServer(t, f)
	whenCounted(t, s)
	d := doc(t, s.Handler(), "/")
	if got := d.Find("ol.rows a").First().Text(); got != title {
		t.Errorf("got %.100q", got)
	}
}

func TestEmptyOverview(t *testing.T) {
	s := testServer(t, archivetest.New(t))
	whenCounted(t, s)
	if text := doc(t, s.Handler(), "/").Find("main").Text(); !strings.Contains(text, "no pages yet") || !strings.Contains(text, "newsmorgue archive") {
		t.Errorf("got %s", text)
	}
}

// TestCoverage: a day without articles has the reason that runs and schedules give.
func TestCoverage(t *testing.T) {
	f := archivetest.New(t)
	now := time.Now().UTC().Truncate(24 * time.Hour)
	at := func(daysAgo int) time.Time { return now.AddDate(0, 0, -daysAgo).Add(6 * time.Hour) }
	const site = "paper000.example"
	if err := archivetest.Fill(t.Context(), f.Writer, f.Catalog, archivetest.Options{Articles: 1, Sites: 1, Text: 200, Markup: 200}); err != nil {
		t.Fatal(err)
	}
	addRun(f, site, at(9), `{"site":"`+site+`","status":"complete"}`)
	addRun(f, site, at(8), `{"site":"`+site+`","status":"failed"}`)
	addRun(f, site, at(7), `{"site":"`+site+`","status":"complete","blocked":4}`)
	addSkipped(f, site, "slots", at(6), 2)
	s := testServer(t, f)
	fig, err := s.count(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	days := fig.Weeks[0].Days
	for ago, want := range map[int]chart.State{9: chart.None, 8: chart.Failed, 7: chart.Walled, 6: chart.Missed, 5: chart.NoRun} {
		if got := days[len(days)-1-ago]; got.state != want || got.Day != at(ago).Format(time.DateOnly) {
			t.Errorf("%d days ago: got %+v, want %v", ago, got, want)
		}
	}
	if got := days[len(days)-1-6].Reason; got != "too many other runs at that time" {
		t.Errorf("got %q", got)
	}
	for _, test := range []struct {
		from, until int
		want        string
	}{{5, 4, "no run in that time"}, {6, 6, "missed turns: too many other runs at that time"}, {7, 7, "bot wall: 4 pages blocked"}, {9, 9, "runs found no article of these days"}} {
		got, err := s.gapReason(t.Context(), catalog.Gap{Site: site, From: at(test.from).Format(time.DateOnly), Until: at(test.until).Format(time.DateOnly)})
		if err != nil || got != test.want {
			t.Errorf("got %q, %v, want %q", got, err, test.want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, test := range []struct {
		n, of int
		want  string
	}{{0, 0, "0 %"}, {1, 1, "100 %"}, {999, 1000, "99.9 %"}, {99999, 100000, "99.9 %"}, {1, 100000, "0.1 %"}, {1, 2, "50 %"}} {
		if got := percent(test.n, test.of); got != test.want {
			t.Errorf("%d of %d: got %s, want %s", test.n, test.of, got, test.want)
		}
	}
}

// TestUnreadableOverview: the overview says that records could not be read.
func TestUnreadableOverview(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "archive")
	if err := archivetest.Create(t.Context(), dir, archivetest.Options{Articles: 20, Sites: 1, Text: 200, Markup: 200}); err != nil {
		t.Fatal(err)
	}
	segments, err := filepath.Glob(filepath.Join(dir, "segments", "*.zst"))
	if err != nil || len(segments) == 0 {
		t.Fatalf("got %q, %v", segments, err)
	}
	b, err := os.ReadFile(segments[0])
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/4] ^= 0x55
	if err := errors.Join(os.Remove(segments[0]), os.WriteFile(segments[0], b, 0o644), os.Remove(filepath.Join(dir, "catalog.sqlite"))); err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	c, err := catalog.Open(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s := &Server{Archive: a, Catalog: c}
	defer s.Close()
	if text := doc(t, s.Handler(), "/").Find(".alerts").Text(); !strings.Contains(text, "cannot be read, and nothing of them is shown. newsmorgue verify") {
		t.Errorf("got %q", text)
	}
}
