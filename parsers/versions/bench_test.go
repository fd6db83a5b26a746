package versions

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/sergi/go-diff/diffmatchpatch"
)

// longStory is an article of usual length and a later version with usual edits.
func longStory() (before, after *article.Article) {
	r := rand.New(rand.NewPCG(11, 1))
	before = story()
	for range 40 {
		var all []string
		for range 3 {
			all = append(all, strings.TrimSpace(manyWords(r, 15))+".")
		}
		before.Body = append(before.Body, article.Block{Type: article.Paragraph, Text: strings.Join(all, " Then ")})
	}
	after = with(before, func(a *article.Article) {
		a.Title = "Bridge open again"
		a.Body[3].Text = strings.Replace(a.Body[3].Text, "the", "a", 2)
		a.Body[9].Text += " Nobody was hurt."
		a.Body[20].Text = strings.Replace(a.Body[20].Text, " Then ", " Later ", 1)
		a.Body = slices.Delete(a.Body, 30, 31)
		a.Body = slices.Insert(a.Body, 1, article.Block{Type: article.Paragraph, Text: council})
	})
	return before, after
}

// BenchmarkCompare is a whole comparison; BenchmarkLines, the floor, is the library's
// line diff of the same two texts, which knows of no sentences, words or moves.
func BenchmarkCompare(b *testing.B) {
	before, after := longStory()
	b.SetBytes(int64(len(article.PlainText(before.Body))))
	b.ReportAllocs()
	for b.Loop() {
		Compare(before, after)
	}
}

func BenchmarkLines(b *testing.B) {
	x, y := longStory()
	before, after := article.PlainText(x.Body), article.PlainText(y.Body)
	b.SetBytes(int64(len(before)))
	b.ReportAllocs()
	for b.Loop() {
		dmp := diffmatchpatch.New()
		dmp.DiffTimeout = 0
		r1, r2, lines := dmp.DiffLinesToRunes(before, after)
		dmp.DiffCharsToLines(dmp.DiffMainRunes(r1, r2, false), lines)
	}
}

// BenchmarkUnchanged is the usual case of a page that is visited again.
func BenchmarkUnchanged(b *testing.B) {
	before, _ := longStory()
	b.ReportAllocs()
	for b.Loop() {
		Compare(before, before)
	}
}

func ExampleCompare() {
	before := &article.Article{URL: "https://example.org/bridge", Title: "Bridge closed", Language: "en", Body: []article.Block{
		{Type: article.Paragraph, Text: "The council closed the bridge on Monday. It will cost 4 million to repair."}}}
	after := &article.Article{URL: "https://example.org/bridge", Title: "Bridge closed", Language: "en", Body: []article.Block{
		{Type: article.Paragraph, Text: "The council closed the bridge on Monday. It will cost 6 million to repair."}}}
	d := Compare(before, after)
	fmt.Println(d.Class, d.Silent)
	fmt.Println(d.Summary)
	for _, s := range d.Blocks[0].Sentences[1].Spans {
		fmt.Printf("%s %q\n", s.Op, s.Text)
	}
	// Output:
	// substantive true
	// 1 sentence edited; no note, no new date of modification
	// equal "It will cost "
	// delete "4"
	// insert "6"
	// equal " million to repair."
}
