package world

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world/message"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// populate starts a process, another with a child, and a daemon. It returns the
// first, and the host's ids of all four.
func populate(t *testing.T, w *World) (p *Process, pids []int) {
	t.Helper()
	p, _ = launched(t, w, "wait")
	launched(t, w, "fork")
	must(t, w, "daemon")
	for _, p := range w.Processes() {
		pids = append(pids, p.PID())
	}
	if len(pids) != 4 {
		t.Fatalf("%d processes, want 4: %s", len(pids), describe(w.Processes()))
	}
	for _, pid := range pids {
		if !alive(pid) {
			t.Fatalf("process %d is not alive", pid)
		}
	}
	return p, pids
}

func expectDead(t *testing.T, pids []int) {
	t.Helper()
	for _, pid := range pids {
		if alive(pid) {
			t.Errorf("process %d is still there: %s", pid, proc.CommandLine(pid))
		}
	}
}

func TestCloseEndsEverything(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		p, pids := populate(t, w)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		expectDead(t, pids)
		if _, err := os.Stat(w.Dir()); !os.IsNotExist(err) {
			t.Errorf("the world's directory: %v, want that it does not exist", err)
		}
		select {
		case <-p.Done():
		case <-time.After(patient):
			t.Fatal("the handle does not learn of the end")
		}
		if e := p.Exit(); e.Signal != unix.SIGKILL || e.Cause != "the world was closed" {
			t.Errorf("the process ended by %v", e)
		}
		if err := w.Close(); err != nil {
			t.Errorf("closed once more: %v", err)
		}
		if _, err := w.Start(within(t), puppet("wait")); err == nil || !strings.Contains(err.Error(), "closed") {
			t.Errorf("a start in a closed world: %v", err)
		}
		if err := w.Err(); err != nil {
			t.Errorf("a world that was closed is broken: %v", err)
		}
	})
}

func TestCleanLeavesTheWorldUsable(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		_, pids := populate(t, w)
		must(t, w, "make", File, "file")
		if err := w.Clean(); err != nil {
			t.Fatal(err)
		}
		expectDead(t, pids)
		if found, _ := w.Leftovers(within(t)); len(found) > 0 {
			t.Errorf("after cleaning there is %v", found)
		}
		must(t, w, "say", "again")
	})
}

// A process of the world may send what it likes to the holder, which is its
// parent and may have its uid.
func TestHolderSurvivesItsWorld(t *testing.T) {
	t.Parallel()
	for _, user := range []int{0, KitUser} {
		t.Run("user "+strconv.Itoa(user), func(t *testing.T) {
			w := isolatedWorld(t, Options{User: user})
			p, _ := launched(t, w, "wait")
			must(t, w, "rage", outside(t)...)
			if !p.Alive() {
				t.Error("the first process of the world died of its child's signals")
			}
			if _, e := run(t, w, "massacre", outside(t)...); !e.OK() { // kill(-1) spares the caller
				t.Errorf("kill(-1): %v", e)
			}
			if e, err := p.Wait(within(t)); err != nil || e.Signal != unix.SIGKILL || e.Cause != "" {
				t.Errorf("another process of the world: %v, %v; want death by kill(-1)", e, err)
			}
			must(t, w, "say", "the world goes on")
			if err := w.Err(); err != nil {
				t.Error(err)
			}
		})
	}
}

// Without namespaces only a user of their own keeps processes from the kit.
func TestKitSurvivesKillOfAll(t *testing.T) {
	w := newWorld(t, Options{Isolation: None})
	if !w.setup.OwnedUser {
		t.Skip("the world's processes have the kit's own uid: ", w.user.reason)
	}
	p, _ := launched(t, w, "wait")
	if _, e := run(t, w, "massacre", outside(t)...); !e.OK() {
		t.Errorf("kill(-1): %v", e)
	}
	if _, err := p.Wait(within(t)); err != nil {
		t.Error(err)
	}
	must(t, w, "say", "the world goes on")
}

func TestDeathOfTheHolderEndsTheWorld(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		p, pids := populate(t, w)
		if err := unix.Kill(w.holder.proc.Pid, unix.SIGKILL); err != nil {
			t.Fatal(err)
		}
		e, err := p.Wait(within(t))
		if err != nil || e.Signal != unix.SIGKILL || !strings.Contains(e.Cause, "holder") {
			t.Errorf("a process of the world: %v, %v; want SIGKILL with the holder as the cause", e, err)
		}
		<-w.holder.gone
		expectDead(t, pids)
		for what, err := range map[string]error{"Err": w.Err(), "Clean": w.Clean(), "Baseline": w.Baseline(), "Start": startError(t, w)} {
			if err == nil || !strings.Contains(err.Error(), "holder") || !strings.Contains(err.Error(), "killed") {
				t.Errorf("%s says %v, want that the holder was killed", what, err)
			}
		}
		found, unseen := w.Leftovers(within(t))
		if len(found) != 0 || len(unseen) != len(message.Kinds) {
			t.Errorf("leftovers of a broken world: %v, unseen %v; want all message.Kinds unseen", found, unseen)
		}
		if err := w.Close(); err == nil {
			t.Error("Close does not say that the holder was killed")
		}
		if _, err := os.Stat(w.Dir()); !os.IsNotExist(err) {
			t.Errorf("the world's directory: %v, want that it does not exist", err)
		}
		w.closed = nil // it has been seen to: the clean-up of the test closes again
	})
}

func startError(t *testing.T, w *World) error {
	_, err := w.Start(within(t), puppet("wait"))
	return err
}

// A kit is a process that makes a world and can be killed.
func TestDeathOfTheKitEndsTheWorld(t *testing.T) {
	if reexec.Role() == kitRole {
		beKit(t)
	}
	if testing.Short() {
		t.Skip("makes a world")
	}
	reexec.Anchor(t.Name())
	defer reexec.Anchor("")
	for _, isolation := range []string{"", "none"} {
		t.Run("isolation "+isolation, func(t *testing.T) {
			path, args, env := reexec.Args(kitRole)
			kit := &exec.Cmd{Path: path, Args: args, Env: reexec.Environment(os.Environ(), append(env, IsolationVariable+"="+isolation)...), Stderr: os.Stderr}
			out, err := kit.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := kit.Start(); err != nil {
				t.Fatal(err)
			}
			said := bufio.NewScanner(out)
			said.Scan()
			dir, _, _ := strings.Cut(said.Text(), " ")
			var pids []int
			for _, field := range strings.Fields(said.Text())[1:] {
				pids = append(pids, number(field))
			}
			if len(pids) != 5 { // the holder, a process, another and its child, a daemon
				t.Fatalf("the kit said %q, want a directory and five processes", said.Text())
			}
			for _, pid := range pids {
				if !alive(pid) {
					t.Errorf("process %d is not alive", pid)
				}
			}
			if err := kit.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = kit.Wait()
			for _, pid := range pids {
				eventually(t, fmt.Sprintf("process %d has ended", pid), func() bool { return !alive(pid) })
			}
			eventually(t, "the world's directory is gone", func() bool {
				_, err := os.Stat(dir)
				return os.IsNotExist(err)
			})
			if left, _ := filepath.Glob("/dev/shm/*" + strings.TrimPrefix(filepath.Base(dir), "ipckit-")); len(left) > 0 {
				t.Errorf("shared memory is still there: %q", left)
			}
		})
	}
}

const kitRole = "kit"

// beKit is the kit's part of TestDeathOfTheKitEndsTheWorld.
func beKit(t *testing.T) {
	w := newWorld(t, Options{})
	_, pids := populate(t, w)
	said := []string{w.Dir(), strconv.Itoa(w.holder.proc.Pid)}
	for _, pid := range pids {
		said = append(said, strconv.Itoa(pid))
	}
	must(t, w, "make", SharedMemory, testMark+w.ID())
	fmt.Println(strings.Join(said, " "))
	_ = forever()
}

// A world whose directory is closed by its processes is removed all the same.
func TestClosedDirectoriesAreRemoved(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		c := Command{Path: "/bin/sh", Env: os.Environ(), Args: []string{"sh", "-c", "mkdir -p a/b && touch a/b/c && chmod 0 a/b && chmod 0 a"}}
		if text, e := runCommand(t, w, c); !e.OK() {
			t.Fatal(e, text)
		}
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		if _, err := os.Stat(w.Dir()); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the directory: %v", err)
		}
	})
}

// The acts that would harm the host refuse where they could.
func TestHarmfulActsAreContained(t *testing.T) {
	if err := contained(outside(t)); err == nil {
		t.Error("the tests themselves are taken to be contained")
	}
	if err := contained([]string{"", strconv.Itoa(os.Getuid())}); err == nil {
		t.Error("without the tests' namespace an act is taken to be contained")
	}
}

func TestHolderRefusesToMakeWorlds(t *testing.T) {
	t.Setenv(reexec.RoleVariable, HolderRole)
	if _, err := New(within(t), Options{}); err == nil || !strings.Contains(err.Error(), "world.Hold") {
		t.Errorf("New in a holder: %v, want an error that names world.Hold", err)
	}
}
