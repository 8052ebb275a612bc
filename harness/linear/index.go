package linear

import "github.com/ipckit/ipckit/harness/history"

// An index numbers the values of a history densely, so that arrays can hold facts
// about them. Values that were never produced have no number, or one without facts.
type index struct {
	base   []int // first number of each producer's values, and the end
	sparse map[uint64]int
	n      int
}

// newIndex numbers the values of all operations of the given kinds.
func newIndex(h *history.History, kinds ...history.Kind) *index {
	var produces [256]bool
	for _, k := range kinds {
		produces[k] = true
	}
	var size []int // by producer
	count, wide := 0, false
	for _, l := range h.Logs {
		for i := range l.Ops {
			o := &l.Ops[i]
			if !produces[o.Kind] {
				continue
			}
			count++
			p, s := history.Split(o.Value)
			if int(p) >= len(size) {
				if p > 1<<20 {
					wide = true
					continue
				}
				size = append(size, make([]int, int(p)+1-len(size))...)
			}
			size[p] = max(size[p], int(s)+1)
		}
	}
	x := &index{base: make([]int, len(size)+1)}
	for p, n := range size {
		x.base[p+1] = x.base[p] + n
	}
	x.n = x.base[len(size)]
	if wide || x.n > 4*count+1024 {
		x.hash(h, produces, count)
	}
	return x
}

// hash numbers values that are too sparse for arrays.
func (x *index) hash(h *history.History, produces [256]bool, count int) {
	x.base, x.sparse = nil, make(map[uint64]int, count)
	for _, l := range h.Logs {
		for i := range l.Ops {
			if o := &l.Ops[i]; produces[o.Kind] {
				if _, known := x.sparse[o.Value]; !known {
					x.sparse[o.Value] = len(x.sparse)
				}
			}
		}
	}
	x.n = len(x.sparse)
}

// of is the number of a value, or -1.
func (x *index) of(value uint64) int {
	p := value >> 32
	if p+1 >= uint64(len(x.base)) {
		return x.lookup(value)
	}
	i := x.base[p] + int(uint32(value))
	if i >= x.base[p+1] {
		return -1
	}
	return i
}

func (x *index) lookup(value uint64) int {
	if i, known := x.sparse[value]; known {
		return i
	}
	return -1
}
