package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// TestImportKilled kills an import of a WARC file again and again (kill -9), each time
// after it has read some more of its standard input. In the end the archive has each
// record and each article once, and no damage.
func TestImportKilled(t *testing.T) {
	t.Parallel()
	const stories, kills = 200, 5
	dir := t.TempDir()
	bin := filepath.Join(dir, "newsmorgue")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, bin); err != nil {
		t.Fatal(err)
	}
	var members [][]byte
	for i := range stories {
		title := fmt.Sprintf("Story number %d of the day", i)
		page := fmt.Sprintf("<!doctype html><title>%s</title><meta property='og:type' content='article'><article><h1>%s</h1><p>%s</p></article>", title, title,
			strings.Repeat(fmt.Sprintf("The paper printed a sentence about matter %d of the town on this page. ", i), 30))
		block := "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + page
		text := fmt.Sprintf("WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:%s>\r\nWARC-Date: 2024-01-01T00:00:%02d.%03dZ\r\nWARC-Target-URI: https://s%d.example/story-%d\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n",
			uuid.NewSHA1(uuid.NameSpaceOID, []byte(title)), i/60, i, i%4, i, len(block), block)
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		members = append(members, b.Bytes())
	}
	ar := filepath.Join(dir, "news")
	for kill := 1; kill <= kills; kill++ {
		cmd := exec.Command(bin, "import", "-", "-a", ar)
		cmd.Args[0] = bin
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// The rest of the file never comes: what was read before is written meanwhile.
		if _, err := in.Write(bytes.Join(members[:kill*stories/(kills+1)], nil)); err != nil && !errors.Is(err, io.ErrClosedPipe) {
			t.Log(err)
		}
		waitForRecords(t, ar, kill)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
	}
	cmd := exec.Command(bin, "import", "-", "-a", ar)
	cmd.Args[0] = bin
	cmd.Stdin = bytes.NewReader(bytes.Join(members, nil))
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "in the archive already") {
		t.Errorf("%v\n%s", err, out)
	}
	t.Logf("%s", out)
	run := func(args ...string) string {
		cmd := exec.Command(bin, append(args, "-a", ar)...)
		cmd.Args[0] = bin
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	if out := run("verify"); !strings.Contains(out, ": no damage") {
		t.Error(out)
	}
	list := run("list")
	for i := range stories {
		if n := strings.Count(list, fmt.Sprintf("Story number %d of the day", i)); n != 1 {
			t.Errorf("story %d is listed %d times", i, n)
		}
	}
	for _, typ := range []string{"response", "conversion"} {
		if n := strings.Count(run("cat", "--type", typ), "\n"); n != stories {
			t.Errorf("%d records of type %s, want %d", n, typ, stories)
		}
	}
}

// waitForRecords waits until a journal of an archive has grown beyond what the kills
// before left there, but no longer than a moment: a kill at any time is as good.
func waitForRecords(t *testing.T, ar string, kill int) {
	t.Helper()
	deadline := time.NewTimer(5 * time.Second)
	defer deadline.Stop()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		lines := 0
		names, _ := filepath.Glob(filepath.Join(ar, "segments", "*.journal"))
		for _, name := range names {
			f, err := os.Open(name)
			if err != nil {
				continue
			}
			for s := bufio.NewReader(f); ; lines++ {
				if _, err := s.ReadSlice('\n'); err != nil && !errors.Is(err, bufio.ErrBufferFull) {
					break
				}
			}
			f.Close()
		}
		if lines > kill*20 {
			return
		}
		select {
		case <-deadline.C:
			return
		case <-tick.C:
		}
	}
}
