package wacz

import (
	"bufio"
	"encoding/json"
	"io"
)

// jsonLines writes JSON values, each on a line.
type jsonLines struct {
	b *bufio.Writer
	e *json.Encoder
}

func newJSONLines(w io.Writer) *jsonLines {
	b := bufio.NewWriterSize(w, 64<<10)
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	return &jsonLines{b, e}
}

func (j *jsonLines) add(v any) error { return j.e.Encode(v) }

func (j *jsonLines) flush() error { return j.b.Flush() }
