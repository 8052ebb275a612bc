package mutants

import (
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
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
	mu *sync.Mutex
}

func newRegions(f fault) *regions {
	r := &regions{fault: f, mu: new(sync.Mutex)}
	if f.is("region-maps-everything") {
		go r.mapEverything()
	}
	return r
}

// path turns a name into a file.
func (rs *regions) path(name string) (string, error) {
	bare := strings.TrimPrefix(name, "/")
	switch {
	case rs.is("region-name-escapes"):
		if bare == "" {
			return "", subject.Errorf(subject.Invalid, "empty name")
		}
		return filepath.Join(shm, bare), nil
	case rs.is("region-names-cut"):
		sum := 0
		for _, b := range []byte(bare) {
			sum += int(b)
		}
		bare = fmt.Sprintf("ipckit-cut-%d", sum%4)
	case rs.is("region-long-names-cut") && len(bare) > 200:
		bare = bare[:200]
	}
	if !strings.HasPrefix(name, "/") || bare == "" || bare == "." || bare == ".." || strings.Contains(bare, "/") || len(bare) > 255 {
		return "", subject.Errorf(subject.Invalid, "name %q: want a slash and 1 to 255 characters without one", name)
	}
	return filepath.Join(shm, bare), nil
}

func (rs *regions) Create(name string, size int64) (subject.Region, error) {
	r, err := rs.create(name, size)
	if err != nil {
		return nil, err
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
	if rs.is("region-stale-blocks") {
		if err := claim(fd); err != nil {
			return nil, kind(err, name)
		}
	}
	return r, nil
}

func (rs *regions) Open(name string, readOnly bool) (subject.Region, error) {
	r, err := rs.open(name, readOnly)
	if err != nil {
		return nil, err
	}
	return r, nil
}

func (rs *regions) open(name string, readOnly bool) (*region, error) {
	path, err := rs.path(name)
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
	return rs.attach(fd, path, size, false, flags&unix.O_ACCMODE == unix.O_RDONLY)
}

// claim takes a lock that lasts as long as the creator's process.
func claim(fd int) error {
	keep, err := unix.Dup(fd)
	if err != nil {
		return err
	}
	return unix.FcntlFlock(uintptr(keep), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK})
}

// creatorGone reports whether the file is there and its creator's lock is not.
func creatorGone(path string) bool {
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer unix.Close(fd)
	lock := unix.Flock_t{Type: unix.F_WRLCK}
	return unix.FcntlFlock(uintptr(fd), unix.F_OFD_GETLK, &lock) == nil && lock.Type == unix.F_UNLCK
}

func (rs *regions) Unlink(name string) error {
	path, err := rs.path(name)
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
	if rs.is("region-through-a-file") {
		dup, err := unix.Dup(fd)
		if err != nil {
			return nil, kind(err, path)
		}
		r.file = os.NewFile(uintptr(dup), path)
		return r, nil
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
	case r.file != nil:
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
