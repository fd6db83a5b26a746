package parsers

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A datum is one value of the data that a page's scripts hold, as JSON has them
// and as JavaScript writes them, members in their order.
type datum struct {
	key  string // within an object
	form form
	text string // of a string, a number, a name; of nothing "true" and "false"
	kids []datum

	words int // of prose in it: see count
}

type form byte

const (
	isNothing form = iota
	isString
	isNumber // also a name: what a script computes
	isList
	isObject
)

// Bounds of the data that is read.
const (
	maxScript     = 8 << 20 // bytes of one script
	maxData       = 16 << 20
	maxDatums     = 400_000
	maxDatumDepth = 200
)

// get is a member of an object; nil if it has none of these.
func (d *datum) get(keys ...string) *datum {
	if d == nil || d.form != isObject {
		return nil
	}
	for _, k := range keys {
		for i := range d.kids {
			if d.kids[i].key == k {
				return &d.kids[i]
			}
		}
	}
	return nil
}

// said is the text of a member that is a string.
func (d *datum) said(keys ...string) string {
	for _, k := range keys {
		if m := d.get(k); m != nil && m.form == isString && strings.TrimSpace(m.text) != "" {
			return m.text
		}
	}
	return ""
}

// A literal reads values as JavaScript writes them. It is no interpreter: names
// and calls that it does not know are values without text.
type literal struct {
	s    string
	i    int
	left *int // values that may still be read, of all of a page's scripts
}

func (l *literal) blank() {
	for l.i < len(l.s) {
		switch c := l.s[l.i]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			l.i++
		case strings.HasPrefix(l.s[l.i:], "/*"):
			end := strings.Index(l.s[l.i+2:], "*/")
			if end < 0 {
				l.i = len(l.s)
				return
			}
			l.i += end + 4
		case strings.HasPrefix(l.s[l.i:], "//"):
			end := strings.IndexByte(l.s[l.i:], '\n')
			if end < 0 {
				l.i = len(l.s)
				return
			}
			l.i += end + 1
		default:
			return
		}
	}
}

// take steps over a sign, if it is the next one.
func (l *literal) take(sign string) bool {
	l.blank()
	if strings.HasPrefix(l.s[l.i:], sign) {
		l.i += len(sign)
		return true
	}
	return false
}

// value reads one value; false where none begins. A value that breaks off is as
// much of it as there is.
func (l *literal) value(depth int) (d datum, ok bool) {
	l.blank()
	if l.i >= len(l.s) || depth > maxDatumDepth || *l.left <= 0 {
		return d, false
	}
	*l.left--
	switch c := l.s[l.i]; {
	case c == '"' || c == '\'' || c == '`':
		d.form = isString
		d.text, ok = l.quoted(c)
		return d, ok
	case c == '{':
		l.i++
		return l.object(depth)
	case c == '[':
		l.i++
		return l.list(depth)
	case c == '(':
		l.i++
		d, ok = l.value(depth + 1)
		return d, ok && l.take(")")
	case c == '!' || c == '-' || c == '+':
		l.i++
		d, ok = l.value(depth + 1)
		switch {
		case c == '-' && d.form == isNumber:
			d.text = "-" + d.text
		case c == '!' && d.text == "0": // as minifiers write it
			d = datum{text: "true"}
		case c == '!' && d.text == "1":
			d = datum{text: "false"}
		}
		return d, ok && d.form != isObject && d.form != isList
	}
	start := l.i
	for l.i < len(l.s) && (isWordByte(l.s[l.i]) || l.s[l.i] == '.') {
		l.i++
	}
	word := l.s[start:l.i]
	switch word {
	case "":
		return d, false
	case "true", "false":
		d.text = word
		return d, true
	case "null", "undefined", "NaN", "Infinity":
		return d, true
	case "void", "new":
		_, ok = l.value(depth + 1)
		return datum{}, ok
	case "JSON.parse", "decodeURIComponent", "decodeURI", "unescape":
		return l.decoded(word, depth)
	case "function", "return", "typeof", "async", "await", "class":
		return d, false
	}
	if l.i < len(l.s) && l.s[l.i] == '(' { // a call: its result is not known
		l.i++
		for !l.take(")") {
			if _, ok := l.value(depth + 1); !ok {
				return d, false
			}
			l.take(",")
		}
		return datum{}, true
	}
	return datum{form: isNumber, text: word}, true
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c >= utf8.RuneSelf
}

// decoded reads data that a call within the script unpacks.
func (l *literal) decoded(call string, depth int) (d datum, ok bool) {
	if !l.take("(") {
		return d, false
	}
	d, ok = l.value(depth + 1)
	if !ok || d.form != isString || !l.take(")") {
		return datum{}, ok
	}
	if call != "JSON.parse" {
		d.text = percentDecoded(d.text)
		return d, true
	}
	in := literal{s: d.text, left: l.left}
	if v, ok := in.value(depth + 1); ok {
		return v, true
	}
	return d, true
}

func percentDecoded(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if v, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(v))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return strings.ToValidUTF8(b.String(), "\ufffd")
}

func (l *literal) object(depth int) (d datum, ok bool) {
	d.form = isObject
	for {
		l.blank()
		if l.i >= len(l.s) {
			return d, true
		}
		var key string
		switch c := l.s[l.i]; {
		case c == '}':
			l.i++
			return d, true
		case c == ',':
			l.i++
			continue
		case c == '"' || c == '\'':
			if key, ok = l.quoted(c); !ok {
				return d, true
			}
		case c == '[': // a computed name
			l.i++
			if _, ok = l.value(depth + 1); !ok || !l.take("]") {
				return d, false
			}
		default:
			start := l.i
			for l.i < len(l.s) && isWordByte(l.s[l.i]) {
				l.i++
			}
			if key = l.s[start:l.i]; key == "" {
				return d, false
			}
		}
		if !l.take(":") {
			return d, l.i >= len(l.s) // code, and no data
		}
		v, ok := l.value(depth + 1)
		if !ok {
			return d, l.i >= len(l.s)
		}
		v.key = key
		d.kids = append(d.kids, v)
	}
}

func (l *literal) list(depth int) (d datum, ok bool) {
	d.form = isList
	for {
		l.blank()
		if l.i >= len(l.s) {
			return d, true
		}
		switch l.s[l.i] {
		case ']':
			l.i++
			return d, true
		case ',':
			l.i++
			continue
		}
		v, ok := l.value(depth + 1)
		if !ok {
			return d, l.i >= len(l.s)
		}
		d.kids = append(d.kids, v)
	}
}

// quoted reads a string to its closing quote, with JavaScript's escapes.
func (l *literal) quoted(quote byte) (string, bool) {
	l.i++
	start := l.i
	for l.i < len(l.s) && l.s[l.i] != quote && l.s[l.i] != '\\' {
		l.i++
	}
	if l.i < len(l.s) && l.s[l.i] == quote {
		l.i++
		return l.s[start : l.i-1], true
	}
	var b strings.Builder
	b.WriteString(l.s[start:l.i])
	for l.i < len(l.s) {
		c := l.s[l.i]
		if c == quote {
			l.i++
			return b.String(), true
		}
		if c != '\\' {
			next := strings.IndexAny(l.s[l.i:], string([]byte{quote, '\\'}))
			if next < 0 {
				next = len(l.s) - l.i
			}
			b.WriteString(l.s[l.i : l.i+next])
			l.i += next
			continue
		}
		if l.i++; l.i >= len(l.s) {
			break
		}
		c = l.s[l.i]
		l.i++
		switch c {
		case 'n':
			b.WriteByte('\n')
		case 't':
			b.WriteByte('\t')
		case 'r', 'b', 'f', 'v', '\n':
		case 'x':
			b.WriteRune(l.hex(2))
		case 'u':
			b.WriteRune(l.unicode())
		default:
			b.WriteByte(c)
		}
	}
	return b.String(), false
}

// hex reads a character of so many hexadecimal digits.
func (l *literal) hex(digits int) rune {
	if l.i+digits > len(l.s) {
		l.i = len(l.s)
		return utf8.RuneError
	}
	v, err := strconv.ParseUint(l.s[l.i:l.i+digits], 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	l.i += digits
	return rune(v)
}

func (l *literal) unicode() rune {
	if l.i < len(l.s) && l.s[l.i] == '{' {
		end := strings.IndexByte(l.s[l.i:min(len(l.s), l.i+10)], '}')
		if end < 0 {
			return utf8.RuneError
		}
		v, err := strconv.ParseUint(l.s[l.i+1:l.i+end], 16, 32)
		l.i += end + 1
		if err != nil || v > utf8.MaxRune {
			return utf8.RuneError
		}
		return rune(v)
	}
	r := l.hex(4)
	if r >= 0xd800 && r < 0xdc00 && strings.HasPrefix(l.s[l.i:], `\u`) {
		at := l.i
		l.i += 2
		if low := l.hex(4); low >= 0xdc00 && low < 0xe000 {
			return (r-0xd800)<<10 + (low - 0xdc00) + 0x10000
		}
		l.i = at
	}
	return r
}

// applied reads (function(a,b){return VALUE}(x,y)), by which Nuxt says once what
// occurs often.
func (l *literal) applied() (d datum, ok bool) {
	start := strings.Index(l.s[l.i:], "function(")
	if start < 0 || start > 3 {
		return d, false
	}
	l.i += start + len("function(")
	end := strings.IndexByte(l.s[l.i:], ')')
	if end < 0 {
		return d, false
	}
	names := strings.Split(l.s[l.i:l.i+end], ",")
	l.i += end
	ret := strings.Index(l.s[l.i:], "return")
	if ret < 0 || len(names) > 20_000 {
		return d, false
	}
	l.i += ret + len("return")
	if d, ok = l.value(0); !ok {
		return d, false
	}
	l.take(";")
	if !l.take("}") {
		return d, true
	}
	l.take(")")
	values := map[string]datum{}
	if l.take("(") {
		for i := 0; i < len(names) && !l.take(")"); i++ {
			v, ok := l.value(0)
			if !ok {
				break
			}
			if name := strings.TrimSpace(names[i]); name != "" {
				values[name] = v
			}
			l.take(",")
		}
	}
	var fill func(*datum, int)
	fill = func(d *datum, depth int) {
		if v, ok := values[d.text]; ok && d.form == isNumber {
			v.key = d.key
			*d = v
			return
		}
		for i := range d.kids {
			fill(&d.kids[i], depth+1)
		}
	}
	fill(&d, 0)
	return d, true
}

// unflattened gives the value of a list whose objects and lists name the places
// of their members in it, as Nuxt's newer payload is written.
func unflattened(flat datum, left *int) (datum, bool) {
	var at func(place datum, depth int) datum
	at = func(place datum, depth int) datum {
		n, err := strconv.Atoi(place.text)
		if place.form != isNumber || err != nil || n < 0 || n >= len(flat.kids) || depth > 60 || *left <= 0 {
			return datum{}
		}
		*left--
		v := flat.kids[n]
		if v.form == isList && len(v.kids) == 2 && v.kids[0].form == isString && v.kids[1].form == isNumber {
			return at(v.kids[1], depth+1) // a mark of what reacts, and the place of its value
		}
		if v.form == isObject || v.form == isList {
			kids := make([]datum, 0, len(v.kids))
			for _, k := range v.kids {
				m := at(k, depth+1)
				m.key = k.key
				kids = append(kids, m)
			}
			v.kids = kids
		}
		return v
	}
	if flat.form != isList || len(flat.kids) < 2 {
		return datum{}, false
	}
	return at(datum{form: isNumber, text: "0"}, 0), true
}

// flight reads the rows of React's server components: "id:value" lines, and
// texts with their length. Values name other rows by "$id" and "$Lid".
func flight(s string, left *int) datum {
	rows := map[string]datum{}
	var order []string
	for s != "" {
		colon := strings.IndexByte(s[:min(len(s), 20)], ':')
		if colon < 0 {
			line := strings.IndexByte(s, '\n')
			if line < 0 {
				break
			}
			s = s[line+1:]
			continue
		}
		id := s[:colon]
		s = s[colon+1:]
		if strings.HasPrefix(s, "T") {
			if comma := strings.IndexByte(s[:min(len(s), 12)], ','); comma > 0 {
				if n, err := strconv.ParseUint(s[1:comma], 16, 31); err == nil {
					end := min(len(s), comma+1+int(n))
					rows[id] = datum{form: isString, text: strings.ToValidUTF8(s[comma+1:end], "")}
					order = append(order, id)
					s = s[end:]
					continue
				}
			}
		}
		line := strings.IndexByte(s, '\n')
		if line < 0 {
			line = len(s)
		}
		if s[:line] != "" && strings.IndexByte(`[{"`, s[0]) >= 0 {
			l := literal{s: s[:line], left: left}
			if v, ok := l.value(0); ok {
				rows[id] = v
				order = append(order, id)
			}
		}
		s = s[min(len(s), line+1):]
	}
	used := map[string]bool{}
	var fill func(*datum, int)
	fill = func(d *datum, depth int) {
		if *left <= 0 || depth > 100 {
			return
		}
		if d.form == isString && len(d.text) > 1 && len(d.text) < 12 && d.text[0] == '$' {
			id := strings.TrimPrefix(d.text[1:], "L")
			if v, ok := rows[id]; ok && !used[id] { // once, so that rows in a circle end
				*left--
				used[id] = true
				v.key = d.key
				v.kids = append([]datum(nil), v.kids...)
				*d = v
			}
		}
		for i := range d.kids {
			fill(&d.kids[i], depth+1)
		}
	}
	all := datum{form: isList}
	for _, id := range order {
		if used[id] {
			continue
		}
		v := rows[id]
		v.kids = append([]datum(nil), v.kids...)
		fill(&v, 0)
		if v.form != isString { // a text belongs to what names it
			all.kids = append(all.kids, v)
		}
	}
	return all
}

// linked puts in the places of references what they name, as GraphQL caches
// keep objects apart: {"__ref":"Type:id"} and {"type":"id","id":"…"}.
func linked(d *datum, left *int) {
	named := map[string]*datum{}
	var collect func(*datum, int)
	collect = func(d *datum, depth int) {
		for i := range d.kids {
			if k := &d.kids[i]; k.form == isObject {
				if strings.ContainsAny(k.key, ":.") && len(named) < 20_000 {
					named[k.key] = k
				}
				if depth < 3 {
					collect(k, depth+1)
				}
			}
		}
	}
	collect(d, 0)
	if len(named) == 0 {
		return
	}
	open := map[string]bool{}
	var copied func(d *datum, depth int) datum
	copied = func(d *datum, depth int) datum {
		res := *d
		if d.form != isObject && d.form != isList || *left <= 0 || depth > 60 {
			return res
		}
		if ref := d.said("__ref"); ref != "" || d.said("type") == "id" {
			if ref == "" {
				ref = d.said("id")
			}
			if to := named[ref]; to != nil && !open[ref] {
				open[ref] = true
				res = copied(to, depth+1)
				res.key = d.key
				open[ref] = false
				return res
			}
		}
		res.kids = make([]datum, len(d.kids))
		for i := range d.kids {
			*left--
			res.kids[i] = copied(&d.kids[i], depth+1)
		}
		return res
	}
	*d = copied(d, 0)
}

// assigned lists the values that a script's code assigns or pushes, with the name
// of each where it is telling.
func assigned(s string, left *int, found func(name string, d datum)) {
	work := 4 * len(s) // what looks like data and is none is looked at again
	for i := 0; i < len(s) && work > 0 && *left > 0; {
		eq := strings.IndexAny(s[i:], "=(")
		if eq < 0 {
			return
		}
		at := i + eq
		i = at + 1
		l := literal{s: s, i: i, left: left}
		l.blank()
		if l.i >= len(s) || s[at] == '(' && !strings.HasSuffix(s[:at], ".push") {
			continue
		}
		rest := s[l.i:]
		var d datum
		var ok bool
		switch {
		case rest[0] == '{' || rest[0] == '[':
			start := l.i
			d, ok = l.value(0)
			ok = ok && l.i-start > 500
		case strings.HasPrefix(rest, "JSON.parse(") || strings.HasPrefix(rest, "decodeURI") || rest[0] == '"' && strings.HasPrefix(rest[1:], "%7B"):
			if d, ok = l.value(0); ok && d.form == isString {
				in := literal{s: d.text, left: left}
				if strings.HasPrefix(d.text, "%7B") {
					in.s = percentDecoded(d.text)
				}
				d, ok = in.value(0)
			}
		case strings.HasPrefix(rest, "(function(") || strings.HasPrefix(rest, "function("):
			if d, ok = l.applied(); ok {
				ok = d.form == isObject && len(d.kids) > 0
			}
		default:
			continue
		}
		work -= l.i - at
		if ok {
			found(nameBefore(s[:at]), d)
			i = max(i, l.i)
		}
	}
}

// nameBefore is the name at the end of a piece of code: that of what is assigned to.
func nameBefore(code string) string {
	code = strings.TrimRight(code[max(0, len(code)-80):], " \t\r\n\"']")
	start := len(code)
	for start > 0 && isWordByte(code[start-1]) {
		start--
	}
	return code[start:]
}
