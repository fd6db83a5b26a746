package warn

import (
	"math"
	"slices"
)

// median returns the middle of some values; of an even number, the mean of the two in
// the middle. Without values it is zero.
func median(values []float64) float64 {
	s := slices.Sorted(slices.Values(values))
	n := len(s)
	switch {
	case n == 0:
		return 0
	case n%2 == 1:
		return s[n/2]
	}
	return (s[n/2-1] + s[n/2]) / 2
}

// deviation is the median absolute deviation, scaled so that it is the standard
// deviation of values with a normal distribution.
func deviation(values []float64, center float64) float64 {
	d := make([]float64, len(values))
	for i, v := range values {
		d[i] = math.Abs(v - center)
	}
	const scale = 1.4826
	return scale * median(d)
}

// rare is how many deviations below the median a value is rare.
const rare = 4

// rareCount returns the count below which one is a drop, where usual is what is usual
// and spread its deviation. Counts vary at least like those of independent events, by
// the root of their mean, however steady they were so far; and what is more than half
// of the usual is no drop, for there are holidays.
func rareCount(usual, spread float64) float64 {
	return min(usual-rare*max(spread, math.Sqrt(usual)), usual/2)
}

// rareShare returns the usual share, and the one below which a share counted among n is
// a drop. Less than 20 percentage points is none.
func rareShare(shares []float64, n int) (usual, bound float64) {
	usual = median(shares)
	chance := math.Sqrt(usual * (1 - usual) / float64(n))
	return usual, usual - max(0.2, rare*deviation(shares, usual), rare*chance)
}
