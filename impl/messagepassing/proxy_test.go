package messagepassing

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
)

// A proxy is a network between client and broker that can be cut: nothing passes
// then, and neither side is notified.
type proxy struct {
	listener net.Listener
	target   string

	mu    sync.Mutex
	whole *sync.Cond
	isCut bool
	conns map[net.Conn]bool
	group sync.WaitGroup
}

func newProxy(t testing.TB, target net.Addr) *proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: listener, target: target.String(), conns: map[net.Conn]bool{}}
	p.whole = sync.NewCond(&p.mu)
	p.group.Go(p.accept)
	t.Cleanup(func() {
		_ = listener.Close()
		p.sever()
		p.group.Wait()
	})
	return p
}

func (p *proxy) address() string { return p.listener.Addr().String() }

func (p *proxy) accept() {
	for {
		near, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.group.Go(func() {
			p.pass()
			far, err := net.Dial("tcp", p.target)
			if err != nil {
				_ = near.Close()
				return
			}
			p.mu.Lock()
			p.conns[near], p.conns[far] = true, true
			p.mu.Unlock()
			p.group.Go(func() { p.copy(near, far) })
			p.group.Go(func() { p.copy(far, near) })
		})
	}
}

// pass waits until the connection is not cut.
func (p *proxy) pass() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.isCut {
		p.whole.Wait()
	}
}

func (p *proxy) copy(to, from net.Conn) {
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		p.pass()
		if n > 0 {
			if _, err := to.Write(b[:n]); err != nil {
				break
			}
		}
		if errors.Is(err, io.EOF) {
			_ = to.(*net.TCPConn).CloseWrite() // an orderly end is passed on as one
			return
		}
		if err != nil {
			break
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range []net.Conn{to, from} {
		_ = c.(*net.TCPConn).SetLinger(0) // a reset: the connection broke, neither side closed it
		_ = c.Close()
		delete(p.conns, c)
	}
}

func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.isCut = true
}

func (p *proxy) heal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.isCut = false
	p.whole.Broadcast()
}

// sever heals the network and resets all connections through it.
func (p *proxy) sever() {
	p.heal()
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		_ = c.(*net.TCPConn).SetLinger(0)
		_ = c.Close()
	}
}
