// Package samples is the file into which a measured workload writes how long its
// steps took. The kit makes it in its full size and the agent maps and touches it
// before it measures, so that a sample costs one store.
//
// It is a file of little-endian 64-bit words: word 0 is how many samples have been
// written, the words after it are the samples, in ns.
package samples

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

const wordSize = 8

// Create makes a file with room for n samples.
func Create(path string, n int64) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(f.Truncate(wordSize*(n+1)), f.Close())
}

// Read gives the samples that a file holds, ns.
func Read(path string) ([]int64, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(b) < wordSize {
		return nil, fmt.Errorf("%s has %d bytes, and is not a file of samples", path, len(b))
	}
	n := binary.LittleEndian.Uint64(b)
	if room := uint64(len(b)/wordSize - 1); n > room {
		return nil, fmt.Errorf("%s says that it has %d samples, and has room for %d", path, n, room)
	}
	list := make([]int64, n)
	for i := range list {
		list[i] = int64(binary.LittleEndian.Uint64(b[wordSize*(i+1):]))
	}
	return list, nil
}

// A File is one that samples are written to.
type File struct {
	memory []byte
	words  []uint64
	n      int
}

// Open maps a file that the kit made, and touches all of it.
func Open(path string) (*File, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() < wordSize {
		return nil, fmt.Errorf("%s has %d bytes, and is not a file of samples", path, info.Size())
	}
	memory, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_POPULATE)
	if err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	clear(memory)
	return &File{memory: memory, words: unsafe.Slice((*uint64)(unsafe.Pointer(&memory[0])), len(memory)/wordSize)}, nil
}

// Room is how many samples it holds at most.
func (f *File) Room() int64 { return int64(len(f.words) - 1) }

// Add writes one sample. The caller knows that there is room.
func (f *File) Add(ns int64) {
	f.n++
	f.words[f.n] = little(uint64(ns))
	f.words[0] = little(uint64(f.n))
}

// Close unmaps the file.
func (f *File) Close() error { return unix.Munmap(f.memory) }

// little gives a word as it lies in the file.
func little(v uint64) uint64 {
	var b [wordSize]byte
	binary.LittleEndian.PutUint64(b[:], v)
	return binary.NativeEndian.Uint64(b[:])
}
