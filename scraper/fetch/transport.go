package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
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
	base  *http.Transport
	calls calls
}

func newRecorder(o Options) *recorder {
	r := &recorder{Options: o}
	r.base = &http.Transport{
		DialContext:            r.dial,
		DialTLSContext:         r.dialTLS,
		DisableCompression:     true, // codings are asked for and undone here, so that their bytes are seen
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    o.PerHost,
		IdleConnTimeout:        90 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
		// Without a TLS connection that offers it, and without this map, there is
		// no HTTP/2: its frames could not be kept as they are.
		TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{},
	}
	if o.Proxy != nil && strings.HasPrefix(o.Proxy.Scheme, "http") {
		// Plain requests go to the proxy in absolute form; TLS tunnels through it
		// are dialled by ourselves, so that the recording stands inside them.
		r.base.Proxy = func(req *http.Request) (*url.URL, error) {
			if req.URL.Scheme == "https" {
				return nil, nil
			}
			return o.Proxy, r.guardLiteral(req.URL.Host)
		}
	}
	return r
}

func (r *recorder) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	conn, err := r.connect(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return &conn1{Conn: conn, protocol: []string{"http/1.1"}}, nil
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
	return &conn1{Conn: tc, protocol: []string{"http/1.1", version}, unverified: unverified}, nil
}

// RoundTrip sends the request of a call and reads its whole answer, bounded.
// What it returns to colly is the header alone: the body is in the call.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	c, err := r.take(req.Header)
	if err != nil {
		return nil, err
	}
	res, err := r.exchange(c, req)
	if err != nil {
		c.err = err
		return nil, err
	}
	// Uncompressed keeps colly from undoing codings that are undone.
	return &http.Response{Status: res.Status, StatusCode: res.StatusCode, Proto: res.Proto, ProtoMajor: res.ProtoMajor, ProtoMinor: res.ProtoMinor,
		Header: res.Header, Body: http.NoBody, Uncompressed: true, Request: req}, nil
}

func (r *recorder) exchange(c *call, from *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(c.ctx)
	defer cancel(nil)
	timer := time.AfterFunc(r.HeaderTimeout+2*r.ConnectTimeout, func() { cancel(errHeaderTime) })
	defer timer.Stop()

	x := &scraper.Exchange{URL: c.req.URL, Start: time.Now()}
	tape := &tape{}
	defer tape.off()
	trace := &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		if conn, ok := info.Conn.(*conn1); ok {
			// Called again where a kept connection turned out to be dead.
			tape.on(conn)
			x.Protocol, x.Unverified = conn.protocol, conn.unverified
			if r.Proxy == nil { // the proxy's address says nothing of the host
				x.RemoteAddr = conn.RemoteAddr().String()
			}
		}
	}}
	req := from.Clone(httptrace.WithClientTrace(ctx, trace))
	req.Header = http.Header{}
	for name, values := range from.Header {
		if name != callHeader {
			req.Header[name] = values
		}
	}
	req.Header.Set("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
	req.Header.Set("Accept-Encoding", "gzip, br, zstd")
	if r.From != "" {
		req.Header.Set("From", r.From)
	}
	res, err := r.base.RoundTrip(req)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil && c.ctx.Err() == nil {
			err = cause
		}
		return nil, err
	}
	defer res.Body.Close()
	timer.Stop()
	b, err := r.readBody(ctx, cancel, res)
	if err != nil {
		return nil, err
	}
	head, sent, length, sum := tape.off()
	x.Elapsed = time.Since(x.Start)
	x.Request, x.Response, x.WireLength, x.WireSHA256 = redact(sent, r.Header), redact(head, nil), length, sum
	if len(x.Response) == 0 { // a connection of another kind; the header as net/http has it
		x.Response = plainHead(res)
	}
	header := res.Header
	if b.decoded {
		header = header.Clone()
		header.Del("Content-Encoding")
		header.Del("Content-Length")
	}
	c.resp = &scraper.Response{
		Request: c.req, URL: c.req.URL, Status: res.StatusCode, Header: header, Body: b.data,
		AsSent: b.sent, Truncated: b.truncated, Exchanges: []*scraper.Exchange{x}, Release: b.release, Decode: r.Decode, Flatten: r.Flatten,
	}
	return res, nil
}

func plainHead(res *http.Response) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %s\r\n", res.Status)
	_ = res.Header.Write(&b) // to memory
	b.WriteString("\r\n")
	return b.Bytes()
}

// body is what was read of an answer.
type body struct {
	data      []byte
	sent      []byte // with its content codings, if it had any and Options ask for it
	decoded   bool   // codings were undone
	truncated string // "length", "time", "disconnect" or ""
	release   func()
}

// readBody reads and decodes a body within the limits. An answer that stops
// early is an answer; an error means that there is no memory budget to be had
// before ctx ends.
func (r *recorder) readBody(ctx context.Context, cancel context.CancelCauseFunc, res *http.Response) (body, error) {
	var b body
	whole := time.AfterFunc(r.BodyTimeout, func() { cancel(errBodyTime) })
	defer whole.Stop()
	stall := &stallReader{r: res.Body, limit: r.StallTimeout, cancel: cancel}
	var buf bytes.Buffer
	large := int64(r.Budget.LargeBody())
	_, err := io.CopyN(&buf, stall, large)
	if err == nil {
		whole.Stop() // waiting for memory is not the server's fault
		if b.release, err = r.Budget.Large(ctx); err != nil {
			return b, err
		}
		whole.Reset(r.BodyTimeout)
		_, err = io.CopyN(&buf, stall, r.MaxBody+1-large)
	}
	switch {
	case err == nil:
		b.truncated = "length" // there is more than MaxBody
	case errors.Is(err, io.EOF):
	case errors.Is(context.Cause(ctx), errStalled), errors.Is(context.Cause(ctx), errBodyTime):
		b.truncated = "time"
	case ctx.Err() != nil:
		if b.release != nil {
			b.release()
		}
		return b, ctx.Err()
	default:
		b.truncated = "disconnect"
	}
	raw := buf.Bytes()
	data, cut, ok := DecodeContent(raw, res.Header.Get("Content-Encoding"), r.MaxBody, b.truncated != "")
	if !ok {
		b.data = raw[:min(int64(len(raw)), r.MaxBody)]
		return b, nil
	}
	if b.data, b.decoded = data, true; r.AsSent && res.Header.Get("Content-Encoding") != "" {
		b.sent = raw
	}
	if cut && b.truncated == "" {
		b.truncated = "length"
	}
	if int64(len(data)) > large && b.release == nil {
		// A small body that unpacks to a large one takes its turn now; the
		// decoder held no more than the limit.
		if b.release, err = r.Budget.Large(ctx); err != nil {
			return b, err
		}
	}
	return b, nil
}

// stallReader cancels a body that does not come.
type stallReader struct {
	r      io.Reader
	limit  time.Duration
	cancel context.CancelCauseFunc
	timer  *time.Timer
}

func (s *stallReader) Read(p []byte) (int, error) {
	if s.timer == nil {
		s.timer = time.AfterFunc(s.limit, func() { s.cancel(errStalled) })
	} else {
		s.timer.Reset(s.limit)
	}
	defer s.timer.Stop()
	return s.r.Read(p)
}
