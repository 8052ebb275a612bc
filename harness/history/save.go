package history

import (
	"fmt"
	"io"
	"unsafe"
)

// WriteTo writes the log as a file that [Open] reads, to save a part of a history or
// a constructed one. Slack has been added to every ret, so the file states none.
func (l *Log) WriteTo(w io.Writer) (int64, error) {
	if !littleEndian() {
		return 0, errBigEndian
	}
	ops := l.Ops
	if l.Expected != nil {
		ops = l.joined()
	}
	h := l.Header
	h.Clock, h.Slack = Monotonic, 0
	h.Capacity, h.written = max(1, uint64(len(ops))), uint64(len(ops))+1
	head := h.encode()
	n, err := w.Write(head[:])
	if err != nil {
		return int64(n), fmt.Errorf("history: %w", err)
	}
	m, err := w.Write(unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(ops))), len(ops)*OpSize))
	if err != nil {
		err = fmt.Errorf("history: %w", err)
	}
	return int64(n) + int64(m), err
}

// joined inserts the continuation records again.
func (l *Log) joined() []Op {
	ops := make([]Op, 0, len(l.Ops))
	for i, o := range l.Ops {
		ops = append(ops, o)
		if o.Kind != Swap {
			continue
		}
		c := Op{Inv: int64(l.Expected[i]), Object: o.Object, Kind: Continuation}
		switch {
		case o.Status == Failed:
			c.Ret = int64(o.Value)
		case o.Done():
			c.Ret = c.Inv
		}
		ops = append(ops, c)
	}
	return ops
}
