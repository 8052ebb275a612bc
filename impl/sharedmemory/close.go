package sharedmemory

// Closing a Buffer. Put checks for the end before it writes an item and
// publishes without a barrier, so it can overlap with Close and with a consumer
// that finds the buffer empty and reports the end. Producer and consumer decide
// through control.end whether such an item is accepted: both compare-and-swap
// it, and one wins.
//
//	end = index << 1            items below index are accepted
//	end = index << 1 | sealed   and no others ever will be
//
// A producer that sees the notice after it has published raises end above its
// item, or finds it sealed; if sealed below its item, Put reports ErrClosed. A
// consumer that sees the notice runs a barrier on behalf of the producer: an
// item that is not visible then was published by a Put that will see the notice.
// If there is no item, the consumer seals.
const endSealed = 1

// Close ends the buffer for all processes. No further items can be put, blocked
// operations return, and the items inside can still be got, after which Get
// reports [ErrClosed]. Any handle may close, at any time, more than once.
// Errors: [ErrInvalid] (detached).
func (b *Buffer) Close() error {
	if b.control == nil {
		return b.detached("close")
	}
	// Consumers sleep on toProducer, the producer on toConsumer. The first
	// notice is the one that counts; if this process is killed before the
	// second, a sleeping producer notices the end after watchInterval.
	b.control.toProducer.Or(noticeClosed)
	b.control.toConsumer.Or(noticeClosed)
	futexWake(&b.control.toProducer, allSleepers)
	futexWake(&b.control.toConsumer, allSleepers)
	return nil
}

// closed reports whether Close was called.
func (b *Buffer) closed() bool {
	return b.control.toProducer.Load()&noticeClosed != 0
}

// accepted decides, for the producer, whether an item that was published around
// the time of Close is accepted.
func (b *Buffer) accepted(index uint64) bool {
	end := &b.control.end
	for {
		was := end.Load()
		if was&endSealed != 0 { // whether below the seal: the consumer has got it, or never will
			return int64(was&^endSealed-index<<1) > 0
		}
		if end.CompareAndSwap(was, (index+1)<<1) {
			return true
		}
	}
}

// drained decides, for the consumer of a closed buffer, whether it is empty for
// good.
func (b *Buffer) drained() bool {
	c := &b.consumer
	barrierEverywhere()
	was := b.control.end.Load() // loaded before the slot: an item accepted by now is visible
	switch {
	case was&endSealed != 0:
		c.ended = true
	case !b.arrived():
		c.ended = b.control.end.CompareAndSwap(was, c.next<<1|endSealed)
	}
	return c.ended
}
