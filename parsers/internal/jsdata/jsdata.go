// Package jsdata reads the data that pages keep in scripts: JSON, JavaScript
// literals assigned to names, Nuxt's flattened state, React's flight stream,
// Apollo's references. It runs no script and knows nothing of articles.
package jsdata

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// A Value is one value of the data that a page's scripts hold, as JSON has them
// and as JavaScript writes them, members in their order.
type Value struct {
	Key     string // within an object
	Form    Form
	Text    string // of a string, a number, a name; of nothing "true" and "false"
	Members []Value

	Words int // of prose in it: see count
}

type Form byte

const (
	Null Form = iota
	String
	Number // also a name: what a script computes
	Array
	Object
)

// Bounds of the data that is read.
const (
	MaxScript = 8 << 20 // bytes of one script
	MaxData   = 16 << 20
	MaxValues = 400_000
	MaxDepth  = 200
)

// Get is a member of an object; nil if it has none of these.
func (d *Value) Get(keys ...string) *Value {
	if d == nil || d.Form != Object {
		return nil
	}
	for _, k := range keys {
		for i := range d.Members {
			if d.Members[i].Key == k {
				return &d.Members[i]
			}
		}
	}
	return nil
}

// String is the text of a member that is a string.
func (d *Value) String(keys ...string) string {
	for _, k := range keys {
		if m := d.Get(k); m != nil && m.Form == String && strings.TrimSpace(m.Text) != "" {
			return m.Text
		}
	}
	return ""
}

// A Scanner reads values as JavaScript writes them. It is no interpreter: names
// and calls that it does not know are values without text.
type Scanner struct {
	Src  string
	Pos  int
	Left *int // values that may still be read, of all of a page's scripts
}

func (l *Scanner) blank() {
	for l.Pos < len(l.Src) {
		switch c := l.Src[l.Pos]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			l.Pos++
		case strings.HasPrefix(l.Src[l.Pos:], "/*"):
			end := strings.Index(l.Src[l.Pos+2:], "*/")
			if end < 0 {
				l.Pos = len(l.Src)
				return
			}
			l.Pos += end + 4
		case strings.HasPrefix(l.Src[l.Pos:], "//"):
			end := strings.IndexByte(l.Src[l.Pos:], '\n')
			if end < 0 {
				l.Pos = len(l.Src)
				return
			}
			l.Pos += end + 1
		default:
			return
		}
	}
}

// take steps over a sign, if it is the next one.
func (l *Scanner) take(sign string) bool {
	l.blank()
	if strings.HasPrefix(l.Src[l.Pos:], sign) {
		l.Pos += len(sign)
		return true
	}
	return false
}

// Value reads one value; false where none begins. A value that breaks off is as
// much of it as there is. depth is how deep it is nested, 0 for the outermost.
func (l *Scanner) Value(depth int) (d Value, ok bool) {
	l.blank()
	if l.Pos >= len(l.Src) || depth > MaxDepth || *l.Left <= 0 {
		return d, false
	}
	*l.Left--
	switch c := l.Src[l.Pos]; c {
	case '"', '\'', '`':
		d.Form = String
		d.Text, ok = l.quoted(c)
		return d, ok
	case '{':
		l.Pos++
		return l.object(depth)
	case '[':
		l.Pos++
		return l.list(depth)
	case '(':
		l.Pos++
		d, ok = l.Value(depth + 1)
		return d, ok && l.take(")")
	case '!', '-', '+':
		l.Pos++
		return l.prefixed(c, depth)
	}
	return l.word(depth)
}

// prefixed reads what follows an operator before a value: -1, and !0 and !1, as
// minifiers write true and false.
func (l *Scanner) prefixed(operator byte, depth int) (d Value, ok bool) {
	d, ok = l.Value(depth + 1)
	switch {
	case operator == '-' && d.Form == Number:
		d.Text = "-" + d.Text
	case operator == '!' && d.Text == "0":
		d = Value{Text: "true"}
	case operator == '!' && d.Text == "1":
		d = Value{Text: "false"}
	}
	return d, ok && d.Form != Object && d.Form != Array
}

// word reads a number, a name, a keyword or a call. The result of a call that is
// not known is a value without text.
func (l *Scanner) word(depth int) (d Value, ok bool) {
	start := l.Pos
	for l.Pos < len(l.Src) && (isWordByte(l.Src[l.Pos]) || l.Src[l.Pos] == '.') {
		l.Pos++
	}
	word := l.Src[start:l.Pos]
	switch word {
	case "":
		return d, false
	case "true", "false":
		d.Text = word
		return d, true
	case "null", "undefined", "NaN", "Infinity":
		return d, true
	case "void", "new":
		_, ok = l.Value(depth + 1)
		return Value{}, ok
	case "JSON.parse", "decodeURIComponent", "decodeURI", "unescape":
		return l.decoded(word, depth)
	case "function", "return", "typeof", "async", "await", "class":
		return d, false
	}
	if l.Pos < len(l.Src) && l.Src[l.Pos] == '(' {
		l.Pos++
		return Value{}, l.skipArguments(depth)
	}
	return Value{Form: Number, Text: word}, true
}

func (l *Scanner) skipArguments(depth int) bool {
	for !l.take(")") {
		if _, ok := l.Value(depth + 1); !ok {
			return false
		}
		l.take(",")
	}
	return true
}

func isWordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '$' || c >= utf8.RuneSelf
}

// decoded reads data that a call within the script unpacks.
func (l *Scanner) decoded(call string, depth int) (d Value, ok bool) {
	if !l.take("(") {
		return d, false
	}
	d, ok = l.Value(depth + 1)
	if !ok || d.Form != String || !l.take(")") {
		return Value{}, ok
	}
	if call != "JSON.parse" {
		d.Text = PercentDecode(d.Text)
		return d, true
	}
	in := Scanner{Src: d.Text, Left: l.Left}
	if v, ok := in.Value(depth + 1); ok {
		return v, true
	}
	return d, true
}

// PercentDecode undoes percent-encoding (RFC 3986); what is none stays as it is.
func PercentDecode(s string) string {
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

func (l *Scanner) object(depth int) (d Value, ok bool) {
	d.Form = Object
	for {
		l.blank()
		if l.Pos >= len(l.Src) {
			return d, true
		}
		var key string
		switch c := l.Src[l.Pos]; {
		case c == '}':
			l.Pos++
			return d, true
		case c == ',':
			l.Pos++
			continue
		case c == '"' || c == '\'':
			if key, ok = l.quoted(c); !ok {
				return d, true
			}
		case c == '[': // a computed name
			l.Pos++
			if _, ok = l.Value(depth + 1); !ok || !l.take("]") {
				return d, false
			}
		default:
			start := l.Pos
			for l.Pos < len(l.Src) && isWordByte(l.Src[l.Pos]) {
				l.Pos++
			}
			if key = l.Src[start:l.Pos]; key == "" {
				return d, false
			}
		}
		if !l.take(":") {
			return d, l.Pos >= len(l.Src) // code, and no data
		}
		v, ok := l.Value(depth + 1)
		if !ok {
			return d, l.Pos >= len(l.Src)
		}
		v.Key = key
		d.Members = append(d.Members, v)
	}
}

func (l *Scanner) list(depth int) (d Value, ok bool) {
	d.Form = Array
	for {
		l.blank()
		if l.Pos >= len(l.Src) {
			return d, true
		}
		switch l.Src[l.Pos] {
		case ']':
			l.Pos++
			return d, true
		case ',':
			l.Pos++
			continue
		}
		v, ok := l.Value(depth + 1)
		if !ok {
			return d, l.Pos >= len(l.Src)
		}
		d.Members = append(d.Members, v)
	}
}

// quoted reads a string to its closing quote, with JavaScript's escapes.
func (l *Scanner) quoted(quote byte) (string, bool) {
	l.Pos++
	start := l.Pos
	for l.Pos < len(l.Src) && l.Src[l.Pos] != quote && l.Src[l.Pos] != '\\' {
		l.Pos++
	}
	if l.Pos < len(l.Src) && l.Src[l.Pos] == quote {
		l.Pos++
		return l.Src[start : l.Pos-1], true
	}
	var b strings.Builder
	b.WriteString(l.Src[start:l.Pos])
	for l.Pos < len(l.Src) {
		c := l.Src[l.Pos]
		if c == quote {
			l.Pos++
			return b.String(), true
		}
		if c != '\\' {
			next := strings.IndexAny(l.Src[l.Pos:], string([]byte{quote, '\\'}))
			if next < 0 {
				next = len(l.Src) - l.Pos
			}
			b.WriteString(l.Src[l.Pos : l.Pos+next])
			l.Pos += next
			continue
		}
		if l.Pos++; l.Pos >= len(l.Src) {
			break
		}
		c = l.Src[l.Pos]
		l.Pos++
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
func (l *Scanner) hex(digits int) rune {
	if l.Pos+digits > len(l.Src) {
		l.Pos = len(l.Src)
		return utf8.RuneError
	}
	v, err := strconv.ParseUint(l.Src[l.Pos:l.Pos+digits], 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	l.Pos += digits
	return rune(v)
}

func (l *Scanner) unicode() rune {
	if l.Pos < len(l.Src) && l.Src[l.Pos] == '{' {
		end := strings.IndexByte(l.Src[l.Pos:min(len(l.Src), l.Pos+10)], '}')
		if end < 0 {
			return utf8.RuneError
		}
		v, err := strconv.ParseUint(l.Src[l.Pos+1:l.Pos+end], 16, 32)
		l.Pos += end + 1
		if err != nil || v > utf8.MaxRune {
			return utf8.RuneError
		}
		return rune(v)
	}
	r := l.hex(4)
	if r >= 0xd800 && r < 0xdc00 && strings.HasPrefix(l.Src[l.Pos:], `\u`) {
		at := l.Pos
		l.Pos += 2
		if low := l.hex(4); low >= 0xdc00 && low < 0xe000 {
			return (r-0xd800)<<10 + (low - 0xdc00) + 0x10000
		}
		l.Pos = at
	}
	return r
}

// applied reads (function(a,b){return VALUE}(x,y)), by which Nuxt says once what
// occurs often.
func (l *Scanner) applied() (d Value, ok bool) {
	start := strings.Index(l.Src[l.Pos:], "function(")
	if start < 0 || start > 3 {
		return d, false
	}
	l.Pos += start + len("function(")
	end := strings.IndexByte(l.Src[l.Pos:], ')')
	if end < 0 {
		return d, false
	}
	names := strings.Split(l.Src[l.Pos:l.Pos+end], ",")
	l.Pos += end
	ret := strings.Index(l.Src[l.Pos:], "return")
	if ret < 0 || len(names) > 20_000 {
		return d, false
	}
	l.Pos += ret + len("return")
	if d, ok = l.Value(0); !ok {
		return d, false
	}
	l.take(";")
	if !l.take("}") {
		return d, true
	}
	l.take(")")
	values := map[string]Value{}
	if l.take("(") {
		for i := 0; i < len(names) && !l.take(")"); i++ {
			v, ok := l.Value(0)
			if !ok {
				break
			}
			if name := strings.TrimSpace(names[i]); name != "" {
				values[name] = v
			}
			l.take(",")
		}
	}
	var fill func(*Value, int)
	fill = func(d *Value, depth int) {
		if v, ok := values[d.Text]; ok && d.Form == Number {
			v.Key = d.Key
			*d = v
			return
		}
		for i := range d.Members {
			fill(&d.Members[i], depth+1)
		}
	}
	fill(&d, 0)
	return d, true
}

// Unflatten gives the value of a list whose objects and lists name the places
// of their members in it, as Nuxt's newer payload is written.
func Unflatten(flat Value, left *int) (Value, bool) {
	var at func(place Value, depth int) Value
	at = func(place Value, depth int) Value {
		n, err := strconv.Atoi(place.Text)
		if place.Form != Number || err != nil || n < 0 || n >= len(flat.Members) || depth > 60 || *left <= 0 {
			return Value{}
		}
		*left--
		v := flat.Members[n]
		if v.Form == Array && len(v.Members) == 2 && v.Members[0].Form == String && v.Members[1].Form == Number {
			return at(v.Members[1], depth+1) // a mark of what reacts, and the place of its value
		}
		if v.Form == Object || v.Form == Array {
			kids := make([]Value, 0, len(v.Members))
			for _, k := range v.Members {
				m := at(k, depth+1)
				m.Key = k.Key
				kids = append(kids, m)
			}
			v.Members = kids
		}
		return v
	}
	if flat.Form != Array || len(flat.Members) < 2 {
		return Value{}, false
	}
	return at(Value{Form: Number, Text: "0"}, 0), true
}

// ParseFlight reads the rows of React's server components: "id:value" lines, and
// texts with their length. Values name other rows by "$id" and "$Lid".
func ParseFlight(s string, left *int) Value {
	rows := map[string]Value{}
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
					rows[id] = Value{Form: String, Text: strings.ToValidUTF8(s[comma+1:end], "")}
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
			l := Scanner{Src: s[:line], Left: left}
			if v, ok := l.Value(0); ok {
				rows[id] = v
				order = append(order, id)
			}
		}
		s = s[min(len(s), line+1):]
	}
	used := map[string]bool{}
	var fill func(*Value, int)
	fill = func(d *Value, depth int) {
		if *left <= 0 || depth > 100 {
			return
		}
		if d.Form == String && len(d.Text) > 1 && len(d.Text) < 12 && d.Text[0] == '$' {
			id := strings.TrimPrefix(d.Text[1:], "L")
			if v, ok := rows[id]; ok && !used[id] { // once, so that rows in a circle end
				*left--
				used[id] = true
				v.Key = d.Key
				v.Members = append([]Value(nil), v.Members...)
				*d = v
			}
		}
		for i := range d.Members {
			fill(&d.Members[i], depth+1)
		}
	}
	all := Value{Form: Array}
	for _, id := range order {
		if used[id] {
			continue
		}
		v := rows[id]
		v.Members = append([]Value(nil), v.Members...)
		fill(&v, 0)
		if v.Form != String { // a text belongs to what names it
			all.Members = append(all.Members, v)
		}
	}
	return all
}

// ResolveRefs puts in the places of references what they name, as GraphQL caches
// keep objects apart: {"__ref":"Type:id"} and {"type":"id","id":"…"}.
func ResolveRefs(d *Value, left *int) {
	named := map[string]*Value{}
	var collect func(*Value, int)
	collect = func(d *Value, depth int) {
		for i := range d.Members {
			if k := &d.Members[i]; k.Form == Object {
				if strings.ContainsAny(k.Key, ":.") && len(named) < 20_000 {
					named[k.Key] = k
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
	var copied func(d *Value, depth int) Value
	copied = func(d *Value, depth int) Value {
		res := *d
		if d.Form != Object && d.Form != Array || *left <= 0 || depth > 60 {
			return res
		}
		if ref := d.String("__ref"); ref != "" || d.String("type") == "id" {
			if ref == "" {
				ref = d.String("id")
			}
			if to := named[ref]; to != nil && !open[ref] {
				open[ref] = true
				res = copied(to, depth+1)
				res.Key = d.Key
				open[ref] = false
				return res
			}
		}
		res.Members = make([]Value, len(d.Members))
		for i := range d.Members {
			*left--
			res.Members[i] = copied(&d.Members[i], depth+1)
		}
		return res
	}
	*d = copied(d, 0)
}

// Assignments lists the values that a script's code assigns or pushes, with the name
// of each where it is telling.
func Assignments(s string, left *int, found func(name string, d Value)) {
	work := 4 * len(s) // what looks like data and is none is looked at again
	for i := 0; i < len(s) && work > 0 && *left > 0; {
		eq := strings.IndexAny(s[i:], "=(")
		if eq < 0 {
			return
		}
		at := i + eq
		i = at + 1
		l := Scanner{Src: s, Pos: i, Left: left}
		l.blank()
		if l.Pos >= len(s) || s[at] == '(' && !strings.HasSuffix(s[:at], ".push") {
			continue
		}
		rest := s[l.Pos:]
		var d Value
		var ok bool
		switch {
		case rest[0] == '{' || rest[0] == '[':
			start := l.Pos
			d, ok = l.Value(0)
			ok = ok && l.Pos-start > 500
		case strings.HasPrefix(rest, "JSON.parse(") || strings.HasPrefix(rest, "decodeURI") || rest[0] == '"' && strings.HasPrefix(rest[1:], "%7B"):
			if d, ok = l.Value(0); ok && d.Form == String {
				in := Scanner{Src: d.Text, Left: left}
				if strings.HasPrefix(d.Text, "%7B") {
					in.Src = PercentDecode(d.Text)
				}
				d, ok = in.Value(0)
			}
		case strings.HasPrefix(rest, "(function(") || strings.HasPrefix(rest, "function("):
			if d, ok = l.applied(); ok {
				ok = d.Form == Object && len(d.Members) > 0
			}
		default:
			continue
		}
		work -= l.Pos - at
		if ok {
			found(nameBefore(s[:at]), d)
			i = max(i, l.Pos)
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
