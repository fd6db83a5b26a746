package keep

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// TestBodyOfImportedRecord: an imported body has the codings that it was sent with.
func TestBodyOfImportedRecord(t *testing.T) {
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	fmt.Fprint(w, "<p>The ferry is back.")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	half := z.Len() / 2
	chunked := fmt.Sprintf("%x;note=1\r\n%s\r\n%X\r\n%s\r\n0\r\nX-Trailer: end\r\n\r\n", half, z.Bytes()[:half], z.Len()-half, z.Bytes()[half:])
	tests := []struct{ header, payload, want string }{
		{"Transfer-Encoding: chunked\r\nContent-Encoding: gzip", chunked, "<p>The ferry is back."},
		{"Transfer-Encoding: gzip, chunked", chunked, "<p>The ferry is back."},
		{"Transfer-Encoding: gzip, chunked", "15\r\n<p>The ferry is back.\r\n0\r\n\r\n", "<p>The ferry is back."},
		{"Transfer-Encoding: chunked", "<p>No chunks.", "<p>No chunks."},
		{"X-Archive-Orig-Transfer-Encoding: chunked", "5\r\nas it is", "5\r\nas it is"},
	}
	for _, tt := range tests {
		rec := archive.NewRecord("response", time.Now())
		var err error
		if rec.HTTP, _, err = archive.ParseHTTPHead([]byte("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n" + tt.header + "\r\n\r\n")); err != nil {
			t.Fatal(err)
		}
		rec.Payload = []byte(tt.payload)
		if got := string(Body(rec)); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.header, got, tt.want)
		}
	}
}
