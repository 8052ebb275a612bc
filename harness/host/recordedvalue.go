package host

import (
	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// value names what this process sends or writes next. It is never 0, which is
// what words hold at first.
func (x *recorded) value() uint64 { return history.Value(uint32(*x.request.Index)+1, uint32(x.next)) }

// transfer puts, or gets. A getter that may not wait ends with the
// first refusal: it drains what is left.
func (x *recorded) transfer(q *queue) (func() (bool, error), error) {
	l, err := parseLoad(x.request)
	if err != nil {
		return nil, err
	}
	switch role := x.request.Role; {
	case q.family == "buffer" && role == protocol.RolePut, q.family != "buffer" && role == protocol.RoleSend:
		if l.low < history.SmallestNamed {
			return nil, subject.Errorf(subject.Invalid, "items of %d bytes cannot be told apart; a recorded workload needs %d or more", l.low, history.SmallestNamed)
		}
		return x.sending(q, l), nil
	case q.family == "buffer" && role == protocol.RoleGet, q.family != "buffer" && role == protocol.RoleReceive:
		return x.receiving(q, l), nil
	}
	return nil, subject.Errorf(subject.Invalid, "role %q does not fit a %s", x.request.Role, q.family)
}

func (x *recorded) sending(q *queue, l load) func() (bool, error) {
	p := make([]byte, l.high)
	return func() (bool, error) {
		item := p[:l.size(x.next)]
		if err := history.Fill(item, x.value()); err != nil {
			return false, subject.Errorf(subject.Invalid, "%v", err)
		}
		wait := x.patience()
		if !x.Begin(history.Send, 0, x.value(), 0) {
			return false, nil
		}
		granted, err := x.ended(q.put(item, wait), wait)
		overwrite(item)
		if granted {
			x.done++
		}
		return true, err
	}
}

func (x *recorded) receiving(q *queue, l load) func() (bool, error) {
	into := x.h.buffer(max(l.high, q.itemMax))
	drain := x.wait == subject.Never
	return func() (bool, error) {
		wait := x.patience()
		if !x.Begin(history.Receive, 0, 0, 0) {
			return false, nil
		}
		n, err := q.take(into, l.high, wait)
		if err != nil && n > 0 { // of a stream, a part of an item
			x.End(history.Corrupt)
			return false, err
		}
		if err != nil {
			_, err = x.ended(err, wait)
			return !drain, err
		}
		if n < 0 || n > len(into) {
			x.End(history.Corrupt)
			return false, subject.Errorf(subject.IO, "get returned a length of %d for a buffer of %d bytes", n, len(into))
		}
		x.found(into[:n])
		x.done++
		return true, nil
	}
}

// found records what came out of a queue or a snapshot.
func (x *recorded) found(item []byte) {
	value, whole := history.Check(item)
	if whole {
		x.EndValue(history.OK, value)
	} else {
		x.EndValue(history.Corrupt, value)
	}
}

// publication publishes records, or reads them.
func (x *recorded) publication(s *snapshot) (func() (bool, error), error) {
	l, err := parseLoad(x.request)
	if err != nil {
		return nil, err
	}
	switch x.request.Role {
	case protocol.RolePublish:
		p := make([]byte, l.high)
		return func() (bool, error) {
			record := p[:l.size(x.next)]
			if err := history.Fill(record, x.value()); err != nil {
				return false, subject.Errorf(subject.Invalid, "%v", err)
			}
			if !x.Begin(history.Write, 0, x.value(), 0) {
				return false, nil
			}
			granted, err := x.ended(s.Publish(record), subject.Forever)
			overwrite(record)
			if granted {
				x.done++
			}
			return true, err
		}, nil
	case protocol.RoleRead:
		into := x.h.buffer(max(l.high, s.recordMax))
		return func() (bool, error) {
			if !x.Begin(history.Read, 0, 0, 0) {
				return false, nil
			}
			n, err := s.Read(into)
			switch {
			case subject.KindOf(err) == subject.Empty:
				x.EndValue(history.OK, 0) // as it was made
			case err != nil:
				_, err = x.ended(err, subject.Forever)
				return true, err
			case n < 0 || n > len(into):
				x.End(history.Corrupt)
				return false, subject.Errorf(subject.IO, "Read returned a length of %d for a buffer of %d bytes", n, len(into))
			default:
				x.found(into[:n])
			}
			x.done++
			return true, nil
		}, nil
	}
	return nil, (&worker{request: x.request}).misfit()
}

// wording counts a word up, or uses it as a register.
func (x *recorded) wording(w subject.Words) (func() (bool, error), error) {
	offset, err := need(x.request, "offset", x.request.Offset)
	if err != nil {
		return nil, err
	}
	switch x.request.Role {
	case protocol.RoleAdd:
		return x.valued(history.Add, 1, func() (uint64, error) { return w.Add(offset, 1) }), nil
	case protocol.RoleLoad:
		return x.valued(history.Read, 0, func() (uint64, error) { return w.Load(offset) }), nil
	case protocol.RoleStore:
		return func() (bool, error) {
			v := scatter(x.value())
			if !x.Begin(history.Write, 0, v, 0) {
				return false, nil
			}
			granted, err := x.ended(w.Store(offset, v), subject.Forever)
			if granted {
				x.done++
			}
			return true, err
		}, nil
	case protocol.RoleCAS:
		var expected uint64
		return func() (bool, error) {
			if !x.BeginSwap(0, expected, x.value()) {
				return false, nil
			}
			held, swapped, err := w.CompareAndSwap(offset, expected, x.value())
			switch {
			case err != nil:
				x.EndSwap(history.Unknown, 0)
				return false, err
			case swapped:
				x.EndSwap(history.OK, held)
				expected = x.value()
				x.next++
			default:
				x.EndSwap(history.Failed, held)
				expected = held
			}
			x.done++
			return true, nil
		}, nil
	}
	return nil, (&worker{request: x.request}).misfit()
}

// valued is an operation on a word that yields a value.
func (x *recorded) valued(kind history.Kind, aux uint32, do func() (uint64, error)) func() (bool, error) {
	return func() (bool, error) {
		if !x.Begin(kind, 0, 0, aux) {
			return false, nil
		}
		v, err := do()
		if err != nil {
			_, err = x.ended(err, subject.Forever)
			return true, err
		}
		x.EndValue(history.OK, v)
		x.done++
		return true, nil
	}
}

// scatter makes a value whose halves differ from those of all others, so that
// a word made of two halves is no value that was stored. It is one-to-one (the finaliser of
// splitmix64), and 0 only for 0.
func scatter(v uint64) uint64 {
	v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
	v = (v ^ v>>27) * 0x94d049bb133111eb
	return v ^ v>>31
}
