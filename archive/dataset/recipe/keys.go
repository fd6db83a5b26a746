package recipe

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/words"
)

// checkTree compares the keys and the types of a TOML document with those of Recipe.
func checkTree(tree map[string]any) []*Error {
	return checkTable(tree, reflect.TypeFor[Recipe](), "")
}

func checkTable(tree map[string]any, t reflect.Type, path string) (errs []*Error) {
	fields := map[string]reflect.Type{}
	var known []string
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("toml"), ",")
		fields[name] = t.Field(i).Type
		known = append(known, name)
	}
	for _, key := range slices.Sorted(maps.Keys(tree)) {
		full := path + key
		field, ok := fields[key]
		if !ok {
			errs = append(errs, &Error{Key: full, Problem: "unknown key", Nearest: nearestKey(key, known)})
			continue
		}
		errs = append(errs, checkValue(tree[key], field, full)...)
	}
	return errs
}

// nearestKey is the known key that key is probably a misspelling of; underscores in
// place of hyphens are the likeliest one.
func nearestKey(key string, known []string) string {
	return words.Nearest(strings.ToLower(strings.ReplaceAll(key, "_", "-")), known, 3)
}

func checkValue(v any, t reflect.Type, key string) (errs []*Error) {
	wrong := func(want string) []*Error {
		return []*Error{{Key: key, Problem: fmt.Sprintf("expected %s, got %s", want, typeOf(v))}}
	}
	switch t.Kind() {
	case reflect.Struct:
		table, ok := v.(map[string]any)
		if !ok {
			return wrong("a table: [" + shown(key) + "]")
		}
		return checkTable(table, t, key+".")
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Struct {
			tables, ok := asTables(v)
			if !ok {
				return wrong("tables: [[" + shown(key) + "]]")
			}
			for i, table := range tables {
				errs = append(errs, checkTable(table, t.Elem(), fmt.Sprintf("%s[%d].", key, i))...)
			}
			return errs
		}
		list, ok := v.([]any)
		for _, e := range list {
			_, isString := e.(string)
			ok = ok && isString
		}
		if !ok {
			return wrong(`a list of strings, such as ["a", "b"]`)
		}
	case reflect.String:
		if _, ok := v.(string); !ok {
			return wrong("a string in quotes")
		}
	case reflect.Bool:
		if _, ok := v.(bool); !ok {
			return wrong("true or false")
		}
	case reflect.Int, reflect.Uint64:
		n, ok := v.(int64)
		if !ok {
			return wrong("an integer")
		}
		if n < 0 {
			return []*Error{{Key: key, Problem: fmt.Sprintf("must not be negative, is %d", n)}}
		}
	}
	return nil
}

// asTables returns a list of tables, which the library reads as one of two types.
func asTables(v any) (tables []map[string]any, ok bool) {
	if tables, ok = v.([]map[string]any); ok {
		return tables, true
	}
	list, ok := v.([]any)
	for _, e := range list {
		table, isTable := e.(map[string]any)
		ok = ok && isTable
		tables = append(tables, table)
	}
	return tables, ok
}

// typeOf names the type of a TOML value.
func typeOf(v any) string {
	switch v := v.(type) {
	case string:
		return "a string"
	case int64:
		return "an integer"
	case float64:
		return "a number with a fraction"
	case bool:
		return "a boolean"
	case map[string]any:
		return "a table"
	case []map[string]any:
		return "a list of tables"
	case []any:
		for _, e := range v {
			if _, ok := e.(string); !ok {
				return "a list with " + typeOf(e)
			}
		}
		return "a list"
	}
	return "a date or time"
}

// keyLines returns the lines on which keys and headers of tables are written. It need
// not understand all of TOML, since it only serves messages: keys within inline tables
// are not listed.
func keyLines(text string) map[string]int {
	keys := map[string]int{}
	add := func(key string, line int) {
		if keys[key] == 0 {
			keys[key] = line
		}
	}
	table, multi := "", ""
	count := map[string]int{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if multi != "" {
			if strings.Contains(line, multi) {
				multi = ""
			}
			continue
		}
		switch {
		case line == "", line[0] == '#':
		case strings.HasPrefix(line, "[["):
			name := plainKey(strings.Trim(before(line, "]"), "[ \t"))
			table = fmt.Sprintf("%s[%d].", name, count[name])
			count[name]++
			add(strings.TrimSuffix(table, "."), n)
		case line[0] == '[':
			table = plainKey(strings.Trim(before(line, "]"), "[ \t")) + "."
			add(strings.TrimSuffix(table, "."), n)
		default:
			key, value, ok := strings.Cut(line, "=")
			if !ok {
				continue
			}
			add(table+plainKey(key), n)
			for _, quotes := range []string{`"""`, `'''`} {
				if strings.Count(value, quotes) == 1 {
					multi = quotes
				}
			}
		}
	}
	return keys
}

func before(s, sep string) string {
	s, _, _ = strings.Cut(s, sep)
	return s
}

// plainKey removes quotes and spaces from a dotted key.
func plainKey(key string) string {
	parts := strings.Split(key, ".")
	for i, p := range parts {
		parts[i] = strings.Trim(strings.TrimSpace(p), `"'`)
	}
	return strings.Join(parts, ".")
}

// findLine returns the line of a key, or else that of the table that it is in; 0 if
// neither is known.
func findLine(keys map[string]int, key string) int {
	for key != "" {
		if line := keys[key]; line > 0 {
			return line
		}
		key = key[:max(strings.LastIndexAny(key, ".["), 0)]
	}
	return 0
}
