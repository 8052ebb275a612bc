package history

import (
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"
)

func bytesOf(words []uint64) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(words))), 8*len(words))
}

// events merges h and makes sure that keys never fall.
func events(t testing.TB, h *History) (keys []int64) {
	t.Helper()
	m := NewMerge(h)
	for {
		e, ok := m.Next()
		if !ok {
			return keys
		}
		if &h.Logs[e.Log].Ops[e.Index] != e.Op {
			t.Fatalf("operation %d of log %d is another", e.Index, e.Log)
		}
		key := e.Op.Inv << 1
		if e.Return {
			key = e.Op.Ret<<1 | 1
		}
		if len(keys) > 0 && key < keys[len(keys)-1] {
			t.Fatalf("event %d at %d comes after %d", len(keys), key, keys[len(keys)-1])
		}
		keys = append(keys, key)
	}
}

// The merge yields what sorting all events would, whatever the number of logs,
// with ties, pending operations and empty logs.
func TestMergeSorts(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		h := new(History)
		var want []int64
		for range r.IntN(10) {
			var ops []Op
			now, coarse := int64(1), r.IntN(2) == 0
			for range r.IntN(6) {
				if coarse {
					now += r.Int64N(2)
				} else {
					now += 1 + r.Int64N(3)
				}
				o := Op{Inv: now, Kind: Read}
				want = append(want, o.Inv<<1)
				if r.IntN(8) > 0 {
					now += r.Int64N(3)
					o.Ret = now
					want = append(want, o.Ret<<1|1)
				}
				ops = append(ops, o)
			}
			l := &Log{}
			if _, fault := l.validate(ops, true); fault != nil {
				t.Fatal(fault)
			}
			if coarse {
				l = NewLog(0, ops)
			}
			h.Logs = append(h.Logs, l)
		}
		slices.Sort(want)
		if got := events(t, h); !slices.Equal(got, want) {
			t.Fatalf("got %v, expected %v", got, want)
		}
	}
}

func TestWidenedLogsStillMerge(t *testing.T) {
	ops := []Op{{Inv: 10, Ret: 11, Kind: Read}, {Inv: 12, Ret: 13, Kind: Read}, {Inv: 14, Ret: 0, Kind: Read}}
	got := events(t, New(&Log{Ops: ops}).Widened(100))
	if want := []int64{20, 24, 28, 223, 227}; !slices.Equal(got, want) {
		t.Errorf("got %v, expected %v", got, want)
	}
}

func BenchmarkMerge(b *testing.B) {
	const logs, each = 8, 125_000
	h := new(History)
	for p := range int64(logs) {
		ops := make([]Op, each)
		for i := range ops {
			at := 1 + int64(i)*100 + p*7
			ops[i] = Op{Inv: at, Ret: at + 60, Kind: Read}
		}
		h.Logs = append(h.Logs, &Log{Ops: ops})
	}
	for b.Loop() {
		m := NewMerge(h)
		for {
			if _, ok := m.Next(); !ok {
				break
			}
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*logs*each), "ns/operation")
}
