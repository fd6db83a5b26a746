package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/web"
)

func testExporter(t *testing.T, f *archivetest.Fixture, dir string) *exporter {
	t.Helper()
	a := &app{dir: f.Archive.Dir(), stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard}
	e, err := a.exportsOf(f.Archive, f.Catalog, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.close)
	return e
}

// ended waits for the end of an export.
func ended(t *testing.T, e *exporter, id string) web.Job {
	t.Helper()
	for range 3000 {
		for _, j := range e.Jobs() {
			if j.ID == id && !j.Running() {
				return j
			}
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the export does not end")
	return web.Job{}
}

// TestServeExports: the viewer makes the same files as the command line that it shows.
func TestServeExports(t *testing.T) {
	f := archivetest.New(t)
	if err := archivetest.Fill(t.Context(), f.Writer, f.Catalog, archivetest.Options{Articles: 60, Sites: 3, Text: 300, Markup: 300}); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "exports")
	e := testExporter(t, f, dir)
	query := url.Values{"site": {"paper000.example", "paper002.example"}, "since": {"2019"}, "language": {"en"}}
	id, err := e.Start(query, "csv")
	if err != nil {
		t.Fatal(err)
	}
	j := ended(t, e, id)
	if j.State != web.JobDone || j.Done == 0 || j.Bytes == 0 || j.Dir != filepath.Join(dir, id) {
		t.Fatalf("got %+v", j)
	}
	out := filepath.Join(t.TempDir(), "out")
	args := exportArgs(query, "csv", out)
	var stderr bytes.Buffer
	if code := run(t.Context(), append([]string{"export", "-q", "-a", f.Archive.Dir()}, args...), strings.NewReader(""), io.Discard, &stderr); code != 0 {
		t.Fatalf("exit code %d: %s", code, &stderr)
	}
	if got, want := sumsOf(t, j.Dir), sumsOf(t, out); got != want {
		t.Errorf("the files of the viewer and of the command line differ:\n%s\n%s", got, want)
	}
	if code := run(t.Context(), []string{"verify", "-q", j.Dir}, strings.NewReader(""), io.Discard, &stderr); code != 0 {
		t.Errorf("verify: exit code %d: %s", code, &stderr)
	}

	// Records are exported by site alone.
	packed, err := e.Start(url.Values{"site": {"paper000.example"}}, "wacz")
	if err != nil {
		t.Fatal(err)
	}
	if j := ended(t, e, packed); j.State != web.JobDone || j.Unit != "record" || j.Done == 0 {
		t.Errorf("got %+v", j)
	}
	if code := run(t.Context(), []string{"verify", "-q", filepath.Join(dir, packed, "news.wacz")}, strings.NewReader(""), io.Discard, &stderr); code != 0 {
		t.Errorf("verify: exit code %d: %s", code, &stderr)
	}
	for _, format := range recordFormats {
		if _, err := e.Start(url.Values{"q": {"x"}}, format); !errors.Is(err, web.ErrRefused) || !strings.Contains(err.Error(), "by site") {
			t.Errorf("%s: got %v", format, err)
		}
	}

	// One that fails says why; its folder is not left behind.
	failed, err := e.Start(url.Values{"site": {"paper009.example"}}, "jsonl")
	if err != nil {
		t.Fatal(err)
	}
	if j := ended(t, e, failed); j.State != web.JobFailed || !strings.Contains(j.Error, `no site "paper009.example"`) || !strings.Contains(j.Error, "did you mean") {
		t.Errorf("got %+v", j)
	}
	if _, err := os.Stat(filepath.Join(dir, failed)); !os.IsNotExist(err) {
		t.Errorf("got %v, want no folder", err)
	}
	if _, err := e.Files(failed); err == nil {
		t.Error("a failed export has files")
	}
	for _, bad := range []url.Values{{"since": {"soon"}}, {"kind": {"x"}}, {"q": {"--"}}} {
		if _, err := e.Start(bad, "csv"); !errors.Is(err, web.ErrRefused) {
			t.Errorf("%v: got %v", bad, err)
		}
	}

	// The next server lists them, too.
	again := testExporter(t, f, dir)
	if jobs := again.Jobs(); len(jobs) != 3 || !slices.ContainsFunc(jobs, func(j web.Job) bool { return j.ID == id }) {
		t.Errorf("got %+v", jobs)
	}
	if got, err := again.Files(id); err != nil || got != j.Dir {
		t.Errorf("got %s, %v", got, err)
	}
}

// sumsOf is the names of the files of a folder, and the SHA-256 of all of them.
func sumsOf(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	h := sha256.New()
	var names []string
	for _, e := range entries {
		body, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, e.Name())
		h.Write(body)
	}
	return strings.Join(names, " ") + string(h.Sum(nil))
}

// TestQueuedExports: one runs at a time, some wait, more are refused; those that are
// canceled leave nothing.
func TestQueuedExports(t *testing.T) {
	f := archivetest.New(t)
	dir := filepath.Join(t.TempDir(), "exports")
	e := testExporter(t, f, dir)
	e.turn <- struct{}{} // another runs
	var ids []string
	for range waitingJobs {
		id, err := e.Start(nil, "jsonl")
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	if _, err := e.Start(nil, "jsonl"); !errors.Is(err, web.ErrRefused) || !strings.Contains(err.Error(), "5 exports are waiting") {
		t.Errorf("got %v", err)
	}
	if err := e.Cancel(ids[1]); err != nil {
		t.Fatal(err)
	}
	if j := ended(t, e, ids[1]); j.State != web.JobCanceled {
		t.Errorf("got %+v", j)
	}
	if err := e.Cancel(ids[1]); !errors.Is(err, web.ErrRefused) {
		t.Errorf("got %v for one that has ended", err)
	}
	e.close()
	for _, j := range e.Jobs() {
		if j.State != web.JobCanceled {
			t.Errorf("got %+v after the end", j)
		}
	}
	if _, err := e.Start(nil, "jsonl"); err == nil {
		t.Error("an export was started after the end")
	}
	if entries, _ := os.ReadDir(dir); len(entries) != 0 {
		t.Errorf("canceled exports left %v", entries)
	}
}

func TestExportsFolder(t *testing.T) {
	f := archivetest.New(t)
	a := &app{}
	for _, dir := range []string{f.Archive.Dir(), filepath.Join(f.Archive.Dir(), "exports")} {
		if _, err := a.exportsOf(f.Archive, f.Catalog, dir); err == nil {
			t.Errorf("%s is taken, which is in the archive", dir)
		}
	}
	e, err := a.exportsOf(f.Archive, f.Catalog, "")
	if err != nil || e.dir != filepath.Join(filepath.Dir(f.Archive.Dir()), "exports") {
		t.Errorf("got %v, %v", e, err)
	}
	if _, err := os.Stat(e.dir); !os.IsNotExist(err) {
		t.Errorf("got %v: the folder is made before the first export", err)
	}
}

// TestShellQuote has a shell read what is quoted.
func TestShellQuote(t *testing.T) {
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	args := []string{"plain", "with space", "it's", `"$HOME" \ ` + "`id`", "-n", "é 😀", "a\tb", "*", "~", "x;y&&z", "!", "#"}
	line := "printf '%s\\0'"
	for _, a := range args {
		line += " " + shellQuote(a)
	}
	out, err := exec.Command(sh, "-c", line).Output()
	if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); err != nil || !slices.Equal(got, args) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestExportCommand(t *testing.T) {
	f := archivetest.New(t)
	e := testExporter(t, f, t.TempDir())
	got, err := e.Command(url.Values{"q": {`the mayor's "plan"`}, "site": {"a.example", "b.example"}, "until": {"2026-11"}, "section": {"-n"}}, "parquet")
	want := `newsmorgue export -a ` + shellQuote(f.Archive.Dir()) + ` --format parquet -o articles-` + time.Now().Format(time.DateOnly) + ` --query 'the mayor'\''s "plan"' --site a.example --site b.example --section -n --until 2026-11`
	if got != want || err != nil {
		t.Errorf("got  %s, %v\nwant %s", got, err, want)
	}
	if w, err := parseExport(exportArgs(url.Values{"section": {"-n", "--x=y"}}, "csv", "out")); err != nil || !slices.Equal(w.recipe.Filter.Sections, []string{"-n", "--x=y"}) {
		t.Errorf("got %q, %v: values that look like flags are values", w.recipe.Filter.Sections, err)
	}
}
