package host

import (
	"math/rand/v2"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// A recorded workload is one whose operations are written down, each with its
// time, for a checker that judges them when all processes are done. Nothing is
// judged here.
type recorded struct {
	*history.Recorder
	h       *host
	request protocol.Request
	rand    *rand.Rand
	wait    subject.Wait
	tries   int64 // of 100 operations, how many do not wait
	think   int64 // the longest pause between two operations, ns
	count   int64 // of steps that have to succeed
	done    int64
	next    int64 // the number of the next item
}

// visibilityDelay is what is added to the end of each operation where no fence
// makes sure that its stores have arrived: ns, generous.
const visibilityDelay = 2000

// record carries out a recorded workload. That its file is full ends it too.
func (h *host) record(r protocol.Request) (reply protocol.Reply, err error) {
	object, ok := h.object(r.Object)
	if !ok {
		return reply, subject.Errorf(subject.Invalid, "no object has the handle %q", r.Object)
	}
	x, err := h.newRecorded(r)
	if err != nil {
		return reply, err
	}
	defer func() {
		if closed := x.Close(); err == nil && closed != nil {
			err = subject.Errorf(subject.IO, "history: %v", closed)
		}
	}()
	step, err := x.role(object)
	if err != nil {
		return reply, err
	}
	for more := true; more && x.done < x.count; {
		more, err = step()
		if err != nil {
			break
		}
		h.finished.Add(1)
		x.pause()
	}
	zero := int64(0)
	reply.Done = &x.done
	if protocol.Judges(r.Role) {
		reply.Wrong = &zero // nothing was compared yet
	}
	return reply, err
}

func (h *host) newRecorded(r protocol.Request) (*recorded, error) {
	x := &recorded{h: h, request: r, wait: wait(r)}
	var index int64
	for _, f := range []struct {
		name     string
		from, to *int64
	}{{"count", r.Count, &x.count}, {"index", r.Index, &index}, {"tries", r.Tries, &x.tries}, {"think", r.Think, &x.think}} {
		v, err := need(r, f.name, f.from)
		if err != nil {
			return nil, err
		}
		*f.to = v
	}
	if r.Seed == nil {
		return nil, subject.Errorf(subject.Invalid, "%s needs seed", r.Op)
	}
	if x.count < 0 || x.count > 1<<24 || index < 0 || index > 1<<16 || x.tries < 0 || x.tries > 100 || x.think < 0 {
		return nil, subject.Errorf(subject.Invalid, "a recorded workload of %d steps, %d %% tries and %d ns of thinking by process %d makes no sense", x.count, x.tries, x.think, index)
	}
	x.rand = rand.New(rand.NewPCG(*r.Seed, uint64(index)))
	options := history.Options{Process: uint32(index), Capacity: int(4*x.count + 64), Fence: history.FullFence}
	if runtime.GOARCH != "amd64" {
		options.Slack = visibilityDelay
	}
	recorder, err := history.Create(r.History, options)
	if err != nil {
		return nil, subject.Errorf(subject.IO, "%v", err)
	}
	x.Recorder = recorder
	return x, nil
}

// pause waits a while: most often not at all or a little, now and then as long as is
// allowed, so that other processes come in between, wherever they run.
func (x *recorded) pause() {
	if x.think == 0 {
		return
	}
	switch x.rand.IntN(16) {
	case 0:
		_ = unix.Nanosleep(&unix.Timespec{Nsec: x.rand.Int64N(x.think) + 1}, nil)
	case 1, 2:
		giveWay()
	case 3, 4, 5:
		for range x.rand.IntN(500) {
			pause()
		}
	}
}

// patience says whether the next operation waits. Attempts stop when the file
// has only room left for what has to be done.
func (x *recorded) patience() subject.Wait {
	if x.tries > 0 && x.Left() > 2*int(x.count-x.done)+8 && x.rand.Int64N(100) < x.tries {
		return subject.Never
	}
	return x.wait
}

// ended records how an operation ended. Granted says that it took effect; an
// error, that the workload cannot go on.
func (x *recorded) ended(err error, wait subject.Wait) (granted bool, _ error) {
	status := outcome(err, wait)
	x.End(status)
	if status == history.OK {
		x.next++
	}
	switch status {
	case history.OK:
		return true, nil
	case history.Unknown:
		return false, err
	}
	if wait == subject.Never {
		giveWay() // a process that polls must leave the processor to those it waits for
	}
	return false, nil
}

// outcome is how an operation's error stands in a history. What is no refusal
// that the contract knows may have taken effect or not.
func outcome(err error, wait subject.Wait) history.Status {
	switch subject.KindOf(err) {
	case "", subject.OwnerDead:
		return history.OK
	case subject.Full:
		return history.Full
	case subject.Empty:
		return history.Empty
	case subject.Closed:
		return history.EOF
	case subject.Timeout:
		if wait == subject.Never {
			return history.Failed
		}
		return history.Timeout
	}
	return history.Unknown
}

// role finds what a step is. A step says whether there can be another.
func (x *recorded) role(object any) (func() (bool, error), error) {
	switch o := object.(type) {
	case *queue:
		return x.transfer(o)
	case *lock:
		if x.request.Role == protocol.RoleLock {
			return x.section(history.Lock, history.Unlock, o.Acquire, o.Release), nil
		}
	case *rwlock:
		switch x.request.Role {
		case protocol.RoleRead:
			return x.section(history.LockRead, history.UnlockRead, o.Read, o.Release), nil
		case protocol.RoleWrite:
			return x.section(history.Lock, history.Unlock, o.Write, o.Release), nil
		}
	case *semaphore:
		switch x.request.Role {
		case protocol.RoleSemaphore:
			return x.section(history.Wait, history.Post, o.Wait, o.Post), nil
		case protocol.RoleWait:
			return x.one(history.Wait, o.Wait), nil
		case protocol.RolePost:
			return x.one(history.Post, func(subject.Wait) error { return o.Post() }), nil
		}
	case *snapshot:
		return x.publication(o)
	case subject.Region:
		if w, ok := o.(subject.Words); ok {
			return x.wording(w)
		}
		return nil, &protocol.Unsupported{Operation: "workload on words"}
	}
	return nil, (&worker{request: x.request}).misfit()
}

// section takes something, is inside for a moment, and gives it back.
func (x *recorded) section(take, give history.Kind, enter func(subject.Wait) error, leave func() error) func() (bool, error) {
	return func() (bool, error) {
		wait := x.patience()
		if x.Left() < 2 || !x.Begin(take, 0, 0, 0) {
			return false, nil
		}
		granted, err := x.ended(enter(wait), wait)
		if err != nil || !granted {
			return true, err
		}
		x.inside()
		x.Begin(give, 0, 0, 0)
		if _, err := x.ended(leave(), subject.Forever); err != nil {
			return false, err
		}
		x.done++
		return true, nil
	}
}

// inside stays for a moment, whatever the thinking time: without that a lock
// that lets two in would seldom show.
func (x *recorded) inside() {
	switch x.rand.IntN(24) {
	case 0:
		_ = unix.Nanosleep(&unix.Timespec{Nsec: 20_000}, nil)
	case 1, 2, 3:
		giveWay()
	default:
		for range x.rand.IntN(200) {
			pause()
		}
	}
}

// one is a single operation a step.
func (x *recorded) one(kind history.Kind, do func(subject.Wait) error) func() (bool, error) {
	return func() (bool, error) {
		wait := x.patience()
		if kind == history.Post {
			wait = subject.Forever
		}
		if !x.Begin(kind, 0, 0, 0) {
			return false, nil
		}
		granted, err := x.ended(do(wait), wait)
		if granted {
			x.done++
		}
		return true, err
	}
}
