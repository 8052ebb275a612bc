package explore

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// A processor keeps its stores in a buffer before others see them, and does
// later loads meanwhile: on x86 the one way in which memory is not sequentially
// consistent (Owens, Sarkar, Sewell, A Better x86 Memory Model: x86-TSO, TPHOLs
// 2009). It empties the buffer, in order, whenever it likes, and before a locked
// instruction, a fence or a system call is done.
//
// That is explored without a second kind of execution. An agent runs alone up to
// a load that comes behind a store; then its stores, from one of them on, are
// taken back, as if they were in the buffer still. The other agent has its turn,
// does not see them, and when the first goes on they are done. While it ran alone
// it saw its own stores as it does through the buffer, and no others.
//
// So a schedule delays one run of stores, past one whole turn of the other agent.
// Only the agent's instructions show whether there is a fence, which touches no
// shared memory: it is run step by step as long as there is something in the
// buffer, once to find the schedules, and again before one is reported.

// An order is what an instruction means to the store buffer of its processor.
type order struct {
	fence  bool // it waits until the buffer is empty, or is not known
	stores bool // its write may wait in the buffer
	loads  bool // its read may come before writes that wait there
	calls  bool // it is a system call
}

// A stored is a write that is in a store buffer, or could be.
type stored struct {
	at            point // its access
	address       uint64
	before, after []byte
}

// An overtaking is a load that was done while stores before it could still be in
// the buffer.
type overtaking struct {
	stores []point // each of which may be the first that is still there
	after  point   // the agent's next one, once the load is done

	// What is read, as far as it is not those stores' own: bytes of an object.
	object int
	bytes  [][]int64 // their offsets, as many lists as stores
}

// past gives the bytes that the load reads when it overtakes the stores from one
// on; none where it cannot.
func (o *overtaking) past(first point) []int64 {
	i := slices.IndexFunc(o.stores, first.same)
	if i < 0 {
		return nil
	}
	return o.bytes[i]
}

// same reports whether two points are before the same access.
func (p point) same(o point) bool {
	return p.Op == o.Op && p.Access == o.Access && p.Between == o.Between
}

// before reports whether a point comes first.
func (p point) before(o point) bool { return p.Op < o.Op || p.Op == o.Op && p.Access < o.Access }

// A storeBuffer follows the stores of a turn. Nil follows none.
type storeBuffer struct {
	since  *point // the first store that is of interest; nil: all are
	step   bool   // see every instruction
	joined bool   // the end of an operation empties nothing
	found  *[]overtaking

	stores []stored
	steps  int // since the last access
}

// stepsFollowed is how many instructions, without an access to shared memory, a
// store is taken to stay in the buffer.
const stepsFollowed = 2000

// empty does what a fence does.
func (b *storeBuffer) empty() {
	if b != nil {
		b.stores = nil
	}
}

// ended does what the system calls at the end of an operation do. Where the
// agent's operations belong together, the kit's own calls between them do not
// count.
func (b *storeBuffer) ended() {
	if b != nil && !b.joined {
		b.empty()
	}
}

// followed reports whether the next instruction matters.
func (b *storeBuffer) followed() bool { return b != nil && b.step && len(b.stores) > 0 }

// maxBuffered is how many stores are taken to fit into the buffer: that of
// current processors has 40 to 112 entries.
const maxBuffered = 64

// accessed takes in an access to shared memory that was done. It reports whether
// its write is in the buffer now.
func (t *turn) accessed(at point, o order, address uint64, before, after []byte) bool {
	b := t.buffer
	if b == nil || b.since != nil && at.before(*b.since) {
		return false
	}
	b.steps = 0
	aligned := len(before) > 0 && address%uint64(len(before)) == 0
	switch {
	case o.fence || !o.loads && !o.stores || o.stores && !aligned || !o.stores && !bytes.Equal(before, after):
		b.empty()
		return false
	case o.loads && b.found != nil:
		t.overtakes(at, address, len(before))
	}
	if !o.stores {
		return false
	}
	if len(b.stores) == maxBuffered { // the first leaves it
		b.stores = b.stores[1:]
	}
	b.stores = append(b.stores, stored{at, address, before, after})
	return true
}

// overtakes notes what a load that is done can have overtaken.
func (t *turn) overtakes(at point, address uint64, size int) {
	b := t.buffer
	object, offset, ok := t.p.placeOf(address)
	if !ok || len(b.stores) == 0 {
		return
	}
	o := overtaking{after: point{Op: at.Op, Access: at.Access + 1}, object: object}
	own := make([]bool, size)
	for _, s := range slices.Backward(b.stores) {
		var rest []int64
		for i := range own {
			a := address + uint64(i)
			if own[i] = own[i] || s.address <= a && a < s.address+uint64(len(s.after)); !own[i] {
				rest = append(rest, offset+int64(i))
			}
		}
		if rest == nil {
			break // forwarded from the buffer
		}
		o.stores, o.bytes = append(o.stores, s.at), append(o.bytes, rest)
	}
	if o.stores != nil {
		*b.found = append(*b.found, o)
	}
}

// placeOf finds an address in the objects that the agents share.
func (p *tracee) placeOf(address uint64) (object int, offset int64, ok bool) {
	m := p.region(address)
	if m == nil {
		return 0, 0, false
	}
	object = slices.Index(*p.objects, m.Object)
	return object, int64(address - m.Low + m.Offset), object >= 0
}

// byteAt reads a byte of an object; 0 where the agent has not mapped it.
func (p *tracee) byteAt(object int, offset int64) byte {
	var b [1]byte
	for i := range p.regions {
		m := &p.regions[i]
		if at := m.Low + uint64(offset) - m.Offset; object < len(*p.objects) && m.Object == (*p.objects)[object] && m.Holds(at) {
			p.read(at, b[:])
		}
	}
	return b[0]
}

// follow runs the agent step by step as long as there is something in its buffer,
// and from then on to its next stop.
func (t *turn) follow() (stop, error) {
	p, b := t.p, t.buffer
	for b.followed() {
		r, err := p.registers()
		if err != nil {
			return p.vanished(err)
		}
		o := p.order(r.pc())
		if o.calls { // which stops at its entry
			break
		}
		if b.steps++; b.steps > stepsFollowed || t.signal != 0 {
			b.empty()
			break
		}
		if err := p.proceed(unix.PTRACE_SINGLESTEP, 0); err != nil {
			return stop{}, err
		}
		s, err := p.take(0)
		switch {
		case err != nil:
			return s, err
		case s.kind == stopStep:
			if o.fence { // one that touches shared memory does not get here
				b.empty()
			}
		case s.kind == stopEvent && !s.group(), s.kind == stopOther && s.signal == unix.SIGURG:
		default:
			return s, nil
		}
	}
	if err := p.resume(t.signal); err != nil {
		return stop{}, err
	}
	t.signal = 0
	return t.next()
}

// order is what the instruction at an address means to the store buffer.
func (p *tracee) order(pc uint64) order {
	o, known := p.orders[pc]
	if !known {
		var code [15]byte
		p.read(pc, code[:])
		o = orderOf(code[:])
		p.orders[pc] = o
	}
	return o
}

// withhold, at the goal and with the memory there, takes the stores back that the
// goal delays.
func (t *turn) withhold() ending {
	if t.goal.since == nil {
		return reached
	}
	p, b := t.p, t.buffer
	if len(b.stores) == 0 || !b.stores[0].at.same(*t.goal.since) {
		return strays
	}
	for _, s := range slices.Backward(b.stores) {
		p.write(s.address, s.before)
	}
	p.held = append(p.held, b.stores...)
	t.explain()
	b.stores = nil
	return reached
}

// drain does what the agent's buffer holds, and notes it.
func (t *turn) drain() {
	p := t.p
	if len(p.held) > 0 && !p.held[0].at.Between {
		t.note(p, Event{Kind: kindNote, Text: "the store buffer is emptied"})
	}
	p.drain()
}

// explain notes what overtook what.
func (t *turn) explain() {
	if t.log == nil {
		return
	}
	var own, others []string
	for _, e := range *t.log {
		place := fmt.Sprintf("[%s+%d]", e.Region, e.Offset)
		reads := e.Kind == string(Load) || e.Kind == string(Update)
		if len(own) > 0 && reads && !slices.Contains(own, place) && !slices.Contains(others, place) {
			others = append(others, place)
		}
		if e.Buffered && !slices.Contains(own, place) {
			own = append(own, place)
		}
	}
	t.note(t.p, Event{Kind: kindNote, Text: fmt.Sprintf(
		"the %s overtake%s the %s, still in %s's store buffer, unseen by %s: a fence is missing between them",
		several("load", "of", others), map[bool]string{true: "s"}[len(others) == 1], several("store", "to", own), t.p.name, t.other.name)})
}

// several reads "stores to [shm+0], [shm+8]".
func several(what, to string, places []string) string {
	if len(places) != 1 {
		what += "s"
	}
	const most = 4
	if more := len(places) - most; more > 0 {
		places = append(slices.Clone(places[:most]), fmt.Sprintf("%d more", more))
	}
	return what + " " + to + " " + strings.Join(places, ", ")
}
