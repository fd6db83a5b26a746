package archive

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// jsonBounds are what a JSON value from elsewhere must keep to before it is decoded.
// encoding/json takes the last of two members with one name, and takes names in another
// letter case for those of a struct: two readers could see two values in one text. And
// an array of empty elements takes many times its size in memory.
type jsonBounds struct {
	depth, elements, members int // nesting, elements of each array, members of each object
	// known are the names that mean something, and no other spelling of them may occur;
	// nil if names are compared exactly in the outermost object.
	known map[string]bool
}

// maxName bounds the name of a member, in bytes.
const maxName = 1024

// check returns an error that says what exceeds the bounds in a JSON value. It needs no
// memory but that of the names of the objects that it is in.
func (b *jsonBounds) check(text []byte) error {
	s := &scanner{b: text}
	if err := b.value(s, 1); err != nil {
		return err
	}
	return s.end()
}

func (b *jsonBounds) value(s *scanner, depth int) error {
	if depth > b.depth {
		return fmt.Errorf("values are nested more than %d deep", b.depth)
	}
	switch s.next() {
	case '{':
		return b.object(s, depth)
	case '[':
		return b.array(s, depth)
	case '"':
		_, _, err := s.token()
		return err
	}
	start := s.at
	for s.at < len(s.b) && strings.IndexByte(",]} \t\r\n", s.b[s.at]) < 0 {
		s.at++ // a number, true, false or null
	}
	if s.at == start {
		return errJSON
	}
	return nil
}

func (b *jsonBounds) array(s *scanner, depth int) error {
	s.eat('[')
	if s.eat(']') {
		return nil
	}
	for n := 1; n <= b.elements; n++ {
		if err := b.value(s, depth+1); err != nil {
			return err
		}
		if s.eat(']') {
			return nil
		}
		if !s.eat(',') {
			return errJSON
		}
	}
	return fmt.Errorf("an array has more than %d elements", b.elements)
}

func (b *jsonBounds) object(s *scanner, depth int) error {
	s.eat('{')
	if s.eat('}') {
		return nil
	}
	names := map[string]bool{}
	for n := 1; n <= b.members; n++ {
		name, err := s.text()
		if err != nil {
			return err
		}
		if err := b.addName(names, name, depth); err != nil {
			return err
		}
		if !s.eat(':') {
			return errJSON
		}
		if err := b.value(s, depth+1); err != nil {
			return err
		}
		if s.eat('}') {
			return nil
		}
		if !s.eat(',') {
			return errJSON
		}
	}
	return fmt.Errorf("an object has more than %d members", b.members)
}

// addName adds the name of a member to those of its object.
func (b *jsonBounds) addName(names map[string]bool, name string, depth int) error {
	if len(name) > maxName {
		return errors.New("the name of a member is too long")
	}
	same := name
	if b.known != nil || depth > 1 {
		same = foldCase(name)
	}
	if names[same] {
		return fmt.Errorf("an object has the member %q twice", name)
	}
	names[same] = true
	if b.known[same] && same != name {
		return fmt.Errorf("an object has the member %q, which must be written %q", name, same)
	}
	return nil
}

// foldCase replaces letters as encoding/json does when it compares names, so that those in
// another letter case are the same; the result is in lower case where it is ASCII.
func foldCase(s string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
			least = min(least, f)
		}
		return unicode.ToLower(least)
	}, s)
}
