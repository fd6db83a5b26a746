package text

import (
	"regexp"
	"regexp/syntax"
	"sync"
)

// Regexp is a regular expression with a prefilter. Most texts of a page match
// none of our expressions, and package regexp is slow to find that out. But most
// expressions have literals one of which is in every match ("fax", "telefax" or
// "факс"), and a search for all of them at once is a hundred times faster. The
// methods below search for the literals first and run the expression only on
// texts that have one; their results are those of package regexp. Its other
// methods work too, without the prefilter. Of an expression that begins with "^" and
// known literals only the beginning of a text is searched.
type Regexp struct {
	*regexp.Regexp
	derive   sync.Once   // at first use: most commands use few of the expressions
	required *LiteralSet // nil if no literals are worth looking for
	opening  *Opening    // of an expression that begins with "^" and known literals; else nil
}

// MustCompile is like regexp.MustCompile.
func MustCompile(expr string) *Regexp {
	return &Regexp{Regexp: regexp.MustCompile(expr)}
}

// MayMatch reports whether the expression can match somewhere in s. False is
// certain, true is not.
func (r *Regexp) MayMatch(s string) bool {
	r.derive.Do(func() {
		if r.opening = openingOf(r.String()); r.opening == nil {
			r.required = requiredLiterals(r.String())
		}
	})
	if r.opening != nil {
		return r.opening.mayMatch(s)
	}
	return r.required == nil || r.required.FoundIn(s)
}

// openingOf is what an expression that begins with "^" has behind that; nil of others
// and where it is not known how that begins.
func openingOf(expr string) *Opening {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil || tree.Op != syntax.OpConcat || tree.Sub[0].Op != syntax.OpBeginText {
		return nil
	}
	tree.Sub = tree.Sub[1:]
	o := &Opening{expr: tree.String()}
	if o.derive.Do(o.findStarts); o.starts == nil {
		return nil
	}
	return o
}

func (r *Regexp) MatchString(s string) bool {
	return r.MayMatch(s) && r.Regexp.MatchString(s)
}

func (r *Regexp) FindString(s string) string {
	if !r.MayMatch(s) {
		return ""
	}
	return r.Regexp.FindString(s)
}

func (r *Regexp) FindStringIndex(s string) []int {
	if !r.MayMatch(s) {
		return nil
	}
	return r.Regexp.FindStringIndex(s)
}

func (r *Regexp) FindStringSubmatch(s string) []string {
	if !r.MayMatch(s) {
		return nil
	}
	return r.Regexp.FindStringSubmatch(s)
}

func (r *Regexp) FindStringSubmatchIndex(s string) []int {
	if !r.MayMatch(s) {
		return nil
	}
	return r.Regexp.FindStringSubmatchIndex(s)
}

func (r *Regexp) FindAllString(s string, n int) []string {
	if !r.MayMatch(s) {
		return nil
	}
	return r.Regexp.FindAllString(s, n)
}

func (r *Regexp) FindAllStringIndex(s string, n int) [][]int {
	if !r.MayMatch(s) {
		return nil
	}
	return r.Regexp.FindAllStringIndex(s, n)
}

func (r *Regexp) FindAllStringSubmatch(s string, n int) [][]string {
	if !r.MayMatch(s) {
		return nil
	}
	return r.Regexp.FindAllStringSubmatch(s, n)
}

func (r *Regexp) FindAllStringSubmatchIndex(s string, n int) [][]int {
	if !r.MayMatch(s) {
		return nil
	}
	return r.Regexp.FindAllStringSubmatchIndex(s, n)
}

func (r *Regexp) ReplaceAllString(s, template string) string {
	if !r.MayMatch(s) {
		return s
	}
	return r.Regexp.ReplaceAllString(s, template)
}
