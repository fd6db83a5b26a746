package versions

import (
	"unicode/utf8"

	"github.com/sergi/go-diff/diffmatchpatch"
)

// Limits of the diff of words, which takes time by the product of two lengths in the
// worst case. Above them a text is shown as replaced but for its common beginning
// and end.
const (
	maxTokens = 4096    // of each side, between beginning and end
	wordWork  = 1 << 27 // pairs of tokens of one Compare
)

// A differ compares texts word by word, within a budget of work.
type differ struct {
	work int
	dmp  *diffmatchpatch.DiffMatchPatch
}

func newDiffer() *differ {
	dmp := diffmatchpatch.New()
	dmp.DiffTimeout = 0 // none: results must not depend on the speed of the machine
	return &differ{work: wordWork, dmp: dmp}
}

// run is a change or what is between changes: tokens that were deleted and that were
// inserted, or that are equal.
type run struct {
	equal    bool
	del, ins []token // of equal runs both sides' tokens
}

// spans compares two texts. Deleted and equal spans together are before, inserted and
// equal ones after.
func (d *differ) spans(before, after string) []Span {
	a, b := tokens(before), tokens(after)
	head := 0
	for head < len(a) && head < len(b) && text(before, a[head]) == text(after, b[head]) {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && text(before, a[len(a)-1-tail]) == text(after, b[len(b)-1-tail]) {
		tail++
	}
	runs := make([]run, 0, 8)
	add := func(equal bool, del, ins []token) {
		if len(del)+len(ins) > 0 {
			runs = append(runs, run{equal, del, ins})
		}
	}
	midA, midB := a[head:len(a)-tail], b[head:len(b)-tail]
	add(true, a[:head], b[:head])
	if work := len(midA) * len(midB); work == 0 || len(midA) > maxTokens || len(midB) > maxTokens || work > d.work {
		add(false, midA, midB)
	} else {
		d.work -= work
		runs = append(runs, d.middle(before, after, midA, midB)...)
	}
	add(true, a[len(a)-tail:], b[len(b)-tail:])
	return toSpans(before, after, tidy(runs))
}

// middle has the library compare two lists of tokens. It sees a rune for each
// different token, which it can neither divide nor spoil: all are valid and none is
// a surrogate or the replacement character.
func (d *differ) middle(before, after string, a, b []token) []run {
	ids := make(map[string]rune, len(a)+len(b))
	encode := func(s string, all []token) []rune {
		runes := make([]rune, len(all))
		for i, t := range all {
			id, known := ids[text(s, t)]
			if !known {
				id = rune(len(ids) + 1) // at most 2*maxTokens, far below 0xd800
				ids[text(s, t)] = id
			}
			runes[i] = id
		}
		return runes
	}
	var runs []run
	i, j := 0, 0
	for _, part := range d.dmp.DiffMainRunes(encode(before, a), encode(after, b), false) {
		n := utf8.RuneCountInString(part.Text)
		switch part.Type {
		case diffmatchpatch.DiffEqual:
			runs = append(runs, run{equal: true, del: a[i : i+n], ins: b[j : j+n]})
			i, j = i+n, j+n
			continue
		case diffmatchpatch.DiffDelete:
			runs = extendChange(runs, a[i:i+n], nil)
			i += n
		case diffmatchpatch.DiffInsert:
			runs = extendChange(runs, nil, b[j:j+n])
			j += n
		}
	}
	return runs
}

// extendChange adds to the change at the end of runs, or begins one.
func extendChange(runs []run, del, ins []token) []run {
	if k := len(runs) - 1; k >= 0 && !runs[k].equal {
		runs[k].del, runs[k].ins = joined(runs[k].del, del), joined(runs[k].ins, ins)
		return runs
	}
	return append(runs, run{del: del, ins: ins})
}

// joined are two neighbouring parts of one list of tokens.
func joined(a, b []token) []token {
	switch {
	case len(a) == 0:
		return b
	case len(b) == 0:
		return a
	}
	return a[:len(a)+len(b)] // both are slices of the same list, one after the other
}

// tidy joins changes between which hardly anything is equal, so that a rewritten
// phrase reads as one replacement and not as a mosaic: a space, or a short word or
// character between changes that are both longer.
func tidy(runs []run) []run {
	out := runs[:0]
	for k := 0; k < len(runs); k++ {
		r := runs[k]
		if r.equal && len(out) > 0 && k+1 < len(runs) && chance(out[len(out)-1], r, runs[k+1]) {
			next := runs[k+1]
			prev := &out[len(out)-1]
			prev.del = joined(joined(prev.del, r.del), next.del)
			prev.ins = joined(joined(prev.ins, r.ins), next.ins)
			k++
			continue
		}
		out = append(out, r)
	}
	return out
}

// chance reports whether what is equal between two changes is so by chance.
func chance(prev, equal, next run) bool {
	if prev.equal || next.equal || len(prev.del)+len(next.del) == 0 || len(prev.ins)+len(next.ins) == 0 {
		return false
	}
	words, length := 0, 0
	for _, t := range equal.del {
		if t.isWord() {
			words++
			length += t.end - t.start
		} else if t.kind == mark {
			return false
		}
	}
	if words == 0 {
		return len(prev.del)+len(next.del) > 0 && len(prev.ins)+len(next.ins) > 0
	}
	least := min(wordsOf(prev.del), wordsOf(prev.ins), wordsOf(next.del), wordsOf(next.ins))
	return words == 1 && length <= 3 && least >= 2
}

func wordsOf(all []token) int {
	n := 0
	for _, t := range all {
		if t.isWord() {
			n++
		}
	}
	return n
}

func toSpans(before, after string, runs []run) []Span {
	spans := make([]Span, 0, 2*len(runs))
	add := func(op SpanOp, s string, all []token) {
		if len(all) > 0 {
			spans = append(spans, Span{op, s[all[0].start:all[len(all)-1].end]})
		}
	}
	for _, r := range runs {
		if r.equal {
			add(Keep, after, r.ins)
			continue
		}
		add(Delete, before, r.del)
		add(Insert, after, r.ins)
	}
	return appendSpans(spans[:0:0], spans)
}

// appendSpans appends spans, and joins neighbours of the same operation.
func appendSpans(out, more []Span) []Span {
	for _, s := range more {
		if k := len(out) - 1; k >= 0 && out[k].Op == s.Op {
			out[k].Text += s.Text
			continue
		}
		out = append(out, s)
	}
	return out
}

func text(s string, t token) string { return s[t.start:t.end] }
