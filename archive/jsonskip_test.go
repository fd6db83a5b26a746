package archive

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// TestUnescaped compares strings that are read in one pass with encoding/json, also
// without one of their members, and where they are cut.
func TestUnescaped(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	parts := []string{"a text", `"`, `\`, "[", "]", "{", "}", "\n", "\x01", "ä", "🗞", "\u2028", ",", `,"body":[`, `"body":[1]`, `\"`, "<", ":"}
	text := func() string {
		var b strings.Builder
		for range r.IntN(6) {
			b.WriteString(parts[r.IntN(len(parts))])
		}
		return b.String()
	}
	skipped := 0
	for range 20_000 {
		type block struct {
			Text  string   `json:"text"`
			Items []string `json:"items,omitempty"`
			Level int      `json:"level"`
		}
		of := struct {
			Title string         `json:"title"`
			From  map[string]any `json:"from,omitempty"`
			Body  []block        `json:"body"`
			End   string         `json:"end,omitempty"`
		}{Title: text(), End: text()}
		for range r.IntN(3) {
			of.Body = append(of.Body, block{text(), []string{text(), text()}, r.IntN(9)})
		}
		if r.IntN(3) == 0 {
			of.From = map[string]any{"body": map[string]string{"of": text()}}
		}
		inner, err := json.Marshal(of)
		if err != nil {
			t.Fatal(err)
		}
		line := append(appendString(nil, inner), `,"head":"x"}`...)
		s := scanner{b: line}
		got, err := s.unescaped(nil, "")
		if err != nil || !bytes.Equal(got, inner) || line[s.at] != ',' {
			t.Fatalf("%s:\n%s, %v\n%s", line, got, err, inner)
		}
		s = scanner{b: line}
		got, err = s.unescaped(nil, "body")
		if err != nil || line[s.at] != ',' {
			t.Fatalf("%s: %v", line, err)
		}
		if len(got) < len(inner) {
			skipped++
			of.Body = nil
		}
		rest := of
		rest.Title, rest.Body, rest.End = "", nil, ""
		if err := json.Unmarshal(got, &rest); err != nil {
			t.Fatalf("%s: %v", got, err)
		}
		if rest.Title != of.Title || rest.End != of.End || len(rest.Body) != len(of.Body) || len(of.Body) > 0 && !reflect.DeepEqual(rest.Body, of.Body) {
			t.Fatalf("%s:\n%+v\n%+v", got, rest, of)
		}
		cut := scanner{b: line[:r.IntN(s.at)]}
		if got, err := cut.unescaped(nil, "body"); err == nil {
			t.Fatalf("%s was read as %s", cut.b, got)
		}
	}
	if skipped < 10_000 {
		t.Errorf("only %d bodies were skipped", skipped)
	}
}

func TestEscapedArrayOfOthers(t *testing.T) {
	for _, raw := range []string{``, `[`, `[{\"a\":\"b\"}`, `["a"]`, `[\n]`, `[\u005d`, `[\"a"]`, `[\"\u0041\"]`, `[\"\\\u0041\"]`, `[\"`, `[\"\`, `[\"\\\"]`} {
		if n := escapedArray([]byte(raw)); n != 0 {
			t.Errorf("%s: %d", raw, n)
		}
	}
	for _, raw := range []string{`[]`, `[1,[2]]`, `[\"]\"]`, `[\"\\\"]\"]`, `[\"\\\\\"]`, `[{\"a\":[\"\\n]\"]}]`} {
		if n := escapedArray([]byte(raw + `,\"b\":[]}"`)); n != len(raw) {
			t.Errorf("%s: %d", raw, n)
		}
	}
}
