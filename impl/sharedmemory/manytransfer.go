package sharedmemory

import "sync/atomic"

// Put copies an item into the buffer, waiting for room as w says. On an error
// the item is not in.
//
// Errors: [ErrFull] (with [Never]), [ErrTimeout], [ErrClosed], [ErrTooLarge].
func (b *ManyBuffer) Put(data []byte, w Wait) error {
	b.one[0] = data
	_, err := b.PutBatch(b.one[:], w)
	b.one[0] = nil
	return err
}

// PutBatch copies as many of the items as there is room for, without others in
// between, and returns their number. It waits, as w says, until there is room
// for one. Errors as for Put; none of the items is in then.
func (b *ManyBuffer) PutBatch(items [][]byte, w Wait) (int, error) {
	for _, data := range items {
		if len(data) > b.itemMax {
			return 0, refuse("put", b.name, ErrTooLarge, "%d bytes, at most %d fit", len(data), b.itemMax)
		}
	}
	if b.region == nil {
		return 0, b.detached("put")
	}
	if len(items) == 0 {
		return 0, nil
	}
	if n, err := b.put(items); err != ErrFull || w == Never {
		return n, err
	}
	c := b.control
	b.roomSpinner.until(b.roomOrEnd)
	for deadline := w.deadline(); ; {
		if n, err := b.put(items); err != ErrFull {
			return n, err
		}
		limit, expired := sleepUntil(deadline)
		if expired {
			return 0, ErrTimeout
		}
		if v := c.departure.prepare(); !b.roomOrEnd() {
			c.departure.sleep(v, limit)
		}
	}
}

// put puts at least one item, or returns why it cannot.
func (b *ManyBuffer) put(items [][]byte) (int, error) {
	n, err := b.putLocked(items)
	if n > 0 {
		b.control.arrival.wake(n)
	}
	return n, err
}

func (b *ManyBuffer) putLocked(items [][]byte) (int, error) {
	c := b.control
	if _, err := c.putting.lock(&b.seat, &b.lockSpinner, Forever); err != nil {
		return 0, b.busy("put")
	}
	defer c.putting.unlock(&b.seat)
	tail := c.tail.Load()
	if tail&manyClosed != 0 {
		return 0, ErrClosed
	}
	room := b.capacity - distance(c.seenTaken.Load(), tail)
	if room < uint64(len(items)) {
		taken := c.taken.Load()
		c.seenTaken.Store(taken)
		room = b.capacity - distance(taken, tail)
	}
	n := int(min(room, uint64(len(items))))
	if n == 0 {
		return 0, ErrFull
	}
	at := tail
	for _, data := range items[:n] {
		slot := b.slot(at)
		*slot = uint64(len(data))
		copyItem(item(slot, len(data)), data)
		at += manyStep
	}
	if !c.tail.CompareAndSwap(tail, at) {
		return 0, ErrClosed
	}
	return n, nil
}

// Get copies the oldest item to into and returns its length in bytes, waiting
// for an item as w says.
//
// Errors: [ErrEmpty] (with [Never]), [ErrTimeout], [ErrClosed] (closed and
// empty), [ErrTooLarge] (into is smaller than the item, which stays).
func (b *ManyBuffer) Get(into []byte, w Wait) (int, error) {
	b.one[0] = into
	_, err := b.GetBatch(b.one[:], w)
	n := len(b.one[0])
	b.one[0] = nil
	if err != nil {
		return 0, err
	}
	return n, nil
}

// GetBatch copies the oldest items, at most len(into), without others in
// between, and returns their number. Each element of into that received an item
// is cut to its length. It waits, as w says, until there is one item. Errors as
// for Get; no item is taken then.
func (b *ManyBuffer) GetBatch(into [][]byte, w Wait) (int, error) {
	if b.region == nil {
		return 0, b.detached("get")
	}
	if len(into) == 0 {
		return 0, nil
	}
	if n, err := b.get(into); err != ErrEmpty || w == Never {
		return n, err
	}
	c := b.control
	b.itemSpinner.until(b.itemOrEnd)
	for deadline := w.deadline(); ; {
		if n, err := b.get(into); err != ErrEmpty {
			return n, err
		}
		limit, expired := sleepUntil(deadline)
		if expired {
			return 0, ErrTimeout
		}
		if v := c.arrival.prepare(); !b.itemOrEnd() {
			c.arrival.sleep(v, limit)
		}
	}
}

// get gets at least one item, or returns why it cannot.
func (b *ManyBuffer) get(into [][]byte) (int, error) {
	n, err := b.getLocked(into)
	if n > 0 {
		b.control.departure.wake(n)
	}
	return n, err
}

func (b *ManyBuffer) getLocked(into [][]byte) (int, error) {
	c := b.control
	if _, err := c.getting.lock(&b.seat, &b.lockSpinner, Forever); err != nil {
		return 0, b.busy("get")
	}
	defer c.getting.unlock(&b.seat)
	taken := c.taken.Load()
	ready := distance(taken, c.seenTail.Load())
	if ready < uint64(len(into)) {
		tail := c.tail.Load()
		c.seenTail.Store(tail)
		if ready = distance(taken, tail); ready == 0 && tail&manyClosed != 0 {
			return 0, ErrClosed
		}
	}
	if ready == 0 {
		return 0, ErrEmpty
	}
	got := 0
	for at := taken; got < len(into) && uint64(got) < ready; at += manyStep {
		slot := b.slot(at)
		n := atomic.LoadUint64(slot)
		if n > uint64(b.itemMax) || n > uint64(len(into[got])) {
			if got > 0 {
				break // reported by the next call
			}
			return 0, b.unfit(n, len(into[got]))
		}
		into[got] = into[got][:n]
		copyItem(into[got], item(slot, int(n)))
		got++
	}
	c.taken.Store(taken + uint64(got)*manyStep)
	return got, nil
}

// unfit is the error of an item of n bytes that cannot be returned.
func (b *ManyBuffer) unfit(n uint64, room int) error {
	if n > uint64(b.itemMax) {
		return refuse("get", b.name, ErrIO, "an item claims %d bytes, at most %d are possible: it was overwritten", n, b.itemMax)
	}
	return refuse("get", b.name, ErrTooLarge, "the item has %d bytes, the buffer %d: provide %d", n, room, b.itemMax)
}

func (b *ManyBuffer) busy(op string) error {
	return refuse(op, b.name, ErrInvalid, "this handle is in use: a handle is for one goroutine, open another one")
}

// roomOrEnd reports, without the lock, whether a producer need not wait.
func (b *ManyBuffer) roomOrEnd() bool {
	taken := b.control.taken.Load() // before tail, which is never more than capacity beyond it
	tail := b.control.tail.Load()
	return tail&manyClosed != 0 || distance(taken, tail) < b.capacity
}

// itemOrEnd reports, without the lock, whether a consumer need not wait.
func (b *ManyBuffer) itemOrEnd() bool {
	taken := b.control.taken.Load()
	tail := b.control.tail.Load()
	return tail&manyClosed != 0 || distance(taken, tail) > 0
}

// distance is the number of items from one position to a later one.
func distance(from, to uint64) uint64 { return (to&^manyClosed - from&^manyClosed) / manyStep }
