package main

import (
	"bufio"
	"compress/gzip"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/body"
	"github.com/newsmorgue/newsmorgue/parsers/headline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/blind"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// A sample is a labelled page: for each block whether it belongs to the article,
// and the weight of that label; 0 where the truth does not say.
type sample struct {
	ID      string `json:"id"`
	Source  string `json:"source"`
	URL     string `json:"url"`
	HTML    string `json:"html"`
	Charset string `json:"charset"`
	Truth   truth  `json:"truth"`

	Page string `json:"page"` // the HTML itself, of pages made for a test

	contactsLabelled bool   // its contacts are from our own labels
	source           []byte // the page, if it is not that of HTML
	altered          string // the name of its alteration, "" for a page of the corpus
	extra            bool   // made for the training of one field; not of the corpus
	labels           *label // of our own; nil: none
	dir              string
	site             string
	factor           float32 // weight of the page
	page             *block.Page
	context          block.Context
	label            []float32
	weight           []float32
}

// made reports whether a page was made for a test. Models learn from it, thresholds
// and calibration do not: only real pages show how often what occurs.
func (s *sample) made() bool { return s.Page != "" || s.extra }

// share is how much a candidate of the page weighs against one of a real page.
func (s *sample) share() float32 {
	if s.made() {
		return madeShare
	}
	return 1
}

const madeShare = 0.5

// readCorpus lists the pages.
func readCorpus(path string) ([]*sample, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var all []*sample
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		s := &sample{dir: filepath.Dir(path)}
		if err := json.Unmarshal(lines.Bytes(), s); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		s.site = blind.Site(s.URL)
		all = append(all, s)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return all, nil
}

// examine reads the pages and labels their blocks. Pages without the text of their
// truth get weight 0.
func examine(all []*sample) {
	each(len(all), func(i int) {
		s := all[i]
		page, err := s.read()
		if err == nil {
			err = s.examine(page)
		}
		if err != nil {
			log.Printf("%s: %v", s.ID, err)
			return
		}
		s.mark()
		for k := range s.weight {
			s.weight[k] *= s.factor
		}
	})
}

// examine reads the page's blocks as Parse does before its model scores them: with
// the results of go-readability and JSON-LD, and the context of the features.
func (s *sample) examine(page *article.Page) error {
	root, err := parsers.Document(page)
	if err != nil {
		return err
	}
	p := doc.Read(page, root)
	if len(p.Blocks) == 0 {
		return parsers.ErrNotArticle
	}
	title, _ := headline.Title(p)
	standfirst := headline.Subtitle(p, title).First
	s.page, s.context = p.Page, body.Examine(p, title, standfirst)
	return nil
}

// fold is the number of the cross-validation part, of n, that the sample's site
// belongs to.
func (s *sample) fold(n int) int {
	h := sha256.Sum256([]byte(s.site))
	return int(binary.BigEndian.Uint64(h[8:16]) % uint64(n))
}

// read gives the page as extract --batch reads it.
func (s *sample) read() (*article.Page, error) {
	if s.Page != "" {
		u, err := url.Parse(s.URL)
		return &article.Page{URL: u, HTML: []byte(s.Page), Charset: "utf-8"}, err
	}
	if s.source != nil {
		u, err := url.Parse(s.URL)
		return &article.Page{URL: u, HTML: s.source, Charset: s.Charset}, err
	}
	path := s.HTML
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.dir, path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(s.HTML, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			return nil, err
		}
	}
	source, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	u, err := url.Parse(s.URL)
	if err != nil {
		return nil, err
	}
	return &article.Page{URL: u, HTML: source, Charset: s.Charset}, nil
}

// mark labels the page's blocks.
func (s *sample) mark() {
	s.label, s.weight = make([]float32, len(s.page.Blocks)), make([]float32, len(s.page.Blocks))
	if s.Truth.Body == "" {
		s.markSnippets()
		return
	}
	truth := terms(s.Truth.Body)
	left := map[uint64]int{} // runs of four words that no block has yet
	runs(truth, func(h uint64) { left[h]++ })
	found := 0 // words of the truth
	take := func(hidden bool) {
		for i, b := range s.page.Blocks {
			if (b.Flags&block.InHidden != 0) != hidden {
				continue
			}
			t := terms(b.Text)
			if len(t) < 4 {
				continue
			}
			n, hit := 0, 0
			runs(t, func(h uint64) {
				n++
				if left[h] > 0 {
					hit++
				}
			})
			if hit*10 >= n*6 {
				s.label[i] = 1
				found += len(t)
				runs(t, func(h uint64) { left[h]-- })
			}
		}
	}
	take(false)
	take(true)
	s.markShort(truth)
	if found*2 < len(truth) { // the truth is of another page, or scripts make the text
		clear(s.weight)
		return
	}
	scale := 60 / float32(len(truth)+80)
	var sum float32
	for i, b := range s.page.Blocks {
		s.weight[i] = (2 + float32(min(b.Words, 150))) * scale
		sum += s.weight[i]
	}
	if sum > 250 { // a page with much text around the story does not outweigh others
		for i := range s.weight {
			s.weight[i] *= 250 / sum
		}
	}
}

// markShort labels blocks of one to three words, if the truth has them next to the
// words of a labelled block before or after.
func (s *sample) markShort(truth []uint32) {
	at := map[uint32][]int{}
	for i, h := range truth {
		at[h] = append(at[h], i)
	}
	for i, b := range s.page.Blocks {
		t := terms(b.Text)
		if len(t) == 0 || len(t) > 3 {
			continue
		}
		before, after := s.labelledNear(i, -1), s.labelledNear(i, 1)
		before = before[max(0, len(before)-2):]
		after = after[:min(2, len(after))]
		if slices.ContainsFunc(at[t[0]], func(p int) bool {
			return has(truth, p, t) && (has(truth, p-len(before), before) || has(truth, p+len(t), after))
		}) {
			s.label[i] = 1
		}
	}
}

// labelledNear gives the words of the nearest labelled block that has some, up to
// eight places before (step -1) or after (step 1) a block.
func (s *sample) labelledNear(i, step int) []uint32 {
	for far := 1; far <= 8; far++ {
		k := i + step*far
		if k < 0 || k >= len(s.page.Blocks) {
			break
		}
		if s.label[k] == 1 {
			if words := terms(s.page.Blocks[k].Text); len(words) > 0 {
				return words
			}
		}
	}
	return nil
}

// has reports whether words stand at a place of a text.
func has(text []uint32, at int, words []uint32) bool {
	if at < 0 || at+len(words) > len(text) || len(words) == 0 {
		return false
	}
	for i, w := range words {
		if text[at+i] != w {
			return false
		}
	}
	return true
}

// markSnippets labels the blocks that hold a snippet.
func (s *sample) markSnippets() {
	total := 0
	mark := func(snippets []string, label float32) {
		for _, sn := range snippets {
			sn = squeeze(sn)
			if len(sn) < 3 {
				continue
			}
			for i, b := range s.page.Blocks {
				t := squeeze(b.Text)
				if strings.Contains(t, sn) || len(t) > 20 && strings.Contains(sn, t) {
					s.label[i], s.weight[i] = label, 1
					total++
				}
			}
		}
	}
	mark(s.Truth.Without, 0)
	mark(s.Truth.With, 1)
	for i := range s.weight {
		s.weight[i] *= 30 / float32(max(total, 4))
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), " ") }

func terms(s string) []uint32 {
	var all []uint32
	block.WordHashes(s, 1<<30, func(h uint32) { all = append(all, h) })
	return all
}

// runs calls yield with the hash of each four words in a row.
func runs(words []uint32, yield func(uint64)) {
	var b [16]byte
	for i := 0; i+4 <= len(words); i++ {
		for k := range 4 {
			binary.LittleEndian.PutUint32(b[4*k:], words[i+k])
		}
		yield(fnv64(b[:]))
	}
}

func fnv64(b []byte) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range b {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}
