package web

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/archivetest"
)

// A countedMachine counts how often it is asked. It says that a crawl has as many URLs as
// it was asked, if it moves.
type countedMachine struct {
	asked atomic.Int64
	moves atomic.Bool
}

func (m *countedMachine) Status(context.Context) (*Status, error) {
	t := SiteStatus{Site: "a.example", Running: true, PID: 7}
	if n := m.asked.Add(1); m.moves.Load() {
		t.Known = int(n)
	}
	return &Status{Sites: []SiteStatus{t}}, nil
}

// flushed records what is sent, event by event.
type flushed struct {
	*httptest.ResponseRecorder
	events chan string
	at     int
}

func (f *flushed) Flush() {
	f.events <- f.Body.String()[f.at:]
	f.at = f.Body.Len()
}

// TestLiveTimes checks when events are sent: only news, every two seconds at most, and
// heartbeats in between.
func TestLiveTimes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := &countedMachine{}
		s := &Server{Machine: m}
		s.counted.figures.ended, s.counted.changes.ended = time.Now().Add(time.Hour), time.Now().Add(time.Hour) // not what is tested
		ctx, cancel := context.WithCancel(t.Context())
		w := &flushed{httptest.NewRecorder(), make(chan string, 1000), 0}
		ended := make(chan struct{})
		go func() {
			_ = s.stream(w, httptest.NewRequest("GET", "/live", nil).WithContext(ctx))
			close(ended)
		}()
		time.Sleep(31 * time.Second)
		synctest.Wait()
		var events, beats int
		for len(w.events) > 0 {
			switch e := <-w.events; {
			case strings.HasPrefix(e, "event: status\ndata: {"):
				events++
			case strings.HasPrefix(e, ": "):
				beats++
			}
		}
		if events != 1 || beats != 1 {
			t.Errorf("got %d events, %d heartbeats in 31 s without news", events, beats)
		}
		m.moves.Store(true)
		time.Sleep(20 * time.Second)
		synctest.Wait()
		events = 0
		for len(w.events) > 0 {
			if strings.HasPrefix(<-w.events, "event: ") {
				events++
			}
		}
		if events < 5 || events > 10 {
			t.Errorf("got %d events in 20 s of news", events)
		}
		cancel()
		<-ended
		before := m.asked.Load()
		time.Sleep(time.Minute)
		if m.asked.Load() != before {
			t.Error("the machine is asked though nobody listens")
		}
		s.Close()
	})
}

// TestLive checks real streams: all listeners share one poll, there is a bound, and the
// end of the server ends them.
func TestLive(t *testing.T) {
	f := archivetest.New(t)
	m := &countedMachine{}
	s := testServer(t, f)
	s.Machine = m
	srv := httptest.NewServer(s.Handler())
	defer srv.Close()
	var streams []*http.Response
	for range maxListeners {
		res, err := http.Get(srv.URL + "/live")
		if err != nil || res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
			t.Fatal(res, err)
		}
		defer res.Body.Close()
		streams = append(streams, res)
	}
	lines := bufio.NewScanner(streams[0].Body)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "data: ") {
	}
	var d liveData
	if err := json.Unmarshal([]byte(strings.TrimPrefix(lines.Text(), "data: ")), &d); err != nil || len(d.Running) != 1 || d.Running[0].PID != 7 {
		t.Errorf("got %s, %v", lines.Text(), err)
	}
	if n := m.asked.Load(); n > 3 {
		t.Errorf("the machine was asked %d times", n)
	}
	if res, err := http.Get(srv.URL + "/live"); err != nil || res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
		t.Errorf("got %v, %v past the bound", res, err)
	}
	done := make(chan struct{})
	go func() {
		for lines.Scan() {
		}
		close(done)
	}()
	s.Close()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("a stream goes on after the end of the server")
	}
}
