package formats

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/klauspost/compress/zstd"

	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table/tabletest"
)

func TestJSONL(t *testing.T) {
	plain, packed := write(t, "jsonl", Options{}), write(t, "jsonl.zst", Options{})
	for _, tt := range tables {
		data, err := os.ReadFile(filepath.Join(plain, tt.t.Name+".jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		f, err := os.Open(filepath.Join(packed, tt.t.Name+".jsonl.zst"))
		if err != nil {
			t.Fatal(err)
		}
		z, err := zstd.NewReader(f)
		if err != nil {
			t.Fatal(err)
		}
		if unpacked, err := io.ReadAll(z); err != nil || !bytes.Equal(unpacked, data) {
			t.Errorf("%s: zstd has other rows, %v", tt.t.Name, err)
		}
		z.Close()
		f.Close()
		if bytes.ContainsAny(data, "\u0085\u2028\u2029\r") || !utf8.Valid(data) {
			t.Errorf("%s has line separators within rows, or invalid UTF-8", tt.t.Name)
		}
		lines := bufio.NewReader(bytes.NewReader(data))
		for i, row := range tabletest.Rows(tt.t, tt.rows) {
			line, err := lines.ReadBytes('\n')
			if err != nil {
				t.Fatal(err)
			}
			var got map[string]any
			d := json.NewDecoder(bytes.NewReader(line))
			d.UseNumber()
			if err := d.Decode(&got); err != nil {
				t.Fatal(err)
			}
			same(t, tt.t.Name+" "+string(rune('0'+i%10)), got, tabletest.Truth(tt.t, row))
		}
		if rest, _ := io.ReadAll(lines); len(rest) > 0 {
			t.Errorf("%s: rows too many: %s", tt.t.Name, rest)
		}
	}
}

func TestJSONLTimes(t *testing.T) {
	for ms, want := range map[int64]string{0: "1970-01-01T00:00:00Z", -1: "1969-12-31T23:59:59.999Z", 10: "1970-01-01T00:00:00.010Z", maxTime: "9999-12-31T23:59:59.999Z", minTime: "0001-01-01T00:00:00Z"} {
		if got := string(appendTime(nil, table.Value{Int: ms})); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func FuzzJSONString(f *testing.F) {
	for _, s := range tabletest.Texts {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = strings.ToValidUTF8(s, "\uFFFD")
		b := appendJSON(nil, s)
		var got string
		if err := json.Unmarshal(b, &got); err != nil || got != s {
			t.Errorf("%q: got %q as %s, %v", s, got, b, err)
		}
		if bytes.ContainsAny(b, "\n\r\u0085\u2028\u2029") {
			t.Errorf("%s has a line separator", b)
		}
	})
}
