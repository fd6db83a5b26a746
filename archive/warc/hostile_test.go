package warc_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// bomb is a member that begins with head and inflates to size more bytes. It has no end.
func bomb(t testing.TB, coding, head string, size int) []byte {
	t.Helper()
	if coding == "zstd" {
		b := []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 0x50} // a window of 1 MiB
		block := func(typ, size int, data ...byte) {
			h := size<<3 | typ<<1
			b = append(append(b, byte(h), byte(h>>8), byte(h>>16)), data...)
		}
		block(0, len(head), []byte(head)...)
		for ; size > 0; size -= 128 << 10 {
			block(1, 128<<10, 0) // a repeated byte
		}
		return b
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	put := func(p []byte) int {
		if _, err := w.Write(p); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		return b.Len()
	}
	put([]byte(head))
	zeros := make([]byte, 1<<20)
	from := put(zeros)
	to := put(zeros)
	part := b.Bytes()[from:to]
	return append(bytes.Clone(b.Bytes()), bytes.Repeat(part, size>>20)...)
}

// TestBombs: members that inflate to gigabytes cost little memory, and not the records
// around them.
func TestBombs(t *testing.T) {
	good := response(2, page)
	huge := strings.Replace(response(1, page), "Content-Length: 65", "Content-Length: 10000000000", 1)
	short := response(1, page)
	for _, coding := range []string{"gzip", "zstd"} {
		pack := member
		if coding == "zstd" {
			pack = zframe
		}
		for name, head := range map[string]string{"a long block": huge, "after the record": short, "no record": "hello"} {
			data := slices.Concat(bomb(t, coding, head, 60<<20), pack(good))
			peak := memory(func() {
				last := ""
				noted := false
				for e, err := range warc.NewReader(bytes.NewReader(data), warc.ReaderOptions{MaxBlock: 8 << 20}).Records(context.Background()) {
					if err != nil {
						t.Fatal(err)
					}
					if e.Record != nil {
						last = e.Record.TargetURI()
					}
					noted = noted || e.HasKind(warc.KindDamaged)
				}
				if last != "https://a.example/2" || !noted {
					t.Errorf("%s, %s: got %s, noted %v", coding, name, last, noted)
				}
			})
			if peak > 48<<20 {
				t.Errorf("%s, %s: %d MiB", coding, name, peak>>20)
			}
		}
	}
}

// memory is what f allocates that is not free at its end and in between, in bytes.
func memory(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.HeapSys - min(after.HeapSys, before.HeapSys) + after.HeapAlloc - min(after.HeapAlloc, before.HeapAlloc)
}

// TestLyingLengths: memory is allocated for data that is there, not for what a header
// declares.
func TestLyingLengths(t *testing.T) {
	for _, claim := range []string{"40000000", "41943040", "9223372036854775807", "68719476736"} {
		in := strings.Replace(response(1, page), "Content-Length: 65", "Content-Length: "+claim, 1)
		for _, data := range [][]byte{[]byte(in), member(in), zframe(in)} {
			var stats runtime.MemStats
			runtime.ReadMemStats(&stats)
			before := stats.TotalAlloc
			if all := read(t, data, warc.ReaderOptions{}); len(all) != 1 {
				t.Errorf("%s: got %s", claim, summary(all))
			}
			runtime.ReadMemStats(&stats)
			if got := stats.TotalAlloc - before; got > 16<<20 {
				t.Errorf("%s: allocated %d MiB", claim, got>>20)
			}
		}
	}
}

// TestDictionaries: those of hostile files.
func TestDictionaries(t *testing.T) {
	frame := func(data []byte, size int) []byte {
		b := binary.LittleEndian.AppendUint32(nil, 0x184D2A5D)
		return append(binary.LittleEndian.AppendUint32(b, uint32(size)), data...)
	}
	rec := zframe(response(1, page))
	inflates := bomb(t, "zstd", "\x37\xa4\x30\xec", 100<<20)
	for name, dict := range map[string][]byte{
		"not a dictionary": frame([]byte("hello"), 5), "a long one": frame(nil, 1<<30), "a bomb": frame(inflates, len(inflates)),
		"a magic number alone": frame([]byte("\x37\xa4\x30\xec"), 4), "a damaged frame": frame([]byte("\x28\xb5\x2f\xfd\xff\xff"), 6),
	} {
		var last error
		for e, err := range warc.NewReader(bytes.NewReader(append(dict, rec...)), warc.ReaderOptions{}).Records(context.Background()) {
			if last = err; err == nil {
				t.Errorf("%s: got %v", name, e.Notes)
			}
		}
		if last == nil || !strings.Contains(last.Error(), "dictionary") {
			t.Errorf("%s: got %v", name, last)
		}
	}
	// Without its dictionary, nothing of a file is readable, and every frame says so.
	var b bytes.Buffer
	w := warc.NewWriter(&b, warc.Options{Compression: warc.Zstd, Dictionary: dictionary(t)})
	at, err := w.Write(capture(t, "https://a.example/", "HTTP/1.1 200 OK\r\n\r\n", "hello"))
	if err != nil {
		t.Fatal(err)
	}
	if got := summary(read(t, b.Bytes()[at.Offset:], warc.ReaderOptions{})); got != "-[damaged]" {
		t.Errorf("got %s", got)
	}
}

// TestWindow: a frame that demands much memory is refused.
func TestWindow(t *testing.T) {
	frame := []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 31 << 3, 1, 0, 0} // a window of 2 TiB, an empty block
	if got := summary(read(t, slices.Concat(frame, zframe(response(1, page))), warc.ReaderOptions{})); got != "-[damaged] response[]" {
		t.Errorf("got %s", got)
	}
}

func seeds(f *testing.F, pack func(string) []byte) {
	for _, text := range []string{
		"", response(1, page), response(1, page) + response(2, page), strings.ReplaceAll(response(1, page), "\r\n", "\n"),
		"WARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n", "WARC/1.0\r\ntext: 1\r\nContent-Length: NaN\r\n\r\nhello\r\n\r\n" + response(1, page),
		"hello\x00\x00" + response(1, page), strings.Join(arc([2]string{"http://a.example/ 192.0.2.7 20040105101112 text/html", arcPage}), ""),
		response(1, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "WARC-Payload-Digest: sha1:"+hexSHA1("hello")),
		response(1, "HTTP/2 304", "WARC-Truncated: length", "X: \xff"),
	} {
		f.Add(pack(text))
	}
}

// law is what must be true of every file: no panic, bounded memory, and records that
// come back.
func law(t *testing.T, data []byte) {
	entries := 0
	for e, err := range warc.NewReader(bytes.NewReader(data), warc.ReaderOptions{MaxBlock: 1 << 20}).Records(context.Background()) {
		if err != nil {
			return // a dictionary
		}
		if entries++; entries > len(data)+1000 {
			t.Fatal("no end")
		}
		if e.Record == nil {
			if len(e.Notes) == 0 {
				t.Fatal("no record, and no note")
			}
			continue
		}
		if e.Offset >= 0 && (e.Length <= 0 || e.Offset+e.Length > int64(len(data))) {
			t.Fatalf("at %d+%d of %d", e.Offset, e.Length, len(data))
		}
		if !e.TooLarge {
			keepsLaw(t, e.Record)
		}
	}
}

func FuzzPlain(f *testing.F) {
	seeds(f, func(s string) []byte { return []byte(s) })
	f.Fuzz(law)
}

// FuzzARC is FuzzPlain for what follows the beginning of an ARC file.
func FuzzARC(f *testing.F) {
	seeds(f, func(s string) []byte { return []byte(s) })
	f.Add([]byte("http://a.example/ 192.0.2.7 20040105101112 text/html 5\nhello\nhttp://a.example/ 192.0.2.7 20040105101112 text/html -1\n\nhttp://a.example/ 192.0.2.7 20040105101112 text/html 200 - - 0 x 99999999999\n"))
	f.Fuzz(func(t *testing.T, data []byte) { law(t, append([]byte(arc()[0]), data...)) })
}

func FuzzGzip(f *testing.F) {
	seeds(f, member)
	f.Fuzz(func(t *testing.T, data []byte) { law(t, append([]byte{0x1f, 0x8b}, data[min(2, len(data)):]...)) })
}

func FuzzZstd(f *testing.F) {
	seeds(f, zframe)
	for _, name := range []string{"testdata/wget-dict.warc.zst", "testdata/wget.warc.zst"} {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 2 || data[0]>>4 != 5 { // not a skippable frame
			data = append([]byte{0x28, 0xb5, 0x2f, 0xfd}, data[min(4, len(data)):]...)
		}
		law(t, data)
	})
}

// FuzzMembers cuts a text into members, so that the fuzzer need not know gzip.
func FuzzMembers(f *testing.F) {
	seeds(f, func(s string) []byte { return []byte(s) })
	f.Fuzz(func(t *testing.T, data []byte) {
		var gz []byte
		for part := range slices.Chunk(data, 100+len(data)/20) {
			gz = append(gz, member(string(part))...)
		}
		law(t, gz)
	})
}

// repeated is a file that is the same bytes many times.
type repeated struct {
	part  []byte
	at    int
	times int
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.times == 0 {
		return 0, io.EOF
	}
	n := copy(p, r.part[r.at:])
	if r.at += n; r.at == len(r.part) {
		r.at, r.times = 0, r.times-1
	}
	return n, nil
}

// TestConstantMemory: a long file needs no more than one block.
func TestConstantMemory(t *testing.T) {
	text := response(1, page+strings.Repeat("The ferry is back. ", 3000))
	for name, part := range map[string][]byte{"plain": []byte(text), "gzip": member(text), "zstd": zframe(text)} {
		count := 0
		peak := memory(func() {
			for e, err := range warc.NewReader(&repeated{part: part, times: 2000}, warc.ReaderOptions{}).Records(context.Background()) {
				if err != nil || e.Record == nil {
					t.Fatal(err, e.Notes)
				}
				count++
			}
		})
		if count != 2000 || peak > 32<<20 {
			t.Errorf("%s: got %d records, %d MiB", name, count, peak>>20)
		}
	}
}
