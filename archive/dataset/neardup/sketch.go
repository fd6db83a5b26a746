package neardup

import (
	"crypto/sha256"
	"math/bits"
	"slices"
)

const (
	gramWords = 5 // words in an n-gram

	bands = 28
	rows  = 4
	bins  = bands * rows // the 112 values of a signature

	// maxText is how many bytes of a text are split into words; the digest covers all.
	maxText = 4 << 20
	// maxGrams is how many n-gram hashes of a text are kept. Of longer texts the
	// smallest hashes are kept, which are a fair sample.
	maxGrams = 1 << 14
	// seed makes signatures differ from those of any other hash of the same n-grams.
	seed = 1
)

// Sketch is what an Index keeps of a text. Sketches can be made in several goroutines
// at once; a Sketch can be used again with Reset.
type Sketch struct {
	digest   [sha256.Size]byte
	blank    bool
	grams    []uint32 // hashes of the distinct n-grams, ascending; at most maxGrams
	distinct int      // how many distinct n-grams the text has
	keys     [bands]uint64

	split   splitter
	words   []uint64
	scratch []uint32
	sig     [bins]uint64
}

// NewSketch returns the sketch of a text.
func NewSketch(text string) *Sketch {
	s := new(Sketch)
	s.Reset(text)
	return s
}

// Digest returns the text's TextDigest.
func (s *Sketch) Digest() [sha256.Size]byte { return s.digest }

// Grams returns how many distinct 5-grams the text has.
func (s *Sketch) Grams() int { return s.distinct }

// Reset makes s the sketch of another text and keeps its buffers.
func (s *Sketch) Reset(text string) {
	s.digest, s.blank = textDigest(text)
	s.words = s.split.appendWords(s.words[:0], text[:min(len(text), maxText)])
	s.grams = appendGrams(s.grams[:0], s.words)
	s.sortGrams()
	s.grams = slices.Compact(s.grams)
	s.distinct = len(s.grams)
	s.grams = s.grams[:min(len(s.grams), maxGrams)]
	s.keys = [bands]uint64{}
	if len(s.grams) > 0 {
		s.sign()
	}
}

// gramBase is the base of the polynomial over word hashes that an n-gram's hash is.
const (
	gramBase  = 0x9e3779b97f4a7c15
	gramBase2 = gramBase * gramBase & (1<<64 - 1)
	gramBase4 = gramBase2 * gramBase2 & (1<<64 - 1)
	gramBase5 = gramBase4 * gramBase & (1<<64 - 1)
)

// appendGrams appends the hash of each n-gram. 32 bits are enough: two texts of a
// thousand n-grams share one by accident in one of 4,000 comparisons.
func appendGrams(grams []uint32, words []uint64) []uint32 {
	if len(words) < gramWords {
		return grams
	}
	var h uint64
	for _, w := range words[:gramWords-1] {
		h = h*gramBase + w
	}
	grams = slices.Grow(grams, len(words))
	var leaving uint64
	for i, w := range words[gramWords-1:] {
		h = h*gramBase + w - leaving*gramBase5
		grams = append(grams, uint32(mix(h)>>32))
		leaving = words[i]
	}
	return grams
}

// sortGrams sorts by radix, which is several times faster than comparing.
func (s *Sketch) sortGrams() {
	n := len(s.grams)
	if n < 64 {
		slices.Sort(s.grams)
		return
	}
	var count [4][256]uint32
	for _, g := range s.grams {
		count[0][uint8(g)]++
		count[1][uint8(g>>8)]++
		count[2][uint8(g>>16)]++
		count[3][uint8(g>>24)]++
	}
	from, to := s.grams, slices.Grow(s.scratch[:0], n)[:n]
	for p := range count {
		next := &count[p]
		sum := uint32(0)
		for i, c := range next {
			next[i], sum = sum, sum+c
		}
		for _, g := range from {
			d := uint8(g >> (8 * p))
			to[next[d]] = g
			next[d]++
		}
		from, to = to, from
	}
	s.grams, s.scratch = from, to
}

// sign computes the signature and its band keys. It is fast similarity sketching
// (Dahlgaard, Knudsen, Thorup, FOCS 2017): in each round every n-gram falls into one
// bin, a bin keeps the smallest value of its first round, and rounds go on until no
// bin is empty. Two texts agree in a bin with probability equal to their Jaccard
// similarity, as with 112 independent permutations, but a text of n n-grams costs
// about max(n, 112 ln 112) hashes instead of 112 n.
func (s *Sketch) sign() {
	const empty = 1<<64 - 1
	for i := range s.sig {
		s.sig[i] = empty
	}
	left := bins
	for round := uint64(0); left > 0 && round < 2*bins; round++ {
		offset := mix(seed<<32 + round)
		for _, g := range s.grams {
			h := mix(uint64(g) + offset)
			bin, _ := bits.Mul64(h, bins)
			v := round<<32 | h&(1<<32-1)
			if old := s.sig[bin]; v < old {
				if old == empty {
					left--
				}
				s.sig[bin] = v
			}
		}
	}
	for bin := range s.sig { // a text of very few n-grams may leave bins empty
		if s.sig[bin] == empty {
			offset := mix(seed<<32 + 2*bins + uint64(bin))
			for _, g := range s.grams {
				s.sig[bin] = min(s.sig[bin], 2*bins<<32|mix(uint64(g)+offset)>>32)
			}
		}
	}
	for band := range s.keys {
		h := uint64(band)
		for _, v := range s.sig[band*rows : band*rows+rows] {
			h = mix(h*gramBase + v)
		}
		s.keys[band] = max(h, 1) // 0 says that a text takes no part
	}
}
