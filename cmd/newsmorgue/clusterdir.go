package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
)

// maxReport bounds what is read of a machine's report, in bytes.
const maxReport = 1 << 20

// silentAfter is how old the report of a machine that runs can be.
const silentAfter = 3 * sayEvery

// readReport reads what the machine of a folder says of itself.
func readReport(dir string) (r machineReport, err error) {
	f, err := os.Open(filepath.Join(dir, waitingFile))
	if errors.Is(err, fs.ErrNotExist) {
		return r, fail(exitFailed, "--dir is that of newsmorgue watch; it says something after ten seconds", "no machine has said anything in %s", dir)
	}
	if err != nil {
		return r, err
	}
	defer f.Close()
	if err := json.NewDecoder(io.LimitReader(f, maxReport)).Decode(&r); err != nil {
		return r, fail(exitDamaged, "a machine that runs writes it again within ten seconds", "%s is damaged: %w", f.Name(), err)
	}
	return r, nil
}

// unstoredIn adds up what is not stored yet of the shards in a machine's folder.
func unstoredIn(dir string) (sum mirror.Unstored, err error) {
	shards, err := filepath.Glob(filepath.Join(cluster.ShardDir(dir, 0), "..", "*", "store.json"))
	if err != nil {
		return sum, err
	}
	for _, file := range shards {
		ar, err := archive.Open(filepath.Dir(file))
		if errors.Is(err, archive.ErrNotArchive) {
			continue
		}
		if err != nil {
			return sum, err
		}
		st, _, err := mirror.ReadStatus(ar)
		if err = errors.Join(err, ar.Close()); err != nil {
			return sum, err
		}
		sum.Bytes += st.Bytes
		if !st.Since.IsZero() && (sum.Since.IsZero() || st.Since.Before(sum.Since)) {
			sum.Since = st.Since
		}
	}
	return sum, nil
}

// printMachine prints what the machine of a folder says of itself.
func (a *app) printMachine(dir string) error {
	r, err := readReport(dir)
	if err != nil {
		return err
	}
	u, err := unstoredIn(dir)
	if err != nil {
		return err
	}
	age := max(0, time.Since(r.At))
	if a.json {
		line := map[string]any{"machine": r.Machine, "at": r.At.UTC().Format(time.RFC3339), "silent": age > silentAfter, "shards": r.Shards, "waiting": append([]string{}, r.Waiting...), "unstored_bytes": u.Bytes}
		if u.Bytes > 0 {
			line["unstored_since"] = u.Since.UTC().Format(time.RFC3339)
		}
		return a.printJSON(line)
	}
	state := "runs"
	if age > silentAfter {
		state = "does not run, or hangs"
	}
	fmt.Fprintf(a.stdout, "machine %s %s; last word %s ago\n", plain(r.Machine), state, formatDuration(age))
	fmt.Fprintf(a.stdout, "  %s: %s\n", count(len(r.Shards), "shard"), plain(strings.Join(r.Shards, " ")))
	if u.Bytes > 0 {
		fmt.Fprintf(a.stdout, "  not stored yet: %s\n", unstoredText(u, time.Now()))
	}
	for _, w := range r.Waiting {
		fmt.Fprintf(a.stdout, "  waiting for %s\n", plain(w))
	}
	return nil
}
