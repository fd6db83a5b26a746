package fetch

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"net"
	"sync"
)

// maxHead bounds the recorded head of a message; net/http refuses longer ones.
const maxHead = 512 << 10

// recordedConn is a connection that copies its bytes to the tape of the exchange
// that uses it. HTTP/1.1 has one at a time.
type recordedConn struct {
	net.Conn
	protocol   []string
	unverified string // why its certificate is not trusted

	mu   sync.Mutex
	tape *tape
}

func (c *recordedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	// The tape is looked up after the bytes came: the transport waits in Read
	// before the next request begins.
	c.mu.Lock()
	if c.tape != nil && n > 0 {
		c.tape.received(p[:n])
	}
	c.mu.Unlock()
	return n, err
}

func (c *recordedConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	if c.tape != nil {
		c.tape.wrote(p)
	}
	c.mu.Unlock()
	return c.Conn.Write(p)
}

// A tape records the head of an answer and digests what follows.
// Its fields are guarded by the connection's mutex.
type tape struct {
	conn *recordedConn
	sent []byte
	head []byte
	full bool // the head is complete; what follows is body
	n    int64
	sum  hash.Hash
}

// on begins an exchange on a connection, or begins it again on another.
func (t *tape) on(c *recordedConn) {
	t.detach()
	c.mu.Lock()
	defer c.mu.Unlock()
	t.sent, t.head, t.full, t.n, t.sum = nil, nil, false, 0, sha256.New()
	t.conn, c.tape = c, t
}

func (t *tape) detach() {
	if c := t.conn; c != nil {
		c.mu.Lock()
		if c.tape == t {
			c.tape = nil
		}
		c.mu.Unlock()
	}
}

// off ends the exchange and returns what was on the wire.
func (t *tape) off() (head, sent []byte, length int64, sum [32]byte) {
	t.detach()
	if t.sum != nil {
		copy(sum[:], t.sum.Sum(nil))
	}
	return t.head, t.sent, t.n, sum
}

func (t *tape) wrote(p []byte) {
	if len(t.sent) < maxHead {
		t.sent = append(t.sent, p...)
	}
}

func (t *tape) received(p []byte) {
	for !t.full && len(p) > 0 {
		from := max(0, len(t.head)-3)
		t.head = append(t.head, p...)
		end := endOfHead(t.head, from)
		if end < 0 {
			if len(t.head) > maxHead {
				t.full = true // not HTTP; the transport will report it
			}
			return
		}
		p = bytes.Clone(t.head[end:])
		t.head = t.head[:end]
		if interim(t.head) {
			t.head = nil // 1xx: the answer is still to come
			continue
		}
		t.full = true
	}
	t.n += int64(len(p))
	t.sum.Write(p)
}

// endOfHead finds the byte after the empty line.
func endOfHead(b []byte, from int) int {
	for i := from; i < len(b); i++ {
		if b[i] != '\n' {
			continue
		}
		if i+1 < len(b) && b[i+1] == '\n' {
			return i + 2
		}
		if i+2 < len(b) && b[i+1] == '\r' && b[i+2] == '\n' {
			return i + 3
		}
	}
	return -1
}

// interim recognizes the head of a 1xx answer (RFC 9110, section 15.2).
func interim(head []byte) bool {
	_, rest, ok := bytes.Cut(head, []byte(" "))
	return ok && len(rest) >= 3 && rest[0] == '1' && bytes.HasPrefix(head, []byte("HTTP/1."))
}
