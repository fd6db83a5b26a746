package drill

import (
	"io"
	"net"
	"sync"
	"time"
)

// A Wire carries connections to a server until it is cut: then nothing comes through any
// more, in neither direction, and nobody is told, as when a cable is pulled. New
// connections are accepted and carry nothing either.
type Wire struct {
	to string
	l  net.Listener

	mu    sync.Mutex
	cond  *sync.Cond
	cut   bool
	done  bool
	conns map[net.Conn]bool
}

// NewWire opens a wire to a server.
func NewWire(to string) (*Wire, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &Wire{to: to, l: l, conns: map[net.Conn]bool{}}
	w.cond = sync.NewCond(&w.mu)
	go w.accept()
	return w, nil
}

// Addr is where clients connect to.
func (w *Wire) Addr() string { return w.l.Addr().String() }

// Cut cuts the wire, or mends it. What was sent meanwhile arrives then, as TCP has it,
// on the connections that are still there.
func (w *Wire) Cut(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	w.cond.Broadcast()
}

// Close ends the wire and its connections.
func (w *Wire) Close() {
	w.l.Close()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.done = true
	for c := range w.conns {
		c.Close()
	}
	w.cond.Broadcast()
}

func (w *Wire) accept() {
	for {
		c, err := w.l.Accept()
		if err != nil {
			return
		}
		go w.carry(c)
	}
}

func (w *Wire) carry(c net.Conn) {
	defer c.Close()
	if !w.keep(c) || !w.open() {
		return
	}
	s, err := net.DialTimeout("tcp", w.to, 5*time.Second)
	if err != nil {
		return
	}
	defer s.Close()
	if !w.keep(s) {
		return
	}
	both := make(chan struct{}, 2)
	go func() { w.pump(s, c); both <- struct{}{} }()
	go func() { w.pump(c, s); both <- struct{}{} }()
	<-both
}

// keep notes a connection, to be closed with the wire.
func (w *Wire) keep(c net.Conn) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.conns[c] = true
	return !w.done
}

// open waits while the wire is cut, and reports whether it still is there.
func (w *Wire) open() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.cut && !w.done {
		w.cond.Wait()
	}
	return !w.done
}

func (w *Wire) pump(to io.Writer, from io.Reader) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if !w.open() {
			return
		}
		if n > 0 {
			if _, werr := to.Write(buf[:n]); werr != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
