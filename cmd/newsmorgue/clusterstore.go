package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
)

// isRemote reports whether an archive is named by the URL of a store.
func isRemote(ref string) bool {
	return strings.HasPrefix(ref, "s3://") || strings.HasPrefix(ref, "file://")
}

// clusterStore opens the store of the cluster that -a names. It returns nil if -a names
// something else.
func (a *app) clusterStore(ctx context.Context) (archive.Store, cluster.Info, error) {
	ref := a.folder()
	if !isRemote(ref) {
		if _, err := os.Stat(filepath.Join(ref, "cluster.json")); err != nil {
			return nil, cluster.Info{}, nil
		}
	}
	store, err := openStore(ref)
	if err != nil {
		return nil, cluster.Info{}, err
	}
	info, err := cluster.ReadInfo(ctx, store)
	if errors.Is(err, cluster.ErrNotCluster) {
		return nil, info, nil // an archive of one machine, or nothing
	}
	return store, info, err
}

// clusterSites is the sites.toml of the cluster that -a names, nil if it names none.
func (a *app) clusterSites(ctx context.Context) (*siteStore, cluster.Info, error) {
	store, info, err := a.clusterStore(ctx)
	if store == nil || err != nil {
		return nil, info, err
	}
	sites := &cluster.Sites{Store: store}
	return &siteStore{path: sites.String(), text: sitesObject{sites}}, info, nil
}

// A sitesObject is the sites.toml of a cluster.
type sitesObject struct{ sites *cluster.Sites }

// sitesPatience bounds the time that reading or editing sites.toml in a store may take.
const sitesPatience = time.Minute

func (o sitesObject) read() (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), sitesPatience)
	defer cancel()
	text, _, err := o.sites.Read(ctx)
	return text, err
}

func (o sitesObject) edit(change func(string) (string, error)) error {
	ctx, cancel := context.WithTimeout(context.Background(), sitesPatience)
	defer cancel()
	return o.sites.Edit(ctx, change)
}

// followedSites is a sitesObject of which another goroutine follows the changes.
type followedSites struct{ sitesObject }

func (o followedSites) read() (string, error) {
	if text, ok := o.sites.Last(); ok {
		return text, nil
	}
	return "", fmt.Errorf("%s was not read yet", o.sites)
}
