package sharedmemory

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// anyKind in openFile accepts every kind of object.
const anyKind kind = 0

// open maps an existing object of one kind.
func open(name string, k kind, s *settings) (*Region, error) {
	const op = "open"
	file, err := path(op, name)
	if err != nil {
		return nil, err
	}
	return openFile(op, name, file, k, s)
}

func openFile(op, name, file string, k kind, s *settings) (*Region, error) {
	flags := unix.O_RDWR
	if s.readOnly {
		flags = unix.O_RDONLY
	}
	var fd int
	// O_NONBLOCK: a FIFO by this name must not block the caller.
	err := ignoringEINTR(func() (err error) {
		fd, err = unix.Open(file, flags|unix.O_CLOEXEC|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
		return err
	})
	if err != nil {
		return nil, refuseSystem(op, name, "open", err)
	}
	r, err := attach(fd, name, k, s)
	if err != nil {
		_ = unix.Close(fd)
		return nil, &Error{Op: op, Name: name, Err: err}
	}
	return r, nil
}

// attach checks an open file, registers this handle as attached, and maps the
// file. On failure the caller closes fd.
func attach(fd int, name string, k kind, s *settings) (*Region, error) {
	h, err := readHeader(fd, k, s.memory)
	if err != nil {
		return nil, err
	}
	others, err := heldByOther(fd, byteAttached)
	if err != nil {
		return nil, err
	}
	if _, err := lockByte(fd, byteAttached, unix.F_RDLCK); err != nil {
		return nil, err
	}
	r := &Region{name: name, fd: fd, readOnly: s.readOnly, stale: !others, creator: int(h.creator)}
	if err := r.mapFile(&h, s); err != nil {
		return nil, err
	}
	return r, nil
}

// readHeader reads and checks the header of a file.
func readHeader(fd int, k kind, m memory) (header, error) {
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err != nil {
		return header{}, systemError("fstat", err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG || st.Size < int64(os.Getpagesize()) {
		return header{}, fmt.Errorf("%w: it was not made by this package", ErrInvalid)
	}
	page, err := m.mmap(fd, os.Getpagesize(), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return header{}, systemError("mmap", err)
	}
	defer func() { _ = m.munmap(page) }()
	h := headerOf(page)
	want := k
	if k == anyKind {
		want = h.kind
	}
	return h, h.check(st.Size, want)
}

// populateMax is the size in bytes up to which an object's pages are entered in
// the page table when it is mapped; beyond it the first access to each page
// costs a fault.
const populateMax = 64 << 20

// mapFile maps the whole file that h describes.
func (r *Region) mapFile(h *header, s *settings) error {
	protection, flags := unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED
	if r.readOnly {
		protection = unix.PROT_READ
	}
	if s.populate && h.size <= populateMax {
		flags |= unix.MAP_POPULATE
	}
	mapping, err := s.memory.mmap(r.fd, int(h.payload+h.size), protection, flags)
	if err != nil {
		return systemError("mmap", err)
	}
	r.memory, r.mapping = s.memory, mapping
	r.payload = mapping[h.payload : h.payload+h.size : h.payload+h.size]
	return nil
}
