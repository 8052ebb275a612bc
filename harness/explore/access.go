package explore

import (
	"bytes"
	"errors"

	"golang.org/x/sys/unix"
)

// drain does the writes that were taken back: that of an unlocked update, which
// another processor can come before, or those that stayed in the store buffer.
func (p *tracee) drain() {
	for _, s := range p.held {
		p.write(s.address, s.after)
	}
	p.held = nil
}

// maxWatched is how many bytes of an access are looked at.
const maxWatched = 64

// fault does the access that the agent was kept from, or switches before it.
func (t *turn) fault(s stop) (ending, error) {
	p := t.p
	m := p.region(s.fault)
	if m == nil || !p.protected {
		t.signal = s.signal
		return goesOn, nil
	}
	r, err := p.registers()
	if err != nil {
		return goesOn, err
	}
	pc := r.pc()
	in := p.instruction(pc)
	at := point{Op: p.pos, Access: p.count, at: p.codeAddress(pc)}
	if end, err := t.arrive(at); end != goesOn || err != nil {
		return end, err
	}
	p.count++
	t.lull = lull{}
	var before, after [maxWatched]byte
	size := p.read(s.fault, before[:min(max(in.size, 1), maxWatched)])
	if err := p.protect(false); err != nil {
		return goesOn, err
	}
	if in.repeats {
		end, err := t.repeat(pc, r.count())
		if end != goesOn || err != nil {
			return end, err
		}
	} else if err := p.step(); err != nil {
		if errors.Is(err, errFault) { // of its other operand, say
			t.signal = unix.SIGSEGV
			return goesOn, nil
		}
		return goesOn, err
	}
	p.read(s.fault, after[:size])
	changed := !bytes.Equal(before[:size], after[:size])
	if t.unchanged++; changed {
		t.unchanged = 0
	}
	e := Event{Kind: string(in.kind), Region: p.regionName(m), Offset: int64(s.fault - m.Low + m.Offset), Size: in.size}
	e.Before = bytes.Clone(before[:size])
	if changed {
		e.After = bytes.Clone(after[:size])
	}
	if t.log != nil {
		t.note(p, p.eventAt(r, e))
	}
	if in.kind == Update && changed {
		between := at
		between.Between = true
		p.held = []stored{{between, s.fault, e.Before, e.After}}
		p.write(s.fault, before[:size])
		if end, err := t.arrive(between); end != goesOn || err != nil {
			return end, err
		}
		p.drain()
	}
	if t.accessed(at, p.order(pc), s.fault, e.Before, bytes.Clone(after[:size])) && t.log != nil {
		(*t.log)[len(*t.log)-1].Buffered = true
	}
	if t.unchanged > spinAccesses {
		t.note(p, Event{Kind: kindWait, Text: "spins: its last 100 accesses changed nothing"})
		return spins, nil
	}
	return goesOn, nil
}

// arrive records a point, and reports whether it is the goal.
func (t *turn) arrive(at point) (ending, error) {
	if g := t.goal; g != nil && at.Op == g.Op && at.Access == g.Access && at.Between == g.Between {
		if !g.there(at) {
			return strays, nil
		}
		if err := t.p.protect(false); err != nil {
			return goesOn, err
		}
		return t.withhold(), nil
	}
	if t.past(at) {
		return strays, nil
	}
	if t.track != nil {
		*t.track = append(*t.track, at)
	}
	return goesOn, nil
}

// repeat does a repeated string instruction, element by element. Half way is a
// point too: what is copied in this way is seen half copied.
func (t *turn) repeat(pc, count uint64) (ending, error) {
	p := t.p
	for n := uint64(0); ; n++ {
		if n > 0 && n == count/2 {
			at := point{Op: p.pos, Access: p.count, at: p.codeAddress(pc)}
			if end, err := t.arrive(at); end != goesOn || err != nil {
				return end, err
			}
			p.count++
		}
		if err := p.step(); err != nil {
			return goesOn, err
		}
		r, err := p.registers()
		if err != nil || r.pc() != pc {
			return goesOn, err
		}
	}
}

// instruction decodes the instruction at an address.
func (p *tracee) instruction(pc uint64) instruction {
	in, known := p.decoded[pc]
	if !known {
		var code [15]byte
		p.read(pc, code[:])
		in = decode(code[:])
		p.decoded[pc] = in
	}
	return in
}
