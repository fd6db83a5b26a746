// Package text has the small tools for text that the readers of every field
// share. It knows nothing of pages and articles.
package text

import (
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Regexp is a regular expression with a prefilter. Most texts of a page match
// none of our expressions, and package regexp is slow to find that out. But most
// expressions have literals one of which is in every match ("fax", "telefax" or
// "факс"), and to look for all of them at once is a hundred times faster. The
// methods below look for the literals first and run the expression only on
// texts that have one; their results are those of package regexp. Its other
// methods work too, without the prefilter. An expression that begins with "^"
// gains only on short texts: on a long one regexp gives up sooner.
type Regexp struct {
	*regexp.Regexp
	derive   sync.Once   // at first use: most commands use few of the expressions
	required *literalSet // nil if no literals are worth looking for
}

// MustCompile is like regexp.MustCompile.
func MustCompile(expr string) *Regexp {
	return &Regexp{Regexp: regexp.MustCompile(expr)}
}

// MayMatch reports whether the expression can match somewhere in s. False is
// certain, true is not.
func (r *Regexp) MayMatch(s string) bool {
	r.derive.Do(func() { r.required = requiredLiterals(r.String()) })
	return r.required == nil || r.required.matches(s)
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

// literal is a text that may be written in two cases: each byte of a text that
// contains it is the byte of lower or the byte of upper at that place. Both are
// equal where case matters, and always of the same length.
type literal struct{ lower, upper string }

// A literalSet finds out whether a text contains one of its literals. It walks
// over the text once and looks closer where two bytes begin a literal.
type literalSet struct {
	only    string     // the single literal of one case, or ""
	pairs   [64]uint64 // by byteKey: one bit for each second byte's key
	byFirst [64][]literal
	single  [256]bool // literals of one byte
}

func newLiteralSet(literals []literal) *literalSet {
	set := &literalSet{}
	if len(literals) == 1 && literals[0].lower == literals[0].upper {
		set.only = literals[0].lower
		return set
	}
	for _, l := range literals {
		set.add(l)
	}
	return set
}

func (set *literalSet) add(l literal) {
	keys := []byte{byteKey(l.lower[0]), byteKey(l.upper[0])}
	for _, key := range slices.Compact(keys) {
		if len(l.lower) == 1 {
			set.pairs[key] = ^uint64(0)
		} else {
			set.pairs[key] |= 1<<byteKey(l.lower[1]) | 1<<byteKey(l.upper[1])
		}
		set.byFirst[key] = append(set.byFirst[key], l)
	}
	if len(l.lower) == 1 {
		set.single[l.lower[0]], set.single[l.upper[0]] = true, true
	}
}

// byteKey is below 64 and has a value of its own for each letter, whatever its
// case, and for each digit.
func byteKey(b byte) byte { return b&31 | b>>1&32 }

// matches reports whether s contains one of the literals.
func (set *literalSet) matches(s string) bool {
	if set.only != "" {
		return strings.Contains(s, set.only)
	}
	if s == "" {
		return false
	}
	key := byteKey(s[0])
	for i := 1; i < len(s); i++ {
		first := key
		key = byteKey(s[i])
		if set.pairs[first&63]>>key&1 != 0 && startsWithAny(s[i-1:], set.byFirst[first&63]) {
			return true
		}
	}
	return set.single[s[len(s)-1]]
}

func startsWithAny(s string, literals []literal) bool {
	for _, l := range literals {
		if len(l.lower) > len(s) {
			continue
		}
		i := 0
		for i < len(l.lower) && (s[i] == l.lower[i] || s[i] == l.upper[i]) {
			i++
		}
		if i == len(l.lower) {
			return true
		}
	}
	return false
}
