package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// While sites.toml has an error, the settings of runs are those that were valid last.
func TestWatcherKeepsTheLastGoodSettings(t *testing.T) {
	w := &watcher{store: &siteStore{path: filepath.Join(t.TempDir(), "sites.toml")}, log: slog.New(slog.DiscardHandler)}
	const good = "[site.\"a.example\"]\nseeds = [\"https://a.example/\"]\nevery = \"6h\"\n"
	for _, step := range []struct{ name, text, err string }{
		{"valid", good, ""},
		{"a typo", strings.Replace(good, "every", "evry", 1), `line 3, column 1: site a.example: unknown setting evry`},
		{"an impossible time", strings.Replace(good, `every = "6h"`, `cron = "0 6 31 2 *"`, 1), "line 3, column 1: site a.example: cron: \"0 6 31 2 *\" is never due"},
		{"not TOML", good + "[", "line 4, column"},
		{"valid again", good, ""},
	} {
		if err := os.WriteFile(w.store.path, []byte(step.text), 0o644); err != nil {
			t.Fatal(err)
		}
		sites, err := w.schedules()
		switch {
		case step.err == "" && (err != nil || len(sites) != 1 || sites[0].Name != "a.example"):
			t.Errorf("%s: got %v, %v", step.name, sites, err)
		case step.err != "" && (err == nil || !strings.Contains(err.Error(), step.err)):
			t.Errorf("%s: got %v, want an error with %q", step.name, err, step.err)
		}
		if w.good["a.example"].Every != "6h" {
			t.Errorf("%s: the settings are %+v", step.name, w.good)
		}
	}
}
