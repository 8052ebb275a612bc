package history

import (
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// image is a file of five operations and a swap, closed in order or not.
func image(t testing.TB, closed bool) []byte {
	t.Helper()
	r, path := create(t, Options{Capacity: 8})
	for i := range 5 {
		r.Begin(Add, 0, 0, 1)
		r.EndValue(OK, uint64(i))
	}
	r.BeginSwap(0, 5, 9)
	r.EndSwap(OK, 5)
	if closed {
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFaultyFilesAreNamed(t *testing.T) {
	le := binary.LittleEndian
	record := func(b []byte, i int) []byte { return b[headerSize+i*OpSize:] }
	for _, c := range []struct {
		name   string
		open   bool // the file was never closed
		damage func(b []byte) []byte
		fault  Fault
		offset int64
		intact int // operations; -1: no log
		text   string
	}{
		{"empty", false, func(b []byte) []byte { return nil }, Truncated, 0, -1, "empty"},
		{"header cut", false, func(b []byte) []byte { return b[:100] }, Truncated, 100, -1, "inside the header"},
		{"records cut", false, func(b []byte) []byte { return b[:headerSize+3*OpSize+5] }, Truncated, headerSize + 3*OpSize + 5, 3, "3 of 7 records"},
		{"swap cut", false, func(b []byte) []byte { return b[:headerSize+6*OpSize] }, Truncated, headerSize + 6*OpSize, 5, "6 of 7 records"},
		{"killed and cut", true, func(b []byte) []byte { return b[:headerSize+3*OpSize] }, Truncated, headerSize + 3*OpSize, 3, "3 of 8 records"},
		{"foreign", false, func(b []byte) []byte { return []byte("{\"kind\": \"header\"}\n") }, Foreign, 0, -1, `"{\"kind\":"`},
		{"version", false, func(b []byte) []byte { b[atVersion] = 9; return b }, WrongVersion, atVersion, -1, "version 9"},
		{"header size", false, func(b []byte) []byte { b[atHeaderSize] = 64; return b }, BadHeader, atHeaderSize, -1, "64 bytes"},
		{"clock", false, func(b []byte) []byte { b[atClock] = 0; return b }, BadHeader, atClock, -1, "CLOCK_MONOTONIC"},
		{"capacity", false, func(b []byte) []byte { b[atCapacity+7] = 1; return b }, BadHeader, atCapacity, -1, "capacity"},
		{"fence", false, func(b []byte) []byte { b[atFence] = 7; return b }, BadHeader, atFence, -1, "fence mode 7"},
		{"written", false, func(b []byte) []byte { b[atWritten] = 99; return b }, BadHeader, atWritten, -1, "98 records"},
		{"kind", false, func(b []byte) []byte { record(b, 2)[30] = 77; return b }, BadRecord, headerSize + 2*OpSize, 2, "operation 77"},
		{"status", false, func(b []byte) []byte { record(b, 2)[31] = 77; return b }, BadRecord, headerSize + 2*OpSize, 2, "status 77"},
		{"lone continuation", false, func(b []byte) []byte { record(b, 2)[30] = 255; return b }, BadRecord, headerSize + 2*OpSize, 2, "continuation"},
		{"lone swap", false, func(b []byte) []byte { record(b, 2)[30] = byte(Swap); return b }, BadRecord, headerSize + 2*OpSize, 2, "without the continuation"},
		{"ends before it begins", false, func(b []byte) []byte { le.PutUint64(record(b, 2)[8:], 1); return b }, Backwards, headerSize + 2*OpSize, 2, "ends at 1 ns"},
		{"clock stepped back", false, func(b []byte) []byte { le.PutUint64(record(b, 3), 1); return b }, Backwards, headerSize + 3*OpSize, 3, "begins at 1 ns"},
		{"time absurd", false, func(b []byte) []byte { b[headerSize+7] = 0xff; return b }, BadRecord, headerSize, 0, "out of range"},
		{"killed before the header", true, func(b []byte) []byte { clear(b); return b }, NotBegun, 0, -1, "killed before its first operation"},
		{"hole", true, func(b []byte) []byte { clear(record(b, 2)[:OpSize]); return b }, Hole, headerSize + 2*OpSize, 2, "record 3 was"},
		{"hole in a closed file", false, func(b []byte) []byte { clear(record(b, 4)[:OpSize]); return b }, Hole, headerSize + 4*OpSize, 4, "closed with 7 records"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "broken.hist")
			if err := os.WriteFile(path, c.damage(image(t, !c.open)), 0o600); err != nil {
				t.Fatal(err)
			}
			l, err := Open(path)
			var e *FormatError
			if !errors.As(err, &e) {
				t.Fatalf("error %v is no FormatError", err)
			}
			if e.Fault != c.fault || e.Offset != c.offset || e.File != path || !strings.Contains(err.Error(), c.text) {
				t.Errorf("said %q, expected %s at byte %d with %q", err, c.fault, c.offset, c.text)
			}
			if (l == nil) != (c.intact < 0) {
				t.Fatalf("log %v, expected %d operations", l, c.intact)
			}
			if l == nil {
				return
			}
			defer l.Close()
			if len(l.Ops) != c.intact {
				t.Errorf("%d operations survived, expected %d", len(l.Ops), c.intact)
			}
		})
	}
}

func TestIntactFilesAreRead(t *testing.T) {
	for _, closed := range []bool{true, false} {
		l, fault := parse(image(t, closed))
		if fault != nil || len(l.Ops) != 6 || l.Expected[5] != 5 {
			t.Errorf("closed %v: %v, %+v", closed, fault, l)
		}
	}
}

func TestSlackWidensEveryReturn(t *testing.T) {
	b := image(t, true)
	exact, _ := parse(b)
	rets := make([]int64, len(exact.Ops))
	for i, o := range exact.Ops {
		rets[i] = o.Ret
	}
	binary.LittleEndian.PutUint32(b[atSlack:], 1500)
	l, fault := parse(b)
	if fault != nil {
		t.Fatal(fault)
	}
	for i, o := range l.Ops {
		if o.Ret != rets[i]+1500 {
			t.Errorf("operation %d ends at %d, expected %d", i, o.Ret, rets[i]+1500)
		}
	}
}

func TestSavedLogsAreReadBack(t *testing.T) {
	l, fault := parse(image(t, false))
	if fault != nil {
		t.Fatal(fault)
	}
	path := filepath.Join(t.TempDir(), "saved.hist")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := l.WriteTo(f); err != nil || n != headerSize+7*OpSize {
		t.Errorf("%d bytes, %v", n, err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	again := load(t, path)
	if !slices.Equal(again.Ops, l.Ops) || !slices.Equal(again.Expected, l.Expected) {
		t.Errorf("saved %+v\nread %+v", l.Ops, again.Ops)
	}
}

func TestLoadWantsOneBoot(t *testing.T) {
	dir := t.TempDir()
	here, there := filepath.Join(dir, "here"), filepath.Join(dir, "there")
	b := image(t, true)
	if err := os.WriteFile(here, b, 0o600); err != nil {
		t.Fatal(err)
	}
	b[atBoot] ^= 1
	if err := os.WriteFile(there, b, 0o600); err != nil {
		t.Fatal(err)
	}
	h, err := Load(here, here)
	if err != nil || h.Len() != 12 {
		t.Errorf("%v, %d operations", err, h.Len())
	}
	h.Close()
	h, err = Load(here, there, filepath.Join(dir, "none"))
	var e *FormatError
	if !errors.As(err, &e) || e.Fault != OtherBoot || e.Offset != atBoot || e.File != there {
		t.Errorf("said %v", err)
	}
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the missing file is not in %v", err)
	}
	if h.Len() != 6 {
		t.Errorf("%d operations left, expected 6", h.Len())
	}
	h.Close()
}

// Whatever the bytes, a file is read or refused; what is read is in order.
func FuzzReader(f *testing.F) {
	f.Add(image(f, true))
	f.Add(image(f, false))
	f.Add([]byte("ipckhist"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 {
			return
		}
		aligned := make([]uint64, len(b)/8+1) // as a mapping is
		mem := bytesOf(aligned)[:len(b)]
		copy(mem, b)
		l, fault := parse(mem)
		if l == nil {
			if fault == nil {
				t.Fatal("neither a log nor a fault")
			}
			return
		}
		if l.Expected != nil && len(l.Expected) != len(l.Ops) {
			t.Fatalf("%d operations, %d expected values", len(l.Ops), len(l.Expected))
		}
		for i, o := range l.Ops {
			if !o.Kind.Known() || o.Ret != 0 && o.Ret < o.Inv || i > 0 && o.Inv < l.Ops[i-1].Inv {
				t.Fatalf("operation %d is %+v", i, o)
			}
		}
		events(t, New(l))
	})
}

// TestWhoBeganToRecord: a process may be killed at any moment of making its file.
func TestWhoBeganToRecord(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		content           []byte
		begun, recognised bool
	}{
		"empty":   {nil, false, false},
		"blank":   {make([]byte, 4096), false, false},
		"begun":   {image(t, false), true, true},
		"foreign": {[]byte("PK\x03\x04 something else"), true, false},
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		if Begun(path) != c.begun || Recognised(path) != c.recognised {
			t.Errorf("%s: begun %v, recognised %v", name, Begun(path), Recognised(path))
		}
	}
	if none := filepath.Join(dir, "none"); Begun(none) || Recognised(none) {
		t.Error("a file that is not there was begun")
	}
}
