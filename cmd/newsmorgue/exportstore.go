package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/dataset/upload"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
)

// A storedOutput is an export that is made in a temporary folder and then put into a store.
type storedOutput struct {
	app   *app
	url   string // as the user gave it
	store archive.Store
	name  string // of the object if it is one file, else ""
	temp  string
	local string // what the export writes: the temporary folder, or the file in it
}

// storedOutput prepares an export to a store; nil if -o names none. Afterwards f.dir names
// the temporary place. close must be called.
func (a *app) storedOutput(f *exportFlags) (*storedOutput, error) {
	if f.dryRun || !isRemote(f.dir) {
		return nil, nil
	}
	o := &storedOutput{app: a, url: f.dir}
	ref := f.dir
	if f.Format == "wacz" {
		var err error
		if ref, o.name, err = splitObject(ref); err != nil {
			return nil, usage("-o: %v", err)
		}
	}
	var err error
	if o.store, err = openStore(ref); err != nil {
		return nil, usage("-o: %v", err)
	}
	if o.temp, err = os.MkdirTemp("", "newsmorgue-export-"); err != nil {
		return nil, err
	}
	o.local = filepath.Join(o.temp, "export")
	if o.name != "" {
		o.local = filepath.Join(o.temp, o.name)
	}
	f.dir = o.local
	return o, nil
}

// splitObject splits the URL of an object into that of its folder and its name.
func splitObject(ref string) (folder, name string, err error) {
	u, err := url.Parse(ref)
	if err != nil {
		return "", "", err
	}
	dir, name := path.Split(u.Path)
	if err := archive.CheckObjectName(name); err != nil {
		return "", "", err
	}
	u.Path, u.RawPath = dir, ""
	return u.String(), name, nil
}

// close removes the temporary folder.
func (o *storedOutput) close() {
	if o != nil {
		os.RemoveAll(o.temp)
	}
}

// put stores the export. A dataset's checksums come last: who sees them sees all of it.
func (o *storedOutput) put(ctx context.Context) error {
	if o == nil {
		return nil
	}
	if o.name != "" {
		return o.putFile(ctx)
	}
	_, err := upload.Upload(ctx, o.store, o.local)
	return o.failed(err)
}

func (o *storedOutput) putFile(ctx context.Context) error {
	file, err := os.Open(o.local)
	if err != nil {
		return err
	}
	defer file.Close()
	st, err := file.Stat()
	if err != nil {
		return err
	}
	_, err = o.store.Put(ctx, o.name, file, st.Size())
	if errors.Is(err, archive.ErrExists) {
		return fail(exitFailed, "choose another name: what is in a store is not replaced, as somebody may be reading it", "%s in %s: %w", o.name, o.store, err)
	}
	return o.failed(err)
}

func (o *storedOutput) failed(err error) error {
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, upload.ErrOther):
		return fail(exitFailed, "choose another prefix: a dataset needs one of its own, and what is in a store is not replaced", "%w", err)
	}
	return fail(exitFailed, storeHint(err)+"; what is stored by then is not stored again", "%w", err)
}

// where says where the export is, for people.
func (o *storedOutput) where(dir string) string {
	if o == nil {
		return absolute(dir)
	}
	if o.name != "" {
		return strings.TrimSuffix(o.store.String(), "/") + "/" + o.name
	}
	return o.store.String()
}

// shardOfSite is the shard of a site of the cluster that is read, for a partitioned
// dataset; nil if it is none.
func (a *app) shardOfSite() func(site string) int {
	if a.stored == nil || a.stored.info.Shards == 0 {
		return nil
	}
	shards := a.stored.info.Shards
	return func(site string) int {
		u, err := url.Parse(fmt.Sprintf("http://%s/", site))
		if err != nil || u.Hostname() == "" {
			return cluster.ShardOf(site, shards)
		}
		return cluster.ShardOf(u.Hostname(), shards)
	}
}
