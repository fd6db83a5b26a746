package article

// An Explanation says how a reading was decided: for each field the candidates, for
// each block of text why it was kept or dropped.
type Explanation struct {
	Fields []Candidate     `json:"fields,omitempty"`
	Blocks []BlockDecision `json:"blocks,omitempty"`
}

// A Candidate is one value that a field could have had.
type Candidate struct {
	Field string  `json:"field"`        // as in Article's JSON
	Of    string  `json:"of,omitempty"` // what it is chosen for, where a field has several values: a medium, a line
	Value string  `json:"value"`
	From  string  `json:"from"` // as in Provenance
	Score float64 `json:"score,omitempty"`
	Won   bool    `json:"won"`
	Why   string  `json:"why,omitempty"` // why it won or lost, in words
	// Evidence adds up to Score, for fields that are chosen by evidence.
	Evidence []Evidence `json:"evidence,omitempty"`
}

// A BlockDecision is one block of text and whether it was kept.
type BlockDecision struct {
	Text string  `json:"text"`
	Path string  `json:"path"` // elements from the body down, with their first class
	P    float64 `json:"p"`    // probability that it belongs to the article, by the model
	Kept bool    `json:"kept"`
	Why  string  `json:"why,omitempty"` // the rule that decided, where one did
}

// An Evidence is one named piece of evidence for or against a candidate. Part is
// what it adds to the score: where weights are of one piece alone, Value times
// Weight; where they are learned together there is no Weight.
type Evidence struct {
	Name   string  `json:"name"`
	Value  float64 `json:"value"`
	Weight float64 `json:"weight,omitempty"`
	Part   float64 `json:"part"`
}
