package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
	"github.com/newsmorgue/newsmorgue/archive/exchange"
	"github.com/newsmorgue/newsmorgue/archive/web"
)

// exporter makes the exports of the viewer, one at a time. Each is what newsmorgue export
// makes by the command line that the viewer shows: the same flags are parsed.
type exporter struct {
	app     *app
	archive *archive.Archive
	catalog *catalog.Catalog
	dir     string // each export has a folder in it, and a file that outlives the server

	ctx    context.Context // of all exports
	cancel context.CancelFunc
	wg     sync.WaitGroup
	turn   chan struct{} // held by the export that runs

	mu   sync.Mutex
	jobs []*exportJob // the newest first
}

// An exportJob is one export.
type exportJob struct {
	web.Job
	cancel context.CancelFunc
}

const (
	keptJobs    = 20 // that are listed
	waitingJobs = 5  // that may be queued
)

// exportsOf opens the folder of exports; "" is the usual one.
func (a *app) exportsOf(ar *archive.Archive, c *catalog.Catalog, dir string) (*exporter, error) {
	if dir == "" {
		dir = filepath.Join(filepath.Dir(absolute(ar.Dir())), "exports")
		if a.stored != nil { // beside the folders of other archives in the cache
			dir = absolute(ar.Dir()) + "-exports"
		}
	}
	dir = absolute(dir)
	if dir == absolute(ar.Dir()) || within(dir, ar.Dir()) {
		return nil, fail(exitUsage, "choose a folder outside the archive", "--exports: %s is in the folder of the archive", dir)
	}
	e := &exporter{app: a, archive: ar, catalog: c, dir: dir, turn: make(chan struct{}, 1)}
	e.ctx, e.cancel = context.WithCancel(context.Background())
	e.load()
	return e, nil
}

// close ends all exports and waits for that.
func (e *exporter) close() {
	e.cancel()
	e.wg.Wait()
}

// Formats implements web.Exports.
func (e *exporter) Formats() []web.Format {
	return []web.Format{
		{Name: "jsonl", For: "programs: one JSON object per line"}, {Name: "jsonl.zst", For: "programs, compressed with zstd"},
		{Name: "csv", For: "spreadsheets and statistics programs"}, {Name: "parquet", For: "large data sets"},
		{Name: "sqlite", For: "queries in SQL, with full text"}, {Name: "text", For: "reading, and corpus tools"},
		{Name: "wacz", For: "replay elsewhere: all pages of the sites, in one file"}, {Name: "warc", For: "other archives: the same, as WARC files"},
	}
}

// exportArgs are the flags of newsmorgue export for what a search selects.
func exportArgs(query url.Values, format, dir string) []string {
	args := []string{"--format", format, "-o", dir}
	for _, flag := range []struct{ key, name string }{
		{"q", "--query"}, {"site", "--site"}, {"section", "--section"}, {"author", "--author"}, {"language", "--language"}, {"kind", "--kind"}, {"since", "--since"}, {"until", "--until"},
	} {
		for _, v := range query[flag.key] {
			if v != "" {
				args = append(args, flag.name, v)
			}
		}
	}
	return args
}

var plainArgument = regexp.MustCompile(`^[A-Za-z0-9_./:@%+,=-]+$`)

// shellQuote writes an argument as a POSIX shell reads it.
func shellQuote(s string) string {
	if plainArgument.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// command is the command line with some flags.
func (e *exporter) command(args []string) string {
	parts := []string{"newsmorgue", "export", "-a", shellQuote(absolute(e.archive.Dir()))}
	for _, a := range args {
		parts = append(parts, shellQuote(a))
	}
	return strings.Join(parts, " ")
}

// output is where an export in a format is written: a folder, or for a package a file.
func output(format, dir string) string {
	if format == "wacz" {
		return dir + ".wacz"
	}
	return dir
}

// Command implements web.Exports.
func (e *exporter) Command(query url.Values, format string) (string, error) {
	args := exportArgs(query, format, output(format, "articles-"+time.Now().Format(time.DateOnly)))
	if _, err := parseExport(args); err != nil {
		return "", refusal{err}
	}
	return e.command(args), nil
}

// An exportWork is what the flags of an export say: a dataset by a recipe, or records.
type exportWork struct {
	flags   exportFlags
	recipe  recipe.Recipe
	records exchange.Options
}

func (w *exportWork) isRecords() bool { return slices.Contains(recordFormats, w.flags.Format) }

// parseExport reads the flags of an export.
func parseExport(args []string) (w *exportWork, err error) {
	w = &exportWork{}
	cmd := &cobra.Command{Use: "export"}
	w.flags.register(cmd)
	if err := cmd.ParseFlags(args); err != nil {
		return w, err
	}
	if w.isRecords() {
		w.records, err = recordOptions(cmd, &w.flags)
		if err != nil && len(changedFlags(cmd)) > 2 {
			return w, fmt.Errorf("%s has all pages of the sites: it can be selected by site, and by nothing else", strings.ToUpper(w.flags.Format))
		}
		return w, err
	}
	w.recipe, err = w.flags.recipe(cmd)
	return w, err
}

// A refusal is an error that the user of the viewer can correct.
type refusal struct{ error }

func (refusal) Is(target error) bool { return target == web.ErrRefused }

// Start implements web.Exports.
func (e *exporter) Start(query url.Values, format string) (string, error) {
	var random [3]byte
	_, _ = rand.Read(random[:]) // it never fails
	id := time.Now().UTC().Format("20060102-150405") + "-" + hex.EncodeToString(random[:])
	dir := filepath.Join(e.dir, id)
	out := dir
	if format == "wacz" {
		out = filepath.Join(dir, "news.wacz")
	}
	args := exportArgs(query, format, out)
	work, err := parseExport(args)
	if err != nil {
		return "", refusal{err}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	waiting := 0
	for _, j := range e.jobs {
		if j.State == web.JobQueued {
			waiting++
		}
	}
	switch {
	case e.ctx.Err() != nil:
		return "", refusal{errors.New("the server is being stopped")}
	case waiting >= waitingJobs:
		return "", refusal{fmt.Errorf("%d exports are waiting already; wait for them or cancel some", waiting)}
	}
	j := &exportJob{Job: web.Job{ID: id, Command: e.command(args), Format: format, Query: query.Encode(), State: web.JobQueued, Begun: time.Now().UTC(), Dir: dir, Unit: "article"}}
	var ctx context.Context
	ctx, j.cancel = context.WithCancel(e.ctx)
	e.jobs = append([]*exportJob{j}, e.jobs...)
	for i := len(e.jobs) - 1; i >= keptJobs; i-- {
		if !e.jobs[i].Running() {
			e.jobs = slices.Delete(e.jobs, i, i+1)
		}
	}
	e.wg.Go(func() { e.run(ctx, j, work) })
	return id, nil
}

// run makes an export when it is its turn.
func (e *exporter) run(ctx context.Context, j *exportJob, work *exportWork) {
	defer j.cancel()
	var made result
	var err error
	select {
	case e.turn <- struct{}{}:
		made, err = e.export(ctx, j, work)
		<-e.turn
	case <-ctx.Done():
		err = ctx.Err()
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	j.Ended, j.Doing = time.Now().UTC(), ""
	switch {
	case ctx.Err() != nil && err != nil:
		j.State = web.JobCanceled
	case err != nil:
		j.State, j.Error = web.JobFailed, err.Error()
		if _, hint := exitCode(err); hint != "" {
			j.Error += " – " + hint
		}
	default:
		j.State, j.Done, j.Total, j.Bytes, j.Unit, j.Note = web.JobDone, int(made.n), int(made.n), made.bytes, made.unit, made.note
	}
	if j.State != web.JobDone {
		_ = os.Remove(j.Dir) // the export removed what it wrote
	}
	if err := e.save(j.Job); err != nil && j.State == web.JobDone {
		j.Note = "after a restart it is not in this list: " + err.Error()
	}
}

// A result is what an export made.
type result struct {
	n, bytes int64
	unit     string // what n counts
	note     string
}

// export makes what newsmorgue export makes. It leaves processors to the pages: the files
// do not depend on how many readers there are.
func (e *exporter) export(ctx context.Context, j *exportJob, work *exportWork) (result, error) {
	show := func(doing string, done, total int64) {
		e.mu.Lock()
		defer e.mu.Unlock()
		j.State, j.Doing, j.Done, j.Total = web.JobRunning, doing, int(done), int(total)
	}
	show("starting", 0, 0)
	workers := max(1, runtime.GOMAXPROCS(0)/2)
	if err := os.MkdirAll(e.dir, 0o755); err != nil {
		return result{}, err
	}
	if work.isRecords() {
		if err := os.MkdirAll(filepath.Dir(work.flags.dir), 0o755); err != nil {
			return result{}, err
		}
		o := work.records
		o.Workers = workers
		o.Progress = func(done, total int64) { show(fmt.Sprintf("exporting: %s of %s", size(done), size(total)), 0, 0) }
		sum, err := e.app.writeRecords(ctx, e.archive, e.catalog, &work.flags, o)
		return result{sum.Records, sum.Bytes, "record", unreadable(sum.Damaged, "record")}, err
	}
	o, _, err := e.app.datasetOptions(ctx, e.archive, e.catalog, work.recipe)
	if err != nil {
		return result{}, err
	}
	o.Dir, o.Workers = j.Dir, workers
	o.Progress = func(p dataset.Progress) { show(p.Doing, p.Done, p.Total) }
	sum, err := dataset.Export(ctx, e.archive, e.catalog, o)
	if err != nil {
		return result{}, exportError(err)
	}
	return result{sum.Articles, sum.Bytes, "article", unreadable(sum.Left[dataset.LeftUnreadable], "article")}, nil
}

// unreadable says that some could not be read; "" if all could.
func unreadable(n int64, noun string) string {
	if n == 0 {
		return ""
	}
	return count(int(n), noun) + " could not be read and are not in the export; newsmorgue verify lists all damage"
}

// Jobs implements web.Exports.
func (e *exporter) Jobs() []web.Job {
	e.mu.Lock()
	defer e.mu.Unlock()
	all := make([]web.Job, len(e.jobs))
	for i, j := range e.jobs {
		all[i] = j.Job
	}
	return all
}

func (e *exporter) job(id string) *exportJob {
	for _, j := range e.jobs {
		if j.ID == id {
			return j
		}
	}
	return nil
}

// Cancel implements web.Exports.
func (e *exporter) Cancel(id string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	j := e.job(id)
	if j == nil || !j.Running() {
		return refusal{errors.New("this export is not running any more")}
	}
	j.cancel()
	return nil
}

// Files implements web.Exports.
func (e *exporter) Files(id string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	j := e.job(id)
	if j == nil || j.State != web.JobDone {
		return "", errors.New("no such export")
	}
	if st, err := os.Stat(j.Dir); err != nil || !st.IsDir() {
		return "", errors.New("the folder is not there any more")
	}
	return j.Dir, nil
}

// save writes a file about an export beside its folder, so that the next server lists it,
// too. A canceled one leaves nothing.
func (e *exporter) save(j web.Job) error {
	if j.State == web.JobCanceled {
		return nil
	}
	body, err := json.MarshalIndent(j, "", " ")
	if err != nil {
		return err
	}
	path := filepath.Join(e.dir, j.ID+".json")
	if err := os.WriteFile(path+".tmp", append(body, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(path+".tmp", path)
}

var jobFile = regexp.MustCompile(`^(\d{8}-\d{6}-[0-9a-f]{6})\.json$`)

// load reads the newest of these files. What cannot be read is not listed.
func (e *exporter) load() {
	entries, err := os.ReadDir(e.dir)
	if err != nil {
		return
	}
	for _, entry := range slices.Backward(entries) {
		m := jobFile.FindStringSubmatch(entry.Name())
		st, err := entry.Info()
		if m == nil || err != nil || !entry.Type().IsRegular() || st.Size() > 1<<20 {
			continue
		}
		body, err := os.ReadFile(filepath.Join(e.dir, entry.Name()))
		var j web.Job
		if err != nil || json.Unmarshal(body, &j) != nil || j.State != web.JobDone && j.State != web.JobFailed {
			continue
		}
		j.ID, j.Dir = m[1], filepath.Join(e.dir, m[1])
		if e.jobs = append(e.jobs, &exportJob{Job: j, cancel: func() {}}); len(e.jobs) == keptJobs {
			return
		}
	}
}
