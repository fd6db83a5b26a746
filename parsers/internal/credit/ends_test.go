package credit

import "testing"

// TestEnds: what ends no sentence, and what ends a credit.
func TestEnds(t *testing.T) {
	for in, want := range map[string]string{
		"Ada Obi licensed under CC BY 2.0": "Ada Obi", "Ada Obi/Flickr (CC BY-SA 4.0)": "Ada Obi/Flickr", "Acme Corp.": "Acme Corp.", "Ada Obi.": "Ada Obi",
		"Ada Obi/CCTV": "Ada Obi/CCTV", "Ada Obi, CCTV": "Ada Obi, CCTV", "Ada Obi / CC BY 4.0": "Ada Obi", "Ada Obi (CC)": "Ada Obi",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q): got %q, want %q", in, got, want)
		}
	}
	for in, not := range map[string]string{
		"The mayor met Sen. Ada Obi":                          "Ada Obi",
		"Fig. 3. Harbour Basin":                               "Harbour Basin",
		"The quay. (Photo: Ada Obi. Courtesy of the Harbour)": "the Harbour",
		"The ferry came on Tuesday, Dec. Ada Obi":             "Ada Obi",
		"No Credit Card Required":                             "Card Required",
	} {
		for _, f := range Forms(in) {
			if f.Owner == not {
				t.Errorf("%q: %q is no part of its own", in, not)
			}
		}
	}
}
