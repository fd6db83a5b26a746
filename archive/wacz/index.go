package wacz

import (
	"context"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/cdxj"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// IndexLine returns the line of a record in a CDXJ index: where it is in a WARC file, of
// which filename is the name without folders. ok is false for records that no index has:
// requests, conversions, and what describes other records. key makes the key of a URL, as
// cdxj.SURT does; nil is cdxj.SURT.
func IndexLine(rec *archive.Record, filename string, at warc.Written, key func(url string) string) (l cdxj.Line, ok bool) {
	if !indexable(rec) {
		return l, false
	}
	if key == nil {
		key = cdxj.SURT
	}
	url := rec.TargetURI()
	f := map[string]string{
		"url": url, "mime": mime(rec), "status": status(rec), "filename": filename,
		"offset": strconv.FormatInt(at.Offset, 10), "length": strconv.FormatInt(at.Length, 10),
	}
	if d := rec.Get("WARC-Payload-Digest"); d != "" {
		f["digest"] = d
	}
	if at.Digest != "" {
		f["recordDigest"] = string(at.Digest)
	}
	return cdxj.Line{Key: key(url), Timestamp: cdxj.Timestamp14(rec.Date()), Fields: f}, true
}

// indexable reports whether a record is what a URL answered with.
func indexable(rec *archive.Record) bool {
	if rec.TargetURI() == "" || rec.Date().IsZero() {
		return false
	}
	switch rec.Type() {
	case "response", "revisit":
		return true
	case "resource":
		return !strings.HasPrefix(strings.ToLower(rec.Get("Content-Type")), "application/warc-fields")
	}
	return false
}

func mime(rec *archive.Record) string {
	typ := rec.Get("Content-Type")
	switch {
	case rec.Type() == "revisit":
		return "warc/revisit"
	case rec.HTTP != nil:
		typ = rec.HTTP.Get("Content-Type")
	}
	typ, _, _ = strings.Cut(typ, ";")
	if typ = strings.ToLower(strings.TrimSpace(typ)); typ == "" || strings.ContainsAny(typ, " \t") {
		return "unk"
	}
	return typ
}

// status is the status code; 200 for files, and - for a revisit without a header. It is -
// also for a page that was not sent again: with 304, ReplayWeb.page would show nothing;
// without a status, it shows the original.
func status(rec *archive.Record) string {
	switch {
	case rec.Type() == "revisit" && rec.HTTP != nil && rec.HTTP.Status() == 304:
		return "-"
	case rec.HTTP != nil && rec.HTTP.Status() > 0:
		return strconv.Itoa(rec.HTTP.Status())
	case rec.Type() == "resource":
		return "200"
	}
	return "-"
}

// IndexWARC reads a WARC file and returns the lines of its index, in the order of the
// file: a caller that writes an index sorts them. key is as for IndexLine. Records that
// cannot be read on their own, since they share a gzip member, have no line.
func IndexWARC(ctx context.Context, r io.Reader, filename string, key func(url string) string) iter.Seq2[cdxj.Line, error] {
	return func(yield func(cdxj.Line, error) bool) {
		for e, err := range warc.NewReader(r, warc.ReaderOptions{}).Records(ctx) {
			if err != nil {
				yield(cdxj.Line{}, err)
				return
			}
			if e.Record == nil || e.Offset < 0 {
				continue
			}
			l, ok := IndexLine(e.Record, filename, warc.Written{Offset: e.Offset, Length: e.Length}, key)
			if ok && !yield(l, nil) {
				return
			}
		}
	}
}
