package sharedmemory

import (
	"sync"

	"golang.org/x/sys/unix"
)

// sizeMax is the largest payload, in bytes, that is not refused without trying.
const sizeMax = 1 << 62

// A Region is this process's mapping of a named piece of shared memory.
//
// Its bytes are ordinary memory: concurrent access must be synchronized by other
// means (an atomic [Word] in it, a lock, a buffer).
type Region struct {
	name     string
	fd       int    // holds the presence locks
	mapping  []byte // of the whole file
	payload  []byte
	memory   memory // that made the mapping
	readOnly bool
	stale    bool
	creator  int

	detaching sync.RWMutex // ReadAt and WriteAt exclude Close
}

// Create makes a new region of size zeroed bytes and maps it. It appears under
// its name in one step: a process that opens it never sees it incomplete, and a
// creator that is killed before leaves nothing. All its memory is allocated
// here, so that using it cannot run out of memory (which would be SIGBUS).
//
// Errors: [ErrExist], [ErrInvalid] (name or size), [ErrNoSpace],
// [ErrPermission].
func Create(name string, size int64, options ...Option) (*Region, error) {
	return create(name, kindRegion, size, newSettings(options), func([]byte) {})
}

// Open maps an existing region, for reading and writing unless [ReadOnly] is
// given. It never creates and never resizes.
//
// Errors: [ErrNotExist], [ErrInvalid] (the name, or the object is no region),
// [ErrPermission].
func Open(name string, options ...Option) (*Region, error) {
	return open(name, kindRegion, newSettings(options))
}

// CreateOrOpen returns the region of a name, and whether this call created it.
// When many processes call it at once, one creates the region and all get it. An
// existing region may be larger than size; a smaller one is refused with
// [ErrInvalid]. Other errors as for [Create] and [Open].
func CreateOrOpen(name string, size int64, options ...Option) (r *Region, created bool, err error) {
	return createOrOpen(name, kindRegion, size, newSettings(options), func([]byte) {})
}

// Unlink removes the name of a region. Processes that are attached continue to
// share it; its memory is freed when the last one detaches. Errors:
// [ErrNotExist], [ErrInvalid] (name), [ErrPermission].
func Unlink(name string) error {
	file, err := path("unlink", name)
	if err != nil {
		return err
	}
	if err := unix.Unlink(file); err != nil {
		return refuseSystem("unlink", name, "unlink", err)
	}
	return nil
}

// Name is the name that the region was opened by.
func (r *Region) Name() string { return r.name }

// Size is the region's size in bytes.
func (r *Region) Size() int64 { return int64(len(r.payload)) }

// Bytes is the shared memory itself; it starts on a page boundary. It must not
// be accessed after Close, nor written to if the region was opened [ReadOnly]:
// either ends the process with a memory fault.
func (r *Region) Bytes() []byte { return r.payload }

// Creator is the process id of the creator in its own PID namespace. Use it in
// messages only: ids are reused, and differ between namespaces.
func (r *Region) Creator() int { return r.creator }

// Stale reports whether no process was attached when this handle was opened: the
// content was left behind by an earlier run that ended or was killed. Such a
// region works; whether its content is meaningful is for the caller to decide.
// To start clean, Unlink it and Create it again.
func (r *Region) Stale() bool { return r.stale }

// ReadAt copies from the region to p and returns len(p). An access beyond the
// end is refused with [ErrBounds] and copies nothing. Errors: [ErrBounds],
// [ErrClosed].
func (r *Region) ReadAt(p []byte, offset int64) (int, error) {
	r.detaching.RLock()
	defer r.detaching.RUnlock()
	if err := r.reach("read", len(p), offset); err != nil {
		return 0, err
	}
	return copy(p, r.payload[offset:]), nil
}

// WriteAt copies p to the region and returns len(p). An access beyond the end is
// refused with [ErrBounds] and changes nothing. Errors: [ErrBounds],
// [ErrClosed], [ErrPermission] (opened [ReadOnly]).
func (r *Region) WriteAt(p []byte, offset int64) (int, error) {
	r.detaching.RLock()
	defer r.detaching.RUnlock()
	if err := r.reach("write", len(p), offset); err != nil {
		return 0, err
	}
	if r.readOnly {
		return 0, refuse("write", r.name, ErrPermission, "it was opened read-only")
	}
	return copy(r.payload[offset:], p), nil
}

// reach checks an access to n bytes at offset.
func (r *Region) reach(op string, n int, offset int64) error {
	if r.mapping == nil {
		return refuse(op, r.name, ErrClosed, "this handle was closed")
	}
	if offset < 0 || offset > r.Size() || int64(n) > r.Size()-offset {
		return refuse(op, r.name, ErrBounds, "%d bytes at offset %d of %d", n, offset, r.Size())
	}
	return nil
}

// Close releases the mapping and the descriptor; name and content remain. A
// second Close is refused with [ErrClosed].
func (r *Region) Close() error {
	r.detaching.Lock()
	defer r.detaching.Unlock()
	if r.mapping == nil {
		return refuse("close", r.name, ErrClosed, "this handle was closed before")
	}
	err := r.memory.munmap(r.mapping)
	r.mapping, r.payload = nil, nil
	if e := unix.Close(r.fd); err == nil {
		err = e
	}
	if err != nil {
		return refuseSystem("close", r.name, "munmap", err)
	}
	return nil
}
