package headline

import (
	"slices"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

func TestRuns(t *testing.T) {
	for _, c := range []struct {
		title string
		want  []string
	}{
		{"Ferry stays in port", nil},
		{"Ferry-port opens at 10:30", nil},
		{"Ferry stays | Bay Times", []string{"Ferry stays", "Bay Times"}},
		{"Bay: Ferry // Stays", []string{"Bay", "Bay: Ferry", "Ferry", "Ferry // Stays", "Stays"}},
		{"Ferry stays – for now", nil},
		{"Ferry stays - baytimes.example", []string{"Ferry stays", "baytimes.example"}},
		{"港口推迟_好港日报", []string{"港口推迟", "好港日报"}},
		{"港口推迟-好港日报", []string{"港口推迟", "好港日报"}},
		{"港口推迟｜好港", []string{"港口推迟", "好港"}},
		{"【港】推迟", []string{"【港】", "推迟"}},
		{"Ferry stays (baytimes.example)", []string{"Ferry stays", "(baytimes.example)"}},
		{" | ", nil},
		{"\xff|\xff", []string{"\xff", "\xff"}},
	} {
		var got []string
		for _, r := range runsOf(c.title) {
			got = append(got, r.text)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%q: got %q, want %q", c.title, got, c.want)
		}
	}
}

// The model and the code know the same pieces of evidence.
func TestTitlePieces(t *testing.T) {
	unknown, vain, err := evidence.Missing(titleModelData, titlePieces[:]...)
	if err != nil || len(vain) > 0 || len(unknown) > 0 {
		t.Errorf("the model does not know %q, and knows in vain %q, %v", unknown, vain, err)
	}
}
