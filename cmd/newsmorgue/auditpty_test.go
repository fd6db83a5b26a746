//go:build linux

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A pseudoTerminal is a terminal whose user is a test.
type pseudoTerminal struct {
	t            *testing.T
	user, device *os.File

	mu      sync.Mutex
	changed *sync.Cond
	shown   bytes.Buffer
	ended   bool
}

// openPseudoTerminal opens a pseudo-terminal (pty(7)); it skips the test where there
// are none.
func openPseudoTerminal(t *testing.T, width, height uint16) *pseudoTerminal {
	t.Helper()
	user, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals: %v", err)
	}
	n, err := unix.IoctlGetInt(int(user.Fd()), unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(int(user.Fd()), unix.TIOCSPTLCK, 0)
	}
	if err != nil {
		user.Close()
		t.Skipf("no pseudo-terminals: %v", err)
	}
	device, err := os.OpenFile(fmt.Sprint("/dev/pts/", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		user.Close()
		t.Skipf("no pseudo-terminals: %v", err)
	}
	p := &pseudoTerminal{t: t, user: user, device: device}
	p.changed = sync.NewCond(&p.mu)
	if err := unix.IoctlSetWinsize(int(device.Fd()), unix.TIOCSWINSZ, &unix.Winsize{Row: height, Col: width}); err != nil {
		t.Fatal(err)
	}
	read := make(chan struct{})
	go func() {
		defer close(read)
		buf := make([]byte, 4096)
		for {
			n, err := user.Read(buf)
			p.mu.Lock()
			p.shown.Write(buf[:n])
			p.ended = err != nil
			p.changed.Broadcast()
			p.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		_, _ = user.WriteString("\n") // ends a read that waits for a key, and so closes the device
		device.Close()
		<-read
		user.Close()
	})
	return p
}

// await waits until the terminal was sent a text since the last call.
func (p *pseudoTerminal) await(text string) {
	p.t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	late := false
	defer time.AfterFunc(30*time.Second, func() { p.mu.Lock(); late = true; p.changed.Broadcast(); p.mu.Unlock() }).Stop()
	for {
		if at := bytes.Index(p.shown.Bytes(), []byte(text)); at >= 0 {
			p.shown.Next(at + len(text))
			return
		}
		if p.ended || late {
			p.t.Fatalf("the terminal was never sent %q but %q", text, p.shown.String())
		}
		p.changed.Wait()
	}
}

func (p *pseudoTerminal) press(keys string) {
	p.t.Helper()
	if _, err := p.user.WriteString(keys); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pseudoTerminal) state() unix.Termios {
	p.t.Helper()
	s, err := unix.IoctlGetTermios(int(p.device.Fd()), unix.TCGETS)
	if err != nil {
		p.t.Fatal(err)
	}
	return *s
}

// start runs a command on the terminal; end waits for its exit code.
func (p *pseudoTerminal) start(ctx context.Context, args ...string) (end func() (code int, stderr string)) {
	var errs bytes.Buffer
	code := make(chan int, 1)
	go func() { code <- run(ctx, args, p.device, p.device, &errs) }()
	return func() (int, string) { return <-code, errs.String() }
}

func TestAuditOnATerminal(t *testing.T) {
	dir := demoArchive(t)
	for i, tt := range []struct {
		name string
		end  func(p *pseudoTerminal, cancel func())
		code int
	}{
		{"quit", func(p *pseudoTerminal, _ func()) { p.press("q") }, exitDone},
		{"ctrl-c", func(p *pseudoTerminal, _ func()) { p.press("\x03") }, exitInterrupted},
		{"signal", func(_ *pseudoTerminal, cancel func()) { cancel() }, exitInterrupted},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := openPseudoTerminal(t, 120, 30)
			before := p.state()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			end := p.start(ctx, "audit", "-a", dir, "--sample", "2", "--seed", fmt.Sprint(i))
			p.await(enterScreen)
			p.await("title: Is this the headline")
			if during := p.state(); during == before || during.Lflag&unix.ICANON != 0 {
				t.Error("the terminal is not in raw mode")
			}
			p.press("y")
			p.await("article 1 of 2")
			p.await("? help")
			p.press("?")
			p.await("Any key returns.")
			p.press("x")
			p.await("? help")
			p.press("\x1b[6~\x1b[A \t") // these scroll
			tt.end(p, cancel)
			p.await(leaveScreen)
			code, errs := end()
			if code != tt.code {
				t.Errorf("exit code: got %d, want %d: %s", code, tt.code, errs)
			}
			if after := p.state(); after != before {
				t.Errorf("the terminal's state: got %+v, want %+v", after, before)
			}
		})
	}
	out, errs, _ := newsmorgue(t, "audit", "-a", dir, "--results")
	if !strings.Contains(out, "3 articles judged") {
		t.Errorf("results: got %s%s", out, errs)
	}
}

// The terminal is restored also when the program fails.
func TestAuditRestoresAfterAPanic(t *testing.T) {
	p := openPseudoTerminal(t, 80, 24)
	before := p.state()
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a session without an article did not panic")
			}
		}()
		_ = (&auditScreen{session: &auditSession{}, in: p.device, out: p.device}).run(t.Context())
	}()
	if after := p.state(); after != before {
		t.Errorf("the terminal's state: got %+v, want %+v", after, before)
	}
}
