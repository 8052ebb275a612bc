package check

import (
	"slices"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// A Party is a name that a process has taken, to be linked by.
type Party struct{ handle }

// Join takes a name for the process.
func (p *Process) Join(name string) (*Party, error) {
	h, err := p.attach(protocol.OpPartyJoin, name, nil)
	if err == nil {
		p.parties = append(p.parties, h)
	}
	return &Party{h}, err
}

// Link gives the link with the party of that name, which may join later.
func (x *Party) Link(peer string) (*Link, error) {
	h, err := x.process.attach(protocol.OpLinkOpen, peer, func(r *protocol.Request) { r.Party = x.id })
	if err != nil {
		return nil, err
	}
	q := &Queue{process: x.process, handle: h.id, Name: peer, words: linkWords}
	return &Link{Queue: q, party: x}, nil
}

// BeginReceive starts to receive from whichever peer has a message; the call's
// Message gives it.
func (x *Party) BeginReceive(wait subject.Wait) *Call {
	return x.waiting(protocol.OpPartyReceive, protocol.WireWait(wait))
}

// Leave ends the party's links and gives its name free.
func (x *Party) Leave() error {
	err := x.call(protocol.OpPartyLeave)
	x.process.parties = slices.DeleteFunc(x.process.parties, func(h handle) bool { return h.id == x.id })
	return err
}

// Message waits for a receive from any peer and gives the message and the name of its
// sender; with an error, the name of the peer whose link has ended.
func (c *Call) Message() (peer string, message []byte, err error) {
	reply, err := c.Return()
	if err != nil {
		return reply.Sender, nil, err
	}
	message, err = c.process.decode(c.call.Request.Op, reply)
	return reply.Sender, message, err
}

// A Link is one process's end of a link. What it has of a queue puts and gets:
// here they send and receive.
type Link struct {
	*Queue
	party *Party
}

// Party is whose end it is.
func (l *Link) Party() *Party { return l.party }

var linkWords = words{family: protocol.Link, put: protocol.OpLinkSend, get: protocol.OpLinkReceive}

// BeginReceive starts to receive, into a buffer of so many bytes: of a stream
// that is the most that comes.
func (l *Link) BeginReceive(size int64, wait subject.Wait) *Call {
	wire := protocol.WireWait(wait)
	return l.process.begin(protocol.Request{Op: l.words.get, Object: l.handle, ItemMax: &size, Wait: &wire})
}

// createLink and openLink let specs that are written for queues take a link for
// one: the two processes are parties named after the queue, linked with each
// other.
func (p *Process) createLink(name string, shape QueueShape) (*Queue, error) {
	q, err := p.linked(name+"-a", name+"-b")
	if err == nil {
		p.world.linkItem(name, shape.ItemMax)
		q.limit = p.world.linkItems[name]
	}
	return q, err
}

func (p *Process) openLink(name string) (*Queue, error) {
	q, err := p.linked(name+"-b", name+"-a")
	if err == nil {
		q.limit = p.world.linkItems[name]
	}
	return q, err
}

func (p *Process) linked(own, peer string) (*Queue, error) {
	party, err := p.Join(own)
	if err != nil {
		return nil, err
	}
	l, err := party.Link(peer)
	if err != nil {
		return nil, err
	}
	return l.Queue, nil
}

// linkItem keeps, of a stream, the size of the items that a spec will send: its
// receives ask for so many bytes.
func (w *World) linkItem(name string, size int64) {
	if w.Claims().Profiles.Link.Framing != subject.FramingStream {
		return
	}
	if w.linkItems == nil {
		w.linkItems = map[string]*int64{}
	}
	w.linkItems[name] = &size
}
