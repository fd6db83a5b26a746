// Package recipe defines what a dataset is made by: the format, the choice of articles,
// and what is done with them. The same archive and the same recipe give the same bytes.
// It reads, checks and writes recipes, and exports nothing.
package recipe

// A Recipe is the file recipe.toml of a dataset. The zero value exports all articles,
// live pages, galleries and videos in their latest versions, as JSON Lines.
type Recipe struct {
	Format    string   `toml:"format"`              // "jsonl", "jsonl.zst", "csv", "parquet", "sqlite" or "text"
	Tables    []string `toml:"tables,omitempty"`    // all but personal ones if empty
	Fields    []string `toml:"fields,omitempty"`    // of articles; all usual ones if empty; "all" for the optional ones, too
	Excel     bool     `toml:"excel,omitempty"`     // csv: a byte order mark, guarded formulas, short cells
	Partition bool     `toml:"partition,omitempty"` // parquet, jsonl, jsonl.zst, csv: folders by month and by hash of the site
	Media     bool     `toml:"media,omitempty"`     // with the archived pictures of the articles

	Filter  Filter  `toml:"filter,omitempty"`
	Choice  Choice  `toml:"choice,omitempty"`
	Rights  Rights  `toml:"rights,omitempty"`
	Dataset Dataset `toml:"dataset,omitempty"`
}

// A Filter selects articles. Times are RFC 3339, dates, months or years; those of the
// end include the whole day, month or year.
type Filter struct {
	Sites         []string `toml:"sites,omitempty"`
	Sections      []string `toml:"sections,omitempty"`
	Authors       []string `toml:"authors,omitempty"`
	Languages     []string `toml:"languages,omitempty"`
	Kinds         []string `toml:"kinds,omitempty"` // "all" for every kind
	Since         string   `toml:"since,omitempty"` // of publication
	Until         string   `toml:"until,omitempty"`
	CapturedSince string   `toml:"captured-since,omitempty"`
	CapturedUntil string   `toml:"captured-until,omitempty"`
	Query         string   `toml:"query,omitempty"` // as newsmorgue search has it
	MinWords      int      `toml:"min-words,omitzero"`
}

// A Choice chooses among the articles that the filter selects, and among their versions.
type Choice struct {
	Version string `toml:"version,omitempty"` // "latest" if empty, "first" or "all"
	AsOf    string `toml:"as-of,omitempty"`   // the archive as it was at a time, or at the end of a run (its WARC-Record-ID)
	Dedupe  string `toml:"dedupe,omitempty"`  // "none" if empty, "exact" or "near"
	// Clusters of near-duplicates are computed, as columns, though none are left out.
	Clusters bool   `toml:"clusters,omitempty"`
	Sample   int    `toml:"sample,omitzero"` // a random sample of so many articles
	Limit    int    `toml:"limit,omitzero"`  // the first so many in the order of the table
	Split    string `toml:"split,omitempty"` // "hash:80/10/10", "time:DATE,DATE" or "site:80/10/10"
	Seed     uint64 `toml:"seed,omitzero"`   // of the sample and the splits
}

// Rights say how much of the articles is exported.
type Rights struct {
	Tier           string   `toml:"tier,omitempty"`            // "full" if empty, or "pointers"
	RespectOptouts bool     `toml:"respect-optouts,omitempty"` // articles whose publishers reserve such uses are left out
	Redact         []string `toml:"redact,omitempty"`          // "emails", "phones"
	RedactList     string   `toml:"redact-list,omitempty"`     // SHA-256 of the list; the list itself is in no dataset
}

// A Dataset says what nobody but its makers knows. An export invents none of it.
type Dataset struct {
	Title       string    `toml:"title,omitempty"`
	Name        string    `toml:"name,omitempty"` // a short identifier
	Description string    `toml:"description,omitempty"`
	Version     string    `toml:"version,omitempty"` // MAJOR.MINOR.PATCH
	URL         string    `toml:"url,omitempty"`
	DOI         string    `toml:"doi,omitempty"`
	License     string    `toml:"license,omitempty"` // SPDX identifier or URL
	Contact     string    `toml:"contact,omitempty"`
	Creators    []Creator `toml:"creators,omitempty"`
}

// A Creator is a maker of a dataset.
type Creator struct {
	Name        string `toml:"name"`
	ORCID       string `toml:"orcid,omitempty"`
	Affiliation string `toml:"affiliation,omitempty"`
	Email       string `toml:"email,omitempty"`
}
