package host

import (
	"encoding/binary"
	"fmt"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// measuredItems are the items of a measured workload, made and compared one after
// the other in few instructions: a word at the start, one at the end, and one a
// page at an offset that moves from item to item. The schema says which they are.
type measuredItems struct {
	size   int
	next   int64  // index of the next item
	mix    uint64 // of the next item
	moving int    // offset in each page
	period int    // at which the offset begins anew

	every, first int64 // ns: where items carry their intended times
}

// mixer is odd, so that no two items have the same mix.
const mixer = 0x9e3779b97f4a7c15

const (
	wordSize = 8
	pageSize = 4096

	twoWords = 2 * wordSize // smaller items have one word, or a part of it
)

func (m *measurement) items() (*measuredItems, error) {
	r := m.request
	low, err := need(r, "size_min", r.SizeMin)
	if err != nil {
		return nil, err
	}
	switch {
	case r.SizeMax == nil || *r.SizeMax != low:
		return nil, subject.Errorf(subject.Invalid, "role %s moves items of one size: size_min and size_max must be equal", r.Role)
	case low < 1 || low > maxGenerated:
		return nil, subject.Errorf(subject.Invalid, "items of %d bytes make no sense", low)
	case r.Seed == nil:
		return nil, subject.Errorf(subject.Invalid, "%s needs seed", r.Op)
	}
	x := &measuredItems{size: int(low), mix: *r.Seed * mixer, period: min(int(low)/wordSize, pageSize/wordSize) * wordSize}
	if r.Role == protocol.RolePaced || r.Role == protocol.RoleArrive {
		every, err := need(r, "every", r.Every)
		if err != nil {
			return nil, err
		}
		if every < 1 || low < twoWords {
			return nil, subject.Errorf(subject.Invalid, "items of %d bytes every %d ns: want at least %d bytes and 1 ns", low, every, twoWords)
		}
		x.every = every
	}
	return x, nil
}

// head is the word at the start of the next item.
func (x *measuredItems) head() uint64 {
	if x.every > 0 {
		return uint64(x.first + x.next*x.every)
	}
	return x.mix
}

// begin takes the intended time of the first item from it; those of the others
// follow from that one.
func (x *measuredItems) begin(p []byte) {
	if len(p) >= wordSize {
		x.first = intended(p)
	}
}

func intended(p []byte) int64 { return int64(binary.LittleEndian.Uint64(p)) }

func (x *measuredItems) step() {
	x.next++
	x.mix += mixer
	if x.moving += wordSize; x.moving >= x.period {
		x.moving = 0
	}
}

// write makes the next item in p, which has its size.
func (x *measuredItems) write(p []byte) {
	if x.size < twoWords {
		var w [wordSize]byte
		binary.LittleEndian.PutUint64(w[:], x.mix)
		copy(p, w[:])
	} else {
		binary.LittleEndian.PutUint64(p, x.head())
		binary.LittleEndian.PutUint64(p[x.size-wordSize:], ^x.mix)
		for at, n := x.moving, uint64(1); at <= x.size-twoWords; at, n = at+pageSize, n+1 {
			if at >= wordSize {
				binary.LittleEndian.PutUint64(p[at:], x.mix+n)
			}
		}
	}
	x.step()
}

// same reports whether p is the next item, and goes on to the one after it.
func (x *measuredItems) same(p []byte) bool {
	same := x.compare(p)
	x.step()
	return same
}

func (x *measuredItems) compare(p []byte) bool {
	if len(p) != x.size {
		return false
	}
	if x.size < twoWords {
		var w [wordSize]byte
		copy(w[:], p)
		mask := ^uint64(0)
		if x.size < wordSize {
			mask = 1<<(8*x.size) - 1
		}
		return binary.LittleEndian.Uint64(w[:]) == x.mix&mask
	}
	if binary.LittleEndian.Uint64(p) != x.head() || binary.LittleEndian.Uint64(p[x.size-wordSize:]) != ^x.mix {
		return false
	}
	for at, n := x.moving, uint64(1); at <= x.size-twoWords; at, n = at+pageSize, n+1 {
		if at >= wordSize && binary.LittleEndian.Uint64(p[at:]) != x.mix+n {
			return false
		}
	}
	return true
}

// describe says what p is instead of item i, which was compared just now.
func (x *measuredItems) describe(p []byte, i int64) string {
	if len(p) != x.size {
		return fmt.Sprintf("length %d, expected %d", len(p), x.size)
	}
	if x.size < twoWords {
		return fmt.Sprintf("item %d is % x", i, p)
	}
	mix := x.mix - mixer
	if end := ^binary.LittleEndian.Uint64(p[x.size-wordSize:]); end != mix {
		const inverse = 0xf1de83e19937733d // of mixer, modulo 2^64
		if distance := int64((end - mix) * inverse); -describeRange <= distance && distance <= describeRange && i+distance >= 0 {
			return fmt.Sprintf("item %d ends as item %d", i, i+distance)
		}
		return fmt.Sprintf("item %d ends as no item does: % x", i, p[x.size-wordSize:])
	}
	return fmt.Sprintf("item %d ends as it should and differs before its end: parts of two items", i)
}
