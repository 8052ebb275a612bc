package main

import (
	"encoding/binary"
	"hash/crc32"
	"runtime"
	"time"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/impl/reference"
)

// Twins are correct implementations of unusual shape: the reference's objects used
// for what they were not made for, and what they carry, changed on the way.

// passing has items go through a buffer or mailbox in another form.
type passing struct {
	in   func(item []byte) []byte
	out  func(form []byte) []byte
	more int64                    // bytes of the form beside the item
	rest func(wait time.Duration) // before each operation; nil: none
	kind func(error) error        // of refusals; nil: as they are
	name func(string) string      // of objects; nil: as they are
	poll bool                     // waits by asking again, less and less often
}

func (p passing) refused(err error) error {
	if p.kind == nil || err == nil {
		return err
	}
	return p.kind(err)
}

func (p passing) called(name string) string {
	if p.name == nil {
		return name
	}
	return p.name(name)
}

func (p passing) put(item []byte, wait subject.Wait, put func([]byte, subject.Wait) error) error {
	if p.rest != nil {
		p.rest(50 * time.Microsecond)
	}
	form := item
	if p.in != nil {
		form = p.in(item)
	}
	return p.refused(p.waits(wait, subject.Full, func(w subject.Wait) error { return put(form, w) }))
}

func (p passing) get(into []byte, wait subject.Wait, get func([]byte, subject.Wait) (int, error)) (n int, err error) {
	form := into
	if p.more > 0 {
		form = make([]byte, int64(len(into))+p.more)
	}
	err = p.refused(p.waits(wait, subject.Empty, func(w subject.Wait) error { n, err = get(form, w); return err }))
	switch {
	case err != nil:
		return 0, err
	case p.out == nil:
		return n, nil
	}
	return copy(into, p.out(form[:n])), nil
}

// waits asks again and again, with pauses that grow to a hundredth of a second where
// nothing comes for long.
func (p passing) waits(wait subject.Wait, refusal subject.Kind, try func(subject.Wait) error) error {
	if !p.poll || wait == subject.Never {
		return try(wait)
	}
	began := time.Now()
	for pause := time.Microsecond; ; pause = min(2*pause, 40*time.Millisecond) {
		if err := try(subject.Never); subject.KindOf(err) != refusal {
			return err
		}
		if wait != subject.Forever && time.Since(began) > time.Duration(wait) {
			return subject.Errorf(subject.Timeout, "after %v", time.Duration(wait))
		}
		time.Sleep(pause)
	}
}

type passingBuffers struct {
	passing
	subject.Buffers
}

func (b passingBuffers) Create(name string, s subject.Shape) (subject.Buffer, error) {
	if s.ItemMax >= 0 {
		s.ItemMax += b.more
	}
	x, err := b.Buffers.Create(b.called(name), s)
	return passingBuffer{b.passing, x}, err
}

func (b passingBuffers) Open(name string) (subject.Buffer, error) {
	x, err := b.Buffers.Open(b.called(name))
	return passingBuffer{b.passing, x}, err
}

func (b passingBuffers) Unlink(name string) error { return b.Buffers.Unlink(b.called(name)) }

type passingBuffer struct {
	passing
	subject.Buffer
}

func (b passingBuffer) Put(item []byte, wait subject.Wait) error {
	return b.put(item, wait, b.Buffer.Put)
}

func (b passingBuffer) Get(into []byte, wait subject.Wait) (int, error) {
	return b.get(into, wait, b.Buffer.Get)
}

func (b passingBuffer) Close() error { return b.Buffer.(subject.Closer).Close() }

// boxed are mailboxes used as buffers.
type boxed struct{ subject.Mailboxes }

func (b boxed) Create(name string, s subject.Shape) (subject.Buffer, error) {
	if s.Capacity < 1 { // a mailbox may hold none, or any number
		return nil, subject.Errorf(subject.Invalid, "capacity %d", s.Capacity)
	}
	m, err := b.Mailboxes.Create(name, s)
	return boxedBuffer{m}, err
}

func (b boxed) Open(name string) (subject.Buffer, error) {
	m, err := b.Mailboxes.Open(name)
	return boxedBuffer{m}, err
}

type boxedBuffer struct{ subject.Mailbox }

func (b boxedBuffer) Put(item []byte, wait subject.Wait) error        { return b.Send(item, wait) }
func (b boxedBuffer) Get(into []byte, wait subject.Wait) (int, error) { return b.Receive(into, wait) }
func (b boxedBuffer) Close() error                                    { return b.Mailbox.(subject.Closer).Close() }

// letters are buffers used as mailboxes.
type letters struct{ subject.Buffers }

func (l letters) Create(name string, s subject.Shape) (subject.Mailbox, error) {
	b, err := l.Buffers.Create(name, s)
	return letterBox{b}, err
}

func (l letters) Open(name string) (subject.Mailbox, error) {
	b, err := l.Buffers.Open(name)
	return letterBox{b}, err
}

type letterBox struct{ subject.Buffer }

func (l letterBox) Send(message []byte, wait subject.Wait) error        { return l.Put(message, wait) }
func (l letterBox) Receive(into []byte, wait subject.Wait) (int, error) { return l.Get(into, wait) }
func (l letterBox) Close() error                                        { return l.Buffer.(subject.Closer).Close() }

// A gate is a lock of another object: it enters and leaves.
type gate[O any] struct {
	create, open  func(name string) (O, error)
	enter         func(object O, wait subject.Wait) error
	leave, detach func(object O) error
	unlink        func(name string) error
	taken         subject.Kind // how enter is refused
	spins         bool         // enter does not wait
}

type gateLock[O any] struct {
	gate   gate[O]
	object O
}

func (g gate[O]) Create(name string) (subject.Lock, error) {
	o, err := g.create(name)
	return gateLock[O]{g, o}, err
}

func (g gate[O]) Open(name string) (subject.Lock, error) {
	o, err := g.open(name)
	return gateLock[O]{g, o}, err
}

func (g gate[O]) Unlink(name string) error { return g.unlink(name) }

func (l gateLock[O]) Acquire(wait subject.Wait) error {
	c := container{spins: l.gate.spins}
	err := c.waits(wait, l.gate.taken, func(w subject.Wait) error { return l.gate.enter(l.object, w) })
	if subject.KindOf(err) == l.gate.taken {
		return subject.Errorf(subject.Timeout, "taken")
	}
	return err
}

func (l gateLock[O]) Release() error { return l.gate.leave(l.object) }
func (l gateLock[O]) Detach() error  { return l.gate.detach(l.object) }

// full is a lock that a full buffer of one item is: free is empty.
func full(b subject.Buffers) subject.Locks {
	return gate[subject.Buffer]{
		create: func(name string) (subject.Buffer, error) {
			return b.Create(name, subject.Shape{Capacity: 1, ItemMax: 1})
		},
		open: b.Open, unlink: b.Unlink, taken: subject.Full,
		enter:  func(x subject.Buffer, wait subject.Wait) error { return x.Put([]byte{1}, wait) },
		leave:  func(x subject.Buffer) error { _, err := x.Get(make([]byte, 1), subject.Never); return err },
		detach: subject.Buffer.Detach,
	}
}

func one(s subject.Semaphores) subject.Locks {
	return gate[subject.Semaphore]{
		create: func(name string) (subject.Semaphore, error) {
			return s.Create(name, subject.Stock{Initial: 1, Maximum: 1})
		},
		open: s.Open, unlink: s.Unlink, taken: subject.Timeout,
		enter: subject.Semaphore.Wait, leave: subject.Semaphore.Post, detach: subject.Semaphore.Detach,
	}
}

func writers(l subject.RWLocks) subject.Locks {
	return gate[subject.RWLock]{
		create: l.Create, open: l.Open, unlink: l.Unlink, taken: subject.Timeout,
		enter: subject.RWLock.Write, leave: subject.RWLock.Release, detach: subject.RWLock.Detach,
	}
}

// lockInWords is a lock in words of a region, which reads as free when it is new: swapped
// from 0 to 1, or drawn as tickets.
func lockInWords(r subject.Regions, tickets bool) subject.Locks {
	const next, serving = 0, 8
	taken := subject.Errorf(subject.Timeout, "taken")
	return gate[subject.Region]{
		create: func(name string) (subject.Region, error) { return r.Create(name, 64) },
		open:   func(name string) (subject.Region, error) { return r.Open(name, false) },
		unlink: r.Unlink, taken: subject.Timeout, spins: !tickets, detach: subject.Region.Detach,
		enter: func(x subject.Region, wait subject.Wait) error {
			w := x.(subject.Words)
			if !tickets {
				if _, swapped, err := w.CompareAndSwap(next, 0, 1); err != nil || swapped {
					return err
				}
				return taken
			}
			if wait != subject.Forever {
				now, _ := w.Load(serving)
				if _, swapped, err := w.CompareAndSwap(next, now, now+1); err != nil || swapped {
					return err
				}
				return taken
			}
			mine, err := w.Add(next, 1)
			for err == nil {
				if now, _ := w.Load(serving); now == mine {
					break
				}
				runtime.Gosched()
			}
			return err
		},
		leave: func(x subject.Region) error {
			if tickets {
				_, err := x.(subject.Words).Add(serving, 1)
				return err
			}
			return x.(subject.Words).Store(next, 0)
		},
	}
}

// behind are regions behind a header in larger ones.
type behind struct{ subject.Regions }

const behindHeader = 64

func (b behind) Create(name string, size int64) (subject.Region, error) {
	if size < 1 || size > 1<<40 {
		return nil, subject.Errorf(subject.Invalid, "%d bytes", size)
	}
	r, err := b.Regions.Create(name, size+behindHeader)
	return behindRegion{r}, err
}

func (b behind) Open(name string, readOnly bool) (subject.Region, error) {
	r, err := b.Regions.Open(name, readOnly)
	return behindRegion{r}, err
}

type behindRegion struct{ subject.Region }

func (r behindRegion) Size() int64 { return r.Region.Size() - behindHeader }

func (r behindRegion) ReadAt(p []byte, offset int64) (int, error) {
	if offset < 0 || offset > r.Size() {
		return 0, subject.Errorf(subject.Invalid, "offset %d", offset)
	}
	return r.Region.ReadAt(p, offset+behindHeader)
}

func (r behindRegion) WriteAt(p []byte, offset int64) (int, error) {
	if offset < 0 || offset > r.Size() {
		return 0, subject.Errorf(subject.Invalid, "offset %d", offset)
	}
	return r.Region.WriteAt(p, offset+behindHeader)
}

// sequenced are snapshots in a region, whose sequence number is odd while a writer
// is inside; a new region reads as one without a record.
type sequenced struct{ subject.Regions }

const (
	sequence, length, record = 0, 8, 64 // offsets
	recordMax                = 1000     // bytes
)

func (s sequenced) Create(name string, size int64) (subject.Snapshot, error) {
	if size < 0 || size > recordMax {
		return nil, subject.Errorf(subject.Invalid, "records of %d bytes", size)
	}
	r, err := s.Regions.Create(name, record+recordMax)
	return sequencedRecord{r, size}, err
}

func (s sequenced) Open(name string) (subject.Snapshot, error) {
	r, err := s.Regions.Open(name, false)
	return sequencedRecord{r, recordMax}, err
}

type sequencedRecord struct {
	subject.Region
	most int64
}

func (s sequencedRecord) Publish(data []byte) error {
	if int64(len(data)) > s.most {
		return subject.Errorf(subject.TooLarge, "%d bytes", len(data))
	}
	w := s.Region.(subject.Words)
	for {
		now, err := w.Load(sequence)
		if err != nil {
			return err
		}
		if _, swapped, _ := w.CompareAndSwap(sequence, now&^1, now|1); swapped {
			break
		}
		runtime.Gosched()
	}
	_ = w.Store(length, uint64(len(data))+1)
	_, err := s.WriteAt(data, record)
	_, _ = w.Add(sequence, 1)
	return err
}

func (s sequencedRecord) Read(into []byte) (int, error) {
	w := s.Region.(subject.Words)
	for ; ; runtime.Gosched() {
		before, err := w.Load(sequence)
		if err != nil {
			return 0, err
		}
		if before%2 == 1 {
			continue
		}
		size, _ := w.Load(length)
		data := make([]byte, max(int64(size)-1, 0))
		_, err = s.ReadAt(data, record)
		if after, _ := w.Load(sequence); after != before {
			continue
		}
		switch {
		case size == 0:
			return 0, subject.Errorf(subject.Empty, "")
		case err != nil:
			return 0, err
		case len(data) > len(into):
			return 0, subject.Errorf(subject.TooLarge, "%d bytes", len(data))
		}
		return copy(into, data), nil
	}
}

// masked is an item with its bytes inverted.
func masked(item []byte) []byte {
	form := make([]byte, len(item))
	for i, b := range item {
		form[i] = ^b
	}
	return form
}

// summed is an item with its checksum, and checked is the item of that.
func summed(item []byte) []byte {
	return binary.LittleEndian.AppendUint32(append([]byte{}, item...), crc32.ChecksumIEEE(item))
}

func checked(form []byte) []byte {
	item := form[:max(len(form)-4, 0)]
	if len(form) < 4 || crc32.ChecksumIEEE(item) != binary.LittleEndian.Uint32(form[len(item):]) {
		panic("the checksum is wrong")
	}
	return item
}

// invalid has what is too large refused as an argument that makes no sense.
func invalid(err error) error {
	if subject.KindOf(err) == subject.TooLarge {
		return subject.Errorf(subject.Invalid, "%v", err)
	}
	return err
}

func prefixed(name string) string {
	if len(name) < 2 || name[0] != '/' {
		return name
	}
	return "/twin-" + name[1:]
}

// twin is a twin's subject: what it has is what it claims.
func twin(change func(*subject.Subject)) func() subject.Subject {
	return func() subject.Subject {
		r := reference.Subject()
		s := subject.Subject{
			Regions: r.Regions, Locks: r.Locks, Semaphores: r.Semaphores, RWLocks: r.RWLocks, Snapshots: r.Snapshots,
			OneToOne: r.OneToOne, Many: r.Many, Mailboxes: r.Mailboxes, Parties: r.Parties,
		}
		s.Claims.Subject = "twin"
		change(&s)
		return s
	}
}

var twinBuffer = subject.BufferProfile{Capacity: items(1, 64), Item: subject.Item{Max: 256}, Waiting: "sleep", Close: true}

// buffers is a twin with buffers of one kind; extended is what else it claims.
func buffers(many bool, change func(subject.Subject) subject.Buffers, extended ...string) func() subject.Subject {
	return twin(func(s *subject.Subject) {
		b, p := change(*s), twinBuffer
		if s.Claims.Profiles.OneToOne, s.OneToOne = &p, b; many {
			s.Claims.Profiles.OneToOne, s.Claims.Profiles.Many, s.Many = nil, &p, b
		}
		s.Claims.Extended = extended
	})
}

func boxes(change func(subject.Subject) subject.Mailboxes) func() subject.Subject {
	return twin(func(s *subject.Subject) {
		s.Mailboxes = change(*s)
		s.Claims.Profiles.Mailbox = &subject.MailboxProfile{Capacity: items(1, 64), Item: subject.Item{Max: 256}, Waiting: "sleep", Close: true}
	})
}

func locks(waiting string, change func(subject.Subject) subject.Locks) func() subject.Subject {
	return twin(func(s *subject.Subject) {
		s.Locks = change(*s)
		s.Claims.Profiles.Lock = &subject.LockProfile{Waiting: waiting}
	})
}

// twins by name.
func twins() map[string]func() subject.Subject {
	changed := func(p passing) func(subject.Subject) subject.Buffers {
		return func(s subject.Subject) subject.Buffers { return passingBuffers{p, s.Many} }
	}
	mask, sum := passing{in: masked, out: masked}, passing{in: summed, out: checked, more: 4}
	return map[string]func() subject.Subject{
		"twin: one-to-one in a buffer of many":   buffers(false, func(s subject.Subject) subject.Buffers { return s.Many }, "BUF-DEADLINE"),
		"twin: one-to-one in a mailbox":          buffers(false, func(s subject.Subject) subject.Buffers { return boxed{s.Mailboxes} }, "BUF-DEADLINE"),
		"twin: many in a mailbox":                buffers(true, func(s subject.Subject) subject.Buffers { return boxed{s.Mailboxes} }, "BUF-DEADLINE"),
		"twin: many, masked":                     buffers(true, changed(mask), "BUF-DEADLINE"),
		"twin: one-to-one, masked in a mailbox":  buffers(false, func(s subject.Subject) subject.Buffers { return passingBuffers{mask, boxed{s.Mailboxes}} }),
		"twin: many, with checksums":             buffers(true, changed(sum), "BUF-DEADLINE"),
		"twin: many, asked less and less often":  buffers(true, changed(passing{poll: true}), "BUF-DEADLINE"),
		"twin: many, slow":                       buffers(true, changed(passing{rest: time.Sleep})),
		"twin: many, too large is invalid":       buffers(true, changed(passing{kind: invalid})),
		"twin: many, other names":                buffers(true, changed(passing{name: prefixed})),
		"twin: mailbox in a buffer":              boxes(func(s subject.Subject) subject.Mailboxes { return letters{s.Many} }),
		"twin: mailbox in a buffer, masked":      boxes(func(s subject.Subject) subject.Mailboxes { return letters{passingBuffers{mask, s.Many}} }),
		"twin: mailbox in a buffer in a mailbox": boxes(func(s subject.Subject) subject.Mailboxes { return letters{boxed{s.Mailboxes}} }),
		"twin: mailbox, with checksums":          boxes(func(s subject.Subject) subject.Mailboxes { return letters{passingBuffers{sum, boxed{s.Mailboxes}}} }),
		"twin: lock, a full buffer":              locks("sleep", func(s subject.Subject) subject.Locks { return full(s.Many) }),
		"twin: lock, a full mailbox":             locks("sleep", func(s subject.Subject) subject.Locks { return full(boxed{s.Mailboxes}) }),
		"twin: lock, a semaphore of one":         locks("sleep", func(s subject.Subject) subject.Locks { return one(s.Semaphores) }),
		"twin: lock, the writer of an rwlock":    locks("sleep", func(s subject.Subject) subject.Locks { return writers(s.RWLocks) }),
		"twin: lock, a word that is swapped":     locks("spin", func(s subject.Subject) subject.Locks { return lockInWords(s.Regions, false) }),
		"twin: lock, tickets":                    locks("spin", func(s subject.Subject) subject.Locks { return lockInWords(s.Regions, true) }),
		"twin: regions behind a header": twin(func(s *subject.Subject) {
			s.Regions = behind{s.Regions}
			s.Claims.Profiles.Region = &subject.RegionProfile{Maximum: 1 << 20}
		}),
		"twin: snapshots with a sequence number": twin(func(s *subject.Subject) {
			s.Snapshots = sequenced{s.Regions}
			s.Claims.Profiles.Snapshot = &subject.SnapshotProfile{Record: subject.Item{Max: recordMax}}
		}),
		"twin: ints that come again": func() subject.Subject {
			s := reference.AtLeastOnce()
			s.Claims.Profiles.Mailbox.Item = subject.Item{Fixed: 4}
			return s
		},
	}
}
