package jsdata

import (
	"strconv"
	"strings"
)

// applied reads (function(a,b){return VALUE}(x,y)), by which Nuxt writes a value
// that occurs often only once.
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

// Unflatten gives the value of an array whose objects and arrays hold indices of
// their members in it, as Nuxt 3 writes its payload. It is false if flat is no such
// array. left bounds the values made.
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
			return at(v.Members[1], depth+1) // ["Reactive", index]
		}
		if v.Form == Object || v.Form == Array {
			members := make([]Value, 0, len(v.Members))
			for _, k := range v.Members {
				m := at(k, depth+1)
				m.Key = k.Key
				members = append(members, m)
			}
			v.Members = members
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

// ResolveRefs replaces references by the objects that they name, which GraphQL
// caches keep apart: {"__ref":"Type:id"} and {"type":"id","id":"…"}.
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
