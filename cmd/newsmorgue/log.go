package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
)

// logger writes log lines to stderr: for people, or as JSON with --json. -q and -v
// set the least level that is written. With stamp, lines for people begin with the
// time, as those of a daemon must.
func (a *app) logger(level slog.Level, stamp bool) *slog.Logger {
	if a.quiet {
		level = slog.LevelError
	}
	if a.verbose {
		level = slog.LevelDebug
	}
	if a.json {
		return slog.New(slog.NewJSONHandler(a.stderr, &slog.HandlerOptions{Level: level}))
	}
	return slog.New(&proseHandler{w: a.stderr, level: level, stamp: stamp, mu: &sync.Mutex{}})
}

// A proseHandler is a slog.Handler that writes lines like the program's other
// messages:
//
//	newsmorgue: host given up for this run: https://cdn.example (connection refused)
//
// What the line is about comes first, then in parentheses the reason or error, and
// the other attributes as "name value". Values come from the web: control characters
// become spaces, and long ones are clipped.
type proseHandler struct {
	w     io.Writer
	level slog.Level
	stamp bool
	attrs []slog.Attr
	mu    *sync.Mutex // of w
}

// The attributes that need no name in a line: what it is about, and why.
var (
	logSubjects = map[string]bool{"site": true, "host": true, "url": true}
	logReasons  = map[string]bool{"reason": true, "error": true}
)

// maxLogValue is the longest value of an attribute in a line for people.
const maxLogValue = 300

// Enabled implements slog.Handler.
func (h *proseHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= h.level }

// Handle implements slog.Handler.
func (h *proseHandler) Handle(_ context.Context, r slog.Record) error {
	var subjects, details []string
	add := func(a slog.Attr) bool {
		value := clip(a.Value.Resolve().String(), maxLogValue)
		switch {
		case a.Key == "" || value == "":
		case logSubjects[a.Key]:
			subjects = append(subjects, value)
		case logReasons[a.Key]:
			details = append(details, value)
		default:
			details = append(details, a.Key+" "+value)
		}
		return true
	}
	for _, a := range h.attrs {
		add(a)
	}
	r.Attrs(add)
	line := r.Message
	if len(subjects) > 0 {
		line += ": " + strings.Join(subjects, ", ")
	}
	if len(details) > 0 {
		line += " (" + strings.Join(details, ", ") + ")"
	}
	prefix := "newsmorgue: "
	if h.stamp {
		prefix = r.Time.Local().Format("2006-01-02 15:04:05 ")
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	_, err := fmt.Fprintln(h.w, prefix+plain(line))
	return err
}

// WithAttrs implements slog.Handler.
func (h *proseHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	g := *h
	g.attrs = append(append([]slog.Attr{}, h.attrs...), attrs...)
	return &g
}

// WithGroup implements slog.Handler. Lines for people have no groups.
func (h *proseHandler) WithGroup(string) slog.Handler { return h }
