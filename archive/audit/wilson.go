package audit

import "math"

// z95 is the quantile of the normal distribution for an interval of 95 %.
const z95 = 1.959963984540054

// Wilson returns the 95 % score interval of a proportion of which yes of n were seen
// (E. B. Wilson, Journal of the American Statistical Association 22, 1927), without
// continuity correction. It is 0 to 1 if n is 0.
func Wilson(yes, n int) (low, high float64) {
	if n <= 0 {
		return 0, 1
	}
	total := float64(n)
	p := float64(yes) / total
	middle := p + z95*z95/(2*total)
	half := z95 * math.Sqrt(p*(1-p)/total+z95*z95/(4*total*total))
	scale := 1 + z95*z95/total
	low, high = (middle-half)/scale, (middle+half)/scale
	// Rounding must not leave the bounds that the formula has exactly.
	if yes <= 0 {
		low = 0
	}
	if yes >= n {
		high = 1
	}
	return max(low, 0), min(high, 1)
}
