package sharedmemory

// copyChunk, in bytes, keeps large copies in the cache: Go's memmove bypasses
// the cache from some size on, and then the other side reads from memory.
const copyChunk = 64 << 10

// copyItem copies src to dst, which has the same length.
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

// wordsMax is the size in bytes up to which putItem copies the item itself.
const wordsMax = 256
