package web

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/web/cite"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// articleFiles are the files of an article by the endings of their paths, with their media
// types.
var articleFiles = map[string]string{
	".md":      "text/markdown; charset=utf-8",
	".bib":     "application/x-bibtex; charset=utf-8",
	".csl":     "application/vnd.citationstyles.csl+json",
	".warc.gz": "application/gzip",
}

// articleFile answers with a file of an article.
func (s *Server) articleFile(l *loaded, ending string) (*page, error) {
	name := "article-" + l.story.ID
	if !l.current {
		name += fmt.Sprintf("-version-%d", l.number)
	}
	if ending == ".warc.gz" {
		return s.warcFile(name+ending, l.recordIDs())
	}
	var body []byte
	var err error
	switch ending {
	case ".bib":
		body = []byte(cite.BibTeX(s.item(l)))
	case ".csl":
		body, err = cite.CSL(s.item(l))
	default:
		if l.article == nil {
			return nil, fmt.Errorf("the article cannot be read: %s: %w", l.damage, errMissing)
		}
		body = []byte(article.Markdown(l.article))
	}
	if err != nil {
		return nil, err
	}
	return &page{Write: func(w http.ResponseWriter, _ *http.Request) error {
		download(w, name+ending, articleFiles[ending])
		_, err := w.Write(body)
		return sent(err)
	}}, nil
}

// recordIDs are the records of an article: the response, the request, the reading.
func (l *loaded) recordIDs() (ids []string) {
	if l.response != nil {
		// The response comes first, so that the others are looked for where it is.
		ids = append([]string{l.responseID}, l.response.Values("WARC-Concurrent-To")...)
	}
	return append(ids, l.readingID)
}

// warcFile answers with records.
func (s *Server) warcFile(name string, ids []string) (*page, error) {
	if s.WARC == nil {
		return nil, refuse("this server does not write WARC files; newsmorgue export --format warc does")
	}
	return &page{Write: func(w http.ResponseWriter, r *http.Request) error {
		ctx, cancel := context.WithTimeout(r.Context(), viewTime)
		defer cancel()
		out := &lateWriter{w: w, begin: func() { download(w, name, articleFiles[".warc.gz"]) }}
		err := s.WARC(ctx, out, ids)
		if err == nil || !out.begun {
			return err
		}
		return sent(err)
	}}, nil
}

// download sets the header fields of a file that is saved and not shown.
func download(w http.ResponseWriter, name, mime string) {
	h := w.Header()
	h.Set("Content-Type", mime)
	h.Set("Content-Disposition", `attachment; filename="`+safeName(name)+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
}

// safeName keeps the letters, digits and marks of a file's name that any system takes.
func safeName(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_.", r) {
			return r
		}
		return -1
	}, s)
}

// sent ends an answer that failed after it began: no page of the error can follow, and the
// other side must see that the file is not complete.
func sent(err error) error {
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

// A lateWriter sets the header when the first byte comes, so that until then an error can
// have a page of its own.
type lateWriter struct {
	w     io.Writer
	begin func()
	begun bool
}

func (l *lateWriter) Write(b []byte) (int, error) {
	if !l.begun {
		l.begun = true
		l.begin()
	}
	return l.w.Write(b)
}
