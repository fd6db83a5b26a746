package fetch_test

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/zstd"

	"github.com/newsmorgue/newsmorgue/scraper/fetch"
)

// encode applies a content coding.
func encode(t testing.TB, coding string, body []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	var err error
	switch coding {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zlib":
		w = zlib.NewWriter(&b)
	case "deflate":
		w, err = flate.NewWriter(&b, 6)
	case "br":
		w = brotli.NewWriter(&b)
	case "zstd":
		w, err = zstd.NewWriter(&b)
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// newsPage is a page that does not compress to nothing.
func newsPage() []byte {
	var b bytes.Buffer
	b.WriteString("<!doctype html><title>The ferry</title>")
	for i := range 4000 {
		fmt.Fprintf(&b, "<p>On day %d the ferry carried %d cars and %x sheep.</p>\n", i, i*i*7919%1009, i*2654435761%1000003)
	}
	return b.Bytes()
}

func TestDecodeContent(t *testing.T) {
	page := newsPage()
	gz, zl, fl, br, zs := encode(t, "gzip", page), encode(t, "zlib", page), encode(t, "deflate", page), encode(t, "br", page), encode(t, "zstd", page)
	flip := func(b []byte, at int) []byte {
		b = bytes.Clone(b)
		b[at] ^= 0xff
		return b
	}
	named := func() []byte { // a member with all optional parts
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Name, w.Comment, w.Extra = "a page", "of news", []byte("xx\x00\x00")
		_, _ = w.Write(page)
		w.Close()
		return b.Bytes()
	}()
	damaged := func() []byte { // a block, and then one of a type that there is not
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		_, _ = w.Write(page[:len(page)/2])
		_ = w.Flush()
		return append(b.Bytes(), 0xff, 0xff, 0xff)
	}()
	utf16 := []byte("\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00")
	whole, prefix, asSent := 1, 2, 3
	tests := []struct {
		name, encoding, contentType string
		raw                         []byte
		want                        int
		flaws                       string
	}{
		{"gzip", "gzip", "text/html", gz, whole, ""},
		{"gzip, a header with everything", "gzip", "text/html", named, whole, ""},
		{"x-gzip in capitals", "X-GZIP", "text/html", gz, whole, ""},
		{"gzip, two members", "gzip", "text/html", slices.Concat(encode(t, "gzip", page[:1000]), encode(t, "gzip", page[1000:])), whole, ""},
		{"gzip without its trailer", "gzip", "text/html", gz[:len(gz)-8], whole, "trailer"},
		{"gzip without half its trailer", "gzip", "text/html", gz[:len(gz)-3], whole, "trailer"},
		{"gzip with a wrong checksum", "gzip", "text/html", flip(gz, len(gz)-8), whole, "checksum"},
		{"gzip with a wrong length", "gzip", "text/html", flip(gz, len(gz)-1), whole, "checksum"},
		{"gzip with bytes after it", "gzip", "text/html", slices.Concat(gz, []byte("<!-- cached -->")), whole, "excess"},
		{"gzip with zeros after it", "gzip", "text/html", slices.Concat(gz, make([]byte, 512)), whole, "excess"},
		{"gzip with a wrong checksum and a second member", "gzip", "text/html",
			slices.Concat(flip(encode(t, "gzip", page[:1000]), -8+len(encode(t, "gzip", page[:1000]))), encode(t, "gzip", page[1000:])), whole, "checksum"},
		{"gzip cut", "gzip", "text/html", gz[:len(gz)/2], prefix, "incomplete"},
		{"gzip cut in its second member", "gzip", "text/html", slices.Concat(encode(t, "gzip", page[:1000]), encode(t, "gzip", page[1000:])[:5]), prefix, "incomplete"},
		{"gzip damaged", "gzip", "text/html", damaged, prefix, "damaged"},
		{"gzip of which nothing decodes", "gzip", "text/html", slices.Concat(gz[:10], bytes.Repeat([]byte{0xff}, 500)), asSent, ""},
		{"gzip, its header only", "gzip", "text/html", gz[:10], asSent, ""},
		{"gzip twice", "gzip, gzip", "text/html", encode(t, "gzip", gz), whole, ""},
		{"gzip twice, said once", "gzip", "text/html; charset=utf-8", encode(t, "gzip", gz), whole, "undeclared"},
		{"gzip once, said twice", "gzip,gzip", "text/html", gz, whole, "uncoded"},
		{"gzip, not said", "", "text/html", gz, whole, "undeclared"},
		{"gzip, not said, cut", "identity", "text/html", gz[:len(gz)/2], prefix, "incomplete,undeclared"},
		{"gzip, not said, of a file", "", "application/gzip", gz, asSent, ""},
		{"gzip four times, not said", "", "text/html", encode(t, "gzip", encode(t, "gzip", encode(t, "gzip", gz))), asSent, ""},
		{"gzip, and a charset that is none of the codings", "utf-8, gzip", "text/html", gz, whole, ""},
		{"no gzip", "gzip", "text/html", page, whole, "uncoded"},
		{"no gzip, in UTF-16", "gzip", "text/html", utf16, asSent, "uncoded"},
		{"no gzip but zlib", "gzip", "text/html", zl, whole, "other"},
		{"no gzip but zstd", "gzip", "text/html", zs, whole, "other"},
		{"no gzip but an image", "gzip", "image/png", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), asSent, "uncoded"},
		{"deflate", "deflate", "text/html", zl, whole, ""},
		{"deflate without zlib", "deflate", "text/html", fl, whole, ""},
		{"deflate without its trailer", "deflate", "text/html", zl[:len(zl)-4], whole, "trailer"},
		{"deflate with a wrong checksum", "deflate", "text/html", flip(zl, len(zl)-1), whole, "checksum"},
		{"deflate with bytes after it", "deflate", "text/html", slices.Concat(zl, []byte("x")), whole, "excess"},
		{"deflate cut", "deflate", "text/html", zl[:len(zl)/2], prefix, "incomplete"},
		{"deflate without zlib, cut", "deflate", "text/html", fl[:len(fl)/2], prefix, "incomplete"},
		{"no deflate but gzip", "deflate", "text/html", gz, whole, "other"},
		{"no deflate", "deflate", "text/html", page, whole, "uncoded"},
		{"no deflate, though it begins like zlib", "deflate", "text/plain", []byte("x^2 is the square of x"), asSent, "uncoded"},
		{"brotli", "br", "text/html", br, whole, ""},
		{"brotli cut", "br", "text/html", br[:len(br)/2], prefix, "incomplete"},
		{"brotli with bytes after it", "br", "text/html", slices.Concat(br, []byte("more")), whole, "excess"},
		{"no brotli", "br", "text/html", page, whole, "uncoded"},
		{"no brotli but gzip", "br", "text/html", gz, whole, "other"},
		{"zstd", "zstd", "text/html", zs, whole, ""},
		{"zstd cut", "zstd", "text/html", zs[:len(zs)-len(zs)/4], prefix, "incomplete"},
		{"zstd without its checksum", "zstd", "text/html", zs[:len(zs)-4], whole, "trailer"},
		{"zstd without half its checksum", "zstd", "text/html", zs[:len(zs)-2], whole, "trailer"},
		{"zstd with a wrong checksum", "zstd", "text/html", flip(zs, len(zs)-1), whole, "checksum"},
		{"zstd with bytes after it", "zstd", "text/html", slices.Concat(zs, []byte("<!-- -->")), whole, "excess"},
		{"no zstd", "zstd", "text/html", page, whole, "uncoded"},
		{"none", "none", "text/html", page, whole, ""},
		{"a charset", "UTF-8", "text/html", page, whole, ""},
		{"an unknown coding", "snappy", "text/html", page, asSent, ""},
		{"gzip by another name", "application/gzip", "text/html", gz, whole, "other"},
		{"gzip with a weight", "gzip;q=1.0", "text/html", gz, whole, ""},
		{"an unknown coding that is zstd, cut", "x-zstd", "text/css", zs[:len(zs)-len(zs)/4], prefix, "other,incomplete"},
		{"gzip over an unknown coding", "snappy, gzip", "text/html", gz, asSent, ""},
		{"too many codings", "gzip,gzip,gzip,gzip", "text/html", gz, asSent, ""},
		{"nothing", "gzip", "text/html", nil, asSent, ""},
	}
	for _, tt := range tests {
		c := fetch.DecodeContent(tt.raw, tt.encoding, tt.contentType, fetch.MaxBody)
		ok := bytes.Equal(c.Data, page)
		switch tt.want {
		case prefix:
			ok = len(c.Data) > 500 && len(c.Data) <= len(page) && bytes.HasPrefix(page, c.Data) && c.Partial()
		case asSent:
			ok = bytes.Equal(c.Data, tt.raw) && c.Layers == 0
		}
		if got := strings.Join(c.Flaws, ","); !ok || got != tt.flaws || tt.want == whole && c.Partial() {
			t.Errorf("%s: got %d bytes (%.20q…), %d layers, opaque %v, %q; want %q", tt.name, len(c.Data), c.Data, c.Layers, c.Opaque, got, tt.flaws)
		}
		if header := tt.want == asSent && tt.flaws == "" && len(tt.raw) > 0 && tt.contentType == "text/html"; c.Opaque != header {
			t.Errorf("%s: got opaque %v", tt.name, c.Opaque)
		}
		// What was stored without its codings reads the same again.
		if !c.Opaque {
			if again := fetch.DecodeContent(c.Data, "", tt.contentType, fetch.MaxBody); !bytes.Equal(again.Data, c.Data) || again.Layers != 0 {
				t.Errorf("%s: read again: %d bytes instead of %d", tt.name, len(again.Data), len(c.Data))
			}
		}
	}
}

// TestDecodeContentIsBounded: whatever unpacks to more than the limit is cut there.
func TestDecodeContentIsBounded(t *testing.T) {
	long := bytes.Repeat([]byte("news "), 1<<20)
	member := encode(t, "gzip", long[:5000])
	for name, raw := range map[string][]byte{
		"gzip": encode(t, "gzip", long), "members": bytes.Repeat(member, 1000), "twice": encode(t, "gzip", encode(t, "gzip", long)),
	} {
		c := fetch.DecodeContent(raw, "gzip", "text/html", 100_000)
		if !bytes.Equal(c.Data, long[:100_000]) || !c.Cut || c.Partial() {
			t.Errorf("%s: got %d bytes, cut %v, %q", name, len(c.Data), c.Cut, c.Flaws)
		}
	}
	empty := bytes.Repeat(encode(t, "gzip", nil), 100_000)
	if c := fetch.DecodeContent(empty, "gzip", "text/html", 100_000); len(c.Data) != 0 || len(c.Flaws) > 0 {
		t.Errorf("empty members: got %d bytes, %q", len(c.Data), c.Flaws)
	}
	if c := fetch.DecodeContent(long, "none", "text/html", 1000); len(c.Data) != 1000 || !c.Cut {
		t.Errorf("without a coding: got %d bytes, cut %v", len(c.Data), c.Cut)
	}
}

func FuzzDecodeContent(f *testing.F) {
	page := newsPage()[:3000]
	for _, coding := range []string{"gzip", "zlib", "deflate", "br", "zstd"} {
		packed := encode(f, coding, page)
		f.Add(packed, coding, "text/html")
		f.Add(packed[:len(packed)-5], strings.Replace(coding, "zlib", "deflate", 1), "text/html")
	}
	f.Add([]byte("<html>"), "gzip, deflate, br", "")
	f.Fuzz(func(t *testing.T, raw []byte, encoding, contentType string) {
		const limit = 10_000
		c := fetch.DecodeContent(raw, encoding, contentType, limit)
		if len(c.Data) > limit {
			t.Errorf("got %d bytes", len(c.Data))
		}
		if c.Layers == 0 && !bytes.HasPrefix(raw, c.Data) {
			t.Error("no coding was removed, and the data is not the body")
		}
		again := fetch.DecodeContent(c.Data, "", contentType, limit)
		if !c.Opaque && !c.Cut && !bytes.Equal(again.Data, c.Data) && c.Layers > 0 {
			t.Errorf("read again: %q, not %q", again.Data, c.Data)
		}
	})
}

func BenchmarkDecodeContent(b *testing.B) {
	page := newsPage()
	for _, coding := range []string{"gzip", "br", "zstd"} {
		packed := encode(b, coding, page)
		b.Run(coding, func(b *testing.B) {
			b.SetBytes(int64(len(page)))
			for b.Loop() {
				if c := fetch.DecodeContent(packed, coding, "text/html", fetch.MaxBody); len(c.Data) != len(page) || c.Flaws != nil {
					b.Fatal(c.Flaws)
				}
			}
		})
	}
}
