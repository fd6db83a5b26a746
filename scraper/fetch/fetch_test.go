package fetch_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
)

// raw answers each connection's requests with bytes as they stand and returns
// its address. A nil answer ends the connection.
func raw(t *testing.T, answers ...string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	t.Cleanup(func() { l.Close(); wg.Wait() })
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				br := bufio.NewReader(c)
				for _, a := range answers {
					if _, err := http.ReadRequest(br); err != nil {
						return
					}
					if _, err := io.WriteString(c, a); err != nil {
						return
					}
				}
			})
		}
	})
	return "http://" + l.Addr().String()
}

func get(t *testing.T, f *fetch.Fetcher, raw string) (*scraper.Response, error) {
	t.Helper()
	return f.Fetch(t.Context(), &scraper.Request{URL: mustParse(t, raw)})
}

func mustParse(t testing.TB, raw string) *url.URL {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func local(o fetch.Options) *fetch.Fetcher {
	o.AllowHosts = []string{"127.0.0.1"}
	o.DetectHTML = func(contentType string, _ []byte) bool { return strings.HasPrefix(contentType, "text/html") }
	return fetch.New(o)
}

func TestHeaderIsAsOnTheWire(t *testing.T) {
	head := "HTTP/1.1 200 Fine By Me\r\nX-zebra: 1\r\nx-Alpha:  2 \r\nSET-COOKIE: sid=secret\r\nset-cookie: b=secret\r\nContent-type: text/html\r\nContent-Length: 5\r\n\r\n"
	first := "HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n" + head + "hello"
	second := "HTTP/1.1 404 Nope\r\nTransfer-Encoding: chunked\r\n\r\n5;ext=1\r\nworld\r\n0\r\n\r\n"
	base := raw(t, first, second)
	f := local(fetch.Options{UserAgent: "newsmorgue/test (+x)", From: "a@b.example"})
	defer f.Close()
	r, err := get(t, f, base+"/a")
	if err != nil {
		t.Fatal(err)
	}
	x := r.Exchanges[0]
	want := strings.NewReplacer("sid=secret", "[removed]", " b=secret", " [removed]").Replace(head)
	if got := string(x.Head()); got != want {
		t.Errorf("head: got %q, want %q", got, want)
	}
	if string(r.Body) != "hello" || x.WireLength != 5 || x.WireSHA256 != sha256.Sum256([]byte("hello")) {
		t.Errorf("body: got %q, wire %d", r.Body, x.WireLength)
	}
	req := string(x.Request)
	for _, line := range []string{"GET /a HTTP/1.1\r\n", "User-Agent: newsmorgue/test (+x)\r\n", "From: a@b.example\r\n", "Accept-Encoding: gzip, br, zstd\r\n"} {
		if !strings.Contains(req, line) {
			t.Errorf("request lacks %q: %q", line, req)
		}
	}
	if strings.Contains(req, "Newsmorgue-Call") {
		t.Errorf("an inner header went out: %q", req)
	}
	// The second answer comes over the same connection.
	r, err = get(t, f, base+"/b")
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != 404 || string(r.Body) != "world" || r.Exchanges[0].RemoteAddr != x.RemoteAddr || r.Exchanges[0].WireLength != int64(len("5;ext=1\r\nworld\r\n0\r\n\r\n")) {
		t.Errorf("got %d %q, wire %d", r.Status, r.Body, r.Exchanges[0].WireLength)
	}
	if strings.Contains(string(r.Exchanges[0].Request), "Cookie") {
		t.Error("a cookie was kept between requests")
	}
}

func pack(t *testing.T, coding string, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zstd":
		zw, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w = zw
	}
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBodies(t *testing.T) {
	long := bytes.Repeat([]byte("news "), 4<<20) // 20 MiB
	short := []byte("short body")
	zipped := pack(t, "gzip", short)
	answer := func(coding string, body []byte) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", coding)
			_, _ = w.Write(body)
		}
	}
	tests := []struct {
		name      string
		handler   http.HandlerFunc
		want      []byte
		truncated string
		coded     bool // the header still says so
	}{
		{"gzip", answer("gzip", zipped), short, "", false},
		{"zstd", answer("zstd", pack(t, "zstd", short)), short, "", false},
		{"twice", answer("gzip, gzip", pack(t, "gzip", zipped)), short, "", false},
		{"gzip bomb", answer("gzip", pack(t, "gzip", long)), long[:16<<20], "length", false},
		{"unknown coding", answer("snappy", short), short, "", true},
		{"broken gzip", answer("gzip", []byte("not gzip at all")), []byte("not gzip at all"), "", false},
		{"too many codings", answer("gzip,gzip,gzip,gzip", zipped), zipped, "", true},
		{"too long", answer("identity", long), long[:16<<20], "length", false},
		{"cut", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = w.Write(short)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}, short, "disconnect", false},
		{"empty", func(http.ResponseWriter, *http.Request) {}, nil, "", false},
		{"stalled", func(w http.ResponseWriter, r *http.Request) {
			_, _ = w.Write(short)
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, short, "time", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := httptest.NewServer(tt.handler)
			defer s.Close()
			f := local(fetch.Options{StallTimeout: 300 * time.Millisecond, Budget: scraper.NewBudget(1)})
			defer f.Close()
			r, err := get(t, f, s.URL)
			if err != nil {
				t.Fatal(err)
			}
			if r.Release != nil {
				defer r.Release()
			}
			if !bytes.Equal(r.Body, tt.want) || r.Truncated != tt.truncated {
				t.Errorf("got %d bytes, truncated %q, want %d, %q", len(r.Body), r.Truncated, len(tt.want), tt.truncated)
			}
			if coded := r.Header.Get("Content-Encoding") != ""; coded != tt.coded {
				t.Errorf("Content-Encoding %q", r.Header.Get("Content-Encoding"))
			}
		})
	}
}

func TestNoAnswer(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	secure := httptest.NewUnstartedServer(nil)
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	defer secure.Close()
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer silent.Close()
	tests := []struct{ name, url, want string }{
		{"nobody there", closed.URL, "connection refused"},
		{"an unknown certificate", secure.URL, "TLS certificate is self-signed"},
		{"no HTTP", raw(t, "SSH-2.0-OpenSSH\r\n"), "answer is not HTTP"},
		{"an early end", raw(t, ""), "connection closed"},
		{"no such name", "http://no-such-host.invalid/", "host name not"},
		{"silence", silent.URL, "timeout"},
	}
	f := local(fetch.Options{HeaderTimeout: 200 * time.Millisecond, ConnectTimeout: 2 * time.Second})
	defer f.Close()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := get(t, f, tt.url)
			var classed interface{ Reason() string }
			if !errors.As(err, &classed) || !strings.HasPrefix(classed.Reason(), tt.want) {
				t.Errorf("got %v, want reason %q", err, tt.want)
			}
		})
	}
}

func TestPrivateAddressesAreRefused(t *testing.T) {
	asked := false
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer s.Close()
	f := fetch.New(fetch.Options{})
	defer f.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254", "[fd00::1]"} {
		_, err := get(t, f, fmt.Sprintf("http://%s:%s/", host, port))
		if !errors.Is(err, scraper.ErrRefused) {
			t.Errorf("%s: got %v, want a refusal", host, err)
		}
	}
	if asked {
		t.Error("a private server was asked")
	}
}

func TestCollyEnvironmentChangesNothing(t *testing.T) {
	t.Setenv("COLLY_MAX_BODY_SIZE", "3")
	t.Setenv("COLLY_DISALLOWED_DOMAINS", "127.0.0.1")
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "whole") }))
	defer s.Close()
	f := local(fetch.Options{})
	defer f.Close()
	if r, err := get(t, f, s.URL); err != nil || string(r.Body) != "whole" {
		t.Errorf("got %v, %v", r, err)
	}
}

func TestCancel(t *testing.T) {
	started := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { close(started); <-r.Context().Done() }))
	defer s.Close()
	f := local(fetch.Options{})
	defer f.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-started; cancel() }()
	u, _ := url.Parse(s.URL)
	if _, err := f.Fetch(ctx, &scraper.Request{URL: u}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
