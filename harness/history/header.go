package history

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
)

const (
	magic      = "ipckhist"
	version    = 1
	headerSize = 128
)

// Offsets of the header's fields.
const (
	atVersion    = 8
	atHeaderSize = 12
	atPID        = 16
	atTID        = 20
	atProcess    = 24
	atClock      = 28
	atCapacity   = 32
	atFence      = 40
	atSlack      = 44
	atBoot       = 48
	atWritten    = 64
)

// A Fence says which fence a recorder executes between an operation and its ret.
type Fence uint32

// FullFence is the mode to use. NoFence disturbs the code under test less, but a
// violation found with it may be due to a store that was not visible yet.
const (
	NoFence Fence = iota
	FullFence
)

// Monotonic is the only clock id in use, CLOCK_MONOTONIC.
const Monotonic = 1

// A Header says which thread recorded a file, and how.
type Header struct {
	PID, TID uint32 // as the process itself sees them
	Process  uint32 // index of the process in its run
	Clock    uint32
	Capacity uint64 // records
	Fence    Fence
	Slack    uint32   // ns to add to every ret
	Boot     [16]byte // the boot whose clock this is

	written uint64 // 1 + records, once closed
}

func (h *Header) encode() [headerSize]byte {
	var b [headerSize]byte
	le := binary.LittleEndian
	copy(b[:], magic)
	le.PutUint32(b[atVersion:], version)
	le.PutUint32(b[atHeaderSize:], headerSize)
	le.PutUint32(b[atPID:], h.PID)
	le.PutUint32(b[atTID:], h.TID)
	le.PutUint32(b[atProcess:], h.Process)
	le.PutUint32(b[atClock:], h.Clock)
	le.PutUint64(b[atCapacity:], h.Capacity)
	le.PutUint32(b[atFence:], uint32(h.Fence))
	le.PutUint32(b[atSlack:], h.Slack)
	copy(b[atBoot:], h.Boot[:])
	le.PutUint64(b[atWritten:], h.written)
	return b
}

// decodeHeader reads a header. Errors have the offset of the field.
func decodeHeader(b []byte) (Header, *FormatError) {
	bad := func(f Fault, offset int64, format string, args ...any) (Header, *FormatError) {
		return Header{}, &FormatError{Fault: f, Offset: offset, Text: fmt.Sprintf(format, args...)}
	}
	if len(b) >= headerSize && blank(b[:headerSize]) {
		return bad(NotBegun, 0, "the header is blank: the recording process was killed before its first operation")
	}
	if len(b) >= len(magic) && string(b[:len(magic)]) != magic {
		return bad(Foreign, 0, "it begins with %q, and a history file with %q", b[:len(magic)], magic)
	}
	if len(b) < headerSize {
		return bad(Truncated, int64(len(b)), "the file ends inside the header, which has %d bytes", headerSize)
	}
	le := binary.LittleEndian
	if v := le.Uint32(b[atVersion:]); v != version {
		return bad(WrongVersion, atVersion, "format version %d; this build reads version %d: use the build that recorded it", v, version)
	}
	if n := le.Uint32(b[atHeaderSize:]); n != headerSize {
		return bad(BadHeader, atHeaderSize, "the header has %d bytes, expected %d", n, headerSize)
	}
	h := Header{
		PID: le.Uint32(b[atPID:]), TID: le.Uint32(b[atTID:]), Process: le.Uint32(b[atProcess:]),
		Clock: le.Uint32(b[atClock:]), Capacity: le.Uint64(b[atCapacity:]),
		Fence: Fence(le.Uint32(b[atFence:])), Slack: le.Uint32(b[atSlack:]),
		Boot: [16]byte(b[atBoot:]), written: le.Uint64(b[atWritten:]),
	}
	switch {
	case h.Clock != Monotonic:
		return bad(BadHeader, atClock, "clock %d, expected %d (CLOCK_MONOTONIC)", h.Clock, Monotonic)
	case h.Capacity == 0 || h.Capacity > math.MaxInt32:
		return bad(BadHeader, atCapacity, "the capacity is %d records, expected 1 to %d", h.Capacity, math.MaxInt32)
	case h.Fence > FullFence:
		return bad(BadHeader, atFence, "fence mode %d, expected 0 (none) or 1 (full)", h.Fence)
	case h.written > h.Capacity+1:
		return bad(BadHeader, atWritten, "%d records were written, but the capacity is %d", h.written-1, h.Capacity)
	}
	return h, nil
}

// blank reports whether all bytes are zero.
func blank(b []byte) bool { return !slices.ContainsFunc(b, func(c byte) bool { return c != 0 }) }

// bootID reads the id of the running boot.
func bootID() (id [16]byte, err error) {
	const path = "/proc/sys/kernel/random/boot_id"
	text, err := os.ReadFile(path)
	if err != nil {
		return id, fmt.Errorf("history: the boot, and with it the clock, cannot be identified: %w", err)
	}
	raw, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(string(text)), "-", ""))
	if err != nil || len(raw) != len(id) {
		return id, fmt.Errorf("history: %s holds %q, expected a UUID", path, text)
	}
	return [16]byte(raw), nil
}
