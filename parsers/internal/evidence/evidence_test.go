package evidence_test

import (
	"fmt"

	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

func Example() {
	const (
		inH1 = iota
		nearTop
		linked
	)
	table := evidence.Table{inH1: {"in an h1", 2}, nearTop: {"near the top", 0.5}, linked: {"leads elsewhere", -3}}

	v := make(evidence.Values, len(table))
	v.Set(inH1, true)
	v.Set(linked, false)
	v[nearTop] = 0.8

	fmt.Println(table.Score(v))
	for _, e := range table.Explain(v) {
		fmt.Println(e.Name, e.Value*e.Weight)
	}
	// Output:
	// 2.4
	// in an h1 2
	// near the top 0.4
}
