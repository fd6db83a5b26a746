package archive

import (
	"context"
	"errors"
	"testing"
)

func TestLocate(t *testing.T) {
	ctx := context.Background()
	a, all := provable(t)
	first, last := all[0], all[len(all)-1]
	for _, start := range [][]string{nil, {last.Segment}, {"20200101T000000Z-00000000"}} {
		got, err := a.Locate(ctx, start, last.ID, first.ID, last.ID)
		if err != nil || len(got) != 3 || got[0] != last || got[1].Segment != first.Segment || got[1].ID != first.ID || got[2] != last {
			t.Errorf("from %v: got %v, %v", start, got, err)
		}
	}
	if got, err := a.Locate(ctx, nil, first.ID, "<urn:uuid:11111111-1111-7111-8111-111111111111>"); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v, %v, want ErrNotFound", got, err)
	}
	if got, err := a.Locate(ctx, nil); len(got) != 0 || err != nil {
		t.Errorf("of nothing: got %v, %v", got, err)
	}
}
