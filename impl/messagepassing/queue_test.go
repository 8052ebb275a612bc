package messagepassing

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// The queue behaves as a slice that is kept sorted.
func TestQueueAgainstModel(t *testing.T) {
	t.Parallel()
	type item struct{ priority, number int }
	rng := rand.New(rand.NewPCG(7, 8))
	var q queue[item]
	var model []item
	byPriority := func(a, b item) int { return b.priority - a.priority }
	for i := range 20_000 {
		v := item{rng.IntN(HighestPriority + 1), i}
		switch op := rng.IntN(10); {
		case op < 4 || op == 9 && i%2000 < 1000: // it grows and shrinks
			q.push(v.priority, v)
			model = append(model, v)
			slices.SortStableFunc(model, byPriority)
		case op == 4:
			q.unpop(v.priority, v)
			model = append([]item{v}, model...)
			slices.SortStableFunc(model, byPriority)
		case op == 5 && len(model) > 0:
			at := rng.IntN(len(model))
			if !q.remove(model[at].priority, model[at]) {
				t.Fatalf("step %d: %v is not there", i, model[at])
			}
			model = slices.Delete(model, at, at+1)
			if q.remove(v.priority, v) {
				t.Fatalf("step %d: removed %v, which is not there", i, v)
			}
		default:
			got, ok := q.pop()
			if ok != (len(model) > 0) || ok && got != model[0] {
				t.Fatalf("step %d: got %v %t, want the first of %d", i, got, ok, len(model))
			}
			if ok {
				model = model[1:]
			}
		}
		if first, ok := q.first(); q.length != len(model) || ok && first != model[0] {
			t.Fatalf("step %d: %d items, first %v: want %d", i, q.length, first, len(model))
		}
	}
}

// A decoder gives the same frames wherever the stream is split.
func TestDecoderAnyCut(t *testing.T) {
	t.Parallel()
	var stream []byte
	var want []frame
	for i, size := range []int{0, 5, 100, 0, 3000} {
		f := frame{kind: uint8(i + 1), number: uint32(i), name: string(make([]byte, i*50)), body: make([]byte, size)}
		stream = append(append(stream, f.appendHeader(nil)...), f.body...)
		want = append(want, f)
	}
	for _, step := range []int{1, 3, 31, 32, 33, 64, 100, 5000} {
		d := decoder{bodyMax: 3000}
		got := 0
		for piece := range slices.Chunk(stream, step) {
			for len(piece) > 0 {
				f, rest, err := d.feed(piece)
				if err != nil {
					t.Fatal(err)
				}
				piece = rest
				if f == nil {
					continue
				}
				if w := want[got]; f.kind != w.kind || f.name != w.name || len(f.body) != len(w.body) {
					t.Fatalf("pieces of %d: frame %d is %d with %d bytes", step, got, f.kind, len(f.body))
				}
				got++
			}
		}
		if got != len(want) {
			t.Errorf("pieces of %d: %d frames, want %d", step, got, len(want))
		}
	}
	d := decoder{bodyMax: 10}
	if _, _, err := d.feed((&frame{body: make([]byte, bodyMin+1)}).appendHeader(nil)); err == nil {
		t.Error("a body above the maximum was taken")
	}
}
