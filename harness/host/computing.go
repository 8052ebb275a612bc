package host

import (
	"sync/atomic"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/scratch"
	"github.com/ipckit/ipckit/harness/subject"
)

func ready(o *scratch.Own) *atomic.Uint64 { return &o.Ready }

// computing does tasks that processes divide among themselves.
func (p *worker) computing(w subject.Words) (step, error) {
	processes, err := need(p.request, "maximum", p.request.Maximum)
	if err != nil {
		return nil, err
	}
	do := p.apart(uint64(processes))
	if p.request.Offset != nil {
		do = p.together(w, *p.request.Offset)
	}
	over := false
	return func(i int64) (err error) {
		if i == 0 { // none begins before all are there
			p.own.Ready.Store(1)
			for p.scratch.Sum(ready) < uint64(processes) {
				giveWay()
			}
			p.own.Began.Store(monotonic())
		}
		if !over {
			over, err = do(i)
			p.own.Ended.Store(monotonic())
		}
		return err
	}, nil
}

// together takes tasks by a word that says which is the next, and adds what was
// found to another.
func (p *worker) together(w subject.Words, offset int64) func(i int64) (over bool, err error) {
	tasks := uint64(len(p.scratch.Marks()))
	return func(i int64) (over bool, err error) {
		n, err := w.Add(offset, 1)
		if err != nil || n >= tasks {
			return true, err
		}
		p.claim(i, n)
		_, err = w.Add(offset+slotSize, protocol.Task(n))
		return false, err
	}
}

// apart takes each task whose number leaves this process's index as the remainder, and
// shares nothing.
func (p *worker) apart(processes uint64) func(i int64) (over bool, err error) {
	tasks, n := uint64(len(p.scratch.Marks())), uint64(p.index)
	return func(i int64) (over bool, err error) {
		if n >= tasks {
			return true, nil
		}
		p.claim(i, n)
		_ = protocol.Task(n)
		n += processes
		return false, nil
	}
}

// monotonic is CLOCK_MONOTONIC, which all processes have in common, in ns.
func monotonic() uint64 {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &t) // cannot fail
	return uint64(t.Nano())
}
