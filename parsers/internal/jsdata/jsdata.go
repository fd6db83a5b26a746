// Package jsdata reads the data that pages keep in scripts: JSON, JavaScript
// literals assigned to names, Nuxt's flattened state, React's flight stream,
// Apollo's references. It runs no script and knows nothing of articles.
package jsdata

import (
	"strings"
)

// A Value is one value of the data that a page's scripts hold, as JSON has them
// and as JavaScript writes them, members in their order.
type Value struct {
	Key     string // within an object
	Form    Form
	Text    string // of a String or Number; of Null: "true", "false" or ""
	Members []Value

	Words int // for the caller: the words of prose in it
}

// Form is what sort of value one is.
type Form byte

// The forms of values.
const (
	Null Form = iota // also true and false, and what a script computes
	String
	Number // also a name
	Array
	Object
)

// Bounds of the data that is read.
const (
	MaxScript = 8 << 20  // bytes of one script
	MaxData   = 16 << 20 // bytes of all scripts of a page
	MaxValues = 400_000  // of all scripts of a page
	MaxDepth  = 200
)

// Get is the first of these members that an object has; nil if it has none, or is
// no object.
func (d *Value) Get(keys ...string) *Value {
	if d == nil || d.Form != Object {
		return nil
	}
	for _, k := range keys {
		for i := range d.Members {
			if d.Members[i].Key == k {
				return &d.Members[i]
			}
		}
	}
	return nil
}

// String is the first of these members that is a string of more than white space;
// "" if none is.
func (d *Value) String(keys ...string) string {
	for _, k := range keys {
		if m := d.Get(k); m != nil && m.Form == String && strings.TrimSpace(m.Text) != "" {
			return m.Text
		}
	}
	return ""
}
