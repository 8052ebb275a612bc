//go:build !amd64

package limit

import "sync/atomic"

// storeRelease stores v; a process that sees it sees everything that this thread
// wrote before.
func storeRelease(p *uint64, v uint64) { atomic.StoreUint64(p, v) }
