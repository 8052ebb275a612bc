package proc_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/proc"
)

func TestMain(m *testing.M) {
	if reexec.Role() == world.HolderRole {
		world.Hold()
	}
	os.Exit(m.Run())
}

// start runs a shell script whose standard input never ends.
func start(t *testing.T, script string) *world.Process {
	t.Helper()
	if testing.Short() {
		t.Skip("makes a world")
	}
	w, err := world.New(t.Context(), world.Options{})
	if err != nil {
		t.Fatal(err)
	}
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	read.Fd() // makes it blocking, as programs expect
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
		_, _ = read.Close(), write.Close()
	})
	p, err := w.Start(t.Context(), world.Command{Path: "/bin/sh", Args: []string{"sh", "-c", script}, Stdin: read})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// eventually waits until a condition holds, and fails when it never does.
func eventually(t *testing.T, what string, f func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !f(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
	}
}

func TestProcessThatOnlyAnotherCanWake(t *testing.T) {
	p := start(t, "read x")
	eventually(t, "asleep in read", func() bool { _, asleep := proc.Asleep(p); return asleep })
	mark, _ := proc.Asleep(p)
	time.Sleep(50 * time.Millisecond)
	if again, asleep := proc.Asleep(p); !asleep || again != mark {
		t.Errorf("%q became %q, asleep %v, though it was not scheduled", mark, again, asleep)
	}
	if where := proc.Where(p); !strings.HasPrefix(where, "asleep in read(pipe:[") {
		t.Errorf("where: %q", where)
	}
}

func TestProcessesThatWakeThemselves(t *testing.T) {
	for script, where := range map[string]string{
		"exec sleep 1000":     "nanosleep",    // has a time limit
		"while :; do :; done": "running",      // does not sleep
		"trap : ALRM; read x": "asleep in re", // may have set an alarm
	} {
		p := start(t, script)
		eventually(t, script+": "+where, func() bool { return strings.Contains(proc.Where(p), where) })
		for range 20 {
			if mark, asleep := proc.Asleep(p); asleep {
				t.Errorf("%s: taken for one that only another can wake: %s", script, mark)
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

func TestProcessThatEnded(t *testing.T) {
	p := start(t, "exit 0")
	<-p.Done()
	if _, asleep := proc.Asleep(p); asleep || proc.Where(p) != "ended" {
		t.Errorf("asleep %v, where %q", asleep, proc.Where(p))
	}
}

func TestUnlimited(t *testing.T) {
	for _, c := range []struct {
		name string
		args [6]uint64
		want bool
	}{
		{"futex", [6]uint64{0x1000, 0, 1, 0}, true},
		{"futex", [6]uint64{0x1000, 0, 1, 0x10}, false}, // a limit that cannot be read
		{"poll", [6]uint64{0, 1, 0xffffffff}, true},
		{"poll", [6]uint64{0, 1, 100}, false},
		{"semtimedop", [6]uint64{3, 0, 1, 0}, true},
		{"semtimedop", [6]uint64{3, 0, 1, 0x10}, false},
		{"semop", [6]uint64{3, 0, 1}, true},
		{"msgrcv", [6]uint64{3}, true},
		{"mq_timedreceive", [6]uint64{3, 0, 0, 0, 0}, true},
		{"clock_nanosleep", [6]uint64{}, false},
		{"recvfrom", [6]uint64{3}, false}, // the socket may have a limit
		{"unheard_of", [6]uint64{}, false},
	} {
		call := proc.Call{PID: os.Getpid(), TID: os.Getpid(), Name: c.name, Args: c.args}
		if got := call.Unlimited(); got != c.want {
			t.Errorf("%s%v: %v, want %v", c.name, c.args, got, c.want)
		}
	}
	if got := (proc.Call{Name: "semop", Args: [6]uint64{3}}).String(); got != "semop(id 3)" {
		t.Errorf("got %q", got)
	}
}
