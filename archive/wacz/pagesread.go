package wacz

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Pages reads the lists of pages: the main one, then the others. A line that is not a
// page is an error, after which reading goes on with the next one.
func (p *Package) Pages(ctx context.Context) iter.Seq2[Page, error] {
	return func(yield func(Page, error) bool) {
		for _, name := range p.in("pages/", ".jsonl") {
			if !p.pagesOf(ctx, name, yield) {
				return
			}
		}
	}
}

func (p *Package) pagesOf(ctx context.Context, name string, yield func(Page, error) bool) bool {
	f, err := p.Open(name)
	if err != nil {
		return yield(Page{}, err)
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 64<<10)
	for number := 1; ; number++ {
		line, err := readLine(in)
		if len(line) > 0 {
			page, ok, lerr := parsePage(line)
			page.Extra = name != pagesName
			if lerr != nil {
				lerr = fmt.Errorf("%s: line %d: %w", name, number, lerr)
			}
			if (ok || lerr != nil) && !yield(page, lerr) {
				return false
			}
		}
		if errors.Is(err, io.EOF) {
			return true
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			yield(Page{}, fmt.Errorf("%s: line %d: %w", name, number, err))
			return false
		}
	}
}

// readLine reads a line of at most maxPageLine bytes.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		if line = append(line, part...); len(line) > maxPageLine {
			return nil, fmt.Errorf("it has more than %d bytes", maxPageLine)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return bytes.TrimSpace(line), err
		}
	}
}

// parsePage parses a line; ok is false for the header.
func parsePage(line []byte) (p Page, ok bool, err error) {
	var l struct {
		Format         string
		ID, URL, Title string
		TS, Text       any
		Size           json.Number
	}
	if err := json.Unmarshal(line, &l); err != nil {
		return p, false, errors.New("it is not a JSON object with the members of a page")
	}
	if l.Format != "" {
		return p, false, nil
	}
	if l.URL == "" {
		return p, false, errors.New("the page has no url")
	}
	p = Page{ID: l.ID, URL: l.URL, Title: l.Title}
	if s, isText := l.TS.(string); isText {
		p.Time = parseTime(strings.TrimSpace(s))
	}
	if s, isText := l.Text.(string); isText {
		p.Text = s
	}
	p.Size, _ = l.Size.Int64() // 0 if missing
	return p, true, nil
}
