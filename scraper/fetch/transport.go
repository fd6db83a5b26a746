package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// recorder is the transport under colly: HTTP/1.1 with keep-alive over
// connections that note what passes.
type recorder struct {
	Options
	base *http.Transport
}

func (r *recorder) newTransport() *http.Transport {
	t := &http.Transport{
		DialContext:            r.dial,
		DialTLSContext:         r.dialTLS,
		DisableCompression:     true, // codings are asked for and undone here, so that their bytes are seen
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    r.PerHost,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
		// Without a TLS connection that offers it, and without this map, there is
		// no HTTP/2: its frames could not be kept as they are.
		TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	if r.Proxy != nil && strings.HasPrefix(r.Proxy.Scheme, "http") {
		// Plain requests go to the proxy in absolute form; TLS tunnels through it
		// are dialled by ourselves, so that the recording stands inside them.
		t.Proxy = func(req *http.Request) (*url.URL, error) {
			if req.URL.Scheme == "https" {
				return nil, nil
			}
			return r.Proxy, r.guardLiteral(req.URL.Host)
		}
	}
	return t
}

func (r *recorder) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := r.connect(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return &recordedConn{Conn: conn, protocol: []string{"http/1.1"}}, nil
}

func (r *recorder) connect(ctx context.Context, network, addr string) (net.Conn, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	if r.Connect != nil {
		return r.Connect(ctx, network, addr)
	}
	d := net.Dialer{Timeout: r.ConnectTimeout}
	if r.Proxy != nil {
		return r.through(ctx, &d, network, addr)
	}
	if to, ok := r.Dial[strings.ToLower(host)]; ok {
		return d.DialContext(ctx, network, to)
	}
	if !slices.Contains(r.AllowHosts, strings.ToLower(host)) {
		d.Control = func(_, address string, _ syscall.RawConn) error { return guard(host, address) }
	}
	return d.DialContext(ctx, network, addr)
}

func (r *recorder) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := r.connect(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	host, _, _ := net.SplitHostPort(addr)
	config := &tls.Config{ServerName: host, NextProtos: []string{"http/1.1"}, MinVersion: tls.VersionTLS12}
	unverified := ""
	if slices.Contains(r.TLSAccept, strings.ToLower(host)) {
		config.InsecureSkipVerify = true
		config.VerifyConnection = func(s tls.ConnectionState) error {
			unverified = whyUnverified(s, host)
			return nil
		}
	}
	tc := tls.Client(conn, config)
	ctx, cancel := context.WithTimeout(ctx, r.ConnectTimeout)
	defer cancel()
	if err := tc.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, fmt.Errorf("tls: %w", err)
	}
	version := map[uint16]string{tls.VersionTLS12: "tls/1.2", tls.VersionTLS13: "tls/1.3"}[tc.ConnectionState().Version]
	return &recordedConn{Conn: tc, protocol: []string{"http/1.1", version}, unverified: unverified}, nil
}

// RoundTrip sends the request of a call and returns when the header of the answer
// is there. The body is received when colly reads it.
func (r *recorder) RoundTrip(from *http.Request) (*http.Response, error) {
	c, ok := from.Context().Value(callKey{}).(*call)
	if !ok {
		return nil, errors.New("request without a call")
	}
	a := &answer{recorder: r, call: c, x: &scraper.Exchange{URL: c.req.URL, Start: time.Now()}, tape: &tape{}}
	a.ctx, a.cancel = context.WithCancelCause(from.Context())
	if err := a.exchange(from); err != nil {
		a.end()
		return nil, err
	}
	c.answer = a
	// Uncompressed keeps colly from undoing codings that are undone.
	return &http.Response{Status: a.res.Status, StatusCode: a.res.StatusCode, Proto: a.res.Proto, ProtoMajor: a.res.ProtoMajor, ProtoMinor: a.res.ProtoMinor,
		Header: a.header, Body: a, ContentLength: -1, Uncompressed: true, Request: from}, nil
}
