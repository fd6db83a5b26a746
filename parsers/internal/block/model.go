package block

import (
	"bytes"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// A Model says how likely a block of text belongs to the article of its page. It
// is a table of what words of class names and of texts usually stand for, a
// forest of decision trees over Features, and a second forest that looks at what
// the first one thinks of a block's company. Made by parsers/internal/train.
type Model struct {
	NameWeights Table  // by hash of a part of a class or id
	TermWeights Table  // by hash of a word, or of two in a row
	First       Forest // over Features
	Second      Forest // over Page.Second
}

// A Forest is decision trees whose values add up to the logarithm of odds.
type Forest []Tree

// A Tree is a decision tree; its nodes follow their parents.
type Tree []Node

// A Node asks whether a feature is at most At; a leaf has Feature Leaf and its
// value in At.
type Node struct {
	Feature uint16
	Yes, No uint16 // indexes into the tree
	At      float32
}

// Leaf marks a node that asks nothing.
const Leaf = math.MaxUint16

// Score sets P of every block of the page.
func (m *Model) Score(p *Page, ctx Context) {
	rows := p.Features(ctx, m)
	prob := m.First.Probabilities(rows, FeatureCount)
	again := p.SecondFeatures(rows, prob)
	// Only what the first look leaves open is looked at again, in place.
	open := 0
	for i := range prob {
		if prob[i] > SecondPassMin {
			copy(again[open*SecondFeatureCount:], again[i*SecondFeatureCount:(i+1)*SecondFeatureCount])
			open++
		}
	}
	second := m.Second.Probabilities(again[:open*SecondFeatureCount], SecondFeatureCount)
	for i, b := range p.Blocks {
		b.Probability = prob[i]
		if prob[i] > SecondPassMin {
			b.Probability, second = second[0], second[1:]
		}
	}
}

// SecondPassMin is the first pass's probability above which a block is scored
// again. No second pass rescues a block below it.
const SecondPassMin = 0.05 // about the probability of rejectLogOdds

// Probability is how likely a row of features is of a block of the article.
func (f Forest) Probability(row []float32) float32 {
	return f.Probabilities(row, len(row))[0]
}

// Probabilities is Probability for rows of a width, one after another.
func (f Forest) Probabilities(rows []float32, width int) []float32 {
	sums := make([]float32, len(rows)/width)
	asked := make([]int, len(sums))
	for i := range asked {
		asked[i] = i
	}
	// Tree by tree, so that each is near while all rows ask it.
	for k, t := range f {
		for _, i := range asked {
			sums[i] += t.Value(rows[i*width : (i+1)*width])
		}
		if k&7 == 7 && k >= rejectAfter {
			asked = slices.DeleteFunc(asked, func(i int) bool { return sums[i] < rejectLogOdds })
		}
	}
	for i, s := range sums {
		sums[i] = float32(1 / (1 + math.Exp(-float64(s))))
	}
	return sums
}

// Most blocks of a page are menus and lists of links: after so many trees and
// with odds so low, the others need not be asked.
const (
	rejectAfter   = 15
	rejectLogOdds = -3
)

// Value is what the tree's questions come to for a row.
func (t Tree) Value(row []float32) float32 {
	k := uint16(0)
	for t[k].Feature != Leaf {
		if row[t[k].Feature] <= t[k].At {
			k = t[k].Yes
		} else {
			k = t[k].No
		}
	}
	return t[k].At
}

// nameWeight sums up what the parts of a class or id usually stand for.
func (m *Model) nameWeight(value string) float32 {
	var sum float32
	NameHashes(value, func(h uint32) { sum += m.NameWeights.Weight(h) })
	return max(-6, min(sum, 6))
}

// Bounds of what is read of a name and a text.
const (
	maxNameParts = 24
	maxTerms     = 40
)

// NameHashes calls yield with the hash of each part of a class or id, and of each
// whole name that has several parts.
func NameHashes(value string, yield func(uint32)) {
	n := 0
	for tok := range strings.FieldsSeq(value[:min(len(value), 400)]) {
		whole, part, parts := uint32(fnvStart), uint32(fnvStart), 0
		lower := false
		end := func() {
			if part != fnvStart {
				yield(part)
				parts++
			}
			part = fnvStart
		}
		for i := range len(tok) {
			c := tok[i]
			switch {
			case c >= 'A' && c <= 'Z':
				if lower {
					end()
				}
				c |= 0x20
				part = fnv(part, c)
				whole = fnv(whole, c)
				lower = false
				continue
			case c >= 'a' && c <= 'z' || c >= 0x80:
				part = fnv(part, c)
				whole = fnv(whole, c)
				lower = true
				continue
			case c >= '0' && c <= '9':
				continue // numbers tell pages apart, not what they hold
			}
			end()
			lower = false
			whole = fnv(whole, '-')
		}
		end()
		if parts > 1 {
			yield(whole)
		}
		if n++; n >= maxNameParts {
			return
		}
	}
}

const fnvStart = 2166136261

func fnv(h uint32, c byte) uint32 { return (h ^ uint32(c)) * 16777619 }

// fnvRune takes the low 16 bits of a character.
func fnvRune(h uint32, r rune) uint32 { return fnv(fnv(h, byte(r)), byte(r>>8)) }

// TermHashes calls yield with the hash of each of a text's first words and of each
// two adjacent ones; first says that the term begins the text.
func TermHashes(text string, yield func(h uint32, first bool)) {
	before := uint32(0)
	n := 0
	WordHashes(text, maxTerms, func(h uint32) {
		yield(h, n == 0)
		if n > 0 {
			yield(before*31+h, n == 1)
		}
		before = h
		n++
	})
}

// WordHashes calls yield with the hash of each of a text's first words, at most
// most of them. Case, apostrophes and the value of numbers do not matter.
func WordHashes(text string, most int, yield func(h uint32)) {
	t := termReader{hash: fnvStart, left: most, yield: yield}
	for i := 0; i < len(text); {
		more, size := true, 1
		if c := text[i]; c < utf8.RuneSelf {
			more = t.ascii(c)
		} else {
			var r rune
			r, size = utf8.DecodeRuneInString(text[i:])
			more = t.rune(r)
		}
		if !more {
			return
		}
		i += size
	}
	t.end()
}

// termReader hashes words, character by character.
type termReader struct {
	hash  uint32 // of the word so far; fnvStart between words
	left  int    // how many words may still follow
	yield func(h uint32)
}

// ascii takes a character; false if it ended the last word.
func (t *termReader) ascii(c byte) bool {
	switch {
	case c >= 'a' && c <= 'z':
		t.hash = fnv(t.hash, c)
	case c >= 'A' && c <= 'Z':
		t.hash = fnv(t.hash, c|0x20)
	case c == '\'':
	case c >= '0' && c <= '9':
		t.hash = fnv(t.hash, '0') // any number
	case c == '@' || c == '|' || c == '>':
		return t.end() && t.word(fnv(fnvStart, c))
	default:
		return t.end()
	}
	return true
}

// rune is ascii for the other characters.
func (t *termReader) rune(r rune) bool {
	switch {
	case r >= 0x3040 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7af: // a character is a word
		return t.end() && t.word(fnv(fnvRune(fnvStart, r), 1))
	case unicode.IsLetter(r) || unicode.IsMark(r):
		t.hash = fnvRune(t.hash, unicode.ToLower(r))
	case r == '’':
	case r == '©' || r == '»' || r == '•' || r == '→':
		return t.end() && t.word(fnvRune(fnvStart, r))
	default:
		return t.end()
	}
	return true
}

// word takes a word of one character.
func (t *termReader) word(h uint32) bool {
	t.hash = h
	return t.end()
}

// end ends a word, if there is one; false if it was the last.
func (t *termReader) end() bool {
	if t.hash == fnvStart {
		return true
	}
	t.yield(t.hash)
	t.hash = fnvStart
	t.left--
	return t.left > 0
}

// terms sums up what a text's words usually are part of.
func (m *Model) terms(text string) (sum, lowest, mean, first float32) {
	n := 0
	TermHashes(text, func(h uint32, isFirst bool) {
		w := m.TermWeights.Weight(h)
		if w == 0 {
			return
		}
		n++
		sum += w
		lowest = min(lowest, w)
		if isFirst {
			first += w
		}
	})
	if n > 0 {
		mean = sum / float32(n)
	}
	return max(-12, min(sum, 12)), lowest, mean, first
}

//go:embed model.bin
var embedded []byte

// Embedded is the model that the program carries.
var Embedded = sync.OnceValue(func() *Model {
	m, err := Unmarshal(embedded)
	if err != nil {
		return &Model{} // TestEmbedded sees to it that this is not so
	}
	return m
})

// magic begins a model file; its last byte is the version.
const magic = "nmmodel\x01"

// Marshal writes a model: magic, the count of features, the tables sorted by
// hash, then the trees; numbers are little-endian.
func (m *Model) Marshal() []byte {
	var b bytes.Buffer
	u32 := func(v uint32) { _ = binary.Write(&b, binary.LittleEndian, v) }
	b.WriteString(magic)
	u32(uint32(FeatureCount))
	u32(uint32(SecondFeatureCount))
	for _, table := range []Table{m.NameWeights, m.TermWeights} {
		weights := maps.Collect(table.All())
		u32(uint32(len(weights)))
		for _, k := range slices.Sorted(maps.Keys(weights)) {
			u32(k)
			b.WriteByte(byte(int8(math.Round(float64(weights[k]) * tableScale))))
		}
	}
	for _, f := range []Forest{m.First, m.Second} {
		u32(uint32(len(f)))
		for _, t := range f {
			u32(uint32(len(t)))
			for _, n := range t {
				_ = binary.Write(&b, binary.LittleEndian, n)
			}
		}
	}
	return b.Bytes()
}

// tableScale is the precision of a table's weights.
const tableScale = 32

// Unmarshal reads what Marshal wrote.
func Unmarshal(data []byte) (*Model, error) {
	rest, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok {
		return nil, errors.New("no model, or one of another version")
	}
	bad := errors.New("the model is cut short")
	u32 := func() uint32 {
		if len(rest) < 4 {
			ok = false
			return 0
		}
		v := binary.LittleEndian.Uint32(rest)
		rest = rest[4:]
		return v
	}
	if n, k := u32(), u32(); n != uint32(FeatureCount) || k != uint32(SecondFeatureCount) {
		return nil, fmt.Errorf("the model is made for %d and %d features, not for %d and %d", n, k, FeatureCount, SecondFeatureCount)
	}
	m := &Model{}
	for _, table := range []*Table{&m.NameWeights, &m.TermWeights} {
		n := u32()
		if !ok || uint64(n)*5 > uint64(len(rest)) {
			return nil, bad
		}
		weights := make(map[uint32]float32, n)
		for range n {
			k := u32()
			weights[k] = float32(int8(rest[0])) / tableScale
			rest = rest[1:]
		}
		*table = NewTable(weights)
	}
	for _, forest := range []struct {
		to    *Forest
		width int
	}{{&m.First, FeatureCount}, {&m.Second, SecondFeatureCount}} {
		trees := u32()
		if uint64(trees)*4 > uint64(len(rest)) {
			return nil, bad
		}
		for range trees {
			n := u32()
			if !ok || n == 0 || n > Leaf || uint64(n)*nodeSize > uint64(len(rest)) {
				return nil, bad
			}
			t, err := readTree(rest[:n*nodeSize], forest.width)
			if err != nil {
				return nil, err
			}
			*forest.to = append(*forest.to, t)
			rest = rest[n*nodeSize:]
		}
	}
	if !ok {
		return nil, bad
	}
	return m, nil
}

// nodeSize is the length of a node in a model file, in bytes.
const nodeSize = 10

func readTree(data []byte, width int) (Tree, error) {
	t := make(Tree, len(data)/nodeSize)
	for i := range t {
		d := data[i*nodeSize:]
		t[i] = Node{binary.LittleEndian.Uint16(d), binary.LittleEndian.Uint16(d[2:]), binary.LittleEndian.Uint16(d[4:]), math.Float32frombits(binary.LittleEndian.Uint32(d[6:]))}
		if t[i].Feature != Leaf && (int(t[i].Feature) >= width || int(t[i].Yes) <= i || int(t[i].No) <= i || int(t[i].Yes) >= len(t) || int(t[i].No) >= len(t)) {
			return nil, errors.New("the model has a tree that leads nowhere")
		}
	}
	return t, nil
}
