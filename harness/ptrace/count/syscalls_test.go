package count

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/reexec"
)

// Roles of this binary: a process that does what it is asked, as an agent would,
// and one that may not trace.
const (
	sampleRole   = "sample"
	filteredRole = "filtered watcher"
	refusedRole  = "refused watcher"
)

func TestMain(m *testing.M) {
	switch reexec.Role() {
	case sampleRole:
		sample()
	case filteredRole:
		becomeFiltered()
	case refusedRole:
		_, err := Watch(os.Getppid(), os.Getppid())
		fmt.Println(errors.As(err, new(*Refused)), err)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// sample does operations on a thread of its own: "getpid 5" does it five times,
// each between markers.
func sample() {
	work := make(chan string)
	if os.Getenv("SAMPLE_THREAD") == "first" {
		runtime.LockOSThread()
		go take(work)
		operate(work)
		return
	}
	go operate(work)
	take(work)
}

func take(work chan<- string) {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		work <- lines.Text()
	}
	os.Exit(0)
}

func operate(work <-chan string) {
	runtime.LockOSThread()
	fmt.Println(unix.Gettid())
	for line := range work {
		var what string
		var times int
		_, _ = fmt.Sscan(line, &what, &times)
		for i := range times {
			_, _, _ = unix.RawSyscall(protocol.MarkBegin, 0, 0, 0)
			operation(what, i)
			_, _, _ = unix.RawSyscall(protocol.MarkEnd, 0, 0, 0)
			_ = unix.Getppid() // is no part of an operation
		}
		fmt.Println("done")
	}
}

var sink int

func operation(what string, i int) {
	switch what {
	case "nothing":
		for n := range 100 {
			sink += n
		}
	case "getpid":
		_ = unix.Getpid()
	case "several":
		_, _ = unix.Getpid(), unix.Getpid()
		_, _ = unix.Getpgid(0)
	case "hidden":
		if i == 6789 {
			_ = unix.Getpid()
		}
	case "sleep":
		time.Sleep(100 * time.Microsecond)
	case "long":
		for began := time.Now(); time.Since(began) < 30*time.Millisecond; {
			operation("nothing", 0)
		}
	case "die":
		_ = unix.Kill(unix.Getpid(), unix.SIGKILL)
	case "exec":
		_ = unix.Exec("/bin/true", []string{"true"}, nil)
	}
}

// A sampled is a sample process and the counter of its thread.
type sampled struct {
	*Counter
	t       *testing.T
	cmd     *exec.Cmd
	in      *os.File
	answers *bufio.Scanner
}

func watch(t *testing.T, env ...string) *sampled {
	t.Helper()
	exe, argv, role := reexec.Args(sampleRole)
	in, theirs, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd := &exec.Cmd{Path: exe, Args: argv, Env: append(append(os.Environ(), role...), env...), Stdin: in, Stderr: os.Stderr}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = in.Close()
	s := &sampled{t: t, cmd: cmd, in: theirs, answers: bufio.NewScanner(out)}
	t.Cleanup(func() {
		_ = theirs.Close()
		_ = cmd.Process.Kill()
		if s.Counter != nil {
			s.Stop()
		}
		_ = cmd.Wait()
	})
	var tid int
	if s.answers.Scan(); s.answers.Err() != nil {
		t.Fatal(s.answers.Err())
	}
	_, _ = fmt.Sscan(s.answers.Text(), &tid)
	s.Counter, err = Watch(cmd.Process.Pid, tid)
	var refused *Refused
	if errors.As(err, &refused) {
		t.Skip(refused)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// do has the sample do something, and reports whether it answered.
func (s *sampled) do(what string, times int) bool {
	if _, err := fmt.Fprintln(s.in, what, times); err != nil {
		s.t.Fatal(err)
	}
	return s.answers.Scan()
}

// tally is what the sample's operations did.
func (s *sampled) tally(what string, times int) Tally {
	s.t.Helper()
	if !s.do(what, times) {
		s.t.Fatalf("no answer to %s", what)
	}
	tally := s.Take()
	if tally.Operations != times {
		s.t.Errorf("%d operations were counted of %d", tally.Operations, times)
	}
	return tally
}

func TestCountsEachCall(t *testing.T) {
	s := watch(t)
	// On a loaded machine few operations are settled, and one call of the run-time's
	// among them is many.
	called := func(what string, times int) []Seen {
		return slices.DeleteFunc(s.tally(what, times).ByOperation(), func(x Seen) bool { return x.Runtime })
	}
	own := called("getpid", 1000)
	if len(own) != 1 || own[0].Name != "getpid" || own[0].Calls != 1000 || own[0].Operations != 1000 {
		t.Errorf("getpid a thousand times was seen as %+v", own)
	}
	own = called("several", 500)
	if len(own) != 2 || own[0].Name != "getpid" || own[0].Calls != 1000 || own[0].Operations != 500 || own[1].Name != "getpgid" || own[1].Calls != 500 {
		t.Errorf("two of one and one of another were seen as %+v", own)
	}
}

func TestCountsNothingWhereThereIsNothing(t *testing.T) {
	s := watch(t, "GOGC=off", "GODEBUG=asyncpreemptoff=1")
	if own := s.tally("nothing", 10_000).ByOperation(); len(own) != 0 {
		t.Errorf("operations without system calls were seen to make %+v", own)
	}
}

func TestFindsOneInTenThousand(t *testing.T) {
	s := watch(t)
	if own := s.tally("hidden", 10_000).ByOperation(); len(own) != 1 || own[0].Name != "getpid" || own[0].Calls != 1 {
		t.Errorf("one getpid in 10,000 operations was seen as %+v", own)
	}
}

// TestSleepIsTheOperations: an operation that waits through Go's run-time makes
// the run-time's calls, every time.
func TestSleepIsTheOperations(t *testing.T) {
	s := watch(t, "GOMAXPROCS=2")
	tally := s.tally("sleep", 200)
	if len(tally.ByOperation()) == 0 && tally.Decided() {
		t.Errorf("sleeping was not seen: %+v", tally)
	}
}

// TestSchedulerIsNot: the scheduler takes the processor from an operation that
// takes long, which is not its doing.
func TestSchedulerIsNot(t *testing.T) {
	s := watch(t, "GOMAXPROCS=1")
	if own := s.tally("long", 20).ByOperation(); len(own) != 0 {
		t.Errorf("long operations were seen to make %+v", own)
	}
}

func TestThreadThatDies(t *testing.T) {
	s := watch(t)
	if s.do("die", 1) {
		t.Fatal("it answered")
	}
	select {
	case <-s.done:
	case <-time.After(stopLimit):
		t.Fatal("the counter did not notice")
	}
	if tally := s.Take(); tally.Operations != 0 || tally.Ended != "was killed by SIGKILL" {
		t.Errorf("a killed thread was seen as %+v", tally)
	}
}

func TestThreadThatExecutesAnotherProgram(t *testing.T) {
	for _, thread := range []string{"first", "other"} {
		t.Run(thread, func(t *testing.T) {
			s := watch(t, "SAMPLE_THREAD="+thread)
			before := program(t, s.cmd.Process.Pid)
			if _, err := fmt.Fprintln(s.in, "exec 1"); err != nil {
				t.Fatal(err)
			}
			if thread == "other" { // it has another id then, and stands until it is let go
				for deadline := time.Now().Add(stopLimit); program(t, s.cmd.Process.Pid) == before && time.Now().Before(deadline); {
					time.Sleep(time.Millisecond)
				}
				s.Stop()
			}
			select {
			case <-s.done:
			case <-time.After(stopLimit):
				t.Fatal("the counter did not notice")
			}
			// The tracer's thread ends a moment later; until then its stops are
			// told to whoever waits.
			for deadline := time.Now().Add(stopLimit); traced(t, s.cmd.Process.Pid) && time.Now().Before(deadline); {
				time.Sleep(time.Millisecond)
			}
			if err := s.cmd.Wait(); err != nil {
				t.Errorf("the other program ended with %v", err)
			}
			if tally := s.Take(); tally.Operations != 0 || tally.Ended == "" {
				t.Errorf("it was seen as %+v", tally)
			}
		})
	}
}

// program is what a process executes, with its arguments.
func program(t *testing.T, pid int) string {
	t.Helper()
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		t.Fatal(err)
	}
	return string(line)
}

// traced reports whether a process that was not waited for yet has a tracer.
func traced(t *testing.T, pid int) bool {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	return !strings.Contains(string(status), "TracerPid:\t0\n")
}

func TestStoppedCounterLetsGo(t *testing.T) {
	s := watch(t)
	_ = s.tally("getpid", 10)
	s.Stop()
	if !s.do("getpid", 10) {
		t.Error("the process does not go on")
	}
	if tally := s.Take(); tally.Operations != 0 {
		t.Errorf("still counting: %+v", tally)
	}
}

func TestHostThatRefusesPtrace(t *testing.T) {
	exe, argv, env := reexec.Args(filteredRole)
	cmd := &exec.Cmd{Path: exe, Args: argv, Env: append(os.Environ(), env...)}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if text := string(out); !strings.HasPrefix(text, "true ") || !strings.Contains(text, "ptrace") {
		t.Errorf("the refusal reads %q", text)
	}
}
