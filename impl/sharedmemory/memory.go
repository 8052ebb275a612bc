package sharedmemory

import "golang.org/x/sys/unix"

// memory maps the bytes of files. The race detector sees only the Go heap: for
// it, slices stand for the bytes of files (race_test.go).
type memory interface {
	mmap(fd, length, protection, flags int) ([]byte, error)
	munmap([]byte) error
}

// mapped maps files by mmap(2).
type mapped struct{}

func (mapped) mmap(fd, length, protection, flags int) ([]byte, error) {
	return unix.Mmap(fd, 0, length, protection, flags)
}

func (mapped) munmap(b []byte) error { return unix.Munmap(b) }

// withMemory places objects in another memory.
func withMemory(m memory) Option { return func(s *settings) { s.memory = m } }
