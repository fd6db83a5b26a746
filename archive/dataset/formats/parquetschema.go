package formats

import (
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// zstdCodec compresses pages; the level is 3 of zstd. It keeps encoders for all files.
var zstdCodec = &zstd.Codec{Level: zstd.SpeedDefault}

// A parquetGroup is a group of columns in their own order; parquet.Group sorts them.
type parquetGroup struct {
	parquet.Group
	fields []parquet.Field
}

// Fields implements parquet.Node.
func (g *parquetGroup) Fields() []parquet.Field { return g.fields }

// parquetSchema returns the schema of a table. Each column is one leaf, at its index.
func parquetSchema(t *table.Table) *parquet.Schema {
	g := &parquetGroup{Group: parquet.Group{}}
	for _, c := range t.Columns {
		g.Group[c.Name] = parquetNode(&c)
	}
	g.fields = slices.Clone(g.Group.Fields())
	slices.SortFunc(g.fields, func(a, b parquet.Field) int { return t.Column(a.Name()) - t.Column(b.Name()) })
	return parquet.NewSchema(t.Name, g)
}

func parquetNode(c *table.Column) parquet.Node {
	n := parquetLeaf(c.Type)
	if c.Few && c.Type != table.Bool {
		n = parquet.Encoded(n, &parquet.RLEDictionary)
	} else {
		// Texts are smaller in plain pages of 1 MiB than in the library's default
		// encoding, and every reader has plain.
		n = parquet.Encoded(n, &parquet.Plain)
	}
	n = parquet.Compressed(n, zstdCodec)
	if c.Type == table.Strings {
		n = parquet.List(n) // of three levels, as the specification has it
	}
	if !c.Required {
		n = parquet.Optional(n)
	}
	return n
}

func parquetLeaf(t table.Type) parquet.Node {
	switch t {
	case table.Int:
		return parquet.Int(64)
	case table.Float:
		return parquet.Leaf(parquet.DoubleType)
	case table.Bool:
		return parquet.Leaf(parquet.BooleanType)
	case table.Time:
		return parquet.Timestamp(parquet.Millisecond)
	case table.JSON:
		return parquet.JSON()
	}
	return parquet.String()
}

// withoutBounds lists the columns whose smallest and largest value would help no
// reader, and make the footer large: long texts, and lists.
func withoutBounds(t *table.Table) (options []parquet.WriterOption) {
	for _, c := range t.Columns {
		switch {
		case c.Type == table.Strings:
			options = append(options, parquet.SkipPageBounds(c.Name, "list", "element"))
		case c.Type == table.JSON, c.Type == table.String && (c.Long || c.Text):
			options = append(options, parquet.SkipPageBounds(c.Name))
		}
	}
	return options
}

// A parquetColumn makes values of a column.
type parquetColumn struct {
	index    int
	typ      table.Type
	required bool
}

// add appends the value of a row. keep copies a text to where it stays until the values
// are written.
func (c *parquetColumn) add(to []parquet.Value, v *table.Value, keep func(string) []byte) []parquet.Value {
	if !v.Set {
		return append(to, parquet.NullValue().Level(0, 0, c.index))
	}
	defined := 1
	if c.required {
		defined = 0
	}
	if c.typ == table.Strings {
		defined++
		for i, s := range v.List {
			to = append(to, parquet.ByteArrayValue(keep(s)).Level(min(i, 1), defined, c.index))
		}
		return to
	}
	return append(to, parquetValue(v, c.typ, keep).Level(0, defined, c.index))
}

func parquetValue(v *table.Value, t table.Type, keep func(string) []byte) parquet.Value {
	switch t {
	case table.Int, table.Time:
		return parquet.Int64Value(v.Int)
	case table.Float:
		return parquet.DoubleValue(v.Float)
	case table.Bool:
		return parquet.BooleanValue(v.Int != 0)
	}
	return parquet.ByteArrayValue(keep(v.Text))
}
