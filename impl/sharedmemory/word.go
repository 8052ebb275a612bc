package sharedmemory

import (
	"sync/atomic"
	"unsafe"
)

// wordSize is the size and alignment of a [Word] in bytes.
const wordSize = 8

// A Word is a 64-bit number in a region that processes read and change
// atomically. All operations on all words are sequentially consistent, as those
// of sync/atomic are: there is one order of them that every process sees, and
// what was written to the region before an operation is visible after one that
// read its result (The Go Memory Model; Lamport, How to Make a Multiprocessor
// Computer That Correctly Executes Multiprocess Programs, 1979). On amd64 Store
// is XCHG, and Add and CompareAndSwap have a LOCK prefix; on arm64 they are the
// acquire and release instructions of ARMv8, which are ordered among themselves.
type Word struct {
	value atomic.Uint64
}

// Word returns the word at an offset of the region in bytes, which is a multiple
// of 8. It is valid until the region is closed, and only for Load if the region
// was opened [ReadOnly]. Errors: [ErrBounds], [ErrInvalid] (alignment),
// [ErrClosed].
func (r *Region) Word(offset int64) (*Word, error) {
	r.detaching.RLock()
	defer r.detaching.RUnlock()
	if err := r.reach("word", wordSize, offset); err != nil {
		return nil, err
	}
	if offset%wordSize != 0 {
		return nil, refuse("word", r.name, ErrInvalid, "offset %d, expected a multiple of %d", offset, wordSize)
	}
	return (*Word)(unsafe.Pointer(&r.payload[offset])), nil
}

// Load reads the word.
func (w *Word) Load() uint64 { return w.value.Load() }

// Store writes the word.
func (w *Word) Store(v uint64) { w.value.Store(v) }

// Add adds delta, modulo 2^64, and returns the sum.
func (w *Word) Add(delta uint64) uint64 { return w.value.Add(delta) }

// CompareAndSwap stores new if the word is old, and reports whether it was.
func (w *Word) CompareAndSwap(old, new uint64) bool { return w.value.CompareAndSwap(old, new) }
