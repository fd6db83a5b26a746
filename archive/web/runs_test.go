package web

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
)

// evil is a text that must be shown as it is.
const evil = `"><img src=x onerror=alert(1)><script>alert(1)</script>` + "\u202e😀"

// doc asks for a page and reads its HTML; it checks that nothing hostile became a part of
// the page, and that the twin is valid JSON.
func doc(t *testing.T, h http.Handler, target string) *goquery.Document {
	t.Helper()
	w := get(t, h, target)
	if w.Code != 200 {
		t.Fatalf("%s: got %d %s", target, w.Code, w.Body)
	}
	d, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	d.Find("*").Each(func(_ int, s *goquery.Selection) {
		for _, a := range s.Get(0).Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s: <%s> has %s", target, s.Get(0).Data, a.Key)
			}
		}
	})
	if d.Find("main img, main script").Length() > 0 || d.Find("h1").Length() != 1 {
		t.Errorf("%s: a text is not escaped, or there is not one h1", target)
	}
	twin, _ := d.Find(`link[rel=alternate][type="application/json"]`).Attr("href")
	if w := get(t, h, twin); w.Code != 200 || !json.Valid(w.Body.Bytes()) {
		t.Errorf("%s: got %d %s", twin, w.Code, w.Body)
	}
	return d
}

// addRun adds a run of a site; end is the JSON of its end, or empty.
func addRun(f *archivetest.Fixture, site string, start time.Time, end string) string {
	begin := archive.NewRecord("warcinfo", start)
	begin.Set("Content-Type", "application/warc-fields")
	begin.Payload = []byte("software: newsmorgue/test\r\noperator: " + evil + "\r\nnewsmorgue-site: " + site + "\r\nnewsmorgue-mode: update\r\n")
	f.Add(begin)
	if end != "" {
		rec := archive.NewRecord("metadata", start.Add(90*time.Second))
		rec.Set("WARC-Refers-To", begin.ID())
		rec.Set("WARC-Warcinfo-ID", begin.ID())
		rec.Set("Content-Type", "application/json; profile=newsmorgue.run/1")
		rec.Payload = []byte(end)
		f.Add(rec)
	}
	return bareID(begin.ID())
}

// addSkipped adds turns of a schedule that had no run.
func addSkipped(f *archivetest.Fixture, site, reason string, from time.Time, turns int) {
	rec := archive.NewRecord("metadata", from.Add(time.Hour))
	rec.Set("Content-Type", "application/json; profile=newsmorgue.skipped/1")
	body, _ := json.Marshal(map[string]any{"site": site, "reason": reason, "turns": turns, "from": from, "until": from.Add(time.Hour)})
	rec.Payload = body
	f.Add(rec)
}

// A fakeMachine says what a test has it say.
type fakeMachine Status

func (m *fakeMachine) Status(context.Context) (*Status, error) { return (*Status)(m), nil }

func testServer(t *testing.T, f *archivetest.Fixture) *Server {
	s := &Server{Archive: f.Archive, Catalog: f.Catalog, Software: "newsmorgue/test"}
	t.Cleanup(func() { s.Close() })
	return s
}

var day = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

func TestRuns(t *testing.T) {
	f := archivetest.New(t)
	evilJSON, _ := json.Marshal(evil)
	good := addRun(f, "a.example", day, fmt.Sprintf(`{"site":"a.example","status":"complete","pages":12,"articles":7,"new":3,"changed":2,"gone":1,"asked":20,"failed":4,"wire_bytes":2048,
		"blocked":2,"seeds":[{"url":"https://a.example/","reason":%s}],"missed":[{"reason":%s,"count":5,"example":"javascript:alert(1)"},{"reason":"HTTP 404","count":1,"example":"https://a.example/x"}],
		"announced":100,"announced_kept":99,"coverage":[{"source":"feed","announced":100,"kept":99,"missing":[{"reason":"robots.txt","count":1}]}]}`, evilJSON, evilJSON))
	killed := addRun(f, "a.example", day.Add(time.Hour), "")
	addSkipped(f, "b.example", "keep-out", day.Add(2*time.Hour), 3)
	s := testServer(t, f)
	s.Machine = &fakeMachine{Sites: []SiteStatus{
		{Site: "a.example", LastID: "<urn:uuid:" + killed + ">", LastRun: day, LastStatus: RunKilled, Schedule: "every 6h", Overdue: true, Next: time.Now().Add(-time.Minute)},
		{Site: "c.example", Running: true, PID: 77, Known: 1234, Queued: 1000, PerMinute: 9, Waiting: []string{evil}, Problems: []Problem{{evil, 3, ""}}},
	}}
	h := s.Handler()
	d := doc(t, h, "/runs")
	rows := d.Find("table.history tbody tr")
	if rows.Length() != 3 {
		t.Fatalf("got %d rows", rows.Length())
	}
	for i, want := range []string{"3 turns without a run b.example keep-out hours, until", "killed or failed", "complete"} {
		if text := strings.Join(strings.Fields(rows.Eq(i).Text()), " "); !strings.Contains(text, want) {
			t.Errorf("row %d: got %q, want %q", i, text, want)
		}
	}
	cells := rows.Eq(2).Find("th, td").Map(func(_ int, c *goquery.Selection) string { return c.Text() })
	if text := strings.Join(cells, "|"); text != "2026-11-20 12:00|complete|a.example|2 min|12|7|3|2|1|4|2.0 kB" {
		t.Errorf("got %q", text)
	}
	live := d.Find("#live-now").Text() + d.Find("#live-words").Text() + d.Find("#live-schedules").Text()
	for _, want := range []string{"77", "1234 known, 1000 queued", "9 responses in the last minute", evil, "1 crawl is running; 1000 URLs queued.", "overdue", "now"} {
		if !strings.Contains(live, want) {
			t.Errorf("no %q in %q", want, live)
		}
	}
	if n := doc(t, h, "/runs?site=b.example").Find("table.history tbody tr").Length(); n != 1 {
		t.Errorf("got %d runs of b.example", n)
	}

	run := doc(t, h, "/runs/"+good)
	text := run.Find("main").Text()
	for _, want := range []string{evil, "4 without an answer", "A bot wall answered in place of 2 pages.", "99 %", "1 × robots.txt", "Operator"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
	if run.Find(`a[href^="javascript"]`).Length() > 0 {
		t.Error("an example that is no address of the web is a link")
	}
	if n := run.Find(`a[href="/changes?run=` + good + `&what=edited"]`).Length(); n != 1 {
		t.Errorf("got %d links to what changed", n)
	}
	doc(t, h, "/runs/"+killed)
	for target, code := range map[string]int{"/runs/x": 400, "/runs/" + strings.Repeat("0", 8) + "-0000-0000-0000-000000000000": 404, "/runs?page=2": 404, "/runs?page=0": 400, "/runs?page=x": 400} {
		if w := get(t, h, target); w.Code != code {
			t.Errorf("%s: got %d, want %d", target, w.Code, code)
		}
	}
}

func TestNoRuns(t *testing.T) {
	s := testServer(t, archivetest.New(t))
	if text := doc(t, s.Handler(), "/runs").Find("main").Text(); !strings.Contains(text, "newsmorgue archive https://example.org/") {
		t.Errorf("got %s", text)
	}
}
