package main

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"
)

var headerLine = regexp.MustCompile(`^\s*\[\s*site\s*\.\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*\]`)

// tableOrSub matches the header of a site's table like headerLine, and those of tables
// within it.
var tableOrSub = regexp.MustCompile(strings.TrimSuffix(headerLine.String(), `\]`) + `(?:\.[^\]]*)?\]`)

// tableLines finds the lines of a site's table: from its header to the next table,
// without the comments directly above that. It returns -1, -1 if there is none.
func tableLines(lines []string, name string) (from, to int) {
	return tablesOf(lines, name, headerLine)
}

// tablesOf finds the lines of the first table of a site whose header matches.
func tablesOf(lines []string, name string, header *regexp.Regexp) (from, to int) {
	from = -1
	for i, l := range lines {
		if from < 0 {
			if m := header.FindStringSubmatch(l); m != nil {
				key := m[2] + m[3]
				if m[1] != "" {
					key, _ = strconv.Unquote(`"` + m[1] + `"`)
				}
				if key == name {
					from = i
				}
			}
			continue
		}
		if strings.HasPrefix(strings.TrimSpace(l), "[") && !inArray(lines[from+1:i]) {
			to = i
			for to > from+1 && (strings.HasPrefix(strings.TrimSpace(lines[to-1]), "#") || strings.TrimSpace(lines[to-1]) == "") {
				to--
			}
			return from, to
		}
	}
	if from < 0 {
		return -1, -1
	}
	to = len(lines)
	for to > from+1 && strings.TrimSpace(lines[to-1]) == "" {
		to--
	}
	return from, to
}

// inArray reports whether these lines end within a value, such as an array of many lines.
func inArray(lines []string) bool {
	var v map[string]any
	_, err := toml.Decode(strings.Join(lines, ""), &v)
	return err != nil
}

// setKeys returns the text of a sites.toml with new values for keys of one site.
func setKeys(text, name string, values map[string]any) (string, error) {
	lines := strings.SplitAfter(text, "\n")
	from, to := tableLines(lines, name)
	if from < 0 {
		if text == "" {
			text = sitesHeader
		}
		if !strings.HasSuffix(text, "\n") {
			text += "\n"
		}
		text += "\n[site." + tomlString(name) + "]\n"
		lines = strings.SplitAfter(text, "\n")
		from, to = tableLines(lines, name)
	}
	body := slices.Clone(lines[from:to])
	if last := len(body) - 1; !strings.HasSuffix(body[last], "\n") {
		body[last] += "\n"
	}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		value := values[key]
		var line []string
		if value != nil {
			line = []string{key + " = " + tomlValue(value) + "\n"}
		}
		at, end := keyLines(body, key)
		if at < 0 {
			body = append(body, line...)
			continue
		}
		if value != nil && sameValue(body[at:end], key, value) {
			continue // keep the line as a person wrote it
		}
		body = slices.Replace(body, at, end, line...)
	}
	lines = slices.Replace(lines, from, to, body...)
	return strings.Join(lines, ""), nil
}

// keyLines finds the lines of a key and its value, several for an array.
func keyLines(body []string, key string) (from, to int) {
	start := regexp.MustCompile(`^\s*"?` + regexp.QuoteMeta(key) + `"?\s*=`)
	for i := 1; i < len(body); i++ {
		if !start.MatchString(body[i]) || inArray(body[1:i]) {
			continue
		}
		for j := i + 1; j <= len(body); j++ {
			if !inArray(body[i:j]) {
				return i, j
			}
		}
	}
	return -1, -1
}

func sameValue(lines []string, key string, value any) bool {
	var old, now map[string]any
	if _, err := toml.Decode(strings.Join(lines, ""), &old); err != nil {
		return false
	}
	if _, err := toml.Decode(key+" = "+tomlValue(value), &now); err != nil {
		return false
	}
	return reflect.DeepEqual(old, now)
}

func tomlValue(v any) string {
	switch v := v.(type) {
	case string:
		return tomlString(v)
	case []string:
		quoted := make([]string, len(v))
		for i, s := range v {
			quoted[i] = tomlString(s)
		}
		return "[" + strings.Join(quoted, ", ") + "]"
	case map[string]string:
		var pairs []string
		for _, key := range slices.Sorted(maps.Keys(v)) {
			pairs = append(pairs, tomlString(key)+" = "+tomlString(v[key]))
		}
		return "{" + strings.Join(pairs, ", ") + "}"
	case time.Duration:
		return tomlString(v.String())
	default:
		return fmt.Sprint(v)
	}
}

// tomlString quotes s as a TOML basic string, which has the escapes of JSON.
func tomlString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
