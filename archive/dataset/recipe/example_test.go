package recipe_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
)

// The recipe of a dataset for a study of one year, as for newsmorgue export --recipe.
func Example() {
	r, err := recipe.Parse(strings.NewReader(`
format = "parquet"

[filter]
sites     = ["capitalpost.ng"]
since     = "2026"
until     = "2026"
min-words = 50

[choice]
dedupe = "near"
split  = "hash:80/10/10"

[rights]
redact = ["emails", "phones"]

[dataset]
title   = "Capital Post 2026"
version = "1.0.0"

[[dataset.creators]]
name  = "Jane Doe"
orcid = "0000-0002-1825-0097"
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := r.Write(os.Stdout); err != nil {
		fmt.Println(err)
	}
	// Output:
	// format = "parquet"
	//
	// [filter]
	// sites = ["capitalpost.ng"]
	// since = "2026"
	// until = "2026"
	// min-words = 50
	//
	// [choice]
	// dedupe = "near"
	// split = "hash:80/10/10"
	//
	// [rights]
	// redact = ["emails", "phones"]
	//
	// [dataset]
	// title = "Capital Post 2026"
	// version = "1.0.0"
	//
	// [[dataset.creators]]
	// name = "Jane Doe"
	// orcid = "0000-0002-1825-0097"
}
