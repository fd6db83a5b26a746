package formats

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table/tabletest"
)

func TestText(t *testing.T) {
	dir := write(t, "text", Options{})
	got := readCSV(t, filepath.Join(dir, "articles.csv"))
	articles := table.Articles
	if got[0][0] != "file" || len(got[0]) != len(articles.Columns)-1 { // plus file, minus text and body
		t.Errorf("got columns %v", got[0])
	}
	texts := 0
	for i, row := range tabletest.Rows(articles, rowsOf("articles")) {
		text, title := row[articles.Column("text")], row[articles.Column("title")]
		name := got[i+1][0]
		if (name != "") != text.Set {
			t.Errorf("row %d: got file %q, text %v", i, name, text.Set)
		}
		if name == "" {
			continue
		}
		texts++
		data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		want := noNUL(text.Text) + "\n"
		if line := strings.Join(strings.Fields(noNUL(title.Text)), " "); line != "" {
			want = line + "\n\n" + want
		}
		if string(data) != want {
			t.Errorf("%s: got %.100q, want %.100q", name, data, want)
		}
	}
	sums, err := folder.ReadSums(dir)
	if files := len(sums) - len(tables); err != nil || files != texts {
		t.Errorf("got %d files, want %d, %v", files, texts, err)
	}
	if len(readCSV(t, filepath.Join(dir, "captions.csv"))) != rowsOf("captions")+1 {
		t.Error("captions are missing")
	}
}

func TestNamesOfTexts(t *testing.T) {
	tests := []struct{ site, id, want string }{
		{"paper.example", "00ab12cd34ef", "texts/paper.example/00/00ab12cd34ef-2.txt"},
		{"paper.example:8080", "00ab12cd34ef", "texts/paper.example_8080/00/00ab12cd34ef-2.txt"},
		{"", "00ab12cd34ef", "texts/00/00ab12cd34ef-2.txt"},
	}
	for _, tt := range tests {
		if got := textName(tt.site, tt.id, 2); !strings.HasPrefix(got, strings.TrimSuffix(tt.want, "-2.txt")) && got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
	seen := map[string]string{}
	for _, s := range []string{"con", "con.example", "nul", "com1.example", "..", "../x", "a/b", `a\b`, "A", "a", "x.", "x ", "[::1]:80", "ü.example", strings.Repeat("a", 300), strings.Repeat("a", 301), ".", "-", "a*b", "a?b"} {
		got := safeName(s, 80)
		for _, c := range got {
			if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789-_.", c) {
				t.Errorf("%q: got %q", s, got)
			}
		}
		if got == "" || len(got) > 80 || strings.HasPrefix(got, ".") || strings.HasSuffix(got, ".") || reservedName(got) {
			t.Errorf("%q: got %q", s, got)
		}
		if other, ok := seen[got]; ok {
			t.Errorf("%q and %q are both %q", s, other, got)
		}
		seen[got] = s
	}
}

func FuzzTextName(f *testing.F) {
	f.Add("paper.example:80", "00ab12cd34ef")
	f.Add("..", "/")
	f.Fuzz(func(t *testing.T, site, id string) {
		if got := textName(site, id, 1); !filepath.IsLocal(filepath.FromSlash(got)) || strings.Count(got, "/") > 3 || len(got) > 200 {
			t.Errorf("%q, %q: got %q", site, id, got)
		}
	})
}

func TestPutRefusesTwice(t *testing.T) {
	d, err := folder.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Put(folder.File{Name: "a/b"}, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if err := d.Put(folder.File{Name: "a/b"}, []byte("y")); err == nil {
		t.Error("a second file of the same name replaced the first")
	}
}
