package warc_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/newsmorgue/newsmorgue/archive/warc"
)

const page = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>The ferry is back."

// response is a record as a careful tool writes it.
func response(id int, block string, fields ...string) string {
	head := fmt.Sprintf("WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-%012d>\r\nWARC-Date: 2026-03-01T12:00:00Z\r\n"+
		"WARC-Target-URI: https://a.example/%d\r\nContent-Type: application/http; msgtype=response\r\n", id, id)
	for _, f := range fields {
		head += f + "\r\n"
	}
	return head + fmt.Sprintf("Content-Length: %d\r\n\r\n%s\r\n\r\n", len(block), block)
}

var (
	gzipWriter    = gzip.NewWriter(nil)
	zstdWriter, _ = zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
)

func member(text string) []byte {
	var b bytes.Buffer
	gzipWriter.Reset(&b)
	if _, err := gzipWriter.Write([]byte(text)); err != nil {
		panic(err)
	}
	if err := gzipWriter.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func zframe(text string) []byte { return zstdWriter.EncodeAll([]byte(text), nil) }

// summary is what tests compare of entries: type or "-", notes, and the payload's length.
func summary(all []*warc.Entry) string {
	var b strings.Builder
	for _, e := range all {
		name := "-"
		if e.Record != nil {
			name = e.Record.Type()
			if e.TooLarge {
				name += "!"
			}
		}
		var kinds []string
		for _, n := range e.Notes {
			kinds = append(kinds, string(n.Kind))
		}
		slices.Sort(kinds)
		fmt.Fprintf(&b, "%s[%s] ", name, strings.Join(kinds, ","))
	}
	return strings.TrimSpace(b.String())
}

// TestDialects: what other tools write, and what is left of files after accidents.
func TestDialects(t *testing.T) {
	good := response(1, page)
	lf := strings.ReplaceAll(good, "\r\n", "\n")
	lf = strings.Replace(lf, "Content-Length: 65", fmt.Sprintf("Content-Length: %d", len(strings.ReplaceAll(page, "\r\n", "\n"))), 1)
	tests := []struct {
		name, in, want string
	}{
		{"empty", "", ""},
		{"good", good, "response[block-digest]"},
		{"two", good + response(2, page), "response[] response[]"},
		{"lower-case names", strings.NewReplacer("WARC-Type", "warc-type", "WARC-Record-ID", "warc-record-id", "Content-Length", "content-length").Replace(good), "response[]"},
		{"line feeds", lf, "response[line-ends,record-end]"},
		{"version 0.18", strings.Replace(good, "WARC/1.1", "WARC/0.18", 1), "response[version]"},
		{"version 1.0", strings.Replace(good, "WARC/1.1", "WARC/1.0", 1), "response[]"},
		{"angle brackets", strings.Replace(good, "https://a.example/1", "<https://a.example/1>", 1), "response[]"},
		{"spaces in the URI", strings.Replace(good, "https://a.example/1", "https://a.example/a b c", 1), "response[field]"},
		{"HTTP/2", response(1, "HTTP/2 200\r\nserver: x\r\n\r\nhello"), "response[]"},
		{"no reason", response(1, "HTTP/1.1 404\r\n\r\nhello"), "response[]"},
		{"not HTTP", response(1, "<p>hello"), "response[http-head]"},
		{"no empty line after the HTTP head", response(1, "HTTP/1.1 304 Not Modified\r\nETag: x\r\n"), "response[]"},
		{"folded field", strings.Replace(good, "WARC-Date", "X-Long: a\r\n  b\r\nWARC-Date", 1), "response[header]"},
		{"line without a colon", strings.Replace(good, "WARC-Date", "hello\r\nWARC-Date", 1), "response[header]"},
		{"field named like a member of the JSON", strings.Replace(good, "WARC-Date", "text: x\r\nhead: y\r\nWARC-Date", 1), "response[header]"},
		{"repeated fields apart", strings.Replace(good, "WARC-Date", "X: 1\r\nY: 2\r\nX: 3\r\nWARC-Date", 1), "response[]"},
		{"Latin-1", strings.Replace(good, "WARC-Date", "X: caf\xe9\r\nWARC-Date", 1), "response[]"},
		{"no ID", strings.Replace(good, "WARC-Record-ID", "X-ID", 1), "response[field]"},
		{"no type", strings.Replace(good, "WARC-Type", "X-Type", 1), "response[field]"},
		{"date without a time", strings.Replace(good, "2026-03-01T12:00:00Z", "2026-03", 1), "response[]"},
		{"no date", strings.Replace(good, "2026-03-01T12:00:00Z", "yesterday", 1), "response[field]"},
		{"right digest in Base16", response(1, page, "WARC-Block-Digest: SHA-1:"+hexSHA1(page)), "response[]"},
		{"wrong digests", response(1, page, "WARC-Block-Digest: sha1:"+strings.Repeat("A", 32), "WARC-Payload-Digest: md5:"+strings.Repeat("0", 32)), "response[block-digest,payload-digest]"},
		{"wrong SHA-256", response(1, page, "WARC-Payload-Digest: sha256:"+strings.Repeat("0", 64)), "response[payload-digest]"},
		{"payload digest of the body without chunks", response(1, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0\r\nT: 1\r\n\r\n", "WARC-Payload-Digest: sha1:"+hexSHA1("hello")), "response[]"},
		{"Common Crawl", response(1, "HTTP/1.1 200 OK\r\nX-Crawler-Transfer-Encoding: chunked\r\nX-Crawler-Content-Encoding: gzip\r\n\r\nhello", "WARC-Payload-Digest: sha1:"+hexSHA1("hello")), "response[]"},
		{"continuation", strings.NewReplacer("WARC-Type: response", "WARC-Type: continuation\r\nWARC-Segment-Number: 2\r\nWARC-Segment-Origin-ID: <urn:x>").Replace(good), "continuation[]"},
		{"unknown type", strings.Replace(good, "WARC-Type: response", "WARC-Type: screenshot", 1), "screenshot[]"},
		{"garbage between", good + "hello\r\nworld\r\n" + good, "response[] -[garbage] response[]"},
		{"garbage before", "hello\n" + good, "-[garbage] response[]"},
		{"garbage alone", "hello", "-[garbage]"},
		{"an HTML page", "<html>" + strings.Repeat("hello\n", 1000), "-[garbage]"},
		{"cut block", good + good[:len(good)-20], "response[] response[cut]"},
		{"cut header", good + good[:60], "response[] -[garbage,header]"},
		{"header cut by a record", good[:60] + "\r\n" + good, "-[garbage,header] response[]"},
		{"length too large", strings.Replace(good, "Content-Length: 65", "Content-Length: 400", 1) + response(2, page), "response[cut] response[]"},
		{"length too large for all", strings.Replace(good, "Content-Length: 65", "Content-Length: 4000000", 1) + response(2, page), "response[cut] response[]"},
		{"length a little too small", strings.Replace(good, "Content-Length: 65", "Content-Length: 60", 1) + response(2, page), "response[record-end] response[]"},
		{"length much too small", strings.Replace(response(1, page+strings.Repeat("x", 300)), "Content-Length: 365", "Content-Length: 60", 1) + response(2, page), "response[record-end] -[garbage] response[]"},
		{"no length", strings.Replace(good, "Content-Length", "X", 1) + response(2, page), "response[length] response[]"},
		{"length not a number", strings.Replace(good, "Content-Length: 65", "Content-Length: NaN", 1) + response(2, page), "response[length] response[]"},
		{"negative length", strings.Replace(good, "Content-Length: 65", "Content-Length: -1", 1) + response(2, page), "response[length] response[]"},
		{"length beyond int64", strings.Replace(good, "Content-Length: 65", "Content-Length: 99999999999999999999", 1) + response(2, page), "response[length] response[]"},
		{"no end", strings.TrimRight(good, "\r\n") + response(2, page), "response[record-end] response[]"},
		{"NULs", strings.Repeat("\x00", 5000) + good, "-[garbage] response[]"},
		{"a long header", "WARC/1.1\r\n" + strings.Repeat("X: y\r\n", 400_000) + "\r\n" + good, "-[garbage,header] response[]"},
		{"many fields", "WARC/1.1\r\n" + strings.Repeat("X: y\r\n", 20_000) + good[len("WARC/1.1\r\n"):], "-[garbage,header]"},
	}
	for _, tt := range tests {
		if tt.name == "good" {
			tt.want = "response[]"
		}
		t.Run(tt.name, func(t *testing.T) {
			for coding, in := range map[string][]byte{"plain": []byte(tt.in), "one member": member(tt.in), "one frame": zframe(tt.in)} {
				all := read(t, in, warc.ReaderOptions{})
				if got := summary(all); got != tt.want {
					t.Errorf("%s: got %s, want %s", coding, got, tt.want)
					for _, e := range all {
						t.Log(e.Offset, e.Length, e.Notes)
					}
				}
				var out []byte
				for _, e := range all {
					if e.Record != nil {
						out = append(out, keepsLaw(t, e.Record)...)
					}
				}
				if !strings.Contains(tt.want, "-[") && !strings.Contains(tt.want, "cut") && !strings.Contains(tt.want, "length") && string(out) != tt.in {
					t.Errorf("%s: the bytes changed: got %q, want %q", coding, out, tt.in)
				}
			}
		})
	}
}

func hexSHA1(s string) string {
	for d := range sha1Forms(s) {
		return d
	}
	return ""
}

// TestFieldsInUsualForm: fields are found under their usual names, and the header has
// them as they were.
func TestFieldsInUsualForm(t *testing.T) {
	in := "WARC/1.0\r\nwarc-type: Response\r\nwarc-record-id: <urn:uuid:1>\r\nwarc-date: 2026-03-01\r\nwarc-target-uri: <http://a.example/>\r\ncontent-type: application/http\r\ncontent-length: 65\r\n\r\n" + page + "\r\n\r\n"
	rec := read(t, []byte(in), warc.ReaderOptions{})[0].Record
	if got := fmt.Sprint(rec.Type(), rec.ID(), rec.TargetURI(), rec.Date(), rec.HTTP.Status(), string(rec.Payload)); got != "response<urn:uuid:1>http://a.example/2026-03-01 00:00:00 +0000 UTC 200<p>The ferry is back." {
		t.Errorf("got %s", got)
	}
	if !strings.HasPrefix(line(t, rec), `{"WARC-Type":"response"`) || !bytes.HasPrefix(rec.Head, []byte("WARC/1.0\r\nwarc-type: Response\r\n")) {
		t.Errorf("got %s, %q", line(t, rec), rec.Head)
	}
}

// TestCutRecord: a record of which a part is missing is another record than the whole
// one, and says what it was.
func TestCutRecord(t *testing.T) {
	whole := response(1, page, "WARC-Payload-Digest: sha1:"+hexSHA1("<p>The ferry is back."))
	all := read(t, []byte(whole[:len(whole)-10]), warc.ReaderOptions{})
	rec := all[0].Record
	if rec.Get("Newsmorgue-Cut") != "length=65; id=<urn:uuid:00000000-0000-4000-8000-000000000001>; payload=sha1:"+hexSHA1("<p>The ferry is back.") || rec.Get("WARC-Truncated") != "unspecified" || rec.Get("Content-Length") != "59" {
		t.Errorf("got %s", line(t, rec))
	}
	if rec.ID() == "<urn:uuid:00000000-0000-4000-8000-000000000001>" {
		t.Error("it has the ID of the whole record")
	}
}

// TestPlaces: offsets and lengths are those of members, frames or records, and another
// Reader finds the record there.
func TestPlaces(t *testing.T) {
	var texts []string
	for i := range 5 {
		texts = append(texts, response(i+1, page+strings.Repeat("x", i*1000)))
	}
	join := func(pack func(string) []byte) (out []byte) {
		for _, text := range texts {
			out = append(out, pack(text)...)
		}
		return out
	}
	halves := func(text string) []byte { // a record may have several frames
		return append(zframe(text[:100]), zframe(text[100:])...)
	}
	files := map[string][]byte{"plain": []byte(strings.Join(texts, "")), "gzip": join(member), "zstd": join(zframe), "two frames": join(halves)}
	for name, data := range files {
		end := int64(0)
		all := read(t, data, warc.ReaderOptions{})
		if len(all) != len(texts) {
			t.Fatalf("%s: got %d", name, len(all))
		}
		for i, e := range all {
			if e.Offset != end || e.Length <= 0 {
				t.Errorf("%s: record %d: got %d+%d, want %d", name, i, e.Offset, e.Length, end)
			}
			end = e.Offset + e.Length
			again := read(t, data[e.Offset:end], warc.ReaderOptions{Offset: e.Offset})
			if len(again) != 1 || again[0].Record.ID() != e.Record.ID() || again[0].Offset != e.Offset {
				t.Errorf("%s: record %d is not there", name, i)
			}
			if rest := read(t, data[end:], warc.ReaderOptions{Offset: end}); len(rest) != len(texts)-i-1 {
				t.Errorf("%s: after record %d: got %d records", name, i, len(rest))
			}
		}
		if end != int64(len(data)) {
			t.Errorf("%s: got %d, want %d", name, end, len(data))
		}
	}
	for _, e := range read(t, member(strings.Join(texts, "")), warc.ReaderOptions{}) {
		if e.Offset != -1 || e.Length != -1 {
			t.Errorf("in one member: got %d+%d", e.Offset, e.Length)
		}
	}
}

// TestMembersOfEqualSize: some programs compress a file in parts, wherever records begin.
func TestMembersOfEqualSize(t *testing.T) {
	text := ""
	for i := range 20 {
		text += response(i+1, page+strings.Repeat("y", i*37))
	}
	for _, size := range []int{7, 100, 333, 5000} {
		var gz, zs []byte
		for part := range slices.Chunk([]byte(text), size) {
			gz = append(gz, member(string(part))...)
			zs = append(zs, zframe(string(part))...)
		}
		for name, data := range map[string][]byte{"gzip": gz, "zstd": zs} {
			var out []byte
			for _, e := range read(t, data, warc.ReaderOptions{}) {
				if len(e.Notes) > 0 {
					t.Fatalf("%s, %d: %v", name, size, e.Notes)
				}
				out = append(out, keepsLaw(t, e.Record)...)
			}
			if string(out) != text {
				t.Errorf("%s, %d: the file changed", name, size)
			}
		}
	}
}

// TestDamagedMembers: one damaged member costs its records only.
func TestDamagedMembers(t *testing.T) {
	noise := make([]byte, 3000)
	for i := range noise {
		noise[i] = byte(i * i >> 3)
	}
	for name, pack := range map[string]func(string) []byte{"gzip": member, "zstd": zframe} {
		m1, m2, m3 := pack(response(1, page)), pack(response(2, page+string(noise))), pack(response(3, page))
		flip := func(at int) []byte {
			b := bytes.Clone(m2)
			b[at] ^= 0x55
			return b
		}
		tests := map[string][]byte{
			"in the middle": flip(len(m2) / 2), "in the header": flip(1), "in the checksum": flip(len(m2) - 1),
			"cut": m2[:len(m2)/2], "cut early": m2[:20], "zeros": make([]byte, 300), "garbage": []byte("hello world"),
		}
		for what, bad := range tests {
			all := read(t, slices.Concat(m1, bad, m3), warc.ReaderOptions{})
			var ids []string
			noted := false
			for _, e := range all {
				if e.Record != nil {
					ids = append(ids, e.Record.ID()[len(e.Record.ID())-2:])
				}
				noted = noted || len(e.Notes) > 0
				if e.Record != nil {
					keepsLaw(t, e.Record)
				}
			}
			if len(ids) < 2 || ids[0] != "1>" || ids[len(ids)-1] != "3>" || !noted {
				t.Errorf("%s, %s: got %v, %s", name, what, ids, summary(all))
			}
		}
	}
}

// TestTooLarge: a block beyond the limit is skipped and reported.
func TestTooLarge(t *testing.T) {
	text := response(1, page+strings.Repeat("z", 100_000)) + response(2, page)
	for name, data := range map[string][]byte{"plain": []byte(text), "gzip": member(text), "zstd": zframe(text)} {
		all := read(t, data, warc.ReaderOptions{MaxBlock: 10_000})
		if got := summary(all); got != "response![too-large] response[]" {
			t.Errorf("%s: got %s", name, got)
		}
		if rec := all[0].Record; rec.TargetURI() != "https://a.example/1" || rec.Payload != nil {
			t.Errorf("%s: got %v", name, rec)
		}
	}
}

type brokenReader struct{ r *bytes.Reader }

func (b brokenReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if err != nil {
		err = errors.New("the disk is gone")
	}
	return n, err
}

// TestReadError: an error of the file is not taken for its end.
func TestReadError(t *testing.T) {
	text := response(1, page) + response(2, page)
	gz := append(member(response(1, page)), member(response(2, page))...)
	for name, data := range map[string][]byte{"plain": []byte(text[:len(text)-30]), "gzip": gz[:len(gz)-30]} {
		var last error
		count := 0
		for e, err := range warc.NewReader(brokenReader{bytes.NewReader(data)}, warc.ReaderOptions{}).Records(context.Background()) {
			if last = err; err == nil {
				if count++; e.Record.ID() != "<urn:uuid:00000000-0000-4000-8000-000000000001>" {
					t.Errorf("%s: got %s", name, e.Record.ID())
				}
			}
		}
		if count != 1 || last == nil || !strings.Contains(last.Error(), "the disk is gone") {
			t.Errorf("%s: got %d, %v", name, count, last)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	for _, err := range warc.NewReader(bytes.NewReader(gz), warc.ReaderOptions{}).Records(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
}

// TestEntity: bodies that were stored in chunks.
func TestEntity(t *testing.T) {
	tests := []struct{ header, body, want string }{
		{"Transfer-Encoding: chunked", "5\r\nhello\r\n6;a=b\r\n world\r\n0\r\n\r\n", "hello world"},
		{"transfer-encoding: Chunked", "5\nhello\n0\n\n", "hello"},
		{"Transfer-Encoding: chunked", "<p>hello", "<p>hello"},
		{"Transfer-Encoding: chunked", "5\r\nhello\r\nzz\r\nworld", "hello"},
		{"Transfer-Encoding: chunked", "ff\r\nhello", "hello"},
		{"Transfer-Encoding: chunked", "ffffffffffffffff\r\nhello", "ffffffffffffffff\r\nhello"},
		{"X-Crawler-Transfer-Encoding: chunked", "5\r\nhello", "5\r\nhello"},
	}
	for _, tt := range tests {
		rec := read(t, []byte(response(1, "HTTP/1.1 200 OK\r\n"+tt.header+"\r\n\r\n"+tt.body)), warc.ReaderOptions{})[0].Record
		if got := string(rec.Entity()); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.body, got, tt.want)
		}
	}
}
