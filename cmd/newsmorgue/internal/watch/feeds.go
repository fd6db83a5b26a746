package watch

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/notice"
)

// Feeds are the Atom feeds of the changes that runs found, one for each site. They are
// made from the catalog, so that what is suppressed disappears from them.
type Feeds struct {
	Archive *archive.Archive
	Author  *notice.Author
	Version string // of the program
	Dir     string // where files are written; "" for none

	mu    sync.Mutex
	sites map[string]feedOf
}

// feedOf is what is known of a feed: making it anew reads up to 200 records.
type feedOf struct {
	changes []notice.Change
	ledger  int // how many suppressions there were
}

// Add adds what a run found to the feed of its site, and writes the file.
func (f *Feeds) Add(ctx context.Context, n *notice.Notice) error {
	changes, err := f.of(ctx, n.Site)
	if err != nil {
		return err
	}
	// Those that were read anew may have some of these.
	for _, c := range n.Changes {
		if !slices.ContainsFunc(changes, func(old notice.Change) bool { return old.ID == c.ID }) {
			changes = append(changes, c)
		}
	}
	changes = newest(changes)
	f.mu.Lock()
	f.sites[n.Site] = feedOf{changes, f.sites[n.Site].ledger}
	f.mu.Unlock()
	if f.Dir == "" {
		return nil
	}
	return f.writeFile(n.Site, changes)
}

// newest sorts changes and leaves those that fit into a feed.
func newest(changes []notice.Change) []notice.Change {
	changes = slices.Clone(changes)
	slices.SortStableFunc(changes, func(a, b notice.Change) int { return b.Captured.Compare(a.Captured) })
	return changes[:min(len(changes), notice.MaxEntries)]
}

// of returns the changes of a site, the newest first.
func (f *Feeds) of(ctx context.Context, site string) ([]notice.Change, error) {
	ledger, err := f.Author.Catalog.Ledger(ctx)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	known, ok := f.sites[site]
	f.mu.Unlock()
	if ok && known.ledger == len(ledger) {
		return known.changes, nil
	}
	changes, err := f.Author.Recent(ctx, site, notice.MaxEntries)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.sites == nil {
		f.sites = map[string]feedOf{}
	}
	f.sites[site] = feedOf{changes, len(ledger)}
	return changes, nil
}

func (f *Feeds) feed(site, self string, changes []notice.Change) notice.Feed {
	info := f.Archive.Info()
	return notice.Feed{Archive: info.ID, Site: site, Self: self, Created: info.Created, Version: f.Version, Changes: changes}
}

// Write writes the feed of a site.
func (f *Feeds) Write(ctx context.Context, w io.Writer, site, self string) error {
	changes, err := f.of(ctx, site)
	if err != nil {
		return err
	}
	return f.feed(site, self, changes).Write(w)
}

// WriteAll writes a feed of the newest changes of several sites.
func (f *Feeds) WriteAll(ctx context.Context, w io.Writer, sites []string, self string) error {
	var all []notice.Change
	for _, s := range sites {
		changes, err := f.of(ctx, s)
		if err != nil {
			return err
		}
		all = newest(append(all, changes...))
	}
	return f.feed("", self, all).Write(w)
}

// FeedName is the name of a site's feed: the site, if that can be a file name.
func FeedName(site string) string { return archive.FileName(site) + ".atom" }

// writeFile replaces the file of a feed: a reader finds the old one or the new one.
func (f *Feeds) writeFile(site string, changes []notice.Change) error {
	name := FeedName(site)
	tmp, err := os.CreateTemp(f.Dir, "."+name+"-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // if it was not renamed
	err = f.feed(site, name, changes).Write(tmp)
	if err == nil {
		err = tmp.Chmod(0o644) // a web server may run as somebody else
	}
	if err == nil {
		err = tmp.Sync() // before the rename, or a power loss may leave an empty file
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), filepath.Join(f.Dir, name))
}
