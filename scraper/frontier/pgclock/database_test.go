package pgclock_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock/pgtest"
)

// role makes a user without rights.
func role(t *testing.T, s *pgtest.Server, name string) {
	t.Helper()
	s.Exec(t, "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '"+name+"') THEN CREATE ROLE "+name+" LOGIN PASSWORD 'pwplain'; END IF; END $$")
}

// TestDatabaseGone: no request starts, the answer under way is kept, and its rest counts
// when the database is back.
func TestDatabaseGone(t *testing.T) {
	s := pgtest.Start(t)
	s.Need(t)
	// While the machine is busy the server takes long to start.
	c := open(t, s.URL, pgclock.Options{Lease: 12 * time.Second})
	a := machine(t, c, "https://a.example/1", "https://b.example/1")
	b := machine(t, open(t, s.URL, pgclock.Options{Lease: 12 * time.Second}), "https://a.example/2")
	l := next(t, a, soon)
	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	if l := next(t, a, 2*time.Second); l != nil {
		t.Fatalf("%s was leased without a database", l.URL)
	}
	if got := c.Waiting(); !strings.Contains(got, "the database at 127.0.0.1:") || strings.Contains(got, "pw") || strings.Contains(got, "postgres") {
		t.Errorf("it waits for %q", got)
	}
	o := kept
	o.HostRest = 30 * time.Minute
	done(t, a, l, o)
	if err := s.Again(); err != nil {
		t.Fatal(err)
	}
	done(t, a, next(t, a, soon), kept)
	for end := time.Now().Add(soon); c.Waiting() != ""; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it waits for %q", c.Waiting())
		}
	}
	if l := next(t, b, 2*time.Second); l != nil {
		t.Errorf("%s was leased while its host rests", l.URL)
	}
	s.Exec(t, `DO $$ BEGIN ASSERT (SELECT next > clock_timestamp() + interval '28 minutes' FROM newsmorgue_clock WHERE key = 'a.example'); END $$`)
}

// TestEmptiedDatabase is set up anew, after a silence.
func TestEmptiedDatabase(t *testing.T) {
	s := server(t)
	for _, emptied := range []string{"DROP TABLE newsmorgue_clock", "DELETE FROM newsmorgue_clock"} {
		t.Run(emptied, func(t *testing.T) {
			u := s.Fresh(t)
			c := open(t, u, pgclock.Options{Silence: 3 * time.Second})
			f := machine(t, c, "https://a.example/1", "https://a.example/2")
			done(t, f, next(t, f, soon), kept)
			if err := pgtest.Exec(u, emptied); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			l := next(t, f, 1500*time.Millisecond)
			if l != nil {
				t.Fatal("a host was asked at once")
			}
			if got := c.Waiting(); !strings.Contains(got, "was empty") {
				t.Errorf("it waits for %q", got)
			}
			l = next(t, f, soon)
			if time.Since(start) < 3*time.Second {
				t.Errorf("a host was asked after %s", time.Since(start))
			}
			done(t, f, l, kept)
		})
	}
}

// TestErrors say what is wrong, and never the password.
func TestErrors(t *testing.T) {
	s := server(t)
	ctx := context.Background()
	open(t, s.URL, pgclock.Options{})
	role(t, s, "plain")
	s.Exec(t, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	u, _ := url.Parse(s.URL)
	user := *u
	user.User = url.UserPassword("plain", "pwplain")
	wrong := *u
	wrong.User = url.UserPassword("postgres", "pwwrong")
	nobody := *u
	nobody.Host = "127.0.0.1:1"
	for _, c := range []struct{ name, url, want string }{
		{"password", wrong.String(), "refuses the user or the password"},
		{"read-only", s.URL + "&default_transaction_read_only=on", "is read-only"},
		{"rights", user.String(), "the rights that are needed"},
		{"no server", nobody.String(), "does not answer"},
		{"no database", strings.Replace(s.URL, u.Path+"?", "/other?", 1), "no database of this name"},
		{"bad URL", "postgres://postgres:pwwrong@127.0.0.1:port/x", "not valid"},
	} {
		_, err := pgclock.Open(ctx, c.url, pgclock.Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "pw") {
			t.Errorf("%s: got %v, want %q", c.name, err, c.want)
		}
	}
}

// TestLeastGrants: a user with the rights of grants.sql can do all.
func TestLeastGrants(t *testing.T) {
	s := server(t)
	role(t, s, "morgue")
	s.Exec(t, "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	for part := range strings.SplitSeq(pgclock.Grants, ";\n") {
		s.Exec(t, part)
	}
	u, _ := url.Parse(s.URL)
	u.User = url.UserPassword("morgue", "pwplain")
	c, err := pgclock.Open(context.Background(), u.String(), pgclock.Options{Lease: 2 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	f := machine(t, c, "https://a.example/1")
	l := next(t, f, soon)
	held, cancel := f.Hold(context.Background(), l)
	defer cancel()
	time.Sleep(3 * time.Second)
	if held.Err() != nil {
		t.Error("the lease was not renewed")
	}
	done(t, f, l, kept)
}

// TestNewerSchema ends a crawl that runs, and lets none begin.
func TestNewerSchema(t *testing.T) {
	s := server(t)
	c := open(t, s.URL, pgclock.Options{})
	f := machine(t, c, "https://a.example/1", "https://b.example/1")
	if err := c.Err(); err != nil {
		t.Error(err)
	}
	// Also after the database was not there for some time.
	s.Exec(t, "ALTER TABLE newsmorgue_clock RENAME COLUMN next TO later")
	if l := next(t, f, time.Second); l != nil {
		t.Fatalf("%s was leased without a database", l.URL)
	}
	if c.Waiting() == "" {
		t.Error("it does not wait for the database")
	}
	s.Exec(t, "ALTER TABLE newsmorgue_clock RENAME COLUMN later TO next")
	done(t, f, next(t, f, soon), kept)
	for end := time.Now().Add(soon); c.Waiting() != "" && time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
	}
	s.Exec(t, "UPDATE newsmorgue_clock SET token = 2 WHERE key = ''")
	var newer *pgclock.NewerError
	if _, err := f.Next(context.Background(), site); !errors.As(err, &newer) || newer.Version != 2 {
		t.Errorf("got %v, want that the schema is newer", err)
	}
	if err := c.Err(); !errors.As(err, &newer) {
		t.Errorf("got %v, want that the schema is newer", err)
	}
	if _, err := pgclock.Open(context.Background(), s.URL, pgclock.Options{}); !errors.As(err, &newer) {
		t.Errorf("got %v, want that the schema is newer", err)
	}
}
