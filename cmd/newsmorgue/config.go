package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/newsmorgue/newsmorgue/archive"
)

// This file is the only reader of the environment.

// folder finds the archive folder: the flag, the environment, the nearest
// parent that holds an archive.json, else ./news.
func (a *app) folder() string {
	if a.dir != "" {
		return a.dir
	}
	if d := os.Getenv("NEWSMORGUE_ARCHIVE"); d != "" {
		return d
	}
	if wd, err := os.Getwd(); err == nil {
		for d := wd; ; d = filepath.Dir(d) {
			if _, err := os.Stat(filepath.Join(d, "archive.json")); err == nil {
				return d
			}
			if d == filepath.Dir(d) {
				break
			}
		}
	}
	return "news"
}

// proxyFromEnvironment is the proxy with its user and password, which belong
// into no archive.
func proxyFromEnvironment() string { return os.Getenv("NEWSMORGUE_PROXY") }

// gcPercentFromEnvironment is the user's own setting of Go's garbage collector.
func gcPercentFromEnvironment() string { return os.Getenv("GOGC") }

// open opens the archive of a command that reads.
func (a *app) open() (*archive.Archive, error) {
	return archive.Open(a.folder())
}

// create opens the archive of a command that may make one, and says where it is.
func (a *app) create() (*archive.Archive, error) {
	dir := a.folder()
	_, err := os.Stat(filepath.Join(dir, "archive.json"))
	isNew := errors.Is(err, fs.ErrNotExist)
	ar, err := archive.Create(dir, software())
	if err != nil {
		return nil, err
	}
	if isNew && !a.quiet {
		fmt.Fprintf(a.stderr, "new archive: %s\n", absolute(dir))
	}
	return ar, nil
}

func absolute(dir string) string {
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}

// printJSON prints one value on one line.
func (a *app) printJSON(v any) error {
	enc := json.NewEncoder(a.stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
