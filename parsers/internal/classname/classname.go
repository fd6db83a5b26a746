// Package classname knows the words by which class attributes, ids and test ids
// say what an element is: a byline, a caption, a row of tags. It has one table of
// such words in groups, and one way to split names into words. What a group is
// worth as evidence is for each field to say.
//
// The block model has a lexicon of its own (package block): its words are features
// that the model was trained with, so they change with the model only.
package classname

import (
	"iter"
	"strings"
	"unicode/utf8"
)

const (
	maxValue = 400 // bytes of a value that are read
	maxWord  = 24  // bytes of the longest word of the table
)

// IsAttribute reports whether the values of an attribute are names of the element:
// class, id, and what test suites and component systems call it.
func IsAttribute(key string) bool {
	switch key {
	case "class", "id", "data-testid", "data-test-id", "data-test", "data-qa", "data-type", "data-component", "data-element":
		return true
	}
	return false
}

// Of is the groups of all words in the value of an attribute, which may list many
// names. Words are the parts of names between signs, digits and camelCase capitals,
// in any case, alone or two side by side: "article__sub-title" and "articleSubTitle"
// have "subtitle", "misleading" does not have "lead". Only the first 400 bytes are
// read. Of allocates nothing.
func Of(value string) Mask {
	var m Mask
	for name := range Names(value) {
		m |= name
	}
	return m
}

// Names is like Of for each name of the value by itself, in order.
func Names(value string) iter.Seq[Mask] {
	return func(yield func(Mask) bool) {
		for name := range strings.FieldsSeq(value[:min(len(value), maxValue)]) {
			if !yield(ofName(name)) {
				return
			}
		}
	}
}

// ofName is the groups of the words in one name.
func ofName(name string) Mask {
	var m Mask
	var s splitter
	for i := range len(name) {
		c := name[i]
		upper := c >= 'A' && c <= 'Z'
		letter := upper || isLower(c) || c >= utf8.RuneSelf
		if camel := upper && i > 0 && isLower(name[i-1]); camel || !letter {
			m |= s.endPart()
		}
		switch {
		case upper:
			s.add(c | 0x20)
		case letter:
			s.add(c)
		case c != '-' && c != '_': // what follows makes no word with what is before
			s.middle, s.end = 0, 0
		}
	}
	return m | s.endPart()
}

func isLower(c byte) bool { return c >= 'a' && c <= 'z' }

// A splitter holds the last two parts of a name in lower case, side by side.
type splitter struct {
	buf    [2 * (maxWord + 1)]byte
	middle int // the end of the part before, the start of the last
	end    int
}

// add adds a byte to the last part, up to one more than a word has.
func (s *splitter) add(c byte) {
	if s.end-s.middle <= maxWord {
		s.buf[s.end] = c
		s.end++
	}
}

// endPart ends the last part. It returns the groups of that part alone and of the
// word that it makes with the part before.
func (s *splitter) endPart() Mask {
	if s.end == s.middle {
		return 0
	}
	last := s.buf[s.middle:s.end]
	m := lookUp(last)
	if s.middle > 0 {
		m |= lookUp(s.buf[:s.end])
	}
	s.end = copy(s.buf[:], last)
	s.middle = s.end
	return m
}

// lexicon has the groups of each word of the table, without hyphens. lengths has,
// by first byte, a bit for each length of its words, and endLengths by last byte: they
// save most look-ups.
var (
	lexicon    = map[string]Mask{}
	lengths    [256]uint64
	endLengths [256]uint64
)

func init() {
	for _, row := range table {
		for w := range strings.FieldsSeq(row.words) {
			w = strings.NewReplacer("-", "", "_", "").Replace(w)
			lexicon[w] |= row.group
			lengths[w[0]] |= 1 << len(w)
			endLengths[w[len(w)-1]] |= 1 << len(w)
		}
	}
}

func lookUp(word []byte) Mask {
	if len(word) > maxWord || lengths[word[0]]&endLengths[word[len(word)-1]]>>len(word)&1 == 0 {
		return 0
	}
	return lexicon[string(word)]
}
