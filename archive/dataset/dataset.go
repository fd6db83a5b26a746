// Package dataset exports the articles of an archive as datasets: rows, a data
// card that describes them, and checksums. The same archive gives the same bytes.
package dataset

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// Options select what to write, and where.
type Options struct {
	Format string // "jsonl" or "csv"
	Dir    string // new, empty, or an earlier export, which is replaced
	Filter catalog.Filter
}

// A Summary describes what an export wrote.
type Summary struct {
	Articles int      `json:"articles"`
	Dir      string   `json:"dir"`
	Files    []string `json:"files"`
}

// A row is an article with its ID and the time of its capture.
type row struct {
	ID       string `json:"id"`
	Captured string `json:"captured"` // when the page was fetched, RFC 3339 in UTC
	article.Article
}

// columns are the columns of CSV, with their meaning for the data card. Lists of
// strings are joined by "; ", other lists are JSON.
var columns = []struct {
	name, meaning string
	value         func(*row) string
}{
	{"id", "ID of the article in the archive: the first 12 hexadecimal digits of its URL's SHA-256", func(r *row) string { return r.ID }},
	{"url", "URL as fetched", func(r *row) string { return r.URL }},
	{"canonical_url", "canonical URL that the page declares", func(r *row) string { return r.CanonicalURL }},
	{"site", "host without www.", func(r *row) string { return r.Site }},
	{"kind", "article, live, gallery or video; other kinds only if they were selected", func(r *row) string { return string(r.Kind) }},
	{"title", "headline, without the site's name", func(r *row) string { return r.Title }},
	{"subtitle", "standfirst; also part of text", func(r *row) string { return r.Subtitle }},
	{"summary", "the page's own description", func(r *row) string { return r.Summary }},
	{"section", "section as named on the page", func(r *row) string { return r.Section }},
	{"tags", "keywords, joined by \"; \"", func(r *row) string { return strings.Join(r.Tags, "; ") }},
	{"language", "language tag (BCP 47)", func(r *row) string { return r.Language }},
	{"byline", "byline as printed", func(r *row) string { return r.Byline }},
	{"authors", "names, joined by \"; \"", func(r *row) string {
		var names []string
		for _, a := range r.Authors {
			names = append(names, a.Name)
		}
		return strings.Join(names, "; ")
	}},
	{"source", "agency or newspaper that the story is from", func(r *row) string { return r.Source }},
	{"dateline", "place at the start of the story", func(r *row) string { return r.Dateline }},
	{"published", "publication date (RFC 3339), as precise as on the page", func(r *row) string { return r.Published }},
	{"modified", "date of the last change (RFC 3339), as precise as on the page", func(r *row) string { return r.Modified }},
	{"captured", "time when the page was fetched (UTC)", func(r *row) string { return r.Captured }},
	{"text", "text of the article; paragraphs and other blocks are separated by an empty line", func(r *row) string { return r.Text }},
	{"captions", "JSON list with text, credit, credits, media, media_url", func(r *row) string { return asJSON(r.Captions) }},
	{"contacts", "JSON list of the contact blocks on the page", func(r *row) string { return asJSON(r.Contacts) }},
	{"paywalled", "true if a paywall hides part of the story", func(r *row) string { return fmt.Sprint(r.Paywalled) }},
	{"extractor", "program and version that extracted the article", func(r *row) string { return r.Extractor }},
}

func asJSON[T any](list []T) string {
	if len(list) == 0 {
		return ""
	}
	b, err := json.Marshal(list)
	if err != nil {
		return ""
	}
	return string(b)
}

// Export writes a dataset. It streams: memory does not grow with the dataset.
func Export(ctx context.Context, c *catalog.Catalog, o Options) (Summary, error) {
	sum := Summary{Dir: o.Dir}
	if o.Format != "jsonl" && o.Format != "csv" {
		return sum, fmt.Errorf("export: unknown format %q", o.Format)
	}
	if err := prepareDir(o.Dir, "articles."+o.Format); err != nil {
		return sum, err
	}
	name := "articles." + o.Format
	f, err := create(o.Dir, name)
	if err != nil {
		return sum, err
	}
	card := newCard(o)
	err = rows(ctx, c, o, f, card)
	if err = errors.Join(err, f.finish(err == nil)); err != nil {
		return sum, fmt.Errorf("export: %w", err)
	}
	readme, err := create(o.Dir, "README.md")
	if err != nil {
		return sum, err
	}
	_, err = io.WriteString(readme, card.markdown(name))
	if err = errors.Join(err, readme.finish(err == nil)); err != nil {
		return sum, fmt.Errorf("export: %w", err)
	}
	sums, err := create(o.Dir, "SHA256SUMS")
	if err != nil {
		return sum, err
	}
	_, err = fmt.Fprintf(sums, "%s  README.md\n%s  %s\n", readme.digest(), f.digest(), name)
	if err = errors.Join(err, sums.finish(err == nil)); err != nil {
		return sum, fmt.Errorf("export: %w", err)
	}
	sum.Articles, sum.Files = card.articles, []string{name, "README.md", "SHA256SUMS"}
	return sum, nil
}

func rows(ctx context.Context, c *catalog.Catalog, o Options, w io.Writer, card *card) error {
	filter := o.Filter
	filter.BySite = true
	buffered := bufio.NewWriterSize(w, 1<<18)
	enc := json.NewEncoder(buffered)
	enc.SetEscapeHTML(false)
	table := csv.NewWriter(buffered)
	if o.Format == "csv" {
		var names []string
		for _, col := range columns {
			names = append(names, col.name)
		}
		if err := table.Write(names); err != nil {
			return err
		}
	}
	for s, err := range c.Stories(ctx, filter) {
		if err != nil {
			return err
		}
		a, err := c.Article(ctx, s)
		if err != nil {
			return err
		}
		r := &row{ID: s.ID, Captured: s.Captured.UTC().Format(time.RFC3339), Article: *a}
		card.add(r)
		if o.Format == "jsonl" {
			err = enc.Encode(r)
		} else {
			cells := make([]string, len(columns))
			for i, col := range columns {
				cells[i] = col.value(r)
			}
			err = table.Write(cells)
		}
		if err != nil {
			return err
		}
	}
	table.Flush()
	return errors.Join(table.Error(), buffered.Flush())
}

// exportFiles are the files that an export may have.
var exportFiles = []string{"articles.jsonl", "articles.csv", "README.md", "SHA256SUMS"}

// ErrOtherFormat means that the folder has an export in another format, which an
// export never replaces.
var ErrOtherFormat = errors.New("export in another format")

// prepareDir creates the folder, or removes an earlier export with the same file of
// rows from it. It refuses a folder with other files.
func prepareDir(dir, rows string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if len(entries) == 0 {
		return nil
	}
	if _, err := os.Stat(filepath.Join(dir, "SHA256SUMS")); err != nil {
		return fmt.Errorf("export: %s is not empty and not an earlier export", dir)
	}
	for _, e := range entries {
		if !slices.Contains(exportFiles, e.Name()) && !strings.HasPrefix(e.Name(), ".") {
			return fmt.Errorf("export: %s contains %s, which is not part of an export", dir, e.Name())
		}
	}
	for _, name := range exportFiles {
		if name != rows && strings.HasPrefix(name, "articles.") {
			if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
				return fmt.Errorf("%w: %s has %s, which %s would replace", ErrOtherFormat, dir, name, rows)
			}
		}
	}
	// Files of an earlier export that the new checksums would not list must go.
	for _, name := range exportFiles {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("export: %w", err)
		}
	}
	return nil
}

// file is a file that gets its final name only when it is complete.
type file struct {
	*os.File
	path string
	sum  hash.Hash
}

func create(dir, name string) (*file, error) {
	f, err := os.CreateTemp(dir, "."+name+"-*")
	if err != nil {
		return nil, fmt.Errorf("export: %w", err)
	}
	return &file{f, filepath.Join(dir, name), sha256.New()}, nil
}

func (f *file) Write(b []byte) (int, error) {
	f.sum.Write(b)
	return f.File.Write(b)
}

// WriteString hides that of os.File, which would not update the checksum.
func (f *file) WriteString(s string) (int, error) { return f.Write([]byte(s)) }

func (f *file) digest() string { return hex.EncodeToString(f.sum.Sum(nil)) }

func (f *file) finish(ok bool) error {
	err := errors.Join(f.Chmod(0o644), f.Sync(), f.Close())
	if !ok || err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), f.path)
}
