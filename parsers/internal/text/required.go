package text

import (
	"cmp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxChoice bounds the literals of an alternation, maxProduct those of parts
	// in a row, which multiply.
	maxChoice  = 1000
	maxProduct = 64

	// maxClass is the largest class of characters that is written out; the ten
	// digits and the vowels with their accents are within it.
	maxClass = 24

	// maxCopies is how many times a repeated part is written out.
	maxCopies = 4

	// maxHits bounds the literals that are expected per byte of a text. With more
	// the prefilter lets most texts through and is not worth its time: "any
	// digit" is within it, "any space" and "an e" are not.
	maxHits = 0.1

	// literalCost is what a literal more costs, as expected hits.
	literalCost = 0.00001
)

// requiredLiterals returns literals one of which is in every text that matches
// expr, or nil if there are none or they are in most texts anyway.
func requiredLiterals(expr string) *LiteralSet {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil
	}
	a := analysis{rare: map[rune]bool{}}
	required := a.node(tree).required
	if required.hits > maxHits {
		return nil
	}
	literals := required.literals
	for r := range a.rare {
		literals = append(literals, exactly(r))
	}
	return newLiterals(withoutExtensions(literals))
}

// withoutExtensions sorts literals and drops those that begin with another.
func withoutExtensions(literals []literal) []literal {
	sorted := slices.SortedFunc(slices.Values(literals), func(a, b literal) int {
		return cmp.Or(strings.Compare(a.lower, b.lower), strings.Compare(a.upper, b.upper))
	})
	kept := sorted[:0]
	for _, l := range sorted {
		if n := len(kept); n == 0 || !strings.HasPrefix(l.lower, kept[n-1].lower) || !strings.HasPrefix(l.upper, kept[n-1].upper) {
			kept = append(kept, l)
		}
	}
	return kept
}

// choice is a set of literals of which one is meant.
type choice struct {
	literals []literal
	hits     float64 // how many are expected per byte of a text, roughly
}

// nothing is the choice of the empty literal alone, which every text contains.
var nothing = choice{[]literal{{}}, 1}

func exactly(r rune) literal { return literal{string(r), string(r)} }

// product has each literal of c followed by each of d; ok is false if these are
// too many.
func (c choice) product(d choice) (p choice, ok bool) {
	switch {
	case len(c.literals)*len(d.literals) > max(maxProduct, len(c.literals), len(d.literals)):
		return choice{}, false
	case len(d.literals) == 1 && d.literals[0].lower == "":
		return c, true
	}
	p.hits = c.hits * d.hits
	p.literals = make([]literal, 0, len(c.literals)*len(d.literals))
	for _, x := range c.literals {
		for _, y := range d.literals {
			p.literals = append(p.literals, literal{x.lower + y.lower, x.upper + y.upper})
		}
	}
	return p, true
}

// rarer returns the choice that is better to look for.
func rarer(c, d choice) choice {
	if d.hits+float64(len(d.literals))*literalCost < c.hits+float64(len(c.literals))*literalCost {
		return d
	}
	return c
}

// frequency is how often a character is the next one in the text of a page,
// roughly. Letters follow each other by habit, so theirs is higher than a count
// of letters would give.
func frequency(r rune) float64 {
	switch {
	case r == ' ':
		return 0.5
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
		return 0.15
	case r == '.', r == ',':
		return 0.02
	case '0' <= r && r <= '9':
		return 0.003
	case r > unicode.MaxASCII && unicode.IsLetter(r):
		return 0.02
	}
	return 0.002
}

// found is what the analysis knows of a part of an expression.
type found struct {
	complete bool   // prefix has all texts that the part matches, none else
	prefix   choice // every match starts with one of these
	suffix   choice // every match ends with one of these
	required choice // every match contains one of these
}

// anything is found of a part that may match any text.
var anything = found{false, nothing, nothing, nothing}

func oneOf(c choice) found { return found{true, c, c, c} }

// analysis walks over the tree of one expression.
type analysis struct {
	// rare are characters that match a letter in spite of case but have another
	// length in UTF-8 or are a third form of it, as "ſ" is of "s" and "S". A
	// text that has one passes the prefilter.
	rare map[rune]bool
}

func (a *analysis) node(re *syntax.Regexp) found {
	switch re.Op {
	case syntax.OpLiteral:
		return a.literal(re)
	case syntax.OpCharClass:
		return class(re.Rune)
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return oneOf(nothing)
	case syntax.OpCapture:
		return a.node(re.Sub[0])
	case syntax.OpQuest:
		if part := a.node(re.Sub[0]); part.complete {
			return alternation([]found{part, oneOf(nothing)})
		}
	case syntax.OpPlus:
		return repeated(a.node(re.Sub[0]), 1, -1)
	case syntax.OpRepeat:
		return repeated(a.node(re.Sub[0]), re.Min, re.Max)
	case syntax.OpConcat:
		return sequence(a.nodes(re.Sub))
	case syntax.OpAlternate:
		return alternation(a.nodes(re.Sub))
	}
	return anything
}

func (a *analysis) nodes(res []*syntax.Regexp) []found {
	parts := make([]found, len(res))
	for i, re := range res {
		parts[i] = a.node(re)
	}
	return parts
}

func (a *analysis) literal(re *syntax.Regexp) found {
	var l literal
	hits := 1.0
	for _, r := range re.Rune {
		if r == utf8.RuneError { // the expression matches broken UTF-8
			return anything
		}
		other := r
		if re.Flags&syntax.FoldCase != 0 {
			other = a.otherCase(r)
		}
		l.lower += string(r)
		l.upper += string(other)
		hits *= frequency(r)
	}
	return oneOf(choice{[]literal{l}, hits})
}

// otherCase returns a rune that equals r in spite of case, of the same length
// in UTF-8, or r itself. Any further ones are rare.
func (a *analysis) otherCase(r rune) rune {
	other := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		if other == r && utf8.RuneLen(next) == utf8.RuneLen(r) {
			other = next
		} else {
			a.rare[next] = true
		}
	}
	return other
}

// class writes out a small class of characters, given as pairs of first and
// last. A letter in both cases is one literal.
func class(ranges []rune) found {
	in := map[rune]bool{}
	for i := 0; i < len(ranges); i += 2 {
		if int(ranges[i+1]-ranges[i])+len(in) > 2*maxClass {
			return anything
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			in[r] = true
		}
	}
	if len(in) == 0 || in[utf8.RuneError] {
		return anything
	}
	var c choice
	for r := range in {
		other := unicode.SimpleFold(r)
		if !in[other] || unicode.SimpleFold(other) != r || utf8.RuneLen(other) != utf8.RuneLen(r) {
			other = r
		}
		if r <= other {
			c.literals = append(c.literals, literal{string(r), string(other)})
			c.hits += frequency(r)
		}
	}
	if len(c.literals) > maxClass {
		return anything
	}
	return oneOf(c)
}

// repeated is a part that stands low times or more. "(?:ab)+c" contains "abc",
// and so does "a+bc" contain it: the last time is what matters there.
func repeated(part found, low, high int) found {
	if low == 0 {
		return anything
	}
	whole := sequence(slices.Repeat([]found{part}, min(low, maxCopies)))
	whole.complete = whole.complete && high == low && low <= maxCopies
	return whole
}

func alternation(parts []found) found {
	complete := true
	for _, p := range parts {
		complete = complete && p.complete
	}
	prefix, ok := anyOf(parts, func(p *found) *choice { return &p.prefix })
	if complete && ok {
		return oneOf(prefix)
	}
	suffix, alsoOk := anyOf(parts, func(p *found) *choice { return &p.suffix })
	required, allOk := anyOf(parts, func(p *found) *choice { return &p.required })
	if !ok || !alsoOk || !allOk {
		return anything
	}
	return found{false, prefix, suffix, required}
}

// anyOf joins a choice of each part. Common literals stay once. It is false if
// the literals are too many.
func anyOf(parts []found, of func(*found) *choice) (all choice, ok bool) {
	in := map[literal]bool{}
	for i := range parts {
		c := of(&parts[i])
		for _, l := range c.literals {
			if !in[l] {
				in[l] = true
				all.literals = append(all.literals, l)
			}
		}
		all.hits += c.hits
	}
	return all, len(all.literals) <= maxChoice
}

// sequence tries every run of parts that follow each other without a gap, and
// keeps the choices that are rarest.
func sequence(parts []found) found {
	last := len(parts) - 1
	if last == 0 {
		return parts[0]
	}
	whole := found{prefix: parts[0].prefix, suffix: parts[last].suffix, required: parts[0].required}
	for first, part := range parts {
		whole.required = rarer(whole.required, part.required)
		run := part.suffix
		for i, next := range parts[first+1:] {
			var ok bool
			if run, ok = run.product(next.prefix); !ok {
				break
			}
			atStart, atEnd := first == 0 && part.complete, first+1+i == last && next.complete
			whole.required = rarer(whole.required, run)
			if atStart {
				whole.prefix = rarer(whole.prefix, run)
			}
			if atEnd {
				whole.suffix = rarer(whole.suffix, run)
			}
			if atStart && atEnd {
				return found{true, run, run, whole.required}
			}
			if !next.complete {
				break
			}
		}
	}
	return whole
}
