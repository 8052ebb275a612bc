package world

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/proc"
)

func TestExitIsReported(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		if _, e := run(t, w, "exit", "0"); !e.OK() || e.MaxRSS < 1<<20 {
			t.Errorf("exit 0: %v, highest resident set %d bytes, want at least 1 MiB", e, e.MaxRSS)
		}
		if _, e := run(t, w, "exit", "37"); e.Code != 37 || e.Signal != 0 || e.Cause != "" {
			t.Errorf("exit 37: %+v", e)
		}
		if _, e := run(t, w, "die", strconv.Itoa(int(unix.SIGKILL))); e.Signal != unix.SIGKILL || e.Code != -1 || e.Cause != "" {
			t.Errorf("killed by itself: %+v", e)
		}
		const busy = 100 * time.Millisecond
		if _, e := run(t, w, "burn", busy.String()); e.UserTime+e.SysTime < busy-10*time.Millisecond { // it may be counted in ticks
			t.Errorf("%v of processor time were reported, %v were used", e.UserTime+e.SysTime, busy)
		}
	})
}

func TestSignalReachesTheProcess(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		for _, way := range []string{"pidfd", "holder"} {
			p, _ := launched(t, w, "wait")
			if way == "holder" { // as where the kernel gives no pidfd
				p.mu.Lock()
				p.pidfd.Close()
				p.pidfd = nil
				p.mu.Unlock()
			}
			if err := p.Signal(0); err != nil {
				t.Errorf("by %s: signal 0 to a live process: %v", way, err)
			}
			if !p.Alive() {
				t.Errorf("by %s: the process has ended by itself", way)
			}
			if err := p.Signal(unix.SIGTERM); err != nil {
				t.Fatal(err)
			}
			// The Go runtime leaves by SIGTERM's default action.
			if e, err := p.Wait(within(t)); err != nil || e.Signal != unix.SIGTERM {
				t.Errorf("by %s: %v, %v; want death by SIGTERM", way, e, err)
			}
			if err := p.Kill(); !errors.Is(err, os.ErrProcessDone) {
				t.Errorf("by %s: killing the dead: %v, want os.ErrProcessDone", way, err)
			}
			if _, err := p.State(); !errors.Is(err, os.ErrProcessDone) {
				t.Errorf("state of the dead: %v, want os.ErrProcessDone", err)
			}
		}
	})
}

func TestThreadsOfTheProcessAreKnown(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		p, _ := launched(t, w, "wait")
		other, _ := launched(t, w, "wait")
		if p.Lacks(within(t), p.InnerPID()) {
			t.Errorf("thread %d is the process's first, and is said not to be there", p.InnerPID())
		}
		for _, none := range []int{other.InnerPID(), 1 << 29, 0, -1} {
			if !p.Lacks(within(t), none) {
				t.Errorf("thread %d is none of process %d, and is said to be there", none, p.InnerPID())
			}
			if got, err := p.Thread(within(t), none); err == nil {
				t.Errorf("thread %d is none of process %d, and is shown as %v", none, p.InnerPID(), got)
			}
		}
		state, err := p.State()
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range state.Threads {
			got, err := p.Thread(within(t), want.Inner)
			if err != nil || got.TID != want.TID {
				t.Errorf("thread %d is %d to the kit, %v; want %d", want.Inner, got.TID, err, want.TID)
			}
			if tid := p.threads[want.Inner]; tid != want.TID {
				t.Errorf("the kernel says that thread %d is %d to the kit; want %d", want.Inner, tid, want.TID)
			}
		}
	})
}

func TestIdsMeanTheSameProcess(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		p, line := launched(t, w, "wait")
		if number(line) != p.InnerPID() {
			t.Errorf("the process is %s to itself, InnerPID is %d", line, p.InnerPID())
		}
		s := proc.ReadStatus(p.PID())
		if len(s.IDs) == 0 || s.IDs[len(s.IDs)-1] != p.InnerPID() {
			t.Errorf("/proc/%d has ids %v, want the last to be %d", p.PID(), s.IDs, p.InnerPID())
		}
	})
}

func TestTimersAreAsLateAsAsked(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		for _, slack := range []time.Duration{0, time.Millisecond, 0} {
			c := Command{Path: "/bin/cat", Args: []string{"cat", "/proc/self/timerslack_ns"}, Slack: slack}
			text, e := runCommand(t, w, c)
			if got := number(strings.TrimSpace(text)); !e.OK() || slack != 0 && got != int(slack) || slack == 0 && got >= int(time.Millisecond) {
				t.Errorf("asked for %v: %v, timers may be %q ns late", slack, e, text)
			}
		}
	})
}

func TestWaitEndsWithItsContext(t *testing.T) {
	w := newWorld(t, Options{})
	p, _ := launched(t, w, "wait")
	ctx, cancel := context.WithTimeout(within(t), 20*time.Millisecond)
	defer cancel()
	if _, err := p.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting for a process that waits: %v, want deadline exceeded", err)
	}
}

func TestStateShowsWaitingAndRunning(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		c := Command{Name: "sleeper", Path: "/bin/sleep", Args: []string{"sleep", "1000"}}
		sleeper, err := w.Start(within(t), c)
		if err != nil {
			t.Fatal(err)
		}
		var s proc.State
		eventually(t, "sleep(1) sleeps", func() bool { s, err = sleeper.State(); return err == nil && s.Asleep() })
		thread := s.Threads[0]
		if thread.Name != "sleep" || thread.TID != sleeper.PID() || thread.Inner != sleeper.InnerPID() || !strings.Contains(thread.Syscall, "nanosleep") {
			t.Errorf("sleep(1) is %+v (%v), want pid %d, inner %d, in nanosleep", thread, thread, sleeper.PID(), sleeper.InnerPID())
		}
		busy, err := w.Start(within(t), puppet("burn", "1h"))
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "a busy process uses processor time", func() bool {
			s, err := busy.State()
			return err == nil && s.CPU() > 20*time.Millisecond
		})
		if s, err := busy.State(); err != nil || s.Asleep() {
			t.Errorf("a busy process: %+v, %v; want it not to be asleep", s, err)
		}
	})
}

func TestProcessesIncludeGrandchildren(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		p, line := launched(t, w, "fork")
		all := w.Processes()
		if len(all) != 2 {
			t.Fatalf("%d processes, want a process and its child: %s", len(all), describe(all))
		}
		parent, child := all[0], all[1]
		if parent != p {
			parent, child = child, parent
		}
		if parent != p || child.InnerPID() != number(line) || child.PID() == 0 {
			t.Errorf("found %d and %d, want the handle of the one started and a child %s", parent.InnerPID(), child.InnerPID(), line)
		}
		if err := child.Kill(); err != nil {
			t.Fatal(err)
		}
		if e, err := child.Wait(within(t)); err != nil || e.Code != -1 {
			t.Errorf("the child that others started: %+v, %v; want an end of unknown kind", e, err)
		}
	})
}

func TestDescriptorsArePassedInOrder(t *testing.T) {
	stray, err := unix.Open("/etc/passwd", unix.O_RDONLY, 0) // not close-on-exec, so the holder inherits it
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(stray)
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		r, write, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		c := Command{Path: "/bin/sh", Env: os.Environ(), Files: []*os.File{nil, write},
			Args: []string{"sh", "-c", "echo through 4 >&4; test -e /dev/fd/3 && echo 3 is open; ls -l /dev/fd/ | grep passwd; read x || echo no input"}}
		text, _ := runCommand(t, w, c)
		write.Close()
		if text != "no input\n" {
			t.Errorf("the process found %q; want descriptor 3 closed, no stray one, and nothing to read", text)
		}
		got := make([]byte, 100)
		n, _ := r.Read(got)
		if string(got[:n]) != "through 4\n" {
			t.Errorf("through descriptor 4 came %q", got[:n])
		}
	})
}

func TestStartErrorsNameTheObstacle(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		_, err := w.Start(within(t), Command{Name: "reader", Path: "/proc/none/program"})
		if !errors.Is(err, unix.ENOENT) || !strings.Contains(err.Error(), "reader") {
			t.Errorf("no such program: %v", err)
		}
		_, err = w.Start(within(t), Command{Path: "/bin/sh", Dir: "/proc/none"})
		if !errors.Is(err, unix.ENOENT) || !strings.Contains(err.Error(), "working directory") {
			t.Errorf("no such directory: %v", err)
		}
		_, err = w.Start(within(t), Command{Path: "ipckit-no-such-program"})
		if err == nil {
			t.Error("a program that is not on PATH was started")
		}
		if len(w.Processes()) != 0 {
			t.Errorf("failed starts left %d processes", len(w.Processes()))
		}
		if !w.setup.Drop {
			return // an ordinary user's world reaches what the kit reaches
		}
		dir := t.TempDir()
		closed := filepath.Join(dir, "closed")
		if err := errors.Join(os.Chmod(filepath.Dir(dir), 0o755), os.Mkdir(closed, 0o700), os.WriteFile(closed+"/program", []byte("#!/bin/sh\n"), 0o755)); err != nil {
			t.Fatal(err)
		}
		_, err = w.Start(within(t), Command{Path: closed + "/program"})
		if !errors.Is(err, unix.EACCES) || !strings.Contains(err.Error(), closed+" is closed") {
			t.Errorf("a program that the world's user cannot reach: %v", err)
		}
	})
}

func TestShortLivedProcessesAreAllReported(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		const n = 40
		errs := make(chan error, n)
		for i := range n {
			go func() {
				p, err := w.Start(within(t), Command{Path: "/bin/sh", Args: []string{"sh", "-c", "exit " + strconv.Itoa(i)}})
				if err == nil {
					var e Exit
					if e, err = p.Wait(within(t)); err == nil && e.Code != i {
						err = errors.New("process " + strconv.Itoa(i) + ": " + e.String())
					}
				}
				errs <- err
			}()
		}
		for range n {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
	})
}

func TestExitText(t *testing.T) {
	for text, e := range map[string]Exit{
		"exit status 3":           {Code: 3},
		"ended in an unknown way": {Code: -1},
		"killed by signal 9 (killed): the world was closed":            {Code: -1, Signal: syscall.SIGKILL, Cause: "the world was closed"},
		"killed by signal 11 (segmentation fault), core dumped":        {Code: -1, Signal: syscall.SIGSEGV, Core: true},
		"killed by signal 25 (file size limit exceeded): output limit": {Code: -1, Signal: syscall.SIGXFSZ, Cause: "output limit"},
	} {
		if got := e.String(); got != text {
			t.Errorf("%+v reads %q, want %q", e, got, text)
		}
	}
}

func describe(processes []*Process) string {
	var all []string
	for _, p := range processes {
		all = append(all, fmt.Sprintf("%d %s %q", p.PID(), p.Name(), proc.CommandLine(p.PID())))
	}
	return strings.Join(all, ", ")
}
