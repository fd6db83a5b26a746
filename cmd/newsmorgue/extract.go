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
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper/weburl"
)

// maxPage is the size limit of a page, decompressed; crawls have the same limit.
const maxPage = 16 << 20

func (a *app) extractCommand() *cobra.Command {
	var pageURL, format, batch, charset string
	var explain bool
	cmd := &cobra.Command{
		Use:   "extract FILE|URL|-",
		Short: "Extract the article from one page, or from many with --batch",
		Long: `Extracts the article from one page: a file (gzip if its name ends in .gz), a URL, or - for standard input.

With --batch it reads many pages. Each line of the manifest is {"id","url","html","charset"?}: html is a path
relative to the manifest, charset is the encoding as a response header would give it. It prints one line per
page, in the same order: {"id","article"} or {"id","error"}.

With --explain it prints how the article was extracted: the candidates for each field, the chosen one marked
with *; then every block of text, kept (+) or dropped (-), with the probability that it belongs to the story,
and the rule that decided if it was not the probability.

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
					return usage("extract takes one page or --batch, not both; --explain needs one page")
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
	f.StringVar(&pageURL, "url", "", "the page's `URL`, for links, the site's name and dates in the path")
	f.StringVar(&format, "format", "markdown", "how to print the article: `json|markdown|text|html`")
	f.StringVar(&batch, "batch", "", "read the pages listed in this manifest `file` (JSON Lines; - for standard input)")
	f.BoolVar(&explain, "explain", false, "print the candidates for each field, and why each block of text was kept or dropped")
	f.StringVar(&charset, "charset", "", "the character `encoding`, as a response header would give it")
	return cmd
}

// printer returns the function that prints an article in a format.
func printer(format string) (func(*app, *article.Article) error, error) {
	text := func(render func(*article.Article) string) func(*app, *article.Article) error {
		return func(a *app, article *article.Article) error {
			_, err := io.WriteString(a.stdout, strings.TrimRight(render(article), "\n")+"\n")
			return err
		}
	}
	switch format {
	case "json":
		return func(a *app, article *article.Article) error { return a.printJSON(article) }, nil
	case "markdown", "md":
		return text(article.Markdown), nil
	case "text":
		return text(article.Text), nil
	case "html":
		return text(article.HTML), nil
	}
	return nil, usage("--format is %q; it must be json, markdown, text or html", format)
}

// page reads the page that an argument names: standard input, a URL or a file.
func (a *app) page(ctx context.Context, arg, pageURL string) (*article.Page, error) {
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
		return &article.Page{URL: u, HTML: body}, nil
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
	return &article.Page{URL: u, HTML: body}, nil
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

// A batchResult is the output line for a batchLine.
type batchResult struct {
	ID      string           `json:"id"`
	Article *article.Article `json:"article,omitempty"`
	Error   string           `json:"error,omitempty"`
}

// extractBatch reads many pages, one per core in parallel, and prints the results
// in the order of the manifest.
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
	// The queue bounds how many results wait for a slow page before them.
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
			continue // drain the queue
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
		fmt.Fprintf(a.stderr, "no article from %d of %d pages; their lines give the reason\n", failed, total)
	}
	switch {
	case failed == total && total > 0:
		return &exitError{code: exitFailed, err: errReported}
	case failed*20 > total:
		return &exitError{code: exitPartly, err: errReported}
	}
	return nil
}

// extractLine returns the output for one line of a manifest; ok is false if that
// is an error.
func extractLine(line []byte, dir string) (output []byte, ok bool) {
	var in batchLine
	res := batchResult{}
	if err := json.Unmarshal(line, &in); err != nil {
		res.Error = "manifest line is not a JSON object: " + err.Error()
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

func extractFile(in batchLine, dir string) (*article.Article, error) {
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
		u, err = weburl.Parse(in.URL) // as browsers read it
	}
	if err != nil {
		return nil, fmt.Errorf("url %q: %w", in.URL, err)
	}
	return new(parsers.Parser).Parse(&article.Page{URL: u, HTML: body, Charset: in.Charset})
}
