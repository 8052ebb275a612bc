package fault

import (
	"bufio"
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// child starts a process that sleeps forever, as a target.
func child(t *testing.T) (Target, *exec.Cmd) {
	t.Helper()
	if testing.Short() {
		t.Skip("starts processes")
	}
	c := exec.Command("/bin/sh", "-c", "while :; do sleep 600; done")
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
		_ = c.Wait() // killed, as it should be
	})
	return Target{Name: "child", Signal: func(s syscall.Signal) error { return c.Process.Signal(s) }}, c
}

// Whatever fault is in progress at the end, no process stays stopped, and each
// fault is in the log, in order of time.
func TestDisturbLeavesNoProcessStopped(t *testing.T) {
	target, c := child(t)
	log := NewLog()
	for i := range 20 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i)*3*time.Millisecond)
		Disturb(ctx, rand.New(rand.NewPCG(1, uint64(i))), log, []Kind{Pause}, Scene{Targets: []Target{target}})
		cancel()
	}
	// A process that was continued may have to be reported as stopped and then as
	// continued before it is neither.
	var info unix.WaitStatus
	for {
		pid, err := unix.Wait4(c.Process.Pid, &info, unix.WNOHANG|unix.WUNTRACED|unix.WCONTINUED, nil)
		if pid != c.Process.Pid || err != nil {
			break
		}
	}
	if info.Stopped() {
		t.Error("the child was left stopped")
	}
	events := log.Events()
	if len(events) == 0 {
		t.Fatal("no fault in the log")
	}
	if !slices.IsSortedFunc(events, func(a, b Event) int { return int(a.At - b.At) }) {
		t.Errorf("not in order of time: %v", events)
	}
	for _, e := range events {
		if e.Kind != Pause || e.Target != "child" || !strings.Contains(e.String(), "pause of child") {
			t.Errorf("logged %v", e)
		}
	}
}

// Only targets that support interruption are interrupted.
func TestStormNeedsInterrupt(t *testing.T) {
	calm, _ := child(t)
	count := 0
	interruptible := calm
	interruptible.Name, interruptible.Interrupt = "interruptible", func() error { count++; return nil }
	log := NewLog()
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	Disturb(ctx, rand.New(rand.NewPCG(1, 2)), log, []Kind{Storm}, Scene{Targets: []Target{calm, interruptible}})
	for _, e := range log.Events() {
		if e.Target != "interruptible" {
			t.Errorf("logged %v", e)
		}
	}
	if len(log.Events()) > 0 && count == 0 {
		t.Error("a storm without a signal")
	}
}

// Without kinds or without targets, Disturb returns at once.
func TestNothingToDo(t *testing.T) {
	Disturb(context.Background(), nil, NewLog(), nil, Scene{Targets: []Target{{}}})
	Disturb(context.Background(), nil, NewLog(), Disturbances, Scene{})
}

// Open descriptors stay, and no more can be opened until the shortage is over.
func TestDescriptors(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	t.Run("own user", func(t *testing.T) { withoutDescriptors(t, nil) })
	if os.Geteuid() == 0 {
		t.Run("another user", func(t *testing.T) { withoutDescriptors(t, &syscall.Credential{Uid: 65534, Gid: 65534}) })
	}
}

func withoutDescriptors(t *testing.T, user *syscall.Credential) {
	c := exec.Command("/bin/sh", "-c", `while read line; do if (: < /dev/null) 2>/dev/null && exec 9< /dev/null; then exec 9<&-; echo opened; else echo refused; fi; done`)
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.SysProcAttr = &syscall.SysProcAttr{Credential: user}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	defer c.Wait()
	defer in.Close()
	answers := bufio.NewScanner(out)
	try := func() string {
		_, _ = in.Write([]byte("\n"))
		answers.Scan()
		return answers.Text()
	}
	if got := try(); got != "opened" {
		t.Fatalf("before the shortage: %q", got)
	}
	end, err := Descriptors(c.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	during := try()
	if err := end(); err != nil {
		t.Error(err)
	}
	if after := try(); during != "refused" || after != "opened" {
		t.Errorf("%q during the shortage and %q after it, want refused and opened", during, after)
	}
}

// The end of a shortage is no error if its process has ended.
func TestDescriptorsOfAnEndedProcess(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	c := exec.Command("/bin/sleep", "60")
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	end, err := Descriptors(c.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	_ = c.Process.Kill()
	_ = c.Wait()
	if err := end(); err != nil {
		t.Error(err)
	}
}

// A shortage ends with the faults, and one that could not be made is not in the
// log.
func TestShortagesEnd(t *testing.T) {
	target, _ := child(t)
	begun, ended := 0, 0
	target.NoFiles = func() (func(), error) { begun++; return func() { ended++ }, nil }
	refused := func() (func(), error) { return nil, unix.EPERM }
	log := NewLog()
	ctx, cancel := context.WithTimeout(context.Background(), 200*time.Millisecond)
	defer cancel()
	Disturb(ctx, rand.New(rand.NewPCG(1, 2)), log, Shortages, Scene{Targets: []Target{target}, FullShm: refused})
	if begun == 0 || begun != ended || len(log.Events()) != begun {
		t.Errorf("%d begun, %d ended, %d in the log", begun, ended, len(log.Events()))
	}
}
