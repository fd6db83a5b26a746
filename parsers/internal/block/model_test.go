package block

import (
	"bytes"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// TestEmbedded: the program carries a model that fits its features.
func TestEmbedded(t *testing.T) {
	m, err := Unmarshal(embedded)
	if err != nil {
		t.Fatal(err)
	}
	if len(m.First) == 0 || len(m.Second) == 0 || m.NameWeights.Len() == 0 || m.TermWeights.Len() == 0 {
		t.Errorf("got %d and %d trees, %d names, %d terms; want some of each", len(m.First), len(m.Second), m.NameWeights.Len(), m.TermWeights.Len())
	}
	if got := m.Marshal(); !bytes.Equal(got, embedded) {
		t.Errorf("Marshal gives %d bytes other than the %d read", len(got), len(embedded))
	}
}

func tiny() *Model {
	return &Model{
		NameWeights: NewTable(map[uint32]float32{7: -1.5}),
		TermWeights: NewTable(map[uint32]float32{9: 2}),
		First:       Forest{{{Feature: fWords, Yes: 1, No: 2, At: 1}, {Feature: Leaf, At: -1}, {Feature: Leaf, At: 2}}},
		Second:      Forest{{{Feature: Leaf, At: 0.5}}},
	}
}

func TestMarshal(t *testing.T) {
	m := tiny()
	got, err := Unmarshal(m.Marshal())
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(got, m) {
		t.Errorf("got %+v, want %+v", got, m)
	}
	data := m.Marshal()
	for cut := range data {
		if _, err := Unmarshal(data[:cut]); err == nil {
			t.Errorf("cut at %d of %d bytes: no error", cut, len(data))
		}
	}
}

func TestForest(t *testing.T) {
	f := tiny().First
	row := make([]float32, FeatureCount)
	if got, want := f.Probability(row), float32(1/(1+math.Exp(1))); got != want {
		t.Errorf("few words: got %v, want %v", got, want)
	}
	row[fWords] = 3
	if got, want := f.Probability(row), float32(1/(1+math.Exp(-2))); got != want {
		t.Errorf("many words: got %v, want %v", got, want)
	}
}

// TestLevels: the trees by levels give the values of the trees, to the last bit.
func TestLevels(t *testing.T) {
	deep := make(Tree, 0, 2*maxLevels+5)
	for k := range uint16(maxLevels + 2) {
		deep = append(deep, Node{Feature: k, Yes: 2*k + 1, No: 2*k + 2, At: 0.5}, Node{Feature: Leaf, At: float32(k)})
	}
	deep = append(deep, Node{Feature: Leaf, At: 99})
	for name, f := range map[string]Forest{
		"first": Embedded().First, "second": Embedded().Second, "leaf alone": {{{Feature: Leaf, At: 0.25}}}, "too deep": {deep, tiny().First[0]}, "none": {},
	} {
		random := rand.New(rand.NewPCG(1, 2))
		rows := make([]float32, 103*FeatureCount)
		for i := range rows {
			switch random.IntN(8) {
			case 0:
				rows[i] = float32(random.IntN(30) - 5)
			case 1:
				rows[i] = float32(math.NaN())
			default:
				rows[i] = random.Float32()
			}
		}
		got, want := probabilities(f, f.byLevels(), rows, FeatureCount), f.Probabilities(rows, FeatureCount)
		for i := range want {
			if math.Float32bits(got[i]) != math.Float32bits(want[i]) {
				t.Fatalf("%s, row %d: got %v, want %v", name, i, got[i], want[i])
			}
		}
	}
}

// FuzzUnmarshal: no bytes make a model that panics.
func FuzzUnmarshal(f *testing.F) {
	f.Add(tiny().Marshal())
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := Unmarshal(data)
		if err != nil {
			return
		}
		m.prepare()
		m.First.Probability(make([]float32, FeatureCount))
		m.Second.Probability(make([]float32, SecondFeatureCount))
	})
}

func TestTable(t *testing.T) {
	want := map[uint32]float32{}
	for i := range uint32(3000) {
		want[i*2654435761] = float32(i%7) - 3
	}
	table := NewTable(want)
	for k, w := range want {
		if got := table.Weight(k); got != w {
			t.Fatalf("%d: got %v, want %v", k, got, w)
		}
	}
	n := 0
	for k, w := range table.All() {
		if n++; want[k] != w {
			t.Errorf("%d: got %v, want %v", k, w, want[k])
		}
	}
	if table.Weight(12345) != 0 || n != table.Len() || new(Table).Weight(1) != 0 {
		t.Errorf("got %d weights of %d, and some for what is not there", n, table.Len())
	}
}
