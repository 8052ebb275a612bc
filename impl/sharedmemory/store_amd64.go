//go:build !purego

package sharedmemory

// storeRelease stores v so that whoever sees it sees everything this thread
// wrote before. A later load may be done before the store is visible.
//
//go:noescape
func storeRelease(p *uint64, v uint64)

// publish is storeRelease(commit, word), then storeRelease(index, next).
//
//go:noescape
func publish(commit *uint64, word uint64, index *uint64, next uint64)

// pause spends n PAUSE instructions (n > 0) of a spinning loop.
func pause(n uint32)

// storesPassLoads tells that storeRelease leaves a later load unordered, so
// that a handshake "I store, then look at your flag" needs a barrier.
const storesPassLoads = true

// loadItem copies shared bytes that may change meanwhile. Loads before and
// after it keep their order.
func loadItem(dst, shared []byte) { copyItem(dst, shared) }

// storeItem writes shared bytes that others may be reading. Stores before and
// after it keep their order.
func storeItem(shared, src []byte) { copyItem(shared, src) }
