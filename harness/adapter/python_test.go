package adapter_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/adapter"
	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

func needPython(t *testing.T) {
	t.Helper()
	if _, err := adapter.Find("python3"); err != nil {
		t.Skip(err)
	}
}

// python builds a subject in Python: one that ships, or one of these lines.
func python(t *testing.T, path string) agent.Launcher {
	t.Helper()
	needPython(t)
	return build(t, load(t, path))
}

// pythonScript is a subject whose classes are those lines; serve are the arguments of
// ipckit.serve that hand them over.
func pythonScript(t *testing.T, serve string, lines ...string) agent.Launcher {
	t.Helper()
	text := "import ipckit\n" + strings.Join(lines, "\n") + "\nipckit.serve('s', " + serve + ")\n"
	return python(t, place(t, map[string]string{"ipckit.yaml": "subject: s\nagent: python3 s.py\n", "s.py": text}))
}

// pythonWays runs a test over pipes and over standard input and output.
func pythonWays(t *testing.T, l agent.Launcher, test func(t *testing.T, w *wire)) {
	t.Helper()
	for _, way := range []string{"pipes", "stdio"} {
		t.Run(way, func(t *testing.T) { test(t, connect(t, l, way == "stdio")) })
	}
}

func TestPythonSmoke(t *testing.T) {
	needPython(t)
	for _, name := range []string{"python/example", "python/skeleton"} {
		t.Run(name, func(t *testing.T) {
			a := load(t, filepath.Join(impl, name))
			l := build(t, a)
			findings, err := agent.Smoke(within(t), worldtest.New(t, world.Options{}), l, a.Claims)
			if err != nil {
				t.Errorf("%v\nafter %v", err, findings)
			}
		})
	}
}

// The payloads are the same in every language: what Go generates arrives as what
// Python generates, at the edges of its chunks too.
func TestPythonPayloads(t *testing.T) {
	l := python(t, filepath.Join(impl, "python/example"))
	w := worldtest.New(t, world.Options{})
	a := begin(t, w, l, "only")
	name := "/ipckit-" + w.ID() + "-r"
	const size = 40_000
	do(t, a, protocol.Request{Op: "region.create", Object: "r", Name: name, Size: ptr(int64(size))})
	for _, n := range []int64{0, 1, 7, 8, 9, 16, 17, 4095, 4096, 4097, 8192, size} {
		for _, seed := range []uint64{0, 41, ^uint64(0)} {
			want := make([]byte, n)
			protocol.Payload(want, seed)
			do(t, a, protocol.Request{Op: "region.write", Object: "r", Offset: ptr(int64(0)), Size: &n, Seed: &seed})
			read := protocol.Request{Op: "region.read", Object: "r", Offset: ptr(int64(0)), Size: &n}
			if got := do(t, a, read).Bytes(); !bytes.Equal(got, want) {
				t.Errorf("%d bytes of seed %d differ", n, seed)
			}
			read.Digest = true
			if r := do(t, a, read); r.Hash != protocol.Hash(want) || *r.Size != n {
				t.Errorf("%d bytes of seed %d: hash %s of %d bytes, want %s", n, seed, r.Hash, *r.Size, protocol.Hash(want))
			}
		}
	}
	do(t, a, protocol.Request{Op: "region.unlink", Name: name})
}

// A consumer in Python finds right what a producer in Go would put: items of the
// workload's rule, one by one.
func TestPythonWorkloads(t *testing.T) {
	l := python(t, filepath.Join(impl, "python/example"))
	w := worldtest.New(t, world.Options{})
	producer, consumer := begin(t, w, l, "producer"), begin(t, w, l, "consumer")
	for _, kind := range []string{"one-to-one", "many"} {
		name := "/ipckit-" + w.ID() + "-" + kind
		do(t, producer, protocol.Request{Op: "buffer.create", Kind: kind, Object: kind, Name: name, Capacity: ptr(int64(16)), ItemMax: ptr(int64(64))})
		do(t, consumer, protocol.Request{Op: "buffer.open", Kind: kind, Object: kind, Name: name})
		work := protocol.Request{Op: "workload", Object: kind, Role: "get", Count: ptr(int64(8)), SizeMin: ptr(int64(0)), SizeMax: ptr(int64(40)), Seed: ptr(^uint64(0))}
		for i := range int64(8) {
			p := make([]byte, protocol.ItemSize(*work.Seed, i, 0, 40))
			protocol.Payload(p, protocol.ItemSeed(*work.Seed, i))
			do(t, producer, protocol.Request{Op: "buffer.put", Object: kind, Data: text(p)})
		}
		if r := do(t, consumer, work); *r.Done != 8 || *r.Wrong != 0 {
			t.Errorf("%s: of 8 items %d were got and %d wrong: %s", kind, *r.Done, *r.Wrong, r.WrongText)
		}
		work.Count = ptr(int64(3000))
		taking := consumer.Begin(work)
		work.Role = "put"
		if r := do(t, producer, work); *r.Done != 3000 {
			t.Errorf("%s: %d items were put, want 3000", kind, *r.Done)
		}
		<-taking.Done()
		if r, err := taking.Reply(); err != nil || *r.Done != 3000 || *r.Wrong != 0 {
			t.Errorf("%s: %+v, %v", kind, r, err)
		}

		for i, data := range [][]byte{nil, []byte("short"), nil} {
			p := data
			if p == nil { // the items 2 and 1, where 0 and 2 are due
				p = make([]byte, 16)
				protocol.Payload(p, protocol.ItemSeed(5, int64(2-i/2)))
			}
			do(t, producer, protocol.Request{Op: "buffer.put", Object: kind, Data: text(p)})
		}
		r := do(t, consumer, protocol.Request{Op: "workload", Object: kind, Role: "get", Count: ptr(int64(3)), SizeMin: ptr(int64(16)), SizeMax: ptr(int64(16)), Seed: ptr(uint64(5))})
		if *r.Done != 3 || *r.Wrong != 3 || *r.WrongAt != 0 || r.WrongText != "item 0 is item 2" {
			t.Errorf("%s: %d done, %d wrong, the first at %v: %s", kind, *r.Done, *r.Wrong, *r.WrongAt, r.WrongText)
		}
		never := protocol.WireWait(subject.Never)
		r, err := consumer.Do(within(t), protocol.Request{Op: "workload", Object: kind, Role: "get", Count: ptr(int64(3)), SizeMin: ptr(int64(1)), SizeMax: ptr(int64(1)), Seed: ptr(uint64(5)), Wait: &never})
		if subject.KindOf(err) != subject.Empty || r.Done == nil || *r.Done != 0 {
			t.Errorf("%s: a workload on an empty buffer: %+v, %v", kind, r, err)
		}
		do(t, producer, protocol.Request{Op: "buffer.unlink", Kind: kind, Name: name})
	}
}

// What Python records is read by the kit: each operation with its value, in
// order, and the items are those that Go would make.
func TestPythonRecordsHistories(t *testing.T) {
	l := python(t, filepath.Join(impl, "python/example"))
	w := worldtest.New(t, world.Options{})
	producer, consumer := begin(t, w, l, "producer"), begin(t, w, l, "consumer")
	if !producer.Hello().Records {
		t.Fatal("hello does not say that it records")
	}
	name := "/ipckit-" + w.ID() + "-q"
	do(t, producer, protocol.Request{Op: "buffer.create", Object: "q", Name: name, Capacity: ptr(int64(3)), ItemMax: ptr(int64(100))})
	do(t, consumer, protocol.Request{Op: "buffer.open", Object: "q", Name: name})
	const count, few = 400, 97
	work := protocol.Request{Op: "workload", Object: "q", Count: ptr(int64(count)), SizeMin: ptr(int64(4)), SizeMax: ptr(int64(100)),
		Seed: ptr(uint64(9)), Tries: ptr(int64(30)), Think: ptr(int64(20_000))}
	put, get := work, work
	put.Role, put.Index, put.History = "put", ptr(int64(0)), filepath.Join(w.Dir(), "put")
	get.Role, get.Index, get.History = "get", ptr(int64(1)), filepath.Join(w.Dir(), "get")
	taking := consumer.Begin(get)
	if r := do(t, producer, put); *r.Done != count {
		t.Errorf("%d items were put, want %d", *r.Done, count)
	}
	<-taking.Done()
	if r, err := taking.Reply(); err != nil || *r.Done != count || r.Wrong == nil {
		t.Fatalf("get: %+v, %v", r, err)
	}
	for i, path := range []string{put.History, get.History} {
		log, err := history.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		next := uint32(0)
		for _, op := range log.Ops {
			switch {
			case op.Kind != []history.Kind{history.Send, history.Receive}[i] || op.Ret < op.Inv || op.Inv == 0:
				t.Fatalf("%s: operation %+v", path, op)
			case op.Done() && op.Value != history.Value(1, next):
				t.Fatalf("%s: operation %+v, want the value of item %d", path, op, next)
			case op.Done():
				next++
			case op.Status != []history.Status{history.Full, history.Empty}[i]:
				t.Fatalf("%s: operation %+v ended oddly", path, op)
			}
		}
		if next != count || log.Killed() || log.Header.Process != uint32(i) || log.Header.Slack == 0 {
			t.Errorf("%s: %d operations were done, want %d; %+v", path, next, count, log.Header)
		}
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	}

	// Items of Go's, one of them damaged, received by Python.
	get.Wait, get.Tries, get.Count = ptr(protocol.WireWait(subject.Never)), ptr(int64(0)), ptr(int64(few))
	size := func(i int64) int64 { return 4 + i }
	damaged := func(i int64) bool { return i == 30 }
	var drained []history.Op
	for i := range int64(few) {
		item := make([]byte, size(i))
		if err := history.Fill(item, history.Value(1, uint32(i))); err != nil {
			t.Fatal(err)
		}
		if damaged(i) {
			item[len(item)-1] ^= 1
		}
		do(t, producer, protocol.Request{Op: "buffer.put", Object: "q", Data: text(item)})
		get.History = filepath.Join(w.Dir(), fmt.Sprintf("get2-%d", i))
		if r := do(t, consumer, get); *r.Done != 1 {
			t.Fatalf("item %d: %d were drained, want 1", i, *r.Done)
		}
		log, err := history.Open(get.History)
		if err != nil {
			t.Fatal(err)
		}
		drained = append(drained, log.Ops[0])
		if len(log.Ops) != 2 || log.Ops[1].Status != history.Empty {
			t.Errorf("item %d: %+v, want it and then empty", i, log.Ops)
		}
		if err := log.Close(); err != nil {
			t.Error(err)
		}
	}
	for i, op := range drained {
		if damaged(int64(i)) != (op.Status == history.Corrupt) || op.Value != history.Value(1, uint32(i)) {
			t.Errorf("item %d of %d bytes was recorded as %+v", i, size(int64(i)), op)
		}
	}
	// And the other way about: items of Python's, looked at by Go.
	put.Count, put.Tries, put.Think = ptr(int64(3)), ptr(int64(0)), ptr(int64(0))
	for _, n := range []int64{4, 5, 7, 8, 15, 16, 17, 23, 24, 25, 31, 32, 33, 100} {
		put.SizeMin, put.SizeMax, put.History = &n, &n, filepath.Join(w.Dir(), fmt.Sprintf("put2-%d", n))
		do(t, producer, put)
		for i := range uint32(3) {
			item := do(t, consumer, protocol.Request{Op: "buffer.get", Object: "q"}).Bytes()
			want := make([]byte, n)
			if err := history.Fill(want, history.Value(1, i)); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(item, want) {
				t.Errorf("item %d of %d bytes is %x, want %x", i, n, item, want)
			}
		}
	}
	do(t, producer, protocol.Request{Op: "buffer.unlink", Name: name})
}

func TestPythonWireRefusesWhatMakesNoSense(t *testing.T) {
	pythonWays(t, python(t, filepath.Join(impl, "python/example")), func(t *testing.T, w *wire) {
		for i, x := range []struct {
			line, kind, says string
		}{
			{`{"id":%d}`, "invalid", "op"},
			{`{"id":%d,"op":7}`, "invalid", "op"},
			{`{"id":%d,"op":"region.open","object":"r","name":"/x","colour":"red"}`, "", "colour"},
			{`{"id":%d,"op":"region.create","object":"r","name":"/x","size":1.5}`, "invalid", "size"},
			{`{"id":%d,"op":"region.create","object":"r","name":"/x","size":true}`, "invalid", "size"},
			{`{"id":%d,"op":"region.create","object":"r","name":"/x","size":99999999999999999999}`, "invalid", "bytes"},
			{`{"id":%d,"op":"region.create","object":"r","name":"/x","size":-1}`, "invalid", "bytes"},
			{`{"id":%d,"op":"region.create","object":"r","name":"/x"}`, "invalid", "size"},
			{`{"id":%d,"op":"region.create","object":"r","size":1}`, "invalid", "name"},
			{`{"id":%d,"op":"region.open","object":"r","name":"\u0000"}`, "invalid", "NUL"},
			{`{"id":%d,"op":"region.open","name":"/x"}`, "invalid", "object"},
			{`{"id":%d,"op":"region.open","object":"r","name":"/ipckit-nobody\ud83d\ude42\u00e9"}`, "not-found", "region.py"},
			{`{"id":%d,"op":"region.read","object":"nobody","offset":0,"size":1}`, "invalid", "nobody"},
			{`{"id":%d,"op":"buffer.create","object":"q","name":"/x","capacity":1}`, "invalid", "item_max"},
			{`{"id":%d,"op":"buffer.create","object":"q","name":"/x","capacity":1,"item_max":8,"start":3}`, "", "start"},
			{`{"id":%d,"op":"buffer.get","object":"q","wait":0}`, "invalid", "q"},
			{`{"id":%d,"op":"workload","object":"q","role":"put"}`, "invalid", "q"},
			{`{"id":%d,"op":"buffer.close","object":"q"}`, "invalid", "q"},
			{`{"id":%d,"op":"mailbox.open","object":"m","name":"/x"}`, "", "mailbox.open"},
			{`{"id":%d,"op":"lock.acquire","object":"q"}`, "", "lock.acquire"},
		} {
			r := w.ask(fmt.Sprintf(x.line, i+1))
			says := r.Text
			if x.kind == "" {
				says = r.Unsupported
			}
			if r.ID != uint64(i+1) || string(r.Error) != x.kind || !strings.Contains(says, x.says) || r.OK {
				t.Errorf("%s is answered with %+v, want %q that says %q", x.line, r, x.kind, x.says)
			}
		}
		// Without an id there is nothing to answer; the agent goes on.
		for _, line := range []string{"", "garbage", "[1]", `{"op":"hello"}`, `{"id":-1,"op":"hello"}`, "\x00\xff{}"} {
			w.write(line + "\n")
		}
		if r := w.ask(`{"id":90,"op":"status"}`); r.ID != 90 || r.State != "idle" {
			t.Errorf("after garbage the status is %+v", r)
		}
		if r := w.ask(`{"id":91,"op":"bye"}`); !r.OK || w.leave() != 0 {
			t.Errorf("bye: %+v, exit %v", r, w.command.ProcessState)
		}
		if !strings.Contains(w.stderr.String(), "cannot be answered") || strings.Contains(w.stderr.String(), "Traceback") {
			t.Errorf("it said: %s", w.stderr.String())
		}
	})
}

func TestPythonServesControlWhileAnOperationBlocks(t *testing.T) {
	pythonWays(t, python(t, filepath.Join(impl, "python/example")), func(t *testing.T, w *wire) {
		name := fmt.Sprintf("/ipckit-test-python-%d", os.Getpid())
		if r := w.ask(`{"id":1,"op":"hello","protocol":0,"later":true}`); r.Thread == nil || *r.Thread != w.command.Process.Pid || !r.Overwrites || !r.Interrupts || r.Language != "Python" {
			t.Errorf("hello: %+v", r)
		}
		w.ask(fmt.Sprintf(`{"id":2,"op":"buffer.create","object":"q","name":%q,"capacity":1,"item_max":8}`, name))
		if r := w.ask(fmt.Sprintf(`{"id":3,"op":"buffer.unlink","name":%q}`, name)); !r.OK {
			t.Fatalf("unlink: %+v", r)
		}
		w.write(`{"id":4,"op":"buffer.get","object":"q"}` + "\n")
		for i := range 5 {
			if r := w.ask(fmt.Sprintf(`{"id":%d,"op":"status"}`, 10+i)); r.State != "busy" || r.Busy != "buffer.get" || *r.Finished != 2 {
				t.Errorf("status: %+v", r)
			}
			if err := w.command.Process.Signal(unix.SIGUSR1); err != nil {
				t.Fatal(err)
			}
		}
		if r := w.ask(`{"id":20,"op":"cancel"}`); r.Unsupported == "" {
			t.Errorf("cancel, which the example does not have: %+v", r)
		}
		if r := w.ask(`{"id":21,"op":"bye"}`); !r.OK || w.leave() != 0 {
			t.Errorf("bye of a blocked agent: %+v, %v", r, w.command.ProcessState)
		}
	})
}

func TestPythonEndsWithItsCommands(t *testing.T) {
	pythonWays(t, python(t, filepath.Join(impl, "python/example")), func(t *testing.T, w *wire) {
		w.ask(`{"id":1,"op":"hello","protocol":0}`)
		w.write(`{"id":2,"op":"hel`)
		if err := w.in.Close(); err != nil {
			t.Fatal(err)
		}
		if status := w.leave(); status != 0 {
			t.Errorf("at the end of its commands it leaves with status %d", status)
		}
	})
}

// What a program prints and executes reaches no channel.
func TestPythonChannelsAreOutOfReach(t *testing.T) {
	l := pythonScript(t, "region=R", `import subprocess`, `class R:`, `    @staticmethod`, `    def open(name, read_only):`,
		`        print("opening", name)`,
		`        subprocess.run(["sh", "-c", "for fd in 3 4 5 6 7; do (echo '{}' >&$fd) 2>/dev/null && echo leaked $fd; done; true"], close_fds=False)`,
		`        raise PermissionError("a \"quoted\" text,\n\xe9 and \\")`)
	pythonWays(t, l, func(t *testing.T, w *wire) {
		r := w.ask(`{"id":1,"op":"region.open","object":"r","name":"/x"}`)
		if r.Error != "permission" || !strings.Contains(r.Text, "a \"quoted\" text,\né and \\ (line ") {
			t.Errorf("the reply is %+v", r)
		}
		if r := w.ask(`{"id":2,"op":"region.create","object":"r","name":"/x","size":1}`); r.Unsupported == "" {
			t.Errorf("a method that is left out: %+v", r)
		}
		if r := w.ask(`{"id":3,"op":"bye"}`); !r.OK || w.leave() != 0 {
			t.Errorf("bye: %+v, %v", r, w.command.ProcessState)
		}
		if strings.Contains(w.stderr.String(), "leaked") {
			t.Errorf("a child has the channel: %s", w.stderr.String())
		}
	})
}

// Exceptions are answers, each of its kind; those that look like mistakes show
// where they come from.
func TestPythonExceptions(t *testing.T) {
	needPython(t)
	l := pythonScript(t, "one_to_one=B", `import errno, queue`, `class B:`,
		`    unlink = lambda name: None`,
		`    open = classmethod(lambda cls, name: cls())`,
		`    def put(self, item, timeout): raise eval(bytes(item))`,
		`    def get(self, room, timeout): return eval(self.what)`,
		`    def detach(self): self.what = None`,
		`    def close(self): raise NotImplementedError`,
		`    def cancel(self): self.cancelled = True`)
	a := begin(t, worldtest.New(t, world.Options{}), l, "only")
	if !a.Hello().Cancel {
		t.Error("a class with cancel, and hello does not say so")
	}
	do(t, a, protocol.Request{Op: "buffer.open", Object: "b", Name: "/b"})
	for _, x := range []struct {
		raise string
		kind  subject.Kind
	}{
		{"ipckit.Full()", subject.Full}, {"queue.Full()", subject.Full}, {"ipckit.Closed('it is')", subject.Closed},
		{"ipckit.TooLarge()", subject.TooLarge}, {"ipckit.Timeout()", subject.Timeout}, {"TimeoutError('late')", subject.Timeout},
		{"FileExistsError('there')", subject.Exists}, {"OSError(errno.ENOENT, 'gone')", subject.NotFound},
		{"OSError(errno.ENOSPC, 'no room')", subject.NoSpace}, {"MemoryError()", subject.NoSpace},
		{"OverflowError()", subject.Invalid}, {"OSError(errno.EBADF, 'what')", subject.IO}, {"KeyError('k')", subject.IO},
		{"ipckit.PeerDead()", subject.PeerDead}, {"ipckit.Interrupted()", subject.Interrupted},
	} {
		_, err := a.Do(within(t), protocol.Request{Op: "buffer.put", Object: "b", Data: text([]byte(x.raise))})
		if subject.KindOf(err) != x.kind || err == nil {
			t.Errorf("%s is answered with %v, want %s", x.raise, err, x.kind)
		}
	}
	if _, err := a.Do(within(t), protocol.Request{Op: "buffer.close", Object: "b"}); subject.KindOf(err) != subject.IO || !strings.Contains(fmt.Sprint(err), "not written yet: close, line ") {
		t.Errorf("close, which is not written: %v", err)
	}
	if _, err := a.Do(within(t), protocol.Request{Op: "buffer.get", Object: "b"}); subject.KindOf(err) != subject.IO || !strings.Contains(fmt.Sprint(err), "AttributeError") {
		t.Errorf("an attribute that is not there: %v", err)
	}
	said := ""
	for deadline := time.Now().Add(patient); !strings.Contains(said, "Traceback") && time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		for _, o := range a.Output() {
			said += o.Text
		}
	}
	if !strings.Contains(said, "AttributeError") {
		t.Errorf("it said: %s", said)
	}
}

func TestPythonSkeletonSaysWhatIsNotWritten(t *testing.T) {
	a := begin(t, worldtest.New(t, world.Options{}), python(t, filepath.Join(impl, "python/skeleton")), "student")
	_, err := a.Do(within(t), protocol.Request{Op: "buffer.create", Object: "q", Name: "/q", Capacity: ptr(int64(2)), ItemMax: ptr(int64(4))})
	if subject.KindOf(err) != subject.IO || !strings.Contains(fmt.Sprint(err), "not written yet: create, line ") || !strings.Contains(fmt.Sprint(err), " of buffer.py") {
		t.Errorf("create gives %v, want an error that says what is not written and where", err)
	}
	if err := a.Bye(within(t)); err != nil {
		t.Error(err)
	}
}

// The kit's module is found without a copy of it; a copy beside the program is
// preferred; and nothing is written there.
func TestPythonModuleIsFound(t *testing.T) {
	needPython(t)
	t.Setenv("PYTHONPATH", "/nowhere")
	own := "def serve(name):\n    raise SystemExit('its own')\n"
	for name, files := range map[string]map[string]string{"kit's": {}, "its own": {"ipckit.py": own}} {
		files["ipckit.yaml"], files["s.py"], files["other.py"] = "subject: s\nagent: python3 s.py\n", "import ipckit, other\nipckit.serve('s')\n", ""
		l := build(t, load(t, place(t, files)))
		before, err := os.ReadDir(l.Dir)
		if err != nil {
			t.Fatal(err)
		}
		w := connect(t, l, false)
		if name == "kit's" {
			if r := w.ask(`{"id":1,"op":"bye"}`); !r.OK {
				t.Errorf("bye: %+v", r)
			}
		}
		if status := w.leave(); (status == 0) != (name == "kit's") || (status != 0) != strings.Contains(w.stderr.String(), "its own") {
			t.Errorf("%s: status %d, %s", name, status, w.stderr.String())
		}
		if after, err := os.ReadDir(l.Dir); err != nil || len(after) != len(before) {
			t.Errorf("%s: there was %v and is %v (%v)", name, before, after, err)
		}
	}
}

func TestPythonByHandSaysHow(t *testing.T) {
	l := python(t, filepath.Join(impl, "python/skeleton"))
	w := connect(t, agent.Launcher{Path: "/bin/sh", Args: []string{"sh", "-c", "exec " + strings.Join(l.Args, " ") + " 3>&- 4>&-"}, Dir: l.Dir, Env: l.Env}, false)
	if status := w.leave(); status == 0 || !strings.Contains(w.stderr.String(), "IPCKIT_CONTROL=stdio") {
		t.Errorf("without channels: status %d, %s", status, w.stderr.String())
	}
}
