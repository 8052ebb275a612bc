package host

import (
	"fmt"
	"slices"

	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/samples"
	"github.com/ipckit/ipckit/harness/protocol/scratch"
	"github.com/ipckit/ipckit/harness/subject"
)

// A measurement is a workload whose steps are timed. Nothing of the protocol is
// done between two steps: no reply, no allocation, and the clock is read once a
// batch.
type measurement struct {
	h           *host
	request     protocol.Request
	warm, count int64
	batch       int64
	samples     *samples.File // nil: none are asked for
	scratch     *scratch.File // nil: the role needs none
	own         *scratch.Own
	processes   uint64 // that begin and end together; 0: this one does not look at others

	each  bool           // the role writes a sample of each step itself
	check func(to int64) // after each batch, of what the processes tell each other

	bare  bool  // the steps say themselves how long they took
	spent int64 // ns, of the last batch

	wrong int64
	reply protocol.Reply
}

// A Bare is an object that carries out measured steps itself, without the calls of
// the contract: a limit of the machine. Its steps, from one to below another, give
// how long they took, ns, without what is no part of the limit.
type Bare interface {
	Steps(role string, back Bare, size int64) (func(from, to int64) (ns int64, err error), error)
}

// A stretch does the steps from one to below another, and says which is the next.
type stretch func(from, to int64) (next int64, err error)

// defaultBatch is how many steps are done between two looks at how far it is, where
// nothing is timed.
const defaultBatch = 1000

func measured(role string) bool { return slices.Contains(protocol.MeasuredRoles, role) }

// measure carries out a workload of a measured role.
func (h *host) measure(r protocol.Request, object any) (protocol.Reply, error) {
	m := &measurement{h: h, request: r, batch: defaultBatch}
	defer m.close()
	if err := m.parse(); err != nil {
		return protocol.Reply{}, err
	}
	do, err := m.role(object)
	if err != nil {
		return protocol.Reply{}, err
	}
	err = m.run(do)
	return m.reply, err
}

func (m *measurement) close() {
	if m.samples != nil {
		_ = m.samples.Close()
	}
	if m.scratch != nil {
		_ = m.scratch.Close()
	}
}

func (m *measurement) parse() (err error) {
	r := m.request
	if m.count, err = need(r, "count", r.Count); err != nil {
		return err
	}
	if r.Warm != nil {
		m.warm = *r.Warm
	}
	if r.Batch != nil {
		m.batch = *r.Batch
	}
	if m.count < 0 || m.warm < 0 || m.batch < 1 {
		return subject.Errorf(subject.Invalid, "%d steps in batches of %d after %d steps make no sense", m.count, m.batch, m.warm)
	}
	if r.Samples == "" {
		return nil
	}
	if m.samples, err = samples.Open(r.Samples); err != nil {
		return subject.Errorf(subject.Invalid, "samples: %v", err)
	}
	n := m.count
	if r.Role != protocol.RoleArrive {
		n = m.count / m.batch
	}
	if m.count%m.batch != 0 || n > m.samples.Room() {
		return subject.Errorf(subject.Invalid, "%d steps in batches of %d, with room for %d samples: count must be a multiple of batch, and the samples must have room", m.count, m.batch, m.samples.Room())
	}
	return nil
}

// share maps the scratch file, which the role needs.
func (m *measurement) share() (err error) {
	m.scratch, m.own, err = shareScratch(m.request)
	if m.request.Maximum != nil {
		m.processes = uint64(max(*m.request.Maximum, 0))
	}
	return err
}

// role finds what the steps are.
func (m *measurement) role(object any) (stretch, error) {
	if b, ok := bare(object); ok && m.request.Role != protocol.RoleCount {
		return m.carriedOut(b)
	}
	switch o := object.(type) {
	case *queue:
		return m.moving(o)
	case *semaphore:
		return m.posting(o)
	case *lock:
		return m.taking(o.Acquire, o.Release)
	case *rwlock:
		return m.taking(o.Write, o.Release)
	case subject.Region:
		if w, ok := o.(subject.Words); ok {
			return m.wording(w)
		}
		return nil, &protocol.Unsupported{Operation: "workload on words"}
	}
	return nil, m.misfit()
}

func (m *measurement) misfit() error {
	return subject.Errorf(subject.Invalid, "role %q does not fit the object with the handle %q", m.request.Role, m.request.Object)
}

// back is the object of the other direction.
func (m *measurement) back() protocol.Request {
	r := m.request
	if r.Back != "" {
		r.Object = r.Back
	}
	return r
}

// run does the steps. The reply says how far it came also where it ended with
// an error.
func (m *measurement) run(do stretch) error {
	m.gather()
	end := m.warm + m.count
	next, err := int64(0), error(nil)
	for next < m.warm && err == nil {
		next, err = m.advance(do, next, m.warm)
	}
	m.h.mark(func() {
		for last := history.Now(); next < end && err == nil; {
			next, err = m.advance(do, next, end)
			now := history.Now()
			if m.samples != nil && !m.each && err == nil {
				m.samples.Add(m.took(now - last))
			}
			last = now
		}
	})
	m.reply.Done = new(max(next-m.warm, 0))
	if m.processes > 0 {
		m.own.Ended.Store(1)
		next, err = m.accompany(do, next, err)
	}
	if m.own != nil {
		m.own.Passes.Store(uint64(next))
	}
	if protocol.Judges(m.request.Role) {
		m.reply.Wrong = &m.wrong
	}
	return err
}

// advance does one batch, or what is left of the steps.
func (m *measurement) advance(do stretch, next, end int64) (int64, error) {
	to, err := do(next, min(next+m.batch, end))
	m.h.finished.Add(to - next)
	if m.check != nil && err == nil {
		m.check(to)
	}
	return to, err
}

// gather waits until all processes of the workload are there.
func (m *measurement) gather() {
	if m.processes == 0 {
		return
	}
	m.own.Ready.Store(1)
	for m.scratch.Sum(ready) < m.processes {
		giveWay()
	}
}

// accompany does further steps, which are not timed, until all processes have done
// theirs: the last ones must not have it easier than the first.
func (m *measurement) accompany(do stretch, next int64, err error) (int64, error) {
	for m.scratch.Sum(ended) < m.processes && err == nil {
		next, err = do(next, next+1)
	}
	return next, err
}

// fault notes that step i, counted from the first that is not warm-up, saw what
// must not be.
func (m *measurement) fault(i int64, format string, args ...any) {
	if m.wrong == 0 {
		m.reply.WrongAt, m.reply.WrongText = new(max(i-m.warm, 0)), fmt.Sprintf(format, args...)
	}
	m.wrong++
}

// took is how long a batch took, ns, by the clock or by what its steps say.
func (m *measurement) took(clock int64) int64 {
	if m.bare {
		return m.spent
	}
	return clock
}

func bare(object any) (Bare, bool) {
	switch o := object.(type) {
	case *queue:
		object = o.object
	case *semaphore:
		object = o.Semaphore
	}
	b, ok := object.(Bare)
	return b, ok
}

// carriedOut are the steps of an object that carries them out itself.
func (m *measurement) carriedOut(b Bare) (stretch, error) {
	back, err := held[any](m.h, m.back())
	if err != nil {
		return nil, err
	}
	other, ok := bare(back)
	if !ok {
		return nil, m.misfit()
	}
	size := int64(0)
	if m.request.SizeMin != nil {
		size = *m.request.SizeMin
	}
	steps, err := b.Steps(m.request.Role, other, size)
	if err != nil {
		return nil, err
	}
	m.bare = true
	return func(from, to int64) (_ int64, err error) {
		if m.spent, err = steps(from, to); err != nil {
			return from, err
		}
		return to, nil
	}, nil
}
