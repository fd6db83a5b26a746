package recipe

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"
)

// MaxBytes is the size that a recipe may have.
const MaxBytes = 1 << 20

// An Error says what is wrong in a recipe.
type Error struct {
	Line    int    // 1 is the first; 0 if the recipe is not from a file, or the line is not known
	Key     string // "choice.dedupe", "dataset.creators[0].orcid"; "" for the file as a whole
	Problem string
	Nearest string // the name that was probably meant; "" if there is none
}

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("recipe: ")
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", e.Line)
	}
	if e.Key != "" {
		fmt.Fprintf(&b, "%s: ", shown(e.Key))
	}
	b.WriteString(e.Problem)
	if e.Nearest != "" {
		fmt.Fprintf(&b, "; did you mean %q?", e.Nearest)
	}
	return b.String()
}

// shown shortens what a recipe says for an error, and makes it printable.
func shown(s string) string {
	const most = 80
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strings.ToValidUTF8(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, s), "?")
}

// Parse reads a recipe in TOML and validates it. Unknown keys, values of a wrong type
// and values that are not valid are an *Error that names the line.
func Parse(r io.Reader) (Recipe, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxBytes+1))
	if err != nil {
		return Recipe{}, fmt.Errorf("recipe: %w", err)
	}
	rec, err := decode(text)
	if err != nil {
		return Recipe{}, err
	}
	if err := rec.Validate(); err != nil {
		if e := (*Error)(nil); errors.As(err, &e) {
			e.Line = findLine(keyLines(string(text)), e.Key)
		}
		return Recipe{}, err
	}
	return rec, nil
}

// decode reads a recipe without validating its values.
func decode(text []byte) (Recipe, error) {
	var rec Recipe
	switch {
	case len(text) > MaxBytes:
		return rec, &Error{Problem: fmt.Sprintf("larger than %d bytes", MaxBytes)}
	case !utf8.Valid(text):
		return rec, &Error{Problem: "not UTF-8 text"}
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if err := checkDepth(text); err != nil {
		return rec, err
	}
	var tree map[string]any
	if _, err := toml.Decode(string(text), &tree); err != nil {
		e := &Error{Problem: strings.TrimPrefix(err.Error(), "toml: ")}
		if p := (toml.ParseError{}); errors.As(err, &p) {
			e.Line, e.Problem = p.Position.Line, p.Message
			if e.Problem == "" {
				_, e.Problem, _ = strings.Cut(p.Error(), ": ")
				e.Line = 0
			}
		}
		e.Problem = shown(e.Problem)
		return rec, e
	}
	if errs := checkTree(tree); len(errs) > 0 {
		lines := keyLines(string(text))
		for _, e := range errs {
			e.Line = findLine(lines, e.Key)
		}
		slices.SortStableFunc(errs, func(a, b *Error) int { return a.Line - b.Line })
		return rec, errs[0]
	}
	if _, err := toml.Decode(string(text), &rec); err != nil {
		return Recipe{}, &Error{Problem: shown(strings.TrimPrefix(err.Error(), "toml: "))}
	}
	return rec, nil
}

// Write writes the recipe as TOML, with its keys always in the same order. What it
// writes, Parse reads as an equal recipe, except that lists without elements are nil.
func (r Recipe) Write(w io.Writer) error {
	if err := r.Validate(); err != nil {
		return err
	}
	return r.encode(w)
}

func (r Recipe) encode(w io.Writer) error {
	enc := toml.NewEncoder(w)
	enc.Indent = ""
	return enc.Encode(r)
}
