package warc

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// A counter is a file that counts what is read of it.
type counter struct {
	io.Reader
	n int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// readAgain reads a file, and returns its records with what reading it cost.
func readAgain(t *testing.T, data []byte, maxBlock int64) (records, bad int, r *Reader, allocated uint64, most int) {
	t.Helper()
	in := &counter{Reader: bytes.NewReader(data)}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	r = NewReader(in, ReaderOptions{MaxBlock: maxBlock})
	for e, err := range r.Records(context.Background()) {
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, len(r.in.buf))
		if e.Record == nil {
			bad++
			continue
		}
		records++
	}
	runtime.ReadMemStats(&after)
	if in.n != int64(len(data)) {
		t.Errorf("read %d bytes of a file of %d", in.n, len(data))
	}
	return records, bad, r, after.TotalAlloc - before.TotalAlloc, most
}

// wrongLengths are files of small records that nearly all declare more than they have,
// by name, plain and in one gzip member.
func wrongLengths(t *testing.T, size, maxBlock int) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	for name, claim := range map[string]func(i int) int{
		"the most":                 func(int) int { return maxBlock },
		"a little less":            func(i int) int { return maxBlock - 100 - i%1000 },
		"half":                     func(int) int { return maxBlock/2 + 17 },
		"any":                      func(i int) int { return i * 7919 % maxBlock },
		"twice the record":         func(int) int { return 600 },
		"up to the end of a later": func(i int) int { return 1 + i%97*331 },
		"some are right":           func(i int) int { return []int{120, maxBlock, 120, 5000, 121}[i%5] },
	} {
		var plain bytes.Buffer
		for i := 0; plain.Len() < size; i++ {
			fmt.Fprintf(&plain, "WARC/1.0\r\nWARC-Type: resource\r\nWARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-%012d>\r\nWARC-Date: 2024-01-02T00:00:00Z\r\n"+
				"WARC-Target-URI: https://a.example/%d\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", i, i, claim(i), strings.Repeat("ferry ", 20))
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		if _, err := z.Write(plain.Bytes()); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		files[name+", plain"], files[name+", gzip"] = plain.Bytes(), packed.Bytes()
	}
	return files
}

// TestWrongLengths: a file in which lengths are wrong costs what its size costs.
func TestWrongLengths(t *testing.T) {
	const size, maxBlock = 10 << 20, 1 << 20
	for name, data := range wrongLengths(t, size, maxBlock) {
		t.Run(name, func(t *testing.T) {
			records, _, r, allocated, most := readAgain(t, data, maxBlock)
			t.Logf("%d records, %d MiB copied, %d MiB allocated, a buffer of %d MiB", records, r.in.moved>>20, allocated>>20, most>>20)
			if r.in.moved > 6*size {
				t.Errorf("copied %d MiB of a file of %d MiB", r.in.moved>>20, size>>20)
			}
			if allocated > 24*size { // the records have some
				t.Errorf("allocated %d MiB for a file of %d MiB", allocated>>20, size>>20)
			}
			if most > 5*maxBlock {
				t.Errorf("the buffer has %d MiB", most>>20)
			}
		})
	}
}

// TestDistrust: looking at a block before it is read finds the same records as reading it
// and putting a part back.
func TestDistrust(t *testing.T) {
	const maxBlock = 64 << 10
	for name, data := range wrongLengths(t, 400<<10, maxBlock) {
		t.Run(name, func(t *testing.T) {
			var got []string
			var records []int
			for _, trusted := range []int64{-1, 1 << 62} {
				var b strings.Builder
				r := NewReader(bytes.NewReader(data), ReaderOptions{MaxBlock: maxBlock})
				r.trusted = trusted
				n := 0
				for e, err := range r.Records(context.Background()) {
					if err != nil {
						t.Fatal(err)
					}
					fmt.Fprintf(&b, "%d+%d %v", e.Offset, e.Length, e.Notes)
					if e.Record != nil {
						n++
						line, err := e.Record.MarshalJSON()
						fmt.Fprintf(&b, " %s %v", line, err)
					}
					b.WriteString("\n")
				}
				got, records = append(got, b.String()), append(records, n)
			}
			if strings.HasSuffix(name, "gzip") && records[0] > records[1] {
				return // at the end of a member, reading first loses some
			}
			if got[0] != got[1] {
				a, b := strings.Split(got[0], "\n"), strings.Split(got[1], "\n")
				for i := range min(len(a), len(b)) {
					if a[i] != b[i] {
						t.Fatalf("entry %d of %d and %d:\n%.600s\n%.600s", i, len(a), len(b), a[i], b[i])
					}
				}
				t.Fatalf("%d and %d entries", len(a), len(b))
			}
		})
	}
}

// TestDamagedMembers: a file in which each byte of every 15 begins a member that is
// damaged 64 KiB later is not decoded from each of them.
func TestDamagedMembers(t *testing.T) {
	const size = 3 << 20
	unit := []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00") // a header, and that of a stored block
	data := bytes.Repeat(unit, size/len(unit))
	_, bad, r, _, _ := readAgain(t, data, 0)
	t.Logf("%d damaged places, %d MiB read again", bad, r.u.again>>20)
	if bad == 0 || r.u.again > maxAgain+(againRatio+1)*size {
		t.Errorf("%d damaged places; read %d MiB again of a file of %d MiB", bad, r.u.again>>20, size>>20)
	}
}
