package evidence

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A Model weighs candidates as it was taught to: decision trees over the values of
// named pieces of evidence, whose results add up to the logarithm of the odds that
// the candidate is right. Command train makes it of labelled pages, with pages of
// other sites to check it: parsers/internal/train. It is not written to.
type Model struct {
	Pieces []string // names of the pieces, by their number in Values
	Least  float64  // score below which "none" is the better answer
	Trees  []Tree
	Curve  []Point // how often winners were right, by their score; scores ascend

	fast *fastTrees // the trees as Score reads them; nil: as they are
}

// A Tree is a decision tree; its nodes follow their parents.
type Tree []Node

// A Node asks whether the value of a piece is at most At: Yes follows if it is, No
// otherwise. A leaf has Piece -1. Value is what the tree says if nothing further is
// asked: in a leaf its result, elsewhere the mean of what follows.
type Node struct {
	Piece   int
	Yes, No int // indexes into the tree
	At      float64
	Value   float64
}

// A Point of a calibration curve: of the winners with this score, what share was
// right.
type Point struct{ Score, Right float64 }

// Score is the logarithm of the odds that a candidate is right.
func (m *Model) Score(v Values) float64 {
	if m.fast.knows(v) {
		return m.fast.score(v)
	}
	sum := 0.0
	for _, t := range m.Trees {
		k := 0
		for t[k].Piece >= 0 {
			k = t[k].Next(v)
		}
		sum += t[k].Value
	}
	return sum
}

// Next is the node that the answer for a candidate leads to.
func (n *Node) Next(v Values) int {
	if v[n.Piece] <= n.At {
		return n.Yes
	}
	return n.No
}

// Confidence is how often candidates that won with this score were right, on pages
// of sites that the model had not seen; for a model without a curve what the odds
// say.
func (m *Model) Confidence(score float64) float64 {
	n := len(m.Curve)
	if n == 0 {
		return 1 / (1 + math.Exp(-score))
	}
	i, _ := slices.BinarySearchFunc(m.Curve, score, func(p Point, s float64) int {
		if p.Score < s {
			return -1
		}
		return 1
	})
	switch {
	case i == 0:
		return m.Curve[0].Right
	case i == n:
		return m.Curve[n-1].Right
	}
	a, b := m.Curve[i-1], m.Curve[i]
	if b.Score == a.Score {
		return b.Right
	}
	return a.Right + (b.Right-a.Right)*(score-a.Score)/(b.Score-a.Score)
}

// Any is the name of what a model says of a candidate before it asks for any piece.
const Any = "any candidate"

// Explain lists what each piece contributed to the score, the largest first: what
// the trees say after they asked for it against what they said before (Saabas,
// 2014). What they say before any question comes first.
func (m *Model) Explain(v Values) []article.Evidence {
	parts := make([]float64, len(m.Pieces))
	before := 0.0
	for _, t := range m.Trees {
		before += t[0].Value
		for k := 0; t[k].Piece >= 0; {
			next := t[k].Next(v)
			parts[t[k].Piece] += t[next].Value - t[k].Value
			k = next
		}
	}
	list := []article.Evidence{{Name: Any, Value: 1, Part: before}}
	for i, p := range parts {
		if p != 0 || v[i] != 0 {
			list = append(list, article.Evidence{Name: m.Pieces[i], Value: v[i], Part: p})
		}
	}
	slices.SortStableFunc(list[1:], func(a, b article.Evidence) int {
		switch x, y := math.Abs(a.Part), math.Abs(b.Part); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return list
}

// Learned gives the model of a field for the pieces that its code numbers so. data
// is what Marshal made. Pieces that only one of the two knows are not asked for; a
// test of the field makes sure that there are none.
func Learned(data []byte, pieces ...string) func() *Model {
	return sync.OnceValue(func() *Model {
		m, err := Unmarshal(data)
		if err != nil {
			m = &Model{}
		}
		return m.Renumbered(pieces)
	})
}

// Missing names the pieces that a model of data does not know, and those that it
// knows in vain.
func Missing(data []byte, pieces ...string) (unknown, vain []string, err error) {
	m, err := Unmarshal(data)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range pieces {
		if !slices.Contains(m.Pieces, p) {
			unknown = append(unknown, p)
		}
	}
	for _, p := range m.Pieces {
		if !slices.Contains(pieces, p) {
			vain = append(vain, p)
		}
	}
	return unknown, vain, nil
}

// Renumbered is the model for other numbers of the pieces. Of a piece that is not among
// them it does not ask: the tree then says what it would have said before.
func (m *Model) Renumbered(pieces []string) *Model {
	number := make([]int, len(m.Pieces))
	for i, p := range m.Pieces {
		number[i] = slices.Index(pieces, p)
	}
	trees := make([]Tree, len(m.Trees))
	for i, t := range m.Trees {
		trees[i] = slices.Clone(t)
		for k := range trees[i] {
			if n := &trees[i][k]; n.Piece >= 0 {
				if n.Piece = number[n.Piece]; n.Piece < 0 {
					// What the question was for is gone: both ways lead to its mean.
					n.Piece, n.Yes, n.No = -1, 0, 0
				}
			}
		}
	}
	renumbered := &Model{Pieces: pieces, Least: m.Least, Trees: trees, Curve: m.Curve}
	renumbered.fast = newFastTrees(trees)
	return renumbered
}

// A header is the first line of a model's data; each further line is a tree.
type header struct {
	Pieces []string     `json:"pieces"`
	Least  float64      `json:"least"`
	Curve  [][2]float64 `json:"curve"`
}

// Marshal gives a model's data: JSON lines, of which the first has the names of the
// pieces, each further one a tree, as a list of nodes [piece, yes, no, at, value].
func (m *Model) Marshal() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	h := header{Pieces: m.Pieces, Least: rounded(m.Least)}
	for _, p := range m.Curve {
		h.Curve = append(h.Curve, [2]float64{rounded(p.Score), rounded(p.Right)})
	}
	e.Encode(h)
	for _, t := range m.Trees {
		nodes := make([][5]float64, len(t))
		for i, n := range t {
			nodes[i] = [5]float64{float64(n.Piece), float64(n.Yes), float64(n.No), rounded(n.At), rounded(n.Value)}
		}
		e.Encode(nodes)
	}
	return b.Bytes()
}

func rounded(x float64) float64 { return math.Round(x*1e5) / 1e5 }

// Unmarshal reads what Marshal made.
func Unmarshal(data []byte) (*Model, error) {
	m := &Model{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for n := 0; lines.Scan(); n++ {
		if n == 0 {
			var h header
			if err := json.Unmarshal(lines.Bytes(), &h); err != nil {
				return nil, fmt.Errorf("model: %w", err)
			}
			m.Pieces, m.Least = h.Pieces, h.Least
			for _, p := range h.Curve {
				m.Curve = append(m.Curve, Point{p[0], p[1]})
			}
			continue
		}
		var nodes [][5]float64
		if err := json.Unmarshal(lines.Bytes(), &nodes); err != nil {
			return nil, fmt.Errorf("model, tree %d: %w", n, err)
		}
		t := make(Tree, len(nodes))
		for i, x := range nodes {
			t[i] = Node{Piece: int(x[0]), Yes: int(x[1]), No: int(x[2]), At: x[3], Value: x[4]}
			if t[i].Piece >= len(m.Pieces) || t[i].Piece >= 0 && (t[i].Yes <= i || t[i].No <= i || t[i].Yes >= len(t) || t[i].No >= len(t)) {
				return nil, fmt.Errorf("model, tree %d: node %d leads nowhere", n, i)
			}
		}
		if len(t) == 0 {
			return nil, fmt.Errorf("model, tree %d is empty", n)
		}
		m.Trees = append(m.Trees, t)
	}
	return m, lines.Err()
}
