package words

// maxNearest bounds the strings that Nearest compares, in bytes: names are shorter.
const maxNearest = 64

// Nearest returns the name that s is most likely a misspelling of: the one of the least
// Distance, of several the one that begins most like s. It is "" if each has a greater
// distance than most, or than half of s.
func Nearest(s string, names []string, most int) (best string) {
	if len(s) > maxNearest {
		return ""
	}
	least := min(most, len(s)/2) + 1
	for _, n := range names {
		d := Distance(s, n)
		if d < least || d == least && best != "" && commonPrefix(s, n) > commonPrefix(s, best) {
			best, least = n, d
		}
	}
	return best
}

// commonPrefix is how many bytes two strings begin with alike.
func commonPrefix(a, b string) (n int) {
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// Distance is the Levenshtein distance of two strings, in characters.
func Distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	row := make([]int, len(to)+1)
	for j := range row {
		row[j] = j
	}
	for i, r := range from {
		diagonal := row[0]
		row[0] = i + 1
		for j, s := range to {
			cost := 1
			if r == s {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(diagonal+cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(to)]
}
