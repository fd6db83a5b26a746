package split_test

import (
	"fmt"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/dataset/split"
)

// A wire story of December is copied in May: the copy is neither tested with, because
// training has the story, nor trained on, because it is of May.
func ExampleRule_Assign() {
	rule, err := split.Parse("time:2026-01-01,2026-04-01")
	if err != nil {
		fmt.Println(err)
		return
	}
	first := split.Row{Story: 12, Site: "wire.example", Published: time.Date(2025, 12, 3, 0, 0, 0, 0, time.UTC)}
	copied := split.Row{Story: 12, Site: "daily.example", Published: time.Date(2026, 5, 9, 0, 0, 0, 0, time.UTC)}
	var tally split.Tally
	for _, row := range []split.Row{first, copied} {
		s, why := rule.Assign(row, first)
		tally.Add(row.Story, 2, s, why)
		fmt.Printf("%s: %q %q\n", row.Site, s, why)
	}
	fmt.Println("stories in two splits:", tally.Leaks())
	// Output:
	// wire.example: "train" ""
	// daily.example: "" "leaking"
	// stories in two splits: 0
}
