package table

// A Sink writes the tables of a dataset in one format.
type Sink interface {
	// Open begins the rows of one part of a table. Parts of a table may be open at the
	// same time, if they differ in their split.
	Open(t *Table, p Part) (Writer, error)
	// Close completes all files. It is called once, after all writers are closed.
	Close() error
}

// A Writer writes rows in the order of its table. A row and its texts are valid during
// the call only.
type Writer interface {
	Write(row []Value) error
	Close() error
}

// A Part is a part of a table that has files of its own.
type Part struct {
	Split string // "train", "validation", "test"; "" if the dataset has no splits
	// Dirs are folders in the form of Hive: "month=2026-11", "shard=03".
	Dirs []string
}
