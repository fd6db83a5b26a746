// Package table defines the tables of a dataset: their columns with type and meaning,
// and the values of their rows. Everything that writes or describes a dataset takes
// them from here, so that one vocabulary holds for all formats and documents. It does
// not read archives and writes no files.
package table

import (
	"fmt"
	"slices"
)

// A Type is the type of a column's values.
type Type int

// The types. Any value may be missing unless its column is Required.
const (
	String  Type = iota // UTF-8
	Int                 // 64 bits, signed
	Float               // 64 bits
	Bool                // stored in Value.Int as 0 or 1
	Time                // an instant: milliseconds since 1970 in UTC, in Value.Int
	Strings             // a list of strings; an empty list is missing
	JSON                // a JSON text (RFC 8259)
)

var typeNames = [...]string{"string", "integer", "number", "boolean", "datetime", "list of strings", "JSON"}

// String names a type as in codebooks.
func (t Type) String() string { return typeNames[t] }

// A Column describes one column of a table.
type Column struct {
	Name     string
	Type     Type
	Meaning  string
	Unit     string // "words", "bytes", "0 to 1"; "" if there is none
	From     string // where its values come from: "page", "server", "archive" or "computed"
	Required bool   // never missing
	Few      bool   // few different values, for dictionaries and categories
	Long     bool   // long text
	Personal bool   // personal data of people other than as authors of what they publish
	Optional bool   // only in datasets that name it in their fields
	Text     bool   // reproduces the publisher's text: not in datasets of pointers
	Of       string // the column of another table that it refers to: "articles.id"
}

// A Table describes one table. Its rows are sorted by its key unless Order says otherwise.
type Table struct {
	Name    string // of its files, too
	Meaning string // one row is …
	Key     []string
	Order   string // how its rows are sorted, in words
	Columns []Column
	// Personal tables are only in datasets that ask for them.
	Personal bool
}

// Column finds a column by its name, or returns -1.
func (t *Table) Column(name string) int {
	return slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
}

// With returns the table with only some of its columns, in its own order; those of its
// key always stay. It returns an error for a name that is not one of its columns.
func (t *Table) With(names []string) (*Table, error) {
	for _, n := range names {
		if t.Column(n) < 0 {
			return nil, &UnknownError{What: "field", Name: n, Known: t.names()}
		}
	}
	return t.where(func(c Column) bool { return slices.Contains(names, c.Name) || slices.Contains(t.Key, c.Name) }), nil
}

// Usual returns the table without its Optional columns.
func (t *Table) Usual() *Table { return t.where(func(c Column) bool { return !c.Optional }) }

// Pointers returns the table without the columns that reproduce text or have personal
// data.
func (t *Table) Pointers() *Table {
	return t.where(func(c Column) bool { return !c.Text && !c.Personal })
}

func (t *Table) where(keep func(Column) bool) *Table {
	some := *t
	some.Columns = nil
	for _, c := range t.Columns {
		if keep(c) {
			some.Columns = append(some.Columns, c)
		}
	}
	return &some
}

func (t *Table) names() (names []string) {
	for _, c := range t.Columns {
		names = append(names, c.Name)
	}
	return names
}

// An UnknownError says that a dataset has no table, field or format of a name.
type UnknownError struct {
	What  string // "table", "field", "format"
	Name  string
	Known []string
}

func (e *UnknownError) Error() string { return fmt.Sprintf("unknown %s %q", e.What, e.Name) }

// ByName finds one of All.
func ByName(name string) (*Table, error) {
	var known []string
	for _, t := range All {
		if t.Name == name {
			return t, nil
		}
		known = append(known, t.Name)
	}
	return nil, &UnknownError{What: "table", Name: name, Known: known}
}
