package keep_test

import (
	"crypto/sha1"
	"encoding/base32"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/gzip"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

var importPages = flag.Int("import-pages", 1500, "how many pages BenchmarkImport's file has")

// writeNews writes a WARC file as the crawlers of Common Crawl's news write it: decoded
// bodies with the coding's fields renamed, dates in seconds, a gzip member for each
// record. It returns the bytes of the blocks.
func writeNews(w io.Writer, pages, sites int) (payload int64, err error) {
	p := newPress(pages)
	space := uuid.MustParse("00000000-0000-4000-8000-000000000000")
	z, err := gzip.NewWriterLevel(w, 6)
	if err != nil {
		return 0, err
	}
	id := func(what string, i int) string {
		return "<urn:uuid:" + uuid.NewSHA1(space, fmt.Append(nil, what, i)).String() + ">"
	}
	put := func(head, block string) error {
		z.Reset(w)
		payload += int64(len(block))
		if _, err := fmt.Fprintf(z, "WARC/1.0\r\n%sContent-Length: %d\r\n\r\n%s\r\n\r\n", head, len(block), block); err != nil {
			return err
		}
		return z.Close()
	}
	digest := func(s string) string {
		sum := sha1.Sum([]byte(s))
		return "sha1:" + base32.StdEncoding.EncodeToString(sum[:])
	}
	start := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	err = put("WARC-Type: warcinfo\r\nWARC-Date: 2024-01-01T00:00:00Z\r\nWARC-Record-ID: "+id("info", 0)+"\r\nContent-Type: application/warc-fields\r\n",
		"software: a crawler of news\r\nformat: WARC File Format 1.0\r\n")
	for i := 0; i < pages && err == nil; i++ {
		url := fmt.Sprintf("https://paper-%d.example/story-%d.html", i%sites, i)
		date := start.Add(time.Duration(i) * time.Second).Format(time.RFC3339)
		common := "WARC-Date: " + date + "\r\nWARC-Target-URI: " + url + "\r\nWARC-Warcinfo-ID: " + id("info", 0) + "\r\nWARC-IP-Address: 203.0.113.7\r\n"
		request := "GET /story HTTP/1.1\r\nUser-Agent: a crawler of news\r\nHost: paper.example\r\n\r\n"
		if err = put("WARC-Type: request\r\nWARC-Record-ID: "+id("request", i)+"\r\nWARC-Concurrent-To: "+id("response", i)+"\r\n"+common+"WARC-Block-Digest: "+digest(request)+"\r\nContent-Type: application/http; msgtype=request\r\n", request); err != nil {
			break
		}
		page := p.page(i)
		block := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=UTF-8\r\nX-Crawler-Content-Encoding: gzip\r\nX-Crawler-Content-Length: 16233\r\nContent-Length: %d\r\n\r\n%s", len(page), page)
		err = put("WARC-Type: response\r\nWARC-Record-ID: "+id("response", i)+"\r\n"+common+"WARC-Payload-Digest: "+digest(page)+"\r\nWARC-Block-Digest: "+digest(block)+"\r\nContent-Type: application/http; msgtype=response\r\n", block)
	}
	return payload, err
}

func newsFile(t testing.TB, pages, sites int) (file string, payload int64) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "CC-NEWS-20240101000000-00001.warc.gz")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if payload, err = writeNews(f, pages, sites); err != nil {
		t.Fatal(err)
	}
	return file, payload
}

// BenchmarkImport imports a file of news pages of many sites. The rate is of blocks; of
// a second import, everything is known.
func BenchmarkImport(b *testing.B) {
	file, payload := newsFile(b, *importPages, max(1, *importPages/5))
	for _, extract := range []bool{false, true} {
		b.Run(fmt.Sprintf("extract=%v", extract), func(b *testing.B) {
			for b.Loop() {
				ar, err := archive.Create(filepath.Join(b.TempDir(), "news"), "newsmorgue/test")
				if err != nil {
					b.Fatal(err)
				}
				for _, run := range []string{"first", "again"} {
					s, err := keep.WARCFile(file)
					if err != nil {
						b.Fatal(err)
					}
					start := time.Now()
					r, err := (&keep.Import{Archive: ar, Sources: []*keep.ImportSource{s}, NoExtract: !extract}).Do(b.Context())
					if err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(float64(payload)/1e6/time.Since(start).Seconds(), run+"-MB/s")
					if run == "again" && r.Written() > 0 {
						b.Errorf("the second import wrote %d records", r.Written())
					}
				}
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				b.ReportMetric(float64(m.Sys)/1e6, "MB-sys")
				ar.Close()
			}
		})
	}
}
