//go:build !amd64 || purego

package sharedmemory

import (
	"encoding/binary"
	"sync/atomic"
	"unsafe"
)

// storeRelease stores v so that whoever sees it sees everything this thread
// wrote before. On arm64 it is STLR, which is no dearer than a release store
// could be.
func storeRelease(p *uint64, v uint64) { atomic.StoreUint64(p, v) }

// publish is storeRelease(commit, word), then storeRelease(index, next).
func publish(commit *uint64, word uint64, index *uint64, next uint64) {
	atomic.StoreUint64(commit, word)
	atomic.StoreUint64(index, next)
}

// pause spends a moment of a spinning loop.
func pause(n uint32) {
	for range n * 8 {
		pauseSink.Load()
	}
}

var pauseSink atomic.Uint32

// storesPassLoads tells that storeRelease leaves a later load unordered.
// Operations of sync/atomic are sequentially consistent.
const storesPassLoads = false

// loadItem copies shared bytes, which start on a multiple of 8 and may change
// meanwhile, and may be read up to the next multiple. Loads before and after it
// keep their order: each of its own is an atomic one.
func loadItem(dst, shared []byte) {
	base := unsafe.Pointer(unsafe.SliceData(shared))
	for at := 0; at < len(dst); at += 8 {
		var word [8]byte
		binary.NativeEndian.PutUint64(word[:], atomic.LoadUint64((*uint64)(unsafe.Add(base, at))))
		copy(dst[at:], word[:])
	}
}

// storeItem writes shared bytes, which start on a multiple of 8, that others may
// be reading; up to the next multiple they become zero. Stores before and after
// it keep their order: each of its own is an atomic one.
func storeItem(shared, src []byte) {
	base := unsafe.Pointer(unsafe.SliceData(shared))
	for at := 0; at < len(src); at += 8 {
		var word [8]byte
		copy(word[:], src[at:])
		atomic.StoreUint64((*uint64)(unsafe.Add(base, at)), binary.NativeEndian.Uint64(word[:]))
	}
}
