package jsdata

import "strings"

// minAssigned is the size of the smallest literal that Assignments takes for data,
// in bytes.
const minAssigned = 500

// Assignments lists the values that a script's code assigns or pushes, with the
// name of each: literals, strings of JSON, and the result of a function that is
// called where it stands, as Nuxt writes its state. left bounds the values read.
func Assignments(s string, left *int, found func(name string, d Value)) {
	work := 4 * len(s) // what looks like data and is not is read again
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
		d, known, ok := l.assigned()
		if !known {
			continue
		}
		work -= l.Pos - at
		if ok {
			found(nameBefore(s[:at]), d)
			i = max(i, l.Pos)
		}
	}
}

// assigned reads what code assigns. known says that it begins like data, ok that it
// is data.
func (l *Scanner) assigned() (d Value, known, ok bool) {
	rest, start := l.Src[l.Pos:], l.Pos
	switch {
	case rest[0] == '{' || rest[0] == '[':
		d, ok = l.Value(0)
		return d, true, ok && l.Pos-start > minAssigned
	case strings.HasPrefix(rest, "JSON.parse(") || strings.HasPrefix(rest, "decodeURI") || strings.HasPrefix(rest, `"%7B`):
		d, ok = l.Value(0)
		if ok && d.Form == String {
			in := Scanner{Src: d.Text, Left: l.Left}
			if strings.HasPrefix(d.Text, "%7B") {
				in.Src = PercentDecode(d.Text)
			}
			d, ok = in.Value(0)
		}
		return d, true, ok
	case strings.HasPrefix(rest, "(function(") || strings.HasPrefix(rest, "function("):
		d, ok = l.applied()
		return d, true, ok && d.Form == Object && len(d.Members) > 0
	}
	return d, false, false
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
