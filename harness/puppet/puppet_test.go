package puppet

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
)

// patient is how long a test waits for what must happen.
const patient = 60 * time.Second

func TestMain(m *testing.M) {
	switch reexec.Role() {
	case world.HolderRole:
		world.Hold()
	case Role:
		Main()
	}
	os.Exit(m.Run())
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patient)
	t.Cleanup(cancel)
	return ctx
}

// newWorld makes a world that ends with the test.
func newWorld(t *testing.T, o world.Options) *world.World {
	t.Helper()
	w, err := world.New(within(t), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		for _, dir := range []string{os.TempDir(), directory} {
			if left, _ := filepath.Glob(filepath.Join(dir, "*"+w.ID()+"*")); left != nil {
				t.Errorf("left on the host: %v", left)
			}
		}
	})
	return w
}

func start(t *testing.T, w *world.World, l agent.Launcher) *agent.Agent {
	t.Helper()
	a, err := agent.Start(within(t), w, l, "puppet")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// name is one that no other world uses.
func name(w *world.World, base string) string { return "/puppet-" + w.ID() + "-" + base }

func creation(w *world.World) agent.Request {
	return agent.Request{Op: agent.OpRegionCreate, Object: "r", Name: name(w, "r"), Size: new(int64(4096))}
}

// do asks for the operation in which the puppets of these tests misbehave.
func do(t *testing.T, w *world.World, a *agent.Agent) error {
	t.Helper()
	_, err := a.Do(within(t), creation(w))
	return err
}

// broken expects that err is a violation of the protocol, with these words.
func broken(t *testing.T, err error, words ...string) {
	t.Helper()
	var b *agent.Broken
	if !errors.As(err, &b) {
		t.Fatalf("%v (%T), want *agent.Broken", err, err)
	}
	if b.Hint == "" {
		t.Errorf("no hint in %v", b)
	}
	if len(b.Line) > 1000 {
		t.Errorf("the line is not cut: %d bytes", len(b.Line))
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not say %q", err, word)
		}
	}
}

// gone expects that the agent's process ends.
func gone(t *testing.T, a *agent.Agent) {
	t.Helper()
	if _, err := a.Process().Wait(within(t)); err != nil {
		t.Error(err)
	}
}

// nothingLeft expects that the world holds nothing any more.
func nothingLeft(t *testing.T, w *world.World) {
	t.Helper()
	found, _ := w.Leftovers(within(t))
	for _, l := range found {
		t.Errorf("left: %v", l)
	}
}

func TestViolations(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		behaviour Behaviour
		words     []string
	}{
		{Garbage, []string{"not a JSON object", `Segmentation fault (just kidding) \x00\xff`}},
		{WrongID, []string{"region.create", "id 1002", "id 2"}},
		{WrongType, []string{`"id"`, "string"}},
		{BothAnswers, []string{"exactly one", `\"full\"`}},
		{UnknownKind, []string{"EAGAIN", "not-found"}},
		{LongLine, []string{"longer than 16777216"}},
		{HalfLine, []string{"in the middle of a line"}},
		{CloseReplies, []string{"closed its reply channel", "descriptor 4"}},
	} {
		t.Run(string(c.behaviour), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, world.Options{})
			a := start(t, w, Launcher(c.behaviour, agent.OpRegionCreate))
			err := do(t, w, a)
			broken(t, err, append(c.words, "puppet", "region.create")...)
			gone(t, a)
			if _, again := a.Status(within(t)); !errors.Is(again, err) {
				t.Errorf("afterwards: %v, want the same as before: %v", again, err)
			}
		})
	}
}

func TestAnswersThatNobodyAskedFor(t *testing.T) {
	t.Parallel()
	for _, b := range []Behaviour{Twice, Flood} {
		t.Run(string(b), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, world.Options{})
			a := start(t, w, Launcher(b, agent.OpRegionCreate))
			if err := do(t, w, a); err != nil {
				t.Fatalf("the first answer is right: %v", err)
			}
			gone(t, a) // it is killed once the second was read
			_, err := a.Status(within(t))
			broken(t, err, "answered already")
		})
	}
}

func TestMissingContent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, world.Options{})
	for _, r := range []agent.Request{
		{Op: agent.OpRegionRead, Object: "r", Offset: new(int64(0)), Size: new(int64(8))},
		{Op: agent.OpRegionRead, Object: "r", Offset: new(int64(0)), Size: new(int64(8)), Digest: true},
		{Op: agent.OpRegionSize, Object: "r"},
		{Op: agent.OpBufferGet, Object: "b", Wait: new(agent.WireWait(subject.Never))},
		{Op: agent.OpWorkload, Object: "b", Role: "get", Count: new(int64(0)), SizeMin: new(int64(0)), SizeMax: new(int64(0)), Seed: new(uint64(1))},
		{Op: agent.OpStatus},
	} {
		a := start(t, w, Launcher(NoContent, r.Op))
		_, err := a.Do(within(t), r)
		broken(t, err, r.Op, "lacks")
		gone(t, a)
	}
}

func TestLies(t *testing.T) {
	for b, words := range map[Behaviour][]string{
		LieProtocol: {"version 7", "version 0"},
		LieThread:   {"thread", "536870912"},
	} {
		w := newWorld(t, world.Options{})
		_, err := agent.Start(within(t), w, Launcher(b, ""), "liar")
		broken(t, err, append(words, "liar")...)
	}
}

func TestDeath(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		behaviour Behaviour
		code      int
		signal    syscall.Signal
		half      bool
	}{
		{Exit, 3, 0, false},
		{Segfault, -1, syscall.SIGSEGV, false},
		{Panic, 2, 0, false},
		{HalfAndDie, -1, syscall.SIGKILL, true},
	} {
		t.Run(string(c.behaviour), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, world.Options{})
			a := start(t, w, Launcher(c.behaviour, agent.OpRegionCreate))
			err := do(t, w, a)
			var d *agent.Died
			if !errors.As(err, &d) {
				t.Fatalf("%v (%T), want *agent.Died", err, err)
			}
			if d.Exit.Code != c.code || d.Exit.Signal != c.signal || d.During != agent.OpRegionCreate || (d.Half != "") != c.half {
				t.Errorf("%+v", d)
			}
			if c.behaviour == Panic && !said(a, "the puppet was told to") {
				t.Errorf("the panic is not in the output: %v", a.Output())
			}
			if err := a.Kill(); err != nil {
				t.Error("kill of a dead agent:", err)
			}
		})
	}
}

func said(a *agent.Agent, text string) bool {
	for _, o := range a.Output() {
		if strings.Contains(o.Text, text) {
			return true
		}
	}
	return false
}

func TestSilence(t *testing.T) {
	w := newWorld(t, world.Options{})
	a := start(t, w, Launcher(Silent, agent.OpRegionCreate))
	ctx, cancel := context.WithTimeout(within(t), 300*time.Millisecond)
	defer cancel()
	_, err := a.Do(ctx, creation(w))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), agent.OpRegionCreate) {
		t.Fatalf("%v, want what was not answered and the deadline", err)
	}
	if p := a.Pending(); p == nil || p.Request.Op != agent.OpRegionCreate {
		t.Errorf("pending: %v, want the operation that was not answered", p)
	}
	if r, err := a.Status(within(t)); err != nil || r.State != "idle" {
		t.Errorf("status: %+v, %v", r, err)
	}
	if err := a.Kill(); err != nil {
		t.Error(err)
	}
}

func TestSilentFromTheStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, world.Options{})
	ctx, cancel := context.WithTimeout(within(t), 2*time.Second)
	defer cancel()
	_, err := agent.Start(ctx, w, Launcher(Silent, agent.OpHello), "mute")
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "flush") {
		t.Errorf("%v, want the deadline and what may be the cause", err)
	}
	nothingLeft(t, w)
}

func TestHang(t *testing.T) {
	t.Parallel()
	w := newWorld(t, world.Options{})
	for _, b := range []Behaviour{Block, Spin} {
		a := start(t, w, Launcher(b, agent.OpRegionCreate))
		c := a.Begin(creation(w))
		var busy *agent.Busy
		if _, err := a.Do(within(t), creation(w)); !errors.As(err, &busy) || busy.Under != agent.OpRegionCreate {
			t.Errorf("%s: a second operation: %v, want *agent.Busy", b, err)
		}
		if r, err := a.Status(within(t)); err != nil || r.State != "busy" || r.Busy != agent.OpRegionCreate {
			t.Errorf("%s: status: %+v, %v", b, r, err)
		}
		asleep, sure := a.Asleep(within(t))
		if !sure || asleep != (b == Block) {
			t.Errorf("%s: asleep %v, sure %v", b, asleep, sure)
		}
		where := a.Where()
		want := map[Behaviour]string{Block: "asleep", Spin: "running"}[b]
		if !strings.HasPrefix(where.Where, want) || where.Operation != agent.OpRegionCreate || where.Seconds <= 0 {
			t.Errorf("%s: %+v, want it %s", b, where, want)
		}
		select {
		case <-c.Done():
			t.Errorf("%s: it came back: %v", b, errors.Unwrap(errOf(c)))
		default:
		}
		if err := a.Bye(within(t)); err != nil {
			t.Errorf("%s: bye while an operation is under way: %v", b, err)
		}
		<-c.Done()
		if err := errOf(c); !errors.As(err, new(*agent.Died)) {
			t.Errorf("%s: the operation that was under way: %v", b, err)
		}
	}
	nothingLeft(t, w)
}

func errOf(c *agent.Call) error {
	_, err := c.Reply()
	return err
}

// One that sleeps for ever can be told from one that sleeps for a while.
func TestSleepWithoutLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, world.Options{})
	blocked := start(t, w, Launcher(Block, agent.OpRegionCreate))
	blocked.Begin(creation(w))
	waiting := start(t, w, Launcher(Correct, ""))
	if _, err := waiting.Do(within(t), agent.Request{Op: agent.OpBufferCreate, Object: "b", Name: name(w, "b"), Capacity: new(int64(1)), ItemMax: new(int64(8))}); err != nil {
		t.Fatal(err)
	}
	waiting.Begin(agent.Request{Op: agent.OpBufferGet, Object: "b"})
	for range 100 {
		if state, asleep := waiting.Sleep(); asleep {
			t.Fatalf("one that polls counts as asleep for ever: %s", state)
		}
	}
	for deadline := time.Now().Add(patient); ; time.Sleep(20 * time.Millisecond) {
		before, first := blocked.Sleep()
		time.Sleep(200 * time.Millisecond)
		after, second := blocked.Sleep()
		if first && second && before == after {
			break
		}
		if time.Now().After(deadline) {
			state, err := blocked.Process().State()
			t.Fatalf("one that is blocked does not count as asleep: %v, %v", state, err)
		}
	}
}

func TestBye(t *testing.T) {
	t.Parallel()
	w := newWorld(t, world.Options{})
	t.Run("stays", func(t *testing.T) {
		a := start(t, w, Launcher(Stay, ""))
		if err := a.Bye(within(t)); !errors.As(err, new(*agent.Stayed)) {
			t.Errorf("%v, want *agent.Stayed", err)
		}
		gone(t, a)
	})
	t.Run("no answer", func(t *testing.T) {
		a := start(t, w, Launcher(NoBye, ""))
		broken(t, a.Bye(within(t)), "without an answer")
	})
	t.Run("odd status", func(t *testing.T) {
		a := start(t, w, Launcher(ExitOdd, ""))
		var d *agent.Died
		if err := a.Bye(within(t)); !errors.As(err, &d) || d.Exit.Code != 9 {
			t.Errorf("%v, want *agent.Died with status 9", err)
		}
	})
	t.Run("twice", func(t *testing.T) {
		a := start(t, w, Launcher(Correct, ""))
		if err := a.Bye(within(t)); err != nil {
			t.Error(err)
		}
		if err := a.Bye(within(t)); err == nil || !strings.Contains(err.Error(), "has left") {
			t.Errorf("%v, want that it has left", err)
		}
	})
	nothingLeft(t, w)
}

func TestSlowButCorrect(t *testing.T) {
	w := newWorld(t, world.Options{})
	a := start(t, w, Launcher(Drip, ""))
	if err := do(t, w, a); err != nil {
		t.Fatal(err)
	}
	r, err := a.Do(within(t), agent.Request{Op: agent.OpRegionRead, Object: "r", Offset: new(int64(0)), Size: new(int64(16))})
	if err != nil || string(r.Bytes()) != strings.Repeat("\x00", 16) {
		t.Errorf("%+v, %v", r, err)
	}
	if err := a.Bye(within(t)); err != nil {
		t.Error(err)
	}
}

func TestClosedCommands(t *testing.T) {
	t.Parallel()
	w := newWorld(t, world.Options{})
	a := start(t, w, Launcher(CloseCommands, agent.OpRegionCreate))
	if err := do(t, w, a); err != nil {
		t.Errorf("what it had read: %v", err)
	}
	_, err := a.Status(within(t))
	broken(t, err, "closed its command channel", "descriptor 3")
	gone(t, a)
}

// A printed line harms nobody on the pipes; on standard output it is at fault,
// and is quoted.
func TestPrintedLine(t *testing.T) {
	w := newWorld(t, world.Options{})
	l := Launcher(Print, agent.OpRegionCreate)
	a := start(t, w, l)
	if err := do(t, w, a); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Do(within(t), agent.Request{Op: agent.OpRegionUnlink, Name: name(w, "r")}); err != nil {
		t.Error(err)
	}
	if err := a.Bye(within(t)); err != nil {
		t.Error(err)
	}
	if !said(a, "debug: item = 42") {
		t.Errorf("what it printed is not in %v", a.Output())
	}
	l.Stdio = true
	a = start(t, w, l)
	broken(t, do(t, w, a), "debug: item = 42", "standard error", "not a JSON object")
}

func TestStdio(t *testing.T) {
	w := newWorld(t, world.Options{})
	l := Launcher(Correct, "")
	l.Stdio = true
	a := start(t, w, l)
	if err := do(t, w, a); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Do(within(t), agent.Request{Op: agent.OpRegionUnlink, Name: name(w, "r")}); err != nil {
		t.Error(err)
	}
	if err := a.Bye(within(t)); err != nil {
		t.Error(err)
	}
	nothingLeft(t, w)
}

// A daemon holds the channels open, which keeps nobody waiting.
func TestDaemon(t *testing.T) {
	t.Parallel()
	for _, b := range []string{"bye", "kill"} {
		t.Run(b, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, world.Options{})
			a := start(t, w, Launcher(Daemon, agent.OpRegionCreate))
			if err := do(t, w, a); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			end := map[string]func() error{"bye": func() error { return a.Bye(within(t)) }, "kill": a.Kill}[b]
			if err := end(); err != nil {
				t.Fatal(err)
			}
			if took := time.Since(began); took > patient/2 {
				t.Errorf("the end took %v", took)
			}
			found, _ := w.Leftovers(within(t))
			var daemon bool
			for _, l := range found {
				daemon = daemon || l.Kind == world.LiveProcess
			}
			if !daemon {
				t.Errorf("the daemon is not among what is left: %v", found)
			}
		})
	}
}

func TestKillAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, world.Options{})
	if !w.Isolated() {
		t.Skip("no namespaces: kill(-1) would reach beyond the world")
	}
	witness := start(t, w, Launcher(Correct, ""))
	a := start(t, w, Launcher(KillAll, agent.OpRegionCreate))
	err := do(t, w, a)
	if err != nil && !errors.As(err, new(*agent.Died)) {
		t.Errorf("the one that killed: %v", err)
	}
	gone(t, witness)
	if _, err := witness.Status(within(t)); !errors.As(err, new(*agent.Died)) {
		t.Errorf("the one that was killed: %v, want *agent.Died", err)
	}
}

func TestFullShm(t *testing.T) {
	w := newWorld(t, world.Options{Limits: world.Limits{ShmSize: 4 << 20}})
	if !w.Isolated() {
		t.Skip("no namespaces: it would be the host's /dev/shm that is filled")
	}
	a := start(t, w, Launcher(FillShm, agent.OpRegionCreate))
	var refused *subject.Error
	if err := do(t, w, a); !errors.As(err, &refused) || refused.Kind != subject.NoSpace {
		t.Errorf("%v, want no-space", err)
	}
	if err := a.Bye(within(t)); err != nil {
		t.Error(err)
	}
	if found, _ := w.Leftovers(within(t)); len(found) != 1 || found[0].Kind != world.SharedMemory {
		t.Errorf("left: %v, want the file that fills /dev/shm", found)
	}
}

func TestGigabyte(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("writes tens of megabytes")
	}
	w := newWorld(t, world.Options{})
	a := start(t, w, Launcher(Gigabyte, agent.OpRegionCreate))
	var d *agent.Died
	if err := do(t, w, a); !errors.As(err, &d) || !strings.Contains(err.Error(), "output limit") {
		t.Errorf("%v, want *agent.Died with the output limit as its cause", err)
	}
	out := a.Output()
	if len(out) != 1 || !out[0].Cut || len(out[0].Text) > 64<<10 || !strings.Contains(out[0].Text, "dull boy") {
		t.Errorf("%d outputs, want the end of one", len(out))
	}
	nothingLeft(t, w)
}

func TestEveryBehaviourIsKnown(t *testing.T) {
	seen := map[Behaviour]bool{}
	for _, b := range Behaviours {
		if seen[b] || !known(b) {
			t.Errorf("%q is listed twice or not known", b)
		}
		seen[b] = true
	}
}
