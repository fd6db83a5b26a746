package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"
)

const (
	pollEvery    = 2 * time.Second  // between events
	beatEvery    = 15 * time.Second // between heartbeats
	maxListeners = 32
	eventTime    = 10 * time.Second // for a client to take an event
)

// A liveData is what an event says: what is running, and how far exports are.
type liveData struct {
	Running []SiteStatus `json:"running"`
	Exports []Job        `json:"exports,omitempty"`
	Counted time.Time    `json:"counted,omitzero"` // the figures of the overview
	Changed time.Time    `json:"compared,omitzero"`
}

type listeners struct{ n atomic.Int64 }

// live sends server-sent events for as long as the client is there: an event "status"
// when something has changed, and comments in between, so that both ends notice when the
// other is gone.
func (s *Server) live(r *http.Request) (*page, error) {
	if wantsJSON(r) {
		return &page{Data: s.liveNow(r)}, nil
	}
	return &page{Write: s.stream}, nil
}

func (s *Server) liveNow(r *http.Request) liveData {
	d := liveData{Running: []SiteStatus{}}
	status, _, _ := s.status(r.Context(), firstWait)
	if status != nil {
		for _, t := range status.Sites {
			if t.Running {
				d.Running = append(d.Running, t)
			}
		}
	}
	if s.Exports != nil {
		for _, j := range s.Exports.Jobs() {
			if j.State == JobRunning || j.State == JobQueued || time.Since(j.Ended) < time.Minute {
				d.Exports = append(d.Exports, j)
			}
		}
	}
	if f, _, _ := s.counted.figures.read(r.Context(), &s.background, s.counting(), 0); f != nil {
		d.Counted = f.begun
	}
	if c, _, _ := s.counted.changes.read(r.Context(), &s.background, s.changing(), 0); c != nil {
		d.Changed = c.until
	}
	return d
}

func (s *Server) stream(w http.ResponseWriter, r *http.Request) error {
	if s.listeners.n.Add(1) > maxListeners {
		s.listeners.n.Add(-1)
		w.Header().Set("Retry-After", "60")
		http.Error(w, "too many pages listen for news already", http.StatusServiceUnavailable)
		return nil
	}
	defer s.listeners.n.Add(-1)
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // proxies must not wait for more
	if r.Method == http.MethodHead {
		return nil
	}
	control, done := http.NewResponseController(w), s.background.done()
	send := func(text []byte) bool {
		_ = control.SetWriteDeadline(time.Now().Add(eventTime))
		_, err := w.Write(text)
		return err == nil && control.Flush() == nil
	}
	var last []byte
	beat := time.Now()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	if !send([]byte("retry: 5000\n\n")) {
		return nil
	}
	for {
		now, err := json.Marshal(s.liveNow(r))
		if err != nil {
			return nil // the answer has begun
		}
		switch {
		case !bytes.Equal(now, last):
			if !send(fmt.Appendf(nil, "event: status\ndata: %s\n\n", now)) {
				return nil
			}
			last, beat = now, time.Now()
		case time.Since(beat) >= beatEvery:
			if !send([]byte(": still there\n\n")) {
				return nil
			}
			beat = time.Now()
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-done:
			return nil
		case <-tick.C:
		}
	}
}
