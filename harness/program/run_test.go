package program

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/ptrace/mechanism"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

func TestMain(m *testing.M) {
	switch reexec.Role() {
	case world.HolderRole:
		world.Hold()
	case mechanism.Role:
		mechanism.Main()
	}
	os.Exit(m.Run())
}

// pair returns the claims of two shell scripts, which need no compiler.
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

// observe runs a pair of scripts in a world of its own.
func observe(t *testing.T, producer, consumer string, s Scenario, change ...func(*subject.Programs)) *Observation {
	t.Helper()
	w := worldtest.New(t, world.Options{})
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
			t.Logf("%s", describe(o))
		}
	})
	return o
}

func describe(o *Observation) string {
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
	if !strings.Contains(o.Did[0], Consumer) || !strings.Contains(o.Did[1], "reported that it is ready") || len(o.Consumed) != 2 {
		t.Errorf("did %q, consumed %v", o.Did, texts(o.Consumed))
	}
}

func TestTrace(t *testing.T) {
	o := observe(t, goodProducer, goodConsumer, Scenario{Items: 3, Trace: true})
	if strings.Contains(o.Untraced, "ptrace") {
		t.Skip(o.Untraced)
	}
	if o.Untraced != "" || mechanism.Find(o.Uses, "fifo") == nil || mechanism.Find(o.Uses, "shm_open") != nil {
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
	w := worldtest.New(t, world.Options{})
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
