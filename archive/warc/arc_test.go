package warc_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/warc"
)

const (
	arcPage    = "HTTP/1.0 200 OK\nContent-Type: text/html\n\n<p>Ice on the harbour."
	arcVersion = "1 0 Harbour Library\nURL IP-address Archive-date Content-type Archive-length\n"
)

// arc is an ARC file of version 1 with records, each a line without its length and a block.
func arc(records ...[2]string) (parts []string) {
	parts = append(parts, fmt.Sprintf("filedesc://harbour.arc.gz 0.0.0.0 20040105101010 text/plain %d\n%s\n", len(arcVersion), arcVersion))
	for _, r := range records {
		parts = append(parts, fmt.Sprintf("%s %d\n%s\n", r[0], len(r[1]), r[1]))
	}
	return parts
}

func TestARC(t *testing.T) {
	parts := arc(
		[2]string{"http://a.example/ 192.0.2.7 20040105101112 text/html", arcPage},
		[2]string{"http://a.example/a b?c= d 192.0.2.7 20040105101113 text/html; charset=utf-8", arcPage},
		[2]string{"dns:a.example 192.0.2.1 20040105101114 text/dns", "20040105101114\na.example. 300 IN A 192.0.2.7\n"},
		[2]string{"http://a.example/old 192.0.2.7 200401051011 text/html", "<p>no header"},
	)
	v2 := "http://a.example/2 192.0.2.8 20040105101115 text/html 200 AB12 - 310 harbour.arc.gz"
	parts = append(parts, fmt.Sprintf("%s %d\n%s\n", v2, len(arcPage), arcPage))
	var gz, zs []byte
	for _, p := range parts {
		gz = append(gz, member(p)...)
		zs = append(zs, zframe(p)...)
	}
	for name, data := range map[string][]byte{"plain": []byte(strings.Join(parts, "")), "gzip": gz, "zstd": zs, "one member": member(strings.Join(parts, ""))} {
		all := read(t, data, warc.ReaderOptions{})
		if got := summary(all); got != "warcinfo[] response[] response[] resource[] resource[] response[]" {
			t.Fatalf("%s: got %s", name, got)
		}
		want := []string{
			" 2004-01-05 10:10:10 text/plain  harbour.arc.gz",
			"http://a.example/ 2004-01-05 10:11:12 application/http; msgtype=response 192.0.2.7 ",
			"http://a.example/a b?c= d 2004-01-05 10:11:13 application/http; msgtype=response 192.0.2.7 ",
			"dns:a.example 2004-01-05 10:11:14 text/dns 192.0.2.1 ",
			"http://a.example/old 2004-01-05 10:11:00 text/html 192.0.2.7 ",
			"http://a.example/2 2004-01-05 10:11:15 application/http; msgtype=response 192.0.2.8 ",
		}
		for i, e := range all {
			r := e.Record
			if got := fmt.Sprint(r.TargetURI(), " ", r.Date().Format("2006-01-02 15:04:05"), " ", r.Get("Content-Type"), " ", r.Get("WARC-IP-Address"), " ", r.Get("WARC-Filename")); got != want[i] {
				t.Errorf("%s: got %q, want %q", name, got, want[i])
			}
			// The line and the block are all there is.
			if got := r.Get("Newsmorgue-ARC") + "\n" + string(r.Block()) + "\n"; got != parts[i] {
				t.Errorf("%s: got %q, want %q", name, got, parts[i])
			}
			if r.Type() != "warcinfo" && r.Get("WARC-Warcinfo-ID") != all[0].Record.ID() {
				t.Errorf("%s: got warcinfo %s", name, r.Get("WARC-Warcinfo-ID"))
			}
			keepsLaw(t, r)
			if name == "gzip" || name == "zstd" || name == "plain" {
				alone := read(t, data[e.Offset:e.Offset+e.Length], warc.ReaderOptions{})
				if len(alone) != 1 || alone[0].Record.ID() != r.ID() {
					t.Errorf("%s: %s is not at %d+%d", name, r.TargetURI(), e.Offset, e.Length)
				}
			}
		}
		if r := all[1].Record; r.HTTP.Status() != 200 || string(r.Payload) != "<p>Ice on the harbour." {
			t.Errorf("%s: got %v", name, line(t, r))
		}
	}
}

// TestBadARC: reading goes on at the next line that begins a record.
func TestBadARC(t *testing.T) {
	ok := fmt.Sprintf("http://a.example/ok 192.0.2.7 20040105101112 text/html %d\n%s\n", len(arcPage), arcPage)
	head := arc()[0]
	tests := []struct{ name, in, want string }{
		{"no length", head + "http://a.example/ 192.0.2.7 20040105101112 text/html -1\n" + arcPage + "\n\n" + ok, "warcinfo[] response[length] response[]"},
		{"not a number", head + "http://a.example/ 192.0.2.7 20040105101112 text/html abc\n\n" + ok, "warcinfo[] resource[length] response[]"},
		{"too short", head + "http://a.example/ 192.0.2.7 20040105101112 text/html 20\n" + arcPage + "\n" + ok, "warcinfo[] response[] -[garbage] response[]"},
		{"cut", head + ok[:len(ok)-10], "warcinfo[] response[cut]"},
		{"not a line", head + "hello world\n" + ok, "warcinfo[] -[garbage] response[]"},
		{"a long date", head + strings.Replace(ok, "20040105101112", "200401051011120000", 1), "warcinfo[] response[]"},
		{"concatenated", head + ok + head + ok, "warcinfo[] response[] warcinfo[] response[]"},
		{"followed by a WARC file", head + ok + response(1, page), "warcinfo[] response[] response[]"},
		{"bad first line", "filedesc://x.arc 127.0.0.1 20140301000000 text/plain -1\n" + arcVersion + "\n" + ok, "warcinfo[length] response[]"},
	}
	for _, tt := range tests {
		all := read(t, []byte(tt.in), warc.ReaderOptions{})
		if got := summary(all); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
		for _, e := range all {
			if e.Record != nil {
				keepsLaw(t, e.Record)
			}
		}
	}
}

// TestARCFilesOfOtherTools reads real files, if they are there.
func TestARCFilesOfOtherTools(t *testing.T) {
	files, _ := filepath.Glob("../../../shared/interop/warc/*.arc*")
	if len(files) == 0 {
		t.Skip("../shared/interop is not there")
	}
	want := map[string]string{
		"example.arc": "warcinfo[] response[]", "example.arc.gz": "warcinfo[] response[]", "example-space-in-url.arc": "warcinfo[] response[cut]",
		"bad.arc": "warcinfo[length] resource[length] resource[] resource[length]",
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var all []*warc.Entry
		for e, err := range warc.NewReader(bytes.NewReader(data), warc.ReaderOptions{}).Records(context.Background()) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Record != nil {
				keepsLaw(t, e.Record)
			}
			all = append(all, e)
		}
		if got := summary(all); got != want[filepath.Base(file)] {
			t.Errorf("%s: got %s", file, got)
		}
	}
}
