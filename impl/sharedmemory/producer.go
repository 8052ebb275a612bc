package sharedmemory

import (
	"sync/atomic"
	"unsafe"
)

// producer is the state of a handle's producing side.
type producer struct {
	role
	backoff
	spinner
	next  uint64        // index of the next item
	limit uint64        // index at which the buffer is full, as far as known
	fence atomic.Uint32 // see noticed
}

// Put copies an item into the buffer, waiting for room as w says. On an error
// the item is not in.
//
// Errors: [ErrFull] (with [Never]), [ErrTimeout], [ErrClosed], [ErrTooLarge],
// [ErrInvalid] (another producer lives), and [ErrPeerDead], once, if the buffer
// is full and the consumer was killed: the next Put waits for a new consumer.
func (b *Buffer) Put(data []byte, w Wait) error {
	if len(data) > b.itemMax {
		return b.tooLarge(len(data))
	}
	p := &b.producer
	if p.next == p.limit || b.closed() {
		if err := b.awaitRoom(w); err != nil {
			return err
		}
	}
	index := p.next
	slot := b.slot(index)
	ahead := slot
	if far := index + b.lead; far < p.limit {
		ahead = b.slot(far)
	}
	p.next = index + 1
	n := len(data)
	word := commitWord(index, n)
	if n > wordsMax {
		copyItem(item(slot, n), data)
		n = 0
	}
	putItem(slot, unsafe.SliceData(data), n, word, &b.control.tail, index+1, ahead)
	if b.control.toProducer.Load() != 0 {
		return b.noticed(index)
	}
	return nil
}

// tooLarge is the error of an item of n bytes that does not fit.
func (b *Buffer) tooLarge(n int) error {
	return refuse("put", b.region.name, ErrTooLarge, "%d bytes, at most %d fit", n, b.itemMax)
}

// awaitRoom returns nil once there is room for an item.
func (b *Buffer) awaitRoom(w Wait) error {
	if b.control == nil {
		return b.detached("put")
	}
	p := &b.producer
	if !p.held.Load() {
		if err := b.becomeProducer(); err != nil {
			return err
		}
	}
	if b.closed() {
		return ErrClosed
	}
	if w != Never {
		p.hold(b.capacity)
	}
	p.hurried = false
	if b.room() {
		return nil
	}
	if w == Never {
		return ErrFull
	}
	if p.until(func() bool { return b.room() || b.closed() }) && p.next != p.limit {
		p.gained(p.limit - p.next)
		return nil
	}
	return b.sleepUntilRoom(w)
}

// sleepUntilRoom is the part of awaitRoom that may sleep.
func (b *Buffer) sleepUntilRoom(w Wait) error {
	deadline := w.deadline()
	word := &b.control.toConsumer
	for {
		switch {
		case b.closed():
			return ErrClosed
		case b.room():
			return nil
		case b.died(&b.consumer.role):
			if b.room() { // the consumer's last Get
				return nil
			}
			return ErrPeerDead
		}
		limit, expired := sleepUntil(deadline)
		if expired {
			return ErrTimeout
		}
		value := word.Or(noticeAsleep) | noticeAsleep
		barrierEverywhere()
		if !b.room() && !b.closed() {
			futexWait(word, value, limit)
		}
		word.And(^noticeAsleep)
	}
}

// room reads the consumer's index, and reports whether an item fits.
func (b *Buffer) room() bool {
	p := &b.producer
	p.limit = atomic.LoadUint64(&b.control.taken) + b.capacity
	return p.next != p.limit
}

// noticed handles the notices of the consumer, and of Close, after the item of
// an index was published.
func (b *Buffer) noticed(index uint64) error {
	word := &b.control.toProducer
	notices := word.Load()
	if notices&noticeFence != 0 {
		b.producer.fence.Add(1) // a locked instruction: the item becomes visible before the next load
		notices = word.Load()
	}
	if notices&noticeAsleep != 0 && word.And(^noticeAsleep)&noticeAsleep != 0 {
		futexWake(word, 1)
	}
	if notices&noticeClosed != 0 && !b.accepted(index) {
		return ErrClosed
	}
	return nil
}

// becomeProducer takes the role, and continues where the last producer stopped.
func (b *Buffer) becomeProducer() error {
	p := &b.producer
	if err := b.takeRole(&p.role); err != nil {
		return err
	}
	tail := atomic.LoadUint64(&b.control.tail)
	if committed(b.slot(tail), tail) { // it was killed between commit word and index
		tail++
		atomic.StoreUint64(&b.control.tail, tail)
	}
	p.next, p.limit = tail, tail
	b.died(&b.consumer.role) // do not report an earlier death
	return nil
}
