package neardup

import "slices"

// overlap says how much two texts share.
type overlap struct {
	jaccard     float64 // |A∩B| / |A∪B|
	containment float64 // |A∩B| / min(|A|, |B|)
}

// gramSet is the n-grams of one text as they are kept on disk.
type gramSet struct {
	hashes   []uint32 // ascending
	distinct int      // more than len(hashes) if only the smallest were kept
}

// limit returns the largest hash up to which the set is complete.
func (g gramSet) limit() uint32 {
	if g.distinct > len(g.hashes) && len(g.hashes) > 0 {
		return g.hashes[len(g.hashes)-1]
	}
	return 1<<32 - 1
}

// compare counts common n-grams. It is exact (up to hash collisions) unless a text
// has more than maxGrams; then it counts over the range of hashes complete in both.
func compare(a, b gramSet) overlap {
	limit := min(a.limit(), b.limit())
	x, y := upTo(a.hashes, limit), upTo(b.hashes, limit)
	if len(x) == 0 || len(y) == 0 {
		return overlap{}
	}
	common := intersection(x, y)
	return overlap{
		jaccard:     float64(common) / float64(len(x)+len(y)-common),
		containment: float64(common) / float64(min(len(x), len(y))),
	}
}

// upTo returns the hashes not above limit.
func upTo(hashes []uint32, limit uint32) []uint32 {
	if len(hashes) == 0 || hashes[len(hashes)-1] <= limit {
		return hashes
	}
	n, _ := slices.BinarySearch(hashes, limit+1) // limit is below the last hash
	return hashes[:n]
}

// intersection counts the common elements of two ascending sets. It has no branch on
// the data, which no processor can predict here.
func intersection(x, y []uint32) int {
	common, i, j := 0, 0, 0
	for i < len(x) && j < len(y) {
		a, b := x[i], y[j]
		if a <= b {
			i++
		}
		if b <= a {
			j++
		}
		if a == b {
			common++
		}
	}
	return common
}

// Short texts need more in common: one sentence of a form (a weather report, a notice
// that a page needs JavaScript) is half of a text of thirty words and nothing in one
// of three hundred.
const (
	longText    = 128 // n-grams from which the threshold applies as it is
	shortExcess = 0.3 // added to it for the shortest texts
)

// threshold returns the containment that texts need of which the shorter has n
// n-grams, where base is that of long texts and least the fewest that take part.
func threshold(base float64, n, least int) float64 {
	if n >= longText || least >= longText {
		return base
	}
	excess := min(shortExcess, (1-base)*0.6)
	return base + excess*float64(longText-n)/float64(longText-least)
}
