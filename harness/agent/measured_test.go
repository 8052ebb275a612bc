package agent_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/samples"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

// Two processes answer each other, and one of them writes how long it took.
func TestMeasuredProcesses(t *testing.T) {
	w := worldtest.New(t, world.Options{})
	a, b := start(t, w, agent.Self("toy"), "a"), start(t, w, agent.Self("toy"), "b")
	for handle, name := range map[string]string{"there": name(w, "there"), "back": name(w, "back")} {
		must(t, a, protocol.Request{Op: protocol.OpBufferCreate, Object: handle, Name: name, Capacity: new(int64(4)), ItemMax: new(int64(64))})
		must(t, b, protocol.Request{Op: protocol.OpBufferOpen, Object: handle, Name: name})
	}
	file := filepath.Join(w.Dir(), "samples")
	if err := samples.Create(file, 6); err != nil {
		t.Fatal(err)
	}
	if w.User() != os.Getuid() {
		if err := os.Chown(file, w.User(), w.User()); err != nil {
			t.Fatal(err)
		}
	}
	r := protocol.Request{Op: protocol.OpWorkload, Object: "there", Back: "back", Role: protocol.RolePing, Count: new(int64(30)), Warm: new(int64(5)),
		Batch: new(int64(5)), Samples: file, SizeMin: new(int64(64)), SizeMax: new(int64(64)), Seed: new(uint64(1))}
	ping := a.Begin(r)
	r.Role, r.Object, r.Back, r.Samples = protocol.RolePong, "back", "there", ""
	pong := b.Begin(r)
	for name, reply := range map[string]protocol.Reply{"ping": reply(t, ping), "pong": reply(t, pong)} {
		if *reply.Done != 30 || *reply.Wrong != 0 {
			t.Errorf("%s: %+v", name, reply)
		}
	}
	if list, err := samples.Read(file); err != nil || len(list) != 6 || list[5] <= 0 {
		t.Errorf("samples: %v, %v", list, err)
	}
}

func reply(t *testing.T, c *agent.Call) protocol.Reply {
	t.Helper()
	<-c.Done()
	r, err := c.Reply()
	if err != nil {
		t.Fatal(err)
	}
	return r
}
