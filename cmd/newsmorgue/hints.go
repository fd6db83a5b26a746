package main

import (
	"fmt"
	"io"
	"sync"
)

// hintSet holds the hints of a command that does one thing to many sites, so that
// each hint is printed once.
type hintSet struct {
	mu    sync.Mutex
	hold  bool // print at the end
	texts []string
}

// maxHints is how many hints are printed after a command.
const maxHints = 8

// hint prints a hint about what to try: once per command, at its end if it is about
// many sites.
func (a *app) hint(format string, args ...any) { a.hintTo(a.stderr, format, args...) }

func (a *app) hintTo(w io.Writer, format string, args ...any) {
	if a.quiet {
		return
	}
	text := fmt.Sprintf(format, args...)
	if h := a.hints; h != nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		for _, t := range h.texts {
			if t == text {
				return
			}
		}
		h.texts = append(h.texts, text)
		if h.hold {
			return
		}
	}
	printHint(w, text)
}

// flushHints prints the hints that were held back.
func (a *app) flushHints() {
	h := a.hints
	if h == nil || !h.hold {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for i, t := range h.texts {
		if i == maxHints {
			fmt.Fprintf(a.stderr, "newsmorgue: and %s more; crawl one of the sites alone to read its hints\n", count(len(h.texts)-i, "hint"))
			break
		}
		printHint(a.stderr, t)
	}
	h.texts = nil
}

func printHint(w io.Writer, text string) { fmt.Fprintf(w, "newsmorgue: hint: %s\n", plain(text)) }
