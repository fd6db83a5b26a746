package split

import "math/bits"

// Tally counts assigned rows and checks that no story is in two splits. It does not
// trust the rule: it looks at what was written. The zero value is ready.
type Tally struct {
	Train, Validation, Test int // rows
	Leaking, Undated        int // rows left out, by reason

	seen map[uint64]uint8 // the splits of each story of several rows, as bits
}

// Add counts a row. size is the number of rows in its story: stories of one cannot
// leak and take no memory; others take about 20 bytes each.
func (t *Tally) Add(story uint64, size int, s Split, why Reason) {
	switch s {
	case Train:
		t.Train++
	case Validation:
		t.Validation++
	case Test:
		t.Test++
	}
	switch why {
	case Leaking:
		t.Leaking++
	case Undated:
		t.Undated++
	}
	if s == None || size < 2 {
		return
	}
	if t.seen == nil {
		t.seen = map[uint64]uint8{}
	}
	t.seen[story] |= 1 << s
}

// Leaks returns how many stories are in more than one split. It must be 0.
func (t *Tally) Leaks() int {
	n := 0
	for _, splits := range t.seen {
		if bits.OnesCount8(splits) > 1 {
			n++
		}
	}
	return n
}
