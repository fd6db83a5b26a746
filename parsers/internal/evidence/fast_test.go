package evidence

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestFastTrees: the trees laid out for reading give the sums of the trees, to the last
// bit.
func TestFastTrees(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var grow func(t Tree, depth int) Tree
	grow = func(t Tree, depth int) Tree {
		k := len(t)
		t = append(t, Node{Piece: -1, Value: random.Float64()})
		if depth == 0 || random.IntN(4) == 0 {
			return t
		}
		t[k].Piece, t[k].At = random.IntN(5), float64(random.IntN(3))/2
		t[k].Yes = len(t)
		t = grow(t, depth-1)
		t[k].No = len(t)
		return grow(t, depth-1)
	}
	for count := range 12 {
		m := &Model{}
		for range count {
			m.Trees = append(m.Trees, grow(nil, random.IntN(7)))
		}
		fast := *m
		fast.fast = newFastTrees(m.Trees)
		for range 100 {
			v := make(Values, 5)
			for i := range v {
				switch random.IntN(6) {
				case 0:
					v[i] = math.NaN()
				case 1:
					v[i] = math.Inf(1)
				default:
					v[i] = random.Float64() * 1.5
				}
			}
			if got, want := fast.Score(v), m.Score(v); math.Float64bits(got) != math.Float64bits(want) {
				t.Fatalf("%d trees, %v: got %v, want %v", count, v, got, want)
			}
		}
	}
}
