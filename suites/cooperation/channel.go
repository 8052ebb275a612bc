package cooperation

import (
	"encoding/binary"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/subject"
)

// A channel is a pair of queues between a client and its server.
type channel struct {
	client          *check.Process
	request, answer *hop
}

// A hop is one queue: the end where items are put, and that where they are got.
type hop struct {
	name       string
	put, taken *check.Queue
}

// newChannel makes the queues, by the client.
func newChannel(w *check.World, client *check.Process) channel {
	shape := w.Queues().Shape(channelRoom, messageSize)
	create := func(name string) *check.Queue {
		q, err := client.CreateQueue(name, shape)
		w.Must(err, "creating a queue of capacity %d for items up to %d bytes", shape.Capacity, shape.ItemMax)
		return q
	}
	c := channel{client, &hop{name: w.ObjectName("request")}, &hop{name: w.ObjectName("answer")}}
	c.request.name += c.suffix()
	c.answer.name += c.suffix()
	c.request.put, c.answer.taken = create(c.request.name), create(c.answer.name)
	return c
}

// channelRoom is how many items the queues hold, where that can be chosen.
const channelRoom = 4

// suffix sets the queues of one client apart from those of another.
func (c channel) suffix() string {
	var b []byte
	for _, r := range c.client.Name() {
		if r != ' ' {
			b = append(b, byte(r))
		}
	}
	return string(b)
}

// serve attaches a server, in the place of one that there may have been.
func (c channel) serve(w *check.World, server *check.Process) {
	open := func(name string) *check.Queue {
		q, err := server.OpenQueue(name)
		w.Must(err, "opening the queue %s by %s", name, server.Name())
		return q
	}
	c.request.taken, c.answer.put = open(c.request.name), open(c.answer.name)
}

// send sends a number to the server.
func (c channel) send(w *check.World, await check.Await, n uint64) {
	_, err := await(c.request.put.BeginPut(message(n), subject.Forever)).Return()
	w.Must(err, "sending a request by %s", c.client.Name())
}

// call sends a number to the server and waits for the answer.
func (c channel) call(w *check.World, await check.Await, n uint64) uint64 {
	c.send(w, await, n)
	b, err := await(c.answer.taken.BeginGet(subject.Forever)).Item()
	w.Must(err, "waiting for an answer by %s", c.client.Name())
	return c.number(w, b)
}

// number reads a message.
func (c channel) number(w *check.World, b []byte) uint64 {
	if len(b) != messageSize {
		w.Fail("a message of %d bytes came out as %d bytes", messageSize, len(b))
	}
	return uint64(binary.NativeEndian.Uint32(b))
}
