package host

import (
	"encoding/binary"
	"fmt"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// Where a litmus test keeps its words: a slot is two cache lines, so that flag
// and data travel apart.
const (
	slotSize = 128
	dataAt   = 64
)

// wording is a role at words.
func (p *worker) wording(region subject.Region, w subject.Words) (step, error) {
	if p.request.Role == protocol.RoleCompute {
		return p.computing(w)
	}
	offset, err := need(p.request, "offset", p.request.Offset)
	if err != nil {
		return nil, err
	}
	switch p.request.Role {
	case protocol.RoleAdd:
		return func(i int64) error {
			before, err := w.Add(offset, 1)
			if err == nil {
				p.claim(i, before)
			}
			return err
		}, nil
	case protocol.RoleCAS:
		return func(i int64) error { return p.swap(i, w, offset) }, nil
	case protocol.RoleStore:
		return func(i int64) error { return w.Store(offset, uint64(1+i%255)*ones) }, nil
	case protocol.RoleLoad:
		return func(i int64) error {
			v, err := w.Load(offset)
			if err != nil {
				return err
			}
			if v == 0 || v != v&0xff*ones {
				p.fault(i, "%#016x, which was never stored: parts of two words", v)
			}
			return nil
		}, nil
	case protocol.RoleDekker:
		return p.dekker(w, offset)
	case protocol.RoleFlag, protocol.RoleFollow:
		l := &litmus{worker: p, region: region, words: w, slots: region.Size() / slotSize}
		if l.slots < 2 {
			return nil, subject.Errorf(subject.Invalid, "a region of %d bytes has no room for slots of %d", region.Size(), slotSize)
		}
		if p.request.Role == protocol.RoleFlag {
			return l.flag, nil
		}
		p.finish = l.report
		return l.follow, nil
	}
	return nil, p.misfit()
}

const ones = 0x0101010101010101

// claim marks the value that this step was the only one to see.
func (p *worker) claim(i int64, before uint64) {
	marks := p.scratch.Marks()
	switch {
	case before >= uint64(len(marks)):
		p.fault(i, "the value before was %d, more than there are steps", before)
	case marks[before] != 0:
		p.fault(i, "the value before was %d, which process %d had got too", before, marks[before]-1)
	default:
		marks[before] = byte(p.index + 1)
	}
}

func (p *worker) swap(i int64, w subject.Words, offset int64) error {
	expected, err := w.Load(offset)
	if err != nil {
		return err
	}
	for {
		held, swapped, err := w.CompareAndSwap(offset, expected, expected+1)
		switch {
		case err != nil:
			return err
		case swapped:
			p.claim(i, expected)
			return nil
		case held == expected:
			p.fault(i, "the word was not swapped, and is said to have held %d, which was expected", held)
			return nil
		}
		expected = held
	}
}

// dekker is one side of the litmus test SB.
func (p *worker) dekker(w subject.Words, offset int64) (step, error) {
	if p.index > 1 {
		return nil, subject.Errorf(subject.Invalid, "role dekker has processes 0 and 1")
	}
	other, marks := p.scratch.Of(1-p.index), p.scratch.Marks()
	mine, theirs := offset+int64(p.index)*slotSize, offset+int64(1-p.index)*slotSize
	return func(i int64) error {
		at := 2*i + int64(p.index)
		if at >= int64(len(marks)) {
			return subject.Errorf(subject.Invalid, "the scratch file has %d marks", len(marks))
		}
		n := uint64(i + 1)
		p.own.Ready.Store(n)
		for spins := 0; other.Ready.Load() < n; spins++ {
			if spins > 1<<16 {
				giveWay()
			}
		}
		if err := w.Store(mine, n); err != nil {
			return err
		}
		v, err := w.Load(theirs)
		marks[at] = 1
		if v >= n {
			marks[at] = 2
		}
		return err
	}, nil
}

// litmus is one side of the litmus test MP.
type litmus struct {
	*worker
	region subject.Region
	words  subject.Words
	slots  int64

	early, late int64 // looks at a flag that was not set yet; flags with their data
}

// place gives the round and the slot of a step; slot 0 is for the rounds.
func (l *litmus) place(i int64) (round uint64, slot int64) {
	return uint64(i/(l.slots-1)) + 1, (1 + i%(l.slots-1)) * slotSize
}

func (l *litmus) flag(i int64) error {
	round, slot := l.place(i)
	var data [8]byte
	binary.NativeEndian.PutUint64(data[:], round)
	if _, err := l.region.WriteAt(data[:], slot+dataAt); err != nil {
		return err
	}
	if err := l.words.Store(slot, round); err != nil {
		return err
	}
	if slot != (l.slots-1)*slotSize {
		return nil
	}
	_, err := l.await(0, round)
	return err
}

func (l *litmus) follow(i int64) error {
	round, slot := l.place(i)
	looks, err := l.await(slot, round)
	if err != nil {
		return err
	}
	var data [8]byte
	if _, err := l.region.ReadAt(data[:], slot+dataAt); err != nil {
		return err
	}
	if v := binary.NativeEndian.Uint64(data[:]); v != round {
		l.fault(i, "the flag says %d and the data written before it are %d", round, v)
	} else {
		l.late++
	}
	l.early += looks
	if slot != (l.slots-1)*slotSize {
		return nil
	}
	return l.words.Store(0, round)
}

func (l *litmus) report() {
	l.reply.Outcomes = fmt.Sprintf("%s=%d %s=%d %s=%d",
		protocol.FlagUnseen, l.early, protocol.FlagAndData, l.late, protocol.FlagAlone, l.wrong)
}

// await looks until a word has a value, and says how often it had not.
func (l *litmus) await(offset int64, value uint64) (looks int64, err error) {
	for ; ; looks++ {
		v, err := l.words.Load(offset)
		if err != nil || v >= value {
			return looks, err
		}
		if looks > 1<<16 {
			giveWay()
		}
	}
}
