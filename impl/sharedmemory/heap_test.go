package sharedmemory

import (
	"os"
	"sync"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// heap is memory for the race detector: all mappings of a file are the same
// slice of the Go heap. Only the locks of the file itself are used.
type heap struct {
	mutex sync.Mutex
	files map[heapFile]*heapBytes
}

type heapFile struct{ device, inode uint64 }

type heapBytes struct {
	bytes []byte // starts on a page boundary
	users int
}

// heapMax is the largest object of the tests in bytes: a file is mapped for its
// header before its length is known.
const heapMax = 1 << 20

func newHeap() *heap { return &heap{files: map[heapFile]*heapBytes{}} }

func (h *heap) mmap(fd, length, _, _ int) ([]byte, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return nil, err
	}
	if length > heapMax {
		return nil, unix.ENOMEM
	}
	h.mutex.Lock()
	defer h.mutex.Unlock()
	key := heapFile{uint64(st.Dev), st.Ino} //nolint:unconvert // Dev is 32 bits wide elsewhere
	m := h.files[key]
	if m == nil {
		page := uintptr(os.Getpagesize())
		b := make([]byte, heapMax+page)
		begin := -uintptr(unsafe.Pointer(unsafe.SliceData(b))) & (page - 1)
		m = &heapBytes{bytes: b[begin:][:heapMax:heapMax]}
		h.files[key] = m
	}
	m.users++
	return m.bytes[:length:length], nil
}

func (h *heap) munmap(b []byte) error {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	for key, m := range h.files {
		if unsafe.SliceData(m.bytes) != unsafe.SliceData(b) {
			continue
		}
		if m.users--; m.users == 0 {
			delete(h.files, key)
		}
		return nil
	}
	return unix.EINVAL
}

// Objects on the heap are found by name and released, as mapped ones are;
// otherwise the race detector would check objects of another kind.
func TestHeapStandsForMappings(t *testing.T) {
	t.Parallel()
	h := newHeap()
	name := freshName(t)
	a, err := Create(name, 100, withMemory(h))
	wantError(t, err, nil)
	b, err := Open(name, withMemory(h))
	wantError(t, err, nil)
	_, err = a.WriteAt([]byte("shared"), 10)
	wantError(t, err, nil)
	if got := string(b.Bytes()[10:16]); got != "shared" {
		t.Errorf("another handle reads %q", got)
	}
	wantError(t, a.Close(), nil)
	wantError(t, b.Close(), nil)
	if len(h.files) != 0 {
		t.Errorf("%d files are mapped when all handles are closed", len(h.files))
	}
}
