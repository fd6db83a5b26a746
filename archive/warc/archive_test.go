package warc_test

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// TestThroughAnArchive: imported records lie in an archive without being damage, sealed
// or not, and leave it as they came, also those whose digests were wrong.
func TestThroughAnArchive(t *testing.T) {
	ctx := context.Background()
	a, err := archive.Create(filepath.Join(t.TempDir(), "a"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	wget, err := os.ReadFile("testdata/wget.warc.gz")
	if err != nil {
		t.Fatal(err)
	}
	chunked := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
	files := [][]byte{wget, []byte(
		response(1, chunked, "WARC-Payload-Digest: sha1:"+hexSHA1("hello")) +
			response(2, page, "WARC-Payload-Digest: sha1:"+hexSHA1("wrong"), "WARC-Block-Digest: md5:00000000000000000000000000000000") +
			response(3, page, "WARC-Payload-Digest: sha256:"+strings.Repeat("0", 64)) +
			strings.Replace(response(5, page, "WARC-Warcinfo-ID: <urn:uuid:not-here>"), "WARC/1.1", "WARC/1.0", 1) +
			response(4, page+strings.Repeat("x", 100))[:300]), []byte(strings.Join(arc([2]string{"http://a.example/ 192.0.2.7 20040105101112 text/html", arcPage}), ""))}
	want := map[string]string{}
	for i, data := range files {
		for _, e := range read(t, data, warc.ReaderOptions{}) {
			b, err := warc.Append(nil, e.Record)
			if err != nil {
				t.Fatal(err)
			}
			want[e.Record.ID()] = string(b)
			if _, err := w.Append(ctx, e.Record); err != nil {
				t.Fatal(err)
			}
		}
		if i == 1 {
			if _, err := w.Seal(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	v, err := a.Verify(ctx, archive.VerifyOptions{})
	if err != nil || len(v.Damage) > 0 || v.Records != len(want) {
		t.Errorf("got %+v, %v", v, err)
	}
	for e, err := range a.Select(ctx, func(archive.Capture) bool { return true }) {
		if err != nil {
			t.Fatal(err)
		}
		if got, err := warc.Append(nil, e.Record); err != nil || string(got) != want[e.Record.ID()] {
			t.Errorf("got %q, want %q, %v", got, want[e.Record.ID()], err)
		}
		delete(want, e.Record.ID())
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
	for _, tool := range []string{"python3", "zstd"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("no " + tool)
		}
	}
	cmd := exec.Command("python3", filepath.Join("..", "..", "testdata", "read_archive.py"), a.Dir())
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	if err := cmd.Run(); err != nil {
		t.Errorf("a reader made from FORMAT.md finds damage: %v: %s", err, stderr.String())
	}
}
