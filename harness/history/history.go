package history

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// A History holds the logs that several threads recorded in the same run.
type History struct {
	Logs []*Log

	mapped []*Log // mapped logs whose operations were joined into Logs
}

// New makes a history of logs.
func New(logs ...*Log) *History { return &History{Logs: logs} }

// Load opens all files, and checks that the same clock stamped them. The error holds
// everything that is wrong with any of them. The history holds what could be read;
// with an error, it can prove a violation, but not that there is none.
func Load(paths ...string) (*History, error) {
	h := new(History)
	var errs []error
	for _, p := range paths {
		l, err := Open(p)
		if err != nil {
			errs = append(errs, err)
		}
		if l == nil {
			continue
		}
		if len(h.Logs) > 0 && l.Header.Boot != h.Logs[0].Header.Boot {
			errs = append(errs, &FormatError{File: p, Offset: atBoot, Fault: OtherBoot,
				Text: fmt.Sprintf("recorded in boot %s, but %s in boot %s: their clocks cannot be compared",
					hex.EncodeToString(l.Header.Boot[:]), h.Logs[0].file, hex.EncodeToString(h.Logs[0].Header.Boot[:]))}, l.Close())
			continue
		}
		h.Logs = append(h.Logs, l)
	}
	return h, errors.Join(errs...)
}

// Close unmaps all files.
func (h *History) Close() error {
	var errs []error
	for _, l := range slices.Concat(h.Logs, h.mapped) {
		errs = append(errs, l.Close())
	}
	return errors.Join(errs...)
}

// Len is the number of operations.
func (h *History) Len() int {
	n := 0
	for _, l := range h.Logs {
		n += len(l.Ops)
	}
	return n
}

// Object returns the operations on one object as a history. Logs with operations on
// no other object are shared, others are copied.
func (h *History) Object(object uint16) *History {
	part := new(History)
	for _, l := range h.Logs {
		if l.objects&(1<<(object%64)) != 0 {
			part.Logs = append(part.Logs, l.object(object))
		}
	}
	return part
}

func (l *Log) object(object uint16) *Log {
	n := 0
	for i := range l.Ops {
		if l.Ops[i].Object == object {
			n++
		}
	}
	if n == len(l.Ops) {
		return l
	}
	part := &Log{Header: l.Header, Ops: make([]Op, 0, n), file: l.file, loose: l.loose, objects: 1 << (object % 64)}
	for i := range l.Ops {
		if l.Ops[i].Object != object {
			continue
		}
		part.Ops = append(part.Ops, l.Ops[i])
		if l.Expected != nil {
			part.Expected = append(part.Expected, l.Expected[i])
		}
	}
	return part
}

// Widened returns a copy in which every operation ends ns later. A violation that
// the copy does not have may be due to a store that became visible late.
func (h *History) Widened(ns int64) *History {
	wide := new(History)
	for _, l := range h.Logs {
		c := *l
		c.mem = nil // the original unmaps it
		c.widen(ns)
		wide.Logs = append(wide.Logs, &c)
	}
	return wide
}
