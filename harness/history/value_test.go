package history

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestItemsCarryTheirValue(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, size := range []int{4, 5, 7, 8, 15, 16, 17, 23, 24, 100, 4096} {
		for range 200 {
			v := Value(r.Uint32N(16), r.Uint32N(1<<28))
			item := make([]byte, size)
			if err := Fill(item, v); err != nil {
				t.Fatal(err)
			}
			if got, whole := Check(item); got != v || !whole {
				t.Fatalf("%d bytes: %x, %v, expected %x", size, got, whole, v)
			}
			if size < 8 {
				continue // a byte that is not repeated belongs to another id
			}
			item[r.IntN(size)] ^= 1 << r.IntN(8)
			if _, whole := Check(item); whole {
				t.Fatalf("%d bytes: a flipped bit passed", size)
			}
		}
	}
}

// Half of one item and half of another, which is what a torn copy looks like.
func TestTornItemsAreCorrupt(t *testing.T) {
	for _, size := range []int{16, 17, 64, 100, 4096} {
		for cut := 1; cut < size; cut++ {
			a, b := make([]byte, size), make([]byte, size)
			if Fill(a, Value(0, 1)) != nil || Fill(b, Value(1, 2)) != nil {
				t.Fatal("not filled")
			}
			torn := slices.Concat(a[:cut], b[cut:])
			if _, whole := Check(torn); whole && !bytes.Equal(torn, a) && !bytes.Equal(torn, b) {
				t.Errorf("%d bytes, torn at %d, passed", size, cut)
			}
		}
	}
}

func TestWhatDoesNotFitIsRefused(t *testing.T) {
	if Fill(make([]byte, 3), 0) == nil {
		t.Error("3 bytes took a value")
	}
	if Fill(make([]byte, 4), Value(16, 0)) == nil || Fill(make([]byte, 15), Value(0, 1<<28)) == nil {
		t.Error("a value was cut to fit")
	}
	if _, whole := Check(make([]byte, 3)); whole {
		t.Error("3 bytes passed as a value")
	}
}
