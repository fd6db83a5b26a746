package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// That a file is missing which one site's settings name stops no other site, at the
// start of newsmorgue watch neither. What is wrong in sites.toml itself is refused.
func TestSchedulesWithoutAFile(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct{ text, log, err string }{
		{"cookies = " + tomlString(filepath.Join(dir, "gone")), "line 4, column 1: site a.example: cookies: open ", ""},
		{"header = [" + tomlString("@"+filepath.Join(dir, "gone")) + "]", "line 4, column 1: site a.example: header: open ", ""},
		{"cookies = " + tomlString(filepath.Join(dir, "gone")) + "\nkeep-out = [\"8\"]", "", `line 5, column 1: site a.example: keep-out: "8" is not valid`},
		{"header = [\"nonsense\"]", "", "line 4, column 1: site a.example: header: a field is not"},
	} {
		var log bytes.Buffer
		w := &watcher{store: &siteStore{path: filepath.Join(dir, "sites.toml")}, log: slog.New(slog.NewTextHandler(&log, nil))}
		text := "[site.\"a.example\"]\nseeds = [\"https://a.example/\"]\nevery = \"6h\"\n" + c.text + "\n\n[site.\"b.example\"]\nseeds = [\"https://b.example/\"]\nevery = \"6h\"\n"
		if err := os.WriteFile(w.store.path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		sites, err := w.schedules()
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("got %v, want %s", err, c.err)
			}
			continue
		}
		if err != nil || len(sites) != 2 || !strings.Contains(log.String(), c.log) {
			t.Errorf("got %d sites, %v, logged %s; want %s", len(sites), err, &log, c.log)
		}
	}
}
