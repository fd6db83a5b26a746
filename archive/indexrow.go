package archive

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// decodeRows reads the rows of an index. As this program writes them, there is one in each
// line, which is read in a tenth of the time that encoding/json takes. At the first line of
// another form, the rest is left to that.
func (x *segmentIndex) decodeRows(r io.Reader, segment string) error {
	same := map[string]string{} // interns types and media types, which are few
	lines := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, bufio.ErrBufferFull) {
			return err
		}
		if len(bytes.TrimSpace(line)) > 0 {
			row, ok := x.lineRow(line, same)
			if !ok {
				return x.decodeOtherRows(io.MultiReader(bytes.NewReader(bytes.Clone(line)), lines), segment, same)
			}
			if err := x.addRow(row, segment); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
	}
}

func (x *segmentIndex) decodeOtherRows(r io.Reader, segment string, same map[string]string) error {
	d := json.NewDecoder(r)
	for d.More() {
		var columns []json.RawMessage
		if err := d.Decode(&columns); err != nil {
			return err
		}
		var row indexRow
		into := []any{&row.ID, &row.Type, &row.date, &row.URL, &row.Status, (*string)(&row.Digest), &row.RefersTo, &row.ContentType, &row.frame, &row.Offset, &row.Length}
		if len(columns) < len(into) {
			return fmt.Errorf("row with only %d columns", len(columns))
		}
		for i, p := range into {
			if err := json.Unmarshal(columns[i], p); err != nil {
				return err
			}
		}
		row.Type, row.ContentType = intern(same, row.Type), intern(same, row.ContentType)
		if err := x.addRow(row, segment); err != nil {
			return err
		}
	}
	return nil
}

// An indexRow is a row of an index, as it is written.
type indexRow struct {
	Capture
	date  string
	frame int64
}

// addRow adds a row to the index.
func (x *segmentIndex) addRow(row indexRow, segment string) error {
	c := row.Capture
	if row.frame < 0 || row.frame >= int64(len(x.header.Frames)) || c.Offset < 0 || c.Length < 2 || c.Length > maxLine {
		return fmt.Errorf("record %s has an invalid location", c.ID)
	}
	t, err := time.Parse(time.RFC3339Nano, row.date)
	if err != nil {
		return err
	}
	c.Segment = segment
	c.Frame, c.FrameLength = x.frame(row.frame)
	c.ID, c.RefersTo, c.Time = addURN(c.ID), addURN(c.RefersTo), t.UTC()
	if len(x.captures) == x.header.Records {
		return errors.New("has more records than its header says")
	}
	x.byID[c.ID] = len(x.captures)
	x.captures = append(x.captures, c)
	return nil
}

// lineRow reads a row that is a line of its own; ok is false if it is not.
func (x *segmentIndex) lineRow(line []byte, same map[string]string) (row indexRow, ok bool) {
	s := &scanner{b: line}
	if !s.eat('[') {
		return row, false
	}
	texts := func(into ...*string) bool {
		for _, p := range into {
			t, err := s.text()
			if err != nil || !s.eat(',') {
				return false
			}
			*p = t
		}
		return true
	}
	few := func(p *string) bool {
		raw, plain, err := s.token()
		if err != nil || !plain || checkPlain(raw) != nil {
			return false
		}
		known, isKnown := same[string(raw)]
		if !isKnown {
			known = string(raw)
			same[known] = known
		}
		*p = known
		return s.eat(',')
	}
	var status int64
	ok = texts(&row.ID) && few(&row.Type) && texts(&row.date, &row.URL) && s.number(&status) && s.eat(',') &&
		texts((*string)(&row.Digest), &row.RefersTo) && few(&row.ContentType) &&
		s.number(&row.frame) && s.eat(',') && s.number(&row.Offset) && s.eat(',') && s.number(&row.Length) && s.eat(']') && s.end() == nil
	row.Status = int(status)
	return row, ok
}

// number reads a number of digits alone.
func (s *scanner) number(n *int64) bool {
	s.space()
	end := s.at
	for end < len(s.b) && '0' <= s.b[end] && s.b[end] <= '9' {
		end++
	}
	digits := s.b[s.at:end]
	if len(digits) == 0 || len(digits) > 1 && digits[0] == '0' {
		return false
	}
	v, err := strconv.ParseInt(string(digits), 10, 64)
	*n, s.at = v, end
	return err == nil
}

func intern(m map[string]string, s string) string {
	if t, ok := m[s]; ok {
		return t
	}
	m[s] = strings.Clone(s)
	return m[s]
}
