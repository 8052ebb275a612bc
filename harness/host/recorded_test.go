package host

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/linear"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// cell is a region with words in the memory of one process: enough to record.
type cell struct {
	subject.Region
	word uint64
}

func (c *cell) Size() int64                   { return 8 }
func (c *cell) Load(int64) (uint64, error)    { return c.word, nil }
func (c *cell) Store(_ int64, v uint64) error { c.word = v; return nil }
func (c *cell) Add(_ int64, d uint64) (uint64, error) {
	before := c.word
	c.word += d
	return before, nil
}
func (c *cell) CompareAndSwap(_ int64, old, v uint64) (uint64, bool, error) {
	held := c.word
	if held == old {
		c.word = v
	}
	return held, held == old, nil
}

func recordedRequest(path, role string, index int64) protocol.Request {
	count, tries, think, offset, seed := int64(100), int64(0), int64(0), int64(0), uint64(1)
	return protocol.Request{
		Op: protocol.OpWorkload, Object: "c", Role: role, History: path, Count: &count,
		Index: &index, Tries: &tries, Think: &think, Offset: &offset, Seed: &seed,
	}
}

// What workloads on a correct word record is what its checkers allow.
func TestRecordedWorkloads(t *testing.T) {
	for _, x := range []struct {
		roles   []string
		checker linear.Checker
	}{
		{[]string{protocol.RoleAdd, protocol.RoleAdd}, linear.Counter{}},
		{[]string{protocol.RoleCAS, protocol.RoleCAS}, linear.Register{}},
		{[]string{protocol.RoleStore, protocol.RoleLoad, protocol.RoleStore}, linear.Register{}},
	} {
		h := &host{objects: map[string]any{"c": &cell{}}}
		var paths []string
		dir := t.TempDir()
		for i, role := range x.roles {
			path := filepath.Join(dir, string(rune('a'+i)))
			paths = append(paths, path)
			reply, err := h.workload(recordedRequest(path, role, int64(i)))
			if err != nil || reply.Done == nil || *reply.Done < 99 {
				t.Fatalf("%v: answered %+v, %v", x.roles, reply, err)
			}
		}
		recorded, err := history.Load(paths...)
		if err != nil {
			t.Fatal(err)
		}
		defer recorded.Close()
		if n := recorded.Len(); n < 100*len(x.roles) {
			t.Errorf("%v: %d operations recorded", x.roles, n)
		}
		if v := x.checker.Check(recorded); v.Outcome != linear.Allowed {
			t.Errorf("%v: %v, %s", x.roles, v.Outcome, v.Reason)
		}
	}
}

// A file that cannot be made is reported as such, not as the subject's refusal.
func TestRecordedNowhere(t *testing.T) {
	h := &host{objects: map[string]any{"c": &cell{}}}
	_, err := h.workload(recordedRequest(filepath.Join(t.TempDir(), "none", "x"), protocol.RoleAdd, 0))
	if subject.KindOf(err) != subject.IO || !strings.HasPrefix(err.(*subject.Error).Text, "history") {
		t.Errorf("answered %v", err)
	}
	if h.objects["c"].(*cell).word != 0 {
		t.Error("an operation was done that could not be recorded")
	}
}
