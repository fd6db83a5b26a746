package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/newsmorgue/newsmorgue/archive"
)

// Only this file reads environment variables.

// folder finds the archive folder: from the flag, the environment, the nearest
// parent folder with an archive.json, else ./news.
func (a *app) folder() string {
	if a.dir != "" {
		return a.dir
	}
	if d := archiveFromEnvironment(); d != "" {
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

// archiveFromEnvironment is the archive that -a names else; "" if none.
func archiveFromEnvironment() string { return os.Getenv("NEWSMORGUE_ARCHIVE") }

// databaseFromEnvironment is the URL of a cluster's database; "" leaves it to the
// variables of PostgreSQL's own programs.
func databaseFromEnvironment() string { return os.Getenv("NEWSMORGUE_DATABASE") }

// proxyFromEnvironment is the proxy's URL, which may hold a user and password:
// these must not be saved in sites.toml.
func proxyFromEnvironment() string { return os.Getenv("NEWSMORGUE_PROXY") }

// noColor reports whether the user wants no color anywhere (no-color.org).
func noColor() bool { return os.Getenv("NO_COLOR") != "" }

// webhookSecretFromEnvironment is the key that notices are signed with. As a flag it
// would be in the list of processes.
func webhookSecretFromEnvironment() string { return os.Getenv("NEWSMORGUE_WEBHOOK_SECRET") }

// servePasswordFromEnvironment is the password of the viewer; "" if there is none.
func servePasswordFromEnvironment() string { return os.Getenv("NEWSMORGUE_PASSWORD") }

// overSSH reports whether the user has come to this machine by ssh, so that a browser is
// on another one.
func overSSH() bool { return os.Getenv("SSH_CONNECTION") != "" }

// gcPercentFromEnvironment is the user's own setting of Go's garbage collector.
func gcPercentFromEnvironment() string { return os.Getenv("GOGC") }

// cacheFolder is where archives in stores have their folders.
func cacheFolder() (string, error) {
	if dir := os.Getenv("NEWSMORGUE_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "newsmorgue"), err
}

// open opens an existing archive on this disk.
func (a *app) open(ctx context.Context) (*archive.Archive, error) {
	if err := a.refuseStored(); err != nil {
		return nil, err
	}
	ar, err := archive.Open(a.folder())
	if err != nil {
		return nil, err
	}
	return a.withEvicted(ctx, ar)
}

// create opens an archive, or creates it and prints where.
func (a *app) create(ctx context.Context) (*archive.Archive, error) {
	if err := a.refuseStored(); err != nil {
		return nil, err
	}
	dir := a.folder()
	_, err := os.Stat(filepath.Join(dir, "archive.json"))
	isNew := errors.Is(err, fs.ErrNotExist)
	_, err = os.Stat(dir)
	isNewFolder := errors.Is(err, fs.ErrNotExist)
	ar, err := archive.Create(dir, software())
	if err != nil {
		return nil, err
	}
	a.created, a.createdFolder = isNew, isNewFolder
	if isNew && !a.quiet {
		fmt.Fprintf(a.stderr, "new archive: %s\n", absolute(dir))
	}
	return a.withEvicted(ctx, ar)
}

// discardEmpty removes the archive that this command made, if nothing came into it. It
// must be closed.
func (a *app) discardEmpty() (removed bool, err error) {
	if !a.created {
		return false, nil
	}
	if removed, err = archive.Discard(a.folder(), a.createdFolder); removed && !a.quiet {
		fmt.Fprintf(a.stderr, "removed, as nothing came into it: %s\n", absolute(a.folder()))
	}
	return removed, err
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
