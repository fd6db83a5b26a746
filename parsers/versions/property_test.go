package versions

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// vocabulary has words of several scripts, marks and numbers.
var vocabulary = strings.Fields("the bridge council harbour closed opened on Monday Lindt Okoro said repair winter cost 4 12,500 not pillar cracks engineers bus school parents " +
	"мост закрыт город 桥梁 関闭 สะพาน पुल الجسر cafe\u0301 👩\u200d🚒 “quoted” - – it’s (aside) e.g. Dr.")

func randomSentence(r *rand.Rand) string {
	var words []string
	for range 3 + r.IntN(12) {
		words = append(words, vocabulary[r.IntN(len(vocabulary))])
	}
	return strings.Join(words, " ") + []string{".", "!", "?", "。", "…"}[r.IntN(5)]
}

func randomText(r *rand.Rand) string {
	var all []string
	for range r.IntN(6) {
		all = append(all, randomSentence(r))
	}
	return strings.Join(all, " ")
}

func randomBlock(r *rand.Rand) article.Block {
	switch r.IntN(8) {
	case 0:
		b := article.Block{Type: article.List}
		for range r.IntN(5) {
			b.Items = append(b.Items, randomText(r))
		}
		return b
	case 1:
		b := article.Block{Type: article.Table}
		for range r.IntN(4) {
			b.Rows = append(b.Rows, []string{randomSentence(r), randomSentence(r)})
		}
		return b
	case 2:
		return article.Block{Type: article.Heading, Level: 2, Text: randomSentence(r)}
	case 3:
		return article.Block{Type: article.Embed, URL: fmt.Sprint("https://example.org/", r.IntN(50))}
	}
	return article.Block{Type: article.Paragraph, Text: randomText(r)}
}

// randomEdit changes a body in one of the ways in which editors do.
func randomEdit(r *rand.Rand, body []article.Block) []article.Block {
	if len(body) == 0 {
		return append(body, randomBlock(r))
	}
	i := r.IntN(len(body))
	switch b := &body[i]; r.IntN(8) {
	case 0:
		return slices.Insert(body, i, randomBlock(r))
	case 1:
		return slices.Delete(body, i, i+1)
	case 2: // move
		moved := body[i]
		body = slices.Delete(body, i, i+1)
		return slices.Insert(body, r.IntN(len(body)+1), moved)
	case 3: // split
		parts := sentences(b.Text)
		if k := len(parts) / 2; k > 0 {
			rest := article.Block{Type: b.Type, Text: strings.Join(parts[k:], "")}
			b.Text = strings.TrimSpace(strings.Join(parts[:k], ""))
			return slices.Insert(body, i+1, rest)
		}
	case 4: // join
		if i+1 < len(body) && isProse(b.Type) && isProse(body[i+1].Type) {
			b.Text += " " + body[i+1].Text
			return slices.Delete(body, i+1, i+2)
		}
	case 5: // a word
		words := strings.Split(b.Text, " ")
		words[r.IntN(len(words))] = vocabulary[r.IntN(len(vocabulary))]
		b.Text = strings.Join(words, " ")
	case 6: // the order of sentences
		parts := strings.SplitAfter(b.Text, ". ")
		r.Shuffle(len(parts), func(i, j int) { parts[i], parts[j] = parts[j], parts[i] })
		b.Text = strings.Join(parts, "")
	case 7:
		b.Items = slices.Clone(b.Items)
		b.Text += " " + randomSentence(r)
		if b.Type == article.List {
			b.Text, b.Items = "", append(b.Items, randomText(r))
		}
	}
	return body
}

// TestRandomEdits: whatever was edited, the diff holds both versions exactly, and the
// same articles give the same diff.
func TestRandomEdits(t *testing.T) {
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 1))
		before := story()
		for range r.IntN(12) {
			before.Body = append(before.Body, randomBlock(r))
		}
		after := with(before, func(a *article.Article) {
			for range r.IntN(8) {
				a.Body = randomEdit(r, a.Body)
			}
		})
		d := check(t, before, after)
		if again := Compare(before, after); !reflect.DeepEqual(d, again) {
			t.Fatalf("seed %d: two diffs of the same articles differ", seed)
		}
		if self := check(t, after, after); self.Changed() {
			t.Fatalf("seed %d: an article differs from itself: %s", seed, self.Summary)
		}
		back := check(t, after, before)
		if d.Changed() != back.Changed() {
			t.Fatalf("seed %d: changed %t, and back %t", seed, d.Changed(), back.Changed())
		}
		if t.Failed() {
			t.Fatalf("seed %d: %q", seed, contents(before))
		}
	}
}

func FuzzCompare(f *testing.F) {
	f.Add(council, traffic, cost, school, "en")
	f.Add("ที่สะพาน 👩\u200d🚒", "a\u0301\u200d\xff", "桥。关。", "\n\n\"", "zz")
	f.Add("", " ", "\t", "a\tb", "")
	f.Fuzz(func(t *testing.T, a, b, c, d, language string) {
		before, after := story(a, b, c), story(b+" "+c, d, a)
		before.Title, after.Title = a, d
		before.Language, after.Language = language, language
		before.CanonicalURL, after.CanonicalURL = c, d
		before.Tags, after.Tags = []string{a, b}, []string{b, c, d}
		before.Body = append(before.Body, article.Block{Type: article.List, Items: []string{a, c}})
		after.Body = append(after.Body, article.Block{Type: article.List, Items: []string{a, b, d}})
		diff := check(t, before, after)
		if _, err := json.Marshal(diff); err != nil {
			t.Error(err)
		}
		var text, page strings.Builder
		if err := diff.WriteText(&text, false); err != nil {
			t.Error(err)
		}
		if strings.ContainsAny(text.String(), "\x1b\x00\x07\r") {
			t.Errorf("control characters in %q", text.String())
		}
		if err := diff.WriteHTML(&page); err != nil {
			t.Error(err)
		}
	})
}

// manyWords is a text of n words without sentences.
func manyWords(r *rand.Rand, n int) string {
	var b strings.Builder
	for range n {
		b.WriteString(vocabulary[r.IntN(24)])
		fmt.Fprintf(&b, "%d ", r.IntN(5000))
	}
	return b.String()
}

// hostile are articles made to be slow, of a size in units of about a tenth of a
// second's work at most.
var hostile = []struct {
	name string
	size int
	make func(n int) (before, after *article.Article)
}{
	{"many blocks, some edited", 12000, func(n int) (*article.Article, *article.Article) {
		r := rand.New(rand.NewPCG(1, 1))
		a := story()
		for i := range n {
			a.Body = append(a.Body, article.Block{Type: article.Paragraph, Text: fmt.Sprintf("Entry %d: %s.", i, manyWords(r, 8))})
		}
		return a, with(a, func(b *article.Article) {
			for i := 0; i < n; i += 3 {
				b.Body[i].Text += " Edited."
			}
		})
	}},
	{"all blocks replaced", 12000, func(n int) (*article.Article, *article.Article) {
		r := rand.New(rand.NewPCG(2, 1))
		a, b := story(), story()
		for range n {
			a.Body = append(a.Body, article.Block{Type: article.Paragraph, Text: manyWords(r, 8)})
			b.Body = append(b.Body, article.Block{Type: article.Paragraph, Text: manyWords(r, 8)})
		}
		return a, b
	}},
	{"reversed", 12000, func(n int) (*article.Article, *article.Article) {
		r := rand.New(rand.NewPCG(3, 1))
		a := story()
		for range n {
			a.Body = append(a.Body, article.Block{Type: article.Paragraph, Text: manyWords(r, 8)})
		}
		return a, with(a, func(b *article.Article) { slices.Reverse(b.Body) })
	}},
	{"equal paragraphs", 25000, func(n int) (*article.Article, *article.Article) {
		a := story(slices.Repeat([]string{council}, n)...)
		return a, story(slices.Repeat([]string{council}, n/2)...)
	}},
	{"two paragraphs by turns", 25000, func(n int) (*article.Article, *article.Article) {
		return story(slices.Repeat([]string{council, traffic}, n/2)...), story(slices.Repeat([]string{traffic, traffic, council}, n/3)...)
	}},
	{"nearly equal paragraphs", 12000, func(n int) (*article.Article, *article.Article) {
		a, b := story(), story()
		for i := range n {
			a.Body = append(a.Body, article.Block{Type: article.Paragraph, Text: fmt.Sprintf("The ferry left pier number %d again", i)})
			b.Body = append(b.Body, article.Block{Type: article.Paragraph, Text: fmt.Sprintf("The ferry left pier number %d again", i+n)})
		}
		return a, b
	}},
	{"one long paragraph", 60000, func(n int) (*article.Article, *article.Article) {
		r := rand.New(rand.NewPCG(4, 1))
		s := manyWords(r, n)
		return story(s), story("First. " + s[:len(s)/2] + "middle " + s[len(s)/2:])
	}},
	{"one long paragraph, replaced", 60000, func(n int) (*article.Article, *article.Article) {
		return story(manyWords(rand.New(rand.NewPCG(5, 1)), n)), story(manyWords(rand.New(rand.NewPCG(6, 1)), n))
	}},
	{"one long word", 1000000, func(n int) (*article.Article, *article.Article) {
		return story(strings.Repeat("a", n)), story("b" + strings.Repeat("a", n))
	}},
	{"characters without spaces", 100000, func(n int) (*article.Article, *article.Article) {
		r := rand.New(rand.NewPCG(7, 1))
		var a, b strings.Builder
		for range n {
			c := rune(0x4e00 + r.IntN(500))
			a.WriteRune(c)
			if r.IntN(10) == 0 {
				c++
			}
			b.WriteRune(c)
		}
		return story(a.String()), story(b.String())
	}},
	{"a paragraph split into sentences", 12000, func(n int) (*article.Article, *article.Article) {
		r := rand.New(rand.NewPCG(8, 1))
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf("Entry %d has %s.", i, strings.TrimSpace(manyWords(r, 6))))
		}
		return story(strings.Join(all, " ")), story(all...)
	}},
	{"one long paragraph among short ones", 100000, func(n int) (*article.Article, *article.Article) {
		r := rand.New(rand.NewPCG(12, 1))
		a, b := story(manyWords(r, n)), story()
		for range smallGap {
			b.Body = append(b.Body, article.Block{Type: article.Paragraph, Text: manyWords(r, 9)})
		}
		return a, b
	}},
	{"combining marks", 300000, func(n int) (*article.Article, *article.Article) {
		return story("a" + strings.Repeat("\u0301", n)), story("a" + strings.Repeat("\u0301\u0302", n/2))
	}},
	{"quotation marks", 300000, func(n int) (*article.Article, *article.Article) {
		return story(strings.Repeat("a\" ", n)), story(strings.Repeat("a\" ", n) + "b")
	}},
	{"a long title", 200000, func(n int) (*article.Article, *article.Article) {
		a, b := story(), story()
		a.Title, b.Title = manyWords(rand.New(rand.NewPCG(9, 1)), n), manyWords(rand.New(rand.NewPCG(10, 1)), n)
		return a, b
	}},
	{"many tags and captions", 25000, func(n int) (*article.Article, *article.Article) {
		a, b := story(), story()
		for i := range n {
			a.Tags, b.Tags = append(a.Tags, fmt.Sprint("tag ", i)), append(b.Tags, fmt.Sprint("tag ", i+n/2))
			a.Captions = append(a.Captions, article.Caption{Text: fmt.Sprint("picture ", i)})
			b.Captions = append(b.Captions, article.Caption{Text: fmt.Sprint("a picture ", i/2)})
		}
		return a, b
	}},
}

// TestHostile: twice the input takes hardly more than twice the time. The machine may
// be busy, so the best of several measurements counts.
func TestHostile(t *testing.T) {
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			before, after := h.make(h.size / 50)
			check(t, before, after)
			if testing.Short() {
				return
			}
			timed := func(n int) time.Duration {
				before, after := h.make(n)
				start := time.Now()
				Compare(before, after)
				return time.Since(start)
			}
			n := h.size / 10
			// Quadratic work would take sixteen times as long. At rest the ratio is about five.
			const limit = 10
			one, four := timed(n), timed(4*n)
			for try := 0; try < 12 && float64(four) > limit*float64(one); try++ {
				one, four = min(one, timed(n)), min(four, timed(4*n))
			}
			if ratio := float64(four) / float64(one); ratio > limit {
				t.Errorf("four times the size takes %.1f times as long", ratio)
			}
		})
	}
}
