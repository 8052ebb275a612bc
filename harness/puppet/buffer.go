package puppet

import (
	"encoding/binary"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// The layout of a buffer: a header of 64-bit words, then the slots, each a
// length and room for the largest item. All under one advisory lock.
const (
	wordMagic = 8 * iota
	wordCapacity
	wordItemMax
	wordHead // slot of the oldest item
	wordCount
	wordClosed
	headerSize

	magic = 0x1bc0ffee70770007
	// poll is how long a waiting process sleeps before it looks again.
	poll = 200 * time.Microsecond
)

type buffers struct{ before func(op string) }

func (b buffers) Create(name string, shape subject.Shape) (subject.Buffer, error) {
	b.before(protocol.OpBufferCreate)
	const most = 1 << 30
	if shape.Capacity < 1 || shape.ItemMax < 0 || shape.Capacity > most || shape.ItemMax > most ||
		shape.Capacity*(shape.ItemMax+8) > most {
		return nil, subject.Errorf(subject.Invalid, "%d items of up to %d bytes do not make a buffer of at most %d bytes", shape.Capacity, shape.ItemMax, most)
	}
	m, err := create(name, headerSize+shape.Capacity*(shape.ItemMax+8), func(memory []byte) {
		for at, value := range map[int]int64{wordMagic: magic, wordCapacity: shape.Capacity, wordItemMax: shape.ItemMax} {
			binary.LittleEndian.PutUint64(memory[at:], uint64(value))
		}
	})
	if err != nil {
		return nil, err
	}
	return &buffer{mapping: m, before: b.before}, nil
}

func (b buffers) Open(name string) (subject.Buffer, error) {
	b.before(protocol.OpBufferOpen)
	m, err := open(name, false)
	if err != nil {
		return nil, err
	}
	if len(m.memory) < headerSize || binary.LittleEndian.Uint64(m.memory[wordMagic:]) != magic {
		_ = m.Detach()
		return nil, subject.Errorf(subject.Invalid, "%s is not a buffer", name)
	}
	return &buffer{mapping: m, before: b.before}, nil
}

func (b buffers) Unlink(name string) error {
	b.before(protocol.OpBufferUnlink)
	return unlink(name)
}

type buffer struct {
	*mapping
	before func(op string)
}

func (b *buffer) word(at int) int64 { return int64(binary.LittleEndian.Uint64(b.memory[at:])) }
func (b *buffer) set(at int, value int64) {
	binary.LittleEndian.PutUint64(b.memory[at:], uint64(value))
}

// slot is where item i from the oldest lies.
func (b *buffer) slot(i int64) []byte {
	size := b.word(wordItemMax) + 8
	return b.memory[headerSize+(b.word(wordHead)+i)%b.word(wordCapacity)*size:][:size]
}

// try runs f under the lock until it says that it is done.
func (b *buffer) try(wait subject.Wait, refused subject.Kind, f func() (done bool, err error)) error {
	began := time.Now()
	for {
		if err := b.lock(unix.LOCK_EX); err != nil {
			return err
		}
		done, err := f()
		if unlockErr := b.lock(unix.LOCK_UN); err == nil {
			err = unlockErr
		}
		switch {
		case done || err != nil:
			return err
		case wait == subject.Never:
			return subject.Errorf(refused, "")
		case wait > 0 && time.Since(began) >= time.Duration(wait):
			return subject.Errorf(subject.Timeout, "")
		}
		time.Sleep(poll)
	}
}

func (b *buffer) lock(how int) error {
	for {
		if err := unix.Flock(b.fd, how); err != unix.EINTR {
			return err
		}
	}
}

func (b *buffer) Put(item []byte, wait subject.Wait) error {
	b.before(protocol.OpBufferPut)
	if most := b.word(wordItemMax); int64(len(item)) > most {
		return subject.Errorf(subject.TooLarge, "%d bytes, the most is %d", len(item), most)
	}
	return b.try(wait, subject.Full, func() (bool, error) {
		count := b.word(wordCount)
		switch {
		case b.word(wordClosed) != 0:
			return false, subject.Errorf(subject.Closed, "")
		case count == b.word(wordCapacity):
			return false, nil
		}
		slot := b.slot(count)
		binary.LittleEndian.PutUint64(slot, uint64(len(item)))
		copy(slot[8:], item)
		b.set(wordCount, count+1)
		return true, nil
	})
}

func (b *buffer) Get(into []byte, wait subject.Wait) (n int, err error) {
	b.before(protocol.OpBufferGet)
	err = b.try(wait, subject.Empty, func() (bool, error) {
		count := b.word(wordCount)
		switch {
		case count == 0 && b.word(wordClosed) != 0:
			return false, subject.Errorf(subject.Closed, "")
		case count == 0:
			return false, nil
		}
		slot := b.slot(0)
		size := int64(binary.LittleEndian.Uint64(slot))
		if int64(len(into)) < size {
			return false, subject.Errorf(subject.TooLarge, "the item has %d bytes, the buffer to get it into %d", size, len(into))
		}
		n = copy(into, slot[8:8+size])
		b.set(wordHead, (b.word(wordHead)+1)%b.word(wordCapacity))
		b.set(wordCount, count-1)
		return true, nil
	})
	return n, err
}

// Close implements subject.Closer.
func (b *buffer) Close() error {
	b.before(protocol.OpBufferClose)
	if err := b.lock(unix.LOCK_EX); err != nil {
		return err
	}
	b.set(wordClosed, 1)
	return b.lock(unix.LOCK_UN)
}
