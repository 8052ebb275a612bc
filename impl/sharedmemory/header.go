package sharedmemory

import (
	"fmt"
	"os"
	"unsafe"
)

// header is the first page of every object. It is complete before the object has
// a name and constant from then on, so it needs no synchronization.
type header struct {
	magic   uint64
	version uint32
	kind    kind
	payload uint64 // offset of the payload: the page size of the creator
	size    uint64 // of the payload in bytes
	creator int64  // process id, for messages
}

const (
	magic   = 0x6d656d6465726873 // "shredmem" in little-endian order
	version = 1
)

// A kind is the type of an object, so that a buffer is not opened as a lock.
type kind uint32

const (
	kindRegion kind = 1 + iota
	kindBuffer
	kindMutex
	kindFairMutex
	kindSemaphore
	kindRWLock
	kindSnapshot
	kindManyBuffer
)

var kindNames = map[kind]string{
	kindRegion: "region", kindBuffer: "one-to-one buffer", kindMutex: "mutex", kindFairMutex: "fair mutex",
	kindSemaphore: "semaphore", kindRWLock: "reader–writer lock", kindSnapshot: "snapshot", kindManyBuffer: "many-to-many buffer",
}

func (k kind) String() string {
	if name, ok := kindNames[k]; ok {
		return name
	}
	return fmt.Sprintf("object of unknown kind %d", uint32(k))
}

// newHeader describes a payload of size bytes.
func newHeader(k kind, size int64) header {
	return header{
		magic: magic, version: version, kind: k,
		payload: uint64(os.Getpagesize()), size: uint64(size), creator: int64(os.Getpid()),
	}
}

// headerOf returns the header of a file that is mapped from its beginning.
func headerOf(mapping []byte) header {
	return *(*header)(unsafe.Pointer(unsafe.SliceData(mapping)))
}

// check returns why a file of length bytes that starts with h is not a complete
// object of the kind want; nil if it is.
func (h *header) check(length int64, want kind) error {
	switch {
	case h.magic != magic:
		return fmt.Errorf("%w: it was not made by this package", ErrInvalid)
	case h.version != version:
		return fmt.Errorf("%w: its format is version %d, expected %d: both sides need the same release", ErrInvalid, h.version, version)
	case h.kind != want:
		return fmt.Errorf("%w: it is a %v, expected a %v", ErrInvalid, h.kind, want)
	case h.payload%uint64(os.Getpagesize()) != 0 || h.payload == 0,
		h.size > sizeMax || h.payload > sizeMax || uint64(length) != h.payload+h.size:
		return fmt.Errorf("%w: its header says %d+%d bytes and it has %d: it was truncated or overwritten", ErrInvalid, h.payload, h.size, length)
	}
	return nil
}
