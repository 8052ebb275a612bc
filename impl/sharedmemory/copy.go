package sharedmemory

// copyChunk keeps large copies in the cache. Go's memmove bypasses it from some
// size on, and then the other side reads from memory what it could have had
// from this processor.
const copyChunk = 64 << 10

// copyItem copies src to dst, which is as long.
func copyItem(dst, src []byte) {
	if len(src) <= copyChunk {
		copy(dst, src)
		return
	}
	for len(src) > copyChunk {
		copy(dst[:copyChunk], src[:copyChunk])
		dst, src = dst[copyChunk:], src[copyChunk:]
	}
	copy(dst, src)
}
