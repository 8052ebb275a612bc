package limit_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/measure"
	"github.com/ipckit/ipckit/harness/measure/limit"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/samples"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

func TestMain(m *testing.M) {
	switch reexec.Role() {
	case world.HolderRole:
		world.Hold()
	case limit.Role:
		fmt.Fprintln(os.Stderr, limit.Main())
		os.Exit(2)
	}
	os.Exit(m.Run())
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// The other side of each role that is timed.
var pairs = map[string]string{protocol.RolePing: protocol.RolePong, protocol.RoleDrain: protocol.RoleStream}

func TestLimitsOfTheMachine(t *testing.T) {
	for _, name := range limit.Names {
		for _, role := range limit.Roles(name) {
			if pairs[role] == "" {
				continue
			}
			for _, size := range []int64{8, 64, 64 << 10, 1 << 20} {
				if role == protocol.RolePing && size > 64 || name == limit.Lines && size > 64 || name == limit.Read && size < 64<<10 && !testing.Verbose() {
					continue
				}
				const batches = 20
				batch := max(min(int64(1<<22)/size, 2000), 2)
				if name == limit.Wake {
					batch = 20
				}
				list := run(t, name, role, size, batches, batch)
				best := float64(slices.Min(list)) / float64(batch)
				if len(list) != batches || best <= 0 {
					t.Errorf("%s %s of %d bytes: %v", name, role, size, list)
				}
				t.Logf("%s, %s of %d bytes: %.1f ns (%.2f GB/s)", name, role, size, best, float64(size)/best)
			}
		}
	}
}

// run measures one role and gives the samples.
func run(t *testing.T, name, role string, size int64, batches, batch int64) []int64 {
	t.Helper()
	w := worldtest.New(t, world.Options{})
	agents := map[string]*agent.Agent{}
	cpus := measure.Processors(2)
	for i, r := range []string{role, pairs[role]} {
		a, err := agent.Start(within(t), w, limit.Launcher(name), r)
		if err != nil {
			t.Fatal(err)
		}
		agents[r] = a
		if tid, known := a.OperationThread(); known && cpus != nil {
			var set unix.CPUSet
			set.Set(cpus[i])
			_ = unix.SchedSetaffinity(tid, &set)
		}
	}
	for _, handle := range []string{"a", "b"} {
		r := protocol.Request{Op: protocol.OpBufferCreate, Object: handle, Name: "/ipckit-" + w.ID() + "-" + handle, Capacity: new(int64(8)), ItemMax: &size}
		if _, err := agents[role].Do(within(t), r); err != nil {
			t.Fatal(err)
		}
		r = protocol.Request{Op: protocol.OpBufferOpen, Object: handle, Name: r.Name}
		if _, err := agents[pairs[role]].Do(within(t), r); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(w.Dir(), "samples")
	if err := samples.Create(file, batches); err != nil {
		t.Fatal(err)
	}
	if w.User() != os.Getuid() {
		if err := os.Chown(file, w.User(), w.User()); err != nil {
			t.Fatal(err)
		}
	}
	r := protocol.Request{Op: protocol.OpWorkload, Role: role, Object: "a", Back: "b", Count: new(batches * batch), Warm: new(batch), Batch: &batch,
		Samples: file, SizeMin: &size, SizeMax: &size, Seed: new(uint64(1))}
	calls := []*agent.Call{agents[role].Begin(r)}
	if r.Role, r.Samples = pairs[role], ""; role == protocol.RolePing {
		r.Object, r.Back = "b", "a"
	}
	calls = append(calls, agents[r.Role].Begin(r))
	for _, c := range calls {
		<-c.Done()
		if reply, err := c.Reply(); err != nil || *reply.Done != batches*batch {
			t.Fatalf("%s %s: %+v, %v", name, c.Request.Role, reply, err)
		}
	}
	list, err := samples.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestLimitsDoNothingElse(t *testing.T) {
	w := worldtest.New(t, world.Options{})
	a, err := agent.Start(within(t), w, limit.Launcher(limit.Line), "a")
	if err != nil {
		t.Fatal(err)
	}
	r := protocol.Request{Op: protocol.OpBufferCreate, Object: "a", Name: "/ipckit-" + w.ID(), Capacity: new(int64(1)), ItemMax: new(int64(8))}
	if _, err := a.Do(within(t), r); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Do(within(t), protocol.Request{Op: protocol.OpBufferPut, Object: "a", Data: new("AAAA")}); err == nil {
		t.Error("an item was put into a limit")
	}
	r = protocol.Request{Op: protocol.OpWorkload, Object: "a", Role: protocol.RoleDrain, Count: new(int64(1)), SizeMin: new(int64(8)), SizeMax: new(int64(8)), Seed: new(uint64(0))}
	if _, err := a.Do(within(t), r); err == nil {
		t.Error("a role that the limit does not have was done")
	}
}
