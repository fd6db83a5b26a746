package release_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
	"github.com/newsmorgue/newsmorgue/archive/dataset/release"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

func row(id string, version int64, text string) release.Row {
	return release.Row{ID: id, Version: version, Sum: sha256.Sum256([]byte(text)), URL: "https://a.example/" + id}
}

// compare compares rows with the digests of an earlier release, "" for none.
func compare(t *testing.T, old string, rows ...release.Row) (digests, changes string, n release.Counts) {
	t.Helper()
	var d, c bytes.Buffer
	var cmp *release.Comparison
	var err error
	if old == "" {
		cmp, err = release.New(nil, &d, nil)
	} else {
		cmp, err = release.New(strings.NewReader(old), &d, &c)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := cmp.Add(r); err != nil {
			t.Fatal(err)
		}
	}
	n, err = cmp.Close()
	if err != nil {
		t.Fatal(err)
	}
	return d.String(), c.String(), n
}

func TestCompare(t *testing.T) {
	old, _, n := compare(t, "", row("a", 1, "one"), row("b", 1, "two"), row("b", 2, "two!"), row("d", 1, "four"), row("e", 1, "five"))
	if n != (release.Counts{}) || strings.Count(old, "\n") != 6 {
		t.Errorf("first release: got %+v, %s", n, old)
	}
	for _, test := range []struct {
		name    string
		rows    []release.Row
		changes string
		want    release.Counts
	}{
		{"same", []release.Row{row("a", 1, "one"), row("b", 1, "two"), row("b", 2, "two!"), row("d", 1, "four"), row("e", 1, "five")}, "", release.Counts{Stayed: 4}},
		{"nothing left", nil, "a,withdrawn,\nb,withdrawn,\nd,withdrawn,\ne,withdrawn,\n", release.Counts{Withdrawn: 4}},
		{"all kinds", []release.Row{row("a", 1, "one"), row("b", 1, "two"), row("b", 2, "TWO"), row("c", 1, "three"), row("e", 1, "five"), row("f", 1, "six")},
			"b,changed,https://a.example/b\nc,added,https://a.example/c\nd,withdrawn,\nf,added,https://a.example/f\n", release.Counts{Added: 2, Changed: 1, Withdrawn: 1, Stayed: 2}},
		{"another version", []release.Row{row("a", 1, "one"), row("a", 2, "one"), row("b", 2, "two!"), row("d", 1, "four"), row("e", 1, "five")},
			"a,changed,https://a.example/a\nb,changed,https://a.example/b\n", release.Counts{Changed: 2, Stayed: 2}},
		{"before all", []release.Row{row("A", 1, "x")}, "A,added,https://a.example/A\na,withdrawn,\nb,withdrawn,\nd,withdrawn,\ne,withdrawn,\n", release.Counts{Added: 1, Withdrawn: 4}},
	} {
		_, changes, n := compare(t, old, test.rows...)
		if n != test.want || changes != "id,change,url\n"+test.changes {
			t.Errorf("%s: got %+v\n%s\nwant %+v\n%s", test.name, n, changes, test.want, test.changes)
		}
	}
	if again, _, _ := compare(t, old, row("a", 1, "one")); !strings.HasPrefix(old, again) {
		t.Errorf("digests: got %s", again)
	}
}

func TestRowsOutOfOrder(t *testing.T) {
	for _, rows := range [][]release.Row{
		{row("b", 1, ""), row("a", 1, "")}, {row("a", 2, ""), row("a", 1, "")}, {row("a", 1, ""), row("a", 1, "")}, {row("a,b", 1, "")}, {row("", 1, "")},
	} {
		c, err := release.New(nil, new(bytes.Buffer), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			err = c.Add(r)
		}
		if err == nil {
			t.Errorf("%v: no error", rows)
		}
		if _, err := c.Close(); err == nil {
			t.Error("Close does not return the error")
		}
	}
}

func TestDamagedDigests(t *testing.T) {
	good := "a,1," + strings.Repeat("0", 64) + "\n"
	for _, old := range []string{
		"x", "id,version,sha256\na\n", "id,version,sha256\na,x," + strings.Repeat("0", 64), "id,version,sha256\na,1,00", "id,version,sha256\n" + good + good,
		"id,version,sha256\n" + good + strings.Repeat("a", 1<<17), "id,version,sha256\n=a,1," + strings.Repeat("0", 64),
	} {
		c, err := release.New(strings.NewReader(old), new(bytes.Buffer), new(bytes.Buffer))
		if err == nil {
			_, err = c.Close()
		}
		if err == nil {
			t.Errorf("%.40q: no error", old)
		}
	}
}

func FuzzDigests(f *testing.F) {
	f.Add("id,version,sha256\na,1," + strings.Repeat("0", 64) + "\nb,1," + strings.Repeat("f", 64) + "\n")
	f.Fuzz(func(t *testing.T, old string) {
		c, err := release.New(strings.NewReader(old), new(bytes.Buffer), new(bytes.Buffer))
		if err != nil {
			return
		}
		for i := range 3 {
			if err := c.Add(row(fmt.Sprint("b", i), 1, "x")); err != nil {
				return
			}
		}
		if n, err := c.Close(); err == nil && n.Added+n.Changed+n.Stayed != 3 {
			t.Errorf("got %+v", n)
		}
	})
}

func TestSum(t *testing.T) {
	columns := []table.Column{{Name: "id"}, {Name: "title"}, {Name: "last_captured", Type: table.Time}, {Name: "tags", Type: table.Strings}, {Name: "split"}}
	base := []table.Value{table.Of("a"), table.Of("x"), table.OfInt(1), {}, table.Of("train")}
	with := func(i int, v table.Value) []table.Value {
		r := slices.Clone(base)
		r[i] = v
		return r
	}
	sum := release.Sum(columns, base)
	for i, v := range []table.Value{table.Of("b"), table.Of("y"), {}, table.OfList([]string{"t"})} {
		at := []int{0, 1, 1, 3}[i]
		if release.Sum(columns, with(at, v)) == sum {
			t.Errorf("%s: the same digest for another value", columns[at].Name)
		}
	}
	if release.Sum(columns, with(2, table.OfInt(2))) != sum || release.Sum(columns, with(4, table.Of("test"))) != sum {
		t.Error("another digest, though the article is the same")
	}
}

func TestOpen(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "news-2026")
	if _, err := release.Open(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no folder: got %v", err)
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("articles.jsonl", "")
	if _, err := release.Open(dir); !errors.Is(err, release.ErrNoDigests) {
		t.Errorf("no digests: got %v", err)
	}
	digests, _, _ := compare(t, "", row("a", 1, "one"))
	write(release.Digests, digests)
	e, err := release.Open(dir)
	if err != nil || e.Name != "news-2026" || e.Differs(recipe.Recipe{Fields: []string{"x"}}) != nil {
		t.Fatalf("got %+v, %v", e, err)
	}
	e.Close()
	write("recipe.toml", "format = \"csv\"\n[choice]\ndedupe = \"near\"\n[dataset]\nversion = \"1.0.0\"\n")
	write("SHA256SUMS", fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte(digests)), release.Digests))
	e, err = release.Open(dir)
	if err != nil || e.Name != "1.0.0" {
		t.Fatalf("got %+v, %v", e, err)
	}
	defer e.Close()
	if got := e.Differs(recipe.Recipe{Format: "parquet"}); !slices.Equal(got, []string{"choice"}) {
		t.Errorf("differs: got %v", got)
	}
	c, err := release.New(e, new(bytes.Buffer), new(bytes.Buffer))
	if err != nil {
		t.Fatal(err)
	}
	if n, err := c.Close(); err != nil || n.Withdrawn != 1 {
		t.Errorf("got %+v, %v", n, err)
	}
	write(release.Digests, digests+"b,1,"+strings.Repeat("0", 64)+"\n")
	if _, err := release.Open(dir); err == nil || !strings.Contains(err.Error(), "differs from its checksum") {
		t.Errorf("damaged: got %v", err)
	}
}

func BenchmarkCompare(b *testing.B) {
	var old bytes.Buffer
	c, _ := release.New(nil, &old, nil)
	id := func(i int) string { return fmt.Sprintf("%012x", i) }
	for i := range b.N {
		_ = c.Add(row(id(i), 1, "x"))
	}
	_, _ = c.Close()
	b.ReportAllocs()
	b.ResetTimer()
	c, err := release.New(&old, new(bytes.Buffer), new(bytes.Buffer))
	if err != nil {
		b.Fatal(err)
	}
	r := row("", 1, "x")
	for i := range b.N {
		r.ID = id(i)
		if err := c.Add(r); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := c.Close(); err != nil {
		b.Fatal(err)
	}
}
