package fetch

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/adler32"
	"hash/crc32"
	"io"
	"slices"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
)

// maxCodings bounds a chain of content codings.
const maxCodings = 3

// The words that say what was wrong with the content codings of a body. They are
// specified in archive/FORMAT.md, since records have them.
const (
	flawIncomplete = "incomplete"
	flawDamaged    = "damaged"
	flawTrailer    = "trailer"
	flawChecksum   = "checksum"
	flawExcess     = "excess"
	flawLength     = "length"
	flawUncoded    = "uncoded"
	flawOther      = "other"
	flawUndeclared = "undeclared"
)

// Content is a body whose content codings were removed, as far as that goes.
type Content struct {
	Data   []byte
	Layers int      // codings removed; if 0, Data is the body as it was sent
	Flaws  []string // what was wrong with the codings, in the words of archive/FORMAT.md
	// Opaque says that Data is the body as it was sent, in a coding that is unknown or
	// of which nothing can be decoded: the header is still true.
	Opaque bool
	// Cut says that Data ends at the limit and there is more.
	Cut bool
}

// Partial reports whether coded data ends early or is damaged, so that Data is only
// its beginning.
func (c *Content) Partial() bool {
	return slices.Contains(c.Flaws, flawIncomplete) || slices.Contains(c.Flaws, flawDamaged)
}

func (c *Content) flaw(word string) {
	if word != "" && !slices.Contains(c.Flaws, word) {
		c.Flaws = append(c.Flaws, word)
	}
}

// notCodings are values of Content-Encoding that servers send for bodies without a
// coding: confusions with charset and with MIME's Content-Transfer-Encoding.
var notCodings = map[string]bool{
	"": true, "identity": true, "none": true, "null": true, "raw": true, "plain": true, "text": true, "html": true, "text/html": true, "chunked": true,
	"utf-8": true, "utf8": true, "iso-8859-1": true, "windows-1252": true, "ascii": true, "us-ascii": true, "unicode": true,
	"binary": true, "7bit": true, "8bit": true, "quoted-printable": true, "base64": true, "default": true, "off": true, "no": true, "false": true,
}

// DecodeContent removes content codings (RFC 9110, section 8.4) from a body, as
// leniently as browsers and curl: what decodes before an error counts. encoding and
// contentType are the values of all Content-Encoding and Content-Type fields, joined
// by commas. Data has at most limit bytes.
func DecodeContent(raw []byte, encoding, contentType string, limit int64) Content {
	c := Content{Data: raw}
	var codings []string
	for name := range strings.SplitSeq(strings.ToLower(encoding), ",") {
		name, _, _ = strings.Cut(name, ";") // a weight belongs to Accept-Encoding
		if name = strings.Trim(name, " \t\"'"); !notCodings[name] && !strings.HasPrefix(name, "charset=") {
			codings = append(codings, name)
		}
	}
	ok := len(codings) <= maxCodings
	for i := len(codings) - 1; i >= 0 && ok; i-- {
		ok = c.remove(codings[i], limit)
	}
	// Some servers compress what is compressed already, or forget to say so. The text
	// of a page never begins like gzip.
	if strings.Contains(strings.ToLower(contentType), "html") {
		for ok && isGzip(c.Data) && !c.Cut {
			if ok = c.Layers < maxCodings && c.remove("gzip", limit); ok {
				c.flaw(flawUndeclared)
			}
		}
	}
	if !ok {
		c = Content{Data: raw, Opaque: true}
	}
	if int64(len(c.Data)) > limit {
		c.Data, c.Cut = c.Data[:limit], true
	}
	return c
}

// remove removes one coding. It returns false if nothing can be decoded, or if the
// coding is unknown and the data does not begin like one that is known.
func (c *Content) remove(coding string, limit int64) bool {
	decode := decoders[coding]
	if decode == nil {
		if decode = bySignature(c.Data); decode == nil {
			return false
		}
		c.flaw(flawOther)
	}
	if len(c.Data) == 0 {
		return true
	}
	out, flaw := decode(c.Data, limit+1)
	if damaged := flaw == flawIncomplete || flaw == flawDamaged; damaged && isText(c.Data) {
		// Brotli and bare deflate, which have no signature, may make a few bytes even
		// of a plain text, before they fail.
		flaw = flawUncoded
	} else if other := bySignature(c.Data); len(out) == 0 && flaw != "" && other != nil {
		if data, why := other(c.Data, limit+1); len(data) > 0 {
			c.flaw(flawOther)
			out, flaw = data, why
		}
	}
	switch {
	case flaw == flawUncoded:
		c.flaw(flaw)
		return true
	case len(out) == 0 && (flaw == flawIncomplete || flaw == flawDamaged):
		return false
	case flaw == flawIncomplete && c.Cut:
		flaw = "" // it is the limit that ended the data
	}
	if int64(len(out)) > limit {
		out, flaw, c.Cut = out[:limit], "", true
	}
	c.Data = out
	c.Layers++
	c.flaw(flaw)
	return true
}

// A decoder removes one coding from data that is not empty and returns at most limit
// bytes, with what was wrong; "" if nothing was. flawUncoded says that the data is
// not in this coding.
type decoder func(in []byte, limit int64) (out []byte, flaw string)

var decoders = map[string]decoder{
	"gzip": gunzip, "x-gzip": gunzip, "deflate": inflateEither, "x-deflate": inflateEither, "br": unbrotli, "zstd": unzstd,
}

// bySignature is the decoder of the coding that data begins like; nil if it begins
// like none.
func bySignature(in []byte) decoder {
	switch {
	case isGzip(in):
		return gunzip
	case isZstd(in):
		return unzstd
	case isZlib(in):
		return inflateZlib
	}
	return nil
}

// isGzip recognizes the header of a gzip member (RFC 1952, section 2.3.1) with
// deflate, the only method there is.
func isGzip(in []byte) bool {
	return len(in) >= 4 && in[0] == 0x1f && in[1] == 0x8b && in[2] == 8 && in[3]&0xe0 == 0
}

// isZlib recognizes the header of RFC 1950, section 2.2, without a dictionary.
func isZlib(in []byte) bool {
	return len(in) >= 2 && in[0]&0x0f == 8 && in[0]>>4 <= 7 && binary.BigEndian.Uint16(in)%31 == 0 && in[1]&0x20 == 0
}

// isZstd recognizes the magic numbers of a frame and of a skippable frame (RFC 8878,
// section 3.1).
func isZstd(in []byte) bool {
	if len(in) < 4 {
		return false
	}
	magic := binary.LittleEndian.Uint32(in)
	return magic == 0xfd2fb528 || magic&^0xf == 0x184d2a50
}

// isText reports whether data begins as no compressed data does: without binary
// data bytes (MIME Sniffing standard, section 3), or with a byte order mark of UTF-16.
func isText(in []byte) bool {
	if bytes.HasPrefix(in, []byte("\xfe\xff")) || bytes.HasPrefix(in, []byte("\xff\xfe")) {
		return true
	}
	return !slices.ContainsFunc(in[:min(len(in), 1024)], func(b byte) bool {
		return b <= 8 || b == 0x0b || b >= 0x0e && b <= 0x1a || b >= 0x1c && b <= 0x1f
	})
}

// gunzip reads the members of gzip data one after another. They are read here, and
// not by a library's Reader, because that cannot say whether the data or only the
// checksum behind it is missing.
func gunzip(in []byte, limit int64) (out []byte, flaw string) {
	if !isGzip(in) {
		return nil, flawUncoded
	}
	var b bytes.Buffer
	src := bytes.NewReader(nil)
	inflate := flate.NewReader(src)
	for first := true; len(in) > 0; first = false {
		if !first && !isGzip(in) {
			return b.Bytes(), flawExcess
		}
		head := gzipHeader(in)
		if head == 0 {
			return b.Bytes(), flawIncomplete
		}
		src.Reset(in[head:])
		from := b.Len()
		if flaw := copyInflated(&b, inflate, src, limit); flaw != "" || int64(b.Len()) >= limit {
			return b.Bytes(), flaw
		}
		var trailer [8]byte
		if n, _ := src.Read(trailer[:]); n < len(trailer) {
			return b.Bytes(), flawTrailer
		}
		member := b.Bytes()[from:]
		if binary.LittleEndian.Uint32(trailer[:]) != crc32.ChecksumIEEE(member) || binary.LittleEndian.Uint32(trailer[4:]) != uint32(len(member)) {
			flaw = flawChecksum
		}
		in = in[len(in)-src.Len():]
	}
	return b.Bytes(), flaw
}

// gzipHeader is the length of a member's header; 0 if it is not whole.
func gzipHeader(in []byte) int {
	const fixed, hasCRC, hasExtra, hasName, hasComment = 10, 1 << 1, 1 << 2, 1 << 3, 1 << 4
	if !isGzip(in) || len(in) < fixed {
		return 0
	}
	at := fixed
	if in[3]&hasExtra != 0 {
		if len(in) < at+2 {
			return 0
		}
		at += 2 + int(binary.LittleEndian.Uint16(in[at:]))
	}
	for _, field := range []byte{hasName, hasComment} {
		if in[3]&field == 0 {
			continue
		}
		if at > len(in) {
			return 0
		}
		end := bytes.IndexByte(in[at:], 0)
		if end < 0 {
			return 0
		}
		at += end + 1
	}
	if in[3]&hasCRC != 0 {
		at += 2
	}
	if at > len(in) {
		return 0
	}
	return at
}

// inflateEither reads the coding deflate. RFC 9110 means the zlib format by that name;
// some servers send the bare stream.
func inflateEither(in []byte, limit int64) (out []byte, flaw string) {
	if isZlib(in) {
		if out, flaw = inflateZlib(in, limit); len(out) > 0 || flaw == "" {
			return out, flaw
		}
	}
	var b bytes.Buffer
	src := bytes.NewReader(in)
	flaw = copyInflated(&b, flate.NewReader(src), src, limit)
	if flaw == "" && src.Len() > 0 && int64(b.Len()) < limit {
		if isText(in) { // a few bytes of a text can be a whole stream
			return nil, flawUncoded
		}
		flaw = flawExcess
	}
	return plausible(b.Bytes(), flaw)
}

// plausible drops what a coding without signature and checksum made of data that it
// could not read to its end, unless that is text and not just a few bytes.
func plausible(out []byte, flaw string) ([]byte, string) {
	if flaw == flawDamaged && (len(out) < 64 || !isText(out)) {
		return nil, flaw
	}
	return out, flaw
}

func inflateZlib(in []byte, limit int64) (out []byte, flaw string) {
	var b bytes.Buffer
	src := bytes.NewReader(in[2:])
	if flaw := copyInflated(&b, flate.NewReader(src), src, limit); flaw != "" || int64(b.Len()) >= limit {
		return b.Bytes(), flaw
	}
	var trailer [4]byte
	n, _ := src.Read(trailer[:])
	switch {
	case n < len(trailer):
		flaw = flawTrailer
	case binary.BigEndian.Uint32(trailer[:]) != adler32.Checksum(b.Bytes()):
		flaw = flawChecksum
	case src.Len() > 0:
		flaw = flawExcess
	}
	return b.Bytes(), flaw
}

// copyInflated appends a deflate stream (RFC 1951) to b, until b has limit bytes.
func copyInflated(b *bytes.Buffer, inflate io.ReadCloser, src *bytes.Reader, limit int64) (flaw string) {
	if err := inflate.(flate.Resetter).Reset(src, nil); err != nil {
		return flawDamaged
	}
	_, err := io.Copy(b, io.LimitReader(inflate, limit-int64(b.Len())))
	return flawOf(err)
}

// flawOf is the flaw that an error in the middle of coded data means.
func flawOf(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, io.ErrUnexpectedEOF):
		return flawIncomplete
	}
	return flawDamaged
}

func unbrotli(in []byte, limit int64) (out []byte, flaw string) {
	var b bytes.Buffer
	_, err := io.Copy(&b, io.LimitReader(brotli.NewReader(bytes.NewReader(in)), limit))
	if err != nil && strings.Contains(err.Error(), "excessive input") { // the library has no name for it
		return b.Bytes(), flawExcess
	}
	return plausible(b.Bytes(), flawOf(err))
}

func unzstd(in []byte, limit int64) (out []byte, flaw string) {
	if !isZstd(in) {
		return nil, flawUncoded
	}
	out, err := readZstd(in, limit, false)
	switch {
	case errors.Is(err, zstd.ErrCRCMismatch):
		out, err = readZstd(in, limit, true)
		if err == nil {
			return out, flawChecksum
		}
	case errors.Is(err, zstd.ErrMagicMismatch):
		return out, flawExcess // the first frame has its magic number
	case errors.Is(err, io.ErrUnexpectedEOF):
		if whole, ok := zstdWithoutChecksum(in, limit); ok {
			return whole, flawTrailer
		}
	}
	return out, flawOf(err)
}

// zstdWithoutChecksum reads data of which only the checksum at the end, or a part of
// it, is missing.
func zstdWithoutChecksum(in []byte, limit int64) (out []byte, ok bool) {
	const checksum = 4
	for missing := 1; missing <= checksum; missing++ {
		if out, err := readZstd(slices.Concat(in, make([]byte, missing)), limit, true); err == nil {
			return out, true
		}
	}
	return nil, false
}

func readZstd(in []byte, limit int64, ignoreChecksum bool) ([]byte, error) {
	d, err := zstd.NewReader(bytes.NewReader(in), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true),
		zstd.IgnoreChecksum(ignoreChecksum))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var b bytes.Buffer
	_, err = io.Copy(&b, io.LimitReader(d, limit))
	return b.Bytes(), err
}
