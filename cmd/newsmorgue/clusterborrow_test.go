//go:build linux

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dirstore"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster/drill"
)

// command runs a command that borrows shards.
func (f *field) command(work string, args ...string) string {
	f.Helper()
	return f.do(append(args, "--dir", work)...)
}

// reads opens the newest snapshot of a shard's catalog as a reader does that has nothing
// yet, brought up to the stored records.
func (f *field) reads(shard int, do func(ar *archive.Archive, c *catalog.Catalog)) {
	f.Helper()
	store, err := dirstore.Open(f.store)
	if err != nil {
		f.Fatal(err)
	}
	b := &borrower{store: store, dir: f.TempDir(), cache: archive.NewCache(1 << 20), log: (&app{stderr: os.Stderr, quiet: true}).logger(0, false)}
	if err := b.look(f.Context(), shard, func(ar *archive.Archive, c *catalog.Catalog) error { do(ar, c); return nil }); err != nil {
		f.Fatal(err)
	}
}

// has reports whether a text is in the records of a shard, or in the snapshot of its
// catalog, which may have to be the only one.
func (f *field) has(shard int, word string, alone bool) (found bool) {
	f.Helper()
	f.reads(shard, func(ar *archive.Archive, _ *catalog.Catalog) {
		for e, err := range ar.Select(f.Context(), func(archive.Capture) bool { return true }) {
			if err != nil {
				f.Fatal(err)
			}
			found = found || bytes.Contains(e.Record.Payload, []byte(word))
		}
		store := archive.SubStore(mustOpen(f.T, f.store), cluster.ShardPrefix(shard))
		for o, err := range store.List(f.Context(), "snapshots/catalog-") {
			if err != nil {
				f.Fatal(err)
			}
			head, _, err := mirror.ReadHead(f.Context(), store)
			if err != nil {
				f.Fatal(err)
			}
			if head.Catalog == nil || head.Catalog.Name != o.Name {
				if alone {
					f.Errorf("an older snapshot is there: %s", o.Name)
				}
				continue
			}
			path := filepath.Join(f.TempDir(), "c.sqlite")
			if err := mirror.FetchSnapshot(f.Context(), store, *head.Catalog, path); err != nil {
				f.Fatal(err)
			}
			body, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			found = found || bytes.Contains(body, []byte(word))
		}
	})
	return found
}

func mustOpen(t *testing.T, dir string) archive.Store {
	t.Helper()
	store, err := openStore(dir)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

// TestSuppressInCluster suppresses and erases pages while a machine crawls: a reader has
// it at once, and the machine goes on where it was.
func TestSuppressInCluster(t *testing.T) {
	const shards = 2
	f := newFieldOf(t, shards, 10, false, sharedDatabase)
	f.schedule()
	work := t.TempDir()
	machine := f.machine("a")
	f.until("a third of the stories were asked for", func() bool { return f.asked() > f.all()/3 })
	var pages []drill.Request
	for _, r := range f.town.Requests() {
		if strings.HasPrefix(r.Path, "/2026/") && !r.End.IsZero() {
			pages = append(pages, r)
		}
	}
	hidden, erased := "http://"+pages[0].Host+pages[0].Path, "http://"+pages[1].Host+pages[1].Path
	begun := time.Now()
	out := f.command(work, "suppress", hidden, "--reason", "court order")
	contains(t, out, hidden+" is suppressed: 1 capture hidden")
	t.Logf("the suppression took %s of a lease of %s", time.Since(begun), drillLease)
	shardOf := func(host string) int { return cluster.ShardOf(host, shards) }
	f.reads(shardOf(pages[0].Host), func(_ *archive.Archive, c *catalog.Catalog) {
		if h, err := c.Hidden(t.Context()); err != nil || !h.URLs[hidden] {
			t.Errorf("a reader still shows %s (%v)", hidden, err)
		}
	})
	f.waitStored(shardOf(pages[1].Host), erased)
	n := 0
	if _, err := fmt.Sscanf(pages[1].Path, "/2026/11/story-%d.html", &n); err != nil {
		t.Fatal(err)
	}
	word := fmt.Sprintf("The council of %s met for the 1. time about the bridge number %d,", pages[1].Host, n)
	if !f.has(shardOf(pages[1].Host), word, false) {
		t.Errorf("%q is not stored", word)
	}
	out = f.command(work, "suppress", erased, "--reason", "asked", "--erase")
	contains(t, out, erased+" is suppressed", "copies may remain")
	if f.has(shardOf(pages[1].Host), word, true) {
		t.Errorf("%q is still stored", word)
	}
	contains(t, f.command(work, "suppress", "--list"), hidden, erased)

	f.until("all stories were asked for", func() bool { return f.asked() == f.all() })
	twice := f.town.Twice(0)
	for _, p := range pages[:2] {
		if twice[p.Host+p.Path] > 0 {
			t.Errorf("%s was asked for again", p.Path)
		}
	}
	for _, wrong := range f.town.Impolite(drillDelay, 15*time.Millisecond) {
		t.Error(wrong)
	}
	if s := machine.Output(); strings.Contains(s, "brought up to date from the records") {
		t.Errorf("the machine made its queue again:\n%s", s)
	}
	f.until("the machine has said something", func() bool {
		_, err := os.Stat(filepath.Join(machine.dir, waitingFile))
		return err == nil
	})
	out, _ = shell(t, exitDone, "cluster", "status", "--dir", machine.dir, "-a", filepath.Join(f.dir, "gone"))
	contains(t, out, "machine a runs", "2 shards: 00 01")
	out, _ = shell(t, exitDone, "cluster", "status", "--dir", machine.dir, "--json")
	var report struct {
		Machine string
		Silent  bool
		Shards  []string
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || report.Machine != "a" || report.Silent || len(report.Shards) != 2 {
		t.Errorf("got %s (%v)", out, err)
	}
	shell(t, exitFailed, "cluster", "status", "--dir", work)
	contains(t, f.do("update"), "requested")
	out, _ = shell(t, exitDone, "status", "-a", cluster.ShardDir(machine.dir, 0))
	contains(t, out, "copy in ")
	if err := machine.Stop(30 * time.Second); err != nil {
		t.Error(err)
	}
	for shard := range shards {
		f.reads(shard, func(ar *archive.Archive, _ *catalog.Catalog) {
			v, err := ar.Verify(t.Context(), archive.VerifyOptions{})
			if err != nil || len(v.Damage) > 0 {
				t.Errorf("shard %d: %v %v", shard, v, err)
			}
		})
	}
	if f.has(shardOf(pages[1].Host), word, false) {
		t.Errorf("%q is stored again", word)
	}
}

// waitStored waits until the article of a page is stored.
func (f *field) waitStored(shard int, url string) {
	f.Helper()
	f.until("the page is stored", func() (found bool) {
		f.reads(shard, func(_ *archive.Archive, c *catalog.Catalog) {
			for s, err := range c.Stories(f.Context(), catalog.Filter{}) {
				if err != nil {
					f.Fatal(err)
				}
				found = found || s.URL == url
			}
		})
		return found
	})
}

// pagesWARC is a WARC file with a page for each URL.
func pagesWARC(urls ...string) []byte {
	var b bytes.Buffer
	record := func(typ, url, mime string, n int, block string) {
		fmt.Fprintf(&b, "WARC/1.0\r\nWARC-Type: %s\r\nWARC-Record-ID: <urn:uuid:%08d-0000-4000-8000-%012x>\r\nWARC-Date: 2026-01-02T03:04:05Z\r\n", typ, n, len(url))
		if url != "" {
			fmt.Fprintf(&b, "WARC-Target-URI: %s\r\n", url)
		}
		fmt.Fprintf(&b, "Content-Type: %s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", mime, len(block), block)
	}
	record("warcinfo", "", "application/warc-fields", 0, "software: another\r\n")
	for i, url := range urls {
		text := strings.Repeat(fmt.Sprintf("The council met on day %d and decided about the bridge over the river. ", i), 12)
		html := fmt.Sprintf("<html><head><title>Story number %d of the day</title></head><body><article><h1>Story number %d of the day</h1><p>%s</p><p>%s</p></article></body></html>", i, i, text, text)
		record("response", url, "application/http; msgtype=response", i+1, fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(html), html))
	}
	return b.Bytes()
}

// TestImportInCluster imports into shards that a machine holds, twice, kills an import, and
// reads the pages of two shards again.
func TestImportInCluster(t *testing.T) {
	const shards, stories = 2, 300
	f := newFieldOf(t, shards, 2, false, sharedDatabase)
	machine := f.machine("a")
	work := t.TempDir()
	var urls []string
	perShard := map[int]int{}
	for i := range stories {
		host := fmt.Sprintf("paper-%d.example", i%7)
		perShard[cluster.ShardOf(host, shards)]++
		urls = append(urls, fmt.Sprintf("https://%s/2026/story-%d", host, i))
	}
	if len(perShard) != 2 {
		t.Fatalf("the hosts are in %v", perShard)
	}
	file := filepath.Join(t.TempDir(), "a.warc")
	if err := os.WriteFile(file, pagesWARC(urls...), 0o644); err != nil {
		t.Fatal(err)
	}
	// Killed in the middle: the lease lapses, and the machine has the shard again.
	p, err := drill.Start(f.program, f.environment(f.pg.URL), "import", file, "-a", f.store, "--dir", work)
	if err != nil {
		t.Fatal(err)
	}
	waitForRecords(t, cluster.ShardDir(work, 0), 1)
	p.Kill()
	f.until("the machine has all shards again", func() bool {
		return strings.Contains(f.do("cluster", "status"), "2 of 2 shards held") && strings.Count(f.do("cluster", "status"), "  a  ") >= 2
	})
	out := f.command(work, "import", file)
	contains(t, out, "imported", "in 2 shards", "archive: "+f.store)
	out = f.command(work, "import", file, "--json")
	var report struct {
		Records map[string]int
		Known   int
	}
	i := strings.Index(out, "{")
	if err := json.NewDecoder(strings.NewReader(out[max(i, 0):])).Decode(&report); err != nil || len(report.Records) > 0 || report.Known != stories+2 {
		t.Errorf("a second import: got %+v (%v)\n%s", report, err, out)
	}
	for shard, want := range perShard {
		f.reads(shard, func(ar *archive.Archive, c *catalog.Catalog) {
			n, infos := 0, 0
			for e, err := range ar.Select(t.Context(), func(c archive.Capture) bool { return true }) {
				switch {
				case err != nil:
					t.Error(err)
				case e.Record.Type() == "response":
					n++
				case e.Record.Type() == "warcinfo" && bytes.Contains(e.Record.Payload, []byte("software: another")):
					infos++
				}
			}
			if n != want || infos != 1 {
				t.Errorf("shard %d: %d pages and %d warcinfo records; want %d and 1", shard, n, infos, want)
			}
		})
	}
	out = f.command(work, "reextract")
	contains(t, out, "shard 00 (1 of 2)", "shard 01 (2 of 2)", filepath.Join(f.store, "shards", "01"))
	if strings.Contains(out, work) {
		t.Errorf("the work folder is named:\n%s", out)
	}
	contains(t, f.command(work, "repair"), "no damage found")
	for _, args := range [][]string{{"stamp", "--seal"}, {"audit"}} {
		_, errs := shell(t, exitUsage, append(slices.Clone(args), "-a", f.store)...)
		contains(t, errs, "is a cluster")
	}
	// The owner is killed: its lease ends by itself, and nobody else is there.
	machine.gone = true
	machine.Kill()
	contains(t, f.command(work, "suppress", urls[0], "--reason", "asked"), "is suppressed: 1 capture hidden")
	contains(t, f.command(work, "suppress", "--list"), urls[0])
}
