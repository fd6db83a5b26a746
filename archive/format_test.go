package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestFormatIsEnough lets a reader that was written from FORMAT.md alone, in another
// language, read and check what this package writes: sealed segments in a chain, a
// journal, a tombstone, payloads of every form.
func TestFormatIsEnough(t *testing.T) {
	for _, tool := range []string{"python3", "zstd"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("no " + tool)
		}
	}
	ctx := context.Background()
	a := create(t)
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	bodies := []string{"", "plain", "caf\xe9", "\x00\x01\xff\xfe", "naïve “text”", strings.Repeat("many words \u2028 ", 200_000)}
	var want []Capture
	keep := func(site int) {
		for i, b := range bodies {
			caps, err := w.Append(ctx, page(t, fmt.Sprintf("https://a%d.example/%d", site, i), b)...)
			if err != nil {
				t.Fatal(err)
			}
			want = append(want, caps...)
		}
	}
	for site := range 3 { // two sealed, one a journal
		keep(site)
		if site < 2 {
			if _, err := w.Seal(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	read := func(args ...string) ([]byte, error) {
		cmd := exec.Command("python3", append([]string{filepath.Join("..", "testdata", "read_archive.py"), a.Dir()}, args...)...)
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			err = fmt.Errorf("%w: %s", err, stderr.String())
		}
		return out, err
	}
	out, err := read()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(string(out), "\n"); got != len(want) {
		t.Errorf("got %d records, want %d", got, len(want))
	}
	for _, c := range want {
		if line := c.ID + " " + c.Type + " " + c.Time.Format(dateLayout) + " " + c.URL + "\n"; !bytes.Contains(out, []byte(line)) {
			t.Errorf("missing: %s", line)
		}
	}
	if block, err := read(trimURN(want[3].ID)); err != nil || !bytes.HasSuffix(block, []byte("\r\n\r\nplain")) {
		t.Errorf("got block %q, %v", block, err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if ids, _, err := a.Erase(ctx, "<urn:uuid:11111111-1111-7111-8111-111111111111>", func(c Capture) bool { return c.ID == want[3].ID }); err != nil || len(ids) != 1 {
		t.Fatal(ids, err)
	}
	out, err = read()
	if err != nil {
		t.Fatal(err)
	}
	if line := want[3].ID + " metadata "; !bytes.Contains(out, []byte(line)) {
		t.Errorf("no tombstone in %s", out)
	}
	// It must also find damage, else its success proves nothing.
	segs, err := a.Segments()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range segs {
		if s.Sealed {
			// One flipped bit may change nothing that a decoder of zstd looks at.
			for i := range int64(4) {
				flipByte(t, filepath.Join(a.segmentsDir(), s.Name+sealedEnd), s.Bytes/3+i)
			}
			break
		}
	}
	if _, err := read(); err == nil {
		t.Error("a flipped byte went unnoticed")
	}
}

func flipByte(t *testing.T, path string, at int64) {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	body[at] ^= 1
	if err := errors.Join(os.Remove(path), os.WriteFile(path, body, 0o444)); err != nil {
		t.Fatal(err)
	}
}
