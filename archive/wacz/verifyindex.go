package wacz

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/cdxj"
)

// blocks checks that the blocks that .idx files name are there, have their digests and
// begin with their keys.
func (c *checker) blocks(ctx context.Context) error {
	for _, name := range c.p.in(indexDir, ".idx") {
		f, err := c.p.Open(name)
		if err != nil {
			return err
		}
		x, err := cdxj.ReadIdx(f)
		if err = errors.Join(err, f.Close()); err != nil {
			c.r.damage(Problem{Member: name, What: "it cannot be read: " + plainError(err)})
			continue
		}
		ends := map[string]int64{} // of the blocks before, by file
		for _, b := range x.Blocks {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if b.Offset < ends[b.Filename] {
				at := b.Offset
				c.r.damage(Problem{Member: indexDir + shorten(b.Filename), Offset: &at, What: "two blocks that " + name + " names share bytes, or are not in order"})
				continue
			}
			ends[b.Filename] = b.Offset + b.Length
			c.block(name, b)
		}
	}
	return nil
}

func (c *checker) block(name string, b cdxj.Block) {
	data := indexDir + path.Base(b.Filename)
	r, ok := c.p.At(data)
	if !ok {
		what := "which is not there"
		if c.p.byName[data] != nil {
			what = "which the package compresses once more, so that viewers cannot read a block of it"
		}
		c.r.damage(Problem{Member: name, What: fmt.Sprintf("it names %s, %s", shorten(b.Filename), what)})
		return
	}
	for l, err := range b.Read(r) {
		at := b.Offset
		switch {
		case err != nil:
			c.r.damage(Problem{Member: data, Offset: &at, What: "a block that " + name + " names cannot be read: " + plainError(err)})
		case l.Key != b.Key || b.Timestamp != "" && l.Timestamp != b.Timestamp:
			c.r.damage(Problem{Member: data, Offset: &at, What: fmt.Sprintf("the block begins with %s %s, but %s says %s %s", shorten(l.Key), l.Timestamp, name, shorten(b.Key), b.Timestamp)})
		}
		return
	}
	at := b.Offset
	c.r.damage(Problem{Member: data, Offset: &at, What: "a block that " + name + " names has no lines"})
}

// sorted puts the lines of the indexes into the order of the WARC files.
func (c *checker) sorted(ctx context.Context) (*lineCursor, error) {
	cursor := newLineCursor(c.temp)
	last := ""
	for l, err := range c.p.Lines(ctx) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			c.r.damage(Problem{What: "a line of the index cannot be read: " + plainError(err)})
			continue
		}
		c.r.Lines++
		start := l.Key + " " + l.Timestamp
		if start < last && len(c.p.indexes()) == 1 {
			c.r.damage(Problem{URL: l.Fields["url"], What: "the lines of the index are not sorted"})
		}
		last = start
		if err := cursor.add(l, c.r.Lines); err != nil {
			c.r.damage(Problem{URL: l.Fields["url"], What: err.Error()})
		}
	}
	return cursor, cursor.begin(ctx)
}

// unmatched reports the lines up to a place of a file that lead to no record.
func (c *checker) unmatched(cursor *lineCursor, name string, offset int64) error {
	base := path.Base(name)
	for l := cursor.line; l != nil && (l.Filename < base || l.Filename == base && l.Offset < offset); l = cursor.line {
		at := l.Offset
		if l.Filename == base {
			c.r.damage(Problem{Member: name, Offset: &at, URL: l.URL, What: "a line of the index leads here, but no record begins here"})
		} else {
			c.r.damage(Problem{Member: archiveDir + shorten(l.Filename), Offset: &at, URL: l.URL, What: "a line of the index leads to this WARC file, which is not there"})
		}
		if err := cursor.next(); err != nil {
			return err
		}
	}
	return nil
}

// readerHash reads bytes of a member for a checksum.
func readerHash(r io.ReaderAt, at, length int64, labelled string) (known, same bool) {
	h, want := newHash(labelled)
	if h == nil {
		return false, false
	}
	if _, err := io.Copy(h, io.NewSectionReader(r, at, length)); err != nil {
		return true, false
	}
	return true, strings.EqualFold(fmt.Sprintf("%x", h.Sum(nil)), want)
}
