package history

import (
	"errors"
	"fmt"
	"math"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Recorder records the operations of one thread. It is not for concurrent use:
// each thread has its own, and an operation ends before the next begins.
type Recorder struct {
	file  *os.File
	mem   []byte
	ops   []Op
	next  int // index of the next record
	open  *Op // the operation that was begun last
	extra *Op // its continuation record
	fence bool
}

// Options configure a recorder.
type Options struct {
	Process  uint32 // index of the process in its run
	Capacity int    // records; the file never grows
	Fence    Fence
	Slack    uint32 // ns that the reader must add to every ret, if no fence makes stores visible before it
}

// Create makes a new file at path, with room for all records, and maps it. Disk
// space and pages are allocated when it returns: a full disk is an error here, not a
// SIGBUS later. The file should be on a tmpfs if possible, since file systems on
// disks make pages read-only again whenever they write them back.
func Create(path string, o Options) (*Recorder, error) {
	if o.Capacity <= 0 || o.Capacity > math.MaxInt32 {
		return nil, fmt.Errorf("history %s: a capacity of %d records, expected 1 to %d", path, o.Capacity, math.MaxInt32)
	}
	if !littleEndian() {
		return nil, errBigEndian
	}
	boot, err := bootID()
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	r := &Recorder{file: f, fence: o.Fence == FullFence}
	size := headerSize + o.Capacity*OpSize
	if err := r.mapFile(size); err != nil {
		return nil, errors.Join(fmt.Errorf("history %s: no room for %d records (%d bytes): %w", path, o.Capacity, size, err),
			f.Close(), os.Remove(path))
	}
	h := Header{
		PID: uint32(os.Getpid()), TID: uint32(unix.Gettid()), Process: o.Process,
		Clock: Monotonic, Capacity: uint64(o.Capacity), Fence: o.Fence, Slack: o.Slack, Boot: boot,
	}
	head := h.encode()
	copy(r.mem, head[:])
	r.ops = records(r.mem[headerSize:])
	return r, nil
}

func (r *Recorder) mapFile(size int) error {
	fd := int(r.file.Fd())
	if err := unix.Fallocate(fd, 0, 0, int64(size)); err != nil {
		return err
	}
	mem, err := unix.Mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		return err
	}
	r.mem = mem
	return nil
}

// Begin records that an operation is about to start; the caller performs it and then
// calls an End method. A value that is known only afterwards is 0. False means that
// the file is full: the operation was not recorded, so it must not be performed.
//
// The stores need not be atomic: the file is read after its process has ended, when
// every executed store is visible, and the compiler keeps their order.
func (r *Recorder) Begin(k Kind, object uint16, value uint64, aux uint32) bool {
	if r.next >= len(r.ops) {
		return false
	}
	o := &r.ops[r.next]
	r.next++
	r.open = o
	o.Value = value
	o.Aux, o.Object, o.Kind = aux, object, k
	if r.fence {
		// Nothing else orders the reading of the clock before the loads that follow
		// it: a load that ran ahead would read, within the operation, a value from
		// before it. The atomic store keeps the loads behind.
		atomic.StoreInt64(&o.Inv, now())
	} else {
		o.Inv = now()
	}
	return true
}

// End records the end of the operation that was begun last.
func (r *Recorder) End(s Status) { r.finish(r.open, s) }

// EndValue records the end of an operation that returned a value.
func (r *Recorder) EndValue(s Status, value uint64) {
	r.open.Value = value
	r.finish(r.open, s)
}

// EndError records the end of an operation that failed with an errno.
func (r *Recorder) EndError(s Status, errno uint32) {
	r.open.Aux = errno
	r.finish(r.open, s)
}

// BeginSwap records that a compare-and-swap is about to start. It takes two
// records. False is as for Begin.
func (r *Recorder) BeginSwap(object uint16, expected, value uint64) bool {
	if r.next+2 > len(r.ops) {
		return false
	}
	c := &r.ops[r.next+1]
	c.Inv, c.Object, c.Kind = int64(expected), object, Continuation
	r.extra = c
	r.Begin(Swap, object, value, 0)
	r.next++
	return true
}

// EndSwap records the end of a compare-and-swap: OK where it swapped, Failed
// where it did not. observed is the value that it found.
func (r *Recorder) EndSwap(s Status, observed uint64) {
	r.extra.Ret = int64(observed)
	r.finish(r.open, s)
}

// finish stamps ret once the stores of the operation are visible to all processors.
// The atomic store of the record's last word is the fence: on amd64 an XCHG, which
// drains the store buffer. On arm64 it orders the earlier stores, but reading the
// counter does not wait until they are visible, so a slack is needed there.
func (r *Recorder) finish(o *Op, s Status) {
	if r.fence {
		word := uint64(o.Aux) | uint64(o.Object)<<32 | uint64(o.Kind)<<48 | uint64(s)<<56
		atomic.StoreUint64((*uint64)(unsafe.Pointer(&o.Aux)), word)
	} else {
		o.Status = s
	}
	o.Ret = now()
}

// Len is the number of records used.
func (r *Recorder) Len() int { return r.next }

// Left is the number of records still free.
func (r *Recorder) Left() int { return len(r.ops) - r.next }

// Close writes the number of records into the header, and truncates the file after
// the last record. A file that was never closed can be read, too.
func (r *Recorder) Close() error {
	if r.mem == nil {
		return nil
	}
	h, fault := decodeHeader(r.mem)
	if fault != nil {
		fault.File = r.file.Name()
		return errors.Join(fault, r.release())
	}
	h.written = uint64(r.next) + 1
	head := h.encode()
	copy(r.mem, head[:])
	return errors.Join(r.file.Truncate(int64(headerSize+r.next*OpSize)), r.release())
}

func (r *Recorder) release() error {
	err := unix.Munmap(r.mem)
	r.mem, r.ops, r.open, r.extra, r.next = nil, nil, nil, nil, 0
	return errors.Join(err, r.file.Close())
}

// records returns a view of mapped bytes as records. The mapping is page-aligned and
// the size of the header a multiple of eight bytes, so the records are aligned.
func records(b []byte) []Op {
	return unsafe.Slice((*Op)(unsafe.Pointer(unsafe.SliceData(b))), len(b)/OpSize)
}

var errBigEndian = errors.New("history: records are little-endian and read in place; this host is big-endian")

func littleEndian() bool {
	one := uint16(1)
	return *(*byte)(unsafe.Pointer(&one)) == 1
}
