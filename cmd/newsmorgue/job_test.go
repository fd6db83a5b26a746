package main

import (
	"bytes"
	"testing"
	"testing/synctest"
	"time"
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
