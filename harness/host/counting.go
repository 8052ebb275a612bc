package host

import (
	"sync/atomic"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/scratch"
)

func passes(o *scratch.Own) *atomic.Uint64 { return &o.Passes }
func posts(o *scratch.Own) *atomic.Uint64  { return &o.Posts }

// counting is a role at a semaphore.
func (p *worker) counting(s *semaphore) (step, error) {
	switch p.request.Role {
	case protocol.RolePost:
		return func(int64) error {
			p.own.Posts.Add(1)
			return s.Post()
		}, nil
	case protocol.RoleWait:
		initial, err := need(p.request, "initial", p.request.Initial)
		return func(i int64) error {
			if _, err := p.granted(s.Wait); err != nil {
				return err
			}
			p.own.Passes.Add(1)
			through := p.scratch.Sum(passes) // read before the posts, which may begin meanwhile
			if posted := p.scratch.Sum(posts); through > uint64(initial)+posted {
				p.fault(i, "%d waits had come through, with %d at the start and %d posts begun", through, initial, posted)
			}
			return nil
		}, err
	case protocol.RoleSemaphore:
		permits, err := need(p.request, "maximum", p.request.Maximum)
		return func(i int64) error {
			if _, err := p.granted(s.Wait); err != nil {
				return err
			}
			p.own.Enter()
			for range 2 {
				if n := p.scratch.Together(); int64(n) > permits {
					p.fault(i, "%d were inside with %d permits", n, permits)
				}
				linger(i)
			}
			p.own.Presence.Store(scratch.Outside)
			return s.Post()
		}, err
	}
	return nil, p.misfit()
}
