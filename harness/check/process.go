package check

import (
	"context"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/ptrace/crash"
	"github.com/ipckit/ipckit/harness/subject"
)

// A Process is one process of the subject, as specs see it. Its operations
// return the subject's own refusals as *subject.Error; a process that dies,
// hangs or breaks the protocol ends the spec with the verdict that fits.
type Process struct {
	world   *World
	agent   *agent.Agent
	handles int
	last    *Call                       // the last operation begun
	made    map[string]protocol.Request // by handle: what created or opened it
	watch   *crash.Watch                // nil: it is not watched
	objects map[string]string           // name → family, created here and not yet unlinked
	parties []handle                    // joined here and not yet left
	gone    bool
}

// Name is the process's role in the spec.
func (p *Process) Name() string { return p.agent.Name() }

// PID is the process id as the kit sees it.
func (p *Process) PID() int { return p.agent.Process().PID() }

// Agent gives the agent itself.
func (p *Process) Agent() *agent.Agent { return p.agent }

// do carries out an operation that ought to come back.
func (p *Process) do(r protocol.Request) (protocol.Reply, error) {
	return p.begin(r).Return()
}

// begin starts an operation that may block.
func (p *Process) begin(r protocol.Request) *Call {
	if p.gone {
		panic(fmt.Errorf("spec: %s has left already", p.Name()))
	}
	p.world.tried.Add(1)
	if r.Name != "" && r.Object != "" {
		p.made[r.Object] = r
	}
	turns := p.world.halting.before(p)
	p.last = &Call{process: p, call: p.agent.Begin(r)}
	p.world.halting.begins(p.last, turns)
	return p.last
}

// report adds an operation and its answer to the story.
func (p *Process) report(r protocol.Request, reply protocol.Reply, err error) {
	if p.world.mute {
		return
	}
	p.world.did = append(p.world.did, fmt.Sprintf("%s: %s", p.Name(), describe(r, reply, err)))
}

// Kill ends the process by SIGKILL and waits until it is gone.
func (p *Process) Kill() {
	p.world.Step("%s is killed by SIGKILL", p.Name())
	if err := p.agent.Kill(); err != nil {
		panic(kitError{fmt.Errorf("kill %s: %w", p.Name(), err)})
	}
	p.gone = true
}

// Exit ends the process in order, without unlinking what it created.
func (p *Process) Exit() {
	p.world.Step("%s exits", p.Name())
	p.bye()
}

// Signal sends a signal to the process.
func (p *Process) Signal(s syscall.Signal) {
	if err := p.agent.Process().Signal(s); err != nil {
		p.unreached(err)
		panic(kitError{fmt.Errorf("signal %v to %s: %w", s, p.Name(), err)})
	}
}

// Interrupts reports whether the agent can take signals that interrupt its system
// calls.
func (p *Process) Interrupts() bool {
	return p.agent.Hello().Interrupts && p.agent.Hello().Thread != nil
}

// Interrupt makes the system call that the operation is in fail with EINTR.
func (p *Process) Interrupt() {
	if err := p.agent.Interrupt(); err != nil {
		p.unreached(err)
		panic(kitError{fmt.Errorf("interrupt %s: %w", p.Name(), err)})
	}
}

// unreached ends the spec where a signal reached nothing since the process, or its
// operation thread, had ended by itself.
func (p *Process) unreached(err error) {
	if p.gone || !errors.Is(err, os.ErrProcessDone) && !errors.Is(err, syscall.ESRCH) {
		return
	}
	select {
	case <-p.agent.Process().Done(): // threads end before their process
	case <-time.After(time.Second):
	}
	_, err = p.agent.Status(p.world.ctx)
	if err == nil {
		p.world.Crash("the thread of %s that does its operations has ended, and the process goes on without it", p.Name())
	}
	p.world.Must(p.refusal(protocol.OpStatus, err), "asking %s how far it is", p.Name())
}

func (p *Process) bye() {
	if p.gone {
		return
	}
	p.gone = true
	ctx, cancel := context.WithTimeout(p.world.ctx, endless*p.world.spec.suite.patience()) // bye has limits of its own
	defer cancel()
	if err := p.agent.Bye(ctx); err != nil {
		p.world.broken(p.Name(), protocol.OpBye, err)
	}
}

// Leave ends the process in order, after it has unlinked what it created.
func (p *Process) Leave() {
	p.world.Step("%s leaves", p.Name())
	p.leave()
}

// leave unlinks what the process created and is still there, and exits.
func (p *Process) leave() {
	if !p.gone {
		for _, h := range p.parties {
			if err := h.call(protocol.OpPartyLeave); err != nil {
				p.world.Fail("leave of name %s by %s must succeed; it returned %v", h.Name, p.Name(), err)
			}
		}
		for name, family := range p.objects {
			if err := p.unlink(family, name); err != nil && subject.KindOf(err) != subject.NotFound {
				p.world.Fail("unlink of %s by %s must succeed; it returned %v", name, p.Name(), err)
			}
		}
	}
	p.bye()
}

// unlink removes the name of an object, whichever process created it.
func (p *Process) unlink(family, name string) error {
	_, err := p.do(protocol.Request{Op: protocol.Op(family, protocol.Unlink), Name: name})
	if err == nil {
		for _, q := range p.world.processes {
			delete(q.objects, name)
		}
	}
	return err
}

// handle makes a new object handle.
func (p *Process) handle(prefix string) string {
	p.handles++
	return fmt.Sprintf("%s%d", prefix, p.handles)
}

// refusal tells the subject's own answer from a breakdown of the agent.
func (p *Process) refusal(operation string, err error) error {
	var refused *subject.Error
	if err == nil || errors.As(err, &refused) {
		return err
	}
	p.world.broken(p.Name(), operation, err)
	return nil
}

// Finished is how many operations and items of workloads the process says it
// has finished. It asks the thread beside the one that does them.
func (p *Process) Finished() int64 {
	reply, err := p.agent.Status(p.world.ctx)
	if err != nil {
		p.world.Must(p.refusal(protocol.OpStatus, err), "asking %s how far it is", p.Name())
	}
	if reply.Finished == nil {
		return 0
	}
	return *reply.Finished
}
