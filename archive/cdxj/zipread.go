package cdxj

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"sort"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
)

const (
	maxBlock     = 32 << 20  // bytes of a compressed block; usual ones have less than one
	maxBlockText = 256 << 20 // bytes of a block's lines
	maxBlocks    = 4 << 20   // blocks of an index
)

// A Block is one gzip member of a compressed index.
type Block struct {
	Key       string `json:"-"` // of its first line
	Timestamp string `json:"-"`
	Filename  string `json:"filename,omitempty"` // of the .cdx.gz file
	Offset    int64  `json:"offset"`
	Length    int64  `json:"length"`
	Digest    string `json:"digest,omitempty"` // "sha256:…" of the member; empty if unknown
}

// A ZipIndex is what an .idx file says: where the blocks of an index are.
type ZipIndex struct{ Blocks []Block }

// ReadIdx reads an .idx file, in CDXJ's form or with tabs. An index has at most four
// million blocks.
func ReadIdx(r io.Reader) (*ZipIndex, error) {
	x := &ZipIndex{}
	filename, number := "", 0
	for text, err := range rawLines(r) {
		number++
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		line := strings.TrimRight(string(text), "\r\n")
		if strings.HasPrefix(line, "!meta") {
			var meta struct{ Format, Filename string }
			if n := strings.IndexByte(line, '{'); n >= 0 && json.Unmarshal([]byte(line[n:]), &meta) == nil {
				filename = meta.Filename
			}
			continue
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		b, err := parseBlock(line)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		if b.Filename == "" {
			b.Filename = filename
		}
		if x.Blocks = append(x.Blocks, b); len(x.Blocks) > maxBlocks {
			return nil, fmt.Errorf("the index has more than %d blocks", maxBlocks)
		}
	}
	return x, nil
}

func parseBlock(line string) (Block, error) {
	var b Block
	start := line
	if fields := strings.Split(line, "\t"); len(fields) >= 4 {
		start, b.Filename = fields[0], fields[1]
		var err, err2 error
		b.Offset, err = strconv.ParseInt(fields[2], 10, 64)
		b.Length, err2 = strconv.ParseInt(fields[3], 10, 64)
		if err = errors.Join(err, err2); err != nil {
			return b, err
		}
	} else {
		n := strings.Index(line, " {")
		if n < 0 {
			return b, errors.New("index line without a JSON object")
		}
		start = line[:n]
		if err := json.Unmarshal([]byte(line[n+1:]), &b); err != nil {
			return b, err
		}
	}
	if b.Offset < 0 || b.Length < 0 || b.Length > maxBlock {
		return b, fmt.Errorf("a block of %d bytes at offset %d; blocks have at most %d bytes", b.Length, b.Offset, maxBlock)
	}
	b.Key, b.Timestamp, _ = strings.Cut(start, " ")
	return b, nil
}

// Read returns the lines of a block of an opened .cdx.gz file. It fails if the block has
// another digest than the .idx file says.
func (b Block) Read(data io.ReaderAt) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		text, err := b.text(data)
		if err != nil {
			yield(Line{}, fmt.Errorf("block at offset %d: %w", b.Offset, err))
			return
		}
		for l, err := range Lines(text) {
			if !yield(l, err) {
				return
			}
		}
	}
}

func (b Block) text(data io.ReaderAt) (io.Reader, error) {
	if b.Length < 0 || b.Length > maxBlock {
		return nil, fmt.Errorf("it has %d bytes; at most %d are read", b.Length, maxBlock)
	}
	raw, err := io.ReadAll(io.NewSectionReader(data, b.Offset, b.Length))
	if err == nil && int64(len(raw)) < b.Length {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(raw); strings.HasPrefix(b.Digest, "sha256:") && b.Digest[7:] != hex.EncodeToString(sum[:]) {
		return nil, errors.New("its bytes do not have the digest of the .idx file")
	}
	gz, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	return io.LimitReader(gz, maxBlockText), nil
}

// Lookup returns the lines with a key, or with prefix those whose key begins with it, in
// order. open returns an opened .cdx.gz file by its name.
func (x *ZipIndex) Lookup(key string, prefix bool, open func(filename string) (io.ReaderAt, error)) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		// The block before the first one that begins at or after the key may end with it.
		first := sort.Search(len(x.Blocks), func(i int) bool { return x.Blocks[i].Key >= key })
		for _, b := range x.Blocks[max(0, first-1):] {
			if b.Key > key && !(prefix && strings.HasPrefix(b.Key, key)) {
				return
			}
			data, err := open(b.Filename)
			if err != nil {
				yield(Line{}, err)
				return
			}
			for l, err := range b.Read(data) {
				if err == nil && l.Key != key && !(prefix && strings.HasPrefix(l.Key, key)) {
					continue
				}
				if !yield(l, err) {
					return
				}
			}
		}
	}
}
