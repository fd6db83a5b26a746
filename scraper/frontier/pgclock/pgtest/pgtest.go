// Package pgtest gives tests a PostgreSQL server of their own: from the installed
// package, in a temporary folder, on the loopback address. It is for tests only; the
// program does not link it.
//
// NEWSMORGUE_TEST_DATABASE may have the URL of another server, as of CockroachDB; each
// test then gets a database of its own there, and tests that stop the server are skipped.
package pgtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Variable is the environment variable with the URL of a server that is used in place of
// one that is started.
const Variable = "NEWSMORGUE_TEST_DATABASE"

// ErrMissing is returned by Run if PostgreSQL is not installed.
var ErrMissing = errors.New("no PostgreSQL server is installed")

// A Server is a running PostgreSQL server.
type Server struct {
	URL string // of an empty database, with a user who may do everything, and a password

	started *process // nil for the server of Variable
	drop    func()   // of the database on such a server
}

// Start starts a server for a test or gives it an empty database on the one of Variable;
// both end with the test. Settings are lines of postgresql.conf, such as "fsync=on". Where
// no server is installed the test is skipped; where the environment variable CI is set, it fails.
func Start(t testing.TB, settings ...string) *Server {
	t.Helper()
	s, err := Run(settings...)
	if err != nil {
		Missing(t, err)
	}
	t.Cleanup(s.Close)
	return s
}

// Run is Start without a test, for TestMain and for programs that drill. The caller calls
// Close. If the calling process dies, the server ends and its folder is removed.
func Run(settings ...string) (*Server, error) {
	if u := os.Getenv(Variable); u != "" {
		s := &Server{URL: u}
		fresh, drop, err := s.create()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", Variable, err)
		}
		return &Server{URL: fresh, drop: drop}, nil
	}
	p, err := newProcess(settings)
	if err != nil {
		return nil, err
	}
	return &Server{URL: p.url(), started: p}, nil
}

// Close ends the server and removes its folder.
func (s *Server) Close() {
	if s.started != nil {
		s.started.remove()
	}
	if s.drop != nil {
		s.drop()
	}
}

// Mine reports whether the server was started by this package, so that Stop, Kill and
// Again work.
func (s *Server) Mine() bool { return s.started != nil }

// Need skips a test that stops the server where that is somebody else's.
func (s *Server) Need(t testing.TB) {
	t.Helper()
	if !s.Mine() {
		t.Skipf("the server of %s cannot be stopped", Variable)
	}
}

var errNotMine = fmt.Errorf("pgtest: the server of %s cannot be stopped", Variable)

// Stop ends the server in order; connections are cut.
func (s *Server) Stop() error {
	if s.started == nil {
		return errNotMine
	}
	return s.started.stop(false)
}

// Kill ends the server as kill -9 does.
func (s *Server) Kill() error {
	if s.started == nil {
		return errNotMine
	}
	return s.started.stop(true)
}

// Again starts a server that was stopped or killed: on the same port, with the same
// data.
func (s *Server) Again() error {
	if s.started == nil {
		return errNotMine
	}
	return s.started.start()
}

// Fresh returns the URL of another empty database of the server. On somebody else's server
// it is dropped at the end of the test; otherwise it goes with the server.
func (s *Server) Fresh(t testing.TB) string {
	t.Helper()
	u, drop, err := s.create()
	if err != nil {
		t.Fatal(err)
	}
	if !s.Mine() {
		t.Cleanup(drop)
	}
	return u
}

// Database is Fresh as a Server, for tests that share one, as from TestMain. It cannot be
// stopped.
func (s *Server) Database(t testing.TB) *Server {
	t.Helper()
	return &Server{URL: s.Fresh(t)}
}

// Missing skips a test because Run returned an error; in CI, and for any other error than
// ErrMissing, it fails.
func Missing(t testing.TB, err error) {
	t.Helper()
	if errors.Is(err, ErrMissing) && os.Getenv("CI") == "" {
		t.Skipf("%v; install the package postgresql, or set %s", err, Variable)
	}
	t.Fatal(err)
}

// Exec runs statements in the database, as the user who may do everything.
func (s *Server) Exec(t testing.TB, statements ...string) {
	t.Helper()
	if err := Exec(s.URL, statements...); err != nil {
		t.Fatal(err)
	}
}

// Exec runs statements in the database of a URL, each in a transaction of its own.
func Exec(u string, statements ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, u)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	for _, q := range statements {
		if _, err := conn.Exec(ctx, q); err != nil {
			return fmt.Errorf("%s: %w", q, err)
		}
	}
	return nil
}

// create makes an empty database, or a schema where the user may not make databases.
func (s *Server) create() (fresh string, drop func(), err error) {
	u, err := url.Parse(s.URL)
	if err != nil {
		return "", nil, errors.New("the URL of the database is not valid") // the error would have the password
	}
	name := "test_" + token()
	q := u.Query()
	if err := Exec(s.URL, "CREATE DATABASE "+name); err == nil {
		u.Path = "/" + name
		return u.String(), func() { _ = Exec(s.URL, "DROP DATABASE IF EXISTS "+name) }, nil
	}
	if err := Exec(s.URL, "CREATE SCHEMA "+name); err != nil {
		return "", nil, err
	}
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String(), func() { _ = Exec(s.URL, "DROP SCHEMA IF EXISTS "+name+" CASCADE") }, nil
}

func token() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return fmt.Sprintf("%x", b)
}
