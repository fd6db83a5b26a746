package text

import (
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// An Opening is a regular expression for the beginning of a line, behind any signs:
// it must match from the first letter or digit, of any script. Lines that begin with
// other letters are told by their first bytes, without the expression.
type Opening struct {
	expr string
	re   *regexp.Regexp

	derive sync.Once
	starts *LiteralSet // one of which each match begins with; nil if they are not known
	rare   []string    // see analysis.rare
	most   int         // bytes of the longest of starts
}

// MustCompileOpening is like regexp.MustCompile, for an expression without "^" that
// does not begin with signs.
func MustCompileOpening(expr string) *Opening {
	return &Opening{expr: expr, re: regexp.MustCompile("^(?:" + expr + ")")}
}

// MatchString reports whether a line begins so.
func (o *Opening) MatchString(line string) bool {
	line = strings.TrimLeftFunc(line, isSign)
	return o.mayMatch(line) && o.re.MatchString(line)
}

// isSign is whether a character is neither a letter nor a digit. "_" is a sign.
func isSign(r rune) bool {
	if r < utf8.RuneSelf {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}
	return !unicode.IsLetter(r) && !unicode.IsNumber(r)
}

func (o *Opening) mayMatch(line string) bool {
	o.derive.Do(o.findStarts)
	if o.starts == nil || o.starts.Begins(line) {
		return true
	}
	for _, r := range o.rare {
		if strings.Contains(line[:min(len(line), o.most)], r) {
			return true
		}
	}
	return false
}

// findStarts derives what each match begins with.
func (o *Opening) findStarts() {
	tree, err := syntax.Parse(o.expr, syntax.Perl)
	if err != nil {
		return
	}
	a := analysis{rare: map[rune]bool{}}
	starts := a.node(tree).prefix.literals
	for _, l := range starts {
		if l.lower == "" {
			return
		}
		o.most = max(o.most, 3*len(l.lower)) // a rare form of a letter takes up to three bytes
	}
	for r := range a.rare {
		o.rare = append(o.rare, string(r))
	}
	o.starts = newLiterals(withoutExtensions(starts))
}
