package words

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Range is a part of a text, in bytes.
type Range struct{ Start, End int }

// A Snippet is the part of a text that shows best what was looked for.
type Snippet struct {
	Text  string  // on one line; begins or ends with … where the text goes on
	Marks []Range // of Text: what was looked for
}

const (
	// maxScan is how many bytes of a text are searched for the best part of it.
	maxScan = 256 << 10
	// snippetSize is how long a snippet is: a word counts two, a pair of characters one.
	snippetSize = 60
	// maxSnippet bounds a snippet's bytes: words may be long.
	maxSnippet = 1000
)

// A match is where a term is in a text, by its tokens.
type match struct {
	first, last int // tokens
	term        int
	end         int // in the text
}

// matches returns where the terms are in a text, in order; the text's beginning if it
// is very long.
func (q Query) matches(text string) (tokens []Token, found []match) {
	if len(text) > maxScan {
		text = text[:maxScan]
	}
	byFirst := map[string][]int{}
	var prefixes []int
	for i, t := range q.terms {
		switch {
		case t.not || len(t.tokens) == 0:
		case t.prefix && len(t.tokens) == 1:
			prefixes = append(prefixes, i)
		default:
			byFirst[t.tokens[0]] = append(byFirst[t.tokens[0]], i)
		}
	}
	tokens = slices.Collect(Tokens(text))
	for i, tok := range tokens {
		for _, k := range byFirst[tok.Text] {
			if m, ok := q.terms[k].at(tokens, i); ok {
				m.term = k
				found = append(found, m)
			}
		}
		for _, k := range prefixes {
			if m, ok := q.terms[k].at(tokens, i); ok {
				m.term = k
				found = append(found, m)
			}
		}
	}
	return tokens, found
}

// at reports whether a term is at a token of a text.
func (t term) at(tokens []Token, i int) (m match, ok bool) {
	last := i + len(t.tokens) - 1
	if last >= len(tokens) {
		return m, false
	}
	for k, want := range t.tokens {
		got := tokens[i+k].Text
		if got != want && !(i+k == last && t.prefix && strings.HasPrefix(got, want)) {
			return m, false
		}
	}
	m = match{first: i, last: last, end: tokens[last].End}
	if t.single {
		m.end = tokens[last].FirstEnd
	}
	return m, true
}

// Marks returns where in a text the words and phrases are that are looked for, in order
// and apart from each other; of very long texts, only in the beginning.
func (q Query) Marks(text string) []Range {
	tokens, found := q.matches(text)
	return marks(tokens, found, 0, len(text))
}

// marks returns the ranges of matches within a part of the text.
func marks(tokens []Token, found []match, from, to int) (all []Range) {
	for _, m := range found {
		r := Range{max(tokens[m.first].Start, from), min(m.end, to)}
		if r.Start >= r.End {
			continue
		}
		all = append(all, r)
	}
	slices.SortStableFunc(all, func(a, b Range) int { return a.Start - b.Start })
	joined := all[:0]
	for _, r := range all {
		if n := len(joined); n > 0 && r.Start < joined[n-1].End {
			joined[n-1].End = max(joined[n-1].End, r.End)
			continue
		}
		joined = append(joined, r)
	}
	return joined
}

// Snippet returns the part of a text of about thirty words with the most of what is
// looked for; the text's beginning, without marks, if nothing is in it.
func (q Query) Snippet(text string) Snippet {
	tokens, found := q.matches(text)
	if len(tokens) == 0 {
		return Snippet{}
	}
	first, last := q.best(tokens, found)
	first, last = widest(text, tokens, first, last)
	from, to := tokens[first].Start, tokens[last].End
	if first == 0 {
		from = 0
	} else if gap := text[min(tokens[first-1].End, from):from]; strings.ContainsFunc(gap, unicode.IsSpace) {
		from -= len(gap) - 1 - strings.LastIndexFunc(gap, unicode.IsSpace)
	}
	if last == len(tokens)-1 && len(text) <= maxScan {
		to = len(text)
	} else if last+1 < len(tokens) && tokens[last+1].Start > to {
		gap := text[to:tokens[last+1].Start]
		if i := strings.IndexFunc(gap, unicode.IsSpace); i >= 0 {
			gap = gap[:i]
		}
		to += len(gap)
	}
	return cutOut(text, from, to, marks(tokens, found, from, to))
}

func weight(t Token) int {
	if t.FirstEnd < t.End || t.Last {
		return 1
	}
	return 2
}

// best returns the tokens, from first to last, of the matches to show: within the size
// of a snippet, those of most different terms, then the most; else the first ones.
func (q Query) best(tokens []Token, found []match) (first, last int) {
	if len(found) == 0 {
		return 0, 0
	}
	const perTerm = 1000
	before := make([]int, len(tokens)+1) // the weight of the tokens before each
	for k, t := range tokens {
		before[k+1] = before[k] + weight(t)
	}
	count := make([]int, len(q.terms))
	total, top, from := 0, 0, 0
	for i, m := range found {
		if count[m.term]++; count[m.term] == 1 {
			total += perTerm
		}
		total++
		for from < i && before[m.last+1]-before[found[from].first] > snippetSize {
			if count[found[from].term]--; count[found[from].term] == 0 {
				total -= perTerm
			}
			total--
			from++
		}
		if total > top {
			top, first, last = total, found[from].first, m.last
		}
	}
	return first, last
}

// widest extends a range of tokens to the size of a snippet, a third of it before, where
// it begins with a sentence if one begins there.
func widest(text string, tokens []Token, first, last int) (int, int) {
	size := 0
	for k := first; k <= last; k++ {
		size += weight(tokens[k])
	}
	extend := func(limit int, back bool) {
		for {
			k := last + 1
			if back {
				k = first - 1
			}
			if k < 0 || k >= len(tokens) || size+weight(tokens[k]) > limit {
				return
			}
			if size += weight(tokens[k]); back {
				first = k
			} else {
				last = k
			}
		}
	}
	begin := first
	extend(size+max(0, snippetSize-size)/3, true)
	for k := first; k > 0 && k <= begin; k++ {
		if endsSentence(text[min(tokens[k-1].End, tokens[k].Start):tokens[k].Start]) {
			for ; first < k; first++ {
				size -= weight(tokens[first])
			}
			break
		}
	}
	extend(snippetSize, false)
	if last < len(tokens)-1 {
		return first, last
	}
	extend(snippetSize, true)
	return first, last
}

// endsSentence reports whether a sentence ends in what is between two words.
func endsSentence(gap string) bool {
	return strings.ContainsAny(gap, "\n。！？") || strings.ContainsAny(gap, ".!?؟।") && strings.ContainsFunc(gap, unicode.IsSpace)
}

// cutOut returns a part of a text on one line.
func cutOut(text string, from, to int, marked []Range) Snippet {
	var b strings.Builder
	var s Snippet
	if strings.TrimSpace(text[:from]) != "" {
		b.WriteString("…")
	}
	open, space, lead := -1, false, b.Len()
	closeMark := func() {
		if open >= 0 && b.Len() > open {
			s.Marks = append(s.Marks, Range{open, b.Len()})
		}
		open = -1
	}
	at := from
	for at < to && b.Len() < maxSnippet {
		for len(marked) > 0 && marked[0].End <= at {
			closeMark()
			marked = marked[1:]
		}
		r, n := utf8.DecodeRuneInString(text[at:])
		if unicode.IsSpace(r) {
			space = true
			at += n
			continue
		}
		if space && b.Len() > lead {
			b.WriteByte(' ')
		}
		space = false
		if len(marked) > 0 && open < 0 && at >= marked[0].Start {
			open = b.Len()
		}
		b.WriteString(text[at : at+n])
		at += n
	}
	closeMark()
	if strings.TrimSpace(text[at:]) != "" {
		b.WriteString("…")
	}
	s.Text = b.String()
	return s
}
