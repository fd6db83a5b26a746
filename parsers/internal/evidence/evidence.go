// Package evidence weighs what speaks for and against a candidate of a field:
// named pieces of evidence, each with a weight, in one table a field. The weights
// are data, so that they can be printed, tested one by one, and learned.
package evidence

import "github.com/newsmorgue/newsmorgue/parsers/article"

// A Table names the pieces of evidence that a field is chosen by, and their
// weights. A field numbers its pieces with constants: these are indices into
// the table and into Values.
type Table []Piece

// A Piece is one row: a name that a reader understands ("in an h1"), and the
// weight of one unit of its value.
type Piece struct {
	Name   string
	Weight float64
}

// Values are what a candidate has of each piece of a Table: 1 or 0 for what is
// true or not, else an amount. A piece that is missing counts 0.
type Values []float64

// Set adds 1 to a piece if a condition holds.
func (v Values) Set(piece int, holds bool) {
	if holds {
		v[piece]++
	}
}

// Score is the sum of the values times their weights.
func (t Table) Score(v Values) float64 {
	sum := 0.0
	for i, x := range v {
		if x != 0 {
			sum += x * t[i].Weight
		}
	}
	return sum
}

// Explain lists the pieces that counted, in the order of the table.
func (t Table) Explain(v Values) []article.Evidence {
	var list []article.Evidence
	for i, x := range v {
		if x != 0 {
			list = append(list, article.Evidence{Name: t[i].Name, Value: x, Weight: t[i].Weight, Part: x * t[i].Weight})
		}
	}
	return list
}
