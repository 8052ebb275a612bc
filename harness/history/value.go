package history

import (
	"encoding/binary"
	"fmt"
)

// Value names one item: the producer in the upper 32 bits, the number of its item in
// the lower. Checkers index arrays by both, so numbers should be dense.
func Value(producer, sequence uint32) uint64 { return uint64(producer)<<32 | uint64(sequence) }

// Split is the inverse of [Value].
func Split(value uint64) (producer, sequence uint32) { return uint32(value >> 32), uint32(value) }

// Sizes of items in bytes, by their content. Items below SmallestNamed cannot be
// distinguished, so that only their number is checked.
const (
	SmallestNamed  = 4  // a packed id: 4 bits of producer, 28 of sequence
	SmallestSummed = 16 // the value and a checksum
)

// Pack encodes a value in 4 bytes. It fails for producers above 15 and
// sequences of 2^28 and more.
func Pack(value uint64) (id uint32, ok bool) {
	p, s := Split(value)
	return p<<28 | s, p < 1<<4 && s < 1<<28
}

// Unpack is the inverse of [Pack].
func Unpack(id uint32) uint64 { return Value(id>>28, id&(1<<28-1)) }

// Fill writes the item of a value: from 16 bytes on, the value, a checksum and a
// pattern that differs between values; from 4 bytes on, the packed id, repeated.
func Fill(item []byte, value uint64) error {
	if len(item) < SmallestNamed {
		return fmt.Errorf("history: an item of %d bytes cannot hold a value; at least %d bytes are needed", len(item), SmallestNamed)
	}
	if len(item) < SmallestSummed {
		id, ok := Pack(value)
		if !ok {
			p, s := Split(value)
			return fmt.Errorf("history: item %d of producer %d does not fit %d bytes; use items of %d bytes, or at most 16 producers with 2^28 items each", s, p, len(item), SmallestSummed)
		}
		var packed [4]byte
		binary.LittleEndian.PutUint32(packed[:], id)
		for n := 0; n < len(item); n += copy(item[n:], packed[:]) {
		}
		return nil
	}
	binary.LittleEndian.PutUint64(item, value)
	rest := item[SmallestSummed:]
	pattern := (value + 1) * 0x9e3779b97f4a7c15 // the factor is odd: different values, different patterns
	for ; len(rest) >= 8; rest = rest[8:] {
		binary.LittleEndian.PutUint64(rest, pattern)
		pattern += 0x0101010101010101
	}
	for i := range rest {
		rest[i] = byte(pattern >> (8 * i))
	}
	binary.LittleEndian.PutUint64(item[8:], checksum(item))
	return nil
}

// Check reads the value of an item, and whether the item is unchanged. An item that
// is not must be recorded as [Corrupt].
func Check(item []byte) (value uint64, whole bool) {
	if len(item) < SmallestNamed {
		return 0, false
	}
	if len(item) < SmallestSummed {
		for i := range item {
			if item[i] != item[i%4] {
				return 0, false
			}
		}
		return Unpack(binary.LittleEndian.Uint32(item)), true
	}
	return binary.LittleEndian.Uint64(item), binary.LittleEndian.Uint64(item[8:]) == checksum(item)
}

// checksum is FNV-1a (Fowler, Noll, Vo) over 64-bit words, the last one filled
// up with zeros: of the item's length, its value, and all after the checksum. A
// last multiplication spreads the last word over all bytes.
func checksum(item []byte) uint64 {
	const prime = 0x100000001b3
	sum := uint64(0xcbf29ce484222325)
	sum = (sum ^ uint64(len(item))) * prime
	sum = (sum ^ binary.LittleEndian.Uint64(item)) * prime
	rest := item[SmallestSummed:]
	for ; len(rest) >= 8; rest = rest[8:] {
		sum = (sum ^ binary.LittleEndian.Uint64(rest)) * prime
	}
	if len(rest) > 0 {
		var last [8]byte
		copy(last[:], rest)
		sum = (sum ^ binary.LittleEndian.Uint64(last[:])) * prime
	}
	sum ^= sum >> 32
	return sum * 0x9e3779b97f4a7c15
}
