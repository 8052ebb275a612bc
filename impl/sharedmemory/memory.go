package sharedmemory

import "golang.org/x/sys/unix"

// memory is where the bytes of files are to be found. They are mapped by the
// system, except for the race detector, which sees nothing but the Go heap:
// there a slice stands for a file's bytes (race_test.go).
type memory interface {
	mmap(fd, length, protection, flags int) ([]byte, error)
	munmap([]byte) error
}

// mapped is memory as the system maps it.
type mapped struct{}

func (mapped) mmap(fd, length, protection, flags int) ([]byte, error) {
	return unix.Mmap(fd, 0, length, protection, flags)
}

func (mapped) munmap(b []byte) error { return unix.Munmap(b) }

// within places objects in another memory.
func withMemory(m memory) Option { return func(s *settings) { s.memory = m } }
