package sharedmemory

import (
	"fmt"
	"strconv"
	"testing"
)

func mustWord(t *testing.T, r *Region, offset int64) *Word {
	t.Helper()
	w, err := r.Word(offset)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func TestWordPlaces(t *testing.T) {
	t.Parallel()
	r := mustCreate(t, freshName(t), 24)
	for _, at := range []int64{-8, 17, 24, 1 << 40} {
		_, err := r.Word(at)
		wantError(t, err, ErrBounds)
	}
	_, err := r.Word(4)
	wantError(t, err, ErrInvalid)
	w := mustWord(t, r, 16)
	w.Store(1<<64 - 1)
	if w.Add(2) != 1 || w.CompareAndSwap(2, 7) || !w.CompareAndSwap(1, 7) || w.Load() != 7 || r.Bytes()[16] != 7 {
		t.Fatalf("the word is %d, the byte %d", w.Load(), r.Bytes()[16])
	}
}

// partAdd adds to one word by Add and to another by CompareAndSwap.
func partAdd(arguments []string) error {
	r, err := Open(arguments[0])
	if err != nil {
		return err
	}
	n, _ := strconv.Atoi(arguments[1])
	add, err := r.Word(0)
	if err != nil {
		return err
	}
	swap, err := r.Word(8)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	waitForOrder()
	for range n {
		add.Add(1)
		for v := swap.Load(); !swap.CompareAndSwap(v, v+1); v = swap.Load() {
		}
	}
	return nil
}

func TestWordLosesNoUpdate(t *testing.T) {
	t.Parallel()
	r := mustCreate(t, freshName(t), 16)
	const workers, times = 4, 50_000
	together(t, workers, "add", r.Name(), times)
	for _, at := range []int64{0, 8} {
		if got := mustWord(t, r, at).Load(); got != workers*times {
			t.Fatalf("%d updates of the word at %d, it is %d", workers*times, at, got)
		}
	}
}
