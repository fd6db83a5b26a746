package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/archive/storetest/s3test"
)

// morgue runs a command in this process, which must end with a code. It returns what was
// printed.
func morgue(t *testing.T, code int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if got := run(t.Context(), args, strings.NewReader(""), &out, &errs); got != code {
		t.Fatalf("newsmorgue %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, code, &out, &errs)
	}
	return out.String(), errs.String()
}

// newspaperOf serves a front page and some stories.
func newspaperOf(t *testing.T, stories int) string {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/{$}", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "<html lang=en><title>Front</title>")
		for i := range stories {
			fmt.Fprintf(w, "<a href=/story/%d>The mayor opens bridge %d</a> ", i, i)
		}
	})
	mux.HandleFunc("/story/{n}", func(w http.ResponseWriter, r *http.Request) {
		n := r.PathValue("n")
		fmt.Fprintf(w, `<html lang=en><head><title>The mayor opens bridge %s</title><meta property=og:type content=article><meta property=article:published_time content=2026-10-01T10:00:00Z></head>
<body><article><h1>The mayor opens bridge %s</h1><p>The mayor opened bridge number %s over the river on Monday, and the town came to see it, with music and with cake for all of the children.</p>
<p>It took four years to build, and it cost more than anybody had thought that it would, said the council in its report of the spring.</p></article>`, n, n, n)
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	return srv.URL
}

// sealAll seals the journals of an archive and stores the segments.
func sealAll(t *testing.T, dir, store string) {
	t.Helper()
	ar, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	if _, _, err := ar.SealJournals(t.Context()); err != nil {
		t.Fatal(err)
	}
	s, err := openStore(store)
	if err != nil {
		t.Fatal(err)
	}
	if err := (&mirror.Mirror{Archive: ar, Store: s, Address: store}).Ship(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// counted is a proxy that counts the requests to a server.
func counted(t *testing.T, addr string) (proxy string, count func() int) {
	t.Helper()
	var mu sync.Mutex
	n := 0
	to := &url.URL{Scheme: "http", Host: addr}
	p := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) { // the signature is of the host that was asked
			r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = to.Scheme, to.Host, r.In.Host
		},
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		mu.Unlock()
		p.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.Listener.Addr().String(), func() int {
		mu.Lock()
		defer mu.Unlock()
		was := n
		n = 0
		return was
	}
}

// filesIn reads the files of a folder.
func filesIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		files[rel] = string(body)
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	return files
}

// sameExport compares two folders byte for byte.
func sameExport(t *testing.T, got, want string) {
	t.Helper()
	g, w := filesIn(t, got), filesIn(t, want)
	for name, body := range w {
		if g[name] != body {
			t.Errorf("%s differs", name)
		}
	}
	if len(g) != len(w) {
		t.Errorf("got %d files, want %d", len(g), len(w))
	}
}

// TestReadS3 reads an archive from a bucket, and finds what the local archive has.
func TestReadS3(t *testing.T) {
	srv := s3test.Start(t)
	proxy, requests := counted(t, srv.Addr)
	cache := t.TempDir()
	t.Setenv("NEWSMORGUE_CACHE", cache)
	dir, bucket := filepath.Join(t.TempDir(), "news"), fmt.Sprintf("s3://%s/morgue?endpoint=http://%s", srv.Bucket, proxy)
	site := newspaperOf(t, 12)
	morgue(t, exitDone, "archive", site+"/", "-a", dir, "--store", bucket, "--delay", "0")
	sealAll(t, dir, bucket)

	for _, args := range [][]string{{"list", "--json"}, {"search", "bridge"}, {"show", site + "/story/3"}, {"stats"}, {"cat"}} {
		want, _ := morgue(t, exitDone, append(args, "-a", dir)...)
		got, _ := morgue(t, exitDone, append(args, "-a", bucket)...)
		if got != want || got == "" {
			t.Errorf("%v: got %s, want %s", args, got, want)
		}
	}
	out, _ := morgue(t, exitDone, "verify", "-a", bucket)
	contains(t, out, "no damage", "in 1 segment and 0 journals")
	for _, format := range []string{"jsonl", "warc"} {
		got, want := filepath.Join(t.TempDir(), "export"), filepath.Join(t.TempDir(), "export")
		morgue(t, exitDone, "export", "--format", format, "-a", bucket, "-o", got)
		morgue(t, exitDone, "export", "--format", format, "-a", dir, "-o", want)
		sameExport(t, got, want)
	}
	// An export into a bucket.
	morgue(t, exitDone, "export", "--format", "jsonl", "-a", bucket, "-o", fmt.Sprintf("s3://%s/datasets/one?endpoint=http://%s", srv.Bucket, proxy))
	if _, err := os.Stat(filepath.Join(srv.Dir, srv.Bucket, "datasets", "one", "SHA256SUMS")); err != nil {
		t.Error(err)
	}

	// cluster.json, archive.json, two listings, and the frame with the record and its kin.
	requests()
	morgue(t, exitDone, "show", site+"/story/3", "-a", bucket)
	warm := requests()
	if err := os.RemoveAll(cache); err != nil {
		t.Fatal(err)
	}
	morgue(t, exitDone, "show", site+"/story/3", "-a", bucket)
	cold := requests()
	t.Logf("requests of show: %d cold, %d warm", cold, warm)
	if warm > 6 || cold > 12 {
		t.Errorf("requests of show: %d cold, %d warm; want at most 12 and 6", cold, warm)
	}

	// Two commands at once, with an empty cache.
	if err := os.RemoveAll(cache); err != nil {
		t.Fatal(err)
	}
	want, _ := morgue(t, exitDone, "list", "-a", dir)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			var out, errs bytes.Buffer
			if code := run(context.WithoutCancel(t.Context()), []string{"list", "-a", bucket}, strings.NewReader(""), &out, &errs); code != exitDone || out.String() != want {
				t.Errorf("at once: exit code %d, %s%s", code, &out, &errs)
			}
		})
	}
	wg.Wait()

	s3Trouble(t, srv, bucket, proxy)
}

// s3Trouble has wrong names and credentials, damage, and a server that is away.
func s3Trouble(t *testing.T, srv *s3test.Server, bucket, proxy string) {
	_, errs := morgue(t, exitNoArchive, "list", "-a", fmt.Sprintf("s3://%s/nothing?endpoint=http://%s", srv.Bucket, proxy))
	contains(t, errs, "no archive in s3://", "hint: check the bucket and the prefix")
	_, errs = morgue(t, exitFailed, "list", "-a", fmt.Sprintf("s3://nobucket/morgue?endpoint=http://%s", proxy))
	contains(t, errs, "the bucket nobucket does not exist", "hint: ")
	t.Run("credentials", func(t *testing.T) {
		t.Setenv("AWS_SECRET_ACCESS_KEY", "wrong-key")
		_, errs := morgue(t, exitFailed, "list", "-a", bucket)
		contains(t, errs, "access to the store is denied", "hint: ")
		if strings.Contains(errs, "wrong-key") {
			t.Errorf("a key was printed: %s", errs)
		}
	})
	segments, err := filepath.Glob(filepath.Join(srv.Dir, srv.Bucket, "morgue", "segments", "*.jsonl.zst"))
	if err != nil || len(segments) != 1 {
		t.Fatal(segments, err)
	}
	body, err := os.ReadFile(segments[0])
	if err != nil {
		t.Fatal(err)
	}
	body[len(body)/3] ^= 1
	f, err := os.OpenFile(segments[0], os.O_WRONLY, 0) // its ETag is an attribute of the file
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(body); err != nil {
		t.Fatal(err)
	}
	f.Close()
	out, _ := morgue(t, exitDamaged, "verify", "-a", bucket)
	contains(t, out, "in s3://"+srv.Bucket+"/morgue", strings.TrimSuffix(filepath.Base(segments[0]), ".jsonl.zst"))
	if testing.Short() {
		return
	}
	srv.Stop()
	_, errs = morgue(t, exitFailed, "list", "-a", bucket)
	contains(t, errs, "s3://", "hint: check the network")
}

// TestKeepLocal has an archive whose sealed segments are only in its store.
func TestKeepLocal(t *testing.T) {
	store := filepath.Join(t.TempDir(), "store with a space")
	dir := filepath.Join(t.TempDir(), "news")
	site := newspaperOf(t, 5)
	morgue(t, exitDone, "archive", site+"/", "-a", dir, "--store", store, "--delay", "0")
	sealAll(t, dir, store)
	commands := [][]string{{"list", "--json"}, {"show", site + "/story/3"}, {"search", "bridge"}, {"stats"}, {"cat"}}
	want := map[string]string{}
	for _, args := range commands {
		want[args[0]], _ = morgue(t, exitDone, append(args, "-a", dir)...)
	}
	local := func() int {
		files, err := filepath.Glob(filepath.Join(dir, "segments", "*.jsonl.zst"))
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	if local() != 1 {
		t.Fatalf("%d sealed segments", local())
	}
	whole := filepath.Join(t.TempDir(), "export")
	morgue(t, exitDone, "export", "-a", dir, "-o", whole)
	ar, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openStore(store)
	if err != nil {
		t.Fatal(err)
	}
	m := &mirror.Mirror{Archive: ar, Store: s}
	if _, err := m.Evict(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	ar.Close()
	if local() != 0 {
		t.Fatalf("%d sealed segments are still on the disk", local())
	}
	for _, args := range commands {
		if got, _ := morgue(t, exitDone, append(args, "-a", dir)...); got != want[args[0]] {
			t.Errorf("%v: got %s, want %s", args, got, want[args[0]])
		}
	}
	out, _ := morgue(t, exitDone, "verify", "-a", dir)
	contains(t, out, "no damage", "in 1 segment")
	out, _ = morgue(t, exitDone, "status", "-a", dir)
	contains(t, out, "in the store, of which the disk has no copy")
	export := filepath.Join(t.TempDir(), "export")
	morgue(t, exitDone, "export", "-a", dir, "-o", export)
	sameExport(t, export, whole)
	// Crawls go on, with and without the store, and evict again.
	morgue(t, exitDone, "update", "-a", dir, "--store", store, "--keep-local", "0", "--refresh", "all")
	morgue(t, exitDone, "update", "-a", dir, "--refresh", "all")
	// The store is away: an error, and no stale answer.
	if err := os.Rename(store, store+".away"); err != nil {
		t.Fatal(err)
	}
	_, errs := morgue(t, exitFailed, "list", "-a", dir)
	contains(t, errs, "store with a space", "hint: ")
}

// TestFollowStored: what is new in the store is shown by a command that goes on, also after
// a journal was sealed.
func TestFollowStored(t *testing.T) {
	t.Setenv("NEWSMORGUE_CACHE", t.TempDir())
	store, dir := filepath.Join(t.TempDir(), "store"), filepath.Join(t.TempDir(), "news")
	morgue(t, exitDone, "archive", newspaperOf(t, 2)+"/", "-a", dir, "--store", store, "--delay", "0")
	a := &app{dir: "file://" + filepath.ToSlash(store), stdout: io.Discard, stderr: io.Discard}
	ar, c, err := a.catalog(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	defer c.Close()
	stories := func(want int) {
		t.Helper()
		n := 0
		for s, err := range c.Stories(t.Context(), catalog.Filter{}) {
			if err != nil {
				t.Fatal(err)
			}
			if _, err := c.Article(t.Context(), s); err != nil {
				t.Errorf("%s: %v", s.URL, err)
			}
			n++
		}
		if n != want {
			t.Errorf("%d articles, want %d", n, want)
		}
	}
	stories(2)
	sealAll(t, dir, store)
	stories(2)
	morgue(t, exitDone, "archive", newspaperOf(t, 3)+"/", "-a", dir, "--store", store, "--delay", "0")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.stored.follow(ctx, c, 10*time.Millisecond, func(err error) { t.Error(err) })
	}()
	for begin := time.Now(); ; time.Sleep(20 * time.Millisecond) {
		n := 0
		for range c.Stories(t.Context(), catalog.Filter{}) {
			n++
		}
		if n == 5 {
			break
		}
		if time.Since(begin) > 20*time.Second {
			t.Fatalf("%d articles after 20 s", n)
		}
	}
	cancel()
	<-done
	stories(5)
	if journals, _ := filepath.Glob(filepath.Join(ar.Dir(), "segments", "*.journal")); len(journals) != 1 {
		t.Errorf("journals in the cache: %v", journals)
	}
}

// TestHostileStored has stores that say what cannot be.
func TestHostileStored(t *testing.T) {
	cache := filepath.Join(t.TempDir(), "cache")
	t.Setenv("NEWSMORGUE_CACHE", cache)
	archiveJSON := func(id string) string {
		return `{"format":"newsmorgue-archive","version":1,"id":"` + id + `","created":"2026-11-23T18:00:00Z","software":"x"}`
	}
	const id = "3f0e4f4e-52ad-4c7c-9c0c-6d0b6f3f2d10"
	for what, c := range map[string]struct {
		files map[string]string
		code  int
		says  string
	}{
		"a path as ID":    {map[string]string{"archive.json": archiveJSON("../../x")}, exitDamaged, "is not a UUID"},
		"no ID":           {map[string]string{"archive.json": archiveJSON("")}, exitDamaged, "is not a UUID"},
		"a huge archive":  {map[string]string{"archive.json": strings.Repeat(" ", archive.MaxInfo+1)}, exitDamaged, "archive.json in"},
		"a newer archive": {map[string]string{"archive.json": strings.Replace(archiveJSON(id), `"version":1`, `"version":2`, 1)}, exitNewer, "has format 2"},
		"no JSON":         {map[string]string{"cluster.json": "x"}, exitDamaged, "cluster.json"},
		"a million shards": {map[string]string{"cluster.json": `{"format":"newsmorgue-cluster","version":1,"id":"` + id + `","shards":1000000}`},
			exitDamaged, "1000000 shards"},
		"no segment": {map[string]string{"archive.json": archiveJSON(id), "segments/20261123T180000Z-00000000.jsonl.zst": "x", "segments/x": "", "journals/x/1": ""},
			exitDone, ""},
		"a snapshot that is none": {map[string]string{"archive.json": archiveJSON(id),
			"head.json": `{"format":"newsmorgue-head","version":1,"catalog":{"name":"../../x","size":1,"sha256":""}}`}, exitDamaged, "is not the name of a snapshot"},
		"a snapshot that is missing": {map[string]string{"archive.json": archiveJSON(id),
			"head.json": `{"format":"newsmorgue-head","version":1,"catalog":{"name":"snapshots/catalog-20261123T180000Z-00000000.sqlite.zst","size":1,"raw":10,"sha256":"` + strings.Repeat("0", 64) + `"}}`},
			exitDone, "cannot be used"},
		"a snapshot larger than the disk": {map[string]string{"archive.json": archiveJSON(id),
			"head.json": `{"format":"newsmorgue-head","version":1,"catalog":{"name":"snapshots/catalog-20261123T180000Z-00000000.sqlite.zst","size":1000000000000,"raw":1000000000000,"sha256":"` + strings.Repeat("0", 64) + `"}}`},
			exitFailed, "NEWSMORGUE_CACHE"},
	} {
		store := filepath.Join(t.TempDir(), "store")
		for name, body := range c.files {
			path := filepath.Join(store, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(body), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		var out, errs bytes.Buffer
		if code := run(t.Context(), []string{"list", "-a", "file://" + filepath.ToSlash(store)}, strings.NewReader(""), &out, &errs); code != c.code || !strings.Contains(errs.String(), c.says) {
			t.Errorf("%s: exit code %d, want %d with %q\n%s", what, code, c.code, c.says, &errs)
		}
	}
	if entries, err := os.ReadDir(filepath.Dir(cache)); err != nil || len(entries) != 1 {
		t.Errorf("beside the cache: %v, %v", entries, err)
	}
}
