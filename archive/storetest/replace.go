package storetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
)

func testReplace(t *testing.T, s archive.Store) {
	_, err := replace(s, t.Context(), "head.json", `"0"`, "new")
	wantErr(t, "Replace of what does not exist", err, archive.ErrChanged)
	wantAbsent(t, s, "head.json")
	first := put(t, s, "head.json", "first")
	second, err := replace(s, t.Context(), "head.json", first.ETag, "other")
	if err != nil {
		t.Fatalf("Replace by the current ETag: %v", err)
	}
	if second.Name != "head.json" || second.Size != 5 || second.ETag == "" || second.ETag == first.ETag {
		t.Errorf("Replace returned %+v after %+v, want its name, its size and another ETag", second, first)
	}
	got, o := read(t, s, "head.json", 0, -1)
	if got != "other" || o.ETag != second.ETag {
		t.Errorf("ReadRange returned %q of %+v, want %q of %+v", got, o, "other", second)
	}
	for _, etag := range []string{first.ETag, "", "*", `"0"`, "a, b", "W/" + second.ETag, "x\r\ny: z"} {
		_, err = replace(s, t.Context(), "head.json", etag, "wrong")
		wantErr(t, fmt.Sprintf("Replace by the ETag %q", etag), err, archive.ErrChanged)
	}
	wantContent(t, s, "head.json", "other")
	// Contents of the same size, one right after the other: clocks are too coarse to tell.
	seen := map[string]int{first.ETag: -2, second.ETag: -1}
	for i := range 10 {
		o, err := replace(s, t.Context(), "head.json", second.ETag, fmt.Sprintf("%05d", i))
		if err != nil {
			t.Fatalf("Replace %d: %v", i, err)
		}
		if n, ok := seen[o.ETag]; ok {
			t.Errorf("replacements %d and %d have the same ETag %s", n, i, o.ETag)
		}
		seen[o.ETag] = i
		second = o
	}
}

func testReplaceRace(t *testing.T, s archive.Store) {
	o := put(t, s, "head.json", "0")
	for range 8 {
		errs := race(16, func(i int) error {
			_, err := replace(s, t.Context(), "head.json", o.ETag, o.ETag+strconv.Itoa(i))
			return err
		})
		want := o.ETag + strconv.Itoa(onlyWinner(t, errs, archive.ErrChanged))
		var got string
		if got, o = read(t, s, "head.json", 0, -1); got != want {
			t.Fatalf("the object has %q, want the winner's %q", got, want)
		}
	}
}

// testReplaceCounter counts in an object, as several machines edit one: no edit is lost.
func testReplaceCounter(t *testing.T, s archive.Store) {
	const workers, each = 4, 10
	put(t, s, "counter", "0")
	for _, err := range race(workers, func(int) error { return Count(t.Context(), s, "counter", each) }) {
		if err != nil {
			t.Error(err)
		}
	}
	wantContent(t, s, "counter", strconv.Itoa(workers*each))
}

// Count adds 1 to the number that an object holds, n times, against whoever else does so.
func Count(ctx context.Context, s archive.Store, name string, n int) error {
	for done, tries := 0, 0; done < n; tries++ {
		if tries > 1000*n {
			return fmt.Errorf("%d of %d additions after %d tries", done, n, tries)
		}
		r, o, err := s.ReadRange(ctx, name, 0, -1)
		if err != nil {
			return err
		}
		b, err := io.ReadAll(r)
		r.Close()
		if err != nil {
			return err
		}
		i, err := strconv.Atoi(string(b))
		if err != nil {
			return err
		}
		_, err = replace(s, ctx, name, o.ETag, strconv.Itoa(i+1))
		if err == nil {
			done++
		} else if !errors.Is(err, archive.ErrChanged) {
			return err
		}
	}
	return nil
}

// testReplaceEqual has a replacement that changes nothing: its ETag may stay, as that of
// S3 does, but what it returns is the object's.
func testReplaceEqual(t *testing.T, s archive.Store) {
	o := put(t, s, "head.json", "same")
	for i := range 3 {
		next, err := replace(s, t.Context(), "head.json", o.ETag, "same")
		if err != nil {
			t.Fatalf("Replace %d with the same content: %v", i, err)
		}
		o = next
	}
	if _, read := read(t, s, "head.json", 0, -1); read.ETag != o.ETag {
		t.Errorf("the object has the ETag %s, Replace returned %s", read.ETag, o.ETag)
	}
}

func testReplaceRemoved(t *testing.T, s archive.Store) {
	o := put(t, s, "a/b", "content")
	if err := s.Remove(t.Context(), "a/b"); err != nil {
		t.Fatal(err)
	}
	_, err := replace(s, t.Context(), "a/b", o.ETag, "new")
	wantErr(t, "Replace of what was removed", err, archive.ErrChanged)
	wantAbsent(t, s, "a/b")
}
