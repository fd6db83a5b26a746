package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// Run tests that a store keeps the contract of archive.Store. open opens an empty one
// for each test. If it also has a method Set(name string, body []byte), which stores an
// object under any name as somebody else could, Run tests that List leaves out the
// names that no object may have.
func Run(t *testing.T, open func(t *testing.T) archive.Store) {
	tests := []struct {
		name string
		test func(*testing.T, archive.Store)
	}{
		{"PutIfAbsent", testPut},
		{"PutRace", testPutRace},
		{"PutEmpty", testPutEmpty},
		{"PutLarge", testPutLarge},
		{"PutReadsFromTheBeginning", testBodyAgain},
		{"PutBodyTooShort", testShortBody},
		{"PutBodyFails", testFailingBody},
		{"Replace", testReplace},
		{"ReplaceRace", testReplaceRace},
		{"ReplaceCounter", testReplaceCounter},
		{"ReplaceEqualContent", testReplaceEqual},
		{"ReplaceRemoved", testReplaceRemoved},
		{"ReadRange", testReadRange},
		{"ReadWhileReplaced", testReadWhileReplaced},
		{"ListOrderAndPrefix", testList},
		{"ListMany", testListMany},
		{"ListEndsEarly", testListStop},
		{"ListLeavesOutNames", testListHostile},
		{"HostileNames", testHostileNames},
		{"Remove", testRemove},
		{"Cancelled", testCancelled},
		{"SubStore", testSubStore},
		{"String", testString},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.test(t, open(t)) })
	}
}

func put(t *testing.T, s archive.Store, name, body string) archive.Object {
	t.Helper()
	o, err := s.Put(t.Context(), name, strings.NewReader(body), int64(len(body)))
	if err != nil {
		t.Fatalf("Put %s: %v", name, err)
	}
	return o
}

func replace(s archive.Store, ctx context.Context, name, etag, body string) (archive.Object, error) {
	return s.Replace(ctx, name, etag, strings.NewReader(body), int64(len(body)))
}

// read reads a range and its object.
func read(t *testing.T, s archive.Store, name string, offset, length int64) (string, archive.Object) {
	t.Helper()
	r, o, err := s.ReadRange(t.Context(), name, offset, length)
	if err != nil {
		t.Fatalf("ReadRange %s %d %d: %v", name, offset, length, err)
	}
	b, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatalf("ReadRange %s %d %d: %v", name, offset, length, err)
	}
	return string(b), o
}

func wantContent(t *testing.T, s archive.Store, name, want string) {
	t.Helper()
	if got, _ := read(t, s, name, 0, -1); got != want {
		t.Errorf("%s has %.40q (%d bytes), want %.40q (%d bytes)", name, got, len(got), want, len(want))
	}
}

func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

// wantAbsent tests that there is no object, to all that could see one.
func wantAbsent(t *testing.T, s archive.Store, name string) {
	t.Helper()
	r, _, err := s.ReadRange(t.Context(), name, 0, -1)
	if err == nil {
		r.Close()
	}
	wantErr(t, "ReadRange of an absent object", err, archive.ErrNoObject)
	if names := list(t, s, name); slices.Contains(names, name) {
		t.Errorf("List has %s, which should not exist", name)
	}
}

func list(t *testing.T, s archive.Store, prefix string) []string {
	t.Helper()
	var names []string
	for o, err := range s.List(t.Context(), prefix) {
		if err != nil {
			t.Fatalf("List %q: %v", prefix, err)
		}
		names = append(names, o.Name)
	}
	return names
}

func testPut(t *testing.T, s archive.Store) {
	before := time.Now()
	o := put(t, s, "segments/a.zst", "first")
	if o.Name != "segments/a.zst" || o.Size != 5 || o.ETag == "" {
		t.Errorf("Put returned %+v, want its name, its 5 bytes and an ETag", o)
	}
	_, err := s.Put(t.Context(), "segments/a.zst", strings.NewReader("second"), 6)
	wantErr(t, "Put of what exists", err, archive.ErrExists)
	_, err = s.Put(t.Context(), "segments/a.zst", strings.NewReader("first"), 5)
	wantErr(t, "Put of what exists with the same content", err, archive.ErrExists)
	got, read := read(t, s, "segments/a.zst", 0, -1)
	if got != "first" || read.Name != o.Name || read.Size != o.Size || read.ETag != o.ETag {
		t.Errorf("ReadRange returned %q of %+v, want %q of %+v", got, read, "first", o)
	}
	if d := read.Modified.Sub(before); d.Abs() > 10*time.Minute {
		t.Errorf("object was modified %v from now: %v", d, read.Modified)
	}
	for l, err := range s.List(t.Context(), "segments/") {
		if err != nil || l.Name != o.Name || l.Size != o.Size || l.ETag != o.ETag || l.Modified.Sub(read.Modified).Abs() > time.Minute {
			t.Errorf("List returned %+v, %v; want %+v", l, err, read)
		}
	}
}

// race starts n calls at the same time and returns their errors.
func race(n int, call func(i int) error) []error {
	errs := make([]error, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			errs[i] = call(i)
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// onlyWinner returns which of the calls had no error, and tests that all others have lost.
func onlyWinner(t *testing.T, errs []error, lost error) int {
	t.Helper()
	winner := -1
	for i, err := range errs {
		switch {
		case err == nil && winner >= 0:
			t.Errorf("calls %d and %d both succeeded", winner, i)
		case err == nil:
			winner = i
		default:
			wantErr(t, fmt.Sprintf("call %d", i), err, lost)
		}
	}
	if winner < 0 {
		t.Fatal("no call succeeded")
	}
	return winner
}

func testPutRace(t *testing.T, s archive.Store) {
	for round := range 8 {
		name := fmt.Sprintf("race/%d/object", round)
		// Bodies of several blocks show a mix of two of them.
		body := func(i int) string { return strings.Repeat(string(rune('a'+i)), 100_000) }
		errs := race(16, func(i int) error {
			_, err := s.Put(t.Context(), name, strings.NewReader(body(i)), 100_000)
			return err
		})
		wantContent(t, s, name, body(onlyWinner(t, errs, archive.ErrExists)))
	}
}

func testPutEmpty(t *testing.T, s archive.Store) {
	if o := put(t, s, "empty", ""); o.Size != 0 {
		t.Errorf("Put returned %+v, want 0 bytes", o)
	}
	for _, r := range [][2]int64{{0, -1}, {0, 10}, {5, -1}, {-5, -1}, {0, 0}} {
		if got, o := read(t, s, "empty", r[0], r[1]); got != "" || o.Size != 0 || o.Name != "empty" {
			t.Errorf("ReadRange %v returned %q of %+v, want nothing of an empty object", r, got, o)
		}
	}
}

// testPutLarge has an object that is larger than what libraries put in one part by
// themselves: uploads in parts lose the condition.
func testPutLarge(t *testing.T, s archive.Store) {
	const size = 20 << 20
	body := make([]byte, size)
	rnd := rand.NewChaCha8([32]byte{1})
	rnd.Read(body)
	errs := race(2, func(i int) error {
		b := bytes.Clone(body)
		b[0] = byte(i)
		_, err := s.Put(t.Context(), "large", bytes.NewReader(b), size)
		return err
	})
	body[0] = byte(onlyWinner(t, errs, archive.ErrExists))
	got, o := read(t, s, "large", 0, -1)
	if got != string(body) || o.Size != size {
		t.Errorf("large object came back as %d bytes, %+v, or with another content", len(got), o)
	}
	if got, _ := read(t, s, "large", size-1000, 2000); got != string(body[size-1000:]) {
		t.Error("the end of a large object came back with another content")
	}
	body[1]++
	if _, err := s.Replace(t.Context(), "large", o.ETag, bytes.NewReader(body), size); err != nil {
		t.Errorf("Replace of a large object: %v", err)
	}
	_, err := s.Replace(t.Context(), "large", o.ETag, bytes.NewReader(body), size)
	wantErr(t, "Replace of a large object by an old ETag", err, archive.ErrChanged)
}

func testBodyAgain(t *testing.T, s archive.Store) {
	body := strings.NewReader("0123456789")
	body.Seek(4, io.SeekStart)
	if _, err := s.Put(t.Context(), "whole", body, 10); err != nil {
		t.Fatal(err)
	}
	wantContent(t, s, "whole", "0123456789")
	o, err := s.Put(t.Context(), "part", body, 5)
	if err != nil {
		t.Fatal(err)
	}
	wantContent(t, s, "part", "01234")
	if _, err = s.Replace(t.Context(), "part", o.ETag, body, 6); err != nil {
		t.Fatal(err)
	}
	wantContent(t, s, "part", "012345")
}

func testShortBody(t *testing.T, s archive.Store) {
	if _, err := s.Put(t.Context(), "short", strings.NewReader("0123"), 5); err == nil {
		t.Error("Put of a body shorter than its size: no error")
	}
	wantAbsent(t, s, "short")
	if _, err := s.Put(t.Context(), "negative", strings.NewReader("0123"), -1); err == nil {
		t.Error("Put of a negative size: no error")
	}
	wantAbsent(t, s, "negative")
	o := put(t, s, "short", "old")
	if _, err := s.Replace(t.Context(), "short", o.ETag, strings.NewReader("0123"), 5); err == nil {
		t.Error("Replace with a body shorter than its size: no error")
	}
	wantContent(t, s, "short", "old")
}

var errBody = errors.New("the body cannot be read")

// A failingBody fails after its first bytes.
type failingBody struct{ *strings.Reader }

func (b failingBody) Read(p []byte) (int, error) {
	if b.Len() <= 50_000 {
		return 0, errBody
	}
	return b.Reader.Read(p[:min(len(p), 10_000)])
}

func testFailingBody(t *testing.T, s archive.Store) {
	body := failingBody{strings.NewReader(strings.Repeat("x", 100_000))}
	_, err := s.Put(t.Context(), "failing", body, 100_000)
	wantErr(t, "Put of a body that fails", err, errBody)
	wantAbsent(t, s, "failing")
}

func testReadRange(t *testing.T, s archive.Store) {
	const content = "0123456789"
	want := put(t, s, "dir/object", content)
	tests := []struct {
		offset, length int64
		want           string
	}{
		{0, -1, content}, {0, 10, content}, {0, 11, content}, {0, math.MaxInt64, content},
		{3, 4, "3456"}, {3, -1, "3456789"}, {9, 1, "9"}, {8, 10, "89"}, {5, math.MaxInt64, "56789"},
		{0, 0, ""}, {5, 0, ""}, {10, 1, ""}, {10, -1, ""}, {11, 5, ""}, {math.MaxInt64, math.MaxInt64, ""}, {12, 0, ""},
		{-3, -1, "789"}, {-3, 3, "789"}, {-3, 2, "78"}, {-3, 100, "789"}, {-10, -1, content}, {-10, 2, "01"},
		{-11, -1, content}, {-20, 5, "01234"}, {math.MinInt64, -1, content}, {-3, 0, ""}, {0, math.MinInt64, content},
	}
	for _, tt := range tests {
		got, o := read(t, s, "dir/object", tt.offset, tt.length)
		if got != tt.want {
			t.Errorf("ReadRange %d %d returned %q, want %q", tt.offset, tt.length, got, tt.want)
		}
		if o.Name != want.Name || o.Size != want.Size || o.ETag != want.ETag || o.Modified.IsZero() {
			t.Errorf("ReadRange %d %d returned %+v, want %+v", tt.offset, tt.length, o, want)
		}
	}
	for _, length := range []int64{-1, 0, 5} {
		for _, name := range []string{"none", "dir/none", "dir", "none/none", "dir/object2"} {
			_, _, err := s.ReadRange(t.Context(), name, 0, length)
			wantErr(t, fmt.Sprintf("ReadRange of %s, %d bytes", name, length), err, archive.ErrNoObject)
		}
	}
	r, _, err := s.ReadRange(t.Context(), "dir/object", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil { // before anything was read
		t.Errorf("Close: %v", err)
	}
}

// testReadWhileReplaced tests that a reader gets one version or an error, never a mix.
func testReadWhileReplaced(t *testing.T, s archive.Store) {
	const size = 300_000
	o := put(t, s, "object", strings.Repeat("a", size))
	r, got, err := s.ReadRange(t.Context(), "object", 0, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := replace(s, t.Context(), "object", o.ETag, strings.Repeat("b", size)); err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err == nil && (len(b) != size || strings.Trim(string(b), "a") != "" || got.ETag != o.ETag) {
		t.Errorf("a reader of the old version got %d bytes of %+v, with others among them", len(b), got)
	}
}
