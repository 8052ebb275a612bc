package history

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
)

// A History is what several threads recorded of the same run.
type History struct {
	Logs []*Log

	mapped []*Log // logs whose operations are in Logs, joined
}

// New makes a history of logs.
func New(logs ...*Log) *History { return &History{Logs: logs} }

// Load opens all files, and makes sure that one clock stamped them. All that is
// wrong with any of them is in the error. The history holds what could be read;
// with an error it can show a violation, but no absence of one.
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
				Text: fmt.Sprintf("recorded in boot %s, %s in boot %s: their clocks have nothing in common",
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

// Object is the part of the history that concerns one object. Logs that concern
// nothing else are shared, others copied.
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

// Widened is a copy in which every operation ends ns later. A violation that is
// gone in it may be due to a store that became visible late.
func (h *History) Widened(ns int64) *History {
	wide := new(History)
	for _, l := range h.Logs {
		c := *l
		c.mem = nil // still the original's to unmap
		c.widen(ns)
		wide.Logs = append(wide.Logs, &c)
	}
	return wide
}
