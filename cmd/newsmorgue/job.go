package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// A job shows the progress of a long command: one line that is rewritten on a
// terminal, a line every ten seconds elsewhere, nothing with -q.
type job struct {
	app   *app
	every time.Duration
	tty   bool

	mu    sync.Mutex
	start time.Time
	shown time.Time
	drawn bool
	steps int

	phase      string // of work in several
	phaseStart time.Time
}

func (a *app) newJob() *job {
	j := &job{app: a, start: time.Now(), shown: time.Now(), every: 10 * time.Second}
	if f, ok := a.stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		j.tty, j.every = true, 200*time.Millisecond
	}
	return j
}

// due reports whether it is time to show how far the job is, and counts that as shown.
func (j *job) due() bool {
	if j.app.quiet || time.Since(j.shown) < j.every {
		return false
	}
	j.shown = time.Now()
	return true
}

// timeLeft ends a line of progress; an estimate has no tenths of seconds.
func timeLeft(d time.Duration) string {
	return ", " + strings.Replace(formatDuration(d.Round(time.Second)), ".0s", "s", 1) + " left"
}

// bytes shows the progress of work that is measured in bytes.
func (j *job) bytes(done, total int64, what string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.due() {
		return
	}
	seconds := time.Since(j.start).Seconds()
	line := fmt.Sprintf("%s: %s of %s, %s/s", what, size(done), size(total), size(int64(float64(done)/max(seconds, 0.001))))
	if done > 0 && done < total {
		left := time.Duration(seconds * float64(total-done) / float64(done) * float64(time.Second))
		line += timeLeft(left)
	}
	j.print(line)
}

// read shows the progress of reading files; total is 0 if it is unknown.
func (j *job) read(done, total int64, what string) {
	if total > 0 {
		j.bytes(done, total, what)
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.due() {
		j.print(fmt.Sprintf("%s: %s, %s/s", what, size(done), size(int64(float64(done)/max(j.seconds(), 0.001)))))
	}
}

// step counts one of the steps of a job and shows how many of the total are done.
func (j *job) step(total int, what, noun string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.steps++
	if !j.due() {
		return
	}
	j.print(fmt.Sprintf("%s: %d of %s", what, j.steps, count(total, noun)))
}

// items counts one of the items of a job whose number is known, and shows the rate and
// the time left.
func (j *job) items(total int, what, noun string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.steps++
	if !j.due() {
		return
	}
	seconds := time.Since(j.start).Seconds()
	rate := float64(j.steps) / max(seconds, 0.001)
	line := fmt.Sprintf("%s: %d of %s, %.0f/s", what, j.steps, count(total, noun), rate)
	if j.steps < total {
		left := time.Duration(float64(total-j.steps) / rate * float64(time.Second))
		line += timeLeft(left)
	}
	j.print(line)
}

// done shows how much of some work is done, with the rate and the time left if the
// total is known.
func (j *job) done(done, total int64, what, noun string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if what != j.phase {
		j.phase, j.phaseStart = what, time.Now()
	}
	if !j.due() {
		return
	}
	line, seconds := what, time.Since(j.phaseStart).Seconds()
	if done > 0 {
		rate := float64(done) / max(seconds, 0.001)
		line = fmt.Sprintf("%s: %d of %s, %.0f/s", what, done, count(int(total), noun), rate)
		if done < total {
			line += timeLeft(time.Duration(float64(total-done) / rate * float64(time.Second)))
		}
	} else if total > 0 {
		line = fmt.Sprintf("%s %s", what, count(int(total), noun))
	}
	j.print(line)
}

// repeat shows how far a job is again and again, while nothing else does, until stop is
// called.
func (j *job) repeat(show func()) (stop func()) {
	ended, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTicker(j.every)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				show()
			case <-ended:
				return
			}
		}
	}()
	return func() {
		close(ended)
		<-gone
	}
}

// say prints a line that stays, whether the job is shown or not.
func (j *job) say(line string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.clear()
	fmt.Fprintln(j.app.stderr, plain(line))
}

func (j *job) print(line string) {
	if !j.tty {
		fmt.Fprintln(j.app.stderr, plain(line))
		return
	}
	fmt.Fprintf(j.app.stderr, "\r\x1b[K%s", clip(plain(line), 79))
	j.drawn = true
}

// end clears the line.
func (j *job) end() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.clear()
}

func (j *job) clear() {
	if j.drawn {
		fmt.Fprint(j.app.stderr, "\r\x1b[K")
		j.drawn = false
	}
}

func (j *job) seconds() float64 { return time.Since(j.start).Seconds() }
