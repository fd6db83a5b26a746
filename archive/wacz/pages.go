package wacz

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// pageTime is the layout of times in lists of pages: RFC 3339, in seconds as the index.
const pageTime = "2006-01-02T15:04:05Z"

// An articlePage is what a list of pages has of an article (FORMAT.md, conversion records).
type articlePage struct {
	URL   string `json:"url"`
	Kind  string `json:"kind"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// mainKinds are the kinds of pages in the main list.
var mainKinds = map[string]bool{"article": true, "live": true, "gallery": true, "video": true}

// PageOf returns the page of a conversion record that has an article; ok is false for
// other records, and for pages that were blocked. Pages that are not stories, such as
// lists of them, are extra pages.
func PageOf(rec *archive.Record) (p Page, home, ok bool) {
	if rec.Type() != "conversion" || !strings.Contains(rec.Get("Content-Type"), "newsmorgue.article/") {
		return p, false, false
	}
	var a articlePage
	if err := json.Unmarshal(rec.Payload, &a); err != nil || a.Kind == "blocked" {
		return p, false, false
	}
	url := rec.TargetURI()
	if url == "" {
		url = a.URL
	}
	id := strings.TrimSuffix(strings.TrimPrefix(rec.ID(), "<urn:uuid:"), ">")
	return Page{ID: id, URL: url, Time: rec.Date(), Title: a.Title, Text: a.Text, Extra: !mainKinds[a.Kind]}, a.Kind == "home", true
}

// A storedPage is a page that waits for its place in a list.
type storedPage struct {
	Line  pageLine
	Extra bool
	Home  bool
}

// AddPage adds a page to the lists. A Writer adds the articles among the records itself;
// of several with the same URL and time, the one with the greatest ID is listed.
func (w *Writer) AddPage(p Page) error { return w.addPage(p, false) }

func (w *Writer) addPage(p Page, home bool) error {
	if !p.Extra {
		w.hasMain = true
	}
	w.hasPage = true
	ts := p.Time.UTC().Format(pageTime)
	value, err := json.Marshal(storedPage{pageLine{p.ID, p.URL, ts, p.Title, p.Text, p.Size}, p.Extra, home})
	if err != nil {
		return err
	}
	return w.pages.Add([]byte(p.URL+"\x00"+ts+"\x00"+p.ID), value)
}

// htmlPage returns the page of a response that is an HTML page.
func htmlPage(rec *archive.Record) (p Page, ok bool) {
	if rec.Type() != "response" || status(rec) != "200" || mime(rec) != "text/html" {
		return p, false
	}
	id := strings.TrimSuffix(strings.TrimPrefix(rec.ID(), "<urn:uuid:"), ">")
	return Page{ID: id, URL: rec.TargetURI(), Time: rec.Date(), Title: rec.TargetURI(), Size: int64(len(rec.Payload))}, true
}

// writePages writes both lists, by URL and time. The extra pages wait in a file until the
// main list is complete.
func (w *Writer) writePages(ctx context.Context) (err error) {
	rest, err := os.Create(filepath.Join(w.o.Temp, "extra-pages"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rest.Close(), os.Remove(rest.Name())) }()
	m, err := w.create(pagesName, true, w.newest)
	if err != nil {
		return err
	}
	main, extra := newJSONLines(m), newJSONLines(rest)
	if err := errors.Join(main.add(pagesHeader{pagesFormat, "pages", "All Pages", true}), extra.add(pagesHeader{pagesFormat, "extra", "Extra Pages", true})); err != nil {
		return err
	}
	put := func(p *storedPage) error {
		switch {
		case p == nil:
			return nil
		case p.Extra && w.hasMain: // else the extra pages are the main ones
			w.mainPage(p)
			w.summary.ExtraPages++
			return extra.add(p.Line)
		}
		w.mainPage(p)
		w.summary.Pages++
		return main.add(p.Line)
	}
	var last *storedPage
	for e, err := range w.pageSorter.Merge(ctx) {
		if err != nil {
			return err
		}
		p := &storedPage{}
		if err := json.Unmarshal(e.Value, p); err != nil {
			return err
		}
		if last != nil && (last.Line.URL != p.Line.URL || last.Line.TS != p.Line.TS) {
			if err := put(last); err != nil {
				return err
			}
		}
		last = p
	}
	if err := errors.Join(put(last), main.flush(), extra.flush()); err != nil {
		return err
	}
	if err := w.close(m); err != nil || w.summary.ExtraPages == 0 {
		return err
	}
	if _, err := rest.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if m, err = w.create(extraName, true, w.newest); err != nil {
		return err
	}
	if _, err := io.Copy(m, rest); err != nil {
		return err
	}
	return w.close(m)
}

// mainPage chooses the page that a viewer opens first: the one that the caller named, the
// front page, or the first page of the list; of several captures, the newest.
func (w *Writer) mainPage(p *storedPage) {
	rank := 1
	switch {
	case w.o.MainPageURL != "" && p.Line.URL == w.o.MainPageURL:
		rank = 4
	case w.o.MainPageURL != "":
		return
	case p.Home:
		rank = 3
	case !p.Extra:
		rank = 2
	}
	if rank > w.mainRank || rank == w.mainRank && p.Line.URL == w.main.URL {
		w.main, w.mainRank = pageLine{URL: p.Line.URL, TS: p.Line.TS}, rank
	}
}

// parseTime reads the times of lists of pages.
func parseTime(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
