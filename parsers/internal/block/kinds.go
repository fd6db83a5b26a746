package block

import "golang.org/x/net/html/atom"

// An elementKind is what is known of all elements of one name.
type elementKind struct {
	name       atom.Atom
	flags      Flags // see flagOf
	tag        uint8 // see tags
	blockLevel bool
	invisible  bool
}

// kinds holds elementKinds by name, for reading often: every element of a page asks
// for its own. It is open addressing in an array that is at most half full.
var kinds = func() (t [256]elementKind) {
	all := map[atom.Atom]*elementKind{}
	kind := func(name atom.Atom) *elementKind {
		if all[name] == nil {
			all[name] = &elementKind{name: name}
		}
		return all[name]
	}
	for name, flags := range flagOf {
		kind(name).flags = flags
	}
	for name, number := range tags {
		kind(name).tag = uint8(number)
	}
	for name := range blockLevel {
		kind(name).blockLevel = true
	}
	for name := range Invisible {
		kind(name).invisible = true
	}
	for name, k := range all {
		i := kindStart(name)
		for t[i].name != 0 {
			i++
		}
		t[i] = *k
	}
	return t
}()

// kindStart is where a name is looked for first.
func kindStart(name atom.Atom) uint8 { return uint8(uint32(name) * 2654435769 >> 24) }

// kindOf is what is known of the elements of a name; nothing of the zero Atom.
func kindOf(name atom.Atom) *elementKind {
	i := kindStart(name)
	for kinds[i].name != name && kinds[i].name != 0 {
		i++
	}
	return &kinds[i]
}
