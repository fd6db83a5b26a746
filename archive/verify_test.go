package archive

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// long runs the fault tests at their full length: go test ./archive -long
var long = flag.Bool("long", false, "run the fault tests at their full length")

// filled returns an archive with one sealed segment of several frames and a
// journal, and its records.
func filled(t testing.TB) (a *Archive, segment string, caps []Capture) {
	t.Helper()
	ctx := context.Background()
	a = create(t)
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 40 {
		noise := make([]byte, 120<<10)
		for k := range noise {
			noise[k] = byte('a' + r.IntN(26))
		}
		c, err := w.Append(ctx, page(t, fmt.Sprintf("https://a.example/%d", i), string(noise))...)
		if err != nil {
			t.Fatal(err)
		}
		caps = append(caps, c...)
	}
	if segment, err = w.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	// A revisit in the journal refers to a page in the sealed segment.
	rec := NewRecord("revisit", day.Add(time.Hour))
	rec.Set("WARC-Target-URI", caps[1].URL)
	rec.Set("WARC-Refers-To", caps[1].ID)
	rec.Set("WARC-Payload-Digest", string(caps[1].Digest))
	rec.Set("Content-Type", "application/http; msgtype=response")
	rec.HTTP = &HTTPHead{Start: "HTTP/1.1 304 Not Modified"}
	for _, recs := range [][]*Record{{rec}, page(t, "https://a.example/last", "last")} {
		c, err := w.Append(ctx, recs...)
		if err != nil {
			t.Fatal(err)
		}
		caps = append(caps, c...)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return a, segment, caps
}

func verify(t testing.TB, dir string) *Verification {
	t.Helper()
	a, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	v, err := a.Verify(context.Background(), VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVerifyWhole(t *testing.T) {
	a, _, caps := filled(t)
	v := verify(t, a.Dir())
	if len(v.Damage) > 0 || v.Records != len(caps) || v.Segments != 1 || v.Journals != 1 {
		t.Errorf("got %+v, want %d records without damage", v, len(caps))
	}
}

// TestFlippedByteAnywhere: a damaged byte of a sealed segment costs at most its
// frame, every lost URL is reported, and the other records stay readable.
func TestFlippedByteAnywhere(t *testing.T) {
	ctx := context.Background()
	a, segment, caps := filled(t)
	path := filepath.Join(a.Dir(), "segments", segment+sealedEnd)
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	x, err := a.index(ctx, segment)
	if err != nil {
		t.Fatal(err)
	}
	perFrame := map[int64]int{}
	for _, c := range x.captures {
		perFrame[c.Frame]++
	}
	most := 0
	for _, n := range perFrame {
		most = max(most, n)
	}
	r := rand.New(rand.NewPCG(7, 8))
	var places []int
	for range 25 {
		places = append(places, r.IntN(len(whole)))
	}
	// The index, its frame's header and the trailer, and the first frame's header.
	places = append(places, 0, 4, 5, len(whole)-1, len(whole)-5, len(whole)-10, len(whole)-20, len(whole)-30, int(x.dataEnd), int(x.dataEnd)+5, int(x.dataEnd)+9)
	if *long {
		for at := int(x.dataEnd); at < len(whole); at++ {
			places = append(places, at)
		}
		for range 1000 {
			places = append(places, r.IntN(len(whole)))
		}
	}
	for _, at := range places {
		bad := bytes.Clone(whole)
		bad[at] ^= 1 << r.IntN(8)
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		v := verify(t, a.Dir())
		if len(v.Damage) == 0 {
			t.Fatalf("byte %d flipped: not detected", at)
		}
		named := map[string]bool{}
		for _, d := range v.Damage {
			if d.Segment != segment && d.Kind != DamageReference {
				t.Errorf("byte %d: wrong segment in %v", at, d)
			}
			named[d.ID] = true
		}
		b, err := Open(a.Dir())
		if err != nil {
			t.Fatal(err)
		}
		lost := 0
		for _, c := range caps {
			rec, err := b.Record(ctx, c.Segment, c.ID)
			switch {
			case err == nil && c.Type == "response" && SHA256(rec.Payload) != c.Digest:
				t.Fatalf("byte %d: a damaged record was returned", at)
			case err == nil:
			case !named[c.ID]:
				t.Errorf("byte %d: %s is lost and not reported: %v", at, c.URL, err)
			default:
				lost++
			}
		}
		if lost > most {
			t.Errorf("byte %d cost %d records, more than a frame's %d", at, lost, most)
		}
	}
}

// TestFlippedByteInAJournal flips every byte of a line, including the line feed.
func TestFlippedByteInAJournal(t *testing.T) {
	ctx := context.Background()
	a := create(t)
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	var caps []Capture
	for i := range 5 {
		rec := NewRecord("resource", day)
		rec.Set("WARC-Target-URI", fmt.Sprintf("https://a.example/%d", i))
		rec.Payload = []byte("some text")
		c, err := w.Append(ctx, rec)
		if err != nil {
			t.Fatal(err)
		}
		caps = append(caps, c...)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(a.Dir(), "segments", caps[0].Segment+journalEnd)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := caps[2].Offset; at < caps[3].Offset; at++ {
		bad := bytes.Clone(whole)
		bad[at] ^= 0x20
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		b, err := Open(a.Dir())
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range caps {
			_, err := b.Record(ctx, c.Segment, c.ID)
			// A lost line feed joins two lines, and neither is valid.
			gone := i == 2 || i == 3 && at == caps[3].Offset-1
			if (err != nil) != gone {
				t.Fatalf("byte %d flipped, record %d: got %v", at, i, err)
			}
		}
		v := verify(t, a.Dir())
		if len(v.Damage) == 0 || v.Damage[0].Kind != DamageLine {
			t.Fatalf("byte %d flipped: got %v, want a damaged line", at, v.Damage)
		}
	}
}

func TestRepair(t *testing.T) {
	ctx := context.Background()
	for _, what := range []string{"frame", "index", "journal"} {
		t.Run(what, func(t *testing.T) {
			a, segment, caps := filled(t)
			path := filepath.Join(a.Dir(), "segments", segment+sealedEnd)
			if what == "journal" {
				path = filepath.Join(a.Dir(), "segments", caps[len(caps)-1].Segment+journalEnd)
			}
			if err := os.Chmod(path, 0o644); err != nil {
				t.Fatal(err)
			}
			bad, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			switch what {
			case "frame":
				bad[len(bad)/2] ^= 1
			case "index":
				bad[len(bad)-40] ^= 1
			case "journal":
				bad[100] ^= 1
			}
			if err := os.WriteFile(path, bad, 0o644); err != nil {
				t.Fatal(err)
			}
			b, err := Open(a.Dir())
			if err != nil {
				t.Fatal(err)
			}
			losses, err := b.Repair(ctx, VerifyOptions{})
			if err != nil || len(losses) != 1 {
				t.Fatalf("got %v, %v, want one loss", losses, err)
			}
			l := losses[0]
			if (what == "index") != (len(l.Lost) == 0) {
				t.Errorf("lost %v", l.Lost)
			}
			if kept, err := os.ReadFile(filepath.Join(a.Dir(), l.Quarantine)); err != nil || what != "journal" && !bytes.Equal(kept, bad) {
				t.Errorf("quarantine: %v, %d bytes, want the damaged file as it was", err, len(kept))
			}
			gone := map[string]bool{}
			for _, c := range l.Lost {
				gone[c.ID] = true
			}
			for _, c := range caps {
				_, err := b.Record(ctx, c.Segment, c.ID)
				if (err != nil) != gone[c.ID] {
					t.Errorf("%s %s: got %v, lost %v", c.Type, c.URL, err, gone[c.ID])
				}
			}
			if v := verify(t, a.Dir()); len(v.Damage) > 0 || v.Lost != len(l.Lost) {
				t.Errorf("after repair: %+v", v)
			}
			if again, err := b.Repair(ctx, VerifyOptions{}); err != nil || len(again) > 0 {
				t.Errorf("a second repair: %v, %v", again, err)
			}
		})
	}
}

// TestEraseElsewhere: what has an index of a segment in memory finds its records after
// another process rewrote the segment.
func TestEraseElsewhere(t *testing.T) {
	ctx := context.Background()
	a, segment, caps := filled(t)
	before, err := a.Record(ctx, segment, caps[len(caps)-2].ID)
	if err != nil {
		t.Fatal(err)
	}
	other, err := Open(a.Dir())
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	url := caps[1].URL
	ids, _, err := other.Erase(ctx, "<urn:uuid:019abc00-0000-7000-8000-000000000001>", func(c Capture) bool { return c.URL == url })
	if err != nil || len(ids) == 0 {
		t.Fatalf("erased %v, %v", ids, err)
	}
	after, err := a.Record(ctx, segment, before.ID())
	if err != nil || !bytes.Equal(after.Payload, before.Payload) {
		t.Errorf("got %v, %v, want the record as before", after, err)
	}
	if rec, err := a.Record(ctx, segment, caps[1].ID); err != nil || rec.Get("Content-Type") != tombstoneType {
		t.Errorf("got %v, %v, want a tombstone", rec, err)
	}
}

func TestErase(t *testing.T) {
	ctx := context.Background()
	a, segment, caps := filled(t)
	url := caps[1].URL
	last := caps[len(caps)-1].URL // lies in a journal
	before, err := a.Record(ctx, segment, caps[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	root := func() string {
		x, err := a.index(ctx, segment)
		if err != nil {
			t.Fatal(err)
		}
		return x.header.Root
	}
	was := root()
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	why := NewRecord("metadata", day)
	why.Payload = []byte("a reason")
	if _, err := w.Append(ctx, why); err != nil {
		t.Fatal(err)
	}
	match := func(c Capture) bool { return c.URL == url || c.URL == last }
	if _, _, err := a.Erase(ctx, why.ID(), match); !errors.Is(err, ErrBusy) {
		t.Fatalf("while the journal is written: got %v, want ErrBusy", err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	ids, _, err := a.Erase(ctx, why.ID(), match)
	if err != nil || len(ids) != 5 {
		t.Fatalf("erased %v, %v, want two pages and a revisit", ids, err)
	}
	if root() != was {
		t.Error("the root changed")
	}
	rec, err := a.Record(ctx, segment, caps[1].ID)
	if err != nil || rec.Get("Content-Type") != tombstoneType {
		t.Errorf("got %+v, %v, want a tombstone", rec, err)
	}
	v := verify(t, a.Dir())
	if len(v.Damage) > 0 || v.Erased != 5 {
		t.Errorf("got %+v, want five tombstones and no damage", v)
	}
	// No file of the folder may contain the bytes, compressed or not.
	needle := before.Payload[1000:1100]
	err = filepath.WalkDir(filepath.Join(a.Dir(), "segments"), func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if isZstd(bytes.NewReader(b)) {
			f, err := os.Open(path)
			if err != nil {
				return err
			}
			defer f.Close()
			var rd segmentReader
			defer rd.close()
			for _, c := range caps {
				if line, err := rd.line(ctx, a, c); err == nil && bytes.Contains(line, needle) {
					t.Errorf("%s still contains the text", path)
				}
			}
		} else if bytes.Contains(b, needle) {
			t.Errorf("%s still contains the text", path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if ids, _, err := a.Erase(ctx, why.ID(), match); err != nil || len(ids) > 0 {
		t.Errorf("a second time: %v, %v", ids, err)
	}
}

// TestCopyWhileSealing: a copy that lists the journal, and copies it after it was
// sealed, must have the records.
func TestCopyWhileSealing(t *testing.T) {
	ctx := context.Background()
	a := create(t)
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	caps, err := w.Append(ctx, page(t, "https://a.example/", "x")...)
	if err != nil {
		t.Fatal(err)
	}
	listed, err := os.ReadDir(filepath.Join(a.Dir(), "segments"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Seal(ctx); err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "copy")
	if err := os.MkdirAll(filepath.Join(copied, "segments"), 0o755); err != nil {
		t.Fatal(err)
	}
	names := []string{"archive.json"}
	for _, e := range listed {
		names = append(names, filepath.Join("segments", e.Name()))
	}
	for _, name := range names {
		b, err := os.ReadFile(filepath.Join(a.Dir(), name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(copied, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	ids := []string{caps[0].ID, caps[1].ID}
	holdsExactly(t, copied, ids, nil)
	b, err := Open(copied)
	if err != nil {
		t.Fatal(err)
	}
	v, err := b.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Append(ctx, page(t, "https://a.example/2", "x")...); err != nil {
		t.Fatal(err)
	}
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	holdsExactly(t, copied, ids, nil)
}

// TestFullJournalIsSealedAside: appending continues while a journal is sealed, and a
// journal older than a week is sealed whatever its size.
func TestFullJournalIsSealedAside(t *testing.T) {
	ctx := context.Background()
	a := create(t)
	old := filepath.Join(a.Dir(), "segments", "20200101T000000Z-00000001"+journalEnd)
	rec := page(t, "https://a.example/old", "x")[1]
	rec.Set("WARC-Concurrent-To", "")
	rec.Finish()
	line, _ := appendLine(nil, rec)
	if err := os.WriteFile(old, line, 0o644); err != nil {
		t.Fatal(err)
	}
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for i := range 3 {
		caps, err := w.Append(ctx, page(t, fmt.Sprintf("https://a.example/%d", i), "x")...)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, caps[0].ID, caps[1].ID)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	segs, err := a.Segments()
	if err != nil || len(segs) != 2 || !segs[0].Sealed || segs[1].Sealed {
		t.Errorf("got %+v, %v, want last year's sealed and today's open", segs, err)
	}
	holdsExactly(t, a.Dir(), ids, nil)
}

// TestKill: a process that is killed at any time loses no acknowledged record, and
// the next one continues.
func TestKill(t *testing.T) {
	rounds := 12
	if *long {
		rounds = 1000
	}
	a := create(t)
	r := rand.New(rand.NewPCG(3, 4))
	var acked []string
	for range rounds {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "NEWSMORGUE_TEST_WRITER="+a.Dir())
		out := new(bytes.Buffer)
		cmd.Stdout = out
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Kill it at a random time: while starting, writing or sealing.
		kill := time.AfterFunc(time.Duration(5+r.IntN(120))*time.Millisecond, func() { _ = cmd.Process.Kill() })
		err := cmd.Wait()
		kill.Stop()
		if cmd.ProcessState.Exited() {
			t.Fatalf("the writer ended before it was killed: %v, %s", err, out)
		}
		// The last line may be incomplete: then it does not count.
		text := out.String()
		for line := range strings.Lines(text) {
			if id, ok := strings.CutSuffix(line, "\n"); ok {
				acked = append(acked, id)
			}
		}
	}
	b, err := Open(a.Dir())
	if err != nil {
		t.Fatal(err)
	}
	w, err := b.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if len(acked) == 0 { // a slow machine writes few
		t.Errorf("no records were written in %d rounds", rounds)
	}
	holdsExactly(t, a.Dir(), acked, nil)
}
