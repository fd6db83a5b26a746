package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/parsers"
)

// maxPage bounds a page that extract reads, decoded, as a crawl does.
const maxPage = 16 << 20

func (a *app) extractCommand() *cobra.Command {
	var pageURL, format, batch, charset string
	var explain bool
	cmd := &cobra.Command{
		Use:   "extract FILE|URL|-",
		Short: "Read the article out of one page, or of many with --batch",
		Long: `Reads the article out of one page: a file (gzip by its ending .gz), a URL, or - for standard input.
With --batch it reads many: each line of the manifest is {"id","url","html","charset"?}, html a path
relative to the manifest, charset what a response header would say. One line a page comes out, in
order: {"id","article"} or {"id","error"}.
With --explain it says why one page was read as it was: the candidates of each field, the winner marked
with *, then every block of text, + kept or - dropped, how likely it belongs to the story, and the rule
that decided where it was not that likelihood.

` + exitHelp,
		Example: `  newsmorgue extract story.html --url https://example.org/story
  newsmorgue extract https://example.org/story --format json | jq .captions
  newsmorgue extract story.html --url https://example.org/story --explain | grep '^-'
  newsmorgue extract --batch pages.jsonl > articles.jsonl`,
		Args: args(0, 1, "one file, URL or -"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if a.json {
				format = "json"
			}
			print, err := printer(format)
			if err != nil {
				return err
			}
			if batch != "" {
				if len(argv) > 0 || explain {
					return usage("extract takes a page (and --explain) or --batch, not both")
				}
				return a.extractBatch(cmd.Context(), batch)
			}
			if len(argv) == 0 {
				return fail(exitUsage, "newsmorgue extract --help shows an example", "extract needs a file, a URL or -")
			}
			page, err := a.page(cmd.Context(), argv[0], pageURL)
			if err != nil {
				return err
			}
			page.Charset = charset
			if explain {
				return a.explainPage(page, argv[0], format)
			}
			article, err := new(parsers.Parser).Parse(page)
			if err != nil {
				return fmt.Errorf("%s: %w", argv[0], err)
			}
			return print(a, article)
		},
	}
	f := cmd.Flags()
	f.StringVar(&pageURL, "url", "", "the page's `URL`: links, site and dates are read with it")
	f.StringVar(&format, "format", "markdown", "how to print the article: `json|markdown|text|html`")
	f.StringVar(&batch, "batch", "", "read the pages that this manifest (JSON `lines`, - for standard input) lists")
	f.BoolVar(&explain, "explain", false, "say what there was to choose from for each field, and why each block of text was kept or dropped")
	f.StringVar(&charset, "charset", "", "the character `encoding`, as a response header would say it")
	return cmd
}

// printer finds how an article is printed.
func printer(format string) (func(*app, *parsers.Article) error, error) {
	text := func(render func(*parsers.Article) string) func(*app, *parsers.Article) error {
		return func(a *app, article *parsers.Article) error {
			_, err := io.WriteString(a.stdout, strings.TrimRight(render(article), "\n")+"\n")
			return err
		}
	}
	switch format {
	case "json":
		return func(a *app, article *parsers.Article) error { return a.printJSON(article) }, nil
	case "markdown", "md":
		return text(parsers.Markdown), nil
	case "text":
		return text(parsers.Text), nil
	case "html":
		return text(parsers.HTML), nil
	}
	return nil, usage("format is %q; it is json, markdown, text or html", format)
}

// page gets the page of an argument: standard input, a URL or a file.
func (a *app) page(ctx context.Context, arg, pageURL string) (*parsers.Page, error) {
	u := &url.URL{}
	if pageURL != "" {
		var err error
		if u, err = parseSeed(pageURL); err != nil {
			return nil, err
		}
	}
	if arg == "-" {
		body, err := readPage(a.stdin)
		if err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
		return &parsers.Page{URL: u, HTML: body}, nil
	}
	if strings.HasPrefix(arg, "http://") || strings.HasPrefix(arg, "https://") {
		seed, err := parseSeed(arg)
		if err != nil {
			return nil, err
		}
		page, err := keep.FetchPage(ctx, seed, software())
		if err != nil {
			return nil, err
		}
		if pageURL != "" {
			page.URL = u
		}
		return page, nil
	}
	body, err := readPageFile(arg)
	if err != nil {
		return nil, err
	}
	return &parsers.Page{URL: u, HTML: body}, nil
}

func readPageFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(bufio.NewReader(f)); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	body, err := readPage(r)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return body, nil
}

func readPage(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxPage+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxPage {
		return nil, fmt.Errorf("page is over %d MiB", maxPage>>20)
	}
	return body, nil
}

// A batchLine is one line of a manifest.
type batchLine struct {
	ID      string `json:"id"`
	URL     string `json:"url"`
	HTML    string `json:"html"`
	Charset string `json:"charset"`
}

// A batchResult is what comes out for it.
type batchResult struct {
	ID      string           `json:"id"`
	Article *parsers.Article `json:"article,omitempty"`
	Error   string           `json:"error,omitempty"`
}

// extractBatch reads many pages, as many at a time as there are cores, and
// prints the results in the order of the manifest.
func (a *app) extractBatch(ctx context.Context, manifest string) error {
	in, dir := a.stdin, "."
	if manifest != "-" {
		f, err := os.Open(manifest)
		if err != nil {
			return err
		}
		defer f.Close()
		in, dir = f, filepath.Dir(manifest)
	}
	type result struct {
		line   []byte
		failed bool
	}
	type job struct {
		line []byte
		done chan result
	}
	workers := runtime.GOMAXPROCS(0)
	// What is read ahead is bounded: at most so many results wait for a slow page.
	queue := make(chan job, 4*workers)
	work := make(chan job)
	var readErr error
	var wg sync.WaitGroup
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	wg.Go(func() {
		defer close(queue)
		defer close(work)
		lines := bufio.NewScanner(in)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			if len(bytes.TrimSpace(lines.Bytes())) == 0 {
				continue
			}
			j := job{bytes.Clone(lines.Bytes()), make(chan result, 1)}
			select {
			case queue <- j:
			case <-ctx.Done():
				return
			}
			select {
			case work <- j:
			case <-ctx.Done():
				close(j.done)
				return
			}
		}
		readErr = lines.Err()
	})
	for range workers {
		wg.Go(func() {
			for j := range work {
				line, ok := extractLine(j.line, dir)
				j.done <- result{line, !ok}
			}
		})
	}
	out := bufio.NewWriterSize(a.stdout, 1<<16)
	total, failed := 0, 0
	var writeErr error
	for j := range queue {
		if writeErr != nil {
			continue // let the reader run out
		}
		res, ok := <-j.done
		if !ok {
			break
		}
		total++
		if res.failed {
			failed++
		}
		if _, writeErr = out.Write(res.line); writeErr != nil {
			cancel()
		}
	}
	wg.Wait()
	if err := errors.Join(writeErr, out.Flush()); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if readErr != nil {
		return fmt.Errorf("%s: %w", manifest, readErr)
	}
	if failed > 0 && !a.quiet {
		fmt.Fprintf(a.stderr, "%d of %d pages gave no article; their lines say why\n", failed, total)
	}
	switch {
	case failed == total && total > 0:
		return &exitError{code: exitFailed, err: errReported}
	case failed*20 > total:
		return &exitError{code: exitPartly, err: errReported}
	}
	return nil
}

// extractLine answers one line of a manifest; ok is false for an error line.
func extractLine(line []byte, dir string) (answer []byte, ok bool) {
	var in batchLine
	res := batchResult{}
	if err := json.Unmarshal(line, &in); err != nil {
		res.Error = "manifest line is no JSON object: " + err.Error()
	} else {
		res.ID = in.ID
		if article, err := extractFile(in, dir); err != nil {
			res.Error = err.Error()
		} else {
			res.Article = article
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(res); err != nil {
		b.Reset()
		_ = enc.Encode(batchResult{ID: in.ID, Error: err.Error()})
		return b.Bytes(), false
	}
	return b.Bytes(), res.Article != nil
}

func extractFile(in batchLine, dir string) (*parsers.Article, error) {
	if in.HTML == "" {
		return nil, errors.New(`manifest line has no "html"`)
	}
	path := in.HTML
	if !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	body, err := readPageFile(path)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(in.URL)
	if err != nil {
		return nil, fmt.Errorf("url: %w", err)
	}
	return new(parsers.Parser).Parse(&parsers.Page{URL: u, HTML: body, Charset: in.Charset})
}
