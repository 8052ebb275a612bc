package check

import (
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// A Queue is one process's handle on a bounded buffer, a mailbox or an end of a
// link: what they share is written once. Which of them it is follows from the
// profile in which the requirement is being checked.
type Queue struct {
	process *Process
	handle  string
	Name    string
	words   words
	limit   *int64 // the most bytes that a get asks for; nil: the largest item
}

// words are the wire's names for the same things in the two models.
type words struct{ family, kind, put, get string }

func (w *World) words() words {
	switch w.Profile() {
	case subject.ProfileOneToOne:
		return words{protocol.Buffer, protocol.OneToOne, protocol.OpBufferPut, protocol.OpBufferGet}
	case subject.ProfileMany:
		return words{protocol.Buffer, protocol.Many, protocol.OpBufferPut, protocol.OpBufferGet}
	}
	if w.Profile() == subject.ProfileLink {
		return linkWords
	}
	return words{protocol.Mailbox, "", protocol.OpMailboxSend, protocol.OpMailboxReceive}
}

// QueueShape is what a queue is created with.
type QueueShape struct {
	Capacity int64
	ItemMax  int64
	Start    uint64
}

// CreateQueue makes a new queue.
func (p *Process) CreateQueue(name string, shape QueueShape) (*Queue, error) {
	if p.world.Profile() == subject.ProfileLink {
		return p.createLink(name, shape)
	}
	q := &Queue{process: p, handle: p.handle("q"), Name: name, words: p.world.words()}
	r := protocol.Request{
		Op: protocol.Op(q.words.family, protocol.Create), Kind: q.words.kind, Object: q.handle, Name: name,
		Capacity: &shape.Capacity, ItemMax: &shape.ItemMax,
	}
	if shape.Start != 0 {
		r.Start = &shape.Start
	}
	if _, err := p.do(r); err != nil {
		return nil, err
	}
	p.objects[name] = q.words.family
	return q, nil
}

// OpenQueue attaches to an existing one.
func (p *Process) OpenQueue(name string) (*Queue, error) {
	if p.world.Profile() == subject.ProfileLink {
		return p.openLink(name)
	}
	q := &Queue{process: p, handle: p.handle("q"), Name: name, words: p.world.words()}
	_, err := p.do(protocol.Request{Op: protocol.Op(q.words.family, protocol.Open), Kind: q.words.kind, Object: q.handle, Name: name})
	if err != nil {
		return nil, err
	}
	return q, nil
}

// UnlinkQueue removes the name.
func (p *Process) UnlinkQueue(name string) error { return p.unlink(p.world.words().family, name) }

// Process is the one that holds the handle.
func (q *Queue) Process() *Process { return q.process }

// Put puts or sends one item and waits until that is done or refused.
func (q *Queue) Put(item []byte, wait subject.Wait) error {
	_, err := q.BeginPut(item, wait).Return()
	return err
}

// BeginPut starts to put or send one item.
func (q *Queue) BeginPut(item []byte, wait subject.Wait) *Call {
	text, wire := encode(item), protocol.WireWait(wait)
	return q.process.begin(protocol.Request{Op: q.words.put, Object: q.handle, Data: &text, Wait: &wire})
}

// Get gets or receives one item.
func (q *Queue) Get(wait subject.Wait) ([]byte, error) { return q.BeginGet(wait).Item() }

// BeginGet starts to get or receive one item; the call's Item gives it.
func (q *Queue) BeginGet(wait subject.Wait) *Call {
	wire := protocol.WireWait(wait)
	return q.process.begin(protocol.Request{Op: q.words.get, Object: q.handle, ItemMax: q.limit, Wait: &wire})
}

// BeginGetInto is BeginGet into room for so many bytes.
func (q *Queue) BeginGetInto(room int64, wait subject.Wait) *Call {
	wire := protocol.WireWait(wait)
	return q.process.begin(protocol.Request{Op: q.words.get, Object: q.handle, ItemMax: &room, Wait: &wire})
}

// Item waits for a get or receive and gives what it brought.
func (c *Call) Item() ([]byte, error) {
	reply, err := c.Return()
	if err != nil {
		return nil, err
	}
	return c.process.decode(c.call.Request.Op, reply)
}

// PutGenerated and GetDigest move an item too large for the control channel:
// its bytes are made, and hashed, where they are.
func (q *Queue) PutGenerated(size int64, seed uint64, wait subject.Wait) *Call {
	wire := protocol.WireWait(wait)
	return q.process.begin(protocol.Request{Op: q.words.put, Object: q.handle, Size: &size, Seed: &seed, Wait: &wire})
}

// GetDigest gets one item and answers with its size and hash.
func (q *Queue) GetDigest(wait subject.Wait) (size int64, hash string, err error) {
	wire := protocol.WireWait(wait)
	reply, err := q.process.do(protocol.Request{Op: q.words.get, Object: q.handle, Digest: true, Wait: &wire})
	if err != nil {
		return 0, "", err
	}
	if reply.Size == nil || reply.Hash == "" {
		q.process.world.Fail("%s: %s with digest was answered without size and hash", q.process.Name(), q.words.get)
	}
	return *reply.Size, reply.Hash, nil
}

// Close says that nothing more will be put.
func (q *Queue) Close() error {
	_, err := q.process.do(protocol.Request{Op: protocol.Op(q.words.family, protocol.Close), Object: q.handle})
	return err
}

// Detach gives back the handle.
func (q *Queue) Detach() error {
	_, err := q.process.do(protocol.Request{Op: protocol.Op(q.words.family, protocol.Detach), Object: q.handle})
	return err
}

// Bulk is a workload: many items in one command.
type Bulk struct {
	Count            int64
	SizeMin, SizeMax int64
	Seed             uint64
	Tally            *Tally // where the process says how far it is; nil: nowhere
}

// Item makes the bytes of item i of the workload, from 0: those that the protocol
// defines, of every size. Short items are random and may be alike.
func (b Bulk) Item(i int64) []byte {
	data := make([]byte, protocol.ItemSize(b.Seed, i, b.SizeMin, b.SizeMax))
	protocol.Payload(data, protocol.ItemSeed(b.Seed, i))
	return data
}

// BeginPutAll starts to put all the items of a workload, and BeginGetAll to
// get as many and compare each with what it should be.
func (q *Queue) BeginPutAll(b Bulk) *Call {
	return q.workload(q.role(protocol.RolePut, protocol.RoleSend), b)
}

// BeginGetAll is the other side of BeginPutAll.
func (q *Queue) BeginGetAll(b Bulk) *Call {
	return q.workload(q.role(protocol.RoleGet, protocol.RoleReceive), b)
}

func (q *Queue) role(buffer, mailbox string) string {
	if q.words.family == protocol.Buffer {
		return buffer
	}
	return mailbox
}

func (q *Queue) workload(role string, b Bulk) *Call {
	r := protocol.Request{
		Op: protocol.OpWorkload, Object: q.handle, Role: role,
		Count: &b.Count, SizeMin: &b.SizeMin, SizeMax: &b.SizeMax, Seed: &b.Seed,
	}
	if b.Tally != nil {
		r.Scratch, r.Index = b.Tally.scratch.path, new(int64)
	}
	return q.process.begin(r)
}

// AllRight expects that a workload moved everything, and everything right.
func (c *Call) AllRight(b Bulk) {
	reply, err := c.Return()
	w := c.process.world
	if err != nil {
		w.refusal(c.refused(reply, err), err)
	}
	gets := c.call.Request.Role == protocol.RoleGet || c.call.Request.Role == protocol.RoleReceive
	if reply.Done == nil || gets && reply.Wrong == nil {
		w.Fail("%s answered workload without done, or without wrong", c.process.Name())
	}
	if *reply.Done != b.Count {
		w.Fail("%s reports %d items moved; it was asked for %d", c.process.Name(), *reply.Done, b.Count)
	}
	if gets && *reply.Wrong > 0 {
		at := int64(-1)
		if reply.WrongAt != nil {
			at = *reply.WrongAt
		}
		w.Fail("%d of %d items came out wrong; the first is item %d: %s", *reply.Wrong, b.Count, at, reply.WrongText)
	}
}
