package fetch

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// certified makes a certificate; by is its issuer, itself if nil.
func certified(t *testing.T, of x509.Certificate, by *tls.Certificate) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of.SerialNumber = big.NewInt(1)
	if of.NotBefore.IsZero() {
		of.NotBefore = time.Now().Add(-time.Hour)
	}
	if of.NotAfter.IsZero() {
		of.NotAfter = time.Now().Add(time.Hour)
	}
	issuer, signer := &of, any(key)
	if by != nil {
		issuer, signer = by.Leaf, by.PrivateKey
	}
	der, err := x509.CreateCertificate(rand.Reader, &of, issuer, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}
}

// TestTLSReasons: what is wrong with a connection is said in words.
func TestTLSReasons(t *testing.T) {
	local := []net.IP{net.IPv4(127, 0, 0, 1)}
	root := certified(t, x509.Certificate{Subject: pkix.Name{CommonName: "An authority"}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, nil)
	secure := func(config *tls.Config) string {
		srv := httptest.NewUnstartedServer(http.NotFoundHandler())
		srv.Config.ErrorLog = log.New(io.Discard, "", 0)
		srv.TLS = config
		srv.StartTLS()
		t.Cleanup(srv.Close)
		return srv.Listener.Addr().String()
	}
	with := func(c tls.Certificate) string { return secure(&tls.Config{Certificates: []tls.Certificate{c}}) }
	bannered := func(banner string) string {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		go func() {
			for {
				c, err := l.Accept()
				if err != nil {
					return
				}
				_, _ = io.WriteString(c, banner)
				c.Close()
			}
		}()
		return l.Addr().String()
	}
	plain := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(plain.Close)

	expiry := time.Date(2024, 5, 6, 12, 0, 0, 0, time.UTC)
	good := certified(t, x509.Certificate{IPAddresses: local, Subject: pkix.Name{CommonName: "site"}}, &root)
	tests := []struct{ name, addr, want string }{
		{"expired", with(certified(t, x509.Certificate{IPAddresses: local, NotBefore: expiry.AddDate(-1, 0, 0), NotAfter: expiry, Subject: pkix.Name{CommonName: "site"}}, &root)), "TLS certificate expired on 2024-05-06"},
		{"self-signed", with(certified(t, x509.Certificate{IPAddresses: local, Subject: pkix.Name{CommonName: "me"}}, nil)), "TLS certificate is self-signed"},
		{"unknown authority", with(good), "TLS certificate is of an unknown authority"},
		{"another name", with(certified(t, x509.Certificate{DNSNames: []string{"a.example", "b.example", "c.example"}, IPAddresses: []net.IP{net.IPv4(192, 0, 2, 1)}}, &root)), "TLS certificate is for another name: a.example, b.example, …"},
		{"plain HTTP", plain.Listener.Addr().String(), ReasonNotTLS},
		{"another protocol", bannered("SSH-2.0-server\r\n"), "no TLS: the server does not speak it on this port"},
		{"an old version", secure(&tls.Config{Certificates: []tls.Certificate{good}, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}), "TLS version too old: the server has none from 1.2 on"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			u := &url.URL{Scheme: "https", Host: test.addr, Path: "/"}
			f := New(Options{AllowHosts: []string{"127.0.0.1"}})
			defer f.Close()
			_, err := f.Fetch(context.Background(), &scraper.Request{URL: u})
			var why *Error
			if !errors.As(err, &why) || why.Reason() != test.want {
				t.Errorf("got %v, want the reason %q", err, test.want)
			}
			if !errors.Is(err, scraper.ErrTLS) || errors.Is(err, scraper.ErrNoHost) {
				t.Errorf("%v is not ErrTLS", err)
			}
			accepting := New(Options{AllowHosts: []string{"127.0.0.1"}, TLSAccept: []string{"127.0.0.1"}})
			defer accepting.Close()
			_, err = accepting.Fetch(context.Background(), &scraper.Request{URL: u})
			if answered, certificate := err == nil, strings.HasPrefix(test.want, "TLS certificate"); answered != certificate {
				t.Errorf("with TLSAccept: %v; only certificates can be accepted", err)
			}
			// Reach leaves certificates to the crawl.
			if err := f.Reach(context.Background(), u); (err == nil) != strings.HasPrefix(test.want, "TLS certificate") {
				t.Errorf("Reach: %v", err)
			}
		})
	}
}

// TestCertificateNamesAreBounded: names come from the server.
// TestNoHandshake: a server that has no TLS may also stay silent, or close the
// connection.
func TestNoHandshake(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want string
	}{
		{fmt.Errorf("tls: %w", context.DeadlineExceeded), "TLS failed: no answer to the handshake in time"},
		{fmt.Errorf("tls: %w", io.EOF), "TLS failed: no answer to the handshake: the server closed the connection"},
		{fmt.Errorf("tls: %w", errors.New("tls: internal error")), "TLS failed"},
		{context.DeadlineExceeded, ""},
		{io.EOF, ""},
	} {
		if got := tlsReason(tt.err); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.err, got, tt.want)
		}
	}
}

func TestCertificateNamesAreBounded(t *testing.T) {
	cert := &x509.Certificate{DNSNames: []string{"evil\x1b[31m.example", strings.Repeat("a", 300), "c"}}
	got := certificateNames(cert)
	if len(got) > 200 || strings.Contains(got, "\x1b") || !strings.HasPrefix(got, "evil[31m.example, aaa") {
		t.Errorf("got %q", got)
	}
	if cert.DNSNames[0] != "evil\x1b[31m.example" {
		t.Error("the certificate was changed")
	}
}

// TestNoHost: only a name that does not exist is ErrNoHost.
func TestNoHost(t *testing.T) {
	for _, test := range []struct {
		err    net.DNSError
		reason string
		noHost bool
	}{
		{net.DNSError{Err: "no such host", IsNotFound: true}, "host name not found", true},
		{net.DNSError{Err: "i/o timeout", IsTimeout: true}, "host name not resolved", false},
		{net.DNSError{Err: "server misbehaving", IsTemporary: true}, "host name not resolved", false},
	} {
		var got *Error
		if err := classify(&test.err); !errors.As(err, &got) || got.Reason() != test.reason || errors.Is(err, scraper.ErrNoHost) != test.noHost {
			t.Errorf("%s: got %v, no host %t", test.err.Err, err, errors.Is(err, scraper.ErrNoHost))
		}
	}
}

// TestAsciiHost: a name in another script exists under its punycode.
func TestAsciiHost(t *testing.T) {
	for in, want := range map[string]string{"Example.org": "example.org", "bücher.example": "xn--bcher-kva.example", "127.0.0.1": "127.0.0.1"} {
		if got, err := asciiHost(in); err != nil || got != want {
			t.Errorf("%s: got %q, %v, want %q", in, got, err, want)
		}
	}
}

// TestReach connects and sends no request.
func TestReach(t *testing.T) {
	asked := 0
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked++ }))
	f := New(Options{AllowHosts: []string{"127.0.0.1"}})
	defer f.Close()
	u := &url.URL{Scheme: "http", Host: srv.Listener.Addr().String(), Path: "/"}
	if err := f.Reach(context.Background(), u); err != nil || asked != 0 {
		t.Errorf("got %v, %d requests", err, asked)
	}
	srv.Close()
	var why *Error
	if err := f.Reach(context.Background(), u); !errors.As(err, &why) || why.Reason() != "connection refused" {
		t.Errorf("a closed port: got %v", err)
	}
	if err := f.Resolve(context.Background(), "127.0.0.1"); err != nil {
		t.Errorf("an address needs no lookup: %v", err)
	}
}

// TestReceivedIsReported: whoever watches a slow body learns how much has come.
func TestReceivedIsReported(t *testing.T) {
	s := &stallReader{r: io.MultiReader(strings.NewReader("12345"), strings.NewReader("678")), limit: time.Minute, cancel: func(error) {}}
	var got []int64
	s.received = func(n int64) { got = append(got, n) }
	if _, err := io.ReadAll(s); err != nil {
		t.Fatal(err)
	}
	// shown is zero: the first bytes are reported, the next only a second later.
	if len(got) != 1 || got[0] != 5 || s.n != 8 {
		t.Errorf("got %v of %d bytes", got, s.n)
	}
}
