// Package link holds what checks links between named processes (family LINK): specs and
// loads.
package link

import (
	"bytes"
	"fmt"
	"time"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// Specs registers the LINK family.
func Specs(s *check.Suite) {
	s.It("LINK-NAMED", Named)
	s.It("LINK-PAIR", Pair)
	s.It("LINK-ORDER", Order)
	s.It("LINK-CONTENT", Content)
	s.It("LINK-BOUNDARY", Boundary)
	s.It("LINK-DEAD", Dead)
	s.It("LINK-ANY", Any)
	s.It("LINK-DUPLEX", duplex)
	s.It("LINK-CREATORGONE", firstGone)
	s.It("LINK-TWOHANDLES", twoNames)
}

// linked is what the specs of links have in common.
type linked struct {
	w       *check.World
	claims  *subject.LinkProfile
	parties []*check.Party
	seed    uint64
	number  int // of the next message
}

// newLinked has processes of these names join, each under a name of its own.
func newLinked(w *check.World, names ...string) *linked {
	l := &linked{w: w, claims: w.Claims().Profiles.Link, seed: w.Rand.Uint64()}
	for _, n := range names {
		p, err := w.Process(n).Join(w.ObjectName(n))
		w.Must(err, "joining as %s", n)
		l.parties = append(l.parties, p)
	}
	return l
}

// link gives both ends of the link between the first of the parties and another.
func (l *linked) link(with int) (from, to *check.Link) {
	return l.end(0, with), l.end(with, 0)
}

func (l *linked) end(a, b int) *check.Link {
	x, err := l.parties[a].Link(l.parties[b].Name)
	l.w.Must(err, "linking %s with %s", l.parties[a].Process().Name(), l.parties[b].Process().Name())
	return x
}

func (l *linked) stream() bool { return l.claims.Framing == subject.FramingStream }

// size is the nearest to the wanted size that a message may have.
func (l *linked) size(wanted int64) int64 {
	least, most := l.claims.Item.Bounds()
	return min(max(wanted, int64(least)), int64(most))
}

// message makes the next message, which is like no other where its size leaves
// room for that.
func (l *linked) message(size int64) []byte {
	l.number++
	return check.Item(l.seed, l.number, l.size(size))
}

// send sends a message for which there is room.
func (l *linked) send(from *check.Link, size int64) []byte {
	m := l.message(size)
	l.w.Must(from.Put(m, subject.Forever), "sending %d bytes by %s", len(m), from.Process().Name())
	return m
}

// holds reports whether a message is accepted while no process receives it: that is
// promised by a buffering. Without one, a send may wait for the receipt.
func (l *linked) holds() bool { return l.claims.Buffering > 0 }

// An offer is a message that was sent. Where the link need not hold it, the send may
// go on until it has been received.
type offer struct {
	message []byte
	from    *check.Link
	call    *check.Call // nil: it was accepted
}

// offer sends a message for which there is room, if there is any promised.
func (l *linked) offer(from *check.Link, size int64) offer {
	if l.holds() {
		return offer{l.send(from, size), from, nil}
	}
	o := offer{l.message(size), from, nil}
	call := from.BeginPut(o.message, subject.Forever)
	for end := time.Now().Add(moment); !call.Returned() && time.Now().Before(end); {
		time.Sleep(time.Millisecond)
	}
	if o.call = call; call.Returned() {
		l.accepted(o)
		o.call = nil
	}
	return o
}

// moment is how long a send that may wait for its receipt is given to return
// before it.
const moment = 60 * time.Millisecond

// offers sends so many messages, as far as the link takes them: at least one.
func (l *linked) offers(from *check.Link, size int64, n int) (list []offer) {
	for len(list) < n && (len(list) == 0 || list[len(list)-1].call == nil) {
		list = append(list, l.offer(from, size))
	}
	return list
}

// accepted expects that the send of what was received has returned.
func (l *linked) accepted(o offer) {
	if o.call != nil {
		_, err := o.call.Return()
		l.w.Must(err, "sending %d bytes by %s", len(o.message), o.from.Process().Name())
	}
}

// due receives what was offered.
func (l *linked) due(to *check.Link, o offer, what string) {
	l.expect(to, o.message, what)
	l.accepted(o)
}

// take receives the bytes of one message: of a stream, until so many are there.
func (l *linked) take(to *check.Link, size int) ([]byte, error) {
	if !l.stream() {
		return to.Get(subject.Forever)
	}
	var have []byte
	for len(have) < size {
		b, err := to.BeginReceive(int64(size-len(have)), subject.Forever).Item()
		if err != nil {
			return have, err
		}
		if len(b) == 0 || len(b) > size-len(have) {
			l.w.Fail("a receive into %d bytes of a stream gave %d", size-len(have), len(b))
		}
		have = append(have, b...)
	}
	return have, nil
}

// expect receives a message and says what came instead.
func (l *linked) expect(to *check.Link, want []byte, what string) {
	got, err := l.take(to, len(want))
	l.w.Must(err, "receiving %s by %s", what, to.Process().Name())
	if !bytes.Equal(got, want) {
		l.w.Fail("%s received %s where %s, %s, was due", to.Process().Name(), check.Show(got), what, check.Show(want))
	}
}

// none expects that nothing is there.
func (l *linked) none(to *check.Link, when string) {
	got, err := to.Get(subject.Never)
	if err == nil {
		l.w.Fail("%s received %s, %s; it must return empty", to.Process().Name(), check.Show(got), when)
	}
	l.w.Refused(err, []subject.Kind{subject.Empty}, "receiving by %s without waiting, %s", to.Process().Name(), when)
}

// fill sends without waiting until the link says full; it gives what was
// accepted, and reports false where no end was seen.
func (l *linked) fill(from *check.Link) (sent [][]byte, full bool) {
	const limit = 1 << 12 // of 4 KiB, or the largest
	for range limit {
		m := l.message(4096)
		err := from.Put(m, subject.Never)
		if subject.KindOf(err) == subject.Full {
			return sent, true
		}
		l.w.Must(err, "sending message %d without waiting", len(sent)+1)
		sent = append(sent, m)
	}
	return sent, false
}

// carry sends a message and receives it at the same time: it may be more than
// the link holds.
func (l *linked) carry(from, to *check.Link, m []byte, what string) {
	call := from.BeginPut(m, subject.Forever)
	l.expect(to, m, what)
	_, err := call.Return()
	l.w.Must(err, "sending %s", what)
}

// plain is the largest payload that specs look at byte by byte; a larger one is
// made, and hashed, where it is.
const plain = 1 << 20

// largest is the size of the largest message that specs send.
func (l *linked) largest() int64 {
	_, most := l.claims.Item.Bounds()
	if l.stream() {
		return min(int64(most), plain)
	}
	return int64(most)
}

// pass carries a new message of that size.
func (l *linked) pass(from, to *check.Link, size int64, what string) {
	if size <= plain {
		l.carry(from, to, l.message(size), what)
		return
	}
	l.number++
	seed := protocol.ItemSeed(l.seed, int64(l.number))
	call := from.PutGenerated(size, seed, subject.Forever)
	n, hash, err := to.GetDigest(subject.Forever)
	l.w.Must(err, "receiving %s", what)
	_, err = call.Return()
	l.w.Must(err, "sending %s", what)
	m := make([]byte, size)
	protocol.Payload(m, seed)
	if want := protocol.Hash(m); n != size || hash != want {
		l.w.Fail("%s went in with %d bytes and hash %s, and came out with %d and %s", what, size, want, n, hash)
	}
}

func Named(w *check.World) {
	l := newLinked(w, "receiver", "friend", "stranger")
	fromFriend, friend := l.link(1)
	fromStranger, stranger := l.link(2)
	for round := range 5 {
		w.Step("round %d: the stranger sends first, then the friend; the receiver wants the friend's", round+1)
		strange := l.offers(stranger, 16, 2)
		l.due(fromFriend, l.offer(friend, 16), "what the friend sent")
		w.Step("what the stranger sent is still there")
		for i, s := range strange {
			l.due(fromStranger, s, fmt.Sprintf("the stranger's message %d", i+1))
		}
		l.none(fromFriend, "where the friend has sent nothing more")
	}
	w.Step("the receiver waits for the friend, and the stranger sends")
	call := fromFriend.BeginReceive(l.size(16), subject.Forever)
	call.Blocks("receiving from the friend, which has sent nothing")
	s := l.offer(stranger, 16)
	call.Blocks("receiving from the friend, while only the stranger has sent")
	f := l.offer(friend, 16)
	got, err := call.Item()
	w.Must(err, "receiving from the friend")
	if !bytes.Equal(got, f.message) {
		w.Fail("receiving from the friend gave %s, where %s was sent by the friend and %s by the stranger", check.Show(got), check.Show(f.message), check.Show(s.message))
	}
	l.accepted(f)
	l.due(fromStranger, s, "what the stranger sent meanwhile")
}

func Pair(w *check.World) {
	l := newLinked(w, "first", "second")
	a, b := l.link(1)
	w.Step("what one sends never comes back to it")
	for range 5 {
		l.oneWay(a, b, "what the first sent")
		l.oneWay(b, a, "what the second sent")
	}
	w.Step("one direction is full; the other goes on")
	sent, full := l.fill(a)
	if !full {
		w.RuledOut("%d messages were accepted while no process receives: no full link was seen", len(sent))
	}
	for range 3 {
		if !l.holds() {
			l.carry(b, a, l.message(64), "what came against the full direction")
			continue
		}
		m := l.message(64)
		w.Must(b.Put(m, subject.Never), "sending without waiting against a direction that is full")
		l.expect(a, m, "what came against the full direction")
	}
	for _, m := range sent {
		l.expect(b, m, "what had filled the link")
	}
	l.none(b, "when all was received")
}

// oneWay has a message go one way, and looks whether it also came back: before it was
// received, where its sender is free to look then.
func (l *linked) oneWay(from, to *check.Link, what string) {
	m := l.offer(from, 32)
	if m.call == nil {
		l.none(from, "which has sent and was sent nothing: its own message came back")
	}
	l.due(to, m, what)
	l.none(from, "which has sent and was sent nothing: its own message came back")
}

func Order(w *check.World) {
	l := newLinked(w, "sender", "receiver")
	a, b := l.link(1)
	w.Step("small and large messages, sent before any is received")
	for range 3 {
		var sent []offer
		for room, sizes := int64(l.claims.Buffering), []int64{8, 900, 16, 1024, 8, 512, 8}; len(sizes) > 0; sizes = sizes[1:] {
			if room -= 1024; room < 0 && len(sent) > 0 {
				break
			}
			sent = append(sent, l.offer(a, sizes[0]))
		}
		for _, m := range sent {
			l.due(b, m, "the next in order")
		}
	}
	w.Step("large ones between small ones, while the other receives")
	large := min(l.largest(), 4<<20)
	for _, size := range []int64{8, large, 8, large / 3, large, 8, 64, large / 2, 8} {
		l.pass(a, b, l.size(size), "the next in order")
	}
	w.Step("many of all sizes, at full speed")
	bulk := check.Bulk{Count: 2000, SizeMin: l.size(8), SizeMax: l.size(4096), Seed: l.seed}
	sending, receiving := a.BeginPutAll(bulk), b.BeginGetAll(bulk)
	receiving.AllRight(bulk)
	sending.AllRight(bulk)
}

func Content(w *check.World) {
	l := newLinked(w, "sender", "receiver")
	a, b := l.link(1)
	for _, size := range []int64{0, 1, 2, 7, 8, 63, 255, 256, 1023, 4095, 4096, 4097, 65535, 65536, 1 << 20} {
		if l.size(size) != size {
			continue
		}
		w.Step("messages of %d bytes: any, zeros, ones", size)
		l.carry(a, b, l.message(size), "a message")
		l.carry(a, b, make([]byte, size), "a message of zeros")
		l.carry(a, b, bytes.Repeat([]byte{0xff}, int(size)), "a message of ones")
	}
	least, most := l.size(0), l.largest()
	w.Step("the smallest and the largest: %d and %d bytes", least, most)
	l.pass(a, b, least, "the smallest message")
	l.pass(a, b, most, "the largest message")
}

func Boundary(w *check.World) {
	l := newLinked(w, "sender", "receiver")
	a, b := l.link(1)
	for round, sizes := range [][]int64{{16, 16}, {1, 300}, {300, 1}, {0, 5, 0}, {1, 2, 3, 4, 5}, {64, 8, 256, 0, 64}} {
		w.Step("round %d: %d messages are sent, then received one by one", round+1, len(sizes))
		var sent []offer
		for _, size := range sizes {
			if len(sent) > 0 && l.claims.Buffering < 8<<10 {
				break
			}
			sent = append(sent, l.offer(a, size))
		}
		for i, o := range sent {
			m := o.message
			got, err := b.Get(subject.Forever)
			w.Must(err, "receiving message %d", i+1)
			l.accepted(o)
			if len(got) != len(m) {
				w.Fail("message %d went in with %d bytes and came out with %d", i+1, len(m), len(got))
			}
			if !bytes.Equal(got, m) {
				w.Fail("message %d went in as %s and came out as %s", i+1, check.Show(m), check.Show(got))
			}
		}
		l.none(b, "when all was received")
	}
}

func duplex(w *check.World) {
	l := newLinked(w, "first", "second")
	a, b := l.link(1)
	size := l.size(1024)
	bulk := check.Bulk{Count: max(int64(l.claims.Buffering)/max(size, 1024), 1), SizeMin: size, SizeMax: size, Seed: l.seed}
	for round := range 5 {
		w.Step("round %d: both send %d messages of %d bytes, before either receives", round+1, bulk.Count, size)
		first, second := a.BeginPutAll(bulk), b.BeginPutAll(bulk)
		first.AllRight(bulk)
		second.AllRight(bulk)
		w.Step("both receive")
		first, second = a.BeginGetAll(bulk), b.BeginGetAll(bulk)
		first.AllRight(bulk)
		second.AllRight(bulk)
		l.none(a, "when all was received")
		l.none(b, "when all was received")
	}
}
