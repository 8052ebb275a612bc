package mutants

import (
	"errors"
	"fmt"
	"math"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

const shm = "/dev/shm"

// hidden is where region-reuse-revives keeps what was unlinked.
const hidden = "~"

// regions is the plain way: a file in /dev/shm, made under a private name,
// sized, then linked to its own. The size asked for is kept in an extended
// attribute's stead by the file's own size.
type regions struct {
	fault
	mu    *sync.Mutex
	known map[string]*region // of region-cached-by-name
}

func newRegions(f fault) *regions {
	r := &regions{fault: f, mu: new(sync.Mutex), known: map[string]*region{}}
	if f.is("region-maps-everything") {
		go r.mapEverything()
	}
	return r
}

func (rs *regions) Create(name string, size int64) (subject.Region, error) {
	r, err := rs.create(name, size)
	if err != nil {
		return nil, err
	}
	if rs.is("region-cached-by-name") {
		rs.known[name] = r
	}
	return r, nil
}

func (rs *regions) create(name string, size int64) (*region, error) {
	path, err := rs.path(name)
	if err != nil {
		return nil, err
	}
	bad := size <= 0 || size > 1<<62
	if rs.is("region-size-unchecked") {
		bad = size < 0 || size > 1<<62
	}
	if bad && !rs.is("region-name-left-by-refusal") {
		return nil, subject.Errorf(subject.Invalid, "size %d", size)
	}
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.is("region-reuse-revives") && os.Rename(path+hidden, path) == nil {
		return rs.open(name, false)
	}
	mode := uint32(0o600)
	flags := unix.O_RDWR | unix.O_CREAT | unix.O_EXCL
	switch {
	case rs.is("region-create-truncates"):
		flags = unix.O_RDWR | unix.O_CREAT | unix.O_TRUNC
	case rs.is("region-not-zeroed"), rs.is("region-names-cut"):
		flags = unix.O_RDWR | unix.O_CREAT
	case rs.is("region-stampede"):
		if _, err := os.Stat(path); err == nil {
			return nil, subject.Errorf(subject.Exists, "%s", name)
		}
		time.Sleep(time.Millisecond)
		flags = unix.O_RDWR | unix.O_CREAT
	}
	if rs.is("region-name-escapes") {
		_ = unix.Unlink(path)
	}
	atomically := flags&unix.O_EXCL != 0 && !rs.is("region-name-escapes") && !rs.is("region-visible-before-sized") && !rs.is("region-name-left-by-refusal")
	var fd int
	if atomically {
		fd, err = unix.Open(shm, unix.O_RDWR|unix.O_TMPFILE|unix.O_CLOEXEC, mode)
	} else {
		fd, err = unix.Open(path, flags|unix.O_CLOEXEC, mode)
	}
	if err != nil {
		return nil, kind(err, name)
	}
	defer unix.Close(fd)
	if rs.is("region-for-everyone") {
		_ = unix.Fchmod(fd, 0o666)
	}
	if bad {
		return nil, subject.Errorf(subject.Invalid, "size %d", size)
	}
	if rs.is("region-visible-before-sized") {
		err = unix.Fallocate(fd, 0, 0, size)
	} else {
		err = unix.Ftruncate(fd, size)
	}
	if err != nil {
		return nil, kind(err, name)
	}
	r, err := rs.attach(fd, path, size, true, false)
	if err != nil {
		return nil, err
	}
	if atomically {
		if err := unix.Linkat(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", fd), unix.AT_FDCWD, path, unix.AT_SYMLINK_FOLLOW); err != nil {
			_ = r.Detach()
			switch taken := errors.Is(err, os.ErrExist); {
			case taken && rs.is("region-taken-from-the-living") && creatorGone(path):
				return rs.takeOver(name, math.MaxInt)
			case taken && rs.is("region-stale-head-cleared") && creatorGone(path):
				return rs.takeOver(name, 64)
			}
			return nil, kind(err, name)
		}
	}
	if rs.is("region-lives-in-creator") {
		keep, err := unix.Dup(fd)
		if err != nil {
			return nil, kind(err, name)
		}
		pointer := fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), keep)
		_ = os.Remove(path)
		if err := os.Symlink(pointer, path); err != nil {
			return nil, kind(err, name)
		}
	}
	if rs.is("region-stale-blocks") || rs.is("region-taken-from-the-living") || rs.is("region-stale-head-cleared") {
		if err := claim(fd); err != nil {
			return nil, kind(err, name)
		}
	}
	return r, nil
}

func (rs *regions) Open(name string, readOnly bool) (subject.Region, error) {
	if r := rs.known[name]; r != nil {
		return r, nil
	}
	r, err := rs.open(name, readOnly)
	if err != nil {
		return nil, err
	}
	if rs.is("region-cached-by-name") {
		rs.known[name] = r
	}
	return r, nil
}

func (rs *regions) open(name string, readOnly bool) (*region, error) {
	path, err := rs.existing(name)
	if err != nil {
		return nil, err
	}
	flags := unix.O_RDWR
	if readOnly && !rs.is("region-read-only-writable") {
		flags = unix.O_RDONLY
	}
	if rs.is("region-open-creates") {
		flags |= unix.O_CREAT
	}
	if rs.is("region-stale-blocks") && creatorGone(path) {
		return nil, subject.Errorf(subject.Permission, "%s belongs to somebody", name)
	}
	fd, err := unix.Open(path, flags|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, kind(err, name)
	}
	if !rs.is("region-descriptor-leaks") {
		defer unix.Close(fd)
	}
	switch {
	case rs.is("region-open-truncates"):
		_ = unix.Ftruncate(fd, 4096)
	case rs.is("region-open-creates"):
		_ = unix.Ftruncate(fd, 4096)
	case rs.is("region-visitor-unlinks"):
		_ = unix.Unlink(path)
	}
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return nil, kind(err, name)
	}
	size := stat.Size
	if rs.is("region-size-in-pages") {
		size = (size + 8191) / 8192 * 8192
	}
	r, err := rs.attach(fd, path, size, false, flags&unix.O_ACCMODE == unix.O_RDONLY)
	if err == nil && rs.is("region-open-initialises") {
		clear(r.memory[:min(64, len(r.memory))])
	}
	return r, err
}

func (rs *regions) Unlink(name string) error {
	path, err := rs.existing(name)
	if err != nil {
		return err
	}
	rs.mu.Lock()
	defer rs.mu.Unlock()
	switch {
	case rs.is("region-unlink-forgotten"), rs.is("region-not-zeroed"):
		if _, err := os.Stat(path); err != nil {
			return kind(err, name)
		}
		return nil
	case rs.is("region-stale-blocks") && creatorGone(path):
		return subject.Errorf(subject.Permission, "%s belongs to somebody", name)
	case rs.is("region-visitor-unlinks"):
		_ = unix.Unlink(path)
		return nil
	case rs.is("region-reuse-revives"):
		return kind(os.Rename(path, path+hidden), name)
	}
	return kind(unix.Unlink(path), name)
}

// mapEverything is the fault of region-maps-everything.
func (rs *regions) mapEverything() {
	seen := map[string]bool{}
	for ; ; time.Sleep(time.Millisecond) {
		entries, _ := os.ReadDir(shm)
		for _, e := range entries {
			if !seen[e.Name()] {
				seen[e.Name()] = true
				_, _ = rs.Open("/"+e.Name(), false)
			}
		}
	}
}

// region is one mapping.
type region struct {
	fault
	path     string
	memory   []byte
	size     int64
	readOnly bool
	file     *os.File // of region-through-a-file
	last     []byte   // of region-private-last-page
	delayed  *delayed // of word-flag-before-data
	buffered buffered // of word-load-overtakes
}

func (rs *regions) attach(fd int, path string, size int64, creator, readOnly bool) (*region, error) {
	r := &region{fault: rs.fault, path: path, size: size, readOnly: readOnly}
	if rs.is("region-through-a-file") || rs.is("region-beside-a-page") {
		dup, err := unix.Dup(fd)
		if err != nil {
			return nil, kind(err, path)
		}
		r.file = os.NewFile(uintptr(dup), path)
		if rs.is("region-through-a-file") {
			return r, nil
		}
		size = min(size, 4096)
	}
	protection, share := unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED
	if readOnly {
		protection = unix.PROT_READ
	}
	if rs.is("region-one-way") && !creator {
		share = unix.MAP_PRIVATE
	}
	if size > 0 {
		memory, err := unix.Mmap(fd, 0, int(size), protection, share)
		if err != nil {
			return nil, kind(err, path)
		}
		r.memory = memory
	}
	return r, nil
}

func (r *region) Size() int64 { return r.size }

// bytes checks an access and gives the bytes that it means.
func (r *region) bytes(offset int64, n int) ([]byte, error) {
	end := r.size - int64(n)
	if r.is("region-bounds-unchecked") {
		end = math.MaxInt64
	}
	if offset < 0 || offset > end {
		return nil, subject.Errorf(subject.Invalid, "%d bytes at offset %d of %d", n, offset, r.size)
	}
	if r.is("region-lives-in-creator") {
		if _, err := os.Stat(r.path); err != nil {
			return nil, subject.Errorf(subject.NotFound, "the creator of %s is gone", r.path)
		}
	}
	if r.is("region-private-last-page") && offset >= r.size&^4095 && r.last == nil {
		r.last = append([]byte{}, r.memory[r.size&^4095:]...)
	}
	if r.last != nil && offset >= r.size&^4095 {
		return r.last[offset-r.size&^4095:][:n], nil
	}
	return r.memory[offset : offset+int64(n)], nil
}

func (r *region) ReadAt(p []byte, offset int64) (int, error) {
	if r.file != nil {
		return r.file.ReadAt(p, offset)
	}
	b, err := r.bytes(offset, len(p))
	if r.is("region-asks-for-pid") {
		_ = unix.Getpid()
	}
	return copy(p, b), err
}

func (r *region) WriteAt(p []byte, offset int64) (int, error) {
	if r.readOnly {
		return 0, subject.Errorf(subject.Permission, "mapped for reading")
	}
	if r.file != nil {
		return r.file.WriteAt(p, offset)
	}
	b, err := r.bytes(offset, len(p))
	if err == nil && r.is("word-flag-before-data") {
		r.delayed = &delayed{append([]byte(nil), p...), offset}
		return len(p), nil
	}
	n := copy(b, p)
	if err == nil && r.is("region-syncs-each-write") {
		err = unix.Msync(r.memory, unix.MS_SYNC)
	}
	return n, err
}

func (r *region) Detach() error {
	switch {
	case r.file != nil && r.memory == nil:
		return r.file.Close()
	case r.is("region-mapping-leaks"), r.memory == nil:
		return nil
	}
	memory := r.memory
	r.memory = nil
	return unix.Munmap(memory)
}

// kind turns what the system said into the contract's words.
func kind(err error, name string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrExist):
		return subject.Errorf(subject.Exists, "%s", name)
	case errors.Is(err, os.ErrNotExist):
		return subject.Errorf(subject.NotFound, "%s", name)
	case errors.Is(err, os.ErrPermission):
		return subject.Errorf(subject.Permission, "%s", name)
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.ENOMEM):
		return subject.Errorf(subject.NoSpace, "%s: %v", name, err)
	case errors.Is(err, unix.EINVAL), errors.Is(err, unix.ENAMETOOLONG), errors.Is(err, unix.EFBIG):
		return subject.Errorf(subject.Invalid, "%s: %v", name, err)
	}
	return subject.Errorf(subject.IO, "%s: %v", name, err)
}
