package web

import (
	"encoding/json"
	"net/http/httptest"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

const queried = "https://a.example/a//b?x=1&y=%2F"

// mementos is an archive with three captures of a URL, of which one is suppressed, and a
// resource.
func mementos(t *testing.T) (*archivetest.Fixture, *Server) {
	f := archivetest.New(t)
	all := visitHourly(f, t, visit{url: queried, article: ferry("A", "a b c")}, visit{url: queried, status: 404}, visit{url: queried, article: ferry("A", "a b d")}, visit{url: queried, article: ferry("A", "a b e")})
	suppressRecord(t, f, catalog.Suppression{Date: captureDay, Record: all[1].ID(), Reason: "asked for"})
	visitHourly(f, t, visit{url: "https://a.example/hidden", article: ferry("B", "a b c")})
	suppressRecord(t, f, catalog.Suppression{Date: captureDay, URL: "https://a.example/hidden", Reason: "asked for"})
	return f, &Server{Archive: f.Archive, Catalog: f.Catalog}
}

func TestTimeMap(t *testing.T) {
	_, s := mementos(t)
	w := get(t, s.Handler(), "/timemap/link/"+queried)
	if got := w.Header().Get("Content-Type"); w.Code != 200 || got != "application/link-format" {
		t.Fatalf("got %d %s %s", w.Code, got, w.Body)
	}
	const base = "http://example.com"
	want := `<` + queried + `>; rel="original",
<` + base + `/timemap/link/` + queried + `>; rel="self"; type="application/link-format"; from="Mon, 23 Nov 2026 18:00:00 GMT"; until="Mon, 23 Nov 2026 21:00:00 GMT",
<` + base + `/timegate/` + queried + `>; rel="timegate",
<` + base + `/raw/20261123180000/` + queried + `>; rel="first memento"; datetime="Mon, 23 Nov 2026 18:00:00 GMT",
<` + base + `/raw/20261123200000/` + queried + `>; rel="memento"; datetime="Mon, 23 Nov 2026 20:00:00 GMT",
<` + base + `/raw/20261123210000/` + queried + `>; rel="last memento"; datetime="Mon, 23 Nov 2026 21:00:00 GMT"
`
	if got := w.Body.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// The URL without its scheme, with the other one and with one slash is the same page.
	for _, u := range []string{"a.example/a//b?x=1&y=%2F", "http://a.example/a//b?x=1&y=%2F", "https:/a.example/a//b?x=1&y=%2F", "https://www.a.example/a//b?x=1&y=%2F"} {
		if got := get(t, s.Handler(), "/timemap/link/"+u); got.Body.String() != want {
			t.Errorf("%s: got %d %s", u, got.Code, got.Body)
		}
	}
	for u, status := range map[string]int{"https://a.example/none": 404, "https://a.example/hidden": 404, "": 400, "javascript:alert(1)": 400, "2/" + queried: 404, "0/" + queried: 404} {
		for _, form := range []string{"link", "json"} {
			if w := get(t, s.Handler(), "/timemap/"+form+"/"+u); w.Code != status {
				t.Errorf("%s %s: got %d, want %d", form, u, w.Code, status)
			}
		}
	}
}

// A client in another language reads the same.
func TestTimeMapInPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not installed")
	}
	_, s := mementos(t)
	cmd := exec.CommandContext(t.Context(), python, "-c", `
import re, sys
from email.utils import parsedate_to_datetime
links = re.findall(r'<([^>]*)>((?:\s*;\s*[\w-]+="[^"]*")*)\s*(?:,|$)', sys.stdin.read())
for url, params in links:
    p = dict(re.findall(r'([\w-]+)="([^"]*)"', params))
    if 'memento' in p['rel'].split():
        print(p['rel'], parsedate_to_datetime(p['datetime']).isoformat())
    else:
        print(p['rel'], url)
`)
	cmd.Stdin = get(t, s.Handler(), "/timemap/link/"+queried).Body
	out, err := cmd.Output()
	want := "original " + queried + "\nself http://example.com/timemap/link/" + queried + "\ntimegate http://example.com/timegate/" + queried +
		"\nfirst memento 2026-11-23T18:00:00+00:00\nmemento 2026-11-23T20:00:00+00:00\nlast memento 2026-11-23T21:00:00+00:00\n"
	if err != nil || string(out) != want {
		t.Errorf("got %s %v, want %s", out, err, want)
	}
}

func TestTimeMapJSON(t *testing.T) {
	_, s := mementos(t)
	w := get(t, s.Handler(), "/timemap/json/"+queried)
	var m jsonTimeMap
	if err := json.Unmarshal(w.Body.Bytes(), &m); err != nil || w.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("got %v %s", err, w.Body)
	}
	if m.Original != queried || len(m.Mementos.List) != 3 || m.Mementos.First.Time != "2026-11-23T18:00:00Z" || m.Mementos.Last.URI != "http://example.com/raw/20261123210000/"+queried ||
		m.TimeMap.Link != "http://example.com/timemap/link/"+queried || m.TimeMap.Next != "" {
		t.Errorf("got %+v", m)
	}
	// A URL that ends in .json is no twin.
	if w := get(t, s.Handler(), "/timemap/json/https://a.example/x.json"); w.Code != 404 || !strings.Contains(w.Body.String(), "x.json has no captures") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

func TestTimeMapPages(t *testing.T) {
	f := archivetest.New(t)
	var recs []*archive.Record
	for i := range perTimeMap + 2 {
		recs = append(recs, visitRecords(t, captureDay.Add(time.Duration(i)*time.Minute), visit{url: ferryURL})...)
	}
	f.Add(recs...)
	h := (&Server{Archive: f.Archive, Catalog: f.Catalog}).Handler()
	one, two := get(t, h, "/timemap/link/"+ferryURL).Body.String(), get(t, h, "/timemap/link/2/"+ferryURL).Body.String()
	if n := strings.Count(one, `memento"`); n != perTimeMap || !strings.Contains(one, `<http://example.com/timemap/link/2/`+ferryURL+`>; rel="timemap"; type="application/link-format"`) || strings.Contains(one, "last memento") {
		t.Errorf("%d mementos in %s", n, cutText(one, 500))
	}
	if n := strings.Count(two, `memento"`); n != 2 || !strings.Contains(two, `<http://example.com/timemap/link/`+ferryURL+`>; rel="timemap"`) || strings.Contains(two, "first memento") || !strings.Contains(two, "last memento") {
		t.Errorf("got %s", two)
	}
}

func TestTimeGate(t *testing.T) {
	_, s := mementos(t)
	h := s.Handler()
	for wanted, stamp := range map[string]string{
		"":                              "20261123210000",
		"Mon, 23 Nov 2026 18:10:00 GMT": "20261123180000",
		"Mon, 23 Nov 2026 19:30:00 GMT": "20261123200000",
		"Mon, 23 Nov 2026 19:00:00 GMT": "20261123180000", // as near as the next one
		"Thu, 01 Jan 1998 00:00:00 GMT": "20261123180000",
		"Fri, 01 Jan 2100 00:00:00 GMT": "20261123210000",
	} {
		r := httptest.NewRequest("GET", "/timegate/"+queried, nil).WithContext(t.Context())
		if wanted != "" {
			r.Header.Set("Accept-Datetime", wanted)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if got := w.Header().Get("Location"); w.Code != 302 || got != "/raw/"+stamp+"/"+queried {
			t.Errorf("%s: got %d %s, want %s", wanted, w.Code, got, stamp)
		}
		if w.Header().Get("Vary") != "accept-datetime" {
			t.Errorf("Vary is %q", w.Header().Get("Vary"))
		}
		for _, want := range []string{`<` + queried + `>; rel="original"`, `<http://example.com/timemap/link/` + queried + `>; rel="timemap"; type="application/link-format"; from="Mon, 23 Nov 2026 18:00:00 GMT"`, `first memento"`, `last memento"`} {
			if !strings.Contains(w.Header().Get("Link"), want) {
				t.Errorf("%q is not in %s", want, w.Header().Get("Link"))
			}
		}
		if w.Header().Get("Memento-Datetime") != "" {
			t.Error("the answer of a TimeGate is no memento")
		}
	}
	for _, wrong := range []string{"yesterday", "20261123", "<script>"} {
		r := httptest.NewRequest("GET", "/timegate/"+queried, nil).WithContext(t.Context())
		r.Header.Set("Accept-Datetime", wrong)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 400 || w.Header().Get("Vary") != "accept-datetime" || strings.Contains(w.Body.String(), "<script>al") {
			t.Errorf("%s: got %d", wrong, w.Code)
		}
	}
	for u, status := range map[string]int{"https://a.example/hidden": 404, "https://a.example/none": 404, "": 400} {
		if w := get(t, h, "/timegate/"+u); w.Code != status {
			t.Errorf("%s: got %d, want %d", u, w.Code, status)
		}
	}
	r := httptest.NewRequest("POST", "/timegate/"+queried, nil).WithContext(t.Context())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 405 || w.Header().Get("Allow") == "" {
		t.Errorf("got %d", w.Code)
	}
}
