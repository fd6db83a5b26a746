package formats

import (
	"math"
	"strconv"

	"github.com/klauspost/compress/zstd"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/archive/internal/jsontext"
)

// A jsonlSink writes JSON Lines: an object per row in UTF-8, whose members are in the
// order of the columns; missing values have no member.
type jsonlSink struct {
	d    *folder.Folder
	zstd bool
}

// Open implements table.Sink.
func (s *jsonlSink) Open(t *table.Table, p table.Part) (table.Writer, error) {
	ending := ".jsonl"
	if s.zstd {
		ending += ".zst"
	}
	f, err := s.d.Create(folder.File{Name: fileName(t, p, ending), Table: t.Name, Split: p.Split})
	if err != nil {
		return nil, err
	}
	w := &jsonlWriter{stream: stream{f: f}, columns: t.Columns}
	if s.zstd {
		// Two goroutines, whatever the machine has. Their number does not change the bytes.
		z, err := zstd.NewWriter(f, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(2))
		if err != nil {
			return nil, err
		}
		w.z = z
	}
	for _, c := range t.Columns {
		w.names = append(w.names, string(append(appendJSON(nil, c.Name), ':')))
	}
	return w, nil
}

// Close implements table.Sink.
func (s *jsonlSink) Close() error { return nil }

type jsonlWriter struct {
	stream
	columns []table.Column
	names   []string // of the columns, with quotes and colon
}

// Write implements table.Writer.
func (w *jsonlWriter) Write(row []table.Value) error {
	b := append(w.buf, '{')
	start := len(b)
	for i := range row {
		v := &row[i]
		if !v.Set {
			continue
		}
		if len(b) > start {
			b = append(b, ',')
		}
		b = append(b, w.names[i]...)
		b = appendJSONValue(b, v, w.columns[i].Type)
	}
	w.buf = append(b, '}', '\n')
	w.f.Rows++
	return w.flush()
}

// Close implements table.Writer.
func (w *jsonlWriter) Close() error { return w.close() }

func appendJSONValue(b []byte, v *table.Value, t table.Type) []byte {
	switch t {
	case table.Int:
		return strconv.AppendInt(b, v.Int, 10)
	case table.Float:
		return appendFloat(b, v.Float)
	case table.Bool:
		return strconv.AppendBool(b, v.Int != 0)
	case table.Time:
		return append(appendTime(append(b, '"'), *v), '"')
	case table.Strings:
		return appendJSONList(b, v.List)
	case table.JSON:
		// Only strings can have the line separators that are escaped here.
		return appendSeparated(b, v.Text)
	default:
		return appendJSON(b, v.Text)
	}
}

func appendJSONList(b []byte, list []string) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, s)
	}
	return append(b, ']')
}

// appendFloat appends the shortest decimal that has the same value, with an exponent
// where ECMAScript has one.
func appendFloat(b []byte, f float64) []byte {
	form := byte('f')
	if a := math.Abs(f); a != 0 && (a < 1e-6 || a >= 1e21) {
		form = 'e'
	}
	b = strconv.AppendFloat(b, f, form, -1, 64)
	// ECMAScript has e-7 where Go has e-07.
	if n := len(b); form == 'e' && b[n-4] == 'e' && b[n-3] == '-' && b[n-2] == '0' {
		b = append(b[:n-2], b[n-1])
	}
	return b
}

// appendJSON appends a string of valid UTF-8 as a JSON string.
func appendJSON(b []byte, s string) []byte {
	b = append(b, '"')
	for {
		n := jsontext.PlainLine(s)
		if n == len(s) {
			break
		}
		width, code := 1, uint32(s[n])
		if code >= 0x80 {
			if width, code = separatorAt(s[n:]); width == 0 {
				b = append(b, s[:n+1]...)
				s = s[n+1:]
				continue
			}
		}
		b = appendEscape(append(b, s[:n]...), code)
		s = s[n+width:]
	}
	return append(append(b, s...), '"')
}

// U+0085, U+2028 and U+2029 need no escape in JSON. But some readers take them for the
// end of a line (Python's splitlines, scripts before ECMAScript 2019), and a row would
// be torn there.

// appendSeparated appends the text of a JSON value, with escapes for these.
func appendSeparated(b []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); i++ {
		if s[i] != 0xC2 && s[i] != 0xE2 {
			continue
		}
		n, code := separatorAt(s[i:])
		if n == 0 {
			continue
		}
		b = append(b, s[start:i]...)
		b = appendEscape(b, code)
		i += n - 1
		start = i + 1
	}
	return append(b, s[start:]...)
}

const hexDigits = "0123456789abcdef"

// separatorAt returns how many bytes the line separator has that s begins with, and its
// code point; 0 if s begins with another character.
func separatorAt(s string) (n int, code uint32) {
	switch {
	case len(s) >= 2 && s[:2] == "\u0085":
		return 2, 0x85
	case len(s) >= 3 && s[:3] == "\u2028":
		return 3, 0x2028
	case len(s) >= 3 && s[:3] == "\u2029":
		return 3, 0x2029
	}
	return 0, 0
}

func appendEscape(b []byte, code uint32) []byte {
	switch code {
	case '"', '\\':
		return append(b, '\\', byte(code))
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return append(b, '\\', 'u', hexDigits[code>>12&15], hexDigits[code>>8&15], hexDigits[code>>4&15], hexDigits[code&15])
}
