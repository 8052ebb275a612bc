package program

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/trace"
	"github.com/ipckit/ipckit/harness/world"
)

func TestMain(m *testing.M) {
	switch reexec.Role() {
	case world.HolderRole:
		world.Hold()
	case trace.Role:
		trace.Main()
	}
	os.Exit(m.Run())
}

// pair are two shell scripts, which need no compiler.
func pair(producer, consumer string) subject.Programs {
	return subject.Programs{
		Roles: subject.Roles{
			Producer: subject.Role{Command: "/bin/sh producer.sh {items} {seed}"},
			Consumer: subject.Role{Command: "/bin/sh consumer.sh {items}"},
		},
		Items:   3,
		Observe: subject.Observe{Produced: `^produced (\S+)$`, Consumed: `^consumed (\S+)$`},
	}
}

// scripts writes a pair's scripts into a directory.
func scripts(t *testing.T, producer, consumer string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"producer.sh": producer, "consumer.sh": consumer} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// newWorld makes a world that leaves nothing behind.
func newWorld(t *testing.T) *world.World {
	t.Helper()
	w, err := world.New(t.Context(), world.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// observe runs a pair of scripts in a world of its own.
func observe(t *testing.T, producer, consumer string, s Scenario, change ...func(*subject.Programs)) *Observation {
	t.Helper()
	w := newWorld(t)
	return observeIn(t, w, scripts(t, producer, consumer), s, change...)
}

func observeIn(t *testing.T, w *world.World, built string, s Scenario, change ...func(*subject.Programs)) *Observation {
	t.Helper()
	dir, err := Prepare(w, built)
	if err != nil {
		t.Fatal(err)
	}
	p := pair("", "")
	for _, c := range change {
		c(&p)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	o, err := Run(ctx, w, dir, p, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%s", tell(o))
		}
	})
	return o
}

func tell(o *Observation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "did %q\nprocesses %+v\nproduced %v\nconsumed %v\nhung %+v (%s)\nuses %+v %s\n",
		o.Did, o.Processes, texts(o.Produced), texts(o.Consumed), o.Hung, o.Why, o.Uses, o.Untraced)
	for _, out := range o.Outputs {
		fmt.Fprintf(&b, "%s %s: %q\n", out.Process, out.Stream, out.Text)
	}
	return b.String()
}

func texts(list []Item) string {
	var words []string
	for _, item := range list {
		words = append(words, item.Text)
	}
	return strings.Join(words, " ")
}

// A correct pair over a named pipe.
const (
	goodProducer = `test -p fifo || mkfifo fifo 2>/dev/null
exec 9>fifo
i=0; while [ $i -lt $1 ]; do echo "item$i" >&9; echo "produced item$i"; i=$((i+1)); done`
	goodConsumer = `test -p fifo || mkfifo fifo 2>/dev/null
while read x; do echo "consumed $x"; done <fifo`
)

func TestGoodPair(t *testing.T) {
	for _, first := range []string{"", Producer, Consumer} {
		for _, n := range []int{0, 1, 5} {
			o := observe(t, goodProducer, goodConsumer, Scenario{Items: n, First: first})
			if len(o.Produced) != n || len(o.Consumed) != n {
				t.Errorf("first %q, %d items: produced %d, consumed %d", first, n, len(o.Produced), len(o.Consumed))
			}
			if d := Compare(o.Produced, o.Consumed); !d.Same() || d.Misplaced >= 0 {
				t.Errorf("first %q, %d items: %+v", first, n, d)
			}
			for _, p := range o.Processes {
				if !p.Ended || !p.Exit.OK() {
					t.Errorf("the %s: %+v", p.Role, p)
				}
			}
			if len(o.Processes) != 2 || len(o.Hung) > 0 {
				t.Errorf("processes %v, hung %v", o.Processes, o.Hung)
			}
			if want := first; want != "" && !strings.Contains(o.Did[0], want) {
				t.Errorf("%s was to be first, but %q", want, o.Did[0])
			}
		}
	}
}

func TestOutputThroughATerminal(t *testing.T) {
	o := observe(t, `if [ -t 1 ]; then echo "produced terminal"; fi; printf 'produced cr\r\n'; printf 'produced last'; kill -9 $$`,
		`exit 0`, Scenario{})
	if got := texts(o.Produced); got != "terminal cr last" {
		t.Errorf("produced %q: want every line, none changed, the unfinished one included", got)
	}
	p := o.Process(Producer)
	if !p.Ended || p.Exit.Signal != 9 {
		t.Errorf("the producer that killed itself: %+v", p)
	}
}

func TestPipeWhereThereIsNoTerminal(t *testing.T) {
	c, err := newPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer c.close()
	flags, err := unix.FcntlInt(c.write.Fd(), unix.F_GETFL, 0)
	if err != nil || flags&unix.O_NONBLOCK != 0 || c.terminal {
		t.Errorf("flags %#x, %v: a program's output must block when it is full", flags, err)
	}
	c.hold() // has no effect
	s := &stream{channel: c, sink: newSink(time.Now()), limit: 100, done: make(chan struct{})}
	go s.follow()
	if _, err := c.write.WriteString("one\ntwo"); err != nil {
		t.Error(err)
	}
	c.finish()
	<-s.done
	if s.lines != 2 || s.sample != "one" {
		t.Errorf("%d lines, the first %q", s.lines, s.sample)
	}
}

func TestBufferedOutputOfAKilledProgramIsSeen(t *testing.T) {
	dir := compiled(t, map[string]string{"producer": `
		#include <stdio.h>
		#include <signal.h>
		#include <unistd.h>
		int main(void) {
			for (int i = 0; i < 3; i++) printf("produced %d\n", i);
			if (fork() == 0) return 0; /* would print a full buffer again */
			raise(SIGSEGV);
		}`})
	o := observeIn(t, newWorld(t), dir, Scenario{Only: Producer}, func(p *subject.Programs) { p.Roles.Producer.Command = "./producer" })
	if got := texts(o.Produced); got != "0 1 2" {
		t.Errorf("produced %q, want 0 1 2", got)
	}
	if p := o.Process(Producer); p.Exit.Signal != 11 {
		t.Errorf("%+v, want a segmentation fault", p)
	}
}

// compiled compiles C programs into a directory.
func compiled(t *testing.T, sources map[string]string) string {
	t.Helper()
	cc, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("no C compiler: ", err)
	}
	dir := t.TempDir()
	for name, source := range sources {
		file := filepath.Join(dir, name+".c")
		if err := os.WriteFile(file, []byte("#define _GNU_SOURCE\n"+source), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(cc, "-o", filepath.Join(dir, name), file, "-pthread", "-lrt").CombinedOutput(); err != nil {
			t.Fatalf("cc: %v\n%s", err, out)
		}
	}
	return dir
}

func TestUnmatchedLinesAreShown(t *testing.T) {
	o := observe(t, `echo "made 1"; echo "made 2"`, `echo "consumed 1"`, Scenario{})
	if o.Unmatched[Producer] != "made 1" || o.Unmatched[Consumer] != "" {
		t.Errorf("unmatched %q", o.Unmatched)
	}
}

func TestHangTellsWhoIsBlockedWhere(t *testing.T) {
	o := observe(t, `test -p fifo || mkfifo fifo; echo "produced 1"; exec 9<>fifo; read x <&9`, `exit 3`, Scenario{})
	if len(o.Hung) != 1 || o.Hung[0].Process != Producer || o.Why == "" {
		t.Fatalf("hung %+v, why %q", o.Hung, o.Why)
	}
	if !strings.Contains(o.Hung[0].Where, "asleep in read(") || !strings.Contains(o.Hung[0].Where, "fifo") {
		t.Errorf("where: %q", o.Hung[0].Where)
	}
	if p := o.Process(Producer); p.Ended {
		t.Errorf("the producer did not end by itself: %+v", p)
	}
	if c := o.Process(Consumer); !c.Ended || c.Exit.Code != 3 {
		t.Errorf("the consumer ended with 3: %+v", c)
	}
	if o.Elapsed > 30*time.Second {
		t.Errorf("a standstill took %v to be told", o.Elapsed)
	}
}

func TestSpinningProgramIsGivenUpWhenQuiet(t *testing.T) {
	o := observe(t, `while :; do :; done`, `exit 0`, Scenario{Quiet: time.Second})
	if len(o.Hung) != 1 || !strings.Contains(o.Why, "nothing was printed") {
		t.Errorf("hung %+v, why %q", o.Hung, o.Why)
	}
}

func TestFlood(t *testing.T) {
	o := observe(t, `echo "produced 1"; yes`, goodConsumer, Scenario{OutputLimit: 1 << 16})
	if !o.Flooded() || !o.Process(Producer).Flooded || o.Process(Consumer).Flooded {
		t.Errorf("processes %+v", o.Processes)
	}
	for _, out := range o.Outputs {
		if len(out.Text) > tailKept || out.Process == Producer && out.Stream == "stdout" && !out.Cut {
			t.Errorf("%s %s: %d bytes kept, cut %v", out.Process, out.Stream, len(out.Text), out.Cut)
		}
	}
}

func TestGarbage(t *testing.T) {
	o := observe(t, `head -c 100000 /dev/urandom; echo; echo "produced 1"`, `printf 'consumed \377\376\n\0\0\0'`, Scenario{})
	if texts(o.Produced) != "1" || len(o.Consumed) != 1 || o.Consumed[0].Text != "\xff\xfe" {
		t.Errorf("produced %q, consumed %q", texts(o.Produced), texts(o.Consumed))
	}
	for _, out := range o.Outputs {
		if strings.ToValidUTF8(out.Text, "") != out.Text {
			t.Errorf("%s %s holds what is no text", out.Process, out.Stream)
		}
	}
}

func TestDaemonIsLeft(t *testing.T) {
	w := newWorld(t)
	o := observeIn(t, w, scripts(t, `echo "produced 1"; setsid sleep 1000 & exit 0`, `echo "consumed 1"`), Scenario{})
	if len(o.Hung) > 0 || !o.Process(Producer).Ended {
		t.Errorf("a daemon is no hang: %+v", o.Hung)
	}
	found, _ := w.Leftovers(t.Context())
	if len(found) != 1 || found[0].Kind != world.LiveProcess {
		t.Errorf("left: %v, want the daemon alone", found)
	}
}

func TestAlone(t *testing.T) {
	o := observe(t, goodProducer, goodConsumer, Scenario{Items: 3, Only: Consumer})
	if len(o.Consumed) != 0 || len(o.Hung) > 0 || len(o.Processes) != 1 || o.Processes[0].Stopped != "SIGINT" || o.Processes[0].Ended {
		t.Errorf("a waiting consumer: %+v", o)
	}
	o = observe(t, goodProducer, `echo "consumed 1"; echo "consumed 2"; while :; do sleep 1; done`, Scenario{Items: 2, Only: Consumer})
	if texts(o.Consumed) != "1 2" {
		t.Errorf("an inventive consumer: %v", texts(o.Consumed))
	}
}

func TestConsumerThatNeverEndsIsEnded(t *testing.T) {
	kill := func(p *subject.Programs) { p.Observe.End = "kill" }
	o := observe(t, goodProducer, `trap 'echo cleaned; exit 5' INT; mkfifo fifo 2>/dev/null
exec 9<>fifo; while read x <&9; do echo "consumed $x"; done`, Scenario{Items: 4}, kill)
	c := o.Process(Consumer)
	if len(o.Consumed) != 4 || c.Stopped != "SIGINT" || c.Exit.Code != 5 || len(o.Hung) > 0 {
		t.Errorf("consumer %+v, consumed %v", c, texts(o.Consumed))
	}
	o = observe(t, goodProducer, `trap '' INT TERM; mkfifo fifo 2>/dev/null
exec 9<>fifo; while read x <&9; do echo "consumed $x"; done`, Scenario{Items: 4}, kill)
	if c := o.Process(Consumer); c.Stopped != "SIGKILL" || len(o.Consumed) != 4 {
		t.Errorf("a stubborn consumer: %+v, consumed %v", c, texts(o.Consumed))
	}
}

func TestProducerStartsTheConsumer(t *testing.T) {
	o := observe(t, `mkfifo fifo; /bin/sh consumer.sh & exec 9>fifo
for i in 1 2 3; do echo $i >&9; echo "produced $i"; done`, `sleep 0.3
while read x; do echo "consumed $x"; done <fifo`, Scenario{Items: 3}, func(p *subject.Programs) { p.Roles.Consumer = subject.Role{StartedBy: Producer} })
	if texts(o.Produced) != "1 2 3" || texts(o.Consumed) != "1 2 3" || len(o.Processes) != 1 {
		t.Errorf("produced %q, consumed %q by %d programs", texts(o.Produced), texts(o.Consumed), len(o.Processes))
	}
}

func TestInputAndResultInFiles(t *testing.T) {
	files := func(p *subject.Programs) {
		p.Roles.Producer = subject.Role{Command: "/bin/sh producer.sh {file}"}
		p.Roles.Consumer = subject.Role{Command: "/bin/sh consumer.sh"}
		p.Observe = subject.Observe{File: "result.txt"}
	}
	o := observe(t, `mkfifo fifo 2>/dev/null; cat "$1" >fifo`, `mkfifo fifo 2>/dev/null; cat fifo >result.txt`, Scenario{Items: 7, Seed: 3}, files)
	if len(o.Produced) != 7 || texts(o.Produced) != texts(o.Consumed) {
		t.Errorf("produced %q\nconsumed %q", texts(o.Produced), texts(o.Consumed))
	}
	stdin := func(p *subject.Programs) {
		files(p)
		p.Roles.Producer = subject.Role{Command: "/bin/sh producer.sh", Stdin: "{file}"}
	}
	o = observe(t, `mkfifo fifo 2>/dev/null; cat >fifo`, `mkfifo fifo 2>/dev/null; cat fifo >result.txt`, Scenario{Items: 7, Seed: 4}, stdin)
	if len(o.Produced) != 7 || texts(o.Produced) != texts(o.Consumed) {
		t.Errorf("from stdin: produced %q\nconsumed %q", texts(o.Produced), texts(o.Consumed))
	}
}

func TestReadyPattern(t *testing.T) {
	o := observe(t, goodProducer, `sleep 0.5; echo "listening"
`+goodConsumer, Scenario{Items: 2}, func(p *subject.Programs) { p.Roles.Consumer.Ready = "^listening$" })
	if !strings.Contains(o.Did[0], Consumer) || !strings.Contains(o.Did[1], "said that it is ready") || len(o.Consumed) != 2 {
		t.Errorf("did %q, consumed %v", o.Did, texts(o.Consumed))
	}
}

// The consumer stops as soon as it sees the flag, whatever is still in the
// pipe. It is faster than its producer, so that this never shows by itself.
const hasty = `test -p fifo || mkfifo fifo 2>/dev/null
exec 8<>fifo
while [ ! -e done ]; do read x <&8; [ "$x" = end ] && break; echo "consumed $x"; done; exit 0`

func TestHeldConsumerLosesTheLast(t *testing.T) {
	producer := `test -p fifo || mkfifo fifo 2>/dev/null
exec 9<>fifo
for i in 1 2 3; do sleep 0.1; echo $i >&9; echo "produced $i"; done
sleep 0.5; touch done; echo end >&9; exit 0`
	o := observe(t, producer, hasty, Scenario{Items: 3})
	if len(o.Consumed) != 3 {
		t.Skipf("this machine is so busy that the consumer lost items by itself: %v", texts(o.Consumed))
	}
	o = observe(t, producer, hasty, Scenario{Items: 3, Hold: true})
	if o.Held == 0 || !o.streamIsTerminal() {
		t.Skip("no terminals on this host")
	}
	d := Compare(o.Produced, o.Consumed)
	if len(d.Missing) == 0 || d.Tail(o.Produced) != len(d.Missing) {
		t.Errorf("held: %+v", d)
	}
}

func (o *Observation) streamIsTerminal() bool {
	c, err := newChannel()
	if err != nil {
		return false
	}
	defer c.close()
	return c.terminal
}

func TestHeldConsumerOfACorrectPair(t *testing.T) {
	o := observe(t, goodProducer, goodConsumer, Scenario{Items: 12, Hold: true})
	if d := Compare(o.Produced, o.Consumed); !d.Same() || len(o.Consumed) != 12 || len(o.Hung) > 0 {
		t.Errorf("%+v", d)
	}
}

func TestTrace(t *testing.T) {
	o := observe(t, goodProducer, goodConsumer, Scenario{Items: 3, Trace: true})
	if strings.Contains(o.Untraced, "ptrace") {
		t.Skip(o.Untraced)
	}
	if o.Untraced != "" || trace.Find(o.Uses, "fifo") == nil || trace.Find(o.Uses, "shm_open") != nil {
		t.Errorf("uses %+v, untraced %q", o.Uses, o.Untraced)
	}
	if len(o.Consumed) != 3 || !o.Process(Consumer).Exit.OK() || !o.Process(Producer).Exit.OK() {
		t.Errorf("under the tracer: consumed %v, processes %+v", texts(o.Consumed), o.Processes)
	}
}

func TestTracedHang(t *testing.T) {
	o := observe(t, `test -p fifo || mkfifo fifo; exec 9<>fifo; read x <&9`, `exit 0`, Scenario{Trace: true})
	if strings.Contains(o.Untraced, "ptrace") {
		t.Skip(o.Untraced)
	}
	if len(o.Hung) != 1 || o.Process(Producer).Ended {
		t.Errorf("hung %+v, processes %+v", o.Hung, o.Processes)
	}
}

func TestMissingProgram(t *testing.T) {
	w := newWorld(t)
	dir, err := Prepare(w, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	p := pair("", "")
	p.Roles.Producer.Command = "./nothing"
	if _, err := Run(t.Context(), w, dir, p, Scenario{}); err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("a program that is not there: %v", err)
	}
	p.Roles.Producer.Command = "no-such-interpreter x"
	if _, err := Run(t.Context(), w, dir, p, Scenario{}); err == nil || !strings.Contains(err.Error(), "not found in") {
		t.Errorf("an interpreter that is not there: %v", err)
	}
}
