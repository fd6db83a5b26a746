package formats

import (
	"fmt"

	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// In the header of the database: the version of its layout, and what it is.
const (
	sqliteVersion     = 1
	sqliteApplication = 0x4E4D4453 // "NMDS"
)

// createIndexes returns the statements for the columns by which rows are looked up:
// sites, times of publication, and what refers to another table.
func createIndexes(t *table.Table) (statements []string) {
	for _, c := range t.Columns {
		if c.Of == "" && c.Name != "site" && c.Name != "published_at" {
			continue
		}
		if len(t.Key) > 0 && t.Key[0] == c.Name {
			continue // the primary key has it
		}
		// Most rows of some columns have no value, and would only fill their index.
		where := ""
		if !c.Required {
			where = fmt.Sprintf(" WHERE %s IS NOT NULL", quoteName(c.Name))
		}
		statements = append(statements, fmt.Sprintf("CREATE INDEX %s ON %s (%s)%s",
			quoteName(t.Name+"_"+c.Name), quoteName(t.Name), quoteName(c.Name), where))
	}
	return statements
}

// fullTextColumns are those of articles that are in its full-text index.
var fullTextColumns = []string{"title", "text", "authors"}

// createFullText returns the statements for the full-text index of articles, in the
// form that Datasette finds by itself: an FTS5 table over the columns of another.
func createFullText(t *table.Table) []string {
	if t.Name != table.Articles.Name {
		return nil
	}
	var names []string
	for _, n := range fullTextColumns {
		if t.Column(n) >= 0 {
			names = append(names, n)
		}
	}
	if len(names) == 0 {
		return nil
	}
	fts := quoteName(t.Name + "_fts")
	set := func(name string, value int) string {
		return fmt.Sprintf("INSERT INTO %s (%s, rank) VALUES ('%s', %d)", fts, fts, name, value)
	}
	return []string{
		fmt.Sprintf("CREATE VIRTUAL TABLE %s USING fts5(%s, content=%s, tokenize='unicode61 remove_diacritics 2')",
			fts, quoteNames(names), quoteName(t.Name)),
		// With more memory for new words, in bytes, there is less to merge: a third of
		// the time is saved. Afterwards it is as usual.
		set("hashsize", 16<<20),
		fmt.Sprintf("INSERT INTO %s (%s) VALUES ('rebuild')", fts, fts),
		set("hashsize", 1<<20),
	}
}
