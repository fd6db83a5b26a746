package archive

import (
	"bytes"
	"strconv"
	"strings"
)

// Entity returns the payload without its transfer coding, as a WARC-Payload-Digest is
// computed: an imported record may have its body in chunks (RFC 9112, section 7.1), as
// they were sent. Content codings remain. A body that only claims to be in chunks is
// returned as it is; one that ends early or is damaged, up to there. It may share memory
// with the payload.
func (r *Record) Entity() []byte {
	if r.HTTP == nil || !strings.Contains(strings.ToLower(strings.Join(r.HTTP.Values("Transfer-Encoding"), ",")), "chunked") {
		return r.Payload
	}
	body, ok := dechunk(r.Payload)
	if !ok {
		return r.Payload
	}
	return body
}

// dechunk joins the chunks of a body. It returns false if the body does not begin with
// a chunk.
func dechunk(in []byte) (out []byte, ok bool) {
	for {
		line, rest, found := bytes.Cut(in, []byte("\n"))
		digits, _, _ := bytes.Cut(line, []byte(";"))
		size, err := strconv.ParseUint(string(bytes.TrimSpace(digits)), 16, 63)
		if err != nil || !found {
			return out, ok
		}
		ok = true
		if size == 0 || size > uint64(len(rest)) {
			return append(out, rest[:min(size, uint64(len(rest)))]...), true
		}
		if out == nil {
			out = make([]byte, 0, len(rest))
		}
		out = append(out, rest[:size]...)
		in = bytes.TrimPrefix(rest[size:], []byte("\r"))
		if in, found = bytes.CutPrefix(in, []byte("\n")); !found {
			return out, true
		}
	}
}
