package exchange

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/newsmorgue/newsmorgue/archive/wacz"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// idsFile has the IDs of the records of an export of WARC files: 16 bytes each, sorted.
const idsFile = "record-ids.bin"

// A recordID is a WARC-Record-ID in 16 bytes: a UUID, or the start of the SHA-256 of
// another one.
type recordID [16]byte

func recordIDOf(id string) recordID {
	if s, ok := strings.CutPrefix(strings.ToLower(id), "<urn:uuid:"); ok {
		if u, err := uuid.Parse(strings.TrimSuffix(s, ">")); err == nil {
			return recordID(u)
		}
	}
	sum := sha256.Sum256([]byte(id))
	return recordID(sum[:16])
}

// An idSet is a sorted list of IDs.
type idSet []recordID

func (s idSet) has(id string) bool {
	if len(s) == 0 {
		return false
	}
	_, ok := slices.BinarySearchFunc(s, recordIDOf(id), func(a, b recordID) int { return bytes.Compare(a[:], b[:]) })
	return ok
}

// readPrevious reads the IDs of the records of an earlier export.
func readPrevious(ctx context.Context, path string) (idSet, error) {
	st, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !st.IsDir() {
		return idsOfWACZ(ctx, path)
	}
	b, err := os.ReadFile(filepath.Join(path, idsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is not an export of WARC files: it has no %s", path, idsFile)
	}
	if err != nil {
		return nil, err
	}
	if len(b)%16 != 0 {
		return nil, fmt.Errorf("%s in %s is damaged", idsFile, path)
	}
	ids := make(idSet, 0, len(b)/16)
	for id := range slices.Chunk(b, 16) {
		ids = append(ids, recordID(id))
	}
	return ids.sorted(), nil
}

func (s idSet) sorted() idSet {
	slices.SortFunc(s, func(a, b recordID) int { return bytes.Compare(a[:], b[:]) })
	return slices.Compact(s)
}

// bytes are the IDs as in idsFile.
func (s idSet) bytes() []byte {
	b := make([]byte, 0, 16*len(s))
	for _, id := range s {
		b = append(b, id[:]...)
	}
	return b
}

// idsOfWACZ reads the IDs of all records of a package.
func idsOfWACZ(ctx context.Context, path string) (idSet, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	p, err := wacz.Open(f, size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var ids idSet
	for _, name := range p.WARCs() {
		for entry, err := range p.Records(ctx, name, warc.ReaderOptions{}) {
			if err != nil {
				return nil, fmt.Errorf("%s: %w", path, err)
			}
			if entry.Record != nil {
				ids = append(ids, recordIDOf(entry.Record.ID()))
			}
		}
	}
	return ids.sorted(), nil
}
