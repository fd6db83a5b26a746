package watch

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/metrics"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// A Monitor shows over HTTP how a daemon is: /metrics for Prometheus, /healthz for
// whatever restarts it, and the feeds of changes. It changes nothing.
type Monitor struct {
	Daemon   *Daemon
	Sites    func() ([]Site, error) // as they are now; with an error, the last good ones
	Archive  *archive.Archive
	Catalog  *catalog.Catalog
	Frontier *frontier.Frontier
	Feeds    *Feeds
	Figures  *Figures
	Version  string
	Begun    time.Time // when the daemon began
	Logger   *slog.Logger
	// OnlyLocal refuses requests for host names other than localhost: a web page that
	// somebody reads on this machine could point its own name here.
	OnlyLocal bool

	checking atomic.Bool
}

// mostOverdue is by how many intervals a run may be late before /healthz says so.
const mostOverdue = 3

// Handler answers GET and HEAD for /metrics, /healthz, /changes.atom and
// /changes/NAME.atom.
func (m *Monitor) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", m.answer(m.writeMetrics))
	mux.HandleFunc("GET /healthz", m.writeHealth)
	mux.HandleFunc("GET /changes.atom", m.answer(m.writeFeed))
	mux.HandleFunc("GET /changes/{name}", m.answer(m.writeFeed))
	if !m.OnlyLocal {
		return mux
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !isLocal(r.Host) {
			http.Error(w, "no such host here", http.StatusMisdirectedRequest)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// isLocal reports whether a host, with a port or without, is localhost or an IP address.
func isLocal(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	return strings.EqualFold(host, "localhost") || net.ParseIP(strings.Trim(host, "[]")) != nil
}

var errNotFound = errors.New("not found")

// answer sends what a function writes, or its error: an answer is whole or none.
func (m *Monitor) answer(write func(ctx context.Context, w io.Writer, r *http.Request) (contentType string, err error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var out bytes.Buffer
		contentType, err := write(r.Context(), &out, r)
		switch {
		case errors.Is(err, errNotFound):
			http.NotFound(w, r)
			return
		case err != nil:
			m.Logger.Error("request failed", "path", r.URL.Path, "error", err)
			http.Error(w, "this failed; the log says why", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		_, _ = w.Write(out.Bytes())
	}
}

func (m *Monitor) writeMetrics(ctx context.Context, w io.Writer, _ *http.Request) (string, error) {
	families, err := m.families(ctx, time.Now())
	if err != nil {
		return "", err
	}
	return metrics.ContentType, metrics.Write(w, families)
}

func (m *Monitor) writeFeed(ctx context.Context, w io.Writer, r *http.Request) (string, error) {
	const contentType = "application/atom+xml; charset=utf-8"
	sites, _ := m.Sites()
	name := r.PathValue("name")
	if name == "" {
		var names []string
		for _, s := range sites {
			names = append(names, s.Name)
		}
		return contentType, m.Feeds.WriteAll(ctx, w, names, "/changes.atom")
	}
	for _, s := range sites {
		if name == FeedName(s.Name) || name == s.Name+".atom" {
			return contentType, m.Feeds.Write(ctx, w, s.Name, "/changes/"+FeedName(s.Name))
		}
	}
	return "", errNotFound
}

// A Health is the answer of /healthz.
type Health struct {
	Status   string   `json:"status"` // "ok" or "failing"
	Problems []string `json:"problems,omitempty"`
}

func (m *Monitor) writeHealth(w http.ResponseWriter, r *http.Request) {
	h := m.Health(r.Context(), time.Now())
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if h.Status != "ok" {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(h)
}

// Health checks whether the daemon can do its work.
func (m *Monitor) Health(ctx context.Context, now time.Time) Health {
	var problems []string
	sites, err := m.Sites()
	if err != nil {
		problems = append(problems, "schedules are not readable: "+err.Error())
	}
	if err := m.checkWritable(ctx); err != nil {
		problems = append(problems, "the catalog cannot be written: "+err.Error())
	}
	for _, s := range sites {
		late, err := m.overdue(ctx, s, now)
		switch {
		case err != nil:
			problems = append(problems, s.Name+": the last run is not known: "+err.Error())
		case late:
			problems = append(problems, fmt.Sprintf("%s: its run is overdue by more than %d intervals", s.Name, mostOverdue))
		}
	}
	if len(problems) > 0 {
		return Health{"failing", problems}
	}
	return Health{Status: "ok"}
}

// writableWithin is how long the check of the catalog may take, which waits for others
// that write.
const writableWithin = 5 * time.Second

// checkWritable checks the catalog, one check at a time: SQLite does not always stop
// waiting for another process when it should.
func (m *Monitor) checkWritable(ctx context.Context) error {
	late := errors.New("no answer in time")
	if !m.checking.CompareAndSwap(false, true) {
		return late
	}
	done := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), writableWithin)
		defer cancel()
		err := m.Catalog.CheckWritable(ctx)
		m.checking.Store(false) // before the answer: who has it may ask again at once
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-time.After(writableWithin):
		return late
	}
}

// overdue reports whether a site's run is late by more than mostOverdue turns. Turns in
// keep-out hours, before the daemon began, and before the schedule was followed do not
// count.
func (m *Monitor) overdue(ctx context.Context, s Site, now time.Time) (bool, error) {
	if s.Paused || s.Plan.IsZero() || m.Daemon.Running(s.Name) {
		return false, nil
	}
	last, err := m.Daemon.newest(ctx, s, s.Plan.Latest(now))
	if err != nil {
		return false, err
	}
	_, since, err := m.Frontier.Following(ctx, s.Name)
	if err != nil {
		return false, err
	}
	from := later(later(last.Start, last.End), later(since, m.Begun))
	// A run that could not begin had its turn: a daemon that begins anew changes nothing.
	from = later(from, m.Daemon.triedLast(s, s.Plan.Latest(now)))
	open := 0
	for at := range s.Plan.Each(from, now) {
		if s.Plan.Open(at).Equal(at) {
			open++
		}
		if open > mostOverdue {
			break
		}
	}
	if open <= mostOverdue {
		return false, nil
	}
	return !m.Archive.SiteLocked(s.Name), nil // else another process is crawling it
}

// Serve answers requests until ctx is done, and ends those that it began.
func (m *Monitor) Serve(ctx context.Context, l net.Listener) error {
	srv := &http.Server{
		Handler: m.Handler(), ErrorLog: slog.NewLogLogger(m.Logger.Handler(), slog.LevelDebug),
		ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		stopped <- srv.Shutdown(ctx)
	})
	err := srv.Serve(l)
	if !stop() {
		return <-stopped
	}
	return err
}
