package block

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/net/html"
)

// BenchmarkPages walks over the project's own pages and scores their blocks.
func BenchmarkPages(b *testing.B) {
	files, err := filepath.Glob(filepath.Join("..", "..", "..", "testdata", "pages", "*", "*.html"))
	if err != nil || len(files) == 0 {
		b.Fatal("no pages", err)
	}
	var docs []*html.Node
	for _, name := range files {
		source, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		doc, err := html.Parse(bytes.NewReader(source))
		if err != nil {
			b.Fatal(err)
		}
		docs = append(docs, doc)
	}
	m := Embedded()
	b.Run("Read", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			for _, d := range docs {
				Read(d, nil)
			}
		}
	})
	b.Run("Score", func(b *testing.B) {
		var pages []*Page
		for _, d := range docs {
			pages = append(pages, Read(d, nil))
		}
		b.ReportAllocs()
		for b.Loop() {
			for _, p := range pages {
				m.Score(p, Context{})
			}
		}
	})
}
