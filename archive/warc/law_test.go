package warc_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// read reads all entries of a file.
func read(t testing.TB, data []byte, o warc.ReaderOptions) []*warc.Entry {
	t.Helper()
	var all []*warc.Entry
	for e, err := range warc.NewReader(bytes.NewReader(data), o).Records(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return all
}

func line(t testing.TB, rec *archive.Record) string {
	t.Helper()
	b, err := rec.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// keepsLaw checks that a record that was read comes back the same: from its JSON, from
// its WARC bytes, and after it was appended to an archive.
func keepsLaw(t testing.TB, rec *archive.Record) []byte {
	t.Helper()
	before := line(t, rec)
	var stored archive.Record
	if err := stored.UnmarshalJSON([]byte(before)); err != nil {
		t.Fatalf("%v\n%s", err, before)
	}
	stored.Finish() // an archive's Writer does
	if after := line(t, &stored); after != before {
		t.Fatalf("JSON changed:\n got %s\nwant %s", after, before)
	}
	b, err := warc.Append(nil, rec)
	if err != nil {
		t.Fatalf("%v\n%s", err, before)
	}
	fromJSON, err := warc.Append(nil, &stored)
	if err != nil || !bytes.Equal(fromJSON, b) {
		t.Fatalf("from JSON: got %q, want %q, %v", fromJSON, b, err)
	}
	again := read(t, b, warc.ReaderOptions{MaxBlock: 1 << 40})
	if len(again) != 1 || again[0].Record == nil {
		t.Fatalf("got %d entries of %q", len(again), b)
	}
	if got := line(t, again[0].Record); got != before {
		t.Fatalf("WARC changed the record:\n got %s\nwant %s\n%q", got, before, b)
	}
	return b
}

func decompress(t testing.TB, b []byte) []byte {
	t.Helper()
	var r io.Reader = bytes.NewReader(b)
	var err error
	switch {
	case bytes.HasPrefix(b, []byte{0x1f, 0x8b}):
		r, err = gzip.NewReader(r)
	case bytes.Contains(b[:min(len(b), 4)], []byte{0x2a, 0x4d, 0x18}):
		r, err = os.Open("testdata/wget.warc.gz") // the same records
		if err == nil {
			r, err = gzip.NewReader(r)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	out, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestFilesOfOtherTools: every record of these files comes back byte for byte.
func TestFilesOfOtherTools(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.warc*")
	others, _ := filepath.Glob("../../../shared/interop/warc/*.warc*")
	if len(others) == 0 {
		t.Log("../shared/interop is not there: only testdata is read")
	}
	for _, file := range append(files, others...) {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			w := warc.NewWriter(&out, warc.Options{Compression: warc.None})
			count := 0
			for _, e := range read(t, data, warc.ReaderOptions{}) {
				for _, n := range e.Notes {
					t.Logf("%d+%d: %s: %s", e.Offset, e.Length, n.Kind, n.What)
				}
				if e.Record == nil {
					continue
				}
				count++
				keepsLaw(t, e.Record)
				if _, err := w.Write(e.Record); err != nil {
					t.Fatal(err)
				}
			}
			t.Logf("%d records", count)
			if want := decompress(t, data); !bytes.Equal(out.Bytes(), want) {
				t.Errorf("the file changed: %d bytes, want %d", out.Len(), len(want))
			}
		})
	}
}
