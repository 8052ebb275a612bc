package program

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world"
)

// endSignals end a program that does not end by itself, in this order. The first
// is that of the keyboard, so that a program with a handler can clean up.
var endSignals = []syscall.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGKILL}

// patience is how long a program has to end after each signal.
const patience = time.Second

// stop ends the programs that still run, first by signals that they can catch;
// where the producer starts the consumer, also the other processes, since the
// consumer is one of them, and after a cut, since producers may be.
func (r *run) stop(others []*world.Process) {
	for _, p := range r.programs {
		r.end(p)
	}
	if r.claims.Roles.Consumer.StartedBy != Producer && !r.o.Cut {
		return
	}
	for _, q := range others {
		for _, signal := range endSignals {
			if q.Signal(signal) != nil {
				break
			}
			select {
			case <-q.Done():
			case <-time.After(patience):
			}
		}
	}
}

// cut ends the producer, which goes on and on; the consumer may still take what is left.
func (r *run) cut() {
	r.o.Cut, r.cutAt = true, time.Now()
	r.did("the producer went on after %d items", r.s.Items)
	for _, p := range r.programs {
		if p.role == Producer {
			r.end(p)
		}
	}
}

// end ends a program by signals.
func (r *run) end(p *program) {
	if p.hasEnded() {
		return
	}
	for _, signal := range endSignals {
		if p.hasEnded() {
			break
		}
		p.stopped = unix.SignalName(signal)
		_ = p.process.Signal(signal)
		select {
		case <-p.ended:
		case <-time.After(patience):
		}
	}
	r.did("ended the %s by %s", p.role, p.stopped)
}

// endAll kills every process of the world. It repeats, since processes may fork
// while they are listed; what survives all rounds ends with the world.
func (r *run) endAll() {
	for _, p := range r.programs {
		p.killed = p.killed || !p.hasEnded()
	}
	for range 20 {
		live := r.world.Processes()
		if len(live) == 0 {
			break
		}
		for _, q := range live {
			_ = q.Kill()
		}
		for _, q := range live {
			select {
			case <-q.Done():
			case <-time.After(patience):
			}
		}
	}
	for _, p := range r.programs {
		select {
		case <-p.ended:
		case <-time.After(patience):
		}
		p.release()
	}
}
