package world

import (
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestLimitsHold(t *testing.T) {
	limits := Limits{CPU: time.Second, Memory: 512 << 20, OpenFiles: 64, FileSize: 1 << 20}
	everywhere(t, Options{Limits: limits}, func(t *testing.T, w *World) {
		for _, c := range []struct {
			what    string
			beyond  []string
			errno   unix.Errno
			control []string
		}{
			{"memory", []string{"allocate", "1073741824"}, unix.ENOMEM, []string{"allocate", "1048576"}},
			{"open files", []string{"open-many", "100"}, unix.EMFILE, []string{"open-many", "20"}},
			{"file size", []string{"grow", "big", "2097152"}, unix.EFBIG, []string{"grow", "small", "1048576"}},
		} {
			must(t, w, c.control[0], c.control[1:]...)
			if text, e := run(t, w, c.beyond[0], c.beyond[1:]...); e.Code != 1 || !strings.Contains(text, c.errno.Error()) {
				t.Errorf("beyond the limit on %s: %v, %q; want %q", c.what, e, text, c.errno)
			}
		}
		loop := Command{Path: "/bin/sh", Args: []string{"sh", "-c", "while :; do :; done"}}
		if _, e := runCommand(t, w, loop); e.Signal != unix.SIGXCPU || e.UserTime+e.SysTime < time.Second/2 {
			t.Errorf("beyond the limit on processor time: %v after %v, want SIGXCPU after a second", e, e.UserTime+e.SysTime)
		}
	})
}

func TestLimitOnProcesses(t *testing.T) {
	everywhere(t, Options{Limits: Limits{Processes: 3}}, func(t *testing.T, w *World) {
		if os.Getuid() == 0 && !w.setup.Drop {
			t.Skip("root is exempt")
		}
		// A shell has no threads; each job is one process.
		bomb := Command{Path: "/bin/sh", Env: os.Environ(), Args: []string{"sh", "-c", "i=0; while test $i -lt 2000; do sleep 1000 & i=$((i+1)); done; echo all"}}
		if text, e := runCommand(t, w, bomb); e.OK() || strings.Contains(text, "all") {
			t.Errorf("2000 processes were started: %v, %q", e, text)
		}
		if err := w.Clean(); err != nil {
			t.Fatal(err)
		}
		if w.setup.OwnedUser { // else the limit leaves room for the user's other processes
			one := Command{Path: "/bin/sh", Env: os.Environ(), Args: []string{"sh", "-c", "/bin/sleep 0; echo fine"}}
			if text, e := runCommand(t, w, one); !e.OK() {
				t.Errorf("two processes: %v, %q", e, text)
			}
		}
	})
}

func TestLimitOnSharedMemory(t *testing.T) {
	t.Parallel()
	w := isolatedWorld(t, Options{Limits: Limits{ShmSize: 1 << 20}})
	must(t, w, "grow", "/dev/shm/small", "65536")
	if text, e := run(t, w, "grow", "/dev/shm/big", "2097152"); e.Code != 1 || !strings.Contains(text, unix.ENOSPC.Error()) {
		t.Errorf("2 MiB in a /dev/shm of 1 MiB: %v, %q; want %q", e, text, unix.ENOSPC)
	}
}

// A /dev/shm that is full keeps what is in it, takes nothing more, and has its
// room again afterwards.
func TestFullSharedMemory(t *testing.T) {
	t.Parallel()
	for _, limits := range []Limits{{ShmSize: 1 << 20}, {}} {
		w := isolatedWorld(t, Options{Limits: limits})
		must(t, w, "grow", "/dev/shm/before", "65536")
		for range 2 {
			if err := w.FillShm(within(t)); err != nil {
				t.Fatal(err)
			}
			must(t, w, "grow", "/dev/shm/before", "65536")
			if text, e := run(t, w, "grow", "/dev/shm/during", "65536"); e.Code != 1 || !strings.Contains(text, unix.ENOSPC.Error()) {
				t.Errorf("64 KiB in a full /dev/shm: %v, %q; want %q", e, text, unix.ENOSPC)
			}
			if err := w.EmptyShm(within(t)); err != nil {
				t.Fatal(err)
			}
			must(t, w, "grow", "/dev/shm/after", "65536")
		}
	}
}

func TestOutputLimit(t *testing.T) {
	everywhere(t, Options{}, func(t *testing.T, w *World) {
		const limit = 100_000
		c := puppet("spill")
		out := output(t)
		c.Stdout, c.Stderr, c.OutputLimit = out, out, limit
		p, err := w.Start(within(t), c)
		if err != nil {
			t.Fatal(err)
		}
		e, err := p.Wait(within(t))
		if err != nil || e.Signal != unix.SIGKILL || !strings.Contains(e.Cause, "output limit of 100000 bytes") {
			t.Errorf("a process that prints without end: %v, %v; want it killed for its output", e, err)
		}
		eventually(t, "the file is cut to the limit", func() bool { return len(contents(t, out)) == limit })
	})
}

func TestOutputWithinTheLimitIsKept(t *testing.T) {
	w := newWorld(t, Options{})
	c := puppet("say", strings.Repeat("x", 999))
	c.OutputLimit = 1000
	if text, e := runCommand(t, w, c); !e.OK() || len(text) != 1000 {
		t.Errorf("1000 bytes under a limit of 1000: %v, %d bytes", e, len(text))
	}
}

func TestTimeLimit(t *testing.T) {
	const wall = 300 * time.Millisecond
	everywhere(t, Options{Limits: Limits{Wall: wall}}, func(t *testing.T, w *World) {
		begin := time.Now()
		p, err := w.Start(within(t), puppet("wait"))
		if err != nil {
			t.Skip("the host is so slow that the time was over before the start: ", err)
		}
		e, err := p.Wait(within(t))
		if err != nil || e.Signal != unix.SIGKILL || e.Cause != "time limit of 300ms" {
			t.Errorf("after the time limit: %v, %v", e, err)
		}
		if time.Since(begin) > patient {
			t.Error("the time limit came late")
		}
		if _, err := w.Start(within(t), puppet("wait")); err == nil || !strings.Contains(err.Error(), "time limit of 300ms") {
			t.Errorf("a start after the time limit: %v", err)
		}
	})
}
