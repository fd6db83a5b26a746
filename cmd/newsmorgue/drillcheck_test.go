//go:build linux

package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster/drill"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

// A copied shard is what the store has of a shard.
type copiedShard struct {
	*archive.Archive
	store archive.Store
	head  mirror.Head
}

// copies opens what the store has of all shards, each in a temporary folder.
func (f *field) copies() (all []copiedShard) {
	f.Helper()
	ctx := context.Background()
	store := f.open()
	for shard := range 6 {
		c := copiedShard{store: archive.SubStore(store, cluster.ShardPrefix(shard))}
		dir := f.TempDir()
		var err error
		if c.head, _, err = mirror.ReadHead(ctx, c.store); err != nil {
			f.Fatal(err)
		}
		_, err = mirror.Fetch(ctx, c.store, dir)
		if err != nil && strings.Contains(err.Error(), archive.ErrNotArchive.Error()) {
			continue // nobody has owned it yet
		}
		if err != nil {
			f.Fatal(err)
		}
		if c.Archive, err = archive.Open(dir); err != nil {
			f.Fatal(err)
		}
		f.Cleanup(func() { c.Archive.Close() })
		if err := c.Attach(ctx, c.store); err != nil {
			f.Fatal(err)
		}
		all = append(all, c)
	}
	return all
}

// answers counts the stored answers of the newspapers by URL and status, without
// robots.txt and the answers that asked to wait.
func (f *field) answers(shards []copiedShard) map[string]int {
	f.Helper()
	found := map[string]int{}
	for _, c := range shards {
		answersIn(f, c.Archive, found)
	}
	return found
}

func answersIn(f *field, ar *archive.Archive, found map[string]int) {
	f.Helper()
	recordsIn(f, ar, func(c archive.Capture) {
		if (c.Type == "response" || c.Type == "revisit") && c.Status != 503 && !strings.HasSuffix(c.URL, "/robots.txt") {
			found[fmt.Sprintf("%d %s", c.Status, c.URL)]++
		}
	})
}

// recordsIn visits the records of an archive.
func recordsIn(f *field, ar *archive.Archive, visit func(archive.Capture)) {
	f.Helper()
	segments, err := ar.Segments()
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range segments {
		for c, err := range ar.Captures(context.Background(), s.Name) {
			if err != nil {
				f.Fatal(err)
			}
			visit(c)
		}
	}
}

// nothingLeft checks that the machines' folders have no record that is not stored.
func (f *field) nothingLeft(stored map[string]bool) {
	f.Helper()
	for _, m := range f.machines {
		for shard := range 6 {
			ar, err := archive.Open(cluster.ShardDir(m.dir, shard))
			if errors.Is(err, archive.ErrNotArchive) {
				continue
			}
			if err != nil {
				f.Error(err)
				continue
			}
			recordsIn(f, ar, func(r archive.Capture) {
				if !stored[r.ID] {
					f.Errorf("machine %s has %s of %s in shard %d, segment %s, and the store does not", m.name, r.Type, r.URL, shard, r.Segment)
				}
			})
			if err := ar.Close(); err != nil {
				f.Error(err)
			}
		}
	}
}

// A fault is the moment of one: what was stored then, and which requests came before.
type fault struct {
	stored map[string]int
	since  int
}

// fault notes what is stored. What is asked again afterwards must not be among it.
func (f *field) fault() fault {
	f.Helper()
	return fault{f.answers(f.copies()), f.town.Count()}
}

// check ends the machines and checks what they did, and what is stored.
func (f *field) check(faults ...fault) {
	f.Helper()
	f.untilDone()
	f.stop()
	f.polite()
	for _, x := range faults {
		f.notAgain(x)
	}
	f.whole()
}

func (f *field) polite() {
	f.Helper()
	for _, wrong := range f.town.Impolite(drillDelay, drillSlack) {
		f.Error(wrong)
	}
}

// notAgain checks that nothing was asked for again that was stored. The style sheet of all
// is asked for once by each site, and robots.txt by each run.
func (f *field) notAgain(x fault) {
	f.Helper()
	for _, r := range f.town.Requests()[x.since:] {
		for key := range x.stored {
			if _, u, _ := strings.Cut(key, " "); r.Host != drill.Shared && r.Path != "/robots.txt" && u == "http://"+r.Host+r.Path {
				f.Errorf("%s%s was asked for again, and was stored", r.Host, r.Path)
			}
		}
	}
}

// whole checks the stored archive: that it verifies, that nothing secret is in it, that no
// machine has a record which it lacks, and that its catalog is that of a crawl by one
// machine.
func (f *field) whole() {
	f.Helper()
	ctx := context.Background()
	shards := f.copies()
	var articles []string
	stored := map[string]bool{}
	for _, c := range shards {
		recordsIn(f, c.Archive, func(r archive.Capture) { stored[r.ID] = true })
		v, err := c.Verify(ctx, archive.VerifyOptions{})
		if err != nil {
			f.Fatal(err)
		}
		for _, d := range v.Damage {
			f.Errorf("%s: %s", c.store, d)
		}
		for e, err := range c.Select(ctx, func(c archive.Capture) bool { return c.Type == "warcinfo" || c.Type == "metadata" }) {
			if err != nil {
				f.Fatal(err)
			}
			rec, err := c.RecordAt(ctx, e.Capture)
			if err != nil {
				f.Fatal(err)
			}
			f.secret("record "+rec.ID(), string(rec.Block()))
		}
		// As a reader has it: the newest snapshot, and what came later.
		if err := fetchCatalog(ctx, c.Archive, c.store, c.head, slog.New(slog.DiscardHandler)); err != nil {
			f.Fatal(err)
		}
		articles = append(articles, f.articles(c.Archive)...)
	}
	f.nothingLeft(stored)
	slices.Sort(articles)
	wantArticles, wantAnswers := f.byOneMachine()
	f.same("articles", articles, wantArticles)
	answers := f.answers(shards)
	f.same("answers", keysOf(answers), keysOf(wantAnswers))
	// Nothing is stored more often than it was answered: twice only where a machine was
	// lost before it could store, or came back with what it had.
	asked := map[string]int{}
	for _, r := range f.town.Requests() {
		asked["http://"+r.Host+r.Path]++
	}
	for key, n := range answers {
		if _, u, _ := strings.Cut(key, " "); n > asked[u] {
			f.Errorf("%s: %d answers are stored of %d requests", u, n, asked[u])
		}
	}
}

func keysOf(m map[string]int) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// same compares two sorted lists.
func (f *field) same(what string, got, want []string) {
	f.Helper()
	if slices.Equal(got, want) {
		return
	}
	f.Errorf("%s: %d, and %d by one machine", what, len(got), len(want))
	for _, x := range got {
		if !slices.Contains(want, x) {
			f.Errorf("more: %s", x)
		}
	}
	for _, x := range want {
		if !slices.Contains(got, x) {
			f.Errorf("missing: %s", x)
		}
	}
}

// articles lists the rows of an archive's catalog without times and IDs.
func (f *field) articles(ar *archive.Archive) (rows []string) {
	f.Helper()
	ctx := context.Background()
	cat, err := catalog.Open(ctx, ar)
	if err != nil {
		f.Fatal(err)
	}
	defer cat.Close()
	if _, err := cat.CatchUp(ctx); err != nil {
		f.Fatal(err)
	}
	for s, err := range cat.Stories(ctx, catalog.Filter{All: true}) {
		if err != nil {
			f.Fatal(err)
		}
		a, err := cat.Article(ctx, s)
		if err != nil {
			f.Fatal(err)
		}
		versions, err := cat.Versions(ctx, s.URL)
		if err != nil {
			f.Fatal(err)
		}
		rows = append(rows, fmt.Sprintf("%s %s %q %s %s %d words, text %.8x, %d versions", s.Site, s.URL, s.Title, s.Kind, s.Published, s.Words, sha256.Sum256([]byte(a.Text)), len(versions)))
	}
	slices.Sort(rows)
	return rows
}

// byOneMachine crawls the same newspapers into a folder, without a cluster.
func (f *field) byOneMachine() (articles []string, answers map[string]int) {
	f.Helper()
	ctx := context.Background()
	town := &drill.Town{Stories: f.town.Stories}
	if err := town.Open(12); err != nil {
		f.Fatal(err)
	}
	defer town.Close()
	dial := map[string]string{}
	for pair := range strings.SplitSeq(town.Dial(), ",") {
		host, addr, _ := strings.Cut(pair, "=")
		dial[host] = addr
	}
	ar, err := archive.Create(filepath.Join(f.TempDir(), "one"), software())
	if err != nil {
		f.Fatal(err)
	}
	defer ar.Close()
	sites, err := parseSites(papersTOML(town, time.Millisecond), "sites.toml")
	if err != nil {
		f.Fatal(err)
	}
	for name, s := range sites {
		settings, err := (&siteStore{path: "sites.toml"}).settings(name, s)
		if err != nil {
			f.Fatal(err)
		}
		run := &keep.Run{Archive: ar, Name: name, Seeds: s.Seeds, Scope: s.Scope, Settings: settings, Dial: dial}
		if sum, err := run.Do(ctx); err != nil || sum.Status != keep.StatusComplete {
			f.Fatalf("%s by one machine: %+v, %v", name, sum, err)
		}
	}
	answers = map[string]int{}
	answersIn(f, ar, answers)
	return f.articles(ar), answers
}

// readAll is the content of an object.
func (f *field) readAll(store archive.Store, name string) string {
	f.Helper()
	r, _, err := store.ReadRange(context.Background(), name, 0, 64<<20)
	if err != nil {
		f.Fatal(err)
	}
	defer r.Close()
	body, err := io.ReadAll(r)
	if err != nil {
		f.Fatal(err)
	}
	return string(body)
}
