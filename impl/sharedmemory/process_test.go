package sharedmemory

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Tests run parts of the test binary in processes of their own. A part reads
// lines from standard input and answers on standard output.
const partVariable = "SHAREDMEMORY_TEST_PART"

// parts are what a child process can run.
var parts = map[string]func(arguments []string) error{}

func TestMain(m *testing.M) {
	parts = map[string]func([]string) error{
		"open": partOpen, "stampede": partStampede, "early": partEarly, "sleeper": partSleeper,
		"put": partPut, "get": partGet, "cycle": partCycle, "pingpong": partPingPong,
		"count": partCount, "hold": partHold, "readhold": partReadHold, "add": partAdd, "wait": partWait,
		"turn": partTurn, "publish": partPublish, "manyput": partManyPut, "manyget": partManyGet, "flicker": partFlicker,
	}
	if part := os.Getenv(partVariable); part != "" {
		if err := parts[part](os.Args[1:]); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// effort multiplies the repetitions of the longer tests: go test -args -effort 10.
var effort = flag.Int("effort", 1, "multiplies the repetitions of the longer tests")

// watchdog ends processes that hang; it is generous, for loaded machines.
const watchdog = 60 * time.Second

type process struct {
	t       *testing.T
	command *exec.Cmd
	in      io.WriteCloser
	lines   *bufio.Scanner
	waited  bool
}

// start starts a process that is killed, at the latest, when the test ends.
func start(t *testing.T, part string, arguments ...any) *process {
	t.Helper()
	if testing.Short() {
		t.Skip("starts processes")
	}
	p := &process{t: t}
	text := make([]string, len(arguments))
	for i, a := range arguments {
		text[i] = fmt.Sprint(a)
	}
	p.command = exec.Command("/proc/self/exe", text...)
	p.command.Env = append(os.Environ(), partVariable+"="+part,
		"GORACE=atexit_sleep_ms=0") // otherwise the race detector delays each exit by a second
	p.command.Stderr = os.Stderr
	var err error
	if p.in, err = p.command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.lines = bufio.NewScanner(out)
	p.lines.Buffer(nil, 1<<20)
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

// together runs n processes of a part until they end. They begin at the same
// time, once all are ready.
func together(t *testing.T, n int, part string, arguments ...any) {
	t.Helper()
	var all []*process
	for range n {
		p := start(t, part, arguments...)
		p.expect("ready")
		all = append(all, p)
	}
	for _, p := range all {
		p.order("go")
	}
	for _, p := range all {
		p.finish()
	}
}

// kill sends SIGKILL and waits until the process is gone.
func (p *process) kill() {
	if p.waited {
		return
	}
	p.waited = true
	_ = p.command.Process.Kill()
	_ = p.command.Wait()
}

// line returns the next line of output.
func (p *process) line() string {
	p.t.Helper()
	dog := time.AfterFunc(watchdog, func() { _ = p.command.Process.Kill() })
	defer dog.Stop()
	if !p.lines.Scan() {
		p.t.Fatalf("process %d ended, or hung for %v, instead of answering", p.command.Process.Pid, watchdog)
	}
	return p.lines.Text()
}

// expect reads a line and compares it.
func (p *process) expect(want string) {
	p.t.Helper()
	if got := p.line(); got != want {
		p.t.Fatalf("process answered %q, expected %q", got, want)
	}
}

func (p *process) order(text string) {
	p.t.Helper()
	if _, err := fmt.Fprintln(p.in, text); err != nil {
		p.t.Fatalf("ordering %q: %v", text, err)
	}
}

// finish waits until the process ends by itself, with success.
func (p *process) finish() {
	p.t.Helper()
	dog := time.AfterFunc(watchdog, func() { _ = p.command.Process.Kill() })
	defer dog.Stop()
	p.waited = true
	_ = p.in.Close()
	var rest []string
	for p.lines.Scan() {
		rest = append(rest, p.lines.Text())
	}
	if err := p.command.Wait(); err != nil {
		p.t.Fatalf("process ended with %v, or hung for %v: %s", err, watchdog, strings.Join(rest, "; "))
	}
}

// waitForOrder blocks a part until it reads a line.
func waitForOrder() string {
	s := bufio.NewScanner(os.Stdin)
	s.Scan()
	return s.Text()
}

var nameCounter atomic.Int64

// freshName is an unused name, which is unlinked when the test ends.
func freshName(t testing.TB) string {
	name := fmt.Sprintf("/sharedmemory-test.%d.%d", os.Getpid(), nameCounter.Add(1))
	t.Cleanup(func() { _ = Unlink(name) })
	return name
}
