package evidence_test

import (
	"math"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// learned is a model of two pieces: being in an h1 is for a candidate, and being
// linked speaks against it, the more if it is in no h1.
var learned = &evidence.Model{
	Pieces: []string{"in an h1", "linked"},
	Least:  -0.5,
	Trees: []evidence.Tree{
		{{Piece: 0, Yes: 1, No: 2, At: 0.5, Value: -0.25}, {Piece: 1, Yes: 3, No: 4, At: 0.5, Value: -1.5}, {Piece: -1, Value: 1}, {Piece: -1, Value: -1}, {Piece: -1, Value: -2}},
		{{Piece: -1, Value: 0.25}},
	},
	Curve: []evidence.Point{{-1, 0.2}, {1, 0.9}},
}

func TestModelScore(t *testing.T) {
	for _, c := range []struct {
		v    evidence.Values
		want float64
	}{{evidence.Values{1, 0}, 1.25}, {evidence.Values{1, 1}, 1.25}, {evidence.Values{0, 0}, -0.75}, {evidence.Values{0, 1}, -1.75}} {
		if got := learned.Score(c.v); got != c.want {
			t.Errorf("Score(%v) = %v, want %v", c.v, got, c.want)
		}
		sum := 0.0
		for _, e := range learned.Explain(c.v) {
			sum += e.Part
		}
		if math.Abs(sum-c.want) > 1e-9 {
			t.Errorf("the parts of %v add up to %v, want %v", c.v, sum, c.want)
		}
	}
}

func TestModelConfidence(t *testing.T) {
	for score, want := range map[float64]float64{-9: 0.2, -1: 0.2, 0: 0.55, 1: 0.9, 9: 0.9} {
		if got := learned.Confidence(score); math.Abs(got-want) > 1e-9 {
			t.Errorf("Confidence(%v) = %v, want %v", score, got, want)
		}
	}
}

// TestModelPieces: what is read again says the same, also if the code numbers its
// pieces in another order; what only the data knows is not asked for.
func TestModelPieces(t *testing.T) {
	data := learned.Marshal()
	same := evidence.Learned(data, "linked", "in an h1", "bold")()
	if got, want := same.Score(evidence.Values{1, 0, 1}), -1.75; got != want {
		t.Errorf("Score = %v, want %v", got, want)
	}
	if same.Least != learned.Least || len(same.Curve) != 2 {
		t.Errorf("Least %v, curve %v", same.Least, same.Curve)
	}
	fewer := evidence.Learned(data, "in an h1")()
	if got, want := fewer.Score(evidence.Values{0}), -1.25; got != want {
		t.Errorf("without linked: Score = %v, want %v", got, want)
	}
	unknown, vain, err := evidence.Missing(data, "in an h1", "bold")
	if err != nil || strings.Join(unknown, ",") != "bold" || strings.Join(vain, ",") != "linked" {
		t.Errorf("Missing = %v, %v, %v", unknown, vain, err)
	}
}

func TestModelDamaged(t *testing.T) {
	for _, data := range []string{
		`{"pieces":["a"]}` + "\n" + `[[0,0,0,0,0]]`,
		`{"pieces":["a"]}` + "\n" + `[[0,1,2,0,0],[-1,0,0,0,1]]`,
		`{"pieces":["a"]}` + "\n" + `[[1,1,2,0,0],[-1,0,0,0,1],[-1,0,0,0,1]]`,
		`{"pieces":["a"]}` + "\n" + `[]`,
		`{`,
	} {
		if _, err := evidence.Unmarshal([]byte(data)); err == nil {
			t.Errorf("no error for %s", data)
		}
	}
}
