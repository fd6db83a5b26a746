package pgclock_test

import (
	"context"
	"io"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock"
)

// A wire carries connections to a server until it is cut: then it drops everything, and
// says so to nobody. What was connected meanwhile ends when it is mended.
type wire struct {
	to string
	l  net.Listener

	mu    sync.Mutex
	cut   bool
	conns []net.Conn
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{to: to, l: l}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go w.carry(c)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		w.set(false)
	})
	return w
}

func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	if !cut {
		for _, c := range w.conns {
			c.Close()
		}
		w.conns = nil
	}
}

func (w *wire) carry(c net.Conn) {
	defer c.Close()
	s, err := net.Dial("tcp", w.to)
	if err != nil {
		return
	}
	defer s.Close()
	w.mu.Lock()
	w.conns = append(w.conns, c, s)
	w.mu.Unlock()
	go func() {
		_, _ = io.Copy(dropping{w, s}, c)
		s.Close()
	}()
	_, _ = io.Copy(dropping{w, c}, s)
}

// dropping drops what is written while the wire is cut.
type dropping struct {
	w  *wire
	to io.Writer
}

func (d dropping) Write(p []byte) (int, error) {
	d.w.mu.Lock()
	cut := d.w.cut
	d.w.mu.Unlock()
	if cut {
		return len(p), nil
	}
	return d.to.Write(p)
}

// TestWireDropsEverything: where the database does not answer and no connection breaks,
// requests end before their leases do, no other begins, outcomes are kept, and all goes on
// when it answers again.
func TestWireDropsEverything(t *testing.T) {
	s := server(t)
	u, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	w := newWire(t, u.Host)
	u.Host = w.l.Addr().String()
	o := pgclock.Options{Lease: 8 * time.Second}
	c := open(t, u.String(), o)
	a := machine(t, c, "https://a.example/1", "https://b.example/1")
	b := machine(t, open(t, s.URL, o), "https://a.example/2")
	l := next(t, a, soon)
	if l == nil {
		t.Fatal("no lease")
	}
	held, cancel := a.Hold(context.Background(), l)
	defer cancel()
	w.set(true)
	cut := time.Now()
	if l := next(t, a, 3*time.Second); l != nil {
		t.Fatalf("%s was leased without a database", l.URL)
	}
	select {
	case <-held.Done():
	case <-time.After(time.Until(cut.Add(o.Lease))):
		t.Fatal("the request goes on after its lease")
	}
	if scraper.Check(held, "") == nil {
		t.Error("another request may be written")
	}
	if got := c.Waiting(); !strings.Contains(got, "the database at 127.0.0.1:") {
		t.Errorf("it waits for %q", got)
	}
	start := time.Now()
	late := kept
	late.HostRest = 30 * time.Minute
	done(t, a, l, late)
	if d := time.Since(start); d > 10*time.Second {
		t.Errorf("the outcome took %s", d)
	}
	w.set(false)
	other := next(t, a, 2*soon)
	if other == nil {
		t.Fatal("it does not go on")
	}
	done(t, a, other, kept)
	for end := time.Now().Add(soon); c.Waiting() != ""; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it waits for %q", c.Waiting())
		}
	}
	if l := next(t, b, 2*time.Second); l != nil {
		t.Errorf("%s was leased while its host rests", l.URL)
	}
}
