package pgtest_test

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock/pgtest"
)

// count reads how many rows the table of the tests has.
func count(t *testing.T, u string) (n int) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, u)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if err := conn.QueryRow(ctx, "SELECT count(*) FROM kept").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDataOutlivesTheServer(t *testing.T) {
	s := pgtest.Start(t)
	s.Need(t)
	s.Exec(t, "CREATE TABLE kept (n integer)", "INSERT INTO kept VALUES (1)")
	for i, end := range []func() error{s.Stop, s.Kill} {
		if err := end(); err != nil {
			t.Fatal(err)
		}
		if err := pgtest.Exec(s.URL, "SELECT 1"); err == nil {
			t.Error("a server that was stopped answers")
		}
		if err := s.Again(); err != nil {
			t.Fatal(err)
		}
		if n := count(t, s.URL); n != i+1 {
			t.Errorf("got %d rows, want %d", n, i+1)
		}
		s.Exec(t, "INSERT INTO kept VALUES (2)")
	}
}

func TestFreshDatabasesAreEmpty(t *testing.T) {
	s := pgtest.Start(t)
	a, b := s.Fresh(t), s.Fresh(t)
	if err := pgtest.Exec(a, "CREATE TABLE kept (n integer)"); err != nil {
		t.Fatal(err)
	}
	if n := count(t, a); n != 0 {
		t.Errorf("got %d rows, want none", n)
	}
	if err := pgtest.Exec(b, "SELECT * FROM kept"); err == nil || !strings.Contains(err.Error(), "does not exist") {
		t.Errorf("the other database has the table, too: %v", err)
	}
}

// TestServerDiesWithItsProcess runs this test in a process that is killed.
func TestServerDiesWithItsProcess(t *testing.T) {
	if os.Getenv("PGTEST_CHILD") != "" {
		s, err := pgtest.Run()
		if err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString(s.URL + "\n")
		time.Sleep(time.Minute)
		return
	}
	pgtest.Start(t).Need(t)
	cmd := exec.Command(os.Args[0], "-test.run=^TestServerDiesWithItsProcess$")
	cmd.Env = append(os.Environ(), "PGTEST_CHILD=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 1000)
	n, _ := out.Read(b)
	u := strings.TrimSpace(string(b[:n]))
	if err := pgtest.Exec(u, "SELECT 1"); err != nil {
		t.Error(err)
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	for range 200 {
		if pgtest.Exec(u, "SELECT 1") != nil {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Error("the server runs on without its process")
}

// TestOtherServer: with Variable, each test has a database of its own on that server, which
// goes with the test, and nothing that stops the server works.
func TestOtherServer(t *testing.T) {
	real := pgtest.Start(t)
	t.Setenv(pgtest.Variable, real.URL)
	var fresh string
	t.Run("test", func(t *testing.T) {
		s := pgtest.Start(t)
		fresh = s.URL
		if s.Mine() || s.URL == real.URL || s.Stop() == nil || s.Kill() == nil || s.Again() == nil {
			t.Error("it is as if the server was the test's")
		}
		s.Exec(t, "CREATE TABLE kept (n integer)")
		if n := count(t, s.URL); n != 0 {
			t.Errorf("got %d rows", n)
		}
	})
	if err := pgtest.Exec(fresh, "SELECT 1"); err == nil {
		t.Error("the database is still there")
	}
	if err := pgtest.Exec(real.URL, "SELECT 1"); err != nil {
		t.Error(err)
	}
	t.Setenv(pgtest.Variable, "postgres://u:pwsecret@127.0.0.1:1/x?connect_timeout=1")
	if _, err := pgtest.Run(); err == nil || !strings.Contains(err.Error(), pgtest.Variable) || strings.Contains(err.Error(), "pwsecret") {
		t.Errorf("got %v, want that the server of %s does not answer", err, pgtest.Variable)
	}
}
