package history

import (
	"path/filepath"
	"testing"
)

// What one process recorded in several files is one log, and what others did is
// another.
func TestLogsOfAProcessAreJoined(t *testing.T) {
	dir := t.TempDir()
	var paths []string
	for i, process := range []uint32{7, 8, 7} {
		path := filepath.Join(dir, string(rune('a'+i)))
		paths = append(paths, path)
		r, err := Create(path, Options{Process: process, Capacity: 4, Fence: FullFence})
		if err != nil {
			t.Fatal(err)
		}
		r.Begin(Send, 0, Value(process, uint32(i)), 0)
		r.End(OK)
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
	}
	h, err := LoadJoined(paths...)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Logs) != 2 || len(h.Logs[0].Ops) != 2 || len(h.Logs[1].Ops) != 1 || h.Len() != 3 {
		t.Fatalf("%d logs with %d operations", len(h.Logs), h.Len())
	}
	if v := h.Logs[0].Ops[1].Value; v != Value(7, 2) {
		t.Errorf("the second operation of process 7 is %x", v)
	}
	n := 0
	for m := NewMerge(h); ; n++ {
		if _, ok := m.Next(); !ok {
			break
		}
	}
	if n != 6 {
		t.Errorf("%d events, expected 6", n)
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
}
