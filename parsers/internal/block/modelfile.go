package block

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
)

// magic begins a model file; its last byte is the version.
const magic = "nmmodel\x02"

// tableScale is the precision of a table's weights: they are stored in steps of
// 1/tableScale.
const tableScale = 32

// Lengths in a model file, in bytes.
const (
	slotSize = 5  // of a weight: its hash and an int8
	nodeSize = 10 // of a node
)

// Marshal writes a model: magic, the counts of features, the tables sorted by
// hash, the trees, the weights of the sequence, those of the confidence; numbers are little-endian. Equal models have equal bytes.
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
	for _, weights := range [][]float32{m.Sequence, m.Confidence} {
		u32(uint32(len(weights)))
		_ = binary.Write(&b, binary.LittleEndian, weights)
	}
	return b.Bytes()
}

// errCut is the error of a model file that ends too early.
var errCut = errors.New("the model file is truncated")

// Unmarshal reads what Marshal wrote. It fails for a truncated or inconsistent file,
// and for a model that was made for other features.
func Unmarshal(data []byte) (*Model, error) {
	rest, ok := bytes.CutPrefix(data, []byte(magic))
	if !ok {
		return nil, errors.New("not a model file, or one of another version")
	}
	r := modelReader{rest: rest}
	first, second := r.uint32(), r.uint32()
	if r.err == nil && (first != uint32(FeatureCount) || second != uint32(SecondFeatureCount)) {
		return nil, fmt.Errorf("the model is for %d and %d features, not for %d and %d", first, second, FeatureCount, SecondFeatureCount)
	}
	m := &Model{NameWeights: r.table(), TermWeights: r.table()}
	m.First, m.Second = r.forest(FeatureCount), r.forest(SecondFeatureCount)
	m.Sequence, m.Confidence = r.weights(), r.weights()
	if r.err == nil && len(m.Sequence) > 0 && len(m.Sequence) != SequenceWeights {
		return nil, fmt.Errorf("the model has %d weights for sequences, not %d", len(m.Sequence), SequenceWeights)
	}
	if r.err != nil {
		return nil, r.err
	}
	return m, nil
}

// A modelReader reads parts of a model file. After an error all parts are empty.
type modelReader struct {
	rest []byte
	err  error
}

// take is the next count pieces of a size; nil if there are not as many left.
func (r *modelReader) take(count uint32, size int) []byte {
	n := uint64(count) * uint64(size)
	if r.err == nil && n > uint64(len(r.rest)) {
		r.err = errCut
	}
	if r.err != nil {
		return nil
	}
	piece := r.rest[:n]
	r.rest = r.rest[n:]
	return piece
}

func (r *modelReader) uint32() uint32 {
	if b := r.take(1, 4); b != nil {
		return binary.LittleEndian.Uint32(b)
	}
	return 0
}

func (r *modelReader) table() Table {
	slots := r.take(r.uint32(), slotSize)
	weights := make(map[uint32]float32, len(slots)/slotSize)
	for ; len(slots) > 0; slots = slots[slotSize:] {
		weights[binary.LittleEndian.Uint32(slots)] = float32(int8(slots[4])) / tableScale
	}
	return NewTable(weights)
}

// weights reads a list of numbers; nil if it is empty.
func (r *modelReader) weights() []float32 {
	data := r.take(r.uint32(), 4)
	if r.err != nil || len(data) == 0 {
		return nil
	}
	all := make([]float32, len(data)/4)
	for i := range all {
		all[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return all
}

// forest reads trees over rows of a width.
func (r *modelReader) forest(width int) Forest {
	var f Forest
	for range r.uint32() {
		t := r.tree(width)
		if r.err != nil {
			return nil
		}
		f = append(f, t)
	}
	return f
}

func (r *modelReader) tree(width int) Tree {
	n := r.uint32()
	data := r.take(n, nodeSize)
	if r.err == nil && (n == 0 || n > Leaf) {
		r.err = errors.New("the model file has a tree without nodes or with too many")
	}
	if r.err != nil {
		return nil
	}
	t := make(Tree, n)
	for i := range t {
		d := data[i*nodeSize:]
		t[i] = Node{
			Feature: binary.LittleEndian.Uint16(d),
			Yes:     binary.LittleEndian.Uint16(d[2:]),
			No:      binary.LittleEndian.Uint16(d[4:]),
			At:      math.Float32frombits(binary.LittleEndian.Uint32(d[6:])),
		}
		if !t[i].valid(i, len(t), width) {
			r.err = errors.New("the model file has a tree with an invalid node")
			return nil
		}
	}
	return t
}

// valid reports whether the node at index i of a tree compares a feature of the row
// and leads to nodes further on.
func (n Node) valid(i, nodes, width int) bool {
	further := func(k uint16) bool { return int(k) > i && int(k) < nodes }
	return n.Feature == Leaf || int(n.Feature) < width && further(n.Yes) && further(n.No)
}
