package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// An exportsData is what the page of exports shows.
type exportsData struct {
	Words    string      `json:"selection"`
	Query    url.Values  `json:"query"`
	Articles int         `json:"articles"`
	Counting bool        `json:"counting"`         // Articles is not known yet
	Failed   string      `json:"failed,omitempty"` // why Articles is not known
	Fields   []formField `json:"-"`
	Formats  []Format    `json:"formats"`
	Format   string      `json:"format"`
	Command  string      `json:"command"`
	Refused  string      `json:"refused,omitempty"` // why there is none
	Jobs     []jobRow    `json:"jobs"`
	CanStart bool        `json:"can_start"`
	Browse   string      `json:"articles_at"` // the list of what is selected
}

// A formField is a hidden field of the form.
type formField struct{ Name, Value string }

// A jobRow is an export in the list.
type jobRow struct {
	Job
	Words string     `json:"selection"`
	Files []fileInfo `json:"files,omitempty"`
	More  int        `json:"more_files,omitempty"` // that are not listed
}

// A fileInfo is a file of an export.
type fileInfo struct {
	Name  string `json:"name"`
	Path  string `json:"path"` // to download it
	Bytes int64  `json:"bytes"`
}

// defaultFormats are shown where this server makes no exports.
var defaultFormats = []Format{{"jsonl", "programs: one JSON object per line"}, {"csv", "spreadsheets and statistics programs"}, {"parquet", "large data sets"}, {"sqlite", "queries in SQL"}, {"text", "reading, and corpus tools"}}

func (s *Server) exports(r *http.Request) (*page, error) {
	q := SelectionOnly(r.URL.Query())
	filter, err := selectionOf(q)
	if err != nil {
		return nil, err
	}
	d := &exportsData{Words: selectionWords(q), Query: q, Formats: defaultFormats, Jobs: []jobRow{}, CanStart: s.Exports != nil, Browse: "/articles"}
	if len(q) > 0 {
		d.Browse += "?" + q.Encode()
	}
	if s.Exports != nil {
		d.Formats = s.Exports.Formats()
	}
	d.Format = r.URL.Query().Get("format")
	if d.Format == "" {
		d.Format = d.Formats[0].Name
	}
	if !slices.ContainsFunc(d.Formats, func(f Format) bool { return f.Name == d.Format }) {
		return nil, refuse("%.100q is not a format of exports", d.Format)
	}
	for _, key := range selectionKeys {
		for _, v := range q[key] {
			d.Fields = append(d.Fields, formField{key, v})
		}
	}
	n, ok, err := s.selected.count(r.Context(), s, q.Encode(), filter)
	if d.Articles, d.Counting = n, !ok && err == nil; err != nil {
		d.Failed = err.Error()
	}
	if s.Exports != nil {
		d.Command, err = s.Exports.Command(q, d.Format)
		if errors.Is(err, ErrRefused) {
			d.Refused = sentence(err.Error())
		} else if err != nil {
			return nil, err
		}
		for _, j := range s.Exports.Jobs() {
			d.Jobs = append(d.Jobs, s.jobRow(j))
		}
	}
	return &page{Title: "Exports", Section: "/exports", Template: "exports", Data: d}, nil
}

// maxFiles is how many files of an export are listed.
const maxFiles = 200

func (s *Server) jobRow(j Job) jobRow {
	row := jobRow{Job: j}
	q, _ := url.ParseQuery(j.Query)
	row.Words = selectionWords(q)
	if row.Unit == "" {
		row.Unit = "article"
	}
	if j.State != JobDone {
		return row
	}
	dir, err := s.Exports.Files(j.ID)
	if err != nil {
		row.State, row.Error = JobFailed, "its folder is not there any more"
		return row
	}
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		if len(row.Files) == maxFiles {
			if row.More++; row.More > 100*maxFiles {
				return fs.SkipAll
			}
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		row.Files = append(row.Files, fileInfo{name, (&url.URL{Path: "/files/" + j.ID + "/" + name}).EscapedPath(), info.Size()})
		return nil
	})
	if err != nil {
		row.State, row.Error = JobFailed, "its folder cannot be read: "+err.Error()
	}
	return row
}

// job finds an export by its ID.
func (s *Server) job(id string) (Job, bool) {
	for _, j := range s.Exports.Jobs() {
		if j.ID == id {
			return j, true
		}
	}
	return Job{}, false
}

// maxForm bounds the fields of a form, in bytes.
const maxForm = 64 << 10

func formOf(r *http.Request) (url.Values, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return nil, refuse("the form cannot be read: %v", err)
	}
	return r.PostForm, nil
}

// toExports leads back to the list.
func toExports(fragment string) *page {
	return &page{Write: func(w http.ResponseWriter, r *http.Request) error {
		http.Redirect(w, r, "/exports"+fragment, http.StatusSeeOther)
		return nil
	}}
}

func (s *Server) startExport(r *http.Request) (*page, error) {
	if s.Exports == nil {
		return nil, refuse("this server makes no exports; the page shows the command that does")
	}
	form, err := formOf(r)
	if err != nil {
		return nil, err
	}
	q, format := SelectionOnly(form), form.Get("format")
	if _, err := selectionOf(q); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(s.Exports.Formats(), func(f Format) bool { return f.Name == format }) {
		return nil, refuse("%.100q is not a format of exports", format)
	}
	id, err := s.Exports.Start(q, format)
	if err != nil {
		return nil, err
	}
	return toExports("#job-" + id), nil
}

func (s *Server) cancelExport(r *http.Request) (*page, error) {
	if s.Exports == nil {
		return nil, errNoPage
	}
	if _, err := formOf(r); err != nil {
		return nil, err
	}
	if _, ok := s.job(r.PathValue("id")); !ok {
		return nil, errMissing
	}
	if err := s.Exports.Cancel(r.PathValue("id")); err != nil {
		return nil, err
	}
	return toExports("#job-" + url.PathEscape(r.PathValue("id"))), nil
}

// exportFile sends a file of an export. It opens the file within the export's folder, out
// of which no name and no link leads.
func (s *Server) exportFile(r *http.Request) (*page, error) {
	if s.Exports == nil {
		return nil, errNoPage
	}
	j, ok := s.job(r.PathValue("id"))
	if !ok || j.State != JobDone {
		return nil, errMissing
	}
	dir, err := s.Exports.Files(j.ID)
	if err != nil {
		return nil, fmt.Errorf("%w: the folder of this export: %w", errMissing, err)
	}
	name := r.PathValue("name")
	if !fs.ValidPath(name) || name == "." {
		return nil, errMissing
	}
	return &page{Write: func(w http.ResponseWriter, r *http.Request) error {
		root, err := os.OpenRoot(dir)
		if err != nil {
			return errMissing
		}
		defer root.Close()
		f, err := root.Open(filepath.FromSlash(name))
		if err != nil {
			return errMissing
		}
		defer f.Close()
		st, err := f.Stat()
		if err != nil || !st.Mode().IsRegular() {
			return errMissing
		}
		h := w.Header()
		h.Set("Content-Type", "application/octet-stream")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Disposition", attachment(filepath.Base(name)))
		h.Set("Cache-Control", "no-store")
		http.ServeContent(&steadyWriter{w, http.NewResponseController(w)}, r, "", st.ModTime(), f)
		return nil
	}}, nil
}

// attachment is the header field that has a browser store a file (RFC 6266).
func attachment(name string) string {
	return `attachment; filename*=UTF-8''` + url.PathEscape(name)
}

// A steadyWriter gives each part of a long answer its own time, instead of all of it.
type steadyWriter struct {
	http.ResponseWriter
	control *http.ResponseController
}

func (w *steadyWriter) Write(b []byte) (int, error) {
	_ = w.control.SetWriteDeadline(time.Now().Add(viewTime))
	return w.ResponseWriter.Write(b)
}

// selected counts what selections select. It keeps the last results.
type selected struct {
	mu    sync.Mutex
	known map[string]*gauge[int]
	order []string // the oldest first

	atWork atomic.Int32 // computations that run or wait
}

// The bounds of what is counted: how many results are kept, and how many computations may
// run or wait for each other.
const (
	maxSelections = 32
	maxCounts     = 8
)

// count returns how many articles a selection has; ok is false while they are counted.
func (c *selected) count(ctx context.Context, s *Server, key string, f catalog.Filter) (n int, ok bool, err error) {
	head, err := s.Catalog.Head(ctx)
	if err != nil {
		return 0, false, err
	}
	key = head + " " + key
	g := c.gauge(key)
	if g == nil {
		return 0, false, nil
	}
	how := gauging[int]{least: 1 << 62, slow: true, timeout: time.Minute, compute: func(ctx context.Context, _ int) (int, error) {
		defer c.atWork.Add(-1)
		st, err := s.Catalog.Stats(ctx, f, 1)
		if err != nil {
			return 0, fmt.Errorf("counting what is selected: %w", err)
		}
		return st.Articles, nil
	}}
	n, at, err := g.read(ctx, &s.background, how, firstWait/2)
	if err != nil {
		c.forget(key)
	}
	return n, !at.IsZero(), err
}

// gauge returns what counts a selection; nil if too many others are being counted.
func (c *selected) gauge(key string) *gauge[int] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if g := c.known[key]; g != nil {
		return g
	}
	if c.atWork.Add(1) > maxCounts {
		c.atWork.Add(-1)
		return nil
	}
	if c.known == nil {
		c.known = map[string]*gauge[int]{}
	}
	g := &gauge[int]{}
	c.known[key], c.order = g, append(c.order, key)
	if len(c.order) > maxSelections {
		delete(c.known, c.order[0])
		c.order = slices.Delete(c.order, 0, 1)
	}
	return g
}

// forget has a selection counted anew, after an error.
func (c *selected) forget(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.known, key)
	c.order = slices.DeleteFunc(c.order, func(k string) bool { return k == key })
}
