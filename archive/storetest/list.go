package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
)

func testList(t *testing.T, s archive.Store) {
	if names := list(t, s, ""); len(names) != 0 {
		t.Errorf("List of an empty store has %q", names)
	}
	// In a folder a slash is no byte like others: "-" and "." are before it, "0" and "A" after.
	names := []string{"a-b", "a.c", "a/b", "a/b.c", "a/b0", "a/c/d", "a/c/e", "a0", "aB", "a_b", "archive.json", "b/c=d/e", "c/00.zst"}
	for _, i := range []int{5, 0, 12, 1, 11, 2, 9, 3, 10, 4, 8, 7, 6} {
		put(t, s, names[i], names[i])
	}
	tests := map[string][]string{
		"":          names,
		"a":         names[:11],
		"a/":        names[2:7],
		"a/b":       names[2:5],
		"a/b.":      names[3:4],
		"a/c":       names[5:7],
		"a/c/":      names[5:7],
		"a/c/e":     names[6:7],
		"a-":        names[:1],
		"b/c=":      names[11:12],
		"none":      nil,
		"none/none": nil,
		"a/b/":      nil,
		"a/c/e/":    nil,
		"/":         nil,
		"/a":        nil,
		"../":       nil,
		"..":        nil,
		"a/../a":    nil,
		"a//":       nil,
		"a/./":      nil,
		"\x00":      nil,
		"%":         nil,
		"a\\":       nil,
	}
	for prefix, want := range tests {
		if got := list(t, s, prefix); !slices.Equal(got, want) {
			t.Errorf("List %q returned %q, want %q", prefix, got, want)
		}
	}
	for o, err := range s.List(t.Context(), "a/c/e") {
		if err != nil || o.Size != 5 || o.ETag == "" || o.Modified.IsZero() {
			t.Errorf("List returned %+v, %v; want size, ETag and time", o, err)
		}
	}
}

// testListMany has more objects than S3 lists with one request.
func testListMany(t *testing.T, s archive.Store) {
	const n = 1100
	want := make([]string, n)
	for i := range want {
		want[i] = fmt.Sprintf("many/%06d", i)
	}
	for _, err := range race(8, func(worker int) error {
		for i := worker; i < n; i += 8 {
			if _, err := s.Put(t.Context(), want[i], strings.NewReader("x"), 1); err != nil {
				return err
			}
		}
		return nil
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if got := list(t, s, "many/"); !slices.Equal(got, want) {
		t.Errorf("List returned %d names, want %d in order", len(got), n)
	}
	if got := list(t, s, "many/0010"); !slices.Equal(got, want[1000:1100]) {
		t.Errorf("List returned %d names, want 100 in order", len(got))
	}
}

func testListStop(t *testing.T, s archive.Store) {
	for i := range 5 {
		put(t, s, fmt.Sprintf("dir%d/object", i), "x")
	}
	n := 0
	for _, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if n++; n == 2 {
			break
		}
	}
	// While a list is read, others write, and so does its reader.
	n = 0
	for o, err := range s.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Remove(t.Context(), o.Name); err != nil {
			t.Fatal(err)
		}
		n++
	}
	if names := list(t, s, ""); n != 5 || len(names) != 0 {
		t.Errorf("List returned %d objects of 5 that were removed meanwhile; %q are left", n, names)
	}
}

func testListHostile(t *testing.T, s archive.Store) {
	setter, ok := s.(interface {
		Set(name string, body []byte)
	})
	if !ok {
		t.Skip("the store has no method Set")
	}
	put(t, s, "a/good", "x")
	for _, name := range []string{"a/.hidden", "a/wrong name", "a/ü", ".dir/object", "a/semi;colon", "a/quote\"d", "a/amp&", "a/<b>"} {
		setter.Set(name, []byte("x"))
	}
	put(t, s, "b", "x")
	for prefix, want := range map[string][]string{"": {"a/good", "b"}, "a/": {"a/good"}, "a/.": nil, "a/w": nil, ".dir/": nil} {
		if got := list(t, s, prefix); !slices.Equal(got, want) {
			t.Errorf("List %q returned %q, want %q", prefix, got, want)
		}
	}
}

// hostile names are refused by each method. CheckObjectName has a test of its own.
var hostile = []string{
	"", "/", "/etc/passwd", "..", ".", "../outside", "a/../../outside", "a/..", "a/./b", "a//b", "a/", "/a", ".hidden", "a/.hidden",
	"a\x00b", "a\nb", "a b", "a\\b", "..\\outside", "C:\\a", "C:a", "a?b", "a#b", "a%2fb", "%2e%2e/a", "a*b", "ü", "a\xff", "a?versionId=1",
	strings.Repeat("a", 513), strings.Repeat("a/", 400) + "a",
}

func testHostileNames(t *testing.T, s archive.Store) {
	put(t, s, "good", "good")
	for _, name := range hostile {
		if _, err := s.Put(t.Context(), name, strings.NewReader("x"), 1); err == nil {
			t.Errorf("Put %.40q: no error", name)
		}
		if _, err := replace(s, t.Context(), name, `"0"`, "x"); err == nil {
			t.Errorf("Replace %.40q: no error", name)
		}
		if r, _, err := s.ReadRange(t.Context(), name, 0, -1); err == nil {
			r.Close()
			t.Errorf("ReadRange %.40q: no error", name)
		}
		if err := s.Remove(t.Context(), name); err == nil {
			t.Errorf("Remove %.40q: no error", name)
		}
	}
	if got := list(t, s, ""); !slices.Equal(got, []string{"good"}) {
		t.Errorf("List returned %q", got)
	}
	// The longest part that a file system allows.
	long := strings.Repeat("n", 200) + "/" + strings.Repeat("n", 200)
	put(t, s, long, "long")
	wantContent(t, s, long, "long")
}

func testRemove(t *testing.T, s archive.Store) {
	put(t, s, "a/b/c", "1")
	put(t, s, "a/b/d", "2")
	for i := range 2 {
		if err := s.Remove(t.Context(), "a/b/c"); err != nil {
			t.Errorf("Remove, time %d: %v", i+1, err)
		}
	}
	wantAbsent(t, s, "a/b/c")
	wantContent(t, s, "a/b/d", "2")
	for _, name := range []string{"a/b", "a", "none", "none/none", "a/b/d/e"} {
		if err := s.Remove(t.Context(), name); err != nil {
			t.Errorf("Remove of %s, which is no object: %v", name, err)
		}
	}
	wantContent(t, s, "a/b/d", "2")
	put(t, s, "a/b/c", "3")
	wantContent(t, s, "a/b/c", "3")

	// Objects come and go in one place at the same time.
	for _, err := range race(8, func(i int) error {
		for range 10 {
			name := fmt.Sprintf("busy/dir/%d", i)
			if _, err := s.Put(t.Context(), name, strings.NewReader("x"), 1); err != nil {
				return err
			}
			if err := s.Remove(t.Context(), name); err != nil {
				return err
			}
		}
		return nil
	}) {
		if err != nil {
			t.Error(err)
		}
	}
}

func testCancelled(t *testing.T, s archive.Store) {
	o := put(t, s, "object", "content")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Put(ctx, "other", strings.NewReader("x"), 1)
	wantErr(t, "Put", err, context.Canceled)
	_, err = replace(s, ctx, "object", o.ETag, "new")
	wantErr(t, "Replace", err, context.Canceled)
	_, _, err = s.ReadRange(ctx, "object", 0, -1)
	wantErr(t, "ReadRange", err, context.Canceled)
	wantErr(t, "Remove", s.Remove(ctx, "object"), context.Canceled)
	err = nil
	for _, e := range s.List(ctx, "") {
		err = errors.Join(err, e)
	}
	wantErr(t, "List", err, context.Canceled)
	wantAbsent(t, s, "other")
	wantContent(t, s, "object", "content")
}

func testSubStore(t *testing.T, s archive.Store) {
	sub := archive.SubStore(s, "shards/07/")
	if o := put(t, sub, "archive.json", "x"); o.Name != "archive.json" {
		t.Errorf("the part's object has the name %s", o.Name)
	}
	put(t, s, "shards/08/archive.json", "y")
	if got := list(t, sub, ""); !slices.Equal(got, []string{"archive.json"}) {
		t.Errorf("the part lists %q", got)
	}
	wantContent(t, s, "shards/07/archive.json", "x")
	if want := s.String() + "/shards/07"; strings.TrimSuffix(s.String(), "/")+"/shards/07" != sub.String() {
		t.Errorf("the part is %s, want %s", sub, want)
	}
	_, _, err := sub.ReadRange(t.Context(), "../08/archive.json", 0, -1)
	if err == nil {
		t.Error("the part reads another one")
	}
}

func testString(t *testing.T, s archive.Store) {
	if text := s.String(); text == "" || strings.ContainsAny(text, "\n@") {
		t.Errorf("String returned %q", text)
	}
}
