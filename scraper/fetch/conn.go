package fetch

import (
	"bytes"
	"crypto/sha256"
	"hash"
	"io"
	"net"
	"slices"
	"sync"
)

// maxHead bounds the head of a message as it is recorded; net/http refuses shorter
// ones already.
const maxHead = 512 << 10

// recordedConn is a connection that copies its bytes to the tape of the exchange
// that uses it. HTTP/1.1 has one at a time. What is read from it has the heads of
// answers as net/http can read them.
type recordedConn struct {
	net.Conn
	protocol   []string
	unverified string // why its certificate is not trusted

	// What was received and not read yet, and the error that follows it. net/http
	// has one goroutine that reads.
	unread []byte
	err    error

	mu   sync.Mutex
	tape *tape
}

func (c *recordedConn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for len(c.unread) == 0 {
		if c.err != nil {
			return 0, c.err
		}
		n, err := c.Conn.Read(p)
		// The tape is looked up after the bytes came: the transport waits in Read
		// before the next request begins.
		c.mu.Lock()
		pass, own := p[:n], false
		if c.tape != nil {
			pass, own = c.tape.received(p[:n], err != nil)
			if err == nil && c.tape.spent() {
				err = io.EOF
			}
		}
		c.mu.Unlock()
		switch {
		case own:
			c.unread, c.err = pass, err
		case len(pass) > 0 || err != nil:
			return len(pass), err
		}
	}
	n := copy(p, c.unread)
	if c.unread = c.unread[n:]; len(c.unread) > 0 {
		return n, nil
	}
	c.unread = nil
	return n, c.err
}

func (c *recordedConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	t := c.tape
	first := t != nil && !t.begun
	if first {
		t.begun = true
	}
	c.mu.Unlock()
	if first && t.check != nil {
		if err := t.check(); err != nil { // it may take a while
			return 0, err
		}
	}
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
	// check is called before the first byte is written, which it may forbid.
	check func() error
	begun bool
	sent  []byte
	head  []byte
	full  bool // the head is complete; what follows is body
	n     int64
	sum   hash.Hash

	held    []byte // received and not passed on, as long as the head is incomplete
	start   int    // of the head in held, after heads of 1xx answers
	scanned int    // up to here held has no end of the head
	odd     bool   // a head is not as it should be
	chunks  *chunks
}

// on begins an exchange on a connection, or begins it again on another.
func (t *tape) on(c *recordedConn) {
	t.detach()
	c.mu.Lock()
	defer c.mu.Unlock()
	*t = tape{conn: c, sum: sha256.New()}
	c.tape = t
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

// received takes the bytes that were read; last says that no others follow. If own is
// false, net/http gets pass, which is where p begins; otherwise pass, which has been
// written anew or held until the head was complete.
func (t *tape) received(p []byte, last bool) (pass []byte, own bool) {
	if t.full {
		t.body(p)
		if t.chunks != nil {
			return t.chunks.clean(p, last)
		}
		return p, false
	}
	in := p
	if own = len(t.held) > 0; own {
		t.held = append(t.held, p...)
		in = t.held
	}
	end := t.findHead(in)
	switch {
	case end < 0 && !last && len(in) <= maxHead:
		if !own {
			t.held = bytes.Clone(p)
		}
		return nil, false
	case end < 0: // net/http says what is wrong with it
		t.head, t.full, t.held = bytes.Clone(in[min(t.start, len(in)):]), true, nil
		return in, own
	}
	t.head, t.full, t.held = bytes.Clone(in[t.start:end]), true, nil
	rest := in[end:]
	t.body(rest)
	head, final := in[:end], t.head
	if t.odd {
		final = cleanHead(t.head)
		head, own = final, true
	}
	if isChunked(final) {
		t.chunks = &chunks{}
		written := false
		rest, written = t.chunks.clean(rest, last)
		own = own || written
	}
	if own {
		return slices.Concat(head, rest), true
	}
	return p[:end+len(rest)], false
}

// spent reports whether the connection must not be used again, since its framing was
// odd and nobody can be sure where the next answer begins.
func (t *tape) spent() bool { return t.chunks != nil && t.chunks.odd && t.chunks.state == chunkDone }

func (t *tape) body(p []byte) {
	t.n += int64(len(p))
	t.sum.Write(p)
}

// findHead finds the end of the answer's head, after the heads of 1xx answers. It
// returns -1 if the head is not complete, and its end is that of all bytes if they are
// not HTTP at all: net/http reports that.
func (t *tape) findHead(in []byte) int {
	for {
		at, wait := startOfHead(in[t.start:])
		switch {
		case wait:
			return -1
		case at < 0:
			t.odd = false
			return len(in)
		case at > 0:
			t.odd = true
			t.start += at
		}
		end := endOfHead(in, max(t.start, t.scanned))
		if end < 0 {
			t.scanned = max(t.start, len(in)-2)
			return -1
		}
		head := in[t.start:end]
		plain := isPlain(head)
		if plain && head[len("HTTP/1.1 ")] != '1' {
			return end
		}
		t.odd = t.odd || !plain
		if !isInterim(head) {
			return end
		}
		t.start, t.scanned = end, end
	}
}
