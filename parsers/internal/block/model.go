package block

import (
	_ "embed"
	"math"
	"slices"
	"sync"
)

// A Model says how likely a block of text belongs to the article of its page. It
// has tables of weights for parts of class names and for words, a forest of
// decision trees over Features, a second forest that scores a block again with the
// first one's scores of the blocks around it, and a Sequence that decides about all
// blocks of the page together. Command train makes it:
// parsers/internal/train. It is not written to and may be shared.
type Model struct {
	NameWeights Table  // by hash of a part of a class or id
	TermWeights Table  // by hash of a word, or of two in a row
	First       Forest // over Features
	Second      Forest // over Page.SecondFeatures
	Sequence    Sequence
	Confidence  []float32 // weights of what tells how sure a whole reading is: body.Certainty

	// first and second are these for reading often; nil in a model that is still
	// being made.
	first, second levelForest

	rows sync.Pool // of []float32: those of a page take up to a megabyte
}

// prepare makes a model that no longer changes faster.
func (m *Model) prepare() *Model {
	m.first, m.second = m.First.byLevels(), m.Second.byLevels()
	return m
}

// A Forest is a set of decision trees whose values add up to the logarithm of the
// odds.
type Forest []Tree

// A Tree is a decision tree; its nodes follow their parents.
type Tree []Node

// A Node compares a feature with At: Yes follows if it is at most that, No
// otherwise. A leaf has Feature Leaf and its value in At.
type Node struct {
	Feature uint16
	Yes, No uint16 // indexes into the tree
	At      float32
}

// Leaf is the Feature of a leaf.
const Leaf = math.MaxUint16

// Score sets Probability of every block of the page.
func (m *Model) Score(p *Page, ctx Context) {
	rows := m.borrow(len(p.Blocks) * FeatureCount)
	defer m.giveBack(rows)
	p.features(ctx, m, rows)
	prob := probabilities(m.First, m.first, rows, FeatureCount)
	var open []int // only these blocks are scored again
	for i, b := range p.Blocks {
		if b.Probability = prob[i]; prob[i] > SecondPassMin {
			open = append(open, i)
		}
	}
	secondRows := m.borrow(len(open) * SecondFeatureCount)
	defer m.giveBack(secondRows)
	p.secondFeatures(rows, prob, open, secondRows)
	for k, second := range probabilities(m.Second, m.second, secondRows, SecondFeatureCount) {
		p.Blocks[open[k]].Probability = second
	}
	if len(m.Sequence) > 0 {
		in := m.Sequence.Marginals(p.Chain(open), nil)
		for k, i := range open {
			p.Blocks[i].Probability = float32(in[k])
		}
	}
}

// maxKeptRows bounds the rows that are used again, in numbers of four bytes; pages
// with as many blocks are rare.
const maxKeptRows = 1 << 20

// borrow gives so many zeros, to be given back.
func (m *Model) borrow(n int) []float32 {
	if b, ok := m.rows.Get().(*[]float32); ok && cap(*b) >= n {
		rows := (*b)[:n]
		clear(rows)
		return rows
	}
	return make([]float32, n)
}

func (m *Model) giveBack(rows []float32) {
	if cap(rows) <= maxKeptRows {
		m.rows.Put(&rows)
	}
}

// SecondPassMin is the first pass's probability above which a block is scored
// again. No second pass rescues a block below it.
const SecondPassMin = 0.05 // about the probability of rejectLogOdds

// Probability is how likely a row of features belongs to a block of the article.
func (f Forest) Probability(row []float32) float32 {
	return f.Probabilities(row, len(row))[0]
}

// Probabilities is Probability for several rows of the same width, one after
// another.
func (f Forest) Probabilities(rows []float32, width int) []float32 {
	return probabilities(f, nil, rows, width)
}

// rowsAtOnce is how many rows go through a forest together: few enough that they
// stay in the processor's cache, while each tree is read once for all of them.
const rowsAtOnce = 32

// probabilities are the Probabilities of a forest; fast is the same forest by
// levels, or nil.
func probabilities(f Forest, fast levelForest, rows []float32, width int) []float32 {
	sums := make([]float32, len(rows)/width)
	var open [rowsAtOnce]int
	for from := 0; from < len(sums); from += rowsAtOnce {
		to := min(from+rowsAtOnce, len(sums))
		for i := range to - from {
			open[i] = i
		}
		addTrees(f, fast, rows[from*width:to*width], width, open[:to-from], sums[from:to])
	}
	for i, s := range sums {
		sums[i] = float32(1 / (1 + math.Exp(-float64(s))))
	}
	return sums
}

// addTrees adds the values of all trees to the sums of open rows.
func addTrees(f Forest, fast levelForest, rows []float32, width int, open []int, sums []float32) {
	for k, t := range f {
		if fast != nil {
			fast[k].add(rows, width, open, sums)
		} else {
			for _, i := range open {
				sums[i] += t.Value(rows[i*width : (i+1)*width])
			}
		}
		if k&7 == 7 && k >= rejectAfter {
			open = slices.DeleteFunc(open, func(i int) bool { return sums[i] < rejectLogOdds })
			if len(open) == 0 {
				return
			}
		}
	}
}

// Most blocks of a page are menus and lists of links. With odds so low after so
// many trees, the other trees would not change the outcome.
const (
	rejectAfter   = 15
	rejectLogOdds = -3
)

// Value is the value of the leaf that a row leads to.
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

// nameWeight is the sum of the weights of a class or id: of its parts and of whole
// names.
func (m *Model) nameWeight(value string) float32 {
	var sum float32
	NameHashes(value, func(h uint32) { sum += m.NameWeights.Weight(h) })
	return max(-6, min(sum, 6))
}

// termWeights are the weights of a text's terms, of those that have one: their sum,
// the lowest, the mean, and the first if it begins the text.
func (m *Model) termWeights(text string) (sum, lowest, mean, first float32) {
	var some [maxTerms]uint32
	words, _ := appendWords(some[:0], text, maxTerms)
	n := 0
	for i, h := range words {
		w := m.TermWeights.Weight(h)
		if w != 0 {
			n++
			sum += w
			lowest = min(lowest, w)
		}
		if i == 0 {
			first = w
			continue
		}
		w = m.TermWeights.Weight(pairHash(words[i-1], h))
		if w == 0 {
			continue
		}
		n++
		sum += w
		lowest = min(lowest, w)
		if i == 1 {
			first += w
		}
	}
	if n > 0 {
		mean = sum / float32(n)
	}
	return max(-12, min(sum, 12)), lowest, mean, first
}

//go:embed model.bin
var embedded []byte

// Embedded is the model in the program.
var Embedded = sync.OnceValue(func() *Model {
	m, err := Unmarshal(embedded)
	if err != nil {
		return &Model{} // cannot happen: TestEmbedded
	}
	return m.prepare()
})
