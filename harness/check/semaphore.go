package check

import (
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// A Semaphore is one process's handle on a counting semaphore.
type Semaphore struct{ handle }

// SemaphoreMaximum is the nearest to the wanted maximum that may be asked for.
func (w *World) SemaphoreMaximum(wanted int64) int64 {
	m := w.Claims().Profiles.Semaphore.Maximum
	return min(max(wanted, int64(m.Min)), int64(m.Max))
}

// CreateSemaphore makes a new semaphore of that value.
func (p *Process) CreateSemaphore(name string, initial, maximum int64) (*Semaphore, error) {
	h, err := p.create(protocol.Semaphore, name, func(r *protocol.Request) { r.Initial, r.Maximum = &initial, &maximum })
	return &Semaphore{h}, err
}

// OpenSemaphore attaches to an existing one.
func (p *Process) OpenSemaphore(name string) (*Semaphore, error) {
	h, err := p.open(protocol.Semaphore, name)
	return &Semaphore{h}, err
}

// Wait takes one from the value.
func (s *Semaphore) Wait(wait subject.Wait) error {
	_, err := s.BeginWait(wait).Return()
	return err
}

// BeginWait starts to take one from the value.
func (s *Semaphore) BeginWait(wait subject.Wait) *Call {
	return s.waiting(protocol.OpSemaphoreWait, protocol.WireWait(wait))
}

// Post adds one to the value.
func (s *Semaphore) Post() error { return s.call(protocol.OpSemaphorePost) }

// BeginPost starts to add one to the value.
func (s *Semaphore) BeginPost() *Call {
	return s.begin(protocol.OpSemaphorePost)
}

// BeginPermits starts to wait, be inside, and post, many times; no more than
// permits may be inside.
func (s *Semaphore) BeginPermits(permits int64, steps Steps) *Work {
	return s.process.work(s.id, protocol.RoleSemaphore, steps, func(r *protocol.Request) { r.Maximum = &permits })
}

// BeginWaits starts to wait many times. No more of all waits may come through
// than initial and the posts of all.
func (s *Semaphore) BeginWaits(initial int64, steps Steps) *Work {
	return s.process.work(s.id, protocol.RoleWait, steps, func(r *protocol.Request) { r.Initial = &initial })
}

// BeginPosts starts to post many times.
func (s *Semaphore) BeginPosts(steps Steps) *Work {
	return s.process.work(s.id, protocol.RolePost, steps, nil)
}
