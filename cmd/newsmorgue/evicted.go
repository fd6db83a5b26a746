package main

import (
	"context"
	"errors"
	"os"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
)

// withEvicted attaches the store of an archive whose sealed segments are not all on the
// disk (--keep-local), so that every command can read them. It closes the archive if it
// returns an error.
func (a *app) withEvicted(ctx context.Context, ar *archive.Archive) (*archive.Archive, error) {
	if err := a.attachEvicted(ctx, ar); err != nil {
		return nil, errors.Join(err, ar.Close())
	}
	return ar, nil
}

func (a *app) attachEvicted(ctx context.Context, ar *archive.Archive) error {
	n, err := mirror.Evicted(ar)
	if err != nil || n == 0 {
		return err
	}
	status, _, err := mirror.ReadStatus(ar)
	if err != nil {
		return err
	}
	if path := folderOf(status.Address); path != "" {
		// Opening a store would make a folder that is missing, as of a share that is not mounted.
		if _, err := os.Stat(path); err != nil {
			return &archive.StoreError{Store: status.Address, Name: "the folder", Err: err}
		}
	}
	store, err := openStore(status.Address)
	if err != nil {
		return fail(exitFailed, "store.json in the archive's folder names the store; the next run with --store writes it anew", "%s of this archive is only in its store: %w", count(n, "segment"), err)
	}
	if err := ar.Attach(ctx, store); err != nil {
		return err
	}
	a.evicted, a.evictedTo = store, status.Address
	return nil
}

// folderOf is the path of the folder that the address of a store names, "" if it is none.
func folderOf(address string) string {
	if path, ok, err := filePath(address); err == nil && ok {
		return path
	}
	if isRemote(address) {
		return ""
	}
	return address
}
