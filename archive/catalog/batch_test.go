package catalog

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
)

// TestBatches: what waits while a batch is written is written together, and an
// addition that cannot be written fails alone.
func TestBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b batches
		errBad := errors.New("bad")
		bad := &addition{}
		var mu sync.Mutex
		var sizes []int
		gate := make(chan struct{})
		write := func(all []*addition) error {
			<-gate
			mu.Lock()
			defer mu.Unlock()
			sizes = append(sizes, len(all))
			for _, a := range all {
				if a == bad {
					return errBad
				}
			}
			return nil
		}
		results := make([]error, 7)
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() {
				a := &addition{}
				if i == 4 {
					a = bad
				}
				results[i] = b.add(a, write)
			})
			synctest.Wait() // the first writes, the others wait
		}
		close(gate)
		wg.Wait()
		for i, err := range results {
			if (i == 4) != errors.Is(err, errBad) {
				t.Errorf("addition %d: got %v", i, err)
			}
		}
		// One alone, six together, and those again one by one.
		if want := []int{1, 6, 1, 1, 1, 1, 1, 1}; len(sizes) != len(want) || sizes[0] != 1 || sizes[1] != 6 {
			t.Errorf("written in batches of %v, want %v", sizes, want)
		}
		if b.waiting != nil || b.writing {
			t.Errorf("left %+v", &b)
		}
	})
}
