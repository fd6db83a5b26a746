package fetch

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"testing"
)

// headCases are heads as servers send them, and what net/http gets: "" if the head
// passes as it is. The browsers' reading is that of Chromium.
var headCases = []struct{ name, head, clean string }{
	{"plain", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nx-a:b\r\nX-Empty:\r\n\r\n", ""},
	{"line feeds alone", "HTTP/1.0 200 OK\nContent-Type: text/html\n\n", ""},
	{"no reason", "HTTP/1.1 200\r\nA: b\r\n\r\n", ""},
	{"Latin-1 and UTF-8 in values", "HTTP/1.1 302 Trouv\xe9\r\nLocation: /\xe9/\u00e9\r\n\r\n", ""},
	{"chunked, with a length", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\nContent-Length: 5\r\n\r\n", ""},
	{"no colon", "HTTP/1.1 200 OK\r\nStrict Transport Security max-age 1\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\nConnection: close\r\n\r\n"},
	{"no colon, folded", "HTTP/1.1 200 OK\r\nA: b\r\nnone\r\n and more: x\r\nC: d\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\nConnection: close\r\n\r\n"},
	{"space before the colon", "HTTP/1.1 200 OK\r\nContent-Type : text/html\r\nA\t: b\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nA: b\r\nConnection: close\r\n\r\n"},
	{"space in a name", "HTTP/1.1 200 OK\r\nContent Type: text/html\r\n\r\n", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"},
	{"empty name", "HTTP/1.1 200 OK\r\n: x\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\nConnection: close\r\n\r\n"},
	{"a name beyond ASCII", "HTTP/1.1 200 OK\r\nX-\xe9: x\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\nConnection: close\r\n\r\n"},
	{"control characters", "HTTP/1.1 200 OK\r\nA: x\x01y\x00z\x7f\r\nCon\x00tent-Type: text/html\r\n\r\n", "HTTP/1.1 200 OK\r\nA: x yz\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"},
	{"first line indented", "HTTP/1.1 200 OK\r\n A: b\r\nC: d\r\n\r\n", "HTTP/1.1 200 OK\r\nC: d\r\nConnection: close\r\n\r\n"},
	{"folded", "HTTP/1.1 200 OK\r\nA: b\r\n  c\r\n\t\r\nD:\r\n e\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b c\r\nD: e\r\nConnection: close\r\n\r\n"},
	{"carriage returns alone", "HTTP/1.1 200 OK\rA: b\rC: d\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\nC: d\r\nConnection: close\r\n\r\n"},
	{"doubled carriage returns", "HTTP/1.1 200 OK\r\r\nA: b\r\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\nConnection: close\r\n\r\n"},
	{"status line twice", "HTTP/1.1 200 OK\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\nConnection: close\r\n\r\n"},
	{"status line in lower case", "http/1.1 200 ok\r\nA: b\r\n\r\n", "HTTP/1.1 200 ok\r\nA: b\r\nConnection: close\r\n\r\n"},
	{"no space before the reason", "HTTP/1.0 200OK\r\nA: b\r\n\r\n", "HTTP/1.0 200 OK\r\nA: b\r\nConnection: close\r\n\r\n"},
	{"many spaces", "HTTP/1.1   404   Not Found \r\n\r\n", "HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n"},
	{"other versions", "HTTP/2 200\r\nA: b\r\n\r\n", "HTTP/1.1 200 \r\nA: b\r\nConnection: close\r\n\r\n"},
	{"no version", "HTTP 200 OK\r\nA: b\r\n\r\n", "HTTP/1.0 200 OK\r\nA: b\r\nConnection: close\r\n\r\n"},
	{"own connection fields", "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=5\r\nnone\r\n\r\n", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"},
	{"length twice", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"},
	{"length twice in a line", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"},
	{"length that is no number", "HTTP/1.1 200 OK\r\nContent-Length: 5 bytes\r\n\r\n", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"},
	{"empty length", "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\n", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"},
	{"length beyond 64 bits", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"},
	{"transfer coding identity", "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\nContent-Length: 5\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n"},
	{"transfer codings", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\nContent-Length: 9\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"},
	{"chunked twice", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"},
	{"trailer of a forbidden field", "HTTP/1.1 200 OK\r\nTrailer: Content-Length\r\nTransfer-Encoding: chunked\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"},
	// Beyond repair: net/http gets it as it is, or with what makes it refuse it.
	{"lengths that differ", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\nConnection: close\r\n\r\n"},
	{"no status", "HTTP/1.1 OK\r\nnone\r\n\r\n", "HTTP/1.1 OK\r\nnone\r\n\r\n"},
	{"a long status", "HTTP/1.1 2000 OK\r\nnone\r\n\r\n", "HTTP/1.1 2000 OK\r\nnone\r\n\r\n"},
	{"after 1xx", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n", ""},
	{"after an odd 1xx", "HTTP/1.1 103 Early Hints\r\nnone\r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\nConnection: close\r\n\r\n"},
	{"after an empty line", "\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\nConnection: close\r\n\r\n"},
	{"after a byte order mark", "\ufeffHTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\nConnection: close\r\n\r\n"},
	{"another protocol", "ICY 200 OK\r\nicy-name: x\r\n\r\n", ""},
	{"a page without a head", "<html><p>text\n\n", ""},
}

// pieces is a connection from which each Read gets one piece.
type pieces struct {
	net.Conn
	rest [][]byte
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.rest[0])
	if p.rest[0] = p.rest[0][n:]; len(p.rest[0]) == 0 {
		p.rest = p.rest[1:]
	}
	return n, nil
}

// throughTape reads all that net/http gets of an answer that comes in pieces of size
// bytes.
func throughTape(t *testing.T, sent string, size int) (got string, head []byte, length int64) {
	t.Helper()
	conn := &recordedConn{Conn: &pieces{rest: slices.Collect(slices.Chunk([]byte(sent), size))}}
	tape := &tape{}
	tape.on(conn)
	b, err := io.ReadAll(bufio.NewReader(conn))
	if err != nil {
		t.Fatal(err)
	}
	head, _, length, _ = tape.off()
	return string(b), head, length
}

func TestHeads(t *testing.T) {
	for _, tt := range headCases {
		body := "a body\r\n\r\nHTTP/1.1 500 none of a head\r\nbad line\r\n\r\n"
		if strings.Contains(tt.head, "hunked") {
			body = "0\r\n\r\n"
		}
		want := tt.clean
		if want == "" {
			want = tt.head
		}
		record := tt.head
		if strings.HasPrefix(tt.name, "after ") {
			record = "HTTP/1.1 200 OK\r\nA: b\r\n\r\n"
		}
		for _, size := range []int{1, 2, 3, 7, 64, 4096} {
			got, head, length := throughTape(t, tt.head+body, size)
			if got != want+body {
				t.Errorf("%s, %d bytes at a time: got %q, want %q", tt.name, size, got, want+body)
			}
			if strings.HasPrefix(strings.ToUpper(record), "HTTP") && (string(head) != record || length != int64(len(body))) {
				t.Errorf("%s, %d bytes at a time: recorded %q and %d bytes, want %q and %d", tt.name, size, head, length, record, len(body))
			}
		}
	}
}

// TestHeadOfAnyLength: a head that is too long is not held for ever, and its search
// does not begin anew with each piece.
func TestHeadOfAnyLength(t *testing.T) {
	for _, line := range []string{"X-A: b\r\n", "none\r\n", "\r"} {
		sent := "HTTP/1.1 200 OK\r\n" + strings.Repeat(line, 2*maxHead/len(line)) + "\r\n\r\nbody"
		if got, _, _ := throughTape(t, sent, 16); got != sent {
			t.Errorf("%q: got %d bytes, want %d", line, len(got), len(sent))
		}
	}
	// The end of the connection ends the waiting for the rest of a head.
	for _, sent := range []string{"HTTP/1.1 200 OK\r\nA: b\r\n", "HTT", ""} {
		if got, _, _ := throughTape(t, sent, 2); got != sent {
			t.Errorf("got %q, want %q", got, sent)
		}
	}
}

func TestChunks(t *testing.T) {
	tests := []struct{ name, sent, want string }{
		{"plain", "5\r\nhello\r\n0\r\n\r\n", ""},
		{"extension, padding, zeros", "005;a=\"b\"\r\nhello\r\n5  \r\nworld\r\n0\r\n\r\n", ""},
		{"a space before an extension", "5 ;a\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n"},
		{"line feeds alone", "5\nhello\n0\n\n", "5\r\nhello\r\n0\r\n\r\n"},
		{"many zeros", "00000000000000000005\r\nhello\r\n0\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n"},
		{"trailers", "5\r\nhello\r\n0\r\nA: b\r\nnone\r\n\r\n", "5\r\nhello\r\n0\r\n\r\n"},
		{"nothing after the last chunk", "5\r\nhello\r\n0\r\n", "5\r\nhello\r\n0\r\n\r\n"},
		{"half a line end after the last chunk", "5\r\nhello\r\n0\r\n\r", "5\r\nhello\r\n0\r\n\r\n"},
		{"cut in a chunk", "5\r\nhe", ""},
		{"cut in a size", "5\r\nhello\r\n1", ""},
		{"no size", "x\r\nhello\r\n", ""},
		{"a negative size", "-5\r\nhello\r\n", ""},
		{"more than the size", "5\r\nhello, world\r\n0\r\n\r\n", ""},
		{"a size beyond 64 bits", "fffffffffffffffff\r\nhello\r\n", ""},
		{"a size of 64 bits", "ffffffffffffffff\r\nhello\r\n", ""},
		{"an endless line", strings.Repeat("5", 3*maxChunkLine), ""},
	}
	const head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	for _, tt := range tests {
		want := tt.want
		if want == "" {
			want = tt.sent
		}
		for _, size := range []int{1, 2, 3, 5, 4096} {
			got, _, length := throughTape(t, head+tt.sent, size)
			if got != head+want || length != int64(len(tt.sent)) {
				t.Errorf("%s, %d bytes at a time: got %q and %d bytes on the wire, want %q and %d", tt.name, size, strings.TrimPrefix(got, head), length, want, len(tt.sent))
			}
		}
	}
}

// FuzzHead: whatever comes, in whatever pieces, a head that passes untouched is read
// by net/http as its fields are read here; one that was written anew is read with the
// fields of the original, or refused for its lengths.
func FuzzHead(f *testing.F) {
	for _, tt := range headCases {
		f.Add(tt.head, 3)
	}
	f.Add("HTTP/1.1 200 OK\nSet-Cookie: a\n x\r\r\n B: c\r\n\r\n", 9)
	f.Add("HTTP/1.1 200 OK\r\nSet-\x00Cookie : a\r b\r\n c\r\nAuthorization: x\r\n\r\n", 9)
	f.Add("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5 ;\nhello\n0\n", 1)
	f.Fuzz(func(t *testing.T, sent string, size int) {
		got, head, _ := throughTape(t, sent, min(max(size, 1), 1<<20))
		if whole, _, _ := throughTape(t, sent, 1<<20); whole != got {
			t.Errorf("in pieces of %d bytes: %q, at once: %q", size, got, whole)
		}
		end := bytes.IndexAny(head, "\r\n")
		if at, _ := startOfHead(head); at != 0 || end < 0 || endOfHead(head, 0) != len(head) {
			return // not HTTP
		}
		public := redact(head, nil)
		if endOfHead(public, 0) != len(public) {
			t.Errorf("the record's head ends elsewhere: %q", public)
		}
		for _, f := range fieldsOf(public[end:]) {
			if slices.Contains(secret, strings.ToLower(f.name)) && strings.TrimSpace(strings.ReplaceAll(f.value, removed, "")) != "" {
				t.Errorf("%s: %q is in the record", f.name, f.value)
			}
		}
		status, ok := parseStatusLine(head[:end])
		if !ok || status.code < 200 {
			return
		}
		rest := bufio.NewReader(strings.NewReader(got))
		res, err := http.ReadResponse(rest, nil)
		for err == nil && res.StatusCode < 200 {
			res, err = http.ReadResponse(rest, nil)
		}
		if err != nil {
			if strings.Contains(err.Error(), "Content-Length") && !isPlain(head) {
				return
			}
			t.Fatalf("%q: %v", got, err)
		}
		defer res.Body.Close()
		if res.StatusCode != status.code {
			t.Errorf("got status %d, want %d", res.StatusCode, status.code)
		}
		want := http.Header{}
		for _, f := range fieldsOf(head[end:]) {
			if !connectionFields[strings.ToLower(f.name)] {
				key := textproto.CanonicalMIMEHeaderKey(f.name)
				want[key] = append(want[key], f.value)
			}
		}
		for name, values := range res.Header {
			if !connectionFields[strings.ToLower(name)] && name != "Cache-Control" && !slices.Equal(values, want[name]) {
				t.Errorf("%s: got %q, want %q", name, values, want[name])
			}
		}
		for name := range want {
			if res.Header[name] == nil {
				t.Errorf("net/http has no %s", name)
			}
		}
	})
}

func TestRedactOddHeads(t *testing.T) {
	tests := []struct{ head, want string }{
		{"HTTP/1.1 200 OK\r\nSet-Cookie: sid=hush; a\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\nSet-Cookie: [removed]\r\nA: b\r\n\r\n"},
		{"HTTP/1.1 200 OK\nset-cookie:hush\nA: b\n\n", "HTTP/1.1 200 OK\nset-cookie: [removed]\nA: b\n\n"},
		{"HTTP/1.1 200 OK\r\nSet-Cookie : hush\r\n\r\n", "HTTP/1.1 200 OK\r\nSet-Cookie : [removed]\r\n\r\n"},
		{"HTTP/1.1 200 OK\r\n Set-Cookie : hush\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\n Set-Cookie : [removed]\r\nA: b\r\n\r\n"},
		{"HTTP/1.1 200 OK\r\nSet-Cookie: a\r\n hush\r\n\thush\r\nA: b\r\n c\r\n\r\n", "HTTP/1.1 200 OK\r\nSet-Cookie: [removed]\r\n [removed]\r\n [removed]\r\nA: b\r\n c\r\n\r\n"},
		{"HTTP/1.1 200 OK\r\nSet-Cookie: a\r\nhush; path=/\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\nSet-Cookie: [removed]\r\n[removed]\r\nA: b\r\n\r\n"},
		{"HTTP/1.1 200 OK\r\nSet-Cookie sid=hush\r\nA: b\r\n\r\n", "HTTP/1.1 200 OK\r\n[removed]\r\nA: b\r\n\r\n"},
		{"HTTP/1.1 200 OK\r\nSet-Cookie=hush; expires=Mon, 10:00\r\n\r\n", "HTTP/1.1 200 OK\r\n[removed]\r\n\r\n"},
		{"HTTP/1.1 200 OK\r\nA: b\r\n Set-Cookie sid=hush\r\n hush\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n [removed]\r\n [removed]\r\n\r\n"},
		{"HTTP/1.1 200 OK\r\nA: b\rSet-Cookie: hush\rC: d\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\rSet-Cookie: [removed]\rC: d\r\n\r\n"},
		{"HTTP/1.1 200 OK\r\nSet-Co\x00okie: hush\r\n\r\n", "HTTP/1.1 200 OK\r\nSet-Co\x00okie: [removed]\r\n\r\n"},
		{"HTTP/1.1 200 OK\r\n: Set-Cookie: hush\r\n\r\n", "HTTP/1.1 200 OK\r\n[removed]\r\n\r\n"},
		{"HTTP/1.1 200 OK\r\nX-Policy: cookie\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\nX-Policy: cookie\r\nno colon\r\n\r\n"},
	}
	for _, tt := range tests {
		if got := string(redact([]byte(tt.head), nil)); got != tt.want {
			t.Errorf("%q:\ngot  %q\nwant %q", tt.head, got, tt.want)
		}
	}
	own := http.Header{"X-Key": {"hush"}}
	if got := string(redact([]byte("GET / HTTP/1.1\r\nX-Key: hush\r\nX-Keys: a\r\n\r\n"), own)); got != "GET / HTTP/1.1\r\nX-Key: [removed]\r\nX-Keys: a\r\n\r\n" {
		t.Errorf("got %q", got)
	}
}

func BenchmarkHead(b *testing.B) {
	head := []byte("HTTP/1.1 200 OK\r\nServer: nginx\r\nDate: Mon, 23 Nov 2026 18:00:00 GMT\r\nContent-Type: text/html; charset=utf-8\r\nTransfer-Encoding: chunked\r\n" +
		"Connection: keep-alive\r\nVary: Accept-Encoding\r\nCache-Control: max-age=60\r\nETag: W/\"a1\"\r\nContent-Encoding: gzip\r\nStrict-Transport-Security: max-age=31536000\r\n\r\n")
	for b.Loop() {
		if !isPlain(head) {
			b.Fatal("odd")
		}
	}
}
