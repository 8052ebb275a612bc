package puppet

import (
	"context"
	"errors"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/world"
)

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
			a := start(t, w, Launcher(c.behaviour, protocol.OpRegionCreate))
			err := do(t, w, a)
			var d *agent.Died
			if !errors.As(err, &d) {
				t.Fatalf("%v (%T), want *agent.Died", err, err)
			}
			if d.Exit.Code != c.code || d.Exit.Signal != c.signal || d.During != protocol.OpRegionCreate || (d.Half != "") != c.half {
				t.Errorf("%+v", d)
			}
			if c.behaviour == Panic && !said(a, "the puppet was asked to panic") {
				t.Errorf("the panic is not in the output: %v", a.Output())
			}
			if err := a.Kill(); err != nil {
				t.Error("kill of a dead agent:", err)
			}
		})
	}
}

func TestSilence(t *testing.T) {
	w := newWorld(t, world.Options{})
	a := start(t, w, Launcher(Silent, protocol.OpRegionCreate))
	ctx, cancel := context.WithTimeout(within(t), 300*time.Millisecond)
	defer cancel()
	_, err := a.Do(ctx, creation(w))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), protocol.OpRegionCreate) {
		t.Fatalf("%v, want what was not answered and the deadline", err)
	}
	if p := a.Pending(); p == nil || p.Request.Op != protocol.OpRegionCreate {
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
	_, err := agent.Start(ctx, w, Launcher(Silent, protocol.OpHello), "mute")
	if !errors.Is(err, context.DeadlineExceeded) || !strings.Contains(err.Error(), "flush") {
		t.Errorf("%v, want the deadline and what may be the cause", err)
	}
	nothingLeft(t, w)
}

func TestHang(t *testing.T) {
	t.Parallel()
	w := newWorld(t, world.Options{})
	for _, b := range []Behaviour{Block, Spin} {
		a := start(t, w, Launcher(b, protocol.OpRegionCreate))
		c := a.Begin(creation(w))
		var busy *agent.Busy
		if _, err := a.Do(within(t), creation(w)); !errors.As(err, &busy) || busy.Under != protocol.OpRegionCreate {
			t.Errorf("%s: a second operation: %v, want *agent.Busy", b, err)
		}
		if r, err := a.Status(within(t)); err != nil || r.State != "busy" || r.Busy != protocol.OpRegionCreate {
			t.Errorf("%s: status: %+v, %v", b, r, err)
		}
		asleep, sure := a.Asleep(within(t))
		if !sure || asleep != (b == Block) {
			t.Errorf("%s: asleep %v, sure %v", b, asleep, sure)
		}
		where := a.Where()
		want := map[Behaviour]string{Block: "asleep", Spin: "running"}[b]
		if !strings.HasPrefix(where.Where, want) || where.Operation != protocol.OpRegionCreate || where.Seconds <= 0 {
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

// A process that sleeps for ever is told apart from one that sleeps for a while.
func TestSleepWithoutLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, world.Options{})
	blocked := start(t, w, Launcher(Block, protocol.OpRegionCreate))
	blocked.Begin(creation(w))
	waiting := start(t, w, Launcher(Correct, ""))
	if _, err := waiting.Do(within(t), protocol.Request{Op: protocol.OpBufferCreate, Object: "b", Name: name(w, "b"), Capacity: new(int64(1)), ItemMax: new(int64(8))}); err != nil {
		t.Fatal(err)
	}
	waiting.Begin(protocol.Request{Op: protocol.OpBufferGet, Object: "b"})
	for range 5 { // one look alone sees threads at different moments
		before, first := waiting.Sleep()
		time.Sleep(100 * time.Millisecond)
		if after, second := waiting.Sleep(); first && second && before == after {
			t.Fatalf("one that polls counts as asleep for ever: %s", after)
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
		if err := a.Bye(within(t)); err == nil || !strings.Contains(err.Error(), "has exited after bye") {
			t.Errorf("%v, want that it has exited", err)
		}
	})
	nothingLeft(t, w)
}
