package halt

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/reexec"
)

const sampleRole = "halted sample"

func TestMain(m *testing.M) {
	if reexec.Role() == sampleRole {
		sample()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// sample does an operation of two calls for each line, and says when it is done.
func sample() {
	runtime.LockOSThread()
	fmt.Println(unix.Gettid())
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		_, _, _ = unix.RawSyscall(protocol.MarkBegin, 0, 0, 0)
		_, _ = unix.Getpgid(0)
		_ = unix.Getpid() // is quiet
		_, _ = unix.Getsid(0)
		_, _, _ = unix.RawSyscall(protocol.MarkEnd, 0, 0, 0)
		fmt.Println("done")
	}
}

func TestHaltsAtEachPlace(t *testing.T) {
	exe, argv, role := reexec.Args(sampleRole)
	cmd := &exec.Cmd{Path: exe, Args: argv, Env: append(os.Environ(), role...), Stderr: os.Stderr}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close(); _ = cmd.Wait() }()
	answers := make(chan string)
	go func() {
		defer close(answers)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			answers <- lines.Text()
		}
	}()
	var thread int
	_, _ = fmt.Sscan(<-answers, &thread)
	h, err := Watch(cmd.Process.Pid, thread)
	if refused := new(Refused); errors.As(err, &refused) {
		t.Skip(refused.Reason)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer h.Stop()
	operate := func(place int) {
		h.Arm(place)
		_, _ = fmt.Fprintln(in)
	}
	for place, want := range []string{"before getpgid", "after getpgid", "before getsid", "after getsid"} {
		operate(place)
		if got := <-h.Halted(); got != want {
			t.Errorf("place %d: halted %s, want %s", place, got, want)
		}
		select {
		case got := <-answers:
			t.Errorf("place %d: %q while it is halted", place, got)
		case <-time.After(20 * time.Millisecond):
		}
		h.GoOn()
		if got := <-answers; got != "done" || h.Places() != 4 {
			t.Errorf("place %d: %q after %d places, want done after 4", place, got, h.Places())
		}
	}
	operate(4)
	if got := <-answers; got != "done" {
		t.Errorf("beyond its places: %q, want done", got)
	}
	h.Disarm()
	operate(0)
	<-h.Halted()
	h.Stop() // lets it go
	if got := <-answers; got != "done" {
		t.Errorf("after Stop: %q, want done", got)
	}
}
