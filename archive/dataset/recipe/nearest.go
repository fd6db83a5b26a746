package recipe

// nearest returns the name that s is most likely a misspelling of, or "".
func nearest(s string, names []string) string {
	if len(s) > 64 {
		return ""
	}
	best, least := "", min(4, len(s)/2+1)
	for _, n := range names {
		if d := editDistance(s, n); d < least {
			best, least = n, d
		}
	}
	return best
}

// editDistance is the Levenshtein distance of two strings, in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
