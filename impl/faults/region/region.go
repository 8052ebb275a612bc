// Package region has regions of shared memory, and atomic words in them, with or
// without a fault: files in /dev/shm, made without a name, sized, and then linked
// to their name.
package region

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

// hidden ends the name under which ReuseRevives keeps an unlinked region.
const hidden = "~"

// Regions creates and opens regions.
type Regions struct {
	fault Fault
	mu    *sync.Mutex
	known map[string]*Region // of CachedByName
}

func New(f Fault) *Regions {
	r := &Regions{fault: f, mu: new(sync.Mutex), known: map[string]*Region{}}
	if f == MapsEverything {
		go r.mapEverything()
	}
	return r
}

func (rs *Regions) Create(name string, size int64) (subject.Region, error) {
	r, err := rs.CreateMapping(name, size, nothing)
	if err != nil {
		return nil, err
	}
	if rs.fault == CachedByName {
		rs.known[name] = r
	}
	return r, nil
}

func nothing(*Region) {}

// CreateMapping makes a region and has it filled before it has its name.
func (rs *Regions) CreateMapping(name string, size int64, fill func(*Region)) (*Region, error) {
	path, err := rs.path(name)
	if err != nil {
		return nil, err
	}
	bad := size <= 0 || size > 1<<62
	if rs.fault == SizeUnchecked {
		bad = size < 0 || size > 1<<62
	}
	if bad && rs.fault != NameLeftByRefusal {
		return nil, subject.Errorf(subject.Invalid, "size %d", size)
	}
	rs.mu.Lock()
	defer rs.mu.Unlock()
	if rs.fault == ReuseRevives && os.Rename(path+hidden, path) == nil {
		return rs.OpenMapping(name, false)
	}
	mode := uint32(0o600)
	flags := unix.O_RDWR | unix.O_CREAT | unix.O_EXCL
	switch {
	case rs.fault == CreateTruncates:
		flags = unix.O_RDWR | unix.O_CREAT | unix.O_TRUNC
	case rs.fault == NotZeroed, rs.fault == NamesCut:
		flags = unix.O_RDWR | unix.O_CREAT
	case rs.fault == Stampede:
		if _, err := os.Stat(path); err == nil {
			return nil, subject.Errorf(subject.Exists, "%s", name)
		}
		time.Sleep(time.Millisecond)
		flags = unix.O_RDWR | unix.O_CREAT
	}
	if rs.fault == NameEscapes {
		_ = unix.Unlink(path)
	}
	atomically := flags&unix.O_EXCL != 0 && rs.fault != NameEscapes && rs.fault != VisibleBeforeSized && rs.fault != ZeroIsStale && rs.fault != NameLeftByRefusal
	var fd int
	if atomically {
		fd, err = unix.Open(shm, unix.O_RDWR|unix.O_TMPFILE|unix.O_CLOEXEC, mode)
	} else {
		fd, err = unix.Open(path, flags|unix.O_CLOEXEC, mode)
	}
	if err != nil {
		return nil, Error(err, name)
	}
	defer unix.Close(fd)
	if rs.fault == ForEveryone {
		_ = unix.Fchmod(fd, 0o666)
	}
	if bad {
		return nil, subject.Errorf(subject.Invalid, "size %d", size)
	}
	if rs.fault == VisibleBeforeSized {
		err = unix.Fallocate(fd, 0, 0, size)
	} else {
		err = unix.Ftruncate(fd, size)
	}
	if err != nil {
		return nil, Error(err, name)
	}
	r, err := rs.attach(fd, path, size, true, false)
	if err != nil {
		return nil, err
	}
	if !atomically || rs.fault == NamedFirst {
		defer func() {
			if r.Memory != nil {
				fill(r)
			}
		}()
	} else {
		fill(r)
	}
	if atomically {
		if err := unix.Linkat(unix.AT_FDCWD, fmt.Sprintf("/proc/self/fd/%d", fd), unix.AT_FDCWD, path, unix.AT_SYMLINK_FOLLOW); err != nil {
			_ = r.Detach()
			switch taken := errors.Is(err, os.ErrExist); {
			case taken && rs.fault == TakenFromTheLiving && creatorGone(path):
				return rs.takeOver(name, math.MaxInt)
			case taken && rs.fault == StaleHeadCleared && creatorGone(path):
				return rs.takeOver(name, 64)
			case taken && rs.fault == RefusalUnlinks:
				_ = unix.Unlink(path)
			case taken && rs.fault == RefusalClears:
				_, _ = rs.takeOver(name, 64)
			}
			return nil, Error(err, name)
		}
	}
	if rs.fault == LivesInCreator {
		keep, err := unix.Dup(fd)
		if err != nil {
			return nil, Error(err, name)
		}
		pointer := fmt.Sprintf("/proc/%d/fd/%d", os.Getpid(), keep)
		_ = os.Remove(path)
		if err := os.Symlink(pointer, path); err != nil {
			return nil, Error(err, name)
		}
	}
	if rs.fault == StaleBlocks || rs.fault == TakenFromTheLiving || rs.fault == StaleHeadCleared {
		if err := claim(fd); err != nil {
			return nil, Error(err, name)
		}
	}
	return r, nil
}

func (rs *Regions) Open(name string, readOnly bool) (subject.Region, error) {
	if r := rs.known[name]; r != nil {
		return r, nil
	}
	r, err := rs.OpenMapping(name, readOnly)
	if err != nil {
		return nil, err
	}
	if rs.fault == CachedByName {
		rs.known[name] = r
	}
	return r, nil
}

func (rs *Regions) OpenMapping(name string, readOnly bool) (*Region, error) {
	path, err := rs.existing(name)
	if err != nil {
		return nil, err
	}
	flags := unix.O_RDWR
	if readOnly && rs.fault != ReadOnlyWritable {
		flags = unix.O_RDONLY
	}
	if rs.fault == OpenCreates {
		flags |= unix.O_CREAT
	}
	if rs.fault == StaleBlocks && creatorGone(path) {
		return nil, subject.Errorf(subject.Permission, "%s belongs to another process", name)
	}
	fd, err := unix.Open(path, flags|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, Error(err, name)
	}
	if rs.fault != DescriptorLeaks {
		defer unix.Close(fd)
	}
	switch {
	case rs.fault == OpenTruncates:
		_ = unix.Ftruncate(fd, 4096)
	case rs.fault == OpenCreates:
		_ = unix.Ftruncate(fd, 4096)
	case rs.fault == OpenerUnlinks:
		_ = unix.Unlink(path)
	}
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return nil, Error(err, name)
	}
	size := stat.Size
	if rs.fault == ZeroIsStale && size == 0 { // its creator has died
		_ = unix.Unlink(path)
		return nil, subject.Errorf(subject.NotFound, "%s was left behind", name)
	}
	if rs.fault == SizeInPages {
		size = (size + 8191) / 8192 * 8192
	}
	r, err := rs.attach(fd, path, size, false, flags&unix.O_ACCMODE == unix.O_RDONLY)
	if err == nil && rs.fault == OpenInitialises {
		clear(r.Memory[:min(64, len(r.Memory))])
	}
	return r, err
}

func (rs *Regions) Unlink(name string) error {
	path, err := rs.existing(name)
	if err != nil {
		return err
	}
	rs.mu.Lock()
	defer rs.mu.Unlock()
	switch {
	case rs.fault == UnlinkForgotten, rs.fault == NotZeroed:
		if _, err := os.Stat(path); err != nil {
			return Error(err, name)
		}
		return nil
	case rs.fault == StaleBlocks && creatorGone(path):
		return subject.Errorf(subject.Permission, "%s belongs to another process", name)
	case rs.fault == OpenerUnlinks:
		_ = unix.Unlink(path)
		return nil
	case rs.fault == ReuseRevives:
		return Error(os.Rename(path, path+hidden), name)
	}
	return Error(unix.Unlink(path), name)
}

// mapEverything maps all regions that exist, for MapsEverything.
func (rs *Regions) mapEverything() {
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

// A Region is one mapping.
type Region struct {
	fault    Fault
	creator  bool
	Path     string
	Memory   []byte
	size     int64
	readOnly bool
	file     *os.File // of ThroughAFile and BesideAPage
	last     []byte   // of PrivateLastPage
	delayed  *delayed // of FlagBeforeData
	buffered buffered // of LoadOvertakes
}

func (rs *Regions) attach(fd int, path string, size int64, creator, readOnly bool) (*Region, error) {
	r := &Region{fault: rs.fault, creator: creator, Path: path, size: size, readOnly: readOnly}
	if rs.fault == OneMapping {
		if known := rs.known[path]; known != nil && known.Memory != nil {
			r.Memory = known.Memory
			return r, nil
		}
		defer func() { rs.known[path] = r }()
	}
	if rs.fault == ThroughAFile || rs.fault == BesideAPage {
		dup, err := unix.Dup(fd)
		if err != nil {
			return nil, Error(err, path)
		}
		r.file = os.NewFile(uintptr(dup), path)
		if rs.fault == ThroughAFile {
			return r, nil
		}
		size = min(size, 4096)
	}
	protection, share := unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED
	if readOnly {
		protection = unix.PROT_READ
	}
	if rs.fault == OneWay && !creator {
		share = unix.MAP_PRIVATE
	}
	if size > 0 {
		memory, err := unix.Mmap(fd, 0, int(size), protection, share)
		if err != nil {
			return nil, Error(err, path)
		}
		r.Memory = memory
	}
	return r, nil
}

func (r *Region) Size() int64 { return r.size }

// bytes checks an access and returns its bytes.
func (r *Region) bytes(offset int64, n int) ([]byte, error) {
	end := r.size - int64(n)
	if r.fault == BoundsUnchecked {
		end = math.MaxInt64
	}
	if offset < 0 || offset > end {
		return nil, subject.Errorf(subject.Invalid, "%d bytes at offset %d of %d", n, offset, r.size)
	}
	if r.fault == LivesInCreator {
		if _, err := os.Stat(r.Path); err != nil {
			return nil, subject.Errorf(subject.NotFound, "the creator of %s is gone", r.Path)
		}
	}
	if r.fault == PrivateLastPage && offset >= r.size&^4095 && r.last == nil {
		r.last = append([]byte{}, r.Memory[r.size&^4095:]...)
	}
	if r.last != nil && offset >= r.size&^4095 {
		return r.last[offset-r.size&^4095:][:n], nil
	}
	return r.Memory[offset : offset+int64(n)], nil
}

func (r *Region) ReadAt(p []byte, offset int64) (int, error) {
	if r.file != nil {
		return r.file.ReadAt(p, offset)
	}
	b, err := r.bytes(offset, len(p))
	if r.fault == AsksForPid {
		_ = unix.Getpid()
	}
	return copy(p, b), err
}

func (r *Region) WriteAt(p []byte, offset int64) (int, error) {
	if r.readOnly {
		return 0, subject.Errorf(subject.Permission, "mapped for reading")
	}
	if r.file != nil {
		return r.file.WriteAt(p, offset)
	}
	b, err := r.bytes(offset, len(p))
	if err == nil && r.fault == FlagBeforeData {
		r.delayed = &delayed{append([]byte(nil), p...), offset}
		return len(p), nil
	}
	n := copy(b, p)
	if err == nil && r.fault == SyncsEachWrite {
		err = unix.Msync(r.Memory, unix.MS_SYNC)
	}
	return n, err
}

func (r *Region) Detach() error {
	switch {
	case r.file != nil && r.Memory == nil:
		return r.file.Close()
	case r.fault == MappingLeaks, r.Memory == nil:
		return nil
	case r.fault == GoesWithCreator && r.creator:
		clear(r.Memory)
	}
	memory := r.Memory
	r.Memory = nil
	return unix.Munmap(memory)
}

// Error translates an error of the system into one of the contract.
func Error(err error, name string) error {
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
