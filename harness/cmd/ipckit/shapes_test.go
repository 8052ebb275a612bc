package main

import (
	"runtime"
	"time"

	"github.com/ipckit/ipckit/harness/subject"
)

// Shaped implementations do what another does, and no more than narrow claims say:
// what the claims leave out they refuse, so that a spec which asks for it is seen.

// fits reports whether a range has a number.
func fits(r *subject.Range, n int64) bool { return n >= int64(r.Min) && n <= int64(r.Max) }

// A container has the shape of a bounded buffer or of a mailbox.
type container struct {
	item     subject.Item
	capacity subject.Capacity
	reserved int64 // slots that stay empty
	spins    bool
}

// inside translates a shape for the implementation inside.
func (c container) inside(s subject.Shape) (subject.Shape, error) {
	_, most := c.item.Bounds()
	unit := c.capacity.Items
	if unit == nil {
		unit = c.capacity.Bytes
	}
	switch {
	case s.Capacity == subject.Unbounded:
		return s, nil
	case !fits(unit, s.Capacity):
		return s, subject.Errorf(subject.Invalid, "capacity %d", s.Capacity)
	case s.ItemMax < 0 || s.ItemMax > int64(most):
		return s, subject.Errorf(subject.Invalid, "items of %d bytes", s.ItemMax)
	}
	if c.capacity.Bytes != nil {
		s.Capacity = max(s.Capacity/max(s.ItemMax, 1), 1)
	}
	s.Capacity -= c.reserved
	return s, nil
}

// takes refuses an item of a length that is not claimed.
func (c container) takes(n int) error {
	least, most := c.item.Bounds()
	switch {
	case int64(n) > int64(most):
		return subject.Errorf(subject.TooLarge, "%d bytes", n)
	case int64(n) < int64(least):
		return subject.Errorf(subject.Invalid, "%d bytes", n)
	}
	return nil
}

// waits waits as claimed: by itself, or asking again and again.
func (c container) waits(wait subject.Wait, refusal subject.Kind, try func(subject.Wait) error) error {
	if !c.spins || wait == subject.Never {
		return try(wait)
	}
	for began := time.Now(); ; runtime.Gosched() {
		if err := try(subject.Never); subject.KindOf(err) != refusal {
			return err
		}
		if wait != subject.Forever && time.Since(began) > time.Duration(wait) {
			return subject.Errorf(subject.Timeout, "after %v", time.Duration(wait))
		}
	}
}

type shapedBuffers struct {
	container
	subject.Buffers
}

func (s shapedBuffers) Create(name string, shape subject.Shape) (subject.Buffer, error) {
	shape, err := s.inside(shape)
	if err != nil {
		return nil, err
	}
	b, err := s.Buffers.Create(name, shape)
	return shapedBuffer{s.container, b}, err
}

func (s shapedBuffers) Open(name string) (subject.Buffer, error) {
	b, err := s.Buffers.Open(name)
	return shapedBuffer{s.container, b}, err
}

type shapedBuffer struct {
	container
	subject.Buffer
}

func (b shapedBuffer) Put(item []byte, wait subject.Wait) error {
	if err := b.takes(len(item)); err != nil {
		return err
	}
	return b.waits(wait, subject.Full, func(w subject.Wait) error { return b.Buffer.Put(item, w) })
}

func (b shapedBuffer) Get(into []byte, wait subject.Wait) (n int, err error) {
	err = b.waits(wait, subject.Empty, func(w subject.Wait) error { n, err = b.Buffer.Get(into, w); return err })
	return n, err
}

func (b shapedBuffer) Close() error { return b.Buffer.(subject.Closer).Close() }

type shapedMailboxes struct {
	container
	subject.Mailboxes
}

func (s shapedMailboxes) Create(name string, shape subject.Shape) (subject.Mailbox, error) {
	shape, err := s.inside(shape)
	if err != nil {
		return nil, err
	}
	m, err := s.Mailboxes.Create(name, shape)
	return shapedMailbox{s.container, m}, err
}

func (s shapedMailboxes) Open(name string) (subject.Mailbox, error) {
	m, err := s.Mailboxes.Open(name)
	return shapedMailbox{s.container, m}, err
}

type shapedMailbox struct {
	container
	subject.Mailbox
}

func (m shapedMailbox) Send(message []byte, wait subject.Wait) error {
	if err := m.takes(len(message)); err != nil {
		return err
	}
	return m.waits(wait, subject.Full, func(w subject.Wait) error { return m.Mailbox.Send(message, w) })
}

func (m shapedMailbox) Receive(into []byte, wait subject.Wait) (n int, err error) {
	err = m.waits(wait, subject.Empty, func(w subject.Wait) error { n, err = m.Mailbox.Receive(into, w); return err })
	return n, err
}

func (m shapedMailbox) Close() error  { return m.Mailbox.(subject.Closer).Close() }
func (m shapedMailbox) Cancel() error { return m.Mailbox.(subject.Canceler).Cancel() }

// receipt ends the names of the parties over which receipts come.
const receipt = "-receipt"

// shapedParties have links whose sends wait for the receipt, where they are
// synchronous, or whose messages run into each other, where they are streams.
type shapedParties struct {
	container
	subject.Parties
	synchronous, stream bool
}

func (s shapedParties) Join(name string) (subject.Party, error) {
	p, err := s.Parties.Join(name)
	if err != nil || !s.synchronous {
		return shapedParty{s, p, nil}, err
	}
	receipts, err := s.Parties.Join(name + receipt)
	return shapedParty{s, p, receipts}, err
}

type shapedParty struct {
	shape shapedParties
	subject.Party
	receipts subject.Party
}

func (p shapedParty) Link(peer string) (subject.Link, error) {
	l, err := p.Party.Link(peer)
	if err != nil || p.receipts == nil {
		return &shapedLink{Link: l, shape: p.shape}, err
	}
	receipts, err := p.receipts.Link(peer + receipt)
	return &shapedLink{Link: l, shape: p.shape, receipts: receipts}, err
}

func (p shapedParty) Leave() error {
	err := p.Party.Leave()
	if p.receipts != nil {
		_ = p.receipts.Leave()
	}
	return err
}

type shapedLink struct {
	subject.Link
	shape    shapedParties
	receipts subject.Link
	rest     []byte // of a stream: of a message that was received in part
}

func (l *shapedLink) Send(message []byte, wait subject.Wait) error {
	if err := l.shape.takes(len(message)); err != nil {
		return err
	}
	if l.receipts == nil {
		return l.shape.waits(wait, subject.Full, func(w subject.Wait) error { return l.Link.Send(message, w) })
	}
	if wait != subject.Forever {
		return subject.Errorf(subject.Full, "a send waits for the receipt")
	}
	if err := l.Link.Send(message, wait); err != nil {
		return err
	}
	_, err := l.receipts.Receive(make([]byte, 1), wait)
	return err
}

func (l *shapedLink) Receive(into []byte, wait subject.Wait) (n int, err error) {
	take := into
	if l.shape.stream {
		if len(l.rest) == 0 {
			_, most := l.shape.item.Bounds()
			l.rest, take = nil, make([]byte, most)
		} else {
			n = copy(into, l.rest)
			l.rest = l.rest[n:]
			return n, nil
		}
	}
	err = l.shape.waits(wait, subject.Empty, func(w subject.Wait) error { n, err = l.Link.Receive(take, w); return err })
	if err == nil && l.receipts != nil {
		err = l.receipts.Send([]byte{1}, subject.Forever)
	}
	switch {
	case err != nil || !l.shape.stream:
		return n, err
	case n == 0: // nothing of a stream
		return l.Receive(into, wait)
	}
	l.rest = take[:n]
	return l.Receive(into, wait)
}

func (l *shapedLink) Cancel() error { return l.Link.(subject.Canceler).Cancel() }

func (l *shapedLink) Detach() error {
	err := l.Link.Detach()
	if l.receipts != nil {
		_ = l.receipts.Detach()
	}
	return err
}

type shapedRegions struct {
	subject.Regions
	maximum int64 // bytes
}

func (s shapedRegions) Create(name string, size int64) (subject.Region, error) {
	if size > s.maximum {
		return nil, subject.Errorf(subject.NoSpace, "%d bytes", size)
	}
	return s.Regions.Create(name, size)
}

type shapedLocks struct {
	subject.Locks
	container
}

func (s shapedLocks) Create(name string) (subject.Lock, error) {
	l, err := s.Locks.Create(name)
	return shapedLock{l, s.container}, err
}

func (s shapedLocks) Open(name string) (subject.Lock, error) {
	l, err := s.Locks.Open(name)
	return shapedLock{l, s.container}, err
}

type shapedLock struct {
	subject.Lock
	container
}

func (l shapedLock) Acquire(wait subject.Wait) error {
	return l.waits(wait, subject.Timeout, l.Lock.Acquire)
}

type shapedSemaphores struct {
	subject.Semaphores
	container
	maximum *subject.Range
}

func (s shapedSemaphores) Create(name string, stock subject.Stock) (subject.Semaphore, error) {
	if !fits(s.maximum, stock.Maximum) {
		return nil, subject.Errorf(subject.Invalid, "maximum %d", stock.Maximum)
	}
	x, err := s.Semaphores.Create(name, stock)
	return shapedSemaphore{x, s.container}, err
}

func (s shapedSemaphores) Open(name string) (subject.Semaphore, error) {
	x, err := s.Semaphores.Open(name)
	return shapedSemaphore{x, s.container}, err
}

type shapedSemaphore struct {
	subject.Semaphore
	container
}

func (x shapedSemaphore) Wait(wait subject.Wait) error {
	return x.waits(wait, subject.Timeout, x.Semaphore.Wait)
}

type shapedRWLocks struct {
	subject.RWLocks
	container
}

func (s shapedRWLocks) Create(name string) (subject.RWLock, error) {
	l, err := s.RWLocks.Create(name)
	return shapedRWLock{l, s.container}, err
}

func (s shapedRWLocks) Open(name string) (subject.RWLock, error) {
	l, err := s.RWLocks.Open(name)
	return shapedRWLock{l, s.container}, err
}

type shapedRWLock struct {
	subject.RWLock
	container
}

func (l shapedRWLock) Read(wait subject.Wait) error {
	return l.waits(wait, subject.Timeout, l.RWLock.Read)
}

func (l shapedRWLock) Write(wait subject.Wait) error {
	return l.waits(wait, subject.Timeout, l.RWLock.Write)
}

type shapedSnapshots struct {
	subject.Snapshots
	container
}

func (s shapedSnapshots) Create(name string, recordMax int64) (subject.Snapshot, error) {
	if err := s.takes(int(max(recordMax, 0))); err != nil {
		return nil, err
	}
	x, err := s.Snapshots.Create(name, recordMax)
	return shapedSnapshot{x, s.container}, err
}

func (s shapedSnapshots) Open(name string) (subject.Snapshot, error) {
	x, err := s.Snapshots.Open(name)
	return shapedSnapshot{x, s.container}, err
}

type shapedSnapshot struct {
	subject.Snapshot
	container
}

func (x shapedSnapshot) Publish(record []byte) error {
	if err := x.takes(len(record)); err != nil {
		return err
	}
	return x.Snapshot.Publish(record)
}
