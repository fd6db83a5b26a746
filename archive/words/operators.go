package words

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Columns are the fields of an article that are indexed apart, as Operators name them.
var Columns = []string{"title", "summary", "authors", "section", "tags", "text", "captions"}

// ParseOperators reads a query with the operators of SQLite's FTS5: AND, OR, NOT,
// parentheses, NEAR(a b, 10), title: and {title text}: before what must be in these
// columns, ^ before what must be at the beginning of one, word* and a + b; also AND NOT,
// which FTS5 writes as NOT. Words are
// folded, and whatever is no operator is safe to write without quotes. Not all errors
// are found here: the index finds others.
func ParseOperators(s string) (Query, error) {
	p := operators{rest: strings.ToValidUTF8(s, " ")}
	for {
		more, err := p.next()
		if err != nil {
			return Query{}, err
		}
		if !more {
			break
		}
	}
	if p.inColumns {
		return Query{}, fmt.Errorf("{ has no }")
	}
	if p.depth > 0 {
		return Query{}, fmt.Errorf("( has no )")
	}
	p.q.expression = strings.Join(p.out, " ")
	return p.q, nil
}

// operators reads a query with operators.
type operators struct {
	rest string
	out  []string
	q    Query

	depth     int // of open parentheses
	nears     int // depth of the parenthesis of an open NEAR; 0 if there is none
	inColumns bool
	negated   bool // the next operand is after NOT
	notDepth  int  // depth of the parenthesis that is after NOT; 0 if there is none
	operands  int
}

const maxDepth = 50

// next reads a piece of the query; more is false at its end.
func (p *operators) next() (more bool, err error) {
	p.rest = strings.TrimLeftFunc(p.rest, isBlank)
	if p.rest == "" {
		return false, nil
	}
	switch b := p.rest[0]; { // what is looked for is ASCII
	case b == '"':
		return true, p.quoted()
	case strings.IndexByte(symbols, b) >= 0, b == '-' && p.beforeColumns():
		p.rest = p.rest[1:]
		return true, p.symbol(b)
	}
	n := strings.IndexFunc(p.rest, func(r rune) bool { return isBlank(r) || r == '"' || strings.ContainsRune(symbols, r) })
	if n < 0 {
		n = len(p.rest)
	}
	word := p.rest[:n]
	p.rest = p.rest[n:]
	return true, p.word(word)
}

const symbols = "()*^:{}+,"

func isBlank(r rune) bool { return unicode.IsSpace(r) || r == 0 }

// beforeColumns reports whether a hyphen is before a column or columns, which it
// excludes; elsewhere it is part of a word.
func (p *operators) beforeColumns() bool {
	rest := p.rest[1:]
	if strings.HasPrefix(rest, "{") {
		return true
	}
	return slices.ContainsFunc(Columns, func(c string) bool { return strings.HasPrefix(rest, c+":") })
}

func (p *operators) quoted() error {
	var text []byte
	for i := 1; i < len(p.rest); i++ {
		if p.rest[i] != '"' {
			text = append(text, p.rest[i])
			continue
		}
		if i+1 < len(p.rest) && p.rest[i+1] == '"' { // a quote in quotes
			i++
			continue
		}
		p.rest = p.rest[i+1:]
		return p.operand(string(text))
	}
	return fmt.Errorf("a quotation mark has no partner")
}

func (p *operators) symbol(b byte) error {
	switch b {
	case '(':
		if p.depth++; p.depth > maxDepth {
			return fmt.Errorf("more than %d open parentheses", maxDepth)
		}
		if p.negated {
			p.negated, p.notDepth = false, p.depth
		}
	case ')':
		if p.depth == 0 {
			return fmt.Errorf(") has no (")
		}
		if p.nears == p.depth {
			p.nears = 0
		}
		if p.notDepth == p.depth {
			p.notDepth = 0
		}
		p.depth--
	case '*':
		if len(p.out) == 0 || !strings.HasSuffix(p.out[len(p.out)-1], `"`) {
			if len(p.out) > 0 && strings.HasSuffix(p.out[len(p.out)-1], `" *`) {
				return nil // of a single character
			}
			return fmt.Errorf("* must follow a word")
		}
		if n := len(p.q.terms); n > 0 {
			p.q.terms[n-1].prefix = true
		}
	case '{':
		p.inColumns = true
	case '}':
		p.inColumns = false
	}
	p.out = append(p.out, string(rune(b)))
	return nil
}

func (p *operators) word(w string) error {
	after := strings.TrimLeftFunc(p.rest, unicode.IsSpace)
	switch {
	case p.inColumns, strings.HasPrefix(after, ":"):
		w = strings.ToLower(w)
		if !slices.Contains(Columns, w) {
			return fmt.Errorf("no column %q; the columns are %s", w, strings.Join(Columns, ", "))
		}
		p.out = append(p.out, w)
		return nil
	case w == "AND", w == "OR":
		p.out = append(p.out, w)
		return nil
	case w == "NOT":
		p.negated = true
		if n := len(p.out); n > 0 && p.out[n-1] == "AND" {
			p.out = p.out[:n-1] // FTS5 has no AND NOT: its NOT stands between two operands
		}
		p.out = append(p.out, w)
		return nil
	case w == "NEAR" && strings.HasPrefix(after, "("):
		p.nears = p.depth + 1
		p.out = append(p.out, w)
		return nil
	case p.nears > 0 && len(p.out) > 0 && p.out[len(p.out)-1] == ",":
		if len(w) > 6 || strings.Trim(w, "0123456789") != "" {
			return fmt.Errorf("NEAR(…, %s): the distance must be a number of words", w)
		}
		p.out = append(p.out, w)
		return nil
	}
	return p.operand(w)
}

// operand adds a word or phrase.
func (p *operators) operand(s string) error {
	t := newTerm(s, false)
	if len(t.tokens) == 0 {
		return fmt.Errorf("%q has no letter or digit", s)
	}
	if p.operands += len(t.tokens); len(p.q.terms) == maxTerms || p.operands > maxTokens {
		return fmt.Errorf("more than %d words and phrases", maxTerms)
	}
	t.not = p.negated || p.notDepth > 0
	p.negated = false
	p.q.terms = append(p.q.terms, t)
	p.out = append(p.out, t.expression())
	return nil
}
