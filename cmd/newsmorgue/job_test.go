package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
)

// TestJobSteps: a long job says every ten seconds how far it is, and how far the rest.
func TestJobSteps(t *testing.T) {
	for _, quiet := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var out bytes.Buffer
			a := &app{stderr: &out, quiet: quiet}
			j := a.newJob()
			for range 8 {
				time.Sleep(3 * time.Second)
				j.step(300, "looking up hosts", "URL")
			}
			j.end()
			want := "looking up hosts: 4 of 300 URLs\nlooking up hosts: 8 of 300 URLs\n"
			if quiet {
				want = ""
			}
			if got := out.String(); got != want {
				t.Errorf("quiet %v: got %q, want %q", quiet, got, want)
			}
		})
	}
}

// TestJobRepeats: a step that says nothing for long does not leave the user without a line.
func TestJobRepeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		j := (&app{stderr: &out}).newJob()
		stop := j.repeat(func() { j.done(0, 3, "checking the catalog", "segment") })
		time.Sleep(35 * time.Second)
		stop()
		time.Sleep(time.Minute)
		if got, want := out.String(), strings.Repeat("checking the catalog 3 segments\n", 3); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
}

// TestVerifyShowsCheckOfCatalog: verify says how far the check of the catalog is, and
// does not call an interruption damage.
func TestVerifyShowsCheckOfCatalog(t *testing.T) {
	f := archivetest.New(t)
	for range 2 {
		rec := archive.NewRecord("resource", time.Now())
		rec.Set("WARC-Target-URI", "https://a.example/")
		rec.Payload = []byte("hello")
		f.Add(rec)
		if _, err := f.Writer.Seal(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	a := &app{stderr: &out}
	found, err := a.checkCatalog(t.Context(), f.Archive, &job{app: a, start: time.Now(), every: time.Nanosecond})
	if err != nil || len(found) > 0 || !strings.Contains(out.String(), "checking the catalog 2 segments\n") || !strings.Contains(out.String(), "checking the catalog: 2 of 2 segments, ") {
		t.Errorf("got %v, %v, %q", found, err, out.String())
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.checkCatalog(ctx, f.Archive, a.newJob()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it is canceled", err)
	}
	out.Reset()
	var errs bytes.Buffer
	if code := run(ctx, []string{"verify", "-a", f.Archive.Dir()}, nil, &out, &errs); code != exitInterrupted || strings.Contains(out.String(), "damage") {
		t.Errorf("verify, interrupted: got %d, %q, %q", code, out.String(), errs.String())
	}
}
