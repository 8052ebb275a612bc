package sharedmemory

import "sync/atomic"

// consumer is the state of a handle's consuming side.
type consumer struct {
	role
	backoff
	spinner
	next  uint64        // index of the next item
	known uint64        // items below this index are known to be there
	ended bool          // closed and drained
	fence atomic.Uint32 // see wakeProducer

	streaming bool // see arrived
	singles   int  // items found one by one since the last check whether they are a stream
	patience  int  // singles until the next check
}

// Get copies the oldest item to into and returns its length in bytes, waiting
// for an item as w says.
//
// Errors: [ErrEmpty] (with [Never]), [ErrTimeout], [ErrClosed] (closed and
// empty), [ErrTooLarge] (into is smaller than the item, which stays),
// [ErrInvalid] (another consumer lives), and [ErrPeerDead], once, if the buffer
// is empty and the producer was killed: the next Get waits for a new producer.
func (b *Buffer) Get(into []byte, w Wait) (int, error) {
	c := &b.consumer
	if c.next == c.known {
		if err := b.awaitItem(w); err != nil {
			return 0, err
		}
	}
	slot := b.slot(c.next)
	n := itemLength(atomic.LoadUint64(slot))
	if n > len(into) || uint(n) > uint(b.itemMax) {
		return 0, b.unfit(n, len(into))
	}
	copyItem(into[:n], item(slot, n))
	storeRelease(&b.control.taken, c.next+1)
	c.next++
	if b.control.toConsumer.Load()&(noticeAsleep|noticeFence) != 0 {
		b.wakeProducer()
	}
	return n, nil
}

// unfit is the error of an item of n bytes that cannot be returned.
func (b *Buffer) unfit(n, room int) error {
	if uint(n) > uint(b.itemMax) {
		return refuse("get", b.region.name, ErrIO, "an item claims %d bytes, at most %d are possible: it was overwritten", n, b.itemMax)
	}
	return refuse("get", b.region.name, ErrTooLarge, "the item has %d bytes, the buffer %d: provide %d", n, room, b.itemMax)
}

// awaitItem returns nil once there is an item.
func (b *Buffer) awaitItem(w Wait) error {
	if b.control == nil {
		return b.detached("get")
	}
	c := &b.consumer
	if !c.held.Load() {
		if err := b.becomeConsumer(); err != nil {
			return err
		}
	}
	if c.ended {
		return ErrClosed
	}
	if w != Never {
		c.hold(b.capacity)
	}
	if b.arrived() {
		return nil
	}
	if w == Never {
		if b.closed() && b.drained() {
			return ErrClosed
		}
		if b.arrived() { // an item that was accepted before the end
			return nil
		}
		return ErrEmpty
	}
	if c.until(func() bool { return b.arrived() || b.closed() }) && c.known != c.next {
		return nil
	}
	return b.sleepUntilItem(w)
}

// sleepUntilItem is the part of awaitItem that may sleep.
func (b *Buffer) sleepUntilItem(w Wait) error {
	deadline := w.deadline()
	word := &b.control.toProducer
	for {
		switch {
		case b.arrived():
			return nil
		case b.closed():
			if b.drained() {
				return ErrClosed
			}
			continue
		case b.died(&b.producer.role):
			if b.arrived() { // the producer's last item
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
		if !b.arrived() && !b.closed() {
			futexWait(word, value, limit)
		}
		word.And(^noticeAsleep)
	}
}

// arrived checks for the next item. A consumer that waits for single items
// checks the slot: one cache line brings notice and item. One that has fallen
// behind a stream reads the producer's index, which brings many items at once;
// the slot then only matters if a producer was killed between the two.
func (b *Buffer) arrived() bool {
	c := &b.consumer
	if c.streaming {
		ready := b.ready()
		c.streaming = ready > 1
		if ready > 0 {
			c.known = c.next + ready
			c.gained(ready)
			return true
		}
	}
	if !committed(b.slot(c.next), c.next) {
		return false
	}
	c.known = c.next + 1
	c.hurried = false
	if c.singles++; c.singles > c.patience {
		c.lookForStream(b)
	}
	return true
}

// lookForStream decides whether single items have become a stream: whether a
// second one comes within the moment in which a partner that answers item by
// item cannot have answered. A consumer that keeps pace with its producer would
// otherwise never see two, and take each line from it in the middle of writing.
// The check costs that moment and a cache line, so it becomes rare where it is
// in vain.
func (c *consumer) lookForStream(b *Buffer) {
	pause(streamMoment)
	c.streaming = b.ready() > 1
	c.singles, c.patience = 0, min(2*c.patience+sampleLeast, sampleMost)
	if c.streaming {
		c.patience = sampleLeast
	}
}

const (
	streamMoment = 2    // PAUSE instructions
	sampleLeast  = 16   // single items between two checks whether they have become a stream
	sampleMost   = 1024 // the same, after many checks in vain
)

// ready is how many items there are by the producer's index.
func (b *Buffer) ready() uint64 {
	n := atomic.LoadUint64(&b.control.tail) - b.consumer.next
	if n > b.capacity { // overwritten: trust only the slots
		return 0
	}
	return n
}

// wakeProducer wakes the producer if it sleeps.
func (b *Buffer) wakeProducer() {
	word := &b.control.toConsumer
	notices := word.Load()
	if notices&noticeFence != 0 {
		b.consumer.fence.Add(1) // as in noticed
		notices = word.Load()
	}
	if notices&noticeAsleep != 0 && word.And(^noticeAsleep)&noticeAsleep != 0 {
		futexWake(word, 1)
	}
}

// becomeConsumer takes the role, and continues where the last consumer stopped.
func (b *Buffer) becomeConsumer() error {
	c := &b.consumer
	if err := b.takeRole(&c.role); err != nil {
		return err
	}
	c.next = atomic.LoadUint64(&b.control.taken)
	c.known = c.next
	c.ended = b.control.end.Load()&endSealed != 0
	b.died(&b.producer.role) // do not report an earlier death
	return nil
}
