package cdxj_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/cdxj"
)

func line(url, stamp string) cdxj.Line {
	return cdxj.Line{Key: cdxj.SURT(url), Timestamp: stamp, Fields: map[string]string{"url": url}}
}

// zipped writes an index and returns its parts.
func zipped(t testing.TB, lines []cdxj.Line, size int) (data *bytes.Reader, x *cdxj.ZipIndex, idx string) {
	slices.SortFunc(lines, func(a, b cdxj.Line) int { return strings.Compare(a.String(), b.String()) })
	var d, i bytes.Buffer
	z := cdxj.NewZipWriter(&d, &i, "index.cdx.gz", size)
	for _, l := range lines {
		if err := z.Write(l, ""); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	idx = i.String()
	x, err := cdxj.ReadIdx(&i)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.NewReader(d.Bytes()), x, idx
}

func lookup(t testing.TB, x *cdxj.ZipIndex, data io.ReaderAt, key string, prefix bool) (urls []string) {
	for l, err := range x.Lookup(key, prefix, func(string) (io.ReaderAt, error) { return data, nil }) {
		if err != nil {
			t.Fatal(err)
		}
		urls = append(urls, l.Fields["url"])
	}
	return urls
}

func TestZipLookup(t *testing.T) {
	var lines []cdxj.Line
	for i := range 100 {
		lines = append(lines, line(fmt.Sprintf("https://a.example/story-%02d", i), "20261123180000"), line(fmt.Sprintf("https://a.example/story-%02d", i), "20261124180000"))
	}
	data, x, idx := zipped(t, lines, 7)
	if !strings.HasPrefix(idx, `!meta 0 {"format":"cdxj-gzip-1.0","filename":"index.cdx.gz"}`+"\n"+`example,a)/story-00 20261123180000 {"offset":0,"length":`) {
		t.Errorf("got %s", idx)
	}
	if len(x.Blocks) < 25 || x.Blocks[0].Filename != "index.cdx.gz" {
		t.Errorf("got %d blocks", len(x.Blocks))
	}
	for i := range 100 {
		if got := lookup(t, x, data, fmt.Sprintf("example,a)/story-%02d", i), false); len(got) != 2 {
			t.Errorf("story %d: got %q", i, got)
		}
	}
	if got := lookup(t, x, data, "example,a)/story-1", true); len(got) != 20 {
		t.Errorf("got %d lines with a prefix, want 20", len(got))
	}
	if got := lookup(t, x, data, "example,a)/story", false); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}

// TestZipOtherKeys looks URLs up by the keys that ReplayWeb.page makes: it reads the last
// block that begins at or before the key.
func TestZipOtherKeys(t *testing.T) {
	var lines []cdxj.Line
	for i := range 50 {
		lines = append(lines, line(fmt.Sprintf("https://a.example/%d/", i), "20261123180000"), line(fmt.Sprintf("https://a.example/%d-more/", i), "20261123180000"))
	}
	for range 5 { // captures in one second
		lines = append(lines, line("https://a.example/8/", "20261123180000"))
	}
	data, x, _ := zipped(t, lines, 1)
	starts := map[string]bool{}
	for _, b := range x.Blocks {
		if starts[b.Key+b.Timestamp] {
			t.Errorf("two blocks begin with %s %s", b.Key, b.Timestamp)
		}
		starts[b.Key+b.Timestamp] = true
	}
	for _, l := range lines {
		key := cdxj.WabacSURT(l.Fields["url"]) + " 9999"
		found := false
		for i := len(x.Blocks) - 1; i >= 0; i-- {
			if b := x.Blocks[i]; b.Key+" "+b.Timestamp < key {
				for got, err := range b.Read(data) {
					found = found || err == nil && got.Fields["url"] == l.Fields["url"]
				}
				break
			}
		}
		if !found {
			t.Errorf("%s was not found by %s", l.Fields["url"], key)
		}
	}
}

func TestZipOrder(t *testing.T) {
	z := cdxj.NewZipWriter(io.Discard, io.Discard, "x", 0)
	if err := z.Write(line("https://b.example/", "20261123180000"), ""); err != nil {
		t.Fatal(err)
	}
	if err := z.Write(line("https://a.example/", "20261123180000"), ""); !errors.Is(err, cdxj.ErrOrder) {
		t.Errorf("got %v", err)
	}
}

func TestZipDamage(t *testing.T) {
	data, x, _ := zipped(t, []cdxj.Line{line("https://a.example/", "20261123180000")}, 1)
	wrong := x.Blocks[0]
	wrong.Digest = "sha256:00"
	long := x.Blocks[0]
	long.Length += 10
	for _, b := range []cdxj.Block{wrong, long, {Offset: 3, Length: 5}, {Length: 1 << 40}} {
		for _, err := range b.Read(data) {
			if err == nil {
				t.Errorf("%+v was read", b)
			}
		}
	}
	for _, bad := range []string{"x", "x 20261123180000 {]", `x 2 {"offset":-1,"length":1}`, `x 2 {"offset":1,"length":999999999999}`, "a\tb\tc\td"} {
		if _, err := cdxj.ReadIdx(strings.NewReader(bad)); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
	if x, err := cdxj.ReadIdx(strings.NewReader("com,example)/ 20261123180000\tcdx-1\t5\t10\t1\n")); err != nil || x.Blocks[0].Filename != "cdx-1" || x.Blocks[0].Length != 10 {
		t.Errorf("got %v, %v", x, err)
	}
}

func FuzzZip(f *testing.F) {
	data, _, idx := zipped(f, []cdxj.Line{line("https://a.example/", "20261123180000"), line("https://a.example/x", "20261123180000")}, 1)
	all, err := io.ReadAll(data)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(idx, all)
	f.Fuzz(func(_ *testing.T, idx string, data []byte) {
		x, err := cdxj.ReadIdx(strings.NewReader(idx))
		if err != nil {
			return
		}
		for range x.Lookup("example,a)/", true, func(string) (io.ReaderAt, error) { return bytes.NewReader(data), nil }) {
		}
	})
}
