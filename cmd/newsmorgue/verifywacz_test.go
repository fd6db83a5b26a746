package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/wacz"
)

// TestVerifyWACZ checks packages on the command line.
func TestVerifyWACZ(t *testing.T) {
	dir := t.TempDir()
	var b bytes.Buffer
	w, err := wacz.NewWriter(&b, wacz.WriterOptions{Temp: t.TempDir(), Software: "newsmorgue/test"})
	if err != nil {
		t.Fatal(err)
	}
	rec := archive.NewRecord("resource", time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC))
	rec.Set("WARC-Target-URI", "https://a.example/notice.txt")
	rec.Set("Content-Type", "text/plain")
	rec.Payload = []byte("The market is closed on Tuesday.")
	rec.Finish()
	if err := w.WriteAll(t.Context(), func(yield func(*archive.Record, error) bool) { yield(rec, nil) }); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(b.Bytes())
	damaged[200] ^= 1 // in the WARC file
	for _, tt := range []struct {
		name  string
		bytes []byte
		code  int
		out   string // on stdout, or else on stderr
	}{
		{"good.wacz", b.Bytes(), 0, "2 records in 1 WARC file, 1 line of the index, 0 pages: no damage\n  WACZ 1.1.1 by newsmorgue/test"},
		{"changed.wacz", damaged, exitDamaged, "damaged or missing"},
		{"cut.wacz", b.Bytes()[:b.Len()-40], exitDamaged, "not a complete ZIP file"},
		{"list.wacz", []byte(`{"profile":"multi-wacz-package","resources":[]}`), exitFailed, "verify the .wacz files that it names"},
	} {
		name := filepath.Join(dir, tt.name)
		if err := os.WriteFile(name, tt.bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		var out, diag bytes.Buffer
		if code := run(t.Context(), []string{"verify", name}, strings.NewReader(""), &out, &diag); code != tt.code || !strings.Contains(out.String()+diag.String(), tt.out) {
			t.Errorf("%s: got exit code %d, %s%s, want %d, %s", tt.name, code, out.String(), diag.String(), tt.code, tt.out)
		}
	}
	var out, diag bytes.Buffer
	var report wacz.Report
	code := run(t.Context(), []string{"verify", "--json", filepath.Join(dir, "good.wacz")}, strings.NewReader(""), &out, &diag)
	if err := json.Unmarshal(out.Bytes(), &report); err != nil || code != 0 || report.Records != 2 || report.Lines != 1 || report.Damage == nil {
		t.Errorf("got %d, %+v, %v", code, report, err)
	}
}
