package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

var rawStart = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// respond archives an answer of a server; fields are names and values of its head.
func respond(f *archivetest.Fixture, url string, after time.Duration, status int, body string, fields ...string) *archive.Record {
	rec := responseOf(url, after, status, body, fields...)
	rec.Finish()
	f.Add(rec)
	return rec
}

func responseOf(url string, after time.Duration, status int, body string, fields ...string) *archive.Record {
	rec := archive.NewRecord("response", rawStart.Add(after))
	rec.Set("WARC-Target-URI", url)
	rec.Set("Content-Type", "application/http; msgtype=response")
	rec.HTTP = &archive.HTTPHead{Start: fmt.Sprintf("HTTP/1.1 %d %s", status, http.StatusText(status))}
	for i := 0; i+1 < len(fields); i += 2 {
		rec.HTTP.Headers = append(rec.HTTP.Headers, archive.Field{Name: fields[i], Value: fields[i+1]})
	}
	rec.Payload = []byte(body)
	return rec
}

const (
	htmlType = "text/html; charset=utf-8"
	rawPaper = "https://paper.example/"
)

// newReplay is a server of an archive with some captures.
func newReplay(t *testing.T) (*archivetest.Fixture, *Server, http.Handler) {
	f := archivetest.New(t)
	respond(f, rawPaper, 0, 200, `<title>Paper</title><img src="/p.png"><img src="/absent.png"><a href="/story">s</a><script>x</script>`, "Content-Type", htmlType)
	respond(f, rawPaper, time.Hour, 200, "<p>An hour later", "Content-Type", htmlType)
	respond(f, rawPaper+"p.png", 0, 200, "\x89PNG\r\n\x1a\n0123456789", "Content-Type", "image/png")
	s := &Server{Archive: f.Archive, Catalog: f.Catalog}
	return f, s, s.Handler()
}

func TestRaw(t *testing.T) {
	_, s, h := newReplay(t)
	w := get(t, h, "/raw/20260102030405/https://paper.example/")
	if w.Code != 200 || !strings.Contains(w.Body.String(), `<img src="/raw/20260102030405im_~`+s.key+`/https://paper.example/p.png"/>`) || strings.Contains(w.Body.String(), "script") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	for name, want := range map[string]string{
		"Memento-Datetime": "Fri, 02 Jan 2026 03:04:05 GMT", "Content-Type": "text/html; charset=utf-8", "X-Frame-Options": "SAMEORIGIN",
		"Link": `<https://paper.example/>; rel="original", </timemap/link/https://paper.example/>; rel="timemap"; type="application/link-format"`,
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// TestRawPolicy: every answer below /raw/ has the policy, whatever it is.
func TestRawPolicy(t *testing.T) {
	f, _, h := newReplay(t)
	respond(f, rawPaper+"d.svg", 0, 200, "<svg xmlns='http://www.w3.org/2000/svg'><script>x</script></svg>", "Content-Type", "image/svg+xml")
	for _, target := range []string{
		"/raw/20260102030405/" + rawPaper, "/raw/2026/" + rawPaper, "/raw/20260102030405im_/" + rawPaper + "p.png", "/raw/20260102030405id_/" + rawPaper,
		"/raw/20260102030405im_/" + rawPaper + "d.svg", "/raw/20260102030405/https://absent.example/", "/raw/", "/raw/x", "/raw/9999/x", "/raw/article/000000000000?field=title", "/raw/article/x",
		"/raw/20260102030405/" + rawPaper + strings.Repeat("x", 9000),
	} {
		for _, method := range []string{"GET", "HEAD", "POST"} {
			w := httptest.NewRecorder()
			h.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, target, nil))
			header := w.Header()
			if header.Get("Content-Security-Policy") != rawPolicy || header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Referrer-Policy") != "no-referrer" ||
				header.Get("X-Frame-Options") != "SAMEORIGIN" || header.Get("Set-Cookie") != "" || header.Get("Cross-Origin-Resource-Policy") == "" {
				t.Errorf("%s %s: %d with %v", method, target, w.Code, header)
			}
			if method == "POST" && w.Code != 405 {
				t.Errorf("%s: got %d", target, w.Code)
			}
		}
	}
}

func TestRawNearest(t *testing.T) {
	f, _, h := newReplay(t)
	respond(f, rawPaper+"old", 0, 301, "", "Location", "/new?a=b")
	respond(f, rawPaper+"new?a=b", 2*time.Hour, 200, "<p>x", "Content-Type", htmlType)
	respond(f, rawPaper+"circle", 0, 302, "", "Location", "/circle2")
	respond(f, rawPaper+"circle2", 0, 302, "", "Location", "/circle")
	respond(f, rawPaper+"cookie", 0, 302, "", "Location", "/cookie")
	respond(f, rawPaper+"cookie", 2*time.Second, 200, "<p>x", "Content-Type", htmlType)
	for n := range 15 {
		respond(f, fmt.Sprint(rawPaper, "hop", n), 0, 302, "", "Location", fmt.Sprint("hop", n+1))
	}
	for target, want := range map[string]string{
		"2026/https://paper.example/":                     "302 /raw/20260102030405/https://paper.example/",
		"20260102033000im_/https://paper.example/":        "302 /raw/20260102030405im_/https://paper.example/",
		"20260102033600/http://paper.example":             "302 /raw/20260102040405/https://paper.example/",
		"2030/paper.example/":                             "302 /raw/20260102040405/https://paper.example/",
		"20260102030405/https://paper.example/old":        "302 /raw/20260102050405/https://paper.example/new?a=b",
		"20260102050405/https://paper.example/new?a=b":    "200 ",
		"20260102050405/https://paper.example/new?a=c":    "404 ",
		"20260102030405/https://paper.example/circle":     "404 ",
		"20260102030405/https://paper.example/hop0":       "404 ",
		"20260102030405/https://paper.example/cookie":     "302 /raw/20260102030407/https://paper.example/cookie",
		"20260102030405if_/https://paper.example/":        "200 ",
		"20260102030405/javascript:alert(1)":              "404 ",
		"20260102030405/https://paper.example/%3Cscript>": "404 ",
	} {
		w := get(t, h, "/raw/"+target)
		if got := fmt.Sprint(w.Code, " ", w.Header().Get("Location")); got != want {
			t.Errorf("%s: got %s, want %s", target, got, want)
		}
		if w.Code == 404 && strings.Contains(w.Body.String(), "<script") {
			t.Errorf("%s: got %s", target, w.Body)
		}
	}
}

func TestRawKinds(t *testing.T) {
	f, s, h := newReplay(t)
	for _, test := range []struct{ name, mime, body, modifier, want string }{
		{"p.png", "image/png", "\x89PNG\r\n\x1a\n", "im_", "image/png"},
		{"q.png", "application/octet-stream", "\x89PNG\r\n\x1a\n", "im_", "image/png"},
		{"p.svg", "image/svg+xml", "<svg/>", "im_", "image/svg+xml"},
		{"p.woff", "application/font-woff", "wOFF", "im_", "font/woff"},
		{"q.woff2", "", "wOF2", "im_", "font/woff2"},
		{"a.css", "text/css", "p{background:url(p.png)}", "cs_", "text/css; charset=utf-8"},
		{"b.css", "text/plain", "p{}", "cs_", "text/css; charset=utf-8"},
		{"a.js", "text/javascript", "x()", "", "application/octet-stream"},
		{"a.json", "application/json", "{}", "", "application/octet-stream"},
		{"a.xml", "text/xml", "<x xmlns='http://www.w3.org/1999/xhtml'><script/></x>", "", "application/octet-stream"},
		{"a.pdf", "application/pdf", "%PDF-1.4", "", "application/octet-stream"},
		{"a.mht", "multipart/related", "x", "", "application/octet-stream"},
		{"a.txt", "text/plain", "<script>x</script>", "", "text/plain; charset=utf-8"},
		{"a.xhtml", "application/xhtml+xml", "<p/>", "", "text/html; charset=utf-8"},
		{"none", "", "<!doctype html><p>x", "", "text/html; charset=utf-8"},
		{"id", "text/html", "<script>x</script>", "id_", "application/octet-stream"},
		{"v.mp4", "video/mp4", "0123456789", "im_", "video/mp4"},
		{"bad", "text/html\x01; charset", "<p>x", "", "application/octet-stream"},
	} {
		respond(f, rawPaper+test.name+"?k", 0, 200, test.body, "Content-Type", test.mime)
		w := get(t, h, "/raw/20260102030405"+test.modifier+"~"+s.key+"/"+rawPaper+test.name+"?k")
		if got := w.Header().Get("Content-Type"); w.Code != 200 || got != test.want {
			t.Errorf("%s: got %d %s, want %s", test.name, w.Code, got, test.want)
		}
		if file := strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment"); file != (test.want == "application/octet-stream") {
			t.Errorf("%s: got %s", test.name, w.Header().Get("Content-Disposition"))
		}
		if got := w.Header().Get("Access-Control-Allow-Origin"); (got != "") != strings.HasPrefix(test.want, "font/") {
			t.Errorf("%s: Access-Control-Allow-Origin is %q", test.name, got)
		}
		if test.modifier == "id_" && w.Body.String() != test.body {
			t.Errorf("%s: got %q", test.name, w.Body)
		}
	}
	w := get(t, h, "/raw/20260102030405cs_/"+rawPaper+"a.css?k")
	if want := `p{background:url("/raw/20260102030405im_~` + s.key + `/https://paper.example/p.png")}`; w.Body.String() != want {
		t.Errorf("got %s", w.Body)
	}
}

// TestRawKey: other websites cannot find out by embedding pictures what is archived.
func TestRawKey(t *testing.T) {
	_, s, h := newReplay(t)
	for key, want := range map[string]string{"": "same-origin", "~x": "same-origin", "~" + s.key: "cross-origin"} {
		if got := get(t, h, "/raw/20260102030405im_"+key+"/"+rawPaper+"p.png").Header().Get("Cross-Origin-Resource-Policy"); got != want {
			t.Errorf("%q: got %s, want %s", key, got, want)
		}
	}
}

func TestRawRange(t *testing.T) {
	_, _, h := newReplay(t)
	r := httptest.NewRequestWithContext(t.Context(), "GET", "/raw/20260102030405im_/"+rawPaper+"p.png", nil)
	r.Header.Set("Range", "bytes=8-11")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	if w.Code != 206 || w.Body.String() != "0123" {
		t.Errorf("got %d %q", w.Code, w.Body)
	}
}

func TestRawSuppressed(t *testing.T) {
	f, _, h := newReplay(t)
	secret := respond(f, rawPaper+"secret", 0, 200, "<p>secret", "Content-Type", htmlType)
	revisit := archive.NewRecord("revisit", rawStart.Add(time.Hour))
	for _, field := range []archive.Field{
		{Name: "WARC-Target-URI", Value: rawPaper + "again"}, {Name: "WARC-Profile", Value: "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"},
		{Name: "WARC-Refers-To", Value: secret.ID()}, {Name: "WARC-Payload-Digest", Value: secret.Get("WARC-Payload-Digest")}, {Name: "Content-Type", Value: "application/http; msgtype=response"},
	} {
		revisit.Set(field.Name, field.Value)
	}
	revisit.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK"}
	revisit.Finish()
	f.Add(revisit)
	const page, again = "/raw/20260102030405/" + rawPaper + "secret", "/raw/20260102040405/" + rawPaper + "again"
	for _, target := range []string{page, again} {
		if w := get(t, h, target); w.Code != 200 || !strings.Contains(w.Body.String(), "secret") {
			t.Errorf("%s: got %d %s", target, w.Code, w.Body)
		}
	}
	hide, err := catalog.NewSuppression(&catalog.Suppression{URL: rawPaper + "secret", Reason: "asked for", Date: rawStart})
	if err != nil {
		t.Fatal(err)
	}
	f.Add(hide)
	for _, target := range []string{page, again, strings.Replace(page, "/raw/", "/page/", 1)} {
		if w := get(t, h, target); w.Code != 451 || strings.Contains(w.Body.String(), "<p>secret") || !strings.Contains(w.Body.String(), "suppressed") {
			t.Errorf("%s: got %d %s", target, w.Code, w.Body)
		}
	}
}

func TestRawStatus(t *testing.T) {
	f, _, h := newReplay(t)
	respond(f, rawPaper+"gone", 0, 410, "<p>gone", "Content-Type", htmlType)
	respond(f, rawPaper+"empty", 0, 200, "", "Content-Type", htmlType)
	respond(f, rawPaper+"strange", 0, 999, "<p>strange", "Content-Type", htmlType)
	for name, want := range map[string]string{"gone": "410 <p>gone", "empty": "404 nothing but its head", "strange": "200 <p>strange"} {
		w := get(t, h, "/raw/20260102030405/"+rawPaper+name)
		code, text, _ := strings.Cut(want, " ")
		if fmt.Sprint(w.Code) != code || !strings.Contains(w.Body.String(), text) {
			t.Errorf("%s: got %d %s", name, w.Code, w.Body)
		}
	}
}

// TestRawOutside: in a frame, an address of the live web is no link.
func TestRawOutside(t *testing.T) {
	_, _, h := newReplay(t)
	for dest, link := range map[string]bool{"iframe": false, "document": true} {
		r := httptest.NewRequestWithContext(t.Context(), "GET", `/raw/2026/https://absent.example/"><img%20src=x>`, nil)
		r.Header.Set("Sec-Fetch-Dest", dest)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if strings.Contains(w.Body.String(), "<a href") != link || strings.Contains(w.Body.String(), "<img") || !strings.Contains(w.Body.String(), "absent.example") {
			t.Errorf("%s: got %s", dest, w.Body)
		}
	}
}

func TestFramePage(t *testing.T) {
	_, _, h := newReplay(t)
	w := get(t, h, "/page/20260102030405/"+rawPaper)
	for _, want := range []string{
		`sandbox=""`, `src="/raw/20260102030405/https://paper.example/"`, "1 of 2 resources not archived", "(1 script removed)", "<h1 dir=\"auto\">Paper</h1>",
		`href="/page/20260102040405/https://paper.example/" rel="next"`, "No earlier capture", `href="/page/json/20260102030405/https://paper.example/"`,
	} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("without %s: %s", want, w.Body)
		}
	}
	if w := get(t, h, "/page/2026/"+rawPaper); w.Code != 302 || w.Header().Get("Location") != "/page/20260102030405/"+rawPaper {
		t.Errorf("got %d %v", w.Code, w.Header())
	}
	var d frameData
	w = get(t, h, "/page/json/20260102030405/"+rawPaper)
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil || d.Missing != 1 || d.Title != "Paper" {
		t.Errorf("got %v, %s", err, w.Body)
	}
	if w := get(t, h, "/page/2026/https://absent.example/"); w.Code != 404 || !strings.Contains(w.Body.String(), "not in the archive") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
	if w := get(t, h, "/page/x"); w.Code != 400 {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}
