package history

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func create(t testing.TB, o Options) (*Recorder, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "thread.hist")
	r, err := Create(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r, path
}

func load(t testing.TB, path string) *Log {
	t.Helper()
	l, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestRecordedIsReadBack(t *testing.T) {
	for _, fence := range []Fence{NoFence, FullFence} {
		r, path := create(t, Options{Process: 3, Capacity: 10, Fence: fence})
		r.Begin(Send, 7, Value(1, 2), 5)
		r.End(OK)
		r.Begin(Receive, 7, 0, 0)
		r.EndValue(OK, Value(1, 2))
		r.Begin(Send, 7, Value(1, 3), 0)
		r.EndError(Refused, uint32(unix.EPIPE))
		r.BeginSwap(8, 10, 11)
		r.EndSwap(Failed, 12)
		r.BeginSwap(8, 12, 13)
		r.EndSwap(OK, 12)
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		l := load(t, path)
		if l.Header.Process != 3 || l.Header.PID != uint32(os.Getpid()) || l.Header.Fence != fence || l.Killed() {
			t.Errorf("header %+v", l.Header)
		}
		want := []Op{
			{Kind: Send, Object: 7, Value: Value(1, 2), Aux: 5},
			{Kind: Receive, Object: 7, Value: Value(1, 2)},
			{Kind: Send, Object: 7, Value: Value(1, 3), Aux: uint32(unix.EPIPE), Status: Refused},
			{Kind: Swap, Object: 8, Value: 12, Status: Failed},
			{Kind: Swap, Object: 8, Value: 13},
		}
		if len(l.Ops) != len(want) {
			t.Fatalf("%d operations, expected %d", len(l.Ops), len(want))
		}
		last := int64(1)
		for i, o := range l.Ops {
			if o.Inv < last || o.Ret < o.Inv {
				t.Errorf("operation %d at %d..%d after %d", i, o.Inv, o.Ret, last)
			}
			last = o.Ret
			o.Inv, o.Ret = 0, 0
			if o != want[i] {
				t.Errorf("operation %d is %+v, expected %+v", i, o, want[i])
			}
		}
		if l.Expected[3] != 10 || l.Expected[4] != 12 {
			t.Errorf("expected values %v", l.Expected)
		}
		h := New(l)
		if n := h.Object(8).Len(); n != 2 {
			t.Errorf("object 8 has %d operations, expected 2", n)
		}
		if e := h.Object(8).Logs[0].Expected; len(e) != 2 || e[1] != 12 {
			t.Errorf("object 8 expected %v", e)
		}
		if w := h.Widened(1000); w.Logs[0].Ops[0].Ret != l.Ops[0].Ret+1000 {
			t.Error("not widened")
		}
	}
}

func TestFullIsTold(t *testing.T) {
	r, path := create(t, Options{Capacity: 3})
	for i := range 2 {
		if !r.Begin(Add, 0, 0, 1) {
			t.Fatalf("operation %d of 3 refused", i)
		}
		r.EndValue(OK, uint64(i))
	}
	if r.BeginSwap(0, 1, 2) {
		t.Error("a swap needs two records, and one was left")
	}
	if !r.Begin(Add, 0, 0, 1) || r.Left() != 0 {
		t.Error("the last record was refused")
	}
	r.EndValue(OK, 2)
	if r.Begin(Add, 0, 0, 1) {
		t.Error("a fourth operation of three was begun")
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if l := load(t, path); len(l.Ops) != 3 || l.Ops[2].Value != 2 {
		t.Errorf("read %+v", l.Ops)
	}
}

func TestCreateRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := Create(filepath.Join(dir, "a"), Options{}); err == nil {
		t.Error("no capacity, no error")
	}
	r, err := Create(filepath.Join(dir, "b"), Options{Capacity: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := Create(filepath.Join(dir, "b"), Options{Capacity: 1}); err == nil {
		t.Error("an existing file was taken")
	}
}

// A limit on the size of files stands for a full disk: both make the same call
// fail before anything was recorded.
func TestNoRoomIsAnErrorBeforeTheRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "big")
	cmd := exec.Command("/bin/sh", "-c", `ulimit -f 8; trap '' XFSZ; exec "$0" -test.run='^TestChild$'`, os.Args[0])
	cmd.Env = append(os.Environ(), "HISTORY_CHILD=big", "HISTORY_PATH="+path)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if !strings.Contains(string(out), "no room for 1000000 records") {
		t.Errorf("said %q", out)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error("the file was left behind")
	}
}

// A process that is killed in the middle of an operation leaves all that it
// recorded, and the operation itself as pending.
func TestKilledRecorderIsReadable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "killed")
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$")
	cmd.Env = append(os.Environ(), "HISTORY_CHILD=blocked", "HISTORY_PATH="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil || line != "blocked\n" {
		t.Errorf("child said %q, %v", line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed, as it should be
	l := load(t, path)
	if !l.Killed() {
		t.Error("it counts as closed in order")
	}
	if len(l.Ops) != 101 {
		t.Fatalf("%d operations, expected 101", len(l.Ops))
	}
	last := l.Ops[100]
	if !last.Pending() || last.Kind != Send || last.Value != Value(9, 100) || last.Inv == 0 {
		t.Errorf("the operation that it was killed in is %+v", last)
	}
	for i := range 100 {
		if !l.Ops[i].Done() {
			t.Fatalf("operation %d is %+v", i, l.Ops[i])
		}
	}
}

func TestChild(t *testing.T) {
	path := os.Getenv("HISTORY_PATH")
	switch os.Getenv("HISTORY_CHILD") {
	case "big":
		_, err := Create(path, Options{Capacity: 1_000_000})
		os.Stdout.WriteString(err.Error())
		os.Exit(0)
	case "blocked":
		r, err := Create(path, Options{Capacity: 1000, Fence: FullFence})
		if err != nil {
			t.Fatal(err)
		}
		for i := range uint32(100) {
			r.Begin(Send, 0, Value(9, i), 0)
			r.End(OK)
		}
		r.Begin(Send, 0, Value(9, 100), 0)
		os.Stdout.WriteString("blocked\n")
		select {}
	}
}

func TestClockIsTheSystems(t *testing.T) {
	var before, after unix.Timespec
	for range 1000 {
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &before); err != nil {
			t.Fatal(err)
		}
		n := now()
		if err := unix.ClockGettime(unix.CLOCK_MONOTONIC, &after); err != nil {
			t.Fatal(err)
		}
		if n < before.Nano() || n > after.Nano() {
			t.Fatalf("%d is not between %d and %d", n, before.Nano(), after.Nano())
		}
	}
}

// One operation recorded, with nothing in it.
func BenchmarkRecorder(b *testing.B) {
	for _, mode := range []struct {
		name  string
		fence Fence
	}{{"fence", FullFence}, {"nofence", NoFence}} {
		b.Run(mode.name, func(b *testing.B) {
			const room = 1 << 20
			r, _ := create(b, Options{Capacity: room, Fence: mode.fence})
			for b.Loop() {
				if !r.Begin(Send, 1, 2, 3) {
					r.next = 0 // start over: only the time counts here
					r.Begin(Send, 1, 2, 3)
				}
				r.End(OK)
			}
		})
	}
}

// What two readings of the clock cost alone, for comparison.
func BenchmarkClock(b *testing.B) {
	var sum int64
	for b.Loop() {
		inv := now()
		sum += now() - inv
	}
	_ = sum
}
