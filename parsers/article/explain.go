package article

// An Explanation says why a reading came out as it did: for each field what
// there was to choose from, for each block of text why it was kept or dropped.
type Explanation struct {
	Fields []Candidate     `json:"fields,omitempty"`
	Blocks []BlockDecision `json:"blocks,omitempty"`
}

// A Candidate is one value that a field could have had.
type Candidate struct {
	Field string  `json:"field"` // as in Article's JSON
	Value string  `json:"value"`
	From  string  `json:"from"` // as in Provenance
	Score float64 `json:"score,omitempty"`
	Won   bool    `json:"won"`
	Why   string  `json:"why,omitempty"` // in words, why it won or lost
	// Evidence is what the score is the sum of, where a field is chosen by it.
	Evidence []Evidence `json:"evidence,omitempty"`
}

// A BlockDecision is one block of text and what became of it.
type BlockDecision struct {
	Text string  `json:"text"`
	Path string  `json:"path"` // elements from the body down, with their first class
	P    float64 `json:"p"`    // how likely it belongs to the article, as the model says
	Kept bool    `json:"kept"`
	Why  string  `json:"why,omitempty"` // the rule that decided, where one did
}

// An Evidence is one named piece of what a candidate was chosen by: Value times
// Weight is its part of the candidate's score.
type Evidence struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Weight float64 `json:"weight"`
}
