// Package viewer tests the viewer in a real browser, with playwright-core. The tests are
// skipped where Node, the packages of package.json (npm run setup) or Chromium are missing.
package viewer

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// node skips the test where Node or one of its packages is missing.
func node(t *testing.T, packages ...string) string {
	t.Helper()
	if testing.Short() {
		t.Skip("a browser takes too long for -short")
	}
	path, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not installed")
	}
	for _, name := range packages {
		if _, err := os.Stat(filepath.Join("node_modules", name)); err != nil {
			t.Skipf("the npm package %s is missing; run: cd testdata/e2e/viewer && npm run setup", name)
		}
	}
	return path
}

// browser finds Chromium.
func browser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{os.Getenv("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); name != "" && err == nil {
			return path
		}
	}
	t.Skip("there is no Chromium; install it, or name it in CHROMIUM")
	return ""
}

// run returns the standard output of a command.
func run(t *testing.T, stdin io.Reader, name string, args ...string) []byte {
	t.Helper()
	var out, diag bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = stdin, &out, &diag
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %q: %v\n%s\n%s", name, args, err, out.Bytes(), diag.Bytes())
	}
	return out.Bytes()
}

var (
	temp  string // of all tests
	build = sync.OnceValues(func() (string, error) {
		program := filepath.Join(temp, "newsmorgue")
		out, err := exec.Command("go", "-C", "../../..", "build", "-o", program, "./cmd/newsmorgue").CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("%w: %s", err, out)
		}
		return program, nil
	})
)

// program builds newsmorgue once for all tests.
func program(t *testing.T) string {
	t.Helper()
	p, err := build()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMain(m *testing.M) {
	var err error
	if temp, err = os.MkdirTemp("", "viewer"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(temp)
	os.Exit(code)
}

// demo makes the archive of newsmorgue demo.
func demo(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	run(t, nil, program(t), "demo", "-q", "-a", dir)
	return dir
}

// serve serves an archive until the test ends, and returns the address without its slash.
func serve(t *testing.T, dir string, flags ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t), append([]string{"serve", "-q", "-a", dir, "--listen", "127.0.0.1:0"}, flags...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	var diag bytes.Buffer
	cmd.Stderr = &diag
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil && cmd.ProcessState.ExitCode() != 130 && cmd.ProcessState.ExitCode() != 0 {
			t.Errorf("serve: %v\n%s", err, diag.Bytes())
		}
		if diag.Len() > 0 {
			t.Errorf("serve says: %s", diag.Bytes())
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("serve printed no address: %v %s", err, diag.Bytes())
	}
	return strings.TrimSuffix(strings.TrimSpace(line), "/")
}

// getJSON reads the twin of a view.
func getJSON(t *testing.T, address string, into any) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 {
		t.Fatalf("%s: %s", address, res.Status)
	}
	if err := json.NewDecoder(res.Body).Decode(into); err != nil {
		t.Fatalf("%s: %v", address, err)
	}
}
