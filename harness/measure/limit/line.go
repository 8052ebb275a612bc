package limit

import (
	"sync/atomic"

	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// line: both processes write one word in turn. It is the object to which ping sends.
func line(role string, object, back *memory, _ int64) (stretch, error) {
	ping, err := pings(role)
	if err != nil {
		return nil, err
	}
	if ping {
		w := object.word(sentAt)
		return timed(func(i uint64) {
			storeRelease(w, 2*i+1)
			until(w, 2*i+2)
		}), nil
	}
	w := back.word(sentAt)
	return timed(func(i uint64) {
		until(w, 2*i+1)
		storeRelease(w, 2*i+2)
	}), nil
}

// lines: each process writes a word of its own and watches the other's. As a stream
// it is a ring of cache lines, as many a message as it has bytes: the writer touches
// each line and publishes the message by its first word; the reader reads a word of
// each, and says every eighth of the ring how far it is.
func lines(role string, object, back *memory, size int64) (stretch, error) {
	if role == protocol.RoleStream || role == protocol.RoleDrain {
		if size > largestOfLines {
			return nil, subject.Errorf(subject.Invalid, "messages of %d bytes: above %d, copying is the limit; use %s", size, largestOfLines, Read)
		}
		return ring(role, object, size), nil
	}
	ping, err := pings(role)
	if err != nil {
		return nil, err
	}
	mineAt, otherAt := directions(ping, object, back)
	mine, other := object.word(mineAt), back.word(otherAt)
	if ping {
		return timed(func(i uint64) {
			storeRelease(mine, i+1)
			until(other, i+1)
		}), nil
	}
	return timed(func(i uint64) {
		until(other, i+1)
		storeRelease(mine, i+1)
	}), nil
}

// directions are the places of the words that a process writes and watches: where
// both are in one object, ping writes the first.
func directions(ping bool, object, back *memory) (mine, other int) {
	switch {
	case object != back:
		return sentAt, sentAt
	case ping:
		return sentAt, receivedAt
	}
	return receivedAt, sentAt
}

// ringBytes is the part of an object that a ring takes: what a cache of the second
// level holds. Messages of more than largestOfLines bytes are none of its business.
const (
	ringBytes      = 256 << 10
	largestOfLines = 4096
)

func ring(role string, object *memory, size int64) stretch {
	const lineWords = lineSize / wordSize
	each := (size + lineSize - 1) / lineSize * lineWords // words of a message
	slots := ringBytes / wordSize / each
	words := object.body(0, slots*each)
	received := object.word(receivedAt)
	slot := func(i uint64) []uint64 { return words[int64(i)%slots*each:][:each] }
	if role == protocol.RoleStream {
		known := uint64(0) // how far the reader has said that it is
		return timed(func(i uint64) {
			for n := 1; i-known >= uint64(slots); n++ {
				known = atomic.LoadUint64(received)
				giveWay(n)
			}
			s := slot(i)
			for at := lineWords; at < len(s); at += lineWords {
				s[at] = i
			}
			storeRelease(&s[0], i+1)
		})
	}
	report := uint64(slots / 8)
	return timed(func(i uint64) {
		s := slot(i)
		until(&s[0], i+1)
		for at := lineWords; at < len(s); at += lineWords {
			_ = atomic.LoadUint64(&s[at]) // which no compiler leaves out
		}
		if (i+1)%report == 0 {
			storeRelease(received, i+1)
		}
	})
}

// timed makes a stretch of a step, timed by the clock.
func timed(step func(i uint64)) stretch {
	return func(from, to int64) (int64, error) {
		began := history.Now()
		for i := from; i < to; i++ {
			step(uint64(i))
		}
		return history.Now() - began, nil
	}
}
