package sharedmemory

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// create makes an object in four steps: a file without a name, all its memory,
// header and initial payload, and finally the name, by linkat(2), which fails if
// the name is taken. Before the last step no other process can find the object,
// and it disappears with its creator; after it the object is complete.
func create(name string, k kind, size int64, s *settings, initialise func(payload []byte)) (*Region, error) {
	const op = "create"
	file, err := path(op, name)
	if err != nil {
		return nil, err
	}
	if size <= 0 || size > sizeMax {
		return nil, refuse(op, name, ErrInvalid, "size %d, expected 1 to 2^62 bytes", size)
	}
	if s.readOnly {
		return nil, refuse(op, name, ErrInvalid, "a new region cannot be read-only")
	}
	if taken(file) { // refuse before allocating; linkat decides
		return nil, existing(op, name, file)
	}
	b, err := unnamed()
	if err != nil {
		return nil, refuseSystem(op, name, "open", err)
	}
	r, err := b.become(name, file, newHeader(k, size), s, initialise)
	if errors.Is(err, ErrExist) {
		return nil, existing(op, name, file)
	}
	if err != nil {
		return nil, &Error{Op: op, Name: name, Err: err}
	}
	return r, nil
}

// blank is a file that no other process can find yet.
type blank struct {
	fd        int
	temporary string // a hidden name; "" if the file has none
}

// unnamed opens a new file in directory that has no name or, if the file system
// does not support that, a hidden one.
func unnamed() (b blank, err error) {
	err = ignoringEINTR(func() error {
		b.fd, err = unix.Open(directory, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
		return err
	})
	if errors.Is(err, unix.EOPNOTSUPP) || errors.Is(err, unix.EISDIR) {
		return hidden()
	}
	return b, err
}

// hidden opens a new file with a temporary name, which is left behind if the
// process is killed before create is done.
func hidden() (b blank, err error) {
	b.temporary = fmt.Sprintf("%s/.sharedmemory.%d.%s", directory, os.Getpid(), rand.Text())
	err = ignoringEINTR(func() error {
		b.fd, err = unix.Open(b.temporary, unix.O_CREAT|unix.O_EXCL|unix.O_RDWR|unix.O_CLOEXEC|unix.O_NOFOLLOW, 0o600)
		return err
	})
	return b, err
}

// become makes an object of an empty file and gives it its name. On failure it
// closes the file.
func (b blank) become(name, file string, h header, s *settings, initialise func([]byte)) (*Region, error) {
	if b.temporary != "" {
		defer func() { _ = unix.Unlink(b.temporary) }()
	}
	r, err := fill(b.fd, name, h, s, initialise)
	if err != nil {
		_ = unix.Close(b.fd)
		return nil, err
	}
	if err := b.publish(file); err != nil {
		_ = r.Close()
		return nil, err
	}
	return r, nil
}

// fill gives an empty file its memory, header and initial payload, attaches this
// process, and maps it. On failure the caller closes fd.
func fill(fd int, name string, h header, s *settings, initialise func([]byte)) (*Region, error) {
	if err := allocate(fd, int64(h.payload+h.size)); err != nil {
		return nil, err
	}
	if err := unix.Fchmod(fd, s.mode); err != nil {
		return nil, systemError("fchmod", err)
	}
	if _, err := lockByte(fd, byteAttached, unix.F_RDLCK); err != nil {
		return nil, err
	}
	r := &Region{name: name, fd: fd, creator: int(h.creator)}
	if err := r.mapFile(&h, s); err != nil {
		return nil, err
	}
	*(*header)(unsafe.Pointer(unsafe.SliceData(r.mapping))) = h
	initialise(r.payload)
	return r, nil
}

// publish gives the file its name.
func (b blank) publish(file string) error {
	if b.temporary != "" {
		return nameError(unix.Link(b.temporary, file))
	}
	self := fmt.Sprintf("/proc/self/fd/%d", b.fd)
	err := unix.Linkat(unix.AT_FDCWD, self, unix.AT_FDCWD, file, unix.AT_SYMLINK_FOLLOW)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.EXDEV) { // without /proc: needs Linux 6.10 or CAP_DAC_READ_SEARCH
		err = unix.Linkat(b.fd, "", unix.AT_FDCWD, file, unix.AT_EMPTY_PATH)
	}
	return nameError(err)
}

func nameError(err error) error {
	if err == nil {
		return nil
	}
	return systemError("linkat", err)
}

// createOrOpen alternates between opening and creating until one succeeds.
func createOrOpen(name string, k kind, size int64, s *settings, initialise func([]byte)) (*Region, bool, error) {
	const op = "create or open"
	if size <= 0 || size > sizeMax {
		return nil, false, refuse(op, name, ErrInvalid, "size %d, expected 1 to 2^62 bytes", size)
	}
	// Both fail only if another process creates and unlinks the object in
	// between, so many failures mean that something is wrong.
	const tries = 1000
	for range tries {
		r, err := open(name, k, s)
		if err == nil && r.Size() < size {
			have := r.Size()
			_ = r.Close()
			return nil, false, refuse(op, name, ErrInvalid, "it exists with %d bytes, wanted %d: unlink it or ask for less", have, size)
		}
		if !errors.Is(err, ErrNotExist) {
			return r, false, err
		}
		if r, err = create(name, k, size, s, initialise); !errors.Is(err, ErrExist) {
			return r, err == nil, err
		}
	}
	return nil, false, refuse(op, name, ErrIO, "created and unlinked by others %d times in between", tries)
}

// taken reports whether a name is in use.
func taken(file string) bool {
	var st unix.Stat_t
	return unix.Lstat(file, &st) == nil
}

// existing is the error of creating an object whose name is in use, and says
// what has it.
func existing(op, name, file string) error {
	creator, used, err := peek(file)
	switch {
	case err != nil:
		return refuse(op, name, ErrExist, "choose another name, or unlink it if it is not used")
	case used:
		return refuse(op, name, ErrExist, "created by process %d and in use: open it, or choose another name", creator)
	}
	return refuse(op, name, ErrExist, "left behind by process %d, no process is attached: unlink it to start clean", creator)
}

// peek reads an object's header without attaching to the object.
func peek(file string) (creator int64, used bool, err error) {
	fd, err := unix.Open(file, unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
	if err != nil {
		return 0, false, err
	}
	defer unix.Close(fd)
	h, err := readHeader(fd, anyKind, mapped{})
	if err != nil {
		return 0, false, err
	}
	used, err = heldByOther(fd, byteAttached)
	return h.creator, used, err
}
