package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/web/guard"
)

// TestDeafClient: a client that asks and never reads the answers is left, also if it is
// one that has no password, or asks for another host.
func TestDeafClient(t *testing.T) {
	for name, request := range map[string]string{
		"the login":    "GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n",
		"another host": "GET / HTTP/1.1\r\nHost: other.example\r\n\r\n",
	} {
		srv := boundedServer((&guard.Guard{Password: "clippings"}).Wrap(http.NotFoundHandler()))
		if srv.WriteTimeout <= 0 || srv.WriteTimeout > writeTime || srv.ReadTimeout <= 0 || srv.IdleTimeout <= 0 {
			t.Fatalf("got %v, %v, %v", srv.ReadTimeout, srv.WriteTimeout, srv.IdleTimeout)
		}
		srv.WriteTimeout = 100 * time.Millisecond
		client, server := net.Pipe()
		l := &oneConn{conn: server, closed: make(chan struct{})}
		left := make(chan struct{})
		srv.ConnState = func(_ net.Conn, s http.ConnState) {
			if s == http.StateClosed {
				close(left)
			}
		}
		go func() { _ = srv.Serve(l) }()
		go func() { _, _ = io.Copy(client, strings.NewReader(request)) }()
		select {
		case <-left:
		case <-time.After(10 * time.Second):
			t.Errorf("%s: the connection is still there", name)
		}
		client.Close()
		_ = srv.Close()
	}
}

// A oneConn is a listener with one connection.
type oneConn struct {
	conn   net.Conn
	closed chan struct{}
}

func (l *oneConn) Accept() (net.Conn, error) {
	if c := l.conn; c != nil {
		l.conn = nil
		return c, nil
	}
	<-l.closed
	return nil, fmt.Errorf("listener: %w", net.ErrClosed)
}

func (l *oneConn) Close() error {
	select {
	case <-l.closed:
	default:
		close(l.closed)
	}
	return nil
}

func (l *oneConn) Addr() net.Addr { return &net.TCPAddr{} }
