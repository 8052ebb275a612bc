package scratch_test

import (
	"path/filepath"
	"sync"
	"testing"

	"github.com/ipckit/ipckit/harness/protocol/scratch"
)

// Four processes pass through three places. A look at one after the other may
// count four; at no moment are there more than three.
func TestTogether(t *testing.T) {
	f, err := scratch.Create(filepath.Join(t.TempDir(), "scratch"), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	places := make(chan struct{}, 3)
	var wait sync.WaitGroup
	most := make([]int, 4)
	for i := range 4 {
		wait.Go(func() {
			for range 50_000 {
				places <- struct{}{}
				f.Of(i).Enter()
				most[i] = max(most[i], f.Together())
				f.Of(i).Presence.Store(scratch.Outside)
				<-places
			}
		})
	}
	wait.Wait()
	for i, n := range most {
		if n > 3 {
			t.Errorf("process %d counted %d together in 3 places", i, n)
		}
	}
	for i := range 5 {
		f.Of(i).Enter()
	}
	if n := f.Together(); n != 5 {
		t.Errorf("%d together, want 5", n)
	}
}
