package web

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
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
