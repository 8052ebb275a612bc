package limit

import (
	"sync/atomic"

	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// read: the stream writes a piece of memory, and the drain reads all of it, message
// by message. Only the reading is timed: how fast what one processor has just
// written comes to another.
func read(role string, object, _ *memory, size int64) (stretch, error) {
	each := roundUp(size) / wordSize // words of a message
	messages := max(bodyLeast/wordSize/each, 1)
	if messages*each > int64(len(object.bytes)-bodyAt)/wordSize {
		return nil, subject.Errorf(subject.Invalid, "messages of %d bytes do not fit into the object", size)
	}
	piece := object.body(0, messages*each)
	sent, received := object.word(sentAt), object.word(receivedAt)
	switch role {
	case protocol.RoleStream:
		return func(from, to int64) (int64, error) {
			for i := from; i < to; i++ {
				number := uint64(i / messages)
				if i%messages > 0 {
					continue // of a piece that is written already
				}
				until(received, number)
				for at := range piece {
					piece[at] = number
				}
				atomic.StoreUint64(sent, number+1)
			}
			return 0, nil
		}, nil
	case protocol.RoleDrain:
		return func(from, to int64) (spent int64, err error) {
			for i := from; i < to; {
				number, at := uint64(i/messages), i%messages
				n := min(messages-at, to-i)
				until(sent, number+1)
				began := history.Now()
				got := sum(piece[at*each : (at+n)*each])
				spent += history.Now() - began
				if got != number*uint64(n*each) {
					return spent, subject.Errorf(subject.IO, "piece %d was not read as it was written", number)
				}
				if i += n; at+n == messages {
					atomic.StoreUint64(received, number+1)
				}
			}
			return spent, nil
		}, nil
	}
	return nil, misfit(role)
}

// sum adds words in four chains, so that it waits for memory and not for additions.
func sum(words []uint64) uint64 {
	var a, b, c, d uint64
	for len(words) >= 8 {
		w := (*[8]uint64)(words)
		a += w[0] + w[4]
		b += w[1] + w[5]
		c += w[2] + w[6]
		d += w[3] + w[7]
		words = words[8:]
	}
	for _, w := range words {
		a += w
	}
	return a + b + c + d
}

// copying: the drain copies a message from one piece of its own memory to another,
// in a cache where it fits. There is nothing to stream.
func copying(role string, _, _ *memory, size int64) (stretch, error) {
	switch role {
	case protocol.RoleStream:
		return func(int64, int64) (int64, error) { return 0, nil }, nil
	case protocol.RoleDrain:
		from, to := make([]byte, size), make([]byte, size)
		for i := range from { // touched, and not all of one page of zeros
			from[i] = byte(i)
		}
		return timed(func(uint64) { copy(to, from) }), nil
	}
	return nil, misfit(role)
}
