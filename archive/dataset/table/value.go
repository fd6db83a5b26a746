package table

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"
)

// A Value is one cell. Which member it has depends on its column's type; a Value that
// is not Set is missing, and has none.
type Value struct {
	Set   bool
	Int   int64 // Int, Bool, Time
	Float float64
	Text  string   // String, JSON
	List  []string // Strings
}

// Of returns a String or JSON value; missing if it is empty.
func Of(s string) Value { return Value{Set: s != "", Text: s} }

// OfInt returns an Int value.
func OfInt(n int64) Value { return Value{Set: true, Int: n} }

// OfFloat returns a Float value.
func OfFloat(f float64) Value { return Value{Set: true, Float: f} }

// OfBool returns a Bool value.
func OfBool(b bool) Value {
	v := Value{Set: true}
	if b {
		v.Int = 1
	}
	return v
}

// OfTime returns a Time value; missing if it is zero.
func OfTime(t time.Time) Value {
	if t.IsZero() {
		return Value{}
	}
	return Value{Set: true, Int: t.UnixMilli()}
}

// OfList returns a Strings value; missing if it is empty.
func OfList(list []string) Value { return Value{Set: len(list) > 0, List: list} }

// Time returns the instant of a Time value, in UTC.
func (v Value) Time() time.Time { return time.UnixMilli(v.Int).UTC() }

// AppendRow encodes the values of a row of columns, for temporary files.
func AppendRow(b []byte, columns []Column, row []Value) []byte {
	for i, v := range row {
		if !v.Set {
			b = append(b, 0)
			continue
		}
		b = append(b, 1)
		switch columns[i].Type {
		case Int, Bool, Time:
			b = binary.AppendVarint(b, v.Int)
		case Float:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v.Float))
		case String, JSON:
			b = appendText(b, v.Text)
		case Strings:
			b = binary.AppendUvarint(b, uint64(len(v.List)))
			for _, s := range v.List {
				b = appendText(b, s)
			}
		}
	}
	return b
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

var errRow = errors.New("a row in a temporary file is damaged")

// ReadRow decodes a row that AppendRow encoded into row, which has as many values as
// there are columns, and returns what follows it. The texts of the row are parts of data.
func ReadRow(data string, columns []Column, row []Value) (rest string, err error) {
	d := decoder{data: data}
	for i := range row {
		row[i] = Value{List: row[i].List[:0]}
		v := &row[i]
		if v.Set = d.byte() == 1; !v.Set {
			continue
		}
		switch columns[i].Type {
		case Int, Bool, Time:
			v.Int = d.varint()
		case Float:
			v.Float = d.float()
		case String, JSON:
			v.Text = d.text()
		case Strings:
			n := d.uvarint()
			if n > uint64(len(d.data)) {
				return "", errRow
			}
			for range n {
				if d.broken {
					return "", errRow
				}
				v.List = append(v.List, d.text())
			}
		}
	}
	if d.broken {
		return "", errRow
	}
	return d.data, nil
}

// A decoder reads from the start of data. It is broken once more was asked for than
// there is.
type decoder struct {
	data   string
	broken bool
}

func (d *decoder) take(n int) string {
	if d.broken || n < 0 || n > len(d.data) {
		d.broken = true
		return ""
	}
	s := d.data[:n]
	d.data = d.data[n:]
	return s
}

func (d *decoder) byte() byte {
	if s := d.take(1); s != "" {
		return s[0]
	}
	return 0
}

func (d *decoder) uvarint() (n uint64) {
	for shift := 0; shift < 64; shift += 7 {
		b := d.byte()
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	d.broken = true
	return 0
}

func (d *decoder) varint() int64 {
	u := d.uvarint()
	n := int64(u >> 1)
	if u&1 != 0 {
		n = ^n
	}
	return n
}

func (d *decoder) float() float64 {
	s := d.take(8)
	if s == "" {
		return 0
	}
	var u uint64
	for i := 7; i >= 0; i-- {
		u = u<<8 | uint64(s[i])
	}
	return math.Float64frombits(u)
}

func (d *decoder) text() string {
	n := d.uvarint()
	if n > uint64(len(d.data)) {
		d.broken = true
		return ""
	}
	return d.take(int(n))
}

// Format writes a value as text, as in CSV: missing values are empty, lists are JSON,
// times RFC 3339 in UTC.
func Format(t Type, v Value) string {
	if !v.Set {
		return ""
	}
	switch t {
	case Int:
		return strconv.FormatInt(v.Int, 10)
	case Float:
		return strconv.FormatFloat(v.Float, 'g', -1, 64)
	case Bool:
		return strconv.FormatBool(v.Int != 0)
	case Time:
		return v.Time().Format("2006-01-02T15:04:05.999Z07:00")
	case Strings:
		b, err := json.Marshal(v.List)
		if err != nil {
			return "" // cannot happen: strings can be marshaled
		}
		return string(b)
	}
	return v.Text
}
