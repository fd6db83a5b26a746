package formats

import (
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"math/bits"
	"sync"
	"sync/atomic"

	"github.com/parquet-go/parquet-go"
)

// A columnSum is a checksum of the values of a column in a row group, in their order and
// with their levels. It is the same only within one process.
type columnSum uint64

var sumSeed = maphash.MakeSeed()

func (s *columnSum) add(values []parquet.Value) {
	sum := uint64(*s)
	for i := range values {
		v := &values[i]
		n := uint64(v.DefinitionLevel())<<8 | uint64(v.RepetitionLevel())
		if !v.IsNull() {
			n = n<<8 | uint64(v.Kind()) + 1
			switch v.Kind() {
			case parquet.ByteArray:
				n ^= maphash.Bytes(sumSeed, v.ByteArray())
			default:
				n ^= v.Uint64() * 0x9E3779B97F4A7C15
			}
		}
		// The multiplication makes the order count.
		sum = bits.RotateLeft64((sum^n)*0xD6E8FEB86659FD93, 29)
	}
	*s = columnSum(sum)
}

// A groupSum has the checksums of a row group.
type groupSum struct {
	rows    int64
	columns []columnSum
}

// checkParquet reads a file back and compares it with what was written. There were bugs
// in libraries that damaged texts without an error.
func checkParquet(r io.ReaderAt, size int64, groups []groupSum) error {
	f, err := parquet.OpenFile(r, size, parquet.SkipBloomFilters(true), parquet.ReadBufferSize(streamBuffer))
	if err != nil {
		return err
	}
	got := f.RowGroups()
	if len(got) != len(groups) {
		return fmt.Errorf("%d row groups of %d", len(got), len(groups))
	}
	if len(groups) == 0 {
		return nil
	}
	for i, g := range got {
		if g.NumRows() != groups[i].rows {
			return fmt.Errorf("row group %d has %d rows of %d", i, g.NumRows(), groups[i].rows)
		}
	}
	return checkChunks(got, groups)
}

// checkChunks compares the columns of all row groups, by two goroutines.
func checkChunks(got []parquet.RowGroup, groups []groupSum) error {
	width := len(groups[0].columns)
	var next atomic.Int64
	var errs [2]error
	var wg sync.WaitGroup
	for n := range errs {
		wg.Go(func() {
			defer func() { // the library trusts what it reads
				if p := recover(); p != nil {
					errs[n] = fmt.Errorf("%v", p)
				}
			}()
			values := make([]parquet.Value, 512)
			for errs[n] == nil {
				at := int(next.Add(1)) - 1
				if at >= width*len(groups) {
					return
				}
				i, j := at/width, at%width
				sum, err := sumChunk(got[i].ColumnChunks()[j], values)
				if errs[n] = err; err == nil && sum != groups[i].columns[j] {
					errs[n] = fmt.Errorf("other values in row group %d, column %d", i, j)
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs[:]...)
}

func sumChunk(chunk parquet.ColumnChunk, values []parquet.Value) (sum columnSum, err error) {
	pages := chunk.Pages()
	defer pages.Close()
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return sum, nil
		}
		if err != nil {
			return sum, err
		}
		err = sumPage(&sum, page, values)
		parquet.Release(page)
		if err != nil {
			return sum, err
		}
	}
}

func sumPage(sum *columnSum, page parquet.Page, values []parquet.Value) error {
	r := page.Values()
	for {
		n, err := r.ReadValues(values)
		sum.add(values[:n])
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
