package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
)

// tuneVariable has the tuning of the program in drills, as JSON.
const tuneVariable = "NEWSMORGUE_TEST_TUNING"

type testTuning struct {
	Lease, Silence, Daily, Poll time.Duration
	Dial                        string // "host=address", by commas
}

// tunedMain is main of the program in tests.
func tunedMain() {
	text := os.Getenv(tuneVariable)
	if text == "" {
		main()
	}
	var t testTuning
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		fmt.Fprintln(os.Stderr, tuneVariable, err)
		os.Exit(exitUsage)
	}
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	a.tune = tuning{times: cluster.Times{Lease: t.Lease}, silence: t.Silence, daily: t.Daily, poll: t.Poll, dial: map[string]string{}}
	for pair := range strings.SplitSeq(t.Dial, ",") {
		if host, addr, ok := strings.Cut(pair, "="); ok {
			a.tune.dial[host] = addr
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(a.run(ctx, os.Args[1:]))
}
