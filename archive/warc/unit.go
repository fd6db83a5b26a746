package warc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A coding is how a file is compressed.
type coding int

const (
	codingPlain coding = iota
	codingGzip
	codingZstd
)

var (
	gzipMagic = []byte{0x1f, 0x8b, 8}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
	dictMagic = []byte{0x37, 0xa4, 0x30, 0xec} // of a zstd dictionary
)

// dictionaryFrame is the magic number of the skippable frame with the dictionary.
const dictionaryFrame = 0x184D2A5D

// errBomb ends the data of a member that inflates too much.
var errBomb = fmt.Errorf("it inflates to more than %d times its size", bombRatio)

// units reads a file's units, one after another: gzip members, zstd frames, or the
// whole of a plain file.
type units struct {
	src    *source
	coding coding
	begun  bool // coding is known
	open   bool // there is a current unit
	start  int64
	out    int64 // decoded bytes of the current unit
	failed bool  // the current unit could not be read to its end
	dict   []byte
	limit  int64 // decoded bytes from which a unit may be a bomb
	from   int64 // where reading began
	again  int64 // bytes of the file that were read again after damage

	gz    *gzip.Reader
	zs    *zstd.Decoder
	frame *frame
}

// next begins the next unit. skipped is how many bytes before it are not one. It
// returns io.EOF at the end of the file. Errors other than io.EOF wrap errDictionary or are
// those of the underlying reader.
func (u *units) next() (skipped int64, err error) {
	if !u.begun {
		u.begin()
	}
	if u.coding == codingPlain {
		return 0, u.nextPlain()
	}
	if u.failed { // it may have swallowed the beginning of others
		u.goBack(u.start + 1)
		if u.src.pos() <= u.start { // not even its first byte was consumed
			u.src.skip(1)
		}
	}
	from := u.src.pos()
	for {
		if u.failed {
			u.seek()
		}
		u.failed = false
		u.start, u.out = u.src.pos(), 0
		if len(u.src.peek(1)) == 0 {
			u.open = false
			if err := u.src.failure(); err != nil {
				return u.start - from, err
			}
			return u.start - from, io.EOF
		}
		used, ok, err := u.openUnit()
		if err != nil {
			return 0, err
		}
		if ok {
			return u.start - from, nil
		}
		if used { // a frame without data, as it should be
			from += u.src.pos() - u.start
			continue
		}
		if u.goBack(u.start); u.src.pos() <= u.start {
			u.src.skip(1)
		}
		u.failed = true
	}
}

// A file in which every byte may begin a damaged member would be decoded again from each
// of them. So the bytes that are read again are bounded: maxAgain, and againRatio times
// what was read of the file. Beyond that, reading goes on behind the damage.
const (
	maxAgain   = 16 << 20
	againRatio = 4
)

// goBack makes the byte at an offset the next one, if it is behind and remembered.
func (u *units) goBack(pos int64) {
	before := u.src.pos()
	if u.again > maxAgain+againRatio*(before-u.from) {
		return
	}
	u.src.back(pos)
	u.again += before - u.src.pos()
}

func (u *units) begin() {
	u.begun = true
	b := u.src.peek(4)
	switch {
	case bytes.HasPrefix(b, gzipMagic[:2]):
		u.coding = codingGzip
	case bytes.HasPrefix(b, zstdMagic), isSkippable(b):
		u.coding = codingZstd
	}
}

func (u *units) nextPlain() error {
	if u.open || len(u.src.peek(1)) == 0 {
		u.open = false
		if err := u.src.failure(); err != nil {
			return err
		}
		return io.EOF
	}
	u.open, u.start = true, u.src.pos()
	return nil
}

// seek skips to what may be the beginning of a unit.
func (u *units) seek() {
	if u.coding == codingGzip {
		u.src.seek(gzipMagic)
		return
	}
	u.src.seek(zstdMagic)
}

// openUnit begins to decode the unit at the current offset. used says that there is
// a unit without data there, which it has skipped.
func (u *units) openUnit() (used, ok bool, err error) {
	if u.coding == codingGzip {
		if !bytes.Equal(u.src.peek(3), gzipMagic) {
			return false, false, nil
		}
		if u.gz == nil {
			u.gz = new(gzip.Reader)
		}
		if err := u.gz.Reset(u.src); err != nil {
			return false, false, u.src.failure()
		}
		u.gz.Multistream(false)
		u.open = true
		return false, true, nil
	}
	b := u.src.peek(8)
	if isSkippable(b) {
		return u.skippable(b)
	}
	if !bytes.HasPrefix(b, zstdMagic) {
		return false, false, nil
	}
	if err := u.decoder(); err != nil {
		return false, false, err
	}
	u.frame = &frame{src: u.src}
	if err := u.zs.Reset(u.frame); err != nil {
		return false, false, u.src.failure()
	}
	u.open = true
	return false, true, nil
}

func isSkippable(b []byte) bool {
	return len(b) >= 4 && binary.LittleEndian.Uint32(b)&^0xf == 0x184D2A50
}

// skippable skips a frame without data, and takes the dictionary from one that has it.
func (u *units) skippable(b []byte) (used, ok bool, err error) {
	if len(b) < 8 {
		return false, false, nil
	}
	size := int64(binary.LittleEndian.Uint32(b[4:]))
	u.src.skip(8)
	if binary.LittleEndian.Uint32(b) != dictionaryFrame {
		return u.src.skip(size) == size, false, nil
	}
	if size > maxDictionary {
		return false, false, fmt.Errorf("%w: it has %d bytes; at most %d are read", errDictionary, size, maxDictionary)
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(u.src, data); err != nil {
		return false, false, u.src.failure()
	}
	dict, err := dictionary(data)
	if err != nil {
		return false, false, fmt.Errorf("%w at offset %d: %w", errDictionary, u.start, err)
	}
	if !bytes.Equal(dict, u.dict) {
		u.closeDecoder()
		u.dict = dict
	}
	return true, false, u.decoder()
}

// errDictionary says that a file's dictionary is unreadable, so that no record of it
// can be read.
var errDictionary = errors.New("the file's zstd dictionary is damaged")

// dictionary returns the dictionary of a dictionary frame, which may be compressed.
func dictionary(data []byte) ([]byte, error) {
	if !bytes.HasPrefix(data, zstdMagic) {
		return data, nil
	}
	d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxDictionary), zstd.WithDecoderMaxWindow(maxDictionary))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.DecodeAll(data, nil)
}

// decoder makes the decoder of zstd frames, if there is none.
func (u *units) decoder() error {
	if u.zs != nil {
		return nil
	}
	o := []zstd.DOption{zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow), zstd.WithDecoderMaxMemory(1 << 62)}
	if len(u.dict) > 0 {
		o = append(o, zstd.WithDecoderDicts(u.dict))
	}
	d, err := zstd.NewReader(nil, o...)
	if err != nil {
		return fmt.Errorf("%w: %w", errDictionary, err)
	}
	u.zs = d
	return nil
}

func (u *units) closeDecoder() {
	if u.zs != nil {
		u.zs.Close()
		u.zs = nil
	}
}

// Read reads the current unit's data; io.EOF at its end. Another error says that the
// unit is damaged, or is that of the underlying reader.
func (u *units) Read(p []byte) (n int, err error) {
	if u.failed || !u.open {
		return 0, io.EOF
	}
	switch u.coding {
	case codingGzip:
		n, err = u.gz.Read(p)
	case codingZstd:
		n, err = u.zs.Read(p)
		if errors.Is(err, io.EOF) && !u.frame.ended() {
			err = io.ErrUnexpectedEOF
		}
	default:
		n, err = u.src.Read(p)
	}
	u.out += int64(n)
	if err == nil && u.out > u.limit && u.coding != codingPlain && u.out > bombRatio*(u.src.pos()-u.start) {
		err = errBomb
	}
	if err != nil && !errors.Is(err, io.EOF) {
		u.failed = true
	}
	return n, err
}

// A frame reads the bytes of one zstd frame (RFC 8878, section 3.1.1), so that a
// decoder stops at its end.
type frame struct {
	src      *source
	left     int // bytes of the current part
	state    frameState
	checksum bool
}

type frameState int

const (
	frameHeader frameState = iota
	frameBlock
	frameLastBlock
	frameEnd
)

// ended reports whether the frame was read to its end.
func (f *frame) ended() bool { return f.state == frameEnd && f.left == 0 }

func (f *frame) Read(p []byte) (int, error) {
	if f.left == 0 {
		if err := f.part(); err != nil {
			return 0, err
		}
	}
	n, err := f.src.Read(p[:min(len(p), f.left)])
	f.left -= n
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// part finds the length of the next part: the header, a block, or the checksum.
func (f *frame) part() error {
	switch f.state {
	case frameHeader:
		b := f.src.peek(5)
		if len(b) < 5 {
			return io.ErrUnexpectedEOF
		}
		flags := b[4]
		single := flags >> 5 & 1
		f.left = 5 + int(1-single) + []int{0, 1, 2, 4}[flags&3] + []int{int(single), 2, 4, 8}[flags>>6]
		f.checksum = flags>>2&1 == 1
		f.state = frameBlock
	case frameBlock:
		b := f.src.peek(3)
		if len(b) < 3 {
			return io.ErrUnexpectedEOF
		}
		head := int(b[0]) | int(b[1])<<8 | int(b[2])<<16
		f.left = 3 + head>>3
		if head>>1&3 == 1 { // one byte, repeated
			f.left = 4
		}
		if head&1 == 1 {
			f.state = frameLastBlock
		}
	case frameLastBlock:
		f.state = frameEnd
		if !f.checksum {
			return io.EOF
		}
		f.left = 4
	case frameEnd:
		return io.EOF
	}
	return nil
}
