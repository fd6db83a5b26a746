package words

import (
	"slices"
	"strings"
	"unicode"
)

// The bounds of a query: what a person types is far below them.
const (
	maxTerms  = 64
	maxTokens = 1000
)

// A Query is what to look for, for an index and for marking it in texts. The zero
// Query looks for nothing.
type Query struct {
	terms      []term
	expression string
	cut        bool
}

// A term is a word or a phrase.
type term struct {
	tokens []string
	prefix bool // the last token is the beginning of a word
	single bool // that is a single character of a script that is indexed by pairs
	not    bool // texts with it are not looked for
}

// newTerm folds a word or phrase that a person wrote; it has no tokens if there are no
// words in it.
func newTerm(s string, prefix bool) term {
	t := term{prefix: prefix}
	var last Token
	for tok := range Tokens(s) {
		t.tokens = append(t.tokens, tok.Text)
		last = tok
		if len(t.tokens) > maxTokens {
			break
		}
	}
	// A run of pairs may continue in the text: its last character is then the first of
	// another pair.
	switch {
	case last.Alone:
		t.prefix, t.single = true, true
	case last.Last:
		t.tokens, t.prefix = t.tokens[:len(t.tokens)-1], false
	}
	return t
}

// expression writes a term in the language of SQLite's FTS5. Tokens have no quotes.
func (t term) expression() string {
	e := `"` + strings.Join(t.tokens, " ") + `"`
	if t.prefix {
		e += " *"
	}
	return e
}

// Parse reads what a person typed, whatever it is: words that must all be in a text,
// "phrases in quotes", word* for the beginning of a word, and -word or -"phrase" for what
// must not be in it, if there is anything to look for. A word with other characters in
// it, such as covid-19 or O'Brien, is the phrase of its parts.
func Parse(s string) Query {
	var q Query
	var yes, no []string
	n := 0
	for s != "" {
		var part string
		var not, prefix, quoted bool
		part, s, not, prefix, quoted = nextPart(s)
		if !quoted && !not && strings.Trim(part, "*") == "" {
			continue
		}
		t := newTerm(part, prefix)
		if len(t.tokens) == 0 {
			continue
		}
		if n += len(t.tokens); len(q.terms) == maxTerms || n > maxTokens {
			q.cut = true
			break
		}
		t.not = not
		q.terms = append(q.terms, t)
	}
	if !slices.ContainsFunc(q.terms, func(t term) bool { return !t.not }) {
		for i := range q.terms {
			q.terms[i].not = false
		}
	}
	for _, t := range q.terms {
		if t.not {
			no = append(no, t.expression())
		} else {
			yes = append(yes, t.expression())
		}
	}
	q.expression = strings.Join(yes, " AND ")
	if len(no) > 0 {
		q.expression = "(" + q.expression + ") NOT (" + strings.Join(no, " OR ") + ")"
	}
	return q
}

// closing has the quotation marks that Parse knows, with their partners.
var closing = map[rune]string{'"': `"`, '“': "”“\"", '”': "”", '„': "“”\"", '«': "»", '「': "」", '『': "』"}

// nextPart cuts the next word or quoted phrase off a query.
func nextPart(s string) (part, rest string, not, prefix, quoted bool) {
	s = strings.TrimLeftFunc(s, unicode.IsSpace)
	if after, ok := strings.CutPrefix(s, "-"); ok {
		s, not = after, true
	}
	for open, ends := range closing { // at most one is the first character
		after, ok := strings.CutPrefix(s, string(open))
		if !ok {
			continue
		}
		part, rest = after, ""
		if i := strings.IndexAny(after, ends); i >= 0 {
			part, rest = after[:i], after[i:]
			for _, r := range rest {
				rest = rest[len(string(r)):]
				break
			}
		}
		if strings.HasPrefix(rest, "*") {
			rest, prefix = rest[1:], true
		}
		return part, rest, not, prefix, true
	}
	part = s
	if i := strings.IndexFunc(s, func(r rune) bool { return unicode.IsSpace(r) || r == '"' }); i >= 0 {
		part, rest = s[:i], s[i:]
	}
	part, prefix = strings.CutSuffix(part, "*")
	return part, rest, not, prefix, false
}

// Expression returns the query in the language of SQLite's FTS5; "" if there are no
// words in it.
func (q Query) Expression() string { return q.expression }

// Cut reports whether the query has more words than are looked for.
func (q Query) Cut() bool { return q.cut }

// Words returns the words that are looked for, folded, each once: those of phrases, too,
// and the beginnings of words.
func (q Query) Words() []string {
	var all []string
	for _, t := range q.terms {
		for _, w := range t.tokens {
			if !t.not && !slices.Contains(all, w) {
				all = append(all, w)
			}
		}
	}
	return all
}
