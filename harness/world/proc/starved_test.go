package proc

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const schedIdle = 5 // SCHED_IDLE of sched(7)

// shell starts a script on one processor, in a group of its own, and ends it
// with the test.
func shell(t *testing.T, script string, cpu int) int {
	t.Helper()
	c := exec.Command("/bin/sh", "-c", script)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
		_ = c.Wait() // killed, as it should be
	})
	var one unix.CPUSet
	one.Set(cpu)
	if err := unix.SchedSetaffinity(c.Process.Pid, &one); err != nil {
		t.Skip(err)
	}
	return c.Process.Pid
}

// A process that sleeps does not starve. One that may run only when no other wants
// to, does.
func TestStarved(t *testing.T) {
	if _, err := os.ReadFile("/proc/self/schedstat"); err != nil {
		t.Skip("this kernel does not count how long threads wait: ", err)
	}
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		t.Fatal(err)
	}
	cpu := 0
	for !set.IsSet(cpu) {
		cpu++
	}
	const look = 2 * time.Second
	asleep := shell(t, "exec sleep 600", cpu)
	if Starved(look, asleep) {
		t.Error("a process that sleeps is said to starve")
	}
	shell(t, "while :; do :; done", cpu)
	late := shell(t, "while :; do :; done", cpu)
	idle := unix.SchedAttr{Size: unix.SizeofSchedAttr, Policy: schedIdle}
	if err := unix.SchedSetAttr(late, &idle, 0); err != nil {
		t.Skip(err)
	}
	if !Starved(look, late) {
		t.Error("a process that may run only when no other wants to is said not to starve")
	}
}
