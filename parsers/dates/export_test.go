package dates

// EvidenceNames lists the names of all pieces of evidence that have a weight.
func EvidenceNames() []string {
	var names []string
	for _, piece := range table {
		if piece.Weight != 0 {
			names = append(names, piece.Name)
		}
	}
	return names
}
