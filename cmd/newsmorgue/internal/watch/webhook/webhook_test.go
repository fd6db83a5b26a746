package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// receiver answers requests without a network.
type receiver struct {
	answer func(n int, r *http.Request, body string) (int, error)
	n      int
	at     []time.Time
	bodies []string
	last   *http.Request
}

func (r *receiver) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	r.n++
	r.at, r.bodies, r.last = append(r.at, time.Now()), append(r.bodies, string(body)), req
	status, err := r.answer(r.n, req, string(body))
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: status, Header: http.Header{"Location": {"http://elsewhere.example/"}}, Body: http.NoBody, Request: req}, nil
}

const hook = "http://192.168.1.7/hooks/topsecret?token=alsosecret"

// serving sends what is in an outbox to a receiver for some time, and returns what was logged.
func serving(t *testing.T, r *receiver, long time.Duration, messages ...string) (log string, f *frontier.Frontier) {
	t.Helper()
	f, err := frontier.Open(filepath.Join(t.TempDir(), "frontier.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	to, err := Parse(hook)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	s := &Sender{Outbox: f, Receivers: []Receiver{to}, Secret: []byte("key"), UserAgent: "newsmorgue/1", Transport: r,
		Logger: slog.New(slog.NewTextHandler(&out, nil))}
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	done := make(chan struct{})
	go func() { s.Serve(ctx); close(done) }()
	synctest.Wait()
	for i, m := range messages {
		_, err := f.Tell(ctx, frontier.Telling{Send: []frontier.Message{{Receiver: to.Name, ID: m, Site: "a.example", Body: []byte(m), Created: time.Now().Add(time.Duration(i) * time.Millisecond)}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	s.Wake()
	<-done
	return out.String(), f
}

func TestSendsSigned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{answer: func(int, *http.Request, string) (int, error) { return 204, nil }}
		log, f := serving(t, r, time.Minute, `{"a":1}`, `{"b":2}`)
		defer f.Close()
		if got := strings.Join(r.bodies, " "); got != `{"a":1} {"b":2}` {
			t.Errorf("got %s", got)
		}
		stamp := r.last.Header.Get(TimestampField)
		if got, want := r.last.Header.Get(SignatureField), Sign([]byte("key"), stamp, []byte(`{"b":2}`)); got != want || len(want) != len("sha256=")+64 {
			t.Errorf("got %s, want %s", got, want)
		}
		if r.last.Method != "POST" || r.last.Header.Get("Content-Type") != "application/json" || r.last.Header.Get(IDField) != `{"b":2}` {
			t.Errorf("got %s %v", r.last.Method, r.last.Header)
		}
		if n, err := f.Waiting(t.Context()); n != 0 || err != nil {
			t.Errorf("%d stay in the outbox, %v", n, err)
		}
		if log != "" {
			t.Errorf("logged %s", log)
		}
	})
}

// TestSign compares with what other tools compute:
// printf '1700000000.{}' | openssl dgst -sha256 -hmac key
func TestSign(t *testing.T) {
	if got, want := Sign([]byte("key"), "1700000000", []byte("{}")), "sha256=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A receiver that is away is asked at growing intervals, and gives no secret away.
func TestBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{answer: func(n int, req *http.Request, _ string) (int, error) {
			switch {
			case n == 1:
				return 0, errors.New("dial " + req.URL.String() + ": refused")
			case n == 2:
				return 302, nil
			case n < 8:
				return 500, nil
			}
			return 200, nil
		}}
		log, f := serving(t, r, 7*24*time.Hour-time.Hour, "one", "two")
		defer f.Close()
		if n, err := f.Waiting(t.Context()); n != 0 || err != nil || r.n != 9 {
			t.Errorf("%d stay in the outbox after %d attempts, %v", n, r.n, err)
		}
		for i := 1; i < 8; i++ {
			wait, want := r.at[i].Sub(r.at[i-1]), firstWait<<(i-1)
			if wait > want || wait < want*4/5 {
				t.Errorf("attempt %d after %s, want up to %s", i+1, wait, want)
			}
		}
		if r.last.URL.Host != "192.168.1.7" {
			t.Errorf("followed a redirect to %s", r.last.URL)
		}
		if strings.Contains(log, "secret") || !strings.Contains(log, "http://192.168.1.7") || !strings.Contains(log, "HTTP 302") {
			t.Errorf("logged %s", log)
		}
		// Backoff is the same each time, and ends at a day.
		for n := range 100 {
			if d := backoff("x", n); d != backoff("x", n) || d <= 0 || d > longest || n > 13 && d < longest*4/5 {
				t.Errorf("after %d failures: %s", n, d)
			}
		}
	})
}

// A notice that is never accepted does not hold up the others, and is given up.
func TestGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{answer: func(_ int, _ *http.Request, body string) (int, error) {
			if body == "bad" {
				return 400, nil
			}
			return 200, nil
		}}
		log, f := serving(t, r, 8*24*time.Hour, "bad", "good", "better")
		defer f.Close()
		if n, err := f.Waiting(t.Context()); n != 0 || err != nil {
			t.Errorf("%d stay in the outbox, %v", n, err)
		}
		if got := strings.Join(r.bodies[:3], " "); got != "bad good better" {
			t.Errorf("got %s", got)
		}
		if !strings.Contains(log, "notice given up") || !strings.Contains(log, "a.example") {
			t.Errorf("logged %s", log)
		}
		if r.n > 25 {
			t.Errorf("%d attempts", r.n)
		}
	})
}

func TestParse(t *testing.T) {
	for _, bad := range []string{"", "ftp://a.example/topsecret", "a.example/topsecret", "http://", "http://%zz/topsecret"} {
		if _, err := Parse(bad); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	if r, err := Parse(hook); err != nil || r.host != "http://192.168.1.7" {
		t.Errorf("got %+v, %v", r, err)
	}
}

// A receiver that failed while the clock was months ahead is not left alone for months.
func TestSendsAfterTheClockWasAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &receiver{answer: func(int, *http.Request, string) (int, error) { return 204, nil }}
		to, err := Parse(hook)
		if err != nil {
			t.Fatal(err)
		}
		f, err := frontier.Open(filepath.Join(t.TempDir(), "frontier.sqlite"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		m := frontier.Message{Receiver: to.Name, ID: "1", Site: "a.example", Body: []byte("{}"), Created: time.Now()}
		if _, err := f.Tell(t.Context(), frontier.Telling{Send: []frontier.Message{m}}); err != nil {
			t.Fatal(err)
		}
		ahead := time.Now().Add(90 * 24 * time.Hour)
		if _, err := f.NotSent(t.Context(), m, ahead, func(int) time.Duration { return firstWait }); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		(&Sender{Outbox: f, Receivers: []Receiver{to}, Transport: r, Logger: slog.New(slog.DiscardHandler)}).Serve(ctx)
		if r.n != 1 {
			t.Errorf("sent %d times, want once", r.n)
		}
	})
}
