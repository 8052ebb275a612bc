package program

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world"
)

// How a program that does not end by itself is asked to: as from a keyboard
// first, so that one which cleans up after itself can do so.
var askings = []syscall.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGKILL}

// patience is how long a program is given to end when it was asked to.
const patience = time.Second

// stop ends the programs that still run, and the processes that stand for them
// where the producer started the consumer, by signals that they can catch.
func (r *run) stop(others []*world.Process) {
	for _, p := range r.programs {
		for _, signal := range askings {
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
		if p.stopped != "" {
			r.did("ended the %s by %s", p.role, p.stopped)
		}
	}
	if r.claims.Roles.Consumer.StartedBy != Producer {
		return
	}
	for _, q := range others {
		for _, signal := range askings {
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

// endAll kills every process of the world, those included that fork faster than
// they can be listed a few times; the rest is left to the world's own end.
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
