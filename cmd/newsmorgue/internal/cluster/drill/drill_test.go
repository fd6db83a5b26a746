package drill

import (
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

func get(t *testing.T, p *Paper, path string) *http.Response {
	t.Helper()
	r, err := http.NewRequest("GET", "http://"+p.Addr+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = p.Host
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { res.Body.Close() })
	return res
}

// TestTownNotices: what is impolite is listed, and what is not is not.
func TestTownNotices(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has all addresses of 127.0.0.0/8 without a configuration")
	}
	town := &Town{}
	if err := town.Open(5); err != nil {
		t.Fatal(err)
	}
	defer town.Close()
	papers := town.Papers()
	if a, b := papers[2], papers[3]; a.Addr != b.Addr || a.Host == b.Host || papers[0].Addr == papers[1].Addr {
		t.Fatalf("addresses: %+v %+v", a, b)
	}
	const delay, slack = 60 * time.Millisecond, 10 * time.Millisecond
	get(t, papers[0], "/")
	get(t, papers[1], "/") // another host: at once
	time.Sleep(delay)
	get(t, papers[0], "/2026/11/story-1.html")
	if wrong := town.Impolite(delay, slack); len(wrong) > 0 {
		t.Errorf("found impolite: %q", wrong)
	}
	get(t, papers[2], "/")
	get(t, papers[3], "/") // the same address
	if wrong := town.Impolite(delay, slack); len(wrong) != 1 || !strings.Contains(wrong[0], papers[3].Addr) {
		t.Errorf("two hosts on one address: %q", wrong)
	}
	town.AskToWait(papers[1].Host, "", 2*time.Second)
	if res := get(t, papers[1], "/2026/11/story-1.html"); res.StatusCode != 503 || res.Header.Get("Retry-After") != "2" {
		t.Errorf("got %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	time.Sleep(delay)
	get(t, papers[1], "/2026/11/story-1.html")
	if wrong := town.Impolite(delay, slack); len(wrong) != 3 { // by host and by address
		t.Errorf("told to wait: %q", wrong)
	}
	if twice := town.Twice(0); len(twice) != 0 {
		t.Errorf("twice: %v", twice)
	}
}

// TestWireCut: what is sent over a cut wire arrives when it is mended.
func TestWireCut(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(c, c); c.Close() }()
		}
	}()
	w, err := NewWire(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	c, err := net.Dial("tcp", w.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	buf := make([]byte, 2)
	echo := func(text string) error {
		if _, err := io.WriteString(c, text); err != nil {
			return err
		}
		_ = c.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
		_, err := io.ReadFull(c, buf)
		return err
	}
	if err := echo("ab"); err != nil {
		t.Fatal(err)
	}
	w.Cut(true)
	if err := echo("cd"); err == nil {
		t.Error("something came over a cut wire")
	}
	w.Cut(false)
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.ReadFull(c, buf); err != nil || string(buf) != "cd" {
		t.Errorf("after mending: %q, %v", buf, err)
	}
}
