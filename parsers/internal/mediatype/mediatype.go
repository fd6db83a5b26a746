// Package mediatype reads Content-Type fields as browsers do: by the rules of the MIME
// Sniffing standard for one value, and of the Fetch standard for several.
package mediatype

import "strings"

// A Type is what Content-Type fields say.
type Type struct {
	Essence string // "text/html", in lower case; "" if no value is a valid type
	Charset string // the parameter as it was written; "" if there is none
}

// Parse extracts the type from the values of all Content-Type fields of a message,
// joined by commas (Fetch standard, "extract a MIME type"): the last valid one counts,
// and takes over the charset of those before it if they are of the same type.
func Parse(contentType string) Type {
	var t Type
	for _, value := range split(contentType) {
		next, ok := parse(value)
		if !ok || next.Essence == "*/*" {
			continue
		}
		if next.Charset == "" && next.Essence == t.Essence {
			next.Charset = t.Charset
		}
		t = next
	}
	return t
}

// split splits values at the commas outside quoted strings.
func split(contentType string) []string {
	var values []string
	quoted, from := false, 0
	for i := 0; i < len(contentType); i++ {
		switch c := contentType[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ',' && !quoted:
			values = append(values, contentType[from:i])
			from = i + 1
		}
	}
	return append(values, contentType[from:])
}

const space = " \t\r\n"

// parse reads one value (MIME Sniffing standard, section 4.4). Parameters other than
// charset do not matter here, and invalid ones are passed over.
func parse(value string) (t Type, ok bool) {
	essence, params, _ := strings.Cut(strings.Trim(value, space), ";")
	major, minor, found := strings.Cut(strings.TrimRight(essence, space), "/")
	if !found || !isToken(major) || !isToken(minor) {
		return t, false
	}
	t.Essence = strings.ToLower(major + "/" + minor)
	for params != "" {
		params = strings.TrimLeft(params, space+";")
		end := strings.IndexAny(params, ";=")
		if end < 0 {
			break
		}
		name := params[:end]
		if params[end] == ';' {
			params = params[end:]
			continue
		}
		var v string
		v, params = parameter(params[end+1:])
		if t.Charset == "" && strings.EqualFold(name, "charset") {
			t.Charset = v
		}
	}
	return t, true
}

// parameter reads a parameter's value and returns what follows it.
func parameter(s string) (value, rest string) {
	if !strings.HasPrefix(s, `"`) {
		value, rest, _ = strings.Cut(s, ";")
		return strings.TrimRight(value, space), rest
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s):
			i++
		case s[i] == '"':
			_, rest, _ = strings.Cut(s[i:], ";")
			return b.String(), rest
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// isToken recognizes what types and their parts consist of (RFC 9110, section 5.6.2).
func isToken(s string) bool {
	for _, c := range []byte(s) {
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0) {
			return false
		}
	}
	return s != ""
}
