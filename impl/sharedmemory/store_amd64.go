//go:build !purego

package sharedmemory

// storeRelease stores v; a process that sees it sees everything that this thread
// wrote before. A later load may be executed before the store is visible.
//
//go:noescape
func storeRelease(p *uint64, v uint64)

// putItem copies n bytes to the item of a slot, then does storeRelease(slot,
// word), then storeRelease(index, next). It fetches the line at ahead for
// writing.
//
//go:noescape
func putItem(slot *uint64, item *byte, n int, word uint64, index *uint64, next uint64, ahead *uint64)

// pause executes n PAUSE instructions (n > 0), for spinning.
func pause(n uint32)

// storesPassLoads says that storeRelease does not order a later load, so that a
// handshake "I store, then check your flag" needs a barrier.
const storesPassLoads = true

// loadItem copies shared bytes that may change meanwhile. It keeps its order
// with loads before and after it.
func loadItem(dst, shared []byte) { copyItem(dst, shared) }

// storeItem writes shared bytes that may be read meanwhile. It keeps its order
// with stores before and after it.
func storeItem(shared, src []byte) { copyItem(shared, src) }
