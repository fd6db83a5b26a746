package fetch

import (
	"bufio"
	"bytes"
	"compress/flate"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// maxCodings bounds a chain of content codings.
const maxCodings = 3

// DecodeContent undoes content codings (RFC 9110, section 8.4), up to limit bytes;
// cut says that there would be more. ok is false if a coding is unknown or its data
// is damaged; the body is then to be kept as it was sent. partial says that the body
// is incomplete: as much of it is decoded as possible.
func DecodeContent(raw []byte, encoding string, limit int64, partial bool) (data []byte, cut, ok bool) {
	var codings []string
	for c := range strings.SplitSeq(strings.ToLower(encoding), ",") {
		if c = strings.TrimSpace(c); c != "" && c != "identity" {
			codings = append(codings, c)
		}
	}
	data = raw
	if int64(len(data)) > limit && len(codings) == 0 {
		return data[:limit], true, true
	}
	if len(codings) > maxCodings {
		return nil, false, false
	}
	for i := len(codings) - 1; i >= 0; i-- {
		out, more, err := undo(codings[i], data, limit)
		if err != nil && !(partial && len(out) > 0) {
			return nil, false, false
		}
		data, cut = out, cut || more
	}
	return data, cut, true
}

func undo(coding string, in []byte, limit int64) (out []byte, more bool, err error) {
	if len(in) == 0 {
		return nil, false, nil
	}
	var r io.Reader
	src := bytes.NewReader(in)
	switch coding {
	case "gzip", "x-gzip":
		r, err = gzip.NewReader(src)
	case "deflate":
		// RFC 9110 means zlib; some servers send the bare stream.
		br := bufio.NewReader(src)
		if head, _ := br.Peek(2); len(head) == 2 && head[0]&0x0f == 8 && (uint16(head[0])<<8|uint16(head[1]))%31 == 0 {
			r, err = zlib.NewReader(br)
		} else {
			r = flate.NewReader(br)
		}
	case "br":
		r = brotli.NewReader(src)
	case "zstd":
		var d *zstd.Decoder
		d, err = zstd.NewReader(src, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true))
		if err == nil {
			defer d.Close()
			r = d
		}
	default:
		return nil, false, errUnknownCoding
	}
	if err != nil {
		return nil, false, err
	}
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r, limit+1))
	if n > limit {
		return b.Bytes()[:limit], true, nil
	}
	return b.Bytes(), false, err
}
