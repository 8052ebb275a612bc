package protocol

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
)

// splitmix64 is Steele, Lea and Flood's generator (OOPSLA 2014): small enough
// to write again in any language, and the same everywhere.
func splitmix64(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9
	x = (x ^ (x >> 27)) * 0x94d049bb133111eb
	return x ^ (x >> 31)
}

// Payload fills p with the bytes that seed stands for: word i, little-endian,
// is splitmix64(seed + i).
func Payload(p []byte, seed uint64) {
	var word [8]byte
	for i := uint64(0); len(p) > 0; i++ {
		binary.LittleEndian.PutUint64(word[:], splitmix64(seed+i))
		p = p[copy(p, word[:]):]
	}
}

// ItemSeed is the payload seed of item i of a workload.
func ItemSeed(seed uint64, i int64) uint64 { return splitmix64(seed ^ splitmix64(uint64(i))) }

// ItemSize is the size of item i of a workload, between low and high.
func ItemSize(seed uint64, i, low, high int64) int64 {
	if high <= low {
		return low
	}
	return low + int64(ItemSeed(seed+1, i)%uint64(high-low+1))
}

// Hash is the digest of a payload on the wire.
func Hash(p []byte) string {
	h := fnv.New64a()
	_, _ = h.Write(p)
	return fmt.Sprintf("%016x", h.Sum64())
}
