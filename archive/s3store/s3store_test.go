package s3store

import (
	"bytes"
	"crypto/rand"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/storetest"
	"github.com/newsmorgue/newsmorgue/archive/storetest/s3test"
)

const secret = "SECRET-KEY-that-is-never-printed"

// setCredentials sets the environment of a test to one with these credentials alone.
func setCredentials(t *testing.T, id, secret string) {
	t.Helper()
	for key, value := range map[string]string{
		"AWS_ACCESS_KEY_ID": id, "AWS_SECRET_ACCESS_KEY": secret, "AWS_SESSION_TOKEN": "", "AWS_PROFILE": "",
		"AWS_CONFIG_FILE": t.TempDir() + "/none", "AWS_SHARED_CREDENTIALS_FILE": t.TempDir() + "/none", "AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_S3": "",
		"AWS_REGION": "", "AWS_DEFAULT_REGION": "", "MINIO_ROOT_USER": "", "MINIO_ROOT_PASSWORD": "", "MINIO_ACCESS_KEY": "", "MINIO_SECRET_KEY": "",
	} {
		t.Setenv(key, value)
	}
}

// serve returns a store of a handler. It does not wait long.
func serve(t *testing.T, h http.Handler) *Store {
	t.Helper()
	srv := httptest.NewServer(h)
	t.Cleanup(srv.Close)
	setCredentials(t, "ACCESS-KEY", secret)
	s, err := Open("s3://bucket/news?endpoint="+srv.URL, Options{Wait: time.Millisecond, Stall: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A fakeStore is a store of a gofakes3 in the process.
type fakeStore struct {
	*Store
	backend *s3mem.Backend
	t       *testing.T
}

func (s fakeStore) Set(name string, body []byte) {
	if _, err := s.backend.PutObject(s.bucket, s.key(name), nil, bytes.NewReader(body), int64(len(body)), nil); err != nil {
		s.t.Fatal(err)
	}
}

// fake returns a store of a server in memory, whose requests go through wrap.
func fake(t *testing.T, wrap func(http.Handler) http.Handler) fakeStore {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("bucket"); err != nil {
		t.Fatal(err)
	}
	h := gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	if wrap != nil {
		h = wrap(h)
	}
	return fakeStore{serve(t, h), backend, t}
}

func TestFake(t *testing.T) {
	storetest.Run(t, func(t *testing.T) archive.Store { return fake(t, nil) })
}

func TestServer(t *testing.T) {
	srv := s3test.Start(t)
	storetest.Run(t, func(t *testing.T) archive.Store {
		s, err := Open(srv.URL(strings.ToLower(rand.Text())), Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}

func TestServerProbe(t *testing.T) {
	srv := s3test.Start(t)
	s, err := Open(srv.URL("archives/news"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := archive.ProbeStore(t.Context(), s); err != nil {
		t.Error(err)
	}
	for o, err := range s.List(t.Context(), "") {
		t.Errorf("the probe left %s, %v", o.Name, err)
	}
}

// TestServerRestart kills the server between requests and during them.
func TestServerRestart(t *testing.T) {
	srv := s3test.Start(t)
	s, err := Open(srv.URL("news"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Put(t.Context(), "a", strings.NewReader("first"), 5)
	if err != nil {
		t.Fatal(err)
	}
	srv.Stop()
	done := make(chan error)
	go func() {
		_, err := s.Replace(t.Context(), "a", o.ETag, strings.NewReader("other"), 5)
		done <- err
	}()
	time.Sleep(100 * time.Millisecond)
	srv.Restart()
	if err := <-done; err != nil {
		t.Errorf("Replace while the server was restarted: %v", err)
	}
	wantObject(t, s, "a", "other")
	srv.Stop()
	s.o.Tries, s.o.Wait = 2, time.Millisecond
	_, _, err = s.ReadRange(t.Context(), "a", 0, -1)
	if err == nil || errors.Is(err, archive.ErrNoObject) || !strings.Contains(err.Error(), srv.Addr) {
		t.Errorf("ReadRange without a server: %v", err)
	}
}

// TestServerWrongCredentials has a real server deny access.
func TestServerWrongCredentials(t *testing.T) {
	srv := s3test.Start(t)
	for _, keys := range [][2]string{{srv.AccessKey, secret}, {"UNKNOWN", secret}} {
		setCredentials(t, keys[0], keys[1])
		s, err := Open(srv.URL("news"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = s.Put(t.Context(), "a", strings.NewReader("x"), 1)
		wantDenied(t, err)
		_, _, err = s.ReadRange(t.Context(), "a", 0, -1)
		wantDenied(t, err)
		for _, err := range s.List(t.Context(), "") {
			wantDenied(t, err)
		}
		wantDenied(t, s.Remove(t.Context(), "a"))
	}
}

func TestNoBucket(t *testing.T) {
	srv := s3test.Start(t)
	srv.Bucket = "other"
	s, err := Open(srv.URL("news"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range s.List(t.Context(), "") {
		if err == nil || errors.Is(err, archive.ErrNoObject) || !strings.Contains(err.Error(), "bucket other does not exist") {
			t.Errorf("List of no bucket: %v", err)
		}
	}
}
