package keep

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// An oddAnswer is an answer as it is sent, and what its record must say.
type oddAnswer struct {
	name        string
	contentType string   // as a reader of the file would know it
	head        []string // status line and fields, each without its line end
	body        []byte   // as sent
	page        []byte   // as read
	wire        string   // end of Newsmorgue-Wire
	truncated   string
	block       []string // lines that the record's head has
}

// oddAnswers are answers that browsers show and that are not as they should be.
func oddAnswers(t *testing.T) []oddAnswer {
	page := func(n int) []byte {
		title := fmt.Sprintf("Ferry number %d leaves the strait", n)
		return []byte("<!doctype html><html><head><meta property=\"og:type\" content=\"article\"><title>" + title + "</title></head><body><article><h1>" + title + "</h1>" +
			strings.Repeat(fmt.Sprintf("<p>The ferry with the number %d crosses the strait in October for the last time, the harbour office said on Monday. The islanders asked for a smaller boat.</p>", n), 4) + "</article></body></html>")
	}
	pack := func(b []byte) []byte {
		var packed bytes.Buffer
		w := gzip.NewWriter(&packed)
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		w.Close()
		return packed.Bytes()
	}
	const ok, html, coded = "HTTP/1.1 200 OK", "Content-Type: text/html", "Content-Encoding: gzip"
	var answers []oddAnswer
	add := func(name string, head []string, body func(page []byte) []byte, wire string, block ...string) *oddAnswer {
		p := page(len(answers))
		answers = append(answers, oddAnswer{name: name, contentType: "text/html", head: head, body: body(p), page: p, wire: wire, block: block})
		return &answers[len(answers)-1]
	}
	same := func(b []byte) []byte { return b }
	add("no colon", []string{ok, html, "no colon here"}, same, "coding=", "no colon here")
	add("no colon, coded", []string{ok, "  indented: x", html, "no colon here", "content-encoding : gzip", "A: b", " c"}, pack, "coding=gzip",
		"  indented: x", "no colon here", "X-Archive-Orig-content-encoding : gzip", "A: b", " c")
	add("a name that is close to a coding's", []string{ok, html, "Content-Encoding gzip", "Content Encoding: gzip"}, same, "coding=", "Content-Encoding gzip", "Content Encoding: gzip")
	add("control characters", []string{ok, "Con\x00tent-Type: text/\x00html", "X-A: \x01"}, same, "coding=", "Con\x00tent-Type: text/\x00html", "X-A: \x01")
	add("Latin-1", []string{"HTTP/1.1 200 Tr\xe8s bien", html, "X-\xe9: \xe9", coded}, pack, "coding=gzip", "HTTP/1.1 200 Tr\xe8s bien", "X-\xe9: \xe9", "X-Archive-Orig-Content-Encoding: gzip")
	add("status line twice", []string{"http/1.1 200OK", ok, html}, same, "coding=", "http/1.1 200OK", ok)
	add("secrets", []string{ok, html, " Set-Cookie : hush", "Set-Cookie hush"}, same, "coding=", " Set-Cookie : [removed]", "[removed]")
	add("without its trailer", []string{ok, html, coded}, func(p []byte) []byte { b := pack(p); return b[:len(b)-8] }, "coding=gzip; error=trailer", "X-Archive-Orig-Content-Encoding: gzip")
	add("wrong checksum", []string{ok, html, coded}, func(p []byte) []byte { b := pack(p); b[len(b)-6] ^= 1; return b }, "coding=gzip; error=checksum")
	add("bytes after it", []string{ok, html, coded}, func(p []byte) []byte { return append(pack(p), "<!-- -->"...) }, "coding=gzip; error=excess")
	add("not coded", []string{ok, html, coded}, same, "coding=gzip; error=uncoded", "X-Archive-Orig-Content-Encoding: gzip")
	add("not said", []string{ok, html}, pack, "coding=; error=undeclared")
	add("coded twice", []string{ok, html, coded}, func(p []byte) []byte { return pack(pack(p)) }, "coding=gzip; error=undeclared")
	add("announced twice", []string{ok, html, coded, coded}, pack, "coding=gzip,gzip; error=uncoded")
	add("no coding", []string{ok, html, "Content-Encoding: UTF-8"}, same, "coding=utf-8", "X-Archive-Orig-Content-Encoding: UTF-8")
	add("an unknown coding", []string{ok, html, "Content-Encoding: snappy"}, same, "coding=snappy", "Content-Encoding: snappy")
	add("deflate for gzip", []string{ok, html, coded}, func(p []byte) []byte {
		var b bytes.Buffer
		w, err := flate.NewWriter(&b, 9)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write(p)
		w.Close()
		return append([]byte("\x78\x9c"), b.Bytes()...)
	}, "coding=gzip; error=other,trailer")
	cut := add("cut by the server", []string{ok, html, coded}, func(p []byte) []byte { b := pack(p); return b[:len(b)*3/4] }, "coding=gzip; error=incomplete")
	cut.truncated = "unspecified"
	for _, types := range [][]string{{"text/html charset=utf-8"}, {"html"}, {"unknown/unknown"}, {"*/*"}, {"text/html, text/html; charset=utf-8"}, {"text/html;;charset"},
		{"text/plain; charset=latin1", "text/html; charset=utf-8"}, {"text/html; charset=utf-8", "text/html"}, {"\"text/html\""}, {"text/html:utf-8"}} {
		head := []string{ok}
		for _, typ := range types {
			head = append(head, "Content-Type: "+typ)
		}
		add(strings.Join(types, " and "), head, same, "coding=").contentType = strings.Join(types, ", ")
	}
	return answers
}

// TestOddAnswers: what the crawl reads of an odd answer, what is read of a file with
// the same page, and what is read from the archive again are the same, whether bodies
// are kept decoded or as sent; and the archive has the odd head as it was.
func TestOddAnswers(t *testing.T) {
	answers := oddAnswers(t)
	for _, asSent := range []bool{false, true} {
		t.Run(fmt.Sprintf("as sent %v", asSent), func(t *testing.T) { crawlOddAnswers(t, answers, asSent) })
	}
}

// serveOdd serves the answers under their numbers and counts the requests.
func serveOdd(t *testing.T, answers []oddAnswer, asked []int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var i int
		if _, err := fmt.Sscanf(r.URL.Path, "/%d.html", &i); err != nil || i >= len(answers) {
			http.NotFound(w, r)
			return
		}
		asked[i]++
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprintf(conn, "%s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", strings.Join(answers[i].head, "\r\n"), len(answers[i].body), answers[i].body)
	}
}

func crawlOddAnswers(t *testing.T, answers []oddAnswer, asSent bool) {
	asked := make([]int, len(answers))
	server := httptest.NewServer(serveOdd(t, answers, asked))
	defer server.Close()
	ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	run := &Run{Archive: ar, Name: strings.TrimPrefix(server.URL, "http://"), Scope: "page",
		Settings: Settings{DelaySet: true, PerHost: 4, Assets: "none", Software: "newsmorgue/test", AsSent: asSent}}
	for i := range answers {
		run.Seeds = append(run.Seeds, fmt.Sprintf("%s/%d.html", server.URL, i))
	}
	if _, err := run.Do(context.Background()); err != nil {
		t.Fatal(err)
	}
	cat, err := catalog.Open(context.Background(), ar)
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	for i, a := range answers {
		t.Run(a.name, func(t *testing.T) {
			if a.truncated != "" {
				// It is read, but a whole answer would be preferred to it.
			} else if crawled := comparePaths(t, cat, run.Seeds[i], servedPage{a.contentType, a.page}); crawled == "" {
				t.Error("it has no article")
			}
			if asked[i] != 1 {
				t.Errorf("it was asked for %d times", asked[i])
			}
			rec, read := recordsOf(t, ar, run.Seeds[i])
			if rec == nil || !read {
				t.Fatalf("got record %v, read %v", rec, read)
			}
			if rec.HTTP.Status() != 200 || rec.Get("WARC-Truncated") != a.truncated || !strings.HasSuffix(rec.Get("Newsmorgue-Wire"), a.wire) {
				t.Errorf("got status %d, truncated %q, wire %q", rec.HTTP.Status(), rec.Get("WARC-Truncated"), rec.Get("Newsmorgue-Wire"))
			}
			if body := Body(rec); !bytes.Equal(body, a.page) && (a.truncated == "" || len(body) < 200 || !bytes.HasPrefix(a.page, body)) {
				t.Errorf("got %d bytes, want %d", len(Body(rec)), len(a.page))
			}
			if asSent && !bytes.Equal(rec.Payload, a.body) {
				t.Errorf("got %d bytes as sent, want %d", len(rec.Payload), len(a.body))
			}
			block := rec.Block()
			for _, line := range a.block {
				if asSent && strings.HasPrefix(line, "X-Archive-Orig-") {
					continue // renamed only if it is not true any more
				}
				if !bytes.Contains(block, []byte("\n"+line+"\r\n")) && !bytes.HasPrefix(block, []byte(line+"\r\n")) {
					t.Errorf("the record lacks %q: %.300q", line, block)
				}
			}
			if bytes.Contains(block, []byte("hush")) {
				t.Errorf("a secret is in the record: %.300q", block)
			}
		})
	}
	v, err := ar.Verify(context.Background(), archive.VerifyOptions{})
	if err != nil || len(v.Damage) > 0 {
		t.Errorf("verify: %v, %v", v, err)
	}
}

// recordsOf finds the response of a URL, and whether it was read.
func recordsOf(t *testing.T, ar *archive.Archive, url string) (response *archive.Record, read bool) {
	t.Helper()
	for e, err := range ar.Select(context.Background(), func(c archive.Capture) bool { return c.URL == url }) {
		if err != nil {
			t.Fatal(err)
		}
		switch e.Record.Type() {
		case "response":
			response = e.Record
		case "conversion":
			read = true
		}
	}
	return response, read
}
