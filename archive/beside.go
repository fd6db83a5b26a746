package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// besideWindow is how far from a record of a journal Beside looks, in bytes.
const besideWindow = 1 << 20

// Beside finds a record by its ID near another one, whose location is known: in the same
// frame of a sealed segment, or in a journal at most 1 MiB away. Records of one exchange
// are appended together, so that a request is found by its response without the index of
// the segment, which takes seconds to read where it is large. It returns ErrNotFound if
// the record is not there; it may be elsewhere then.
func (r *Reader) Beside(ctx context.Context, c Capture, id string) (Capture, error) {
	p := r.place(c)
	var data []byte
	var from int64
	if c.Frame >= 0 {
		if _, err := p.line(ctx, r.a, c); err != nil {
			return Capture{}, err
		}
		data = p.data
	} else {
		var err error
		if data, from, err = p.around(ctx, r.a, c); err != nil {
			return Capture{}, err
		}
	}
	needle := []byte(`"` + id + `"`)
	for start := 0; start < len(data); {
		n := bytes.IndexByte(data[start:], '\n')
		if n < 0 {
			break
		}
		line, at := data[start:start+n], from+int64(start)
		start += n + 1
		if !bytes.Contains(line, needle) {
			continue
		}
		if c.Frame < 0 {
			if line = checkLine(line); line == nil {
				continue
			}
		}
		found, err := describe(line)
		if err != nil || found.ID != id {
			continue
		}
		found.Segment, found.Frame, found.FrameLength, found.Offset, found.Length = c.Segment, c.Frame, c.FrameLength, at, int64(len(line))
		return found, nil
	}
	return Capture{}, fmt.Errorf("%w: %s", ErrNotFound, id)
}

// around reads the lines of a journal around a record, and returns where they begin.
func (r *segmentReader) around(ctx context.Context, a *Archive, c Capture) (data []byte, from int64, err error) {
	err = r.open(a, c.Segment, true)
	if errors.Is(err, fs.ErrNotExist) || err == nil && isZstd(r.f.at(ctx)) {
		return nil, 0, fmt.Errorf("%w: segment %s was sealed", ErrNotFound, c.Segment)
	}
	if err != nil {
		return nil, 0, err
	}
	if c.Offset < 0 || c.Length < 0 || c.Length > maxLine {
		return nil, 0, fmt.Errorf("%w: invalid location of a record", ErrDamaged)
	}
	from = max(0, c.Offset-besideWindow)
	data = make([]byte, c.Offset-from+crcWidth+c.Length+besideWindow)
	n, err := r.f.at(ctx).ReadAt(data, from)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, 0, err
	}
	data = data[:n]
	if from > 0 { // it begins within a line
		i := bytes.IndexByte(data, '\n')
		data, from = data[i+1:], from+int64(i+1)
	}
	return data, from, nil
}
