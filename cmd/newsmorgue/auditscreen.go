package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/newsmorgue/newsmorgue/archive/audit"
)

// An auditScreen shows the page beside the fields on a terminal and takes answers by key.
type auditScreen struct {
	session *auditSession
	in, out *os.File
	mono    bool // no styles

	width, height int
	view          *auditView
	viewOf        string // the article, question and width that the view is of
	top           int    // first line of the page that is shown
	place         int    // of view.places
	help          bool
	noting        bool // a note is being typed
	note          []rune
	message       []string // one or two lines
	drawn         string   // what is on the terminal
}

// Sequences of ECMA-48 and of xterm.
const (
	enterScreen = "\x1b[?1049h\x1b[?25l\x1b[2J" // another screen, no cursor
	leaveScreen = "\x1b[0m\x1b[?25h\x1b[?1049l"
)

// resizeEvery is how often the size of the terminal is looked at.
const resizeEvery = 250 * time.Millisecond

// run asks until the questions end, the user quits, or ctx is done. It restores the
// terminal also if it panics.
func (t *auditScreen) run(ctx context.Context) (err error) {
	state, err := term.MakeRaw(int(t.in.Fd()))
	if err != nil {
		return fmt.Errorf("terminal: %w", err)
	}
	fmt.Fprint(t.out, enterScreen)
	defer func() {
		fmt.Fprint(t.out, leaveScreen)
		if rerr := term.Restore(int(t.in.Fd()), state); err == nil && rerr != nil {
			err = fmt.Errorf("terminal: %w", rerr)
		}
	}()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	keys := readKeys(ctx, t.in)
	resized := time.NewTicker(resizeEvery)
	defer resized.Stop()
	for {
		if err := t.draw(); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-resized.C:
		case k, ok := <-keys:
			if !ok {
				return nil
			}
			if more, err := t.press(ctx, k); err != nil || !more {
				return err
			}
		}
	}
}

// readKeys reads keys until the end of in or until ctx is done.
func readKeys(ctx context.Context, in io.Reader) <-chan string {
	keys := make(chan string)
	// A read cannot be interrupted: after ctx is done, this ends with the next key, or
	// with the program.
	go func() {
		defer close(keys)
		buf := make([]byte, 256)
		var rest []byte
		for {
			n, err := in.Read(buf)
			if err != nil {
				return
			}
			rest = append(rest, buf[:n]...)
			for len(rest) > 0 {
				var k string
				if k, rest = cutKey(rest); k == "" {
					break
				}
				select {
				case keys <- k:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return keys
}

// press does what a key says; it returns false at the end of the session.
func (t *auditScreen) press(ctx context.Context, k string) (more bool, err error) {
	t.message = nil
	if k == "ctrl-c" {
		return false, &exitError{code: exitInterrupted, err: errInterrupted, hint: "your answers are saved; the same command continues"}
	}
	if t.noting {
		return t.typeNote(ctx, k)
	}
	if t.help { // any key ends it
		t.help = false
		return true, nil
	}
	if t.scroll(k) {
		return true, nil
	}
	s := t.session
	switch k {
	case "y":
		return s.answer(ctx, audit.Yes, "")
	case "n":
		return s.answer(ctx, audit.No, "")
	case "u":
		return s.answer(ctx, audit.Unsure, "")
	case "N":
		t.noting, t.note = true, nil
	case "b", "backspace":
		ok, err := s.back(ctx)
		if !ok {
			t.message = []string{"this is the first question"}
		}
		return true, err
	case "s":
		return s.skip(ctx)
	case "o":
		path, err := s.copyPage()
		if t.message = []string{s.now.story.URL, path + " (until the audit ends)"}; err != nil {
			t.message[1] = "no copy of the page: " + err.Error()
		}
	case "q":
		return false, nil
	case "?", "h":
		t.help = true
	default:
		t.message = []string{"y yes, n no, u unsure; ? lists all keys"}
	}
	return true, nil
}

// typeNote takes a key of a note; enter answers no with it.
func (t *auditScreen) typeNote(ctx context.Context, k string) (bool, error) {
	switch r := []rune(k); {
	case k == "enter":
		t.noting = false
		return t.session.answer(ctx, audit.No, string(t.note))
	case k == "escape":
		t.noting = false
	case k == "backspace":
		t.note = t.note[:max(len(t.note)-1, 0)]
	case k == "space":
		t.note = append(t.note, ' ')
	case len(r) == 1 && len(t.note) < 500:
		t.note = append(t.note, r[0])
	}
	return true, nil
}

// scroll moves the page; it returns false for other keys.
func (t *auditScreen) scroll(k string) bool {
	rows := t.pageRows()
	switch k {
	case "space", "pagedown":
		t.top += max(rows-2, 1)
	case "pageup":
		t.top -= max(rows-2, 1)
	case "down", "enter", "j":
		t.top++
	case "up", "k":
		t.top--
	case "home", "g":
		t.top = 0
	case "end", "G":
		t.top = len(t.view.lines)
	case "tab":
		if len(t.view.places) > 0 {
			t.place = (t.place + 1) % len(t.view.places)
			t.showPlace()
		} else {
			t.message = []string{"the page does not have the value as it is"}
		}
	default:
		return false
	}
	t.clampTop()
	return true
}

func (t *auditScreen) clampTop() {
	t.top = max(min(t.top, len(t.view.lines)-t.pageRows()), 0)
}

// showPlace scrolls to the marked place, a third below the top.
func (t *auditScreen) showPlace() {
	if t.place < len(t.view.places) {
		t.top = t.view.places[t.place] - t.pageRows()/3
		t.clampTop()
	}
}

// layout makes the view of the current question at the terminal's size, and scrolls to
// what it is about.
func (t *auditScreen) layout() {
	w, h, err := term.GetSize(int(t.out.Fd()))
	if err != nil || w < 1 || h < 1 {
		w, h = 80, 24
	}
	t.width, t.height = min(w, 1000), min(h, 1000)
	p := t.session.now
	of := fmt.Sprint(p.story.RecordID, p.form.At(), t.width)
	if of == t.viewOf {
		t.clampTop()
		return
	}
	sameArticle := strings.HasPrefix(t.viewOf, p.story.RecordID)
	t.viewOf, t.view, t.place = of, newAuditView(p, t.pageCells()-2), 0
	if !sameArticle {
		t.top = 0
	}
	// Where the value is in sight, the page stays where it is.
	if visible := slices.ContainsFunc(t.view.places, func(i int) bool { return i >= t.top+1 && i < t.top+t.pageRows()-2 }); !visible || !sameArticle {
		t.showPlace()
	}
	t.clampTop()
}

// draw writes the screen if it is not what the terminal shows.
func (t *auditScreen) draw() error {
	t.layout()
	rows := t.rows()
	var b strings.Builder
	for i := range t.height {
		fmt.Fprintf(&b, "\x1b[%d;1H", i+1)
		if i < len(rows) {
			b.WriteString(rows[i].text(t.mono))
		}
		b.WriteString("\x1b[0m\x1b[K")
	}
	if b.String() == t.drawn {
		return nil
	}
	t.drawn = b.String()
	_, err := io.WriteString(t.out, t.drawn)
	return err
}

// cutKey cuts the first key from what a terminal sent: a character, or the name of a
// key. Keys without a name here are "unknown". It returns "" if the bytes are the
// beginning of a character.
func cutKey(b []byte) (key string, rest []byte) {
	if len(b) == 0 {
		return "", b
	}
	switch c := b[0]; {
	case c == 0x1b:
		return cutEscape(b)
	case c == 3:
		return "ctrl-c", b[1:]
	case c == '\r' || c == '\n':
		return "enter", b[1:]
	case c == '\t':
		return "tab", b[1:]
	case c == ' ':
		return "space", b[1:]
	case c == 8 || c == 0x7f:
		return "backspace", b[1:]
	case c < ' ':
		return "unknown", b[1:]
	}
	return cutRune(b)
}
