package archive

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// provable returns an archive with three sealed segments of many pages, the first two
// of which are stamped, and a journal; and all their captures.
func provable(t testing.TB) (*Archive, []Capture) {
	t.Helper()
	ctx := context.Background()
	a := create(t)
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	var all []Capture
	for site, pages := range []int{1, 23, 4, 2} {
		for i := range pages {
			caps, err := w.Append(ctx, page(t, fmt.Sprintf("https://a%d.example/%d", site, i), fmt.Sprintf("page %d “quoted” <b>&\x00 %s", i, strings.Repeat("x", i)))...)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, caps...)
		}
		if site == 3 {
			break
		}
		if _, err := w.Seal(ctx); err != nil {
			t.Fatal(err)
		}
		if site == 1 {
			roots, err := a.Roots(ctx)
			if err != nil {
				t.Fatal(err)
			}
			digest, err := StateDigest(a.Info().ID, roots)
			if err != nil {
				t.Fatal(err)
			}
			for _, tsa := range []string{"https://one.example/", "https://two.example/"} {
				rec, err := (&Stamp{Archive: a.Info().ID, TSA: tsa, Time: day, Digest: digest, Segments: roots, Token: []byte("token of " + tsa)}).Record()
				if err != nil {
					t.Fatal(err)
				}
				if _, err := w.Append(ctx, rec); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return a, all
}

// written is a proof as its file, and read again.
func written(t testing.TB, p *Proof) ([]byte, *Proof) {
	t.Helper()
	var b bytes.Buffer
	if err := p.Write(&b); err != nil {
		t.Fatal(err)
	}
	q, err := ParseProof(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), q
}

func TestProofOfEachRecord(t *testing.T) {
	ctx := context.Background()
	a, all := provable(t)
	third, journal := all[len(all)-5].Segment, all[len(all)-1].Segment
	for _, c := range all {
		p, err := a.Proof(ctx, nil, c)
		if c.Segment == journal {
			if !errors.Is(err, ErrOpen) {
				t.Errorf("a record of a journal: got %v, want ErrOpen", err)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		_, p = written(t, p)
		if err := p.Verify(); err != nil {
			t.Fatal(err)
		}
		rec, err := p.Records[0].Record()
		if err != nil || rec.ID() != c.ID || rec.TargetURI() != c.URL {
			t.Errorf("got the record %s of %s, %v; want %s", rec.ID(), rec.TargetURI(), err, c.ID)
		}
		if want := 2; c.Segment == third && len(p.Stamps) != 0 || c.Segment != third && len(p.Stamps) != want {
			t.Errorf("segment %s has %d time stamps", c.Segment, len(p.Stamps))
		}
	}
	if _, err := a.Proof(ctx, nil, Capture{Segment: all[0].Segment, ID: all[len(all)-1].ID}); !errors.Is(err, ErrNotFound) {
		t.Errorf("a record of another segment: got %v", err)
	}
	if _, err := a.Proof(ctx, nil, Capture{Segment: "20200101T000000Z-00000000", ID: all[0].ID}); !errors.Is(err, ErrNotFound) {
		t.Errorf("a missing segment: got %v", err)
	}
}

// TestProofOfSeveral proves records of several segments together, in the order asked
// for, each once, and always with the same bytes.
func TestProofOfSeveral(t *testing.T) {
	ctx := context.Background()
	a, all := provable(t)
	ask := []Capture{all[21], all[1], all[21], all[7]}
	p, err := a.Proof(ctx, nil, ask...)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := written(t, p)
	if len(p.Records) != 3 || len(p.Segments) != 2 || len(p.Stamps) != 2 || len(p.Stamps[0].Segments) != 2 {
		t.Errorf("got %d records of %d segments with %d time stamps", len(p.Records), len(p.Segments), len(p.Stamps))
	}
	for i, at := range []int{21, 1, 7} {
		if rec, err := p.Records[i].Record(); err != nil || rec.ID() != all[at].ID {
			t.Errorf("record %d is %v, %v", i, rec, err)
		}
	}
	if one, err := a.Proof(ctx, func(s *Stamp) bool { return s.TSA == "https://two.example/" }, ask...); err != nil || len(one.Stamps) != 1 || one.Stamps[0].TSA != "https://two.example/" {
		t.Errorf("with one of the time stamps: got %v, %v", one, err)
	}
	again, err := a.Proof(ctx, nil, ask...)
	if err != nil {
		t.Fatal(err)
	}
	if b, _ := written(t, again); !bytes.Equal(b, body) {
		t.Error("the same proof has other bytes")
	}
}

// TestProofFindsChanges changes one thing of a proof at a time.
func TestProofFindsChanges(t *testing.T) {
	ctx := context.Background()
	a, all := provable(t)
	for name, change := range map[string]func(p *Proof){
		"a byte of the line": func(p *Proof) {
			p.Records[0].Line = bytes.Replace(p.Records[0].Line, []byte("quoted"), []byte("quotes"), 1)
		},
		"a space in the line":       func(p *Proof) { p.Records[0].Line = append([]byte("{ "), p.Records[0].Line[1:]...) },
		"a line after the line":     func(p *Proof) { p.Records[0].Line = append(p.Records[0].Line, '\n') },
		"no line":                   func(p *Proof) { p.Records[0].Line = nil },
		"the index":                 func(p *Proof) { p.Records[0].Index ^= 1 },
		"the number of leaves":      func(p *Proof) { p.Segments[0].Records *= 2 },
		"a negative number":         func(p *Proof) { p.Segments[0].Records = -1 },
		"the root":                  func(p *Proof) { p.Segments[0].Root = "sha256:" + strings.Repeat("0", 64) },
		"a root in capitals":        func(p *Proof) { p.Segments[0].Root = strings.ToUpper(p.Segments[0].Root) },
		"a root of another kind":    func(p *Proof) { p.Segments[0].Root = "md5:00" },
		"the path":                  func(p *Proof) { slices.Reverse(p.Records[0].Path) },
		"a path without its end":    func(p *Proof) { p.Records[0].Path = p.Records[0].Path[1:] },
		"a hash that is none":       func(p *Proof) { p.Records[0].Path[0] = "xyz" },
		"the segment of the record": func(p *Proof) { p.Records[0].Segment = "other" },
		"a segment twice":           func(p *Proof) { p.Segments = append(p.Segments, p.Segments[0]) },
		"the segment's name": func(p *Proof) {
			p.Segments[0].Segment, p.Records[0].Segment = "other", "other"
			for i := range p.Stamps {
				p.Stamps[i].Segments[0].Segment = "other"
			}
		},
		"the archive":               func(p *Proof) { p.Archive = "11111111-1111-7111-8111-111111111111" },
		"an archive with a space":   func(p *Proof) { p.Archive += " x" },
		"called erased":             func(p *Proof) { p.Records[0].Erased = true },
		"the stamped digest":        func(p *Proof) { p.Stamps[1].Digest = SHA256(nil) },
		"the size of the stamp":     func(p *Proof) { p.Stamps[0].Size = 1 },
		"the place in the stamp":    func(p *Proof) { p.Stamps[0].Segments[0].Index ^= 1 },
		"the path in the stamp":     func(p *Proof) { p.Stamps[0].Segments[0].Path = nil },
		"a stamp of nothing":        func(p *Proof) { p.Stamps[0].Segments = nil },
		"a stamp of something else": func(p *Proof) { p.Stamps[0].Segments[0].Segment = "other" },
	} {
		p, err := a.Proof(ctx, nil, all[21])
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Verify(); err != nil {
			t.Fatal(err)
		}
		change(p)
		if err := p.Verify(); !errors.Is(err, ErrDamaged) {
			t.Errorf("%s: got %v, want ErrDamaged", name, err)
		}
	}
}

// TestProofOfErased proves what is left of an erased record, in the archive of format 1
// that is kept for ever.
func TestProofOfErased(t *testing.T) {
	ctx := context.Background()
	a, err := Open(filepath.Join("..", "testdata", "archives", "v1"))
	if err != nil {
		t.Fatal(err)
	}
	erased := 0
	for e, err := range a.Select(ctx, func(c Capture) bool { return true }) {
		if err != nil {
			t.Fatal(err)
		}
		p, err := a.Proof(ctx, nil, e.Capture)
		if errors.Is(err, ErrOpen) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		_, p = written(t, p)
		if err := p.Verify(); err != nil {
			t.Error(err)
		}
		if !p.Records[0].Erased {
			continue
		}
		erased++
		p.Records[0].Erased = false
		if p.Verify() == nil {
			t.Error("a tombstone is proved as a record")
		}
		p.Records[0].Erased = true
		p.Records[0].Line = bytes.Replace(p.Records[0].Line, []byte(`"Newsmorgue-Leaf":"sha256:`), []byte(`"Newsmorgue-Leaf":"sha256:0`), 1)
		if p.Verify() == nil {
			t.Error("a tombstone with another hash is proved")
		}
	}
	if erased != 1 {
		t.Errorf("got %d erased records, want 1", erased)
	}
}

// TestProofOfDamage checks that a segment whose records have changed proves nothing.
func TestProofOfDamage(t *testing.T) {
	a, all := provable(t)
	path := filepath.Join(a.segmentsDir(), all[21].Segment+sealedEnd)
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(4) {
		flipByte(t, path, st.Size()/3+i)
	}
	if p, err := a.Proof(context.Background(), nil, all[21]); !errors.Is(err, ErrDamaged) {
		t.Errorf("got %v, %v, want ErrDamaged", p, err)
	}
}

// TestProofIsEnough lets a reader that was written from FORMAT.md alone check proofs.
func TestProofIsEnough(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("no python3")
	}
	a, all := provable(t)
	p, err := a.Proof(context.Background(), nil, all[21], all[0], all[3])
	if err != nil {
		t.Fatal(err)
	}
	body, _ := written(t, p)
	read := func(body []byte) (string, error) {
		file := filepath.Join(t.TempDir(), "proof.json")
		if err := os.WriteFile(file, body, 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command("python3", filepath.Join("..", "testdata", "read_proof.py"), file).CombinedOutput()
		return string(out), err
	}
	out, err := read(body)
	if err != nil || strings.Count(out, "\n") != 5 || !strings.Contains(out, all[21].Segment+" "+all[21].ID) || strings.Count(out, "stamped: "+string(p.Stamps[0].Digest)) != 2 {
		t.Errorf("got %s, %v", out, err)
	}
	if out, err := read(bytes.Replace(body, []byte("quoted"), []byte("quotes"), 1)); err == nil {
		t.Errorf("a changed record is proved: %s", out)
	}
}

func TestParseProofRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		want error
	}{
		"nothing":               {"", ErrDamaged},
		"no JSON":               {"proof", ErrDamaged},
		"another format":        {`{"format":"newsmorgue-archive","version":1}`, ErrDamaged},
		"no records":            {`{"format":"newsmorgue-proof","version":1,"records":[]}`, ErrDamaged},
		"a newer version":       {`{"format":"newsmorgue-proof","version":2,"records":7}`, ErrNewerFormat},
		"no line":               {`{"format":"newsmorgue-proof","version":1,"records":[{}]}`, ErrDamaged},
		"two lines":             {`{"format":"newsmorgue-proof","version":1,"records":[{"line":"","base64":""}]}`, ErrDamaged},
		"bad base64":            {`{"format":"newsmorgue-proof","version":1,"records":[{"base64":"*"}]}`, ErrDamaged},
		"many records":          {`{"format":"newsmorgue-proof","version":1,"records":[` + strings.Repeat(`{"line":""},`, maxProofRecords) + `{"line":""}]}`, ErrDamaged},
		"a long path":           {`{"format":"newsmorgue-proof","version":1,"records":[{"line":"","path":[` + strings.Repeat(`"",`, maxPath) + `""]}]}`, ErrDamaged},
		"a member twice":        {`{"format":"newsmorgue-proof","version":1,"archive":"a","archive":"b","records":[{"line":""}]}`, ErrDamaged},
		"a member twice, deep":  {`{"format":"newsmorgue-proof","version":1,"records":[{"line":"a","line":"b"}]}`, ErrDamaged},
		"twice by an escape":    {`{"format":"newsmorgue-proof","version":1,"records":[{"line":"a","l\u0069ne":"b"}]}`, ErrDamaged},
		"twice by letter case":  {`{"format":"newsmorgue-proof","version":1,"records":[{"line":"a","Line":"b"}]}`, ErrDamaged},
		"unknown members twice": {`{"format":"newsmorgue-proof","version":1,"x":{"y":1,"y":2},"records":[{"line":""}]}`, ErrDamaged},
		"another letter case":   {`{"format":"newsmorgue-proof","version":1,"ſtamps":[],"records":[{"line":""}]}`, ErrDamaged},
		"a deep value":          {`{"format":"newsmorgue-proof","version":1,"x":` + strings.Repeat("[", maxProofDepth) + strings.Repeat("]", maxProofDepth) + `,"records":[{"line":""}]}`, ErrDamaged},
		"a very deep value":     {`{"format":"newsmorgue-proof","version":1,"x":` + strings.Repeat("[", 1<<20) + strings.Repeat("]", 1<<20) + `,"records":[{"line":""}]}`, ErrDamaged},
		"many members":          {`{"format":"newsmorgue-proof","version":1,"x":{` + manyMembers(maxProofArray+1) + `},"records":[{"line":""}]}`, ErrDamaged},
		"cut off":               {`{"format":"newsmorgue-proof","version":1,"records":[{"line":"`, ErrDamaged},
	} {
		if p, err := ParseProof(strings.NewReader(test.body)); !errors.Is(err, test.want) {
			t.Errorf("%s: got %v, %v, want %v", name, p, err, test.want)
		}
	}
}

func FuzzParseProof(f *testing.F) {
	a, all := provable(f)
	p, err := a.Proof(context.Background(), nil, all[21], all[0])
	if err != nil {
		f.Fatal(err)
	}
	body, _ := written(f, p)
	f.Add(body)
	f.Add([]byte(`{"format":"newsmorgue-proof","version":1,"records":[{"base64":"/w=="}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := ParseProof(bytes.NewReader(body))
		if err != nil {
			return
		}
		if p.Verify() != nil {
			return
		}
		again, q := written(t, p) // what is right stays right
		if err := q.Verify(); err != nil {
			t.Errorf("%v in %s", err, again)
		}
	})
}

// TestProofKeepsOddLines checks that lines come back byte for byte, also those that are
// no valid UTF-8, as another program may have written them.
func TestProofKeepsOddLines(t *testing.T) {
	for _, line := range []string{"", "<&>\u2028", "\xff\xfe", "\x00\x7f", "\ufffd", `"\u0000"`} {
		p := &Proof{Format: proofFormat, Version: ProofVersion, Records: []ProvedRecord{{Segment: "s", Line: []byte(line)}}}
		if body, q := written(t, p); string(q.Records[0].Line) != line {
			t.Errorf("got %q, want %q in %s", q.Records[0].Line, line, body)
		}
	}
}

func TestStampsInArchive(t *testing.T) {
	ctx := context.Background()
	a, _ := provable(t)
	roots, err := a.Roots(ctx)
	if err != nil || len(roots) != 3 {
		t.Fatalf("got %v, %v", roots, err)
	}
	n := 0
	for s, err := range a.Stamps(ctx) {
		if err != nil || len(s.Segments) != 2 || !slices.Contains(roots, s.Segments[1]) {
			t.Errorf("got %v, %v", s, err)
		}
		n++
	}
	if n != 2 {
		t.Errorf("got %d time stamps, want 2", n)
	}
	digest, err := StateDigest(a.Info().ID, roots[:1])
	if err != nil {
		t.Fatal(err)
	}
	// One segment: the digest is its leaf, as anybody can compute it.
	text := fmt.Sprintf("\x00newsmorgue-segment/1 %s %s %d %s", a.Info().ID, roots[0].Segment, roots[0].Records, roots[0].Root)
	if want := SHA256([]byte(text)); digest != want {
		t.Errorf("got %s, want %s", digest, want)
	}
	slices.Reverse(roots)
	if _, err := StateDigest(a.Info().ID, roots); err == nil {
		t.Error("segments in another order have a digest")
	}
	if _, err := (&Stamp{Archive: a.Info().ID, Digest: digest, Segments: roots[:1], Token: []byte{1}}).Record(); err == nil {
		t.Error("a time stamp of another digest is written")
	}
}

// TestSealJournals seals what nobody writes to, except for journals with time stamps
// alone.
func TestSealJournals(t *testing.T) {
	ctx := context.Background()
	a, all := provable(t)
	last := all[len(all)-1]
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	if sealed, busy, err := a.SealJournals(ctx); len(sealed) != 0 || !slices.Equal(busy, []string{last.Segment}) || err != nil {
		t.Errorf("with a writer: got %v, %v, %v", sealed, busy, err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if sealed, busy, err := a.SealJournals(ctx); !slices.Equal(sealed, []string{last.Segment}) || len(busy) != 0 || err != nil {
		t.Errorf("got %v, %v, %v", sealed, busy, err)
	}
	if _, err := a.Proof(ctx, nil, last); err != nil {
		t.Error(err)
	}
	roots, err := a.Roots(ctx)
	if err != nil {
		t.Fatal(err)
	}
	digest, err := StateDigest(a.Info().ID, roots)
	if err != nil {
		t.Fatal(err)
	}
	rec, err := (&Stamp{Archive: a.Info().ID, Time: day, Digest: digest, Segments: roots, Token: []byte{1}}).Record()
	if err != nil {
		t.Fatal(err)
	}
	if w, err = a.NewWriter(); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Append(ctx, rec); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if sealed, busy, err := a.SealJournals(ctx); len(sealed)+len(busy) != 0 || err != nil {
		t.Errorf("a journal with a time stamp: got %v, %v, %v", sealed, busy, err)
	}
	v, err := a.Verify(ctx, VerifyOptions{})
	if err != nil || len(v.Damage) > 0 {
		t.Errorf("got %+v, %v", v, err)
	}
}

func TestHexPathIsLowerCase(t *testing.T) {
	if got, want := hexPath([]leaf{{0xAB}})[0], "ab"+strings.Repeat("00", 31); got != want || hex.EncodedLen(32) != len(got) {
		t.Errorf("got %s, want %s", got, want)
	}
}
