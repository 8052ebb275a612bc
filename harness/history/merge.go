package history

import "math"

// A Merge yields the invocations and returns of a history in order of time. At
// equal times, invocations come before returns: an operation precedes another
// only if it returned strictly before the other was invoked. Other ties follow the
// order of the logs, so that a part of a history has the same order as the whole.
// Pending operations have no return.
//
// It is a tree of losers (Knuth, The Art of Computer Programming 3, 5.4.1): an event
// costs one comparison for each level, O(log k) for k logs.
type Merge struct {
	src  []source
	key  []int64 // key of each source's next event: its time doubled, plus one for a return
	tree []int32 // inner nodes hold the loser of their match; 0 the overall winner
}

// A source yields the events of a log, in their order: event 2i is the
// invocation of operation i, event 2i+1 its return.
type source struct {
	ops  []Op
	at   int // the next event
	step int // 1, or 2 for a source of invocations only or of returns only
	log  int32
}

// An Event is an invocation or a return.
type Event struct {
	Op     *Op
	Log    int32 // index of the log
	Index  int32 // index of the operation in its log
	Return bool
}

const never = math.MaxInt64

// NewMerge returns a merge that starts at the first event of h.
func NewMerge(h *History) *Merge {
	var src []source
	for i, l := range h.Logs {
		if l.loose { // an invocation may come before the return of the operation before it
			src = append(src, source{l.Ops, 0, 2, int32(i)}, source{l.Ops, 1, 2, int32(i)})
		} else {
			src = append(src, source{l.Ops, 0, 1, int32(i)})
		}
	}
	k := 1
	for k < len(src) {
		k *= 2
	}
	src = append(src, make([]source, k-len(src))...)
	m := &Merge{src: src, key: make([]int64, k), tree: make([]int32, k)}
	winner := make([]int32, 2*k)
	for i := range src {
		m.key[i] = src[i].next()
		winner[k+i] = int32(i)
	}
	for i := k - 1; i >= 1; i-- {
		a, b := winner[2*i], winner[2*i+1]
		if m.key[b] < m.key[a] {
			a, b = b, a
		}
		winner[i], m.tree[i] = a, b
	}
	m.tree[0] = winner[1]
	return m
}

// next is the key of the source's next event. It skips the returns of pending
// operations.
func (s *source) next() int64 {
	for {
		i := s.at >> 1
		if i >= len(s.ops) {
			return never
		}
		if s.at&1 == 0 {
			return s.ops[i].Inv << 1
		}
		if ret := s.ops[i].Ret; ret != 0 {
			return ret<<1 | 1
		}
		s.at += s.step
	}
}

// Next returns the next event; ok is false after the last.
func (m *Merge) Next() (e Event, ok bool) {
	w := m.tree[0]
	if m.key[w] == never {
		return Event{}, false
	}
	s := &m.src[w]
	i := s.at >> 1
	e = Event{Op: &s.ops[i], Log: s.log, Index: int32(i), Return: s.at&1 == 1}
	s.at += s.step
	key := s.next()
	m.key[w] = key
	for n := (int(w) + len(m.src)) >> 1; n >= 1; n >>= 1 {
		if l := m.tree[n]; m.key[l] < key || m.key[l] == key && l < w {
			m.tree[n], w = w, l
			key = m.key[l]
		}
	}
	m.tree[0] = w
	return e, true
}
