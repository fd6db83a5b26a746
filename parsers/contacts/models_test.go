package contacts

import (
	"slices"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// The models and the code know the same pieces of evidence. A piece that no model
// asks for, because no page that it was trained on has it, is named here.
var unseen = []string{"in a button", "in a consent dialog", "hidden", "in an element called an author's", "within the story", "only a link's target has it",
	"a part that is no address's", "marked as an address in the markup", "a line with a colon within the passage"}

func TestModels(t *testing.T) {
	missing := map[string]bool{}
	for _, m := range []struct {
		name   string
		data   []byte
		pieces []string
	}{
		{"mails", mailModelData, mailPieces}, {"numbers", numberModelData, numberPieces},
		{"addresses", addressModelData, addressPieces}, {"blocks", pairModelData, pairPieces},
		{"labels", labelModelData, labelPieces}, {"kinds", kindModelData, kindPieces},
	} {
		unknown, vain, err := evidence.Missing(m.data, m.pieces...)
		for _, piece := range unknown {
			missing[piece] = true
		}
		unknown = slices.DeleteFunc(unknown, func(piece string) bool { return slices.Contains(unseen, piece) })
		if err != nil || len(unknown)+len(vain) > 0 {
			t.Errorf("%s: the model does not know %q, knows %q in vain, error %v", m.name, unknown, vain, err)
		}
	}
	for _, piece := range unseen {
		if !missing[piece] {
			t.Errorf("all models know %q", piece)
		}
	}
}
