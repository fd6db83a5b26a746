package table_test

import (
	"reflect"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

var rowColumns = []table.Column{{Type: table.String}, {Type: table.Int}, {Type: table.Float}, {Type: table.Bool}, {Type: table.Time}, {Type: table.Strings}, {Type: table.JSON}}

func TestRow(t *testing.T) {
	for _, row := range [][]table.Value{
		{table.Of("text"), table.OfInt(-5), table.OfFloat(0.25), table.OfBool(true), {Set: true, Int: -1 << 40}, table.OfList([]string{"a", "", "c"}), table.Of(`{"a":1}`)},
		make([]table.Value, len(rowColumns)),
	} {
		got := make([]table.Value, len(rowColumns))
		rest, err := table.ReadRow(string(table.AppendRow(nil, rowColumns, row))+"rest", rowColumns, got)
		if err != nil || rest != "rest" {
			t.Fatalf("rest %q, %v", rest, err)
		}
		for i := range got {
			if len(got[i].List) == 0 {
				got[i].List = nil
			}
		}
		if !reflect.DeepEqual(got, row) {
			t.Errorf("got %v, want %v", got, row)
		}
	}
}

// FuzzReadRow reads damaged rows: no panic, and no more memory than the input suggests.
func FuzzReadRow(f *testing.F) {
	f.Add(string(table.AppendRow(nil, rowColumns, []table.Value{table.Of("text"), table.OfInt(1), table.OfFloat(1), table.OfBool(true), {Set: true}, table.OfList([]string{"a"}), table.Of("{}")})))
	f.Add("\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")
	f.Add("\x00\x00\x00\x00\x00\x01\x7f\x00")
	f.Add("\x00broken")
	f.Fuzz(func(t *testing.T, data string) {
		row := make([]table.Value, len(rowColumns))
		rest, err := table.ReadRow(data, rowColumns, row)
		if len(row[5].List) > len(data) {
			t.Errorf("%d values of %d bytes", len(row[5].List), len(data))
		}
		if err != nil {
			return
		}
		if len(rest) > len(data) {
			t.Errorf("%d bytes are left of %d", len(rest), len(data))
		}
	})
}
