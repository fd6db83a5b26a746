package s3store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// errHostile is what no further request would make better.
var errHostile = errors.New("the server does not answer as S3 does")

// maxPage bounds the answer to a list request, in bytes: 1,000 names with all that is said
// of them take less.
const maxPage = 16 << 20

// expectSize is from which size on a body is sent only after the server has seen the
// headers: it may say by these that the object exists.
const expectSize = 256 << 10

// A transport bounds what servers may do.
type transport struct{ *http.Transport }

func newTransport(stall time.Duration) http.RoundTripper {
	dialer := &net.Dialer{Timeout: min(stall, 10*time.Second), KeepAlive: 30 * time.Second}
	return transport{&http.Transport{
		Proxy: http.ProxyFromEnvironment,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			return stallConn{c, stall}, nil
		},
		ForceAttemptHTTP2:      false, // one slow body would stop the others on its connection
		MaxIdleConns:           64,
		MaxIdleConnsPerHost:    32,
		IdleConnTimeout:        min(stall, 30*time.Second),
		TLSHandshakeTimeout:    min(stall, 10*time.Second),
		ExpectContinueTimeout:  2 * time.Second,
		MaxResponseHeaderBytes: 64 << 10,
		DisableCompression:     true, // ranges are of the bytes as stored
	}}
}

type pageKey struct{}

// A pageCount bounds the list requests that are answered without an object.
type pageCount struct {
	mu   sync.Mutex
	left int
}

func (p *pageCount) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left = maxEmptyPages
}

func (p *pageCount) take() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left--
	return p.left >= 0
}

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(req *http.Request) (*http.Response, error) {
	pages, isList := req.Context().Value(pageKey{}).(*pageCount)
	if isList && !pages.take() {
		return nil, fmt.Errorf("%w: %d pages of a list without an object", errHostile, maxEmptyPages)
	}
	if req.ContentLength >= expectSize {
		req = req.Clone(req.Context())
		req.Header.Set("Expect", "100-continue")
	}
	resp, err := t.Transport.RoundTrip(req)
	if err == nil && isList {
		resp.Body = &boundedBody{resp.Body, maxPage}
	}
	return resp, err
}

// A boundedBody fails where it gets too long.
type boundedBody struct {
	io.ReadCloser
	left int64
}

func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, fmt.Errorf("%w: a page of a list is over %d bytes", errHostile, int64(maxPage))
	}
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// A stallConn fails when nothing was read or written for a time, however long a body takes.
type stallConn struct {
	net.Conn
	stall time.Duration
}

// Each deadline is that of both directions: while a request is written, a read waits for
// its answer.
func (c stallConn) Read(p []byte) (int, error) {
	c.SetDeadline(time.Now().Add(c.stall))
	return c.Conn.Read(p)
}

func (c stallConn) Write(p []byte) (int, error) {
	c.SetDeadline(time.Now().Add(c.stall))
	return c.Conn.Write(p)
}

// A lentBody is a body that its owner takes back after a request.
type lentBody struct {
	mu   sync.Mutex
	r    io.Reader // nil after that
	fail error     // of the body, other than its end
}

func (b *lentBody) Read(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.r == nil {
		return 0, errors.New("the request has ended")
	}
	n, err := b.r.Read(p)
	if err != nil && err != io.EOF {
		b.fail = err
	}
	return n, err
}

// takeBack ends the use of the body. It returns the error of the body itself.
func (b *lentBody) takeBack() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.r = nil
	return b.fail
}
