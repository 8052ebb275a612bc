package messagepassing

import (
	"math/bits"
	"slices"
)

// A queue holds items by priority, first in, first out within a priority: the
// order of mq_receive ("the oldest of the highest priority message(s)",
// POSIX.1-2024). push and pop are O(1), remove is O(n).
type queue[T comparable] struct {
	levels [HighestPriority + 1]fifo[T]
	used   uint32 // bit p: level p is not empty
	length int
}

// push adds v behind all others of its priority.
func (q *queue[T]) push(priority int, v T) {
	q.levels[priority].push(v)
	q.used |= 1 << priority
	q.length++
}

// unpop puts v back in front of all others of its priority.
func (q *queue[T]) unpop(priority int, v T) {
	q.levels[priority].unpop(v)
	q.used |= 1 << priority
	q.length++
}

// first returns the item that pop would remove.
func (q *queue[T]) first() (v T, ok bool) {
	if q.used == 0 {
		return v, false
	}
	l := &q.levels[bits.Len32(q.used)-1]
	return l.items[l.head], true
}

// pop removes the oldest item of the highest priority.
func (q *queue[T]) pop() (v T, ok bool) {
	if q.used == 0 {
		return v, false
	}
	priority := bits.Len32(q.used) - 1
	v = q.levels[priority].pop()
	q.taken(priority)
	return v, true
}

// remove removes v from its level, and reports whether it was there.
func (q *queue[T]) remove(priority int, v T) bool {
	if !q.levels[priority].remove(v) {
		return false
	}
	q.taken(priority)
	return true
}

func (q *queue[T]) taken(priority int) {
	if q.levels[priority].len() == 0 {
		q.used &^= 1 << priority
	}
	q.length--
}

// A fifo is a slice with a moving head. The memory before the head is released
// once it is the larger part, so that a queue does not stay as large as it once
// was.
type fifo[T comparable] struct {
	items []T
	head  int
}

func (f *fifo[T]) len() int { return len(f.items) - f.head }

func (f *fifo[T]) push(v T) { f.items = append(f.items, v) }

func (f *fifo[T]) unpop(v T) {
	if f.head > 0 {
		f.head--
		f.items[f.head] = v
		return
	}
	f.items = append([]T{v}, f.items...)
}

func (f *fifo[T]) pop() T {
	var zero T
	v := f.items[f.head]
	f.items[f.head] = zero // so that the message can be collected
	f.head++
	const worth = 32
	switch {
	case f.head < worth && f.len() > 0:
	case f.len() == 0 && cap(f.items) <= worth:
		f.items, f.head = f.items[:0], 0
	case f.head >= f.len():
		f.items, f.head = append([]T(nil), f.items[f.head:]...), 0
	}
	return v
}

func (f *fifo[T]) remove(v T) bool {
	i := slices.Index(f.items[f.head:], v)
	if i < 0 {
		return false
	}
	f.items = slices.Delete(f.items, f.head+i, f.head+i+1)
	if f.len() == 0 {
		f.items, f.head = nil, 0
	}
	return true
}
