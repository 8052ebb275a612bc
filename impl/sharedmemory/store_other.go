//go:build !amd64

package sharedmemory

import "sync/atomic"

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
