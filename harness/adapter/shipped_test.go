package adapter_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/adapter"
	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

// canSanitize reports whether the compiler has what sanitized asks for.
var canSanitize = sync.OnceValue(func() bool {
	cc := exec.Command("cc", append(sanitizers, "-x", "c", "-", "-o", os.DevNull)...)
	cc.Stdin = strings.NewReader("int main(void) { return 0; }\n")
	return cc.Run() == nil
})

var sanitizers = []string{"-g", "-O0", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"}

// sanitizedSubjects are the agents that were compiled with checks, by the path of
// the subject: to compile one takes many times as long as to use it.
var sanitizedSubjects = map[string]sanitizedSubject{}

type sanitizedSubject struct {
	adapter  *adapter.Adapter // TestMain closes it
	launcher agent.Launcher
}

// sanitized makes the compiler put checks into the agent, where it can. Tests that
// call it do not run in parallel.
func sanitized(t *testing.T, path string) agent.Launcher {
	t.Helper()
	needCompiler(t)
	if s, ok := sanitizedSubjects[path]; ok {
		if s.launcher.Path == "" {
			t.Fatalf("%s could not be compiled, as another test reports", path)
		}
		return s.launcher
	}
	a, err := adapter.Load(path, kitFiles())
	if err != nil {
		t.Fatal(err)
	}
	if canSanitize() {
		a.Claims.C.Flags = append(a.Claims.C.Flags, sanitizers...)
	} else {
		t.Log("without sanitizers, which the compiler does not have")
	}
	s := sanitizedSubject{adapter: a}
	sanitizedSubjects[path] = s // to be closed, even if the build fails
	s.launcher = build(t, a)
	sanitizedSubjects[path] = s
	return s.launcher
}

func ptr[T any](v T) *T { return &v }

func text(p []byte) *string { return ptr(base64.StdEncoding.EncodeToString(p)) }

// A lane is how a test reaches a subject's buffers or mailboxes.
type lane struct{ subject, family, put, get string }

func TestItemsPass(t *testing.T) {
	for _, x := range []struct {
		lane
		capacity, usable, size int64
	}{
		{lane{"c/example", "buffer", "put", "get"}, 5, 5, 24},
		{lane{"c/example", "mailbox", "send", "receive"}, 4, 4, 24},
		{lane{"controls/mqueue", "mailbox", "send", "receive"}, 4, 4, 24},
		{lane{"c/course", "buffer", "put", "get"}, 8, 8, 4},
		{lane{"controls/spinning", "buffer", "put", "get"}, 10, 9, 24},
		{lane{"controls/semaphore", "buffer", "put", "get"}, 3, 3, 4},
	} {
		t.Run(x.subject+" "+x.family, func(t *testing.T) {
			l := sanitized(t, filepath.Join(impl, x.subject))
			w := worldtest.New(t, world.Options{})
			if x.family == "mailbox" && !has(w, world.OwnQueues) {
				t.Log("the world has no message queues of its own; the host's are used")
			}
			if err := w.Baseline(); err != nil {
				t.Fatal(err)
			}
			producer, consumer := begin(t, w, l, "producer"), begin(t, w, l, "consumer")
			name := "/ipckit-" + w.ID() + "-q"
			op := func(verb string) protocol.Request { return protocol.Request{Op: x.family + "." + verb, Object: "q"} }
			create := op("create")
			create.Name, create.Capacity, create.ItemMax = name, &x.capacity, &x.size
			open := op("open")
			open.Name = name

			deny(t, consumer, open, subject.NotFound)
			do(t, producer, create)
			deny(t, producer, create, subject.Invalid) // the handle is in use
			other := create
			other.Object = "second"
			deny(t, producer, other, subject.Exists)
			do(t, consumer, open)

			item := func(i int64) []byte {
				p := make([]byte, x.size)
				protocol.Payload(p, uint64(i)+1)
				return p
			}
			put := func(i int64) protocol.Request {
				r := op(x.put)
				r.Data, r.Wait = text(item(i)), ptr(protocol.WireWait(subject.Never))
				return r
			}
			get := op(x.get)
			never := get
			never.Wait = ptr(protocol.WireWait(subject.Never))
			deny(t, consumer, never, subject.Empty)
			for i := range x.usable {
				do(t, producer, put(i))
			}
			deny(t, producer, put(x.usable), subject.Full)
			for i := range x.usable {
				if got := do(t, consumer, get).Bytes(); !bytes.Equal(got, item(i)) {
					t.Fatalf("item %d came out as %x, want %x", i, got, item(i))
				}
			}
			deny(t, consumer, never, subject.Empty)

			waiting := consumer.Begin(get)
			select {
			case <-waiting.Done():
				t.Fatal("a get from the empty queue came back")
			case <-time.After(50 * time.Millisecond):
			}
			status, err := consumer.Status(within(t))
			if err != nil || status.State != "busy" || status.Busy != x.family+"."+x.get {
				t.Errorf("status of an agent that waits: %+v, %v", status, err)
			}
			digest := op(x.put)
			digest.Size, digest.Seed = &x.size, ptr(uint64(1))
			do(t, producer, digest)
			<-waiting.Done()
			if reply, err := waiting.Reply(); err != nil || !bytes.Equal(reply.Bytes(), item(0)) {
				t.Errorf("the get that waited gives %v, %v", reply, err)
			}
			do(t, producer, put(7))
			get.Digest = true
			if r := do(t, consumer, get); *r.Size != x.size || r.Hash != protocol.Hash(item(7)) {
				t.Errorf("digest: %d bytes, %s; want %d, %s", *r.Size, r.Hash, x.size, protocol.Hash(item(7)))
			}

			work := protocol.Request{Op: "workload", Object: "q", Role: x.get, Count: ptr(int64(3000)),
				SizeMin: ptr(min(x.size, 4)), SizeMax: &x.size, Seed: ptr(^uint64(0))}
			taking := consumer.Begin(work)
			work.Role = x.put
			if r := do(t, producer, work); *r.Done != 3000 {
				t.Errorf("%d items were put, want 3000", *r.Done)
			}
			<-taking.Done()
			if r, err := taking.Reply(); err != nil || *r.Done != 3000 || *r.Wrong != 0 {
				t.Errorf("workload: %+v, %v", r, err)
			}

			do(t, consumer, op("detach"))
			do(t, producer, op("detach"))
			do(t, producer, protocol.Request{Op: x.family + ".unlink", Name: name})
			deny(t, consumer, open, subject.NotFound)
			for _, a := range []*agent.Agent{producer, consumer} {
				if err := a.Bye(within(t)); err != nil {
					t.Error(err)
				}
				for _, o := range a.Output() {
					t.Errorf("%s said on %s: %s", a.Name(), o.Stream, o.Text)
				}
			}
			if left, _ := w.Leftovers(within(t)); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}

func has(w *world.World, capability string) bool {
	for _, c := range w.Capabilities().Items {
		if c.Name == capability {
			return c.OK
		}
	}
	return false
}

func TestWorkloadTellsWhatIsWrong(t *testing.T) {
	needCompiler(t)
	w := worldtest.New(t, world.Options{})
	a := begin(t, w, build(t, load(t, filepath.Join(impl, "c/example"))), "both")
	name := "/ipckit-" + w.ID() + "-q"
	do(t, a, protocol.Request{Op: "buffer.create", Object: "q", Name: name, Capacity: ptr(int64(16)), ItemMax: ptr(int64(64))})
	seed := uint64(5)
	for i, data := range [][]byte{nil, []byte("short"), nil} {
		p := data
		if p == nil { // the items 2 and 1, where 0 and 2 are due
			p = make([]byte, 16)
			protocol.Payload(p, protocol.ItemSeed(seed, int64(2-i/2)))
		}
		do(t, a, protocol.Request{Op: "buffer.put", Object: "q", Data: text(p)})
	}
	r := do(t, a, protocol.Request{Op: "workload", Object: "q", Role: "get", Count: ptr(int64(3)), SizeMin: ptr(int64(16)), SizeMax: ptr(int64(16)), Seed: &seed})
	if *r.Done != 3 || *r.Wrong != 3 || *r.WrongAt != 0 || r.WrongText != "item 0 is item 2" {
		t.Errorf("%d done, %d wrong, the first at %v: %s", *r.Done, *r.Wrong, *r.WrongAt, r.WrongText)
	}
	do(t, a, protocol.Request{Op: "buffer.close", Object: "q"})
	reply, err := a.Do(within(t), protocol.Request{Op: "workload", Object: "q", Role: "get", Count: ptr(int64(3)), SizeMin: ptr(int64(1)), SizeMax: ptr(int64(1)), Seed: &seed})
	if subject.KindOf(err) != subject.Closed || reply.Done == nil || *reply.Done != 0 {
		t.Errorf("a workload on what is closed: %+v, %v", reply, err)
	}
	do(t, a, protocol.Request{Op: "buffer.unlink", Name: name})
}

func TestRegionsAreShared(t *testing.T) {
	for _, name := range []string{"c/example", "controls/plain", "controls/sysv"} {
		t.Run(name, func(t *testing.T) {
			l := sanitized(t, filepath.Join(impl, name))
			w := worldtest.New(t, world.Options{})
			p, q := begin(t, w, l, "creator"), begin(t, w, l, "opener")
			region := "/ipckit-" + w.ID() + "-r"
			size, offset := int64(8193), int64(4090)
			do(t, p, protocol.Request{Op: "region.create", Object: "r", Name: region, Size: &size})
			deny(t, q, protocol.Request{Op: "region.create", Object: "r", Name: region, Size: &size}, subject.Exists)
			do(t, q, protocol.Request{Op: "region.open", Object: "r", Name: region})
			if r := do(t, q, protocol.Request{Op: "region.size", Object: "r"}); *r.Size < size {
				t.Errorf("the opener sees %d bytes, want %d at least", *r.Size, size)
			}
			data := []byte("across\x00the page's edge")
			do(t, p, protocol.Request{Op: "region.write", Object: "r", Offset: &offset, Data: text(data)})
			r := do(t, q, protocol.Request{Op: "region.read", Object: "r", Offset: &offset, Size: ptr(int64(len(data)))})
			if !bytes.Equal(r.Bytes(), data) {
				t.Errorf("%q was written and %q read", data, r.Bytes())
			}
			outside := protocol.Request{Op: "region.read", Object: "r", Offset: &size, Size: ptr(int64(4096))}
			if _, err := q.Do(within(t), outside); err == nil {
				t.Error("a read past the end was done")
			}
			for _, bad := range []int64{0, -1, 1<<62 + 1, 1<<63 - 1} {
				r := protocol.Request{Op: "region.create", Object: "bad", Name: region + "-bad", Size: &bad}
				if _, err := p.Do(within(t), r); err == nil {
					t.Errorf("a region of %d bytes was created", bad)
				}
				r.Op = "region.open"
				deny(t, q, r, subject.NotFound)
			}
			do(t, p, protocol.Request{Op: "region.unlink", Name: region})
			deny(t, q, protocol.Request{Op: "region.unlink", Name: region}, subject.NotFound)
			for _, a := range []*agent.Agent{p, q} {
				do(t, a, protocol.Request{Op: "region.close", Object: "r"})
				if err := a.Bye(within(t)); err != nil {
					t.Errorf("%v\n%v", err, a.Output())
				}
			}
		})
	}
}

func TestSkeletonSaysWhatIsNotWritten(t *testing.T) {
	needCompiler(t)
	a := begin(t, worldtest.New(t, world.Options{}), build(t, load(t, filepath.Join(impl, "c/skeleton"))), "student")
	_, err := a.Do(within(t), protocol.Request{Op: "buffer.create", Object: "q", Name: "/q", Capacity: ptr(int64(2)), ItemMax: ptr(int64(4))})
	if want := "not written yet: ring_create, line "; subject.KindOf(err) != subject.IO || !bytes.Contains(fmt.Append(nil, err), []byte(want)) {
		t.Errorf("create gives %v, want an error that says %q", err, want)
	}
	if err := a.Bye(within(t)); err != nil {
		t.Error(err)
	}
}
