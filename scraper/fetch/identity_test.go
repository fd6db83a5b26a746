package fetch_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
)

func ask(t *testing.T, o fetch.Options, raw string) (*scraper.Response, error) {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	o.AllowHosts = append(o.AllowHosts, u.Hostname())
	f := fetch.New(o)
	defer f.Close()
	return f.Fetch(context.Background(), &scraper.Request{URL: u})
}

// TestSecretsAreSentAndNeverKept: header fields go to the seeds' sites only,
// cookies where they belong, and neither into a record.
func TestSecretsAreSentAndNeverKept(t *testing.T) {
	var seen http.Header
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen = r.Header.Clone() }))
	defer srv.Close()
	jar, err := fetch.ReadCookies(strings.NewReader("# Netscape HTTP Cookie File\n\n127.0.0.1\tFALSE\t/\tFALSE\t0\tsid\ttop-secret\n" +
		"#HttpOnly_127.0.0.1\tFALSE\t/members\tFALSE\t0\tdeep\tno\n127.0.0.1\tFALSE\t/\tFALSE\t1\told\tno\nother.example\tFALSE\t/\tFALSE\t0\tx\tno\n"))
	if err != nil {
		t.Fatal(err)
	}
	own := strings.TrimPrefix(srv.URL, "http://")
	for _, sites := range [][]string{{own}, {"elsewhere.example"}} {
		resp, err := ask(t, fetch.Options{Header: http.Header{"X-Reader-Key": {"key-of-mine"}, "Authorization": {"Bearer b"}}, Sites: sites, Cookies: jar}, srv.URL+"/x")
		if err != nil {
			t.Fatal(err)
		}
		want := ""
		if sites[0] == own {
			want = "key-of-mine"
		}
		if got := seen.Get("X-Reader-Key"); got != want {
			t.Errorf("sites %v: got key %q, want %q", sites, got, want)
		}
		if got := seen.Get("Cookie"); got != "sid=top-secret" {
			t.Errorf("got cookie %q", got)
		}
		kept := resp.Exchanges[0].Request
		for _, secret := range []string{"key-of-mine", "Bearer", "top-secret"} {
			if bytes.Contains(kept, []byte(secret)) {
				t.Errorf("%s is in the record: %s", secret, kept)
			}
		}
		if want != "" && !bytes.Contains(kept, []byte("X-Reader-Key: [removed]")) {
			t.Errorf("the record does not say that a field was sent: %s", kept)
		}
	}
	for _, bad := range []string{"no tabs", "a\tb\tc\td\tnot a time\tf\tg"} {
		if _, err := fetch.ReadCookies(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was read", bad)
		}
	}
}

// TestAsSent: the body is there decoded, to be read, and as it came, to be kept.
func TestAsSent(t *testing.T) {
	var packed bytes.Buffer
	zw := gzip.NewWriter(&packed)
	if _, err := io.WriteString(zw, "<p>hello</p>"); err != nil {
		t.Fatal(err)
	}
	zw.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(packed.Bytes())
	}))
	defer srv.Close()
	resp, err := ask(t, fetch.Options{AsSent: true}, srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	if string(resp.Body) != "<p>hello</p>" || !bytes.Equal(resp.AsSent, packed.Bytes()) {
		t.Errorf("got body %q and %d bytes as sent, want %d", resp.Body, len(resp.AsSent), packed.Len())
	}
}

// TestTLSAccept: a certificate nobody vouches for is an error, unless the user
// accepts it, and then the answer says so.
func TestTLSAccept(t *testing.T) {
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	defer srv.Close()
	srv.Config.ErrorLog = nil
	_, err := ask(t, fetch.Options{}, srv.URL)
	var why *fetch.Error
	if !errors.As(err, &why) || why.Reason() != "TLS certificate is self-signed" {
		t.Errorf("got %v, want a TLS error", err)
	}
	resp, err := ask(t, fetch.Options{TLSAccept: []string{"127.0.0.1"}}, srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	if resp.Exchanges[0].Unverified == "" {
		t.Error("the answer does not say that nobody vouches for it")
	}
}

// TestProxies: plain and TLS requests through an HTTP proxy and SOCKS5, recorded
// inside the tunnel; private literals stay refused.
func TestProxies(t *testing.T) {
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, "page of "+r.Host) })
	plain, secure := httptest.NewServer(page), httptest.NewTLSServer(page)
	defer plain.Close()
	defer secure.Close()
	var used atomic.Int32
	forward := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		used.Add(1)
		if user, _, ok := proxyAuth(r); !ok || user != "ann" {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		if r.Method != http.MethodConnect {
			resp, err := http.Get(r.URL.String())
			if err != nil {
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			defer resp.Body.Close()
			_, _ = io.Copy(w, resp.Body)
			return
		}
		to, err := net.Dial("tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		w.WriteHeader(http.StatusOK)
		from, early, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		// The client may have sent its first bytes already.
		first, err := early.Reader.Peek(early.Reader.Buffered())
		if err != nil {
			return
		}
		if _, err := to.Write(first); err != nil {
			return
		}
		join(from, to)
	}))
	defer forward.Close()
	socks, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer socks.Close()
	go socks5(socks, &used)
	for _, p := range []string{"http://ann:pw@" + strings.TrimPrefix(forward.URL, "http://"), "socks5://" + socks.Addr().String()} {
		u, err := url.Parse(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range []string{plain.URL + "/x", secure.URL + "/x"} {
			before := used.Load()
			resp, err := ask(t, fetch.Options{Proxy: u, TLSAccept: []string{"127.0.0.1"}}, target)
			if err != nil {
				t.Errorf("%s by %s: %v", target, u.Scheme, err)
				continue
			}
			x := resp.Exchanges[0]
			if used.Load() == before || !strings.HasPrefix(string(resp.Body), "page of 127.0.0.1") || !bytes.HasPrefix(x.Request, []byte("GET ")) || x.RemoteAddr != "" {
				t.Errorf("%s by %s: used %d times, body %q, request %q, address %q", target, u.Scheme, used.Load()-before, resp.Body, x.Request, x.RemoteAddr)
			}
			if bytes.Contains(x.Request, []byte("YW5u")) {
				t.Errorf("the proxy's password is in the record: %s", x.Request)
			}
		}
		private, err := url.Parse(plain.URL)
		if err != nil {
			t.Fatal(err)
		}
		f := fetch.New(fetch.Options{Proxy: u})
		if _, err := f.Fetch(context.Background(), &scraper.Request{URL: private}); !errors.Is(err, scraper.ErrRefused) {
			t.Errorf("a private address by %s: got %v, want it refused", u.Scheme, err)
		}
		f.Close()
	}
}

func proxyAuth(r *http.Request) (user, password string, ok bool) {
	fake := &http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	return fake.BasicAuth()
}

func join(a, b net.Conn) {
	go func() { _, _ = io.Copy(a, b); a.Close() }()
	_, _ = io.Copy(b, a)
	b.Close()
}

// socks5 is a server of RFC 1928 that asks for no name and knows CONNECT.
func socks5(l net.Listener, used *atomic.Int32) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			used.Add(1)
			head := make([]byte, 3)
			if _, err := io.ReadFull(c, head); err != nil {
				return
			}
			_, _ = c.Write([]byte{5, 0})
			req := make([]byte, 10) // version, command, 0, IPv4, address, port
			if _, err := io.ReadFull(c, req); err != nil {
				return
			}
			to, err := net.DialTCP("tcp", nil, &net.TCPAddr{IP: net.IP(req[4:8]), Port: int(binary.BigEndian.Uint16(req[8:]))})
			if err != nil {
				return
			}
			_, _ = c.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
			join(c, to)
		}()
	}
}
