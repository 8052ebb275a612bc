package mutants

import (
	"encoding/binary"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// rings makes one-to-one bounded buffers on top of regions.
type rings struct {
	fault
	regions *regions
}

// control is the head of a ring's memory. Both indices run on and are taken
// modulo the capacity; each is written by one side alone. Whoever changes
// something rings the bell; who waits looks at the bell, then at the ring, and
// then sleeps only if the bell is still as it was.
type control struct {
	capacity, itemMax uint64
	in, out           atomic.Uint32 // items put and got
	closed, bell      atomic.Uint32
	reserved          atomic.Uint32 // of ring-refusal-costs-a-slot
	sleepers          atomic.Uint32 // who sleep on the bell, or are about to
	_                 [24]byte
}

const controlSize = int64(unsafe.Sizeof(control{}))

type ring struct {
	fault
	*region
	*control
	slot  int64 // bytes: a length word, then the item
	put   uint64
	kept  [][]byte // of ring-memory-grows
	carry []byte   // of ring-swaps-two
}

func (rs rings) Create(name string, s subject.Shape) (subject.Buffer, error) {
	r, err := rs.create(name, s)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (rs rings) create(name string, s subject.Shape) (*ring, error) {
	bad := s.Capacity < 1 || s.Capacity > 1<<20 || s.ItemMax < 0 || s.ItemMax > 1<<20
	size := controlSize + s.Capacity*slotSize(s.ItemMax)
	if rs.is("ring-size-wraps") {
		bad = false
		size = controlSize + int64(uint32(s.Capacity*slotSize(s.ItemMax)))
	}
	if bad {
		return nil, subject.Errorf(subject.Invalid, "capacity %d, items up to %d bytes", s.Capacity, s.ItemMax)
	}
	m, err := rs.regions.create(name, size)
	if err != nil {
		return nil, err
	}
	r := rs.attach(m)
	r.control.capacity, r.control.itemMax = uint64(s.Capacity), uint64(s.ItemMax)
	r.slot = slotSize(s.ItemMax)
	return r, nil
}

func slotSize(itemMax int64) int64 { return (4 + itemMax + 7) &^ 7 }

func (rs rings) Open(name string) (subject.Buffer, error) {
	r, err := rs.open(name)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (rs rings) open(name string) (*ring, error) {
	m, err := rs.regions.open(name, false)
	if err != nil {
		return nil, err
	}
	r := rs.attach(m)
	r.slot = slotSize(int64(r.control.itemMax))
	if rs.is("ring-open-resets") {
		r.in.Store(7)
		r.out.Store(7)
	}
	return r, nil
}

func (rs rings) Unlink(name string) error { return rs.regions.Unlink(name) }

func (rs rings) attach(m *region) *ring {
	return &ring{fault: rs.fault, region: m, control: (*control)(unsafe.Pointer(&m.memory[0]))}
}

// place is the slot of an index.
func (r *ring) place(index uint32) []byte {
	if r.is("ring-index-wraps") {
		index &= 0xff
	}
	at := controlSize + int64(uint64(index)%r.control.capacity)*r.slot
	return r.memory[at : at+r.slot]
}

// room reports whether one more item may go in.
func (r *ring) room() bool {
	capacity := uint32(r.control.capacity)
	switch {
	case r.is("ring-one-slot-short") && capacity > 1:
		capacity--
	case r.is("ring-one-slot-more"):
		capacity++
	case r.is("ring-capacity-one") && capacity == 1:
		capacity = 0
	}
	return r.in.Load()-r.out.Load()+r.reserved.Load() < capacity
}

func (r *ring) Put(item []byte, wait subject.Wait) error {
	if uint64(len(item)) > r.control.itemMax {
		if !r.is("ring-oversize-cut") {
			return subject.Errorf(subject.TooLarge, "%d bytes where %d is the most", len(item), r.control.itemMax)
		}
		item = item[:r.control.itemMax]
	}
	if r.is("ring-tryput-waits") {
		wait = subject.Forever
	}
	limit := deadline(wait)
	for {
		seen := r.bell.Load()
		if r.closed.Load() != 0 {
			return subject.Errorf(subject.Closed, "")
		}
		if r.room() {
			break
		}
		switch {
		case r.is("ring-full-overwrites"):
			r.out.Add(1)
			continue
		case r.is("ring-tryput-drops") && wait == subject.Never:
			return nil
		case r.is("ring-loses-when-full") && wait == subject.Forever && r.in.Load()%100 == 99:
			return nil
		case r.is("ring-refusal-costs-a-slot") && wait == subject.Never && r.reserved.Load() == 0:
			r.reserved.Add(1)
		}
		if err := r.sleep(seen, wait, limit, subject.Full); err != nil {
			return err
		}
	}
	r.store(item)
	if !r.is("ring-wakes-nobody") {
		r.wake()
	}
	if r.is("ring-gives-way") {
		_, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
	}
	return nil
}

// store writes an item into the next slot and publishes it.
func (r *ring) store(item []byte) {
	r.put++
	if r.is("ring-swaps-two") && r.put%999 == 0 {
		r.carry = append([]byte{}, item...)
		return
	}
	if r.is("ring-stops-at-zero") {
		for i, b := range item {
			if b == 0 {
				item = item[:i]
				break
			}
		}
	}
	if r.is("ring-memory-grows") {
		r.kept = append(r.kept, append(make([]byte, 0, 1024), item...))
	}
	in := r.in.Load()
	slot := r.place(in)
	if r.is("ring-publishes-first") {
		r.in.Store(in + 1)
	}
	binary.LittleEndian.PutUint32(slot, uint32(len(item)))
	copy(slot[4:], item)
	r.in.Store(in + 1)
	if late := r.carry; late != nil {
		r.carry = nil
		r.store(late)
	}
}

func (r *ring) Get(into []byte, wait subject.Wait) (int, error) {
	if r.is("ring-tryget-waits") {
		wait = subject.Forever
	}
	limit := deadline(wait)
	for {
		seen := r.bell.Load()
		if r.in.Load() != r.out.Load() {
			break
		}
		switch {
		case r.closed.Load() != 0:
			return 0, subject.Errorf(subject.Closed, "")
		case r.is("ring-empty-returns") && wait != subject.Never:
			return 0, nil
		}
		if r.is("ring-listens-late") {
			seen = r.bell.Load()
		}
		if err := r.sleep(seen, wait, limit, subject.Empty); err != nil {
			if r.is("ring-eintr-is-success") && subject.KindOf(err) == subject.Interrupted {
				return 0, nil
			}
			return 0, err
		}
	}
	return r.load(into, wait)
}

// load takes the oldest item out.
func (r *ring) load(into []byte, wait subject.Wait) (int, error) {
	out := r.out.Load()
	from := out
	if r.is("ring-newest-first") {
		from = r.in.Load() - 1
	}
	if r.is("ring-frees-first") {
		r.out.Store(out + 1)
	}
	n, err := r.fetch(from, into)
	if err != nil {
		return 0, err
	}
	next := out + 1
	switch {
	case from != out: // the newest was taken: the oldest moves into its place
		copy(r.place(from), r.place(out))
	case r.is("ring-joins-items"):
		for ; next != r.in.Load(); next++ {
			more, err := r.fetch(next, into[n:])
			if err != nil {
				break
			}
			n += more
		}
	case r.is("ring-tryget-peeks") && wait == subject.Never:
		return n, nil
	}
	r.out.Store(next)
	r.wake()
	return n, nil
}

func (r *ring) fetch(index uint32, into []byte) (int, error) {
	slot := r.place(index)
	n := int(binary.LittleEndian.Uint32(slot))
	if n > len(into) || n > len(slot)-4 {
		return 0, subject.Errorf(subject.TooLarge, "the item has %d bytes", n)
	}
	return copy(into, slot[4:4+n]), nil
}

// Close lets nothing more in and releases who waits.
func (r *ring) Close() error {
	if r.is("ring-close-discards") {
		r.out.Store(r.in.Load())
	}
	r.closed.Store(1)
	if !r.is("ring-close-wakes-nobody") {
		r.wake()
	}
	return nil
}

func (r *ring) Detach() error {
	if r.is("ring-mapping-leaks") {
		return nil
	}
	return r.region.Detach()
}

// sleep waits until the bell no longer is as it was seen. A wake without a
// change, a close or a signal is for the caller's loop to sort out.
func (r *ring) sleep(seen uint32, wait subject.Wait, limit time.Time, refusal subject.Kind) error {
	var timeout *unix.Timespec
	switch {
	case wait == subject.Never:
		return subject.Errorf(refusal, "")
	case wait > 0:
		left := time.Until(limit)
		if left <= 0 {
			return subject.Errorf(subject.Timeout, "")
		}
		t := unix.NsecToTimespec(left.Nanoseconds())
		timeout = &t
	}
	r.sleepers.Add(1) // before the kernel looks at the bell: who rings it later sees it
	defer r.sleepers.Add(^uint32(0))
	_, _, errno := unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&r.bell)), futexWait, uintptr(seen), uintptr(unsafe.Pointer(timeout)), 0, 0)
	if errno == unix.EINTR && r.is("ring-eintr-is-success") {
		return subject.Errorf(subject.Interrupted, "")
	}
	return nil
}

// Operations of futex(2); not private, since the word is shared.
const (
	futexWait = 0
	futexWake = 1
)

// wake rings the bell and wakes everybody who sleeps on it.
func (r *ring) wake() {
	r.bell.Add(1)
	if r.sleepers.Load() == 0 && !r.is("ring-wakes-always") {
		return
	}
	_, _, _ = unix.Syscall6(unix.SYS_FUTEX, uintptr(unsafe.Pointer(&r.bell)), futexWake, 1<<30, 0, 0, 0)
}

func deadline(wait subject.Wait) time.Time {
	if wait > 0 {
		return time.Now().Add(time.Duration(wait))
	}
	return time.Time{}
}
