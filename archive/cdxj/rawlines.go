package cdxj

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
)

var errLong = fmt.Errorf("the line has more than %d bytes", maxLine)

// rawLines yields lines, each valid until the next one. A longer line than maxLine is
// skipped, with errLong.
func rawLines(r io.Reader) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		var line []byte
		long := false
		for {
			part, err := in.ReadSlice('\n')
			if long = long || len(line)+len(part) > maxLine; !long {
				line = append(line, part...)
			}
			if errors.Is(err, bufio.ErrBufferFull) {
				continue
			}
			if err != nil && !errors.Is(err, io.EOF) {
				yield(nil, err)
				return
			}
			if err != nil && len(line) == 0 && !long {
				return
			}
			var problem error
			if long {
				problem = errLong
			}
			if !yield(line, problem) || err != nil {
				return
			}
			line, long = line[:0], false
		}
	}
}
