package dirstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/storetest"
)

// TestMain is also another process, which counts in an object.
func TestMain(m *testing.M) {
	if dir := os.Getenv("DIRSTORE_COUNT"); dir != "" {
		s, err := Open(dir)
		if err == nil {
			if os.Getenv("DIRSTORE_NOFLOCK") != "" {
				s.sys.flock = func(*os.File) error { return errNoFlock }
			}
			err = storetest.Count(context.Background(), s, "counter", 25)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// TestProcesses has several processes edit an object.
func TestProcesses(t *testing.T) {
	for _, noFlock := range []string{"", "1"} {
		s := open(t)
		if _, err := s.Put(t.Context(), "counter", strings.NewReader("0"), 1); err != nil {
			t.Fatal(err)
		}
		var cmds []*exec.Cmd
		for range 3 {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "DIRSTORE_COUNT="+s.dir, "DIRSTORE_NOFLOCK="+noFlock)
			cmd.Stderr = os.Stderr
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			cmds = append(cmds, cmd)
		}
		for _, cmd := range cmds {
			if err := cmd.Wait(); err != nil {
				t.Error(err)
			}
		}
		wantObject(t, s, "counter", "75")
	}
}

func wantObject(t *testing.T, s archive.Store, name, want string) {
	t.Helper()
	r, _, err := s.ReadRange(t.Context(), name, 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if b, err := io.ReadAll(r); err != nil || string(b) != want {
		t.Errorf("%s has %q, %v; want %q", name, b, err, want)
	}
}

// TestWithoutLinks is the suite on a file system without hard links and locks.
func TestWithoutLinks(t *testing.T) {
	storetest.Run(t, func(t *testing.T) archive.Store {
		s := open(t)
		s.sys.link = func(*os.Root, string, string) error { return &os.LinkError{Op: "link", Err: syscall.EXDEV} }
		if runtime.GOOS == "windows" {
			t.Skip("errors of links differ")
		}
		s.sys.flock = func(*os.File) error { return errNoFlock }
		return settable{s, t}
	})
}

// TestCrash stops at each step: the object has its old version or its new one, and
// another process goes on.
func TestCrash(t *testing.T) {
	crash := errors.New("crash")
	for _, step := range []string{"temp", "link", "rename"} {
		s := open(t)
		o, err := s.Put(t.Context(), "old", strings.NewReader("old"), 3)
		if err != nil {
			t.Fatal(err)
		}
		s.sys.done = func(done string) error {
			if done == step {
				return crash
			}
			return nil
		}
		_, putErr := s.Put(t.Context(), "new", strings.NewReader("new"), 3)
		_, replaceErr := s.Replace(t.Context(), "old", o.ETag, strings.NewReader("new"), 3)
		if !errors.Is(putErr, crash) && !errors.Is(replaceErr, crash) {
			t.Errorf("%s: no crash: %v, %v", step, putErr, replaceErr)
		}
		other, err := Open(s.dir)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for o, err := range other.List(t.Context(), "") {
			if err != nil || o.Size != 3 {
				t.Errorf("%s: List returned %+v, %v", step, o, err)
			}
			names = append(names, o.Name)
		}
		want := "[new old]"
		if step == "temp" {
			want = "[old]"
		}
		if fmt.Sprint(names) != want {
			t.Errorf("%s: List returned %q, want %s", step, names, want)
		}
		content := "new"
		if step == "temp" {
			content = "old"
		}
		wantObject(t, other, "old", content)
		_, err = other.Put(t.Context(), "new", strings.NewReader("new"), 3)
		if step == "temp" && err != nil || step != "temp" && !errors.Is(err, archive.ErrExists) {
			t.Errorf("%s: Put after the crash: %v", step, err)
		}
	}
}

// TestOldTemporaryFiles removes what a crash has left, and nothing else.
func TestOldTemporaryFiles(t *testing.T) {
	s := open(t)
	tmp := filepath.Join(s.dir, ".store", "tmp")
	if err := os.MkdirAll(tmp, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, age := range map[string]time.Duration{"old": 25 * time.Hour, "new": time.Hour} {
		file := filepath.Join(tmp, name)
		when := time.Now().Add(-age)
		if err := errors.Join(os.WriteFile(file, nil, 0o666), os.Chtimes(file, when, when)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Put(t.Context(), "a", strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(tmp)
	if err != nil || len(entries) != 1 || entries[0].Name() != "new" {
		t.Errorf("the folder of temporary files has %v, %v; want new alone", entries, err)
	}
}

// TestExpiredLock has a lock that is a file, whose holder has crashed.
func TestExpiredLock(t *testing.T) {
	s := open(t)
	s.sys.flock = func(*os.File) error { return errNoFlock }
	o, err := s.Put(t.Context(), "a", strings.NewReader("x"), 1)
	if err != nil {
		t.Fatal(err)
	}
	root, err := s.root(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	l, err := s.lock(t.Context(), root, "a")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.tryLock(root, strings.TrimSuffix(l.name, ".held")); !errors.Is(err, errHeld) {
		t.Fatalf("a lock that is held: %v", err)
	}
	when := time.Now().Add(-2 * lockAge)
	if err := os.Chtimes(filepath.Join(s.dir, l.name), when, when); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Replace(t.Context(), "a", o.ETag, strings.NewReader("y"), 1); err != nil {
		t.Errorf("Replace after the lock expired: %v", err)
	}
	if err := l.check(); err == nil {
		t.Error("the former holder still has the lock")
	}
	l.unlock()
}

// TestLinksOutside has symbolic links that somebody has put into the folder.
func TestLinksOutside(t *testing.T) {
	s, outside := open(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(s.dir, "dir")); err != nil {
		t.Skip(err)
	}
	if err := os.Symlink(filepath.Join(outside, "secret"), filepath.Join(s.dir, "file")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"dir/new", "dir/secret", "file"} {
		if _, err := s.Put(t.Context(), name, strings.NewReader("x"), 1); err == nil {
			t.Errorf("Put %s: no error", name)
		}
		if _, err := s.Replace(t.Context(), name, "x", strings.NewReader("x"), 1); err == nil {
			t.Errorf("Replace %s: no error", name)
		}
		if r, _, err := s.ReadRange(t.Context(), name, 0, -1); err == nil {
			r.Close()
			t.Errorf("ReadRange %s: no error", name)
		}
		s.Remove(t.Context(), name)
	}
	for o, err := range s.List(t.Context(), "") {
		t.Errorf("List returned %s, %v", o.Name, err)
	}
	entries, err := os.ReadDir(outside)
	if b, _ := os.ReadFile(filepath.Join(outside, "secret")); err != nil || len(entries) != 1 || string(b) != "secret" {
		t.Errorf("the folder outside has %v, %v", entries, err)
	}
}

// TestNotMounted has another folder at the place of the one that was opened.
func TestNotMounted(t *testing.T) {
	s := open(t)
	if _, err := s.Put(t.Context(), "a", strings.NewReader("x"), 1); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Rename(s.dir, s.dir+".away"), os.Mkdir(s.dir, 0o777)); err != nil {
		t.Fatal(err)
	}
	_, _, err := s.ReadRange(t.Context(), "a", 0, -1)
	if err == nil || errors.Is(err, archive.ErrNoObject) || !strings.Contains(err.Error(), "mounted") {
		t.Errorf("ReadRange: %v", err)
	}
	if _, err := s.Put(t.Context(), "b", strings.NewReader("x"), 1); err == nil {
		t.Error("Put: no error")
	}
	for _, err := range s.List(t.Context(), "") {
		if err == nil {
			t.Error("List: no error")
		}
	}
	if err := errors.Join(os.Remove(s.dir), os.Rename(s.dir+".away", s.dir)); err != nil {
		t.Fatal(err)
	}
	wantObject(t, s, "a", "x")
	if _, err := Open(filepath.Join(s.dir, "no", "parent")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("Open without the parent: %v", err)
	}
}

func TestNewTime(t *testing.T) {
	now := time.Date(2026, 11, 2, 10, 0, 1, 999, time.UTC)
	for _, old := range []time.Time{{}, now, now.Add(time.Hour), now.Add(-time.Hour)} {
		got, err := newTime(now, old)
		if err != nil || !got.Truncate(tick).After(old.Truncate(tick)) || got.Nanosecond()%100 != 0 {
			t.Errorf("newTime %v after %v: %v, %v", now, old, got, err)
		}
	}
}

func TestProbe(t *testing.T) {
	if err := archive.ProbeStore(t.Context(), open(t)); err != nil {
		t.Error(err)
	}
}
