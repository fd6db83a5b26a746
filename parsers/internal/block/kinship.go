package block

// SameContainer reports whether the elements of two blocks have the same parent, or
// would have with one level more or less.
func (p *Page) SameContainer(a, b *Block) bool { return a.Elem == b.Elem || p.kinship(a, b) > 0 }

// PathOf hashes the tags and classes of a block's element and the two above it.
func (p *Page) PathOf(b *Block) uint64 { return p.path(b.Elem, 3) }

// Below reports whether a block stands in an element.
func (p *Page) Below(b *Block, elem int) bool {
	e := int32(b.Elem)
	for e > int32(elem) {
		e = p.Elems[e].Parent
	}
	return e == int32(elem) && elem > 0
}

// Common is the innermost element that holds two blocks; 0 if there is none.
func (p *Page) Common(a, b *Block) int {
	x, y := int32(a.Elem), int32(b.Elem)
	for x != y {
		if x > y { // elements follow their parents
			x = p.Elems[x].Parent
		} else {
			y = p.Elems[y].Parent
		}
	}
	return int(x)
}

// Beside is the outermost element that holds a block but not another one; 0 if there
// is none.
func (p *Page) Beside(b, other *Block) int {
	common := int32(p.Common(b, other))
	e := int32(b.Elem)
	if e == common {
		return 0
	}
	for p.Elems[e].Parent != common {
		e = p.Elems[e].Parent
	}
	return int(e)
}
