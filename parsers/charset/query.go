package charset

import (
	"bytes"
	"cmp"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/transform"
)

// QueryEncoder returns how the links of a page write the characters of a query that
// are not ASCII: in the bytes of the page's encoding, which Decode finds, and what it
// does not have as a character reference, in which &, # and ; are percent-encoded
// (URL Standard, percent-encode after encoding). The bytes themselves are not
// percent-encoded. It returns nil for UTF-8, also for pages in UTF-16, whose links
// are written in UTF-8.
func QueryEncoder(body []byte, contentType, host string) func(query string) string {
	name := ""
	text, err := decode(body, contentType, host, func(_ []byte, found string) ([]byte, error) {
		name = found
		return nil, nil
	})
	if err != nil {
		return nil
	}
	if name == "" && !bytes.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		// The page is in ASCII, with its other characters as references.
		header, invalid := headerCharset(contentType)
		name = cmp.Or(header, declaredCharset(body[:min(len(body), maxPrescan)]), invalid)
	}
	if name == "" || name == "utf-8" || strings.HasPrefix(name, "utf-16") {
		return nil
	}
	e, err := htmlindex.Get(name) // x/net's charset would write references itself
	if err != nil {
		return nil
	}
	return func(query string) string { return encodeQuery(e, query) }
}

func encodeQuery(e encoding.Encoding, query string) string {
	var out strings.Builder
	buf := make([]byte, 256)
	enc := e.NewEncoder()
	for in := []byte(query); len(in) > 0; {
		n, read, err := enc.Transform(buf, in, true)
		out.Write(buf[:n])
		in = in[read:]
		switch {
		case err == nil:
			return out.String()
		case errors.Is(err, transform.ErrShortDst) && n+read > 0:
			continue
		}
		r, size := utf8.DecodeRune(in)
		if r == utf8.RuneError && size <= 1 {
			out.Write(in[:size]) // a byte of no character stays
		} else {
			out.WriteString("%26%23" + strconv.Itoa(int(r)) + "%3B")
		}
		in = in[size:]
	}
	return out.String()
}
