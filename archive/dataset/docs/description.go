// Package docs writes the documents of a dataset, all from one Description: the data
// card README.md, the codebook, croissant.json, datapackage.json, CITATION.cff and
// recipe.toml. It does not read archives, and adds no fact that is not in the
// Description: no clock, no name of the machine.
package docs

import (
	"time"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// A Description is what is known of a dataset when its rows are written.
type Description struct {
	Recipe   recipe.Recipe
	Software string // "newsmorgue/0.1.0"
	// Archive is the ID of the archive, and Head what identifies its state: the Merkle
	// root of its newest sealed segment and the number of its records.
	Archive, Head string
	// Date is that of the newest capture in the dataset, which stands for the date of the
	// dataset, so that the same archive gives the same bytes.
	Date time.Time

	Articles int64
	Days     int64 // days on which exported articles were published, as far as they are known
	Tables   []Table
	Files    []folder.File // of the tables and of media, sorted by name; those of the folder if nil
	// Notes say how the format writes values, in Markdown; "" if there is nothing to say.
	Notes string

	Splits []Count // train, validation, test; none if there are no splits
	Leaks  int64   // clusters of which articles are in more than one split

	Sites, Kinds, Languages, Extractors []Count // the largest first
	Published, Captured                 [2]time.Time
	Left                                []Count // articles left out, by reason
	Duplicates                          Duplicates
	Optouts                             []Count // exported articles, by what their publishers reserve
	Redacted                            []Count // placeholders, by kind
	Precision                           []Precision
	Release                             *Release // the difference from an earlier release; nil if there is none
	// Runs are the crawls that fetched the pages.
	Runs []Run

	texts, media int64 // files of one article or picture each, which Files has not; set by Write
}

// A Table is a table of the dataset.
type Table struct {
	*table.Table
	Rows   int64
	Filled []int64  // for each column, rows in which it is not missing
	First  []string // for each column, the first value that is not missing, shortened; "" for text that must not be shown
}

// A Count counts articles or placeholders.
type Count struct {
	Name string
	N    int64
}

// Duplicates counts clusters of near-duplicates among the articles, before any are left out.
type Duplicates struct {
	Computed    bool  `json:"-"`
	Clusters    int64 `json:"clusters"`     // of at least two articles
	Articles    int64 `json:"articles"`     // in them
	AcrossSites int64 `json:"across_sites"` // clusters with articles of more than one site
	Exact       int64 `json:"exact"`        // articles with exactly the text of an earlier one
}

// A Precision is how often a person found a field right, in a sample.
type Precision struct {
	Field     string
	Yes, No   int
	Low, High float64 // 95 % interval of the share of Yes
}

// A Release is the difference between this dataset and an earlier release.
type Release struct {
	Name      string   `json:"name"` // of the earlier one: its version or folder
	Added     int64    `json:"added"`
	Changed   int64    `json:"changed"`
	Withdrawn int64    `json:"withdrawn"`
	Stayed    int64    `json:"same"`
	Differs   []string `json:"differs,omitempty"` // parts of the recipes that differ: "fields", "filter", "choice", "rights"
}

// A Run is a crawl.
type Run struct {
	ID, Site   string
	Start, End time.Time
}
