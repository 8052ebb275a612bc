// Package scratch is the kit's own shared memory beside a subject's: the
// processes of a workload write there where they are, so that two inside a lock are
// seen even where the subject has no regions.
//
// It is a file of 64-bit words in the machine's order, mapped by each process:
// see field scratch of the protocol's schema. Counter and record belong to
// the process that is inside alone. They are read and written as plain memory on
// purpose, so that what the subject's lock does not order shows.
package scratch

import (
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The layout.
const (
	Processes = 32   // that have words of their own
	marksAt   = 4096 // bytes
	recordAt  = 8    // words
	recordLen = 8
	ownAt     = 64
	ownLen    = 8
)

// Presence of a process.
const (
	Outside = 0
	Beside  = 1 // inside, where others may be too
	Alone   = 2 // inside, where no other may be
)

// Own are the words of one process. Only it writes them.
type Own struct {
	Presence  atomic.Uint64
	Passes    atomic.Uint64 // waits of a semaphore that came through
	Posts     atomic.Uint64 // posts begun
	Published atomic.Uint64 // the last record whose publish has returned
	Ready     atomic.Uint64 // the step of a litmus test that it has come to
	Entries   atomic.Uint64 // how often it has come inside, counted before Presence says so

	// Of role compute: CLOCK_MONOTONIC, ns, when all were there, and when the
	// last task was done. Of items that are put or got: how many were begun,
	// each counted before the call, and how many calls came back, each counted
	// after it; of those got, the ones that were right.
	Began, Ended atomic.Uint64

	_ [ownLen - 8]uint64
}

// A File is a mapped scratch file.
type File struct {
	memory []byte
	words  []uint64
}

// Create makes a scratch file with room for so many marks, bytes of zero.
func Create(path string, marks int64) (*File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := f.Truncate(marksAt + marks); err != nil {
		return nil, err
	}
	return mapped(f)
}

// Open maps one that the kit made.
func Open(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return mapped(f)
}

func mapped(f *os.File) (*File, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() < marksAt {
		return nil, fmt.Errorf("%s has %d bytes, and is not a scratch file of the kit", f.Name(), info.Size())
	}
	memory, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	return &File{memory: memory, words: unsafe.Slice((*uint64)(unsafe.Pointer(&memory[0])), marksAt/8)}, nil
}

// Close unmaps the file.
func (f *File) Close() error { return unix.Munmap(f.memory) }

// Counter is how often a process was inside alone.
func (f *File) Counter() uint64 { return f.words[0] }

// Record is what the last process inside alone wrote; each word ought to be the
// counter.
func (f *File) Record() []uint64 { return f.words[recordAt : recordAt+recordLen] }

// SetCounter is for the process that is inside alone, as SetRecord is.
func (f *File) SetCounter(n uint64) { f.words[0] = n }

// SetRecord writes all words of the record.
func (f *File) SetRecord(n uint64) {
	for i := range f.Record() {
		f.Record()[i] = n
	}
}

// Steps counts what all processes have done. It grows while any of them makes
// progress, whatever their roles.
func (f *File) Steps() (n uint64) {
	for i := range Processes {
		o := f.Of(i)
		for _, word := range []*atomic.Uint64{&o.Passes, &o.Posts, &o.Published, &o.Ready, &o.Entries, &o.Began, &o.Ended} {
			n += word.Load()
		}
	}
	return n
}

// Of gives the words of process i.
func (f *File) Of(i int) *Own { return (*Own)(unsafe.Pointer(&f.words[ownAt+i*ownLen])) }

// Marks are the bytes after the words.
func (f *File) Marks() []byte { return f.memory[marksAt:] }

// Sum adds up one word of all processes, one after the other.
func (f *File) Sum(word func(*Own) *atomic.Uint64) (sum uint64) {
	for i := range Processes {
		sum += word(f.Of(i)).Load()
	}
	return sum
}

// Inside counts the processes whose presence is at least that given, without the
// process of index except.
func (f *File) Inside(except int, presence uint64) (n int) {
	for i := range Processes {
		if i != except && f.Of(i).Presence.Load() >= presence {
			n++
		}
	}
	return n
}

// Together counts processes that were inside at one and the same moment. One
// look at all of them, word by word, could count one that had left before
// another came; so it looks twice, and counts the processes that were inside both times without
// having come in anew: all of these were inside between the two looks.
func (f *File) Together() (n int) {
	var entries [Processes]uint64
	var inside [Processes]bool
	for i := range Processes {
		entries[i] = f.Of(i).Entries.Load()
		inside[i] = f.Of(i).Presence.Load() != Outside
	}
	for i := range Processes {
		if inside[i] && f.Of(i).Presence.Load() != Outside && f.Of(i).Entries.Load() == entries[i] {
			n++
		}
	}
	return n
}

// Enter says that the process is inside, with others.
func (o *Own) Enter() {
	o.Entries.Add(1)
	o.Presence.Store(Beside)
}
