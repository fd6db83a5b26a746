package formats

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// The instants that every reader has: Python's datetime begins with the year 1, and RFC
// 3339 has years of four digits.
var (
	minTime = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()
	maxTime = time.Date(9999, 12, 31, 23, 59, 59, 999e6, time.UTC).UnixMilli()
)

// clean copies a row for a writer, with values that all formats can have. It returns an
// error if the row does not have the columns of its table, or lacks a required value.
func clean(to, row []table.Value, columns []table.Column) error {
	if len(row) != len(columns) {
		return fmt.Errorf("%d values for %d columns", len(row), len(columns))
	}
	for i := range row {
		c := &columns[i]
		to[i] = row[i]
		if v := &to[i]; v.Set {
			if err := cleanValue(v, c.Type); err != nil {
				return fmt.Errorf("column %s: %w", c.Name, err)
			}
		}
		if c.Required && !to[i].Set {
			return fmt.Errorf("column %s has no value", c.Name)
		}
	}
	return nil
}

func cleanValue(v *table.Value, t table.Type) error {
	switch t {
	case table.String:
		v.Text = valid(v.Text)
	case table.Float:
		v.Set = !math.IsNaN(v.Float) && !math.IsInf(v.Float, 0)
	case table.Time:
		v.Set = minTime <= v.Int && v.Int <= maxTime
	case table.Strings:
		v.Set = len(v.List) > 0
		if slices.ContainsFunc(v.List, func(s string) bool { return !utf8.ValidString(s) }) {
			v.List = slices.Clone(v.List) // the caller's
			for i, s := range v.List {
				v.List[i] = valid(s)
			}
		}
	case table.JSON:
		return cleanJSON(v)
	}
	return nil
}

// valid replaces invalid UTF-8. ToValidUTF8 alone is three times as slow for what is valid.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

// cleanJSON checks a JSON text and removes white space outside of its strings.
func cleanJSON(v *table.Value) error {
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(valid(v.Text))); err != nil {
		return fmt.Errorf("not a valid JSON text: %w", err)
	}
	v.Text = b.String()
	return nil
}

// noNUL replaces the character U+0000 for formats whose readers end a text there.
func noNUL(s string) string {
	if strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\x00", "\uFFFD")
}

// appendTime appends an instant as RFC 3339 has it, in UTC, with milliseconds only if
// there are any.
func appendTime(b []byte, v table.Value) []byte {
	layout := time.RFC3339
	if v.Int%1000 != 0 {
		layout = "2006-01-02T15:04:05.000Z07:00"
	}
	return v.Time().AppendFormat(b, layout)
}
