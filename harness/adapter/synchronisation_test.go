package adapter_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/scratch"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

// TestSynchronisationPasses walks the operations of all families through two
// agents of the example, and looks for what they leave.
func TestSynchronisationPasses(t *testing.T) {
	l := sanitized(t, filepath.Join(impl, "c/example"))
	w := worldtest.New(t, world.Options{})
	if err := w.Baseline(); err != nil {
		t.Fatal(err)
	}
	p, q := begin(t, w, l, "first"), begin(t, w, l, "second")
	name := "/ipckit-" + w.ID() + "-"
	never := ptr(protocol.WireWait(subject.Never))
	for _, x := range []struct {
		family  string
		create  protocol.Request // beyond its name
		p, free protocol.Request // what p does, and what q is refused meanwhile
		back    protocol.Request // by which p lets q do it
	}{
		{"lock", protocol.Request{}, protocol.Request{Op: "lock.acquire"}, protocol.Request{Op: "lock.acquire"}, protocol.Request{Op: "lock.release"}},
		{"semaphore", protocol.Request{Initial: ptr(int64(1)), Maximum: ptr(int64(1<<31 - 1))},
			protocol.Request{Op: "semaphore.wait"}, protocol.Request{Op: "semaphore.wait"}, protocol.Request{Op: "semaphore.post"}},
		{"rwlock", protocol.Request{}, protocol.Request{Op: "rwlock.read"}, protocol.Request{Op: "rwlock.write"}, protocol.Request{Op: "rwlock.release"}},
		{"rwlock", protocol.Request{}, protocol.Request{Op: "rwlock.write"}, protocol.Request{Op: "rwlock.read"}, protocol.Request{Op: "rwlock.release"}},
	} {
		op := func(r protocol.Request) protocol.Request {
			r.Object = "o"
			return r
		}
		create, open := op(x.create), op(protocol.Request{Op: x.family + ".open", Name: name + x.family})
		create.Op, create.Name = x.family+".create", open.Name
		deny(t, q, open, subject.NotFound)
		do(t, p, create)
		deny(t, q, create, subject.Exists)
		do(t, q, open)
		do(t, p, op(x.p))
		refused := op(x.free)
		refused.Wait = never
		deny(t, q, refused, subject.Timeout)
		refused.Wait = ptr(protocol.WireWait(subject.Wait(1e6)))
		deny(t, q, refused, subject.Timeout)
		call := q.Begin(op(x.free))
		do(t, p, op(x.back))
		<-call.Done()
		if _, err := call.Reply(); err != nil {
			t.Errorf("%s after %s: %v", x.free.Op, x.back.Op, err)
		}
		do(t, q, op(x.back))
		do(t, p, protocol.Request{Op: x.family + ".unlink", Name: open.Name})
		do(t, p, op(protocol.Request{Op: x.family + ".detach"}))
		do(t, q, op(protocol.Request{Op: x.family + ".detach"}))
	}
	for _, a := range []*agent.Agent{p, q} {
		if err := a.Bye(within(t)); err != nil {
			t.Errorf("%v\n%v", err, a.Output())
		}
	}
	if left, _ := w.Leftovers(within(t)); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestWordsAndSnapshotsPass(t *testing.T) {
	l := sanitized(t, filepath.Join(impl, "c/example"))
	w := worldtest.New(t, world.Options{})
	p, q := begin(t, w, l, "first"), begin(t, w, l, "second")
	region, snap := "/ipckit-"+w.ID()+"-r", "/ipckit-"+w.ID()+"-s"
	at := ptr(int64(4088))
	do(t, p, protocol.Request{Op: "region.create", Object: "r", Name: region, Size: ptr(int64(4096))})
	do(t, q, protocol.Request{Op: "region.open", Object: "r", Name: region})
	do(t, p, protocol.Request{Op: "word.store", Object: "r", Offset: at, Value: ptr(^uint64(0))})
	if r := do(t, q, protocol.Request{Op: "word.add", Object: "r", Offset: at, Value: ptr(uint64(8))}); *r.Value != ^uint64(0) {
		t.Errorf("the word held %d before the addition, want 2^64-1", *r.Value)
	}
	r := do(t, q, protocol.Request{Op: "word.cas", Object: "r", Offset: at, Expected: ptr(uint64(7)), Value: ptr(uint64(1))})
	if !*r.Swapped || *r.Value != 7 {
		t.Errorf("a compare-and-swap of 7 answers %d, swapped: %t", *r.Value, *r.Swapped)
	}
	if r := do(t, p, protocol.Request{Op: "word.load", Object: "r", Offset: at}); *r.Value != 1 {
		t.Errorf("the word holds %d, want 1", *r.Value)
	}
	for _, offset := range []int64{-8, 4, 4096, 1<<63 - 8} {
		deny(t, p, protocol.Request{Op: "word.load", Object: "r", Offset: &offset}, subject.Invalid)
	}
	do(t, p, protocol.Request{Op: "region.unlink", Name: region})

	do(t, p, protocol.Request{Op: "snapshot.create", Object: "s", Name: snap, ItemMax: ptr(int64(33))})
	do(t, q, protocol.Request{Op: "snapshot.open", Object: "s", Name: snap})
	deny(t, q, protocol.Request{Op: "snapshot.read", Object: "s"}, subject.Empty)
	record := []byte("a record of more than sixteen by.")
	do(t, p, protocol.Request{Op: "snapshot.publish", Object: "s", Data: text(record)})
	if got := do(t, q, protocol.Request{Op: "snapshot.read", Object: "s"}).Bytes(); !bytes.Equal(got, record) {
		t.Errorf("%q was published and %q read", record, got)
	}
	deny(t, p, protocol.Request{Op: "snapshot.publish", Object: "s", Data: text(append(record, 'x'))}, subject.TooLarge)
	deny(t, q, protocol.Request{Op: "snapshot.read", Object: "s", ItemMax: ptr(int64(32))}, subject.TooLarge)
	do(t, p, protocol.Request{Op: "snapshot.unlink", Name: snap})
}

// TestStepsTellWhatIsWrong: what a step must not see is reported with where and
// what; here the test plays the other process.
func TestStepsTellWhatIsWrong(t *testing.T) {
	needCompiler(t)
	w := worldtest.New(t, world.Options{})
	a := begin(t, w, build(t, load(t, filepath.Join(impl, "c/example"))), "only")
	do(t, a, protocol.Request{Op: "lock.create", Object: "l", Name: "/ipckit-" + w.ID() + "-l"})
	path := filepath.Join(w.Dir(), "scratch")
	s, err := scratch.Create(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if w.User() != os.Getuid() {
		if err := os.Chown(path, w.User(), w.User()); err != nil {
			t.Fatal(err)
		}
	}
	work := protocol.Request{Op: "workload", Object: "l", Role: "lock", Count: ptr(int64(5)), Index: ptr(int64(0)), Scratch: path}
	if r := do(t, a, work); *r.Done != 5 || *r.Wrong != 0 || s.Counter() != 5 {
		t.Errorf("five steps alone: %+v, counter %d", r, s.Counter())
	}
	s.Of(3).Presence.Store(scratch.Alone)
	if r := do(t, a, work); *r.Done != 5 || *r.Wrong != 10 || *r.WrongAt != 0 || r.WrongText != "1 others were inside at the same time" {
		t.Errorf("five steps beside another: %+v", r)
	}
	s.Of(3).Presence.Store(scratch.Outside)
	s.Record()[7]++
	if r := do(t, a, work); *r.Wrong != 1 {
		t.Errorf("five steps after a record that is half written: %+v", r)
	}
	work.Role = "wait"
	deny(t, a, work, subject.Invalid)
	do(t, a, protocol.Request{Op: "lock.unlink", Name: "/ipckit-" + w.ID() + "-l"})
}
