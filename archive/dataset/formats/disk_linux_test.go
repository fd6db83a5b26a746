package formats

import (
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table/tabletest"
)

// TestDiskIsFull writes each format in a process whose files may have only so many
// bytes: Write or Close must return the error, and nothing may succeed after it.
func TestDiskIsFull(t *testing.T) {
	if format := os.Getenv("FORMATS_TEST_FULL_DISK"); format != "" {
		fillDisk(t, format)
		return
	}
	for _, format := range Names() {
		cmd := exec.Command(os.Args[0], "-test.run=^TestDiskIsFull$", "-test.v")
		cmd.Env = append(os.Environ(), "FORMATS_TEST_FULL_DISK="+format)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", format, err, out)
		}
	}
}

func fillDisk(t *testing.T, format string) {
	articles := tabletest.Articles{}
	signal.Ignore(syscall.SIGXFSZ) // so that writes return EFBIG
	before := runtime.NumGoroutine()
	defer func() {
		for n := 0; runtime.NumGoroutine() > before; n++ {
			if time.Sleep(10 * time.Millisecond); n == 500 {
				t.Errorf("%d goroutines are left of %d", runtime.NumGoroutine(), before)
				return
			}
		}
	}()
	for _, limit := range []uint64{0, 1000, 300_000} {
		d, err := folder.Create(filepath.Join(t.TempDir(), "d"))
		if err != nil {
			t.Fatal(err)
		}
		var old syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			t.Skip(err)
		}
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: limit, Max: old.Max}); err != nil {
			t.Skip(err)
		}
		first, rows, last := fillFormat(d, format, &articles)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
			t.Fatal(err)
		}
		if last == nil {
			t.Errorf("limit %d: %d rows were written without an error", limit, rows)
		}
		if first != nil && !errors.Is(last, first) {
			t.Errorf("limit %d: Close returned %v after %v", limit, last, first)
		}
		// SQLite has errors of its own.
		if format != "sqlite" && !errors.Is(last, syscall.EFBIG) || format == "sqlite" && !strings.Contains(last.Error(), SQLiteFile) {
			t.Errorf("limit %d: got %v", limit, last)
		}
		if err := d.Discard(); err != nil {
			t.Error(err)
		}
	}
}

// fillFormat writes until there is an error, and returns the first, and that of Close.
func fillFormat(d *folder.Folder, format string, articles *tabletest.Articles) (first error, rows int, last error) {
	sink, err := Open(d, format, Options{FullText: true})
	if err != nil {
		return err, 0, err
	}
	w, first := sink.Open(table.Articles, table.Part{})
	for ; first == nil && rows < 800; rows++ {
		first = w.Write(articles.Next())
	}
	if w != nil {
		if err := w.Close(); first == nil {
			first = err
		}
	}
	if _, err := sink.Open(table.Sites, table.Part{}); first != nil && err == nil {
		return first, rows, errors.New("a table was opened after an error")
	}
	return first, rows, sink.Close()
}
