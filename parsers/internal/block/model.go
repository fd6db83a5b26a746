package block

import (
	_ "embed"
	"math"
	"slices"
	"sync"
)

// A Model says how likely a block of text belongs to the article of its page. It
// has tables of weights for parts of class names and for words, a forest of
// decision trees over Features, and a second forest that scores a block again
// with the first one's scores of the blocks around it. Command train makes it:
// parsers/internal/train. It is not written to and may be shared.
type Model struct {
	NameWeights Table  // by hash of a part of a class or id
	TermWeights Table  // by hash of a word, or of two in a row
	First       Forest // over Features
	Second      Forest // over Page.SecondFeatures

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
	secondRows := m.borrow(len(p.Blocks) * SecondFeatureCount)
	defer m.giveBack(rows)
	defer m.giveBack(secondRows)
	p.features(ctx, m, rows)
	prob := probabilities(m.First, m.first, rows, FeatureCount)
	p.secondFeatures(rows, prob, secondRows)
	// Only blocks that the first pass leaves open are scored again; their rows move
	// to the front.
	open := 0
	for i := range prob {
		if prob[i] > SecondPassMin {
			copy(secondRows[open*SecondFeatureCount:], secondRows[i*SecondFeatureCount:(i+1)*SecondFeatureCount])
			open++
		}
	}
	second := probabilities(m.Second, m.second, secondRows[:open*SecondFeatureCount], SecondFeatureCount)
	for i, b := range p.Blocks {
		b.Probability = prob[i]
		if prob[i] > SecondPassMin {
			b.Probability, second = second[0], second[1:]
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

// probabilities are the Probabilities of a forest; fast is the same forest by
// levels, or nil.
func probabilities(f Forest, fast levelForest, rows []float32, width int) []float32 {
	sums := make([]float32, len(rows)/width)
	open := make([]int, len(sums))
	for i := range open {
		open[i] = i
	}
	// Tree by tree, so that each stays in the cache while all rows use it.
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
		}
	}
	for i, s := range sums {
		sums[i] = float32(1 / (1 + math.Exp(-float64(s))))
	}
	return sums
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
	n := 0
	weigh := func(h uint32, isFirst bool) {
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
	}
	TermHashes(text, weigh)
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
