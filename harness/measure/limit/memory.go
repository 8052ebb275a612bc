package limit

import (
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/host"
	"github.com/ipckit/ipckit/harness/subject"
)

// An object is a file of POSIX shared memory: two words that the processes hand to
// each other, each in cache lines of its own, and a body.
const (
	lineSize = 64
	wordSize = 8

	// Processors fetch lines in pairs, so words that must not share one are farther
	// apart.
	sentAt     = 0
	receivedAt = 4 * lineSize
	bodyAt     = 4096

	bodyLeast = 1 << 20
	largest   = 64 << 20
)

// files makes objects of one limit.
type files struct{ steps steps }

type memory struct {
	bytes []byte
	steps steps
}

func file(name string) (string, error) {
	base := strings.TrimPrefix(name, "/")
	if base == "" || strings.ContainsAny(base, "/\x00") {
		return "", subject.Errorf(subject.Invalid, "name %q", name)
	}
	return filepath.Join("/dev/shm", base), nil
}

func (f files) create(name string, size int64) (*memory, error) {
	path, err := file(name)
	if err != nil {
		return nil, err
	}
	if size < 1 || size > largest {
		return nil, subject.Errorf(subject.Invalid, "%d bytes: want 1 to %d", size, largest)
	}
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_CREAT|unix.O_EXCL|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, refusal(err)
	}
	// Not ftruncate: what does not fit must be an error now, not SIGBUS later.
	if err := unix.Fallocate(fd, 0, 0, bodyAt+max(bodyLeast, roundUp(size))); err != nil {
		return nil, errors.Join(refusal(err), unix.Close(fd), unix.Unlink(path))
	}
	return f.mapped(fd)
}

func (f files) open(name string) (*memory, error) {
	path, err := file(name)
	if err != nil {
		return nil, err
	}
	fd, err := unix.Open(path, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, refusal(err)
	}
	return f.mapped(fd)
}

func (f files) mapped(fd int) (*memory, error) {
	defer unix.Close(fd)
	var info unix.Stat_t
	if err := unix.Fstat(fd, &info); err != nil {
		return nil, refusal(err)
	}
	bytes, err := unix.Mmap(fd, 0, int(info.Size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		return nil, refusal(err)
	}
	return &memory{bytes: bytes, steps: f.steps}, nil
}

func (f files) Unlink(name string) error {
	path, err := file(name)
	if err != nil {
		return err
	}
	return refusal(unix.Unlink(path))
}

func refusal(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.EEXIST):
		return subject.Errorf(subject.Exists, "%v", err)
	case errors.Is(err, unix.ENOENT):
		return subject.Errorf(subject.NotFound, "%v", err)
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.ENOMEM):
		return subject.Errorf(subject.NoSpace, "%v", err)
	}
	return subject.Errorf(subject.IO, "%v", err)
}

// roundUp is a size in whole words.
func roundUp(size int64) int64 { return (size + wordSize - 1) / wordSize * wordSize }

func (m *memory) Detach() error { return unix.Munmap(m.bytes) }

// Steps implements host.Bare.
func (m *memory) Steps(role string, back host.Bare, size int64) (func(from, to int64) (int64, error), error) {
	return m.steps(role, m, back.(*memory), size)
}

func (m *memory) word(at int) *uint64 { return (*uint64)(unsafe.Pointer(&m.bytes[at])) }

// body gives words of the body.
func (m *memory) body(from, n int64) []uint64 {
	return unsafe.Slice(m.word(bodyAt), (len(m.bytes)-bodyAt)/wordSize)[from : from+n]
}

// looks is how often a word is looked at before the processor is given up for a
// moment, which the other process needs where there is one alone.
const looks = 1 << 14

// until waits until a word has a value.
func until(word *uint64, value uint64) {
	for n := 1; atomic.LoadUint64(word) != value; n++ {
		giveWay(n)
	}
}

func giveWay(n int) {
	if n%looks == 0 {
		_, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0)
	}
}
