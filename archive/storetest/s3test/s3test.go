// Package s3test starts a real S3 server for tests: versitygw, as a process, on a folder.
package s3test

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// Version is the version of the server, as in testdata/versitygw/go.mod.
const Version = "v1.8.0"

// A Server is an S3 server on loopback. It ends with its test.
type Server struct {
	// Addr is host:port, the same after a restart.
	Addr string
	// Bucket is the name of a bucket that exists.
	Bucket string
	// AccessKey and SecretKey are the credentials, the same for all servers of a process.
	AccessKey, SecretKey string
	// Dir is the folder with the objects, one folder a bucket.
	Dir string

	t      testing.TB
	binary string
	work   string

	mu   sync.Mutex
	cmd  *exec.Cmd
	done chan struct{} // closed when cmd has ended
	log  *bytes.Buffer
}

var accessKey, secretKey = "test" + rand.Text(), rand.Text()

// Environment sets the environment of the process so that its servers are used, for good.
// It is for tests that run in parallel, each of which calls it before Start.
var Environment = sync.OnceFunc(func() {
	for key, value := range env() {
		_ = os.Setenv(key, value) // fails for names that are not valid
	}
})

// Start starts a server with an empty bucket, and sets the test's environment so that it
// is used, unless it is set already. Where there is no server, the test is skipped; with CI
// in the environment it fails, and a server that was not built yet is built.
func Start(t testing.TB) *Server {
	t.Helper()
	binary := find(t)
	s := &Server{Bucket: "archive", AccessKey: accessKey, SecretKey: secretKey, t: t, binary: binary, work: t.TempDir()}
	s.Dir = filepath.Join(s.work, "buckets")
	if err := os.MkdirAll(filepath.Join(s.Dir, s.Bucket), 0o777); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Addr = l.Addr().String()
	l.Close()
	t.Cleanup(s.Stop)
	s.Restart()
	for key, value := range env() {
		if os.Getenv(key) != value {
			t.Setenv(key, value)
		}
	}
	return s
}

// URL is that of a store in the bucket, without credentials.
func (s *Server) URL(prefix string) string {
	return fmt.Sprintf("s3://%s/%s?endpoint=http://%s", s.Bucket, prefix, s.Addr)
}

// env are the variables that a program needs to use the servers.
func env() map[string]string {
	return map[string]string{"AWS_ACCESS_KEY_ID": accessKey, "AWS_SECRET_ACCESS_KEY": secretKey, "AWS_SESSION_TOKEN": "", "AWS_REGION": "us-east-1"}
}

// Stop kills the server, as a crash of its machine does. The objects stay.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stop()
}

func (s *Server) stop() {
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Kill()
	<-s.done
	s.cmd = nil
}

// Restart starts the server again, at the same address, and waits until it answers.
func (s *Server) Restart() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stop()
	var err error
	for range 3 { // another process may have taken the port
		if err = s.start(); err == nil {
			return
		}
	}
	s.t.Fatal(err)
}

func (s *Server) start() error {
	s.log = &bytes.Buffer{}
	// ETags are attributes of the files. With them in files of their own (--sidecar), the
	// server may return the ETag of one version with the content of another.
	cmd := exec.Command(s.binary, "--port", s.Addr, "--quiet", "--keep-alive", "posix", s.Dir)
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+s.AccessKey, "ROOT_SECRET_KEY="+s.SecretKey)
	cmd.Stdout, cmd.Stderr = s.log, s.log
	cmd.Dir = s.work
	if err := cmd.Start(); err != nil {
		return err
	}
	done := make(chan struct{})
	go func() {
		cmd.Wait()
		close(done)
	}()
	s.cmd, s.done = cmd, done
	client := http.Client{Timeout: time.Second}
	for begin := time.Now(); time.Since(begin) < 20*time.Second; {
		select {
		case <-done:
			s.cmd = nil
			return fmt.Errorf("%s ended: %s", s.binary, s.log)
		case <-time.After(20 * time.Millisecond):
		}
		if resp, err := client.Get("http://" + s.Addr + "/"); err == nil {
			resp.Body.Close()
			return nil // 403: nobody is anonymous
		}
	}
	s.stop()
	return fmt.Errorf("%s does not answer: %s", s.binary, s.log)
}

// find returns the path of the server's program.
func find(t testing.TB) string {
	t.Helper()
	if path := os.Getenv("NEWSMORGUE_TEST_VERSITYGW"); path != "" {
		return path
	}
	if runtime.GOOS == "windows" {
		t.Skip("versitygw is not for Windows")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(cache, "newsmorgue-test", "versitygw-"+Version)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	_, source, _, _ := runtime.Caller(0)
	module := filepath.Join(filepath.Dir(source), "..", "..", "..", "testdata", "versitygw")
	build := []string{"build", "-o", path, "github.com/versity/versitygw/cmd/versitygw"}
	if os.Getenv("CI") == "" {
		t.Skipf("there is no S3 server for the test; it takes some minutes to build: (cd testdata/versitygw && go %s)", strings.Join(build, " "))
	}
	if err := Build(t.Context(), module, path); err != nil {
		t.Fatal(err)
	}
	return path
}

// Build builds the server. Several may do so at once.
func Build(ctx context.Context, module, path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	tmp := path + "." + rand.Text()
	defer os.Remove(tmp)
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", tmp, "github.com/versity/versitygw/cmd/versitygw")
	cmd.Dir = module
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build versitygw: %w\n%s", err, out)
	}
	return os.Rename(tmp, path)
}
