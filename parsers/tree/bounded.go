package tree

import (
	"errors"
	"io"
	"runtime/metrics"
)

// maxTree is by how many bytes the program may grow while html.Parse makes a tree. The
// size of a tree cannot be told from that of its page: five bytes can open anew the
// hundreds of elements that a paragraph before has left open, so that a page of a megabyte
// takes tens of gigabytes. No page that people read comes near it.
const maxTree = 1 << 30

var errTooLarge = errors.New("the tree of this page is too large")

// A boundedReader hands a page to html.Parse, which offers no other way to end it, in small
// parts, and ends it when the program has grown too much meanwhile.
type boundedReader struct {
	page   io.Reader
	most   uint64
	sample [1]metrics.Sample
}

// bounded returns a reader that ends once the program has grown by so many bytes.
func bounded(page io.Reader, growth uint64) *boundedReader {
	r := &boundedReader{page: page}
	r.most = r.used() + growth
	return r
}

// part is how much of a page is read before the bound is looked at again, in bytes.
const part = 4 << 10

func (r *boundedReader) Read(b []byte) (int, error) {
	if r.used() > r.most {
		return 0, errTooLarge
	}
	return r.page.Read(b[:min(len(b), part)])
}

// used is the memory of the program's objects, in bytes.
func (r *boundedReader) used() uint64 {
	r.sample[0].Name = "/memory/classes/heap/objects:bytes"
	metrics.Read(r.sample[:])
	if r.sample[0].Value.Kind() != metrics.KindUint64 {
		return 0
	}
	return r.sample[0].Value.Uint64()
}
