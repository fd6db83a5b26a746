package keep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/warc"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/saved"
)

// SavedOptions say how saved pages are imported.
type SavedOptions struct {
	GuessURLs bool // take the canonical link of a page as its URL, if nothing else says it
}

// The fields of resource records made of saved pages.
const (
	importedFrom = "Newsmorgue-Imported-From" // the name of the file
	dateFrom     = "Newsmorgue-Date-From"     // where WARC-Date is from: manifest, message or file
)

// IsSavedName reports whether a file has the name of a page that a browser saved.
func IsSavedName(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".html", ".htm", ".xhtml", ".mht", ".mhtml":
		return true
	}
	return false
}

// A savedFile is a file with a saved page, with what a manifest says of it.
type savedFile struct {
	row   saved.Row
	known bool // by a manifest
	open  func() (*os.File, error)
}

// SavedFiles is the source of saved pages that no manifest names.
func SavedFiles(files []string, o SavedOptions) *ImportSource {
	var all []savedFile
	for _, f := range files {
		all = append(all, savedFile{saved.Row{File: filepath.ToSlash(f)}, false, func() (*os.File, error) { return os.Open(f) }})
	}
	return savedSource("saved pages", all, o)
}

// SavedManifest is the source of the pages that a manifest names. Its file names are
// relative to dir, and may not lead out of it.
func SavedManifest(manifest, dir string, o SavedOptions) (*ImportSource, error) {
	f, err := os.Open(manifest)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := saved.ReadManifest(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", manifest, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	all := make([]savedFile, len(rows))
	for i, r := range rows {
		all[i] = savedFile{r, true, func() (*os.File, error) { return root.Open(filepath.FromSlash(r.File)) }}
	}
	s := savedSource(manifest, all, o)
	s.named = map[string]bool{}
	for _, r := range rows {
		s.named[path.Clean(r.File)] = true
	}
	return s, nil
}

// Unnamed returns the files that a manifest does not name, of those in dir and elsewhere.
func (s *ImportSource) Unnamed(files []string, dir string) (rest []string) {
	for _, f := range files {
		name, err := filepath.Rel(dir, f)
		if err != nil || !s.named[filepath.ToSlash(name)] {
			rest = append(rest, f)
		}
	}
	return rest
}

func savedSource(name string, files []savedFile, o SavedOptions) *ImportSource {
	return &ImportSource{damagedAt: -1, Name: name, Bytes: -1, own: true, entries: func(ctx context.Context) iter.Seq2[importEntry, error] {
		return func(yield func(importEntry, error) bool) {
			var read int64
			for _, f := range files {
				if ctx.Err() != nil {
					yield(importEntry{}, ctx.Err())
					return
				}
				recs, problems, kind, err := f.records(o)
				if err != nil {
					problems = append(problems, importEntry{problem: kind, why: err.Error()})
				}
				for _, e := range problems {
					e.Offset, e.line = -1, f.row.Line
					if !f.known || e.problem != problemRow {
						e.why = f.row.File + ": " + e.why
					}
					if !yield(e, nil) {
						return
					}
				}
				for _, rec := range recs {
					read += int64(len(rec.Payload))
					if !yield(importEntry{Entry: warc.Entry{Record: rec, Offset: -1}, read: read}, nil) {
						return
					}
				}
			}
		}
	}}
}

// records makes the resource records of a saved page: of the page first, then of its
// parts. problems are what is damaged of it or was left out; kind is the kind of problem
// if there is an error.
func (f *savedFile) records(o SavedOptions) (recs []*archive.Record, problems []importEntry, kind string, err error) {
	if f.row.Err != nil {
		return nil, nil, problemRow, f.row.Err
	}
	kind = problemPage
	if f.known {
		kind = problemRow
	}
	in, err := f.open()
	if err != nil {
		return nil, nil, kind, err
	}
	defer in.Close()
	st, err := in.Stat()
	switch {
	case err != nil:
		return nil, nil, kind, err
	case st.IsDir():
		return nil, nil, kind, errors.New("it is a folder")
	}
	page, err := f.page(in)
	switch {
	case errors.Is(err, saved.ErrDamaged):
		return nil, nil, string(warc.KindDamaged), err
	case err != nil:
		return nil, nil, kind, err
	}
	for _, p := range page.Problems {
		e := importEntry{problem: problemPart, why: p.What}
		if p.Damaged {
			e.problem = string(warc.KindDamaged)
		}
		problems = append(problems, e)
	}
	url := f.row.URL
	if url == "" {
		url = page.URL
	}
	if url == "" {
		url = saved.SavedFrom(page.Root.Body)
	}
	if url == "" && o.GuessURLs {
		url = saved.Canonical(page.Root.Body)
	}
	if url == "" {
		return nil, problems, problemNoURL, errors.New("its URL is unknown: name it in a manifest, or try --guess-urls")
	}
	date, from := f.row.Date, "manifest"
	if date.IsZero() {
		date, from = page.Date, "message"
	}
	if date.IsZero() {
		date, from = st.ModTime(), "file"
	}
	page.Root.URL = url
	return f.resources(page, date, from), problems, "", nil
}

// page reads a file as what it is.
func (f *savedFile) page(in io.Reader) (*saved.Page, error) {
	switch strings.ToLower(filepath.Ext(f.row.File)) {
	case ".mht", ".mhtml":
		return saved.ReadMHTML(in)
	}
	body, err := io.ReadAll(io.LimitReader(in, MaxImportedBlock+1))
	if err != nil {
		return nil, err
	}
	if len(body) > MaxImportedBlock {
		return nil, saved.ErrTooLarge
	}
	return &saved.Page{Root: saved.Part{ContentType: "text/html", Body: body}}, nil
}

func (f *savedFile) resources(page *saved.Page, date time.Time, from string) []*archive.Record {
	var recs []*archive.Record
	for i, p := range append([]saved.Part{page.Root}, page.Parts...) {
		uri := Spelling(p.URL)
		rec := archive.NewRecord("resource", date)
		// The same file gives the same record, under whatever name.
		id := uuid.NewSHA1(importSpace, []byte("resource\n"+uri+"\n"+archive.FormatDate(date)+"\n"+string(archive.SHA256(p.Body))))
		rec.Set("WARC-Record-ID", "<urn:uuid:"+id.String()+">")
		rec.Set("WARC-Target-URI", uri)
		if i > 0 {
			rec.Set("WARC-Concurrent-To", recs[0].ID())
		}
		contentType := oneLine(p.ContentType)
		if i == 0 && f.row.Charset != "" {
			essence, _, _ := strings.Cut(contentType, ";")
			contentType = essence + "; charset=" + f.row.Charset
		}
		rec.Set("Content-Type", contentType)
		rec.Set(importedFrom, oneLine(f.row.File))
		rec.Set(dateFrom, from)
		if p.Cut {
			rec.Set("WARC-Truncated", "unspecified")
		}
		rec.Payload = p.Body
		rec.Finish()
		recs = append(recs, rec)
	}
	return recs
}
