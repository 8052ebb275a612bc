package limit

// storeRelease stores v; a process that sees it sees everything that this thread
// wrote before.
//
//go:noescape
func storeRelease(p *uint64, v uint64)
