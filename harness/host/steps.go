package host

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/scratch"
	"github.com/ipckit/ipckit/harness/subject"
)

// A worker is one process of a workload whose processes watch each other.
type worker struct {
	h       *host
	request protocol.Request
	index   int
	scratch *scratch.File
	own     *scratch.Own

	wrong, refused int64
	reply          protocol.Reply
	finish         func() // completes the reply; nil where there is nothing to add
}

// A step is what is done count times, with i from 0.
type step func(i int64) error

// steps carries out a workload that is no transfer of items.
func (h *host) steps(r protocol.Request, object any) (_ protocol.Reply, err error) {
	count, err := need(r, "count", r.Count)
	if err != nil {
		return protocol.Reply{}, err
	}
	if count < 0 {
		return protocol.Reply{}, subject.Errorf(subject.Invalid, "%d steps make no sense", count)
	}
	s, own, err := shareScratch(r)
	if err != nil {
		return protocol.Reply{}, err
	}
	defer s.Close()
	p := &worker{h: h, request: r, index: int(*r.Index), scratch: s, own: own}
	do, err := p.role(object)
	if err != nil {
		return protocol.Reply{}, err
	}
	err = p.run(do, count)
	return p.reply, err
}

// shareScratch maps the scratch file of a workload, with the words of this
// process in it.
func shareScratch(r protocol.Request) (*scratch.File, *scratch.Own, error) {
	index, err := need(r, "index", r.Index)
	switch {
	case err != nil:
		return nil, nil, err
	case index < 0 || index >= scratch.Processes:
		return nil, nil, subject.Errorf(subject.Invalid, "process %d: want an index of 0 to %d", index, scratch.Processes-1)
	}
	s, err := scratch.Open(r.Scratch)
	if err != nil {
		return nil, nil, subject.Errorf(subject.Invalid, "scratch: %v", err)
	}
	return s, s.Of(int(index)), nil
}

// run does the steps. The reply says how far it came also where it ended with
// an error.
func (p *worker) run(do step, count int64) (err error) {
	var done int64
	for ; done < count && err == nil; done++ {
		if err = do(done); err == nil {
			p.h.finished.Add(1)
		}
	}
	if err != nil {
		done--
	}
	p.reply.Done = &done
	if protocol.Judges(p.request.Role) {
		p.reply.Wrong, p.reply.Refused = &p.wrong, &p.refused
	}
	if p.finish != nil {
		p.finish()
	}
	return err
}

// role finds what a step is.
func (p *worker) role(object any) (step, error) {
	r := p.request
	switch o := object.(type) {
	case *lock:
		switch r.Role {
		case protocol.RoleLock:
			return p.locking(o), nil
		case protocol.RoleAgain:
			return p.again(o), nil
		}
	case *rwlock:
		switch r.Role {
		case protocol.RoleRead:
			return p.reading(o), nil
		case protocol.RoleWrite:
			return p.writing(o), nil
		}
	case *semaphore:
		return p.counting(o)
	case *snapshot:
		return p.recording(o)
	case subject.Region:
		if w, ok := o.(subject.Words); ok {
			return p.wording(o, w)
		}
		return nil, &protocol.Unsupported{Operation: "workload on words"}
	}
	return nil, p.misfit()
}

func (p *worker) misfit() error {
	return subject.Errorf(subject.Invalid, "role %q does not fit the object with the handle %q", p.request.Role, p.request.Object)
}

// fault notes that step i saw what must not be.
func (p *worker) fault(i int64, format string, args ...any) {
	if p.wrong == 0 {
		p.reply.WrongAt, p.reply.WrongText = &i, fmt.Sprintf(format, args...)
	}
	p.wrong++
}

// granted asks until it is granted.
func (p *worker) granted(ask func(subject.Wait) error) (ownerDied bool, err error) {
	for {
		switch err := ask(wait(p.request)); subject.KindOf(err) {
		case "":
			return false, nil
		case subject.OwnerDead:
			return true, nil
		case subject.Timeout:
			p.refused++
			giveWay()
		default:
			return false, err
		}
	}
}

// released names the operation in the error of a refused release: a refused
// acquire is the more usual error.
func released(err error) error {
	var refused *subject.Error
	if !errors.As(err, &refused) {
		return err
	}
	return subject.Errorf(refused.Kind, "%s", strings.TrimSuffix("release: "+refused.Text, ": "))
}

// linger stays for a moment, long enough for another to come in if it can. Now
// and then it gives up the processor in the middle, or sleeps, so that another
// can also where there are few processors, or many processes.
func linger(i int64) {
	switch {
	case i%32 == 31:
		_ = unix.Nanosleep(&unix.Timespec{Nsec: 50_000}, nil)
	case i%4 == 3:
		giveWay()
	default:
		for range 500 {
			pause()
		}
	}
}

// pause is not inlined, so that a loop around it takes time.
//
//go:noinline
func pause() {}

func giveWay() { _, _, _ = unix.RawSyscall(unix.SYS_SCHED_YIELD, 0, 0, 0) }

// alone is what a process does inside where no other may be.
func (p *worker) alone(i int64, ownerDied bool) {
	s := p.scratch
	if ownerDied {
		p.repair()
	}
	p.own.Presence.Store(scratch.Alone)
	if n := s.Inside(p.index, scratch.Beside); n > 0 {
		p.fault(i, "%d others were inside at the same time", n)
	}
	before := s.Counter()
	if !p.recordIs(before) {
		p.fault(i, "the record that the last one inside wrote is not what its counter says, %d: %d", before, s.Record())
	}
	linger(i)
	s.SetCounter(before + 1)
	s.SetRecord(before + 1)
	if n := s.Inside(p.index, scratch.Beside); n > 0 {
		p.fault(i, "%d others were inside at the same time", n)
	}
	p.own.Presence.Store(scratch.Outside)
}

// repair puts right what a process that died inside alone left.
func (p *worker) repair() {
	for i := range scratch.Processes {
		p.scratch.Of(i).Presence.CompareAndSwap(scratch.Alone, scratch.Outside)
	}
	p.scratch.SetRecord(p.scratch.Counter())
}

func (p *worker) recordIs(n uint64) bool {
	for _, word := range p.scratch.Record() {
		if word != n {
			return false
		}
	}
	return true
}

func (p *worker) locking(l *lock) step {
	return func(i int64) error {
		died, err := p.granted(l.Acquire)
		if err != nil {
			return err
		}
		p.alone(i, died)
		return released(l.Release())
	}
}

// again gives the lock up and takes it again at once: a process that waits for it
// meanwhile is either let in or overtaken.
func (p *worker) again(l *lock) step {
	return func(i int64) error {
		if err := released(l.Release()); err != nil {
			return err
		}
		died, err := p.granted(l.Acquire)
		if err != nil {
			return err
		}
		p.alone(i, died)
		return nil
	}
}

func (p *worker) writing(l *rwlock) step {
	return func(i int64) error {
		died, err := p.granted(l.Write)
		if err != nil {
			return err
		}
		p.alone(i, died)
		return released(l.Release())
	}
}

func (p *worker) reading(l *rwlock) step {
	return func(i int64) error {
		died, err := p.granted(l.Read)
		if err != nil {
			return err
		}
		s := p.scratch
		p.own.Presence.Store(scratch.Beside)
		for range 2 {
			if died {
				break // what the dead writer left is for the next writer to put right
			}
			if n := s.Inside(p.index, scratch.Alone); n > 0 {
				p.fault(i, "%d writers were inside at the same time as this reader", n)
			}
			if n := s.Counter(); !p.recordIs(n) || s.Counter() != n {
				p.fault(i, "the record is not what its counter says, %d: %d", n, s.Record())
			}
			linger(i)
		}
		p.own.Presence.Store(scratch.Outside)
		return released(l.Release())
	}
}
