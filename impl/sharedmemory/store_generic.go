//go:build !amd64 || purego

package sharedmemory

import (
	"encoding/binary"
	"sync/atomic"
	"unsafe"
)

// storeRelease stores v; a process that sees it sees everything that this thread
// wrote before. On arm64 it is STLR, which costs no more than a release store.
func storeRelease(p *uint64, v uint64) { atomic.StoreUint64(p, v) }

// putItem copies n bytes to the item of a slot, then does storeRelease(slot,
// word), then storeRelease(index, next). Package atomic cannot fetch ahead.
func putItem(slot *uint64, from *byte, n int, word uint64, index *uint64, next uint64, _ *uint64) {
	copy(item(slot, n), unsafe.Slice(from, n))
	atomic.StoreUint64(slot, word)
	atomic.StoreUint64(index, next)
}

// pause takes about as long as n PAUSE instructions of amd64, for spinning.
func pause(n uint32) {
	for range n * 8 {
		pauseSink.Load()
	}
}

var pauseSink atomic.Uint32

// storesPassLoads says that storeRelease does not order a later load. Operations
// of sync/atomic are sequentially consistent.
const storesPassLoads = false

// loadItem copies shared bytes, which start at a multiple of 8, may change
// meanwhile, and may be read up to the next multiple. It keeps its order with
// loads before and after it, since each of its own is atomic.
func loadItem(dst, shared []byte) {
	base := unsafe.Pointer(unsafe.SliceData(shared))
	for at := 0; at < len(dst); at += 8 {
		var word [8]byte
		binary.NativeEndian.PutUint64(word[:], atomic.LoadUint64((*uint64)(unsafe.Add(base, at))))
		copy(dst[at:], word[:])
	}
}

// storeItem writes shared bytes, which start at a multiple of 8 and may be read
// meanwhile; up to the next multiple they become zero. It keeps its order with
// stores before and after it, since each of its own is atomic.
func storeItem(shared, src []byte) {
	base := unsafe.Pointer(unsafe.SliceData(shared))
	for at := 0; at < len(src); at += 8 {
		var word [8]byte
		copy(word[:], src[at:])
		atomic.StoreUint64((*uint64)(unsafe.Add(base, at)), binary.NativeEndian.Uint64(word[:]))
	}
}
