package history

import (
	"fmt"
	"io"
	"math"
	"os"

	"golang.org/x/sys/unix"
)

// A Log holds the operations of one thread, in program order.
type Log struct {
	Header Header
	Ops    []Op

	// Expected holds the expected value of each compare-and-swap, by the index of
	// its operation; nil if the log has no compare-and-swap.
	Expected []uint64

	file    string
	mem     []byte
	loose   bool   // an operation may begin at or before the end of the one before it
	objects uint64 // bit o is set if the log may have operations on object o, modulo 64
}

// NewLog makes a log of operations in memory. They must be in order of inv and in
// order of ret.
func NewLog(process uint32, ops []Op) *Log {
	l := &Log{Header: Header{Process: process}, Ops: ops, loose: true}
	for i := range ops {
		l.objects |= 1 << (ops[i].Object % 64)
	}
	return l
}

// Open maps a file and validates it. A file whose process died before it closed the
// file is valid, and its last operation may be pending. An error in the content is a
// *[FormatError]; if there are operations before the fault, the log that holds them
// is returned too.
func Open(path string) (*Log, error) {
	if !littleEndian() {
		return nil, errBigEndian
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("history: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, &FormatError{File: path, Fault: Foreign, Text: "not a regular file"}
	}
	if info.Size() == 0 {
		return nil, &FormatError{File: path, Fault: Truncated, Text: "the file is empty"}
	}
	// A private mapping, so that nothing can change the recorded file.
	mem, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_POPULATE)
	if err != nil {
		return nil, fmt.Errorf("history %s: %w", path, err)
	}
	l, fault := parse(mem)
	if fault != nil {
		fault.File = path
	}
	if l == nil {
		_ = unix.Munmap(mem)
		return nil, fault
	}
	l.file, l.mem = path, mem
	if fault != nil {
		return l, fault
	}
	return l, nil
}

// Begun reports whether a file exists and has a header. A process that is killed
// while it creates the file leaves none, an empty one, or one with a blank header.
func Begun(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, headerSize)
	n, _ := io.ReadFull(f, head)
	return !blank(head[:n])
}

// Recognised reports whether a file begins like a history file.
func Recognised(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(magic))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == magic
}

// File is the path that the log was read from, or "".
func (l *Log) File() string { return l.file }

// Killed reports whether the recording process ended before it closed the file.
func (l *Log) Killed() bool { return l.mem != nil && l.Header.written == 0 }

// Close unmaps the file. The operations cannot be used after that.
func (l *Log) Close() error {
	mem := l.mem
	l.mem, l.Ops, l.Expected = nil, nil, nil
	if mem == nil {
		return nil
	}
	return unix.Munmap(mem)
}

// parse reads a whole file. Where possible, the log is a view of b.
func parse(b []byte) (*Log, *FormatError) {
	h, fault := decodeHeader(b)
	if fault != nil {
		return nil, fault
	}
	l := &Log{Header: h}
	want := h.Capacity
	if h.written > 0 {
		want = h.written - 1
	}
	have := uint64(len(b)-headerSize) / OpSize
	raw := records(b[headerSize:])
	raw = raw[:min(have, want)]
	swaps, fault := l.validate(raw, h.written > 0)
	if have < want && (fault == nil || fault.Offset+OpSize >= headerSize+int64(have)*OpSize) {
		fault = &FormatError{Fault: Truncated, Offset: int64(len(b)),
			Text: fmt.Sprintf("the file holds %d of %d records; the first %d operations are intact", have, want, len(l.Ops)-swaps)}
	}
	if swaps > 0 {
		l.separate(swaps)
	}
	if h.Slack > 0 {
		l.widen(int64(h.Slack))
	}
	return l, fault
}

// validate checks the records, and keeps those before the first fault. closed says
// that the file was closed, so that all records must have been written. It returns
// the number of continuation records.
func (l *Log) validate(raw []Op, closed bool) (swaps int, fault *FormatError) {
	bad := func(i int, f Fault, format string, args ...any) (int, *FormatError) {
		l.Ops = raw[:i]
		return swaps, &FormatError{Fault: f, Offset: int64(headerSize + i*OpSize), Text: fmt.Sprintf(format, args...)}
	}
	var last int64 // the latest time so far
	for i := 0; i < len(raw); i++ {
		o := &raw[i]
		if o.Inv == 0 {
			if closed {
				return bad(i, Hole, "record %d was never written, but the file was closed with %d records", i, len(raw))
			}
			for j := i + 1; j < len(raw); j++ {
				if raw[j].Inv != 0 && raw[j].Kind != Continuation {
					return bad(i, Hole, "record %d was never written, but record %d was", i, j)
				}
			}
			l.Ops = raw[:i]
			return swaps, nil
		}
		switch {
		case !o.Kind.Known():
			return bad(i, BadRecord, "record %d: %v is unknown to this build", i, o.Kind)
		case o.Status >= statuses:
			return bad(i, BadRecord, "record %d: %v is unknown to this build", i, o.Status)
		case o.Inv < 0 || o.Inv > math.MaxInt64/4 || o.Ret < 0 || o.Ret > math.MaxInt64/4:
			return bad(i, BadRecord, "record %d: the times %d and %d are out of range", i, o.Inv, o.Ret)
		case o.Inv < last:
			return bad(i, Backwards, "record %d begins at %d ns, after a record with %d ns", i, o.Inv, last)
		case o.Ret != 0 && o.Ret < o.Inv:
			return bad(i, Backwards, "record %d begins at %d ns and ends at %d ns", i, o.Inv, o.Ret)
		}
		if o.Inv == last {
			l.loose = true // the clock is too coarse to separate the two
		}
		last = max(o.Inv, o.Ret)
		l.objects |= 1 << (o.Object % 64)
		if o.Kind == Swap {
			if i+1 == len(raw) || raw[i+1].Kind != Continuation {
				return bad(i, BadRecord, "record %d is a compare-and-swap without the continuation that holds the expected value", i)
			}
			swaps++
			i++
		}
	}
	l.Ops = raw
	return swaps, nil
}

// separate moves the continuation records out of the operations. The value of a
// failed swap becomes the value that it observed.
func (l *Log) separate(swaps int) {
	n := len(l.Ops) - swaps
	ops, expected := make([]Op, 0, n), make([]uint64, 0, n)
	for i := 0; i < len(l.Ops); i++ {
		o := l.Ops[i]
		var e uint64
		if o.Kind == Swap {
			i++
			e = uint64(l.Ops[i].Inv)
			if o.Status == Failed {
				o.Value = uint64(l.Ops[i].Ret)
			}
		}
		ops, expected = append(ops, o), append(expected, e)
	}
	l.Ops, l.Expected = ops, expected
}

// widen adds ns to every ret, in a copy.
func (l *Log) widen(ns int64) {
	ops := make([]Op, len(l.Ops))
	copy(ops, l.Ops)
	for i := range ops {
		if ops[i].Ret != 0 {
			ops[i].Ret += ns
		}
	}
	l.Ops, l.loose = ops, true
}
