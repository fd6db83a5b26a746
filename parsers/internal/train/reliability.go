package main

import (
	"flag"
	"fmt"
	"math"
	"os"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A reading is how sure a field of an article is, and how right it is: 1, 0, or the
// share of its values that are.
type reading struct {
	confidence, right float64
}

// checks say how right the fields of an article are, where the truth of its page
// tells.
var checks = []struct {
	field string
	right func(s *sample, a *article.Article) (right float64, known bool)
}{
	{"title", func(s *sample, a *article.Article) (float64, bool) {
		return truly(letters(a.Title) == letters(s.Truth.Title)), s.Truth.Title != "" && a.Title != ""
	}},
	{"authors", func(s *sample, a *article.Article) (float64, bool) {
		if s.Truth.Authors == nil || len(a.Authors) == 0 {
			return 0, false
		}
		n, names := 0.0, namesOf(*s.Truth.Authors...)
		for _, x := range a.Authors {
			n += truly(allIn(names, namesOf(x.Name)))
		}
		return n / float64(len(a.Authors)), true
	}},
	{"published", func(s *sample, a *article.Article) (float64, bool) {
		day := s.Truth.Date
		return truly(len(day) >= 10 && len(a.Published) >= 10 && a.Published[:10] == day[:10]), len(day) >= 10 && a.Published != ""
	}},
	{"body", func(s *sample, a *article.Article) (float64, bool) {
		return truly(alike(s.Truth.Body, a.Text) >= 0.9), s.Truth.Body != "" && a.Text != ""
	}},
	{"captions", func(s *sample, a *article.Article) (float64, bool) {
		if s.Truth.Captions == nil || len(a.Captions) == 0 {
			return 0, false
		}
		n := 0.0
		for _, c := range a.Captions {
			for _, t := range *s.Truth.Captions {
				if alike(t.Text, c.Text) >= 0.8 || t.Text == "" && c.Text == "" {
					n++
					break
				}
			}
		}
		return n / float64(len(a.Captions)), true
	}},
	{"subtitle", func(s *sample, a *article.Article) (float64, bool) {
		want := s.Truth.standfirst()
		return truly(alike(want, a.Subtitle) >= 0.8), want != "" && a.Subtitle != ""
	}},
	{"tags", func(s *sample, a *article.Article) (float64, bool) {
		n, topics := 0.0, map[string]bool{}
		for _, t := range s.Truth.Topics {
			topics[letters(t)] = true
		}
		for _, t := range a.Tags {
			n += truly(topics[letters(t)])
		}
		return n / float64(max(len(a.Tags), 1)), len(topics) > 0 && len(a.Tags) > 0
	}},
	{"kind", func(s *sample, a *article.Article) (float64, bool) {
		if s.labels == nil || s.labels.Kind == "" {
			return 0, false
		}
		return truly(string(a.Kind) == s.labels.Kind), true
	}},
}

func truly(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// printReliability prints, for each field, how often it was right among readings of
// about the same confidence, on the pages of the blind fold; with -open, on others.
func printReliability(name string, args []string) error {
	flag := flag.NewFlagSet(name, flag.ExitOnError)
	corpus := flag.String("corpus", "", "the labelled pages, `files` of JSON lines, separated by commas")
	labelled := flag.String("labels", "parsers/internal/train/labels/labels.jsonl", "labels of our own for pages of the corpora, a `file`; none if empty")
	open := flag.Bool("open", false, "of the pages outside the blind fold, which the models were trained on")
	flag.Parse(args)
	if *corpus == "" {
		flag.Usage()
		os.Exit(64)
	}
	samples, err := readCorpora(*corpus)
	if err != nil {
		return err
	}
	if err := readLabels(samples, *labelled); err != nil {
		return err
	}
	articles := make([]*article.Article, len(samples))
	each(len(samples), func(i int) {
		if s := samples[i]; s.blind() != *open {
			if page, err := s.read(); err == nil {
				articles[i], _ = new(parsers.Parser).Parse(page)
			}
		}
	})
	fmt.Println("| field | readings | mean confidence | right | calibration error | right at confidence < .5 | .5-.7 | .7-.8 | .8-.9 | .9-.95 | .95-1 |")
	fmt.Println("|---|---|---|---|---|---|---|---|---|---|---|")
	for _, c := range checks {
		var all []reading
		for i, a := range articles {
			if a == nil {
				continue
			}
			from, ok := a.Provenance[c.field]
			right, known := c.right(samples[i], a)
			if ok && known {
				all = append(all, reading{from.Confidence, right})
			}
		}
		fmt.Println(reliability(c.field, all))
	}
	return nil
}

// reliability is a row of the table. The calibration error is the expected one over
// ten bins of the same width (Naeini and others, 2015).
func reliability(field string, all []reading) string {
	var sum reading
	var tenths [10][]reading
	for _, r := range all {
		sum.confidence += r.confidence
		sum.right += r.right
		k := min(int(r.confidence*10), 9)
		tenths[k] = append(tenths[k], r)
	}
	n := float64(max(len(all), 1))
	mean := func(some []reading) (m reading) {
		for _, r := range some {
			m.confidence += r.confidence / float64(len(some))
			m.right += r.right / float64(len(some))
		}
		return m
	}
	off := 0.0
	for _, some := range tenths {
		m := mean(some)
		off += float64(len(some)) / n * math.Abs(m.confidence-m.right)
	}
	line := fmt.Sprintf("| %s | %d | %.3f | %.3f | %.3f |", field, len(all), sum.confidence/n, sum.right/n, off)
	from := 0.0
	for _, to := range []float64{0.5, 0.7, 0.8, 0.9, 0.95, 1.01} {
		var some []reading
		for _, r := range all {
			if r.confidence >= from && r.confidence < to {
				some = append(some, r)
			}
		}
		from = to
		if len(some) == 0 {
			line += " |"
			continue
		}
		line += fmt.Sprintf(" %.2f (%d) |", mean(some).right, len(some))
	}
	return line
}
