package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha1"
	"encoding/base32"
	"fmt"
	"os"
	"strings"

	"github.com/google/uuid"
	"github.com/rogpeppe/go-internal/testscript"
)

// warcFile writes a WARC file as wget does: warcfile FILE [PAGE URL DATE]...; one member
// of gzip a record if the name ends with .gz.
func warcFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args)%3 != 1 {
		ts.Fatalf("usage: warcfile FILE [PAGE URL DATE]...")
	}
	var b bytes.Buffer
	put := func(fields, block string) string {
		id := "<urn:uuid:" + strings.ToUpper(uuid.NewSHA1(uuid.NameSpaceURL, []byte(fields+block)).String()) + ">"
		sum := sha1.Sum([]byte(block))
		text := fmt.Sprintf("WARC/1.0\r\n%sWARC-Record-ID: %s\r\nWARC-Block-Digest: sha1:%s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n",
			fields, id, base32.StdEncoding.EncodeToString(sum[:]), len(block), block)
		if !strings.HasSuffix(args[0], ".gz") {
			b.WriteString(text)
			return id
		}
		z := gzip.NewWriter(&b)
		_, err := z.Write([]byte(text))
		ts.Check(err)
		ts.Check(z.Close())
		return id
	}
	info := put("WARC-Type: warcinfo\r\nContent-Type: application/warc-fields\r\nWARC-Date: 2024-01-01T00:00:00Z\r\n", "software: Wget/1.21 (linux-gnu)\r\nformat: WARC File Format 1.0\r\n")
	for i := 1; i < len(args); i += 3 {
		page := ts.ReadFile(args[i])
		common := "WARC-Target-URI: <" + args[i+1] + ">\r\nWARC-Date: " + args[i+2] + "\r\nWARC-IP-Address: 203.0.113.7\r\nWARC-Warcinfo-ID: " + info + "\r\n"
		request := put("WARC-Type: request\r\nContent-Type: application/http;msgtype=request\r\n"+common, "GET / HTTP/1.1\r\nUser-Agent: Wget/1.21\r\n\r\n")
		put("WARC-Type: response\r\nWARC-Concurrent-To: "+request+"\r\nContent-Type: application/http;msgtype=response\r\n"+common,
			fmt.Sprintf("HTTP/1.1 200 OK\r\nServer: a server\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n%s", len(page), page))
	}
	put("WARC-Type: resource\r\nWARC-Target-URI: <metadata://gnu.org/software/wget/warc/wget.log>\r\nWARC-Date: 2024-01-01T00:00:09Z\r\nContent-Type: text/plain\r\n", "Opening WARC file.\n")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b.Bytes(), 0o600))
}
