package wacz

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"path"
	"strconv"

	"github.com/newsmorgue/newsmorgue/archive/cdxj"
	"github.com/newsmorgue/newsmorgue/archive/extsort"
)

// A foundLine is a line of an index, as far as it is compared with its record.
type foundLine struct {
	Filename       string `json:"-"`
	Offset         int64  `json:"-"`
	Key, Timestamp string
	URL, Length    string
	Digest, Record string
	Status, Mime   string
}

// A lineCursor goes through the lines of an index in the order of the WARC files. It
// sorts on disk what does not fit in memory.
type lineCursor struct {
	s    *extsort.Sorter
	w    *extsort.Writer
	pull func() (extsort.Entry, error, bool)
	stop func()
	line *foundLine // nil at the end
}

func newLineCursor(temp string) *lineCursor {
	s := extsort.New(temp, 0)
	return &lineCursor{s: s, w: s.Writer()}
}

func (c *lineCursor) add(l cdxj.Line, number int64) error {
	f := l.Fields
	offset, err := strconv.ParseInt(f["offset"], 10, 64)
	if err != nil || offset < 0 || f["filename"] == "" {
		return errors.New("a line of the index names no WARC file and offset")
	}
	value, err := json.Marshal(foundLine{Key: l.Key, Timestamp: l.Timestamp, URL: f["url"], Length: f["length"], Digest: f["digest"], Record: f["recordDigest"], Status: f["status"], Mime: f["mime"]})
	if err != nil {
		return err
	}
	return c.w.Add(fmt.Appendf(nil, "%s\x00%019d\x00%d", path.Base(f["filename"]), offset, number), value)
}

// begin goes to the first line. The caller calls stop afterwards.
func (c *lineCursor) begin(ctx context.Context) error {
	if err := c.w.Close(); err != nil {
		return err
	}
	c.pull, c.stop = iter.Pull2(c.s.Merge(ctx))
	return c.next()
}

func (c *lineCursor) next() error {
	c.line = nil
	e, err, ok := c.pull()
	if !ok || err != nil {
		return err
	}
	l := &foundLine{}
	if err := json.Unmarshal(e.Value, l); err != nil {
		return err
	}
	key := string(e.Key)
	for i := range key {
		if key[i] == 0 {
			l.Filename = key[:i]
			l.Offset, err = strconv.ParseInt(key[i+1:i+20], 10, 64)
			break
		}
	}
	c.line = l
	return err
}
