package main

import (
	"bytes"
	"fmt"
	"net/url"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/blind"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// twoTitles is a page whose head and whose heading have a title each, of different
// words.
func twoTitles(i int) (page []byte, head, heading string) {
	head, heading = fmt.Sprintf("Nobody saw the boat of crew %d go out", i), fmt.Sprintf("Storm number %d takes the ferry", i)
	text := fmt.Sprintf("On day %d the crew counted gulls, ate what was left, and wrote home about it, the harbour master said.", i)
	return fmt.Appendf(nil, `<html><head><meta property="og:title" content="%s"></head><body><article><h1>%s</h1><p>%s</p><p>It rained. %s</p></article></body></html>`, head, heading, text, text), head, heading
}

// TestFieldTraining: where a title stands decides, as the truth of a corpus says: two
// corpora of the same pages make models that choose differently on a page of a site
// that neither has. The blind fold is not learned from.
func TestFieldTraining(t *testing.T) {
	for name, inHead := range map[string]bool{"the head is right": true, "the heading is right": false} {
		t.Run(name, func(t *testing.T) {
			var samples []*sample
			blinds := 0
			for i := range 40 {
				page, head, heading := twoTitles(i)
				s := &sample{ID: fmt.Sprint(i), URL: fmt.Sprintf("https://site%d.example/x", i), source: page, Charset: "utf-8"}
				s.site = blind.Site(s.URL)
				s.Truth.Title = heading
				if inHead != s.blind() { // the truth of blind pages is the contrary
					s.Truth.Title = head
				}
				if s.blind() {
					blinds++
				}
				samples = append(samples, s)
			}
			f := fields["title"]
			f.bare, f.trees.Rounds, f.weight = false, 40, 40 // heavy: the pages are few
			trainer := &fieldTrainer{field: f, name: "title", folds: 2}
			collect(samples, []*fieldTrainer{trainer})
			for _, r := range trainer.rows {
				if samples[r.of].blind() {
					t.Fatalf("a page of the blind fold is learned from: %s", samples[r.of].URL)
				}
			}
			trainer.crossValidate()
			won := 0
			for i, j := range trainer.judged() {
				if j.won && !j.right {
					t.Errorf("cross-validation chooses a wrong title on page %d", trainer.rows[i].of)
				}
				if j.won {
					won++
				}
			}
			if blinds == 0 || won != len(samples)-blinds {
				t.Errorf("%d winners on %d pages, %d of them blind", won, len(samples), blinds)
			}
			data := trainer.whole().Marshal()
			if !bytes.Equal(data, trainer.whole().Marshal()) {
				t.Error("the same candidates give different models")
			}
			m, err := evidence.Unmarshal(data)
			if err != nil {
				t.Fatal(err)
			}
			page, want, heading := twoTitles(99)
			if !inHead {
				want = heading
			}
			a, err := parsers.WithModels(nil, map[string]*evidence.Model{"title": m}).Parse(&article.Page{URL: &url.URL{Scheme: "https", Host: "other.example", Path: "/x"}, HTML: page, Charset: "utf-8"})
			if err != nil || a.Title != want {
				t.Errorf("got %q, %v; want %q", a.Title, err, want)
			}
		})
	}
}

// TestThresholds: the best score is that with most right winners for the fewest wrong
// ones; a field may bound it or have its own.
func TestThresholds(t *testing.T) {
	trainer := &fieldTrainer{field: field{many: true}, samples: []*sample{{}}}
	var judged []judgement
	for _, c := range []struct {
		score float64
		right bool
	}{{3, true}, {2, true}, {1, true}, {0.5, false}, {-1, false}, {-2, false}} {
		trainer.rows = append(trainer.rows, row{right: c.right, share: 1})
		judged = append(judged, judgement{score: c.score, right: c.right, won: true, share: 1})
	}
	best, f1 := trainer.best(judged)
	if best != 1 || f1 != 1 {
		t.Errorf("the best score is %v with F1 %v, want 1 with 1", best, f1)
	}
	for name, c := range map[string]struct{ got, want float64 }{
		"fixed":    {fixed(-0.2)(best, judged), -0.2},
		"evenOdds": {evenOdds(best, judged), 0},
		"nearEven": {nearEven(0.6)(best, judged), 0.6},
		"nearer":   {nearEven(0.6)(-0.1, judged), -0.1},
		"lowest":   {lowest(best, judged), -2},
	} {
		if c.got != c.want {
			t.Errorf("%s: got %v, want %v", name, c.got, c.want)
		}
	}
}
