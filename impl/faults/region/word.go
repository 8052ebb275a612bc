package region

import (
	"os"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/ipckit/ipckit/harness/subject"
)

// word returns the word at an offset of the region.
func (r *Region) word(offset int64) (*atomic.Uint64, error) {
	b, err := r.bytes(offset, 8)
	if err != nil {
		return nil, err
	}
	if offset%8 != 0 {
		return nil, subject.Errorf(subject.Invalid, "offset %d is no multiple of 8", offset)
	}
	return (*atomic.Uint64)(unsafe.Pointer(&b[0])), nil
}

func (r *Region) Load(offset int64) (uint64, error) {
	w, err := r.word(offset)
	if err != nil {
		return 0, err
	}
	v := w.Load()
	if b := r.buffered; b.word == w {
		v = b.value
	}
	r.drain()
	return v, nil
}

func (r *Region) Store(offset int64, v uint64) error {
	w, err := r.word(offset)
	if err != nil {
		return err
	}
	switch {
	case r.fault == WordInHalves:
		halves := (*[2]atomic.Uint32)(unsafe.Pointer(w))
		halves[0].Store(uint32(v))
		preempted(v)
		halves[1].Store(uint32(v >> 32))
	case r.fault == StoreOvertaken:
		*(*uint64)(unsafe.Pointer(w)) = v
	case r.fault == StoredLate:
		time.AfterFunc(time.Millisecond, func() { w.Store(v) })
	case r.fault == LoadOvertakes:
		r.drain()
		r.buffered = buffered{w, v}
	default:
		w.Store(v)
	}
	r.flush()
	return nil
}

func (r *Region) Add(offset int64, delta uint64) (uint64, error) {
	w, err := r.word(offset)
	if err != nil {
		return 0, err
	}
	if r.fault == AddInTwo {
		before := w.Load()
		preempted(before)
		w.Store(before + delta)
		return before, nil
	}
	if r.fault == WordsChangeHandsSlowly {
		r.takeOver(offset)
		defer r.handOn(offset)
	}
	return w.Add(delta) - delta, nil
}

func (r *Region) CompareAndSwap(offset int64, old, v uint64) (uint64, bool, error) {
	w, err := r.word(offset)
	if err != nil {
		return 0, false, err
	}
	for {
		held := w.Load()
		switch {
		case held != old:
			return held, false, nil
		case r.fault == SwapInTwo:
			preempted(v)
			w.Store(v)
			return old, true, nil
		case w.CompareAndSwap(old, v):
			return old, true, nil
		}
	}
}

// preempted sleeps now and then between two halves of what should be one step, so
// that the fault shows on a busy machine and on one processor, too.
func preempted(v uint64) {
	if v%32 == 0 {
		time.Sleep(20 * time.Microsecond)
	}
}

// hands are two words after the word at offset, which WordsChangeHandsSlowly uses:
// the process that has the word, and the one that had it last.
func (r *Region) hands(offset int64) *[2]atomic.Uint64 {
	return (*[2]atomic.Uint64)(unsafe.Pointer(&r.Memory[offset+8]))
}

func (r *Region) takeOver(offset int64) {
	hands, own := r.hands(offset), uint64(os.Getpid())
	for !hands[0].CompareAndSwap(0, own) {
		time.Sleep(time.Millisecond)
	}
	if hands[1].Load() != own {
		time.Sleep(10 * time.Millisecond)
		hands[1].Store(own)
	}
}

func (r *Region) handOn(offset int64) { r.hands(offset)[0].Store(0) }

// A buffered store is that of LoadOvertakes: it takes effect after the load that
// follows it, as from a processor's store buffer, but now and then so
// long after it that another processor surely meets it on the way.
type buffered struct {
	word  *atomic.Uint64 // nil: none
	value uint64
}

func (r *Region) drain() {
	if b := r.buffered; b.word != nil {
		r.buffered = buffered{}
		if b.value%512 == 0 {
			time.Sleep(20 * time.Microsecond)
		}
		b.word.Store(b.value)
	}
}

// A delayed write is that of FlagBeforeData, where the data are moved across the
// store of the flag.
type delayed struct {
	data   []byte
	offset int64
}

func (r *Region) flush() {
	if d := r.delayed; d != nil {
		r.delayed = nil
		for range 20 { // as long as the processor may take
			pause()
		}
		copy(r.Memory[d.offset:], d.data)
	}
}

//go:noinline
func pause() {}
