package puppet

import (
	"errors"
	"fmt"
	"math"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// A mapping is a mapped file in /dev/shm. It keeps its descriptor.
type mapping struct {
	fd       int
	memory   []byte
	readOnly bool
}

// attach maps a descriptor, which then belongs to the mapping. A size above 0
// gives a fresh file that size.
func attach(fd int, size int64, readOnly bool) (_ *mapping, err error) {
	defer func() {
		if err != nil {
			_ = unix.Close(fd)
			err = refusal(err)
		}
	}()
	if size > 0 {
		// Not ftruncate: what does not fit must be an error now, not SIGBUS later.
		if err := unix.Fallocate(fd, 0, 0, size); err != nil {
			return nil, err
		}
	}
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return nil, err
	}
	if info.Size <= 0 || info.Size > math.MaxInt32 {
		return nil, subject.Errorf(subject.Invalid, "the object has %d bytes", info.Size)
	}
	protection := unix.PROT_READ | unix.PROT_WRITE
	if readOnly {
		protection = unix.PROT_READ
	}
	memory, err := unix.Mmap(fd, 0, int(info.Size), protection, unix.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	return &mapping{fd: fd, memory: memory, readOnly: readOnly}, nil
}

// linkDescriptor gives a file without a name one that does not exist.
func linkDescriptor(fd int, file string) error {
	return unix.Linkat(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", fd), unix.AT_FDCWD, file, unix.AT_SYMLINK_FOLLOW)
}

func open(name string, readOnly bool) (*mapping, error) {
	file, err := path(name)
	if err != nil {
		return nil, err
	}
	mode := unix.O_RDWR
	if readOnly {
		mode = unix.O_RDONLY
	}
	fd, err := unix.Open(file, mode|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0)
	if err != nil {
		return nil, refusal(err)
	}
	return attach(fd, 0, readOnly)
}

func (m *mapping) Detach() error {
	return errors.Join(unix.Munmap(m.memory), unix.Close(m.fd))
}

type regions struct{ before func(op string) }

func (r regions) Create(name string, size int64) (subject.Region, error) {
	r.before(protocol.OpRegionCreate)
	if size <= 0 || size > math.MaxInt32 {
		return nil, subject.Errorf(subject.Invalid, "size %d: want 1 to %d", size, math.MaxInt32)
	}
	m, err := create(name, size, func([]byte) {})
	if err != nil {
		return nil, err
	}
	return &region{m, r.before}, nil
}

func (r regions) Open(name string, readOnly bool) (subject.Region, error) {
	r.before(protocol.OpRegionOpen)
	m, err := open(name, readOnly)
	if err != nil {
		return nil, err
	}
	return &region{m, r.before}, nil
}

func (r regions) Unlink(name string) error {
	r.before(protocol.OpRegionUnlink)
	return unlink(name)
}

type region struct {
	*mapping
	before func(op string)
}

func (r *region) Size() int64 {
	r.before(protocol.OpRegionSize)
	return int64(len(r.memory))
}

func (r *region) ReadAt(p []byte, offset int64) (int, error) {
	r.before(protocol.OpRegionRead)
	if err := r.inside(p, offset); err != nil {
		return 0, err
	}
	return copy(p, r.memory[offset:]), nil
}

func (r *region) WriteAt(p []byte, offset int64) (int, error) {
	r.before(protocol.OpRegionWrite)
	if err := r.inside(p, offset); err != nil {
		return 0, err
	}
	if r.readOnly {
		return 0, subject.Errorf(subject.Permission, "opened for reading alone")
	}
	return copy(r.memory[offset:], p), nil
}

func (r *region) inside(p []byte, offset int64) error {
	if size := int64(len(r.memory)); offset < 0 || offset > size || int64(len(p)) > size-offset {
		return subject.Errorf(subject.Invalid, "%d bytes at %d reach outside the region of %d", len(p), offset, size)
	}
	return nil
}
