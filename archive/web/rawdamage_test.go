package web

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestRawDamaged: a record that is damaged on disk is not shown, and the page says so.
func TestRawDamaged(t *testing.T) {
	f, _, h := newReplay(t)
	respond(f, rawPaper+"damaged", 0, 200, "<p>unique words", "Content-Type", htmlType)
	damaged := 0
	err := filepath.WalkDir(f.Archive.Dir(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || strings.Contains(path, "catalog") {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil || !bytes.Contains(b, []byte("unique words")) {
			return err
		}
		damaged++
		return os.WriteFile(path, bytes.Replace(b, []byte("unique words"), []byte("unique WORDS"), 1), 0o600)
	})
	if err != nil || damaged == 0 {
		t.Fatalf("damaged %d files, %v", damaged, err)
	}
	for _, path := range []string{"/raw/", "/page/"} {
		w := get(t, h, path+"20260102030405/"+rawPaper+"damaged")
		if w.Code < 400 || !strings.Contains(w.Body.String(), "damaged. newsmorgue verify") || strings.Contains(w.Body.String(), "unique") {
			t.Errorf("%s: got %d %s", path, w.Code, w.Body)
		}
	}
}

func TestFrameTruncated(t *testing.T) {
	f, _, h := newReplay(t)
	rec := responseOf(rawPaper+"long", 0, 200, "<p>the beginning", "Content-Type", htmlType)
	rec.Set("WARC-Truncated", "length")
	rec.Finish()
	f.Add(rec)
	w := get(t, h, "/page/20260102030405/"+rawPaper+"long")
	if w.Code != 200 || !strings.Contains(w.Body.String(), "incomplete (length)") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// TestRawAtOnce: few pages are rewritten at once, whatever their size, and a page that
// finds no place in time says so.
func TestRawAtOnce(t *testing.T) {
	f, _, h := newReplay(t)
	respond(f, rawPaper+"large", 0, 200, "<p>x"+strings.Repeat(" ", largePage), "Content-Type", htmlType)
	for target, slot := range map[string]chan struct{}{rawPaper: slots.others, rawPaper + "large": slots.large} {
		for range cap(slot) {
			slot <- struct{}{}
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, "GET", "/raw/20260102030405/"+target, nil))
		cancel()
		for range cap(slot) {
			<-slot
		}
		if w.Body.Len() > 0 {
			t.Errorf("%s: got %d %.100s", target, w.Code, w.Body)
		}
		if w := get(t, h, "/raw/20260102030405/"+target); w.Code != 200 {
			t.Errorf("%s: got %d afterwards", target, w.Code)
		}
	}
}

// TestKeyInLogs: the key of rewritten pages is not logged.
func TestKeyInLogs(t *testing.T) {
	_, s, _ := newReplay(t)
	var log bytes.Buffer
	s.Logger = slog.New(slog.NewTextHandler(&log, nil))
	r := httptest.NewRequest("GET", "/raw/20260102030405im_~"+s.key+"/"+rawPaper, nil)
	s.rawFault(r, errors.New("a fault"))
	s.fault(httptest.NewRecorder(), r, errors.New("another"))
	s.errorPage(r, errors.New("a third"))
	if strings.Contains(log.String(), s.key) || strings.Count(log.String(), "im_~KEY/https://paper.example/") != 3 {
		t.Errorf("got %s", log.String())
	}
}
