package fetch_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
)

// rawServer answers every request of every connection with the same bytes, a few at a
// time, and counts the connections. end says that the answer ends with the connection.
func rawServer(t *testing.T, config *tls.Config, answer string, end bool) (addr string, conns *atomic.Int32) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	conns = new(atomic.Int32)
	var wg sync.WaitGroup
	t.Cleanup(func() { l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			conns.Add(1)
			wg.Go(func() {
				defer c.Close()
				br := bufio.NewReader(c)
				for {
					if _, err := http.ReadRequest(br); err != nil {
						return
					}
					for part := answer; part != ""; {
						n := min(len(part), 50)
						if _, err := io.WriteString(c, part[:n]); err != nil {
							return
						}
						part = part[n:]
					}
					if end {
						return
					}
				}
			})
		}
	})
	return l.Addr().String(), conns
}

// TestOddAnswers: what browsers show is there, with the head as it was sent, over
// plain connections, TLS and a proxy; and after an odd head or odd framing the
// connection is not used again.
func TestOddAnswers(t *testing.T) {
	const page = "<p>hello</p>"
	length := "Content-Length: " + strconv.Itoa(len(page)) + "\r\n"
	tests := []struct {
		name, head, body string
		end, kept        bool // the connection, by the server; by us
	}{
		{"plain", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + length + "\r\n", page, false, true},
		{"plain, chunked", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n", "3;x\r\n<p>\r\n9\r\nhello</p>\r\n0\r\n\r\n", false, true},
		{"no colon", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nno colon\r\n" + length + "\r\n", page, false, false},
		{"no colon, to the end", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nno colon\r\n\r\n", page, true, false},
		{"no colon, chunked", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nno colon\r\nTransfer-Encoding: chunked\r\n\r\n", "c\r\n" + page + "\r\n0\r\n\r\n", false, false},
		{"spaces before colons", "HTTP/1.1 200 OK\r\nContent-Type : text/html\r\nContent-Length : 12\r\n\r\n", page, false, false},
		{"a status line of its own kind", "http/1.0 200OK\nContent-Type: text/html\n\n", page, true, false},
		{"length that is no number", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: many\r\n\r\n", page, true, false},
		{"odd chunks", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n", "c ;x\n" + page + "\n0\n\n", false, false},
		{"nothing after the last chunk", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n", "c\r\n" + page + "\r\n0\r\n", true, false},
	}
	cert := httptest.NewUnstartedServer(nil)
	cert.StartTLS()
	defer cert.Close()
	config := &tls.Config{Certificates: cert.TLS.Certificates}
	used := new(atomic.Int32)
	socks, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer socks.Close()
	go socks5(socks, used)
	for _, tt := range tests {
		for _, way := range []string{"http", "https", "socks5"} {
			t.Run(tt.name+" by "+way, func(t *testing.T) {
				o := fetch.Options{TLSAccept: []string{"127.0.0.1"}}
				scheme, serve := "http", (*tls.Config)(nil)
				switch way {
				case "https":
					scheme, serve = "https", config
				case "socks5":
					o.Proxy = &url.URL{Scheme: "socks5", Host: socks.Addr().String()}
				}
				addr, conns := rawServer(t, serve, tt.head+tt.body, tt.end)
				f := local(o)
				defer f.Close()
				for range 2 {
					r, err := get(t, f, scheme+"://"+addr+"/")
					if err != nil {
						t.Fatal(err)
					}
					x := r.Exchanges[0]
					if string(r.Body) != page || r.Truncated != "" || r.Status != 200 || r.Header.Get("Content-Type") != "text/html" || !r.IsHTML() {
						t.Errorf("got %d %q, truncated %q, header %q", r.Status, r.Body, r.Truncated, r.Header)
					}
					if string(x.Head()) != tt.head || x.WireLength != int64(len(tt.body)) {
						t.Errorf("recorded %q and %d bytes", x.Head(), x.WireLength)
					}
				}
				want := int32(2)
				if tt.kept {
					want = 1
				}
				if got := conns.Load(); got != want {
					t.Errorf("%d connections for two requests, want %d", got, want)
				}
			})
		}
	}
}

// TestUnreadableHeaders: the reason names the header.
func TestUnreadableHeaders(t *testing.T) {
	tests := []struct{ answer, want string }{
		{"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "invalid response header"},
		{"HTTP/1.1 200 OK\r\nX: " + strings.Repeat("long ", 100_000) + "\r\n\r\n", "response header too long"},
		{"HTTP/1.1 200 OK\r\n" + strings.Repeat("X: long\r\n", 100_000), "response header too long"},
		{"HTTP/1.1 OK\r\n\r\n", "answer is not HTTP"},
		{"HTTP/1.1 abc OK\r\n\r\n", "answer is not HTTP"},
		{"ICY 200 OK\r\n\r\n", "answer is not HTTP"},
		{"<html><p>a page without a head", "answer is not HTTP"},
		{"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", "connection closed"},
		{"HTTP/1.1 200 OK\r\nno colon\r\n", "invalid response header"},
	}
	f := local(fetch.Options{HeaderTimeout: 20 * time.Second})
	defer f.Close()
	for _, tt := range tests {
		addr, _ := rawServer(t, nil, tt.answer, true)
		_, err := get(t, f, "http://"+addr+"/")
		var classed interface{ Reason() string }
		if !errors.As(err, &classed) || classed.Reason() != tt.want {
			t.Errorf("%.60q: got %.200v, want %q", tt.answer, err, tt.want)
		}
	}
}

// TestBytesOfLocation: whatever encoding they are in.
func TestBytesOfLocation(t *testing.T) {
	for _, location := range []string{"/caf\xe9", "/caf\u00e9", "/a b\\c", "/\xff\xfe"} {
		for _, odd := range []string{"", "no colon\r\n"} {
			addr, _ := rawServer(t, nil, "HTTP/1.1 301 Moved\r\n"+odd+"Location: "+location+"\r\nContent-Length: 0\r\n\r\n", false)
			f := local(fetch.Options{})
			r, err := get(t, f, "http://"+addr+"/")
			if err != nil || r.Header.Get("Location") != location {
				t.Errorf("%q: got %v, %v", location, r, err)
			}
			f.Close()
		}
	}
}

// TestOddCodings: an answer says why its body is not whole only if it is not, and what
// was wrong with its coding.
func TestOddCodings(t *testing.T) {
	page := newsPage()
	gz := encode(t, "gzip", page)
	head := func(fields ...string) string {
		return "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + strings.Join(append(fields, "\r\n"), "\r\n")
	}
	sized := func(n int) string { return "Content-Length: " + strconv.Itoa(n) }
	const coded = "Content-Encoding: gzip"
	tests := []struct {
		name, head      string
		body            []byte
		truncated, flaw string
		whole           bool
	}{
		{"as it should be", head(coded, sized(len(gz))), gz, "", "", true},
		{"without its trailer", head(coded, sized(len(gz)-8)), gz[:len(gz)-8], "", "trailer", true},
		{"without its trailer, to the end", head(coded), gz[:len(gz)-8], "", "trailer", true},
		{"cut by the server", head(coded, sized(len(gz)/2)), gz[:len(gz)/2], "unspecified", "incomplete", false},
		{"cut by the server, in chunks", head(coded, "Transfer-Encoding: chunked"),
			[]byte(strconv.FormatInt(int64(len(gz)/2), 16) + "\r\n" + string(gz[:len(gz)/2]) + "\r\n0\r\n\r\n"), "unspecified", "incomplete", false},
		{"cut with the connection", head(coded), gz[:len(gz)/2], "disconnect", "incomplete", false},
		{"cut by the connection", head(coded, sized(len(gz))), gz[:len(gz)/2], "disconnect", "", false},
		{"the length of the text", head(coded, sized(len(page))), gz, "", "length", true},
		{"no last chunk", head(coded, "Transfer-Encoding: chunked"), []byte(strconv.FormatInt(int64(len(gz)), 16) + "\r\n" + string(gz) + "\r\n"), "", "length", true},
		{"no last chunk of a text", head("Transfer-Encoding: chunked"), []byte(strconv.FormatInt(int64(len(page)), 16) + "\r\n" + string(page) + "\r\n"), "disconnect", "", true},
		{"announced by two fields", head(coded, coded, sized(len(gz))), gz, "", "uncoded", true},
		{"a transfer coding", head("Transfer-Encoding: gzip, chunked"), []byte(strconv.FormatInt(int64(len(gz)), 16) + "\r\n" + string(gz) + "\r\n0\r\n\r\n"), "", "undeclared", true},
		{"no coding", head(coded, sized(len(page))), page, "", "uncoded", true},
	}
	for _, tt := range tests {
		addr, _ := rawServer(t, nil, tt.head+string(tt.body), true)
		f := local(fetch.Options{AsSent: true})
		r, err := get(t, f, "http://"+addr+"/")
		f.Close()
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if whole := bytes.Equal(r.Body, page); whole != tt.whole || !whole && (len(r.Body) < 1000 || !bytes.HasPrefix(page, r.Body)) {
			t.Errorf("%s: got %d bytes of %d", tt.name, len(r.Body), len(page))
		}
		if r.Truncated != tt.truncated || r.CodingFlaw != tt.flaw || r.Header.Get("Content-Encoding") != "" {
			t.Errorf("%s: got truncated %q, flaw %q, header %q", tt.name, r.Truncated, r.CodingFlaw, r.Header)
		}
		if coded := bytes.Contains(tt.body, gz[:20]); coded != (r.AsSent != nil) || coded && !isGzip(r.AsSent) {
			t.Errorf("%s: got %d bytes as sent", tt.name, len(r.AsSent))
		}
	}
}

func isGzip(b []byte) bool {
	_, err := gzip.NewReader(bytes.NewReader(b))
	return err == nil
}

// TestContentTypes: all fields count, and where they say nothing valid, the bytes
// decide by the rule that is given.
func TestContentTypes(t *testing.T) {
	addr, _ := rawServer(t, nil, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\ncontent-type : text/html; charset=utf-8\r\nContent-Length: 2\r\n\r\nhi", false)
	f := fetch.New(fetch.Options{AllowHosts: []string{"127.0.0.1"}, DetectHTML: func(contentType string, _ []byte) bool {
		return contentType == "text/html, text/html; charset=utf-8"
	}})
	defer f.Close()
	r, err := f.Fetch(t.Context(), &scraper.Request{URL: mustParse(t, "http://"+addr+"/"), Kind: scraper.KindPage})
	if err != nil || !r.IsHTML() {
		t.Errorf("got %v, %v", r, err)
	}
}
