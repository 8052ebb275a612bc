package agent_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/host"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/protocoltest"
	"github.com/ipckit/ipckit/harness/puppet"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/proc"
	"github.com/ipckit/ipckit/harness/world/worldtest"
)

// patient is how long a test waits for what must happen.
const patient = 60 * time.Second

func TestMain(m *testing.M) {
	switch reexec.Role() {
	case world.HolderRole:
		world.Hold()
	case puppet.Role:
		puppet.Main()
	case agent.Role:
		if name := os.Getenv(agent.SubjectVariable); name != "toy" {
			panic("asked for the subject " + name)
		}
		host.Main(puppet.Subject())
	}
	os.Exit(m.Run())
}

func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patient)
	t.Cleanup(cancel)
	return ctx
}

func start(t *testing.T, w *world.World, l agent.Launcher, name string) *agent.Agent {
	t.Helper()
	a, err := agent.Start(within(t), w, l, name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func must(t *testing.T, a *agent.Agent, r protocol.Request) protocol.Reply {
	t.Helper()
	reply, err := a.Do(within(t), r)
	if err != nil {
		t.Fatalf("%s: %s: %v", a.Name(), r.Op, err)
	}
	return reply
}

// refused expects a refusal of a kind.
func refused(t *testing.T, a *agent.Agent, r protocol.Request, kind subject.Kind) {
	t.Helper()
	reply, err := a.Do(within(t), r)
	var e *subject.Error
	if !errors.As(err, &e) || e.Kind != kind || reply.Error != kind {
		t.Errorf("%s: %s: %v, want %s", a.Name(), r.Op, err, kind)
	}
}

func name(w *world.World, base string) string { return "/ipckit-" + w.ID() + "-" + base }

func TestHello(t *testing.T) {
	w := worldtest.New(t, world.Options{})
	a := start(t, w, agent.Self("toy"), "one")
	h := a.Hello()
	if h.Subject != "puppet" || h.Version != "1" || h.Language != "Go" || !h.Overwrites || h.Cancel || !h.Interrupts {
		t.Errorf("%+v", h)
	}
	state, err := a.Process().State()
	if err != nil {
		t.Fatal(err)
	}
	if h.Thread == nil || !slices.ContainsFunc(state.Threads, func(t proc.Thread) bool { return t.Inner == *h.Thread }) {
		t.Errorf("hello %+v: want one of the threads %v", h, state.Threads)
	}
	if a.Name() != "one" {
		t.Errorf("name %q", a.Name())
	}
	if err := a.Bye(within(t)); err != nil {
		t.Error(err)
	}
}

// Two processes share what the operations of the protocol make, and each line
// that they exchange is as the schema says.
func TestConversationFollowsTheSchema(t *testing.T) {
	w := worldtest.New(t, world.Options{})
	a := start(t, w, puppet.Launcher(puppet.Transcript, ""), "a")
	b := start(t, w, puppet.Launcher(puppet.Transcript, ""), "b")

	r := name(w, "r")
	must(t, a, protocol.Request{Op: protocol.OpRegionCreate, Object: "r", Name: r, Size: new(int64(100_000))})
	refused(t, b, protocol.Request{Op: protocol.OpRegionCreate, Object: "r", Name: r, Size: new(int64(1))}, subject.Exists)
	must(t, b, protocol.Request{Op: protocol.OpRegionOpen, Object: "r", Name: r})
	refused(t, b, protocol.Request{Op: protocol.OpRegionOpen, Object: "r", Name: r}, subject.Invalid)
	must(t, a, protocol.Request{Op: protocol.OpRegionWrite, Object: "r", Offset: new(int64(5)), Data: new("AQID")})
	if got := must(t, b, protocol.Request{Op: protocol.OpRegionRead, Object: "r", Offset: new(int64(4)), Size: new(int64(5))}); string(got.Bytes()) != "\x00\x01\x02\x03\x00" {
		t.Errorf("read %q", got.Bytes())
	}
	must(t, b, protocol.Request{Op: protocol.OpRegionWrite, Object: "r", Offset: new(int64(11)), Size: new(int64(80_001)), Seed: new(uint64(42))})
	payload := make([]byte, 80_001)
	protocol.Payload(payload, 42)
	got := must(t, a, protocol.Request{Op: protocol.OpRegionRead, Object: "r", Offset: new(int64(11)), Size: new(int64(80_001)), Digest: true})
	if *got.Size != 80_001 || got.Hash != protocol.Hash(payload) || got.Data != nil {
		t.Errorf("digest %+v, want %s", got, protocol.Hash(payload))
	}
	if got := must(t, b, protocol.Request{Op: protocol.OpRegionSize, Object: "r"}); *got.Size < 100_000 {
		t.Errorf("size %d", *got.Size)
	}
	refused(t, b, protocol.Request{Op: protocol.OpRegionRead, Object: "r", Offset: new(int64(1 << 30)), Size: new(int64(1))}, subject.Invalid)
	refused(t, b, protocol.Request{Op: protocol.OpRegionRead, Object: "r", Offset: new(int64(0)), Size: new(int64(-1))}, subject.Invalid)
	refused(t, b, protocol.Request{Op: protocol.OpBufferGet, Object: "r"}, subject.Invalid)
	must(t, b, protocol.Request{Op: protocol.OpRegionClose, Object: "r"})
	refused(t, b, protocol.Request{Op: protocol.OpRegionSize, Object: "r"}, subject.Invalid)
	must(t, b, protocol.Request{Op: protocol.OpRegionOpen, Object: "r", Name: r, ReadOnly: true})
	refused(t, b, protocol.Request{Op: protocol.OpRegionWrite, Object: "r", Offset: new(int64(0)), Data: new("")}, subject.Permission)
	must(t, a, protocol.Request{Op: protocol.OpRegionUnlink, Name: r})
	refused(t, a, protocol.Request{Op: protocol.OpRegionUnlink, Name: r}, subject.NotFound)

	q := name(w, "q")
	never := new(protocol.WireWait(subject.Never))
	must(t, a, protocol.Request{Op: protocol.OpBufferCreate, Object: "q", Kind: "one-to-one", Name: q, Capacity: new(int64(2)), ItemMax: new(int64(16))})
	must(t, b, protocol.Request{Op: protocol.OpBufferOpen, Object: "q", Name: q})
	refused(t, b, protocol.Request{Op: protocol.OpBufferGet, Object: "q", Wait: never}, subject.Empty)
	refused(t, b, protocol.Request{Op: protocol.OpBufferGet, Object: "q", Wait: new(protocol.WireWait(5 * time.Millisecond))}, subject.Timeout)
	must(t, a, protocol.Request{Op: protocol.OpBufferPut, Object: "q", Data: new("AQID")})
	must(t, a, protocol.Request{Op: protocol.OpBufferPut, Object: "q", Data: new("")})
	refused(t, a, protocol.Request{Op: protocol.OpBufferPut, Object: "q", Data: new(""), Wait: never}, subject.Full)
	refused(t, a, protocol.Request{Op: protocol.OpBufferPut, Object: "q", Size: new(int64(17)), Seed: new(uint64(1))}, subject.TooLarge)
	refused(t, b, protocol.Request{Op: protocol.OpBufferGet, Object: "q", ItemMax: new(int64(2))}, subject.TooLarge)
	if got := must(t, b, protocol.Request{Op: protocol.OpBufferGet, Object: "q"}); string(got.Bytes()) != "\x01\x02\x03" {
		t.Errorf("got %q", got.Bytes())
	}
	if got := must(t, b, protocol.Request{Op: protocol.OpBufferGet, Object: "q", Digest: true}); *got.Size != 0 || got.Hash != protocol.Hash(nil) {
		t.Errorf("digest %+v", got)
	}

	load := protocol.Request{Op: protocol.OpWorkload, Object: "q", Role: "put", Count: new(int64(50)), SizeMin: new(int64(0)), SizeMax: new(int64(16)), Seed: new(uint64(7))}
	putting := a.Begin(load)
	load.Role = "get"
	if got := must(t, b, load); *got.Done != 50 || *got.Wrong != 0 {
		t.Errorf("workload: %+v, %s", got, got.WrongText)
	}
	<-putting.Done()
	if got, err := putting.Reply(); err != nil || *got.Done != 50 {
		t.Errorf("workload: %+v, %v", got, err)
	}
	if got, err := b.Status(within(t)); err != nil || got.State != "idle" || *got.Finished < 50 {
		t.Errorf("status: %+v, %v", got, err)
	}

	must(t, a, protocol.Request{Op: protocol.OpBufferClose, Object: "q"})
	refused(t, a, protocol.Request{Op: protocol.OpBufferPut, Object: "q", Data: new("")}, subject.Closed)
	refused(t, b, protocol.Request{Op: protocol.OpBufferGet, Object: "q"}, subject.Closed)
	must(t, b, protocol.Request{Op: protocol.OpBufferDetach, Object: "q"})
	must(t, a, protocol.Request{Op: protocol.OpBufferUnlink, Name: q})

	var lacks *protocol.Unsupported
	for _, r := range []protocol.Request{
		{Op: protocol.OpMailboxOpen, Object: "m", Name: "/m"},
		{Op: protocol.OpMailboxUnlink, Name: "/m"},
		{Op: protocol.OpBufferOpen, Object: "m", Kind: "many", Name: "/m"},
		{Op: "later.load", Object: "w"},
	} {
		if _, err := a.Do(within(t), r); !errors.As(err, &lacks) || !strings.Contains(err.Error(), r.Op) {
			t.Errorf("%s: %v, want *protocol.Unsupported", r.Op, err)
		}
	}
	if _, err := a.Cancel(within(t)); err != nil {
		t.Errorf("cancel of nothing: %v", err)
	}
	for _, p := range []*agent.Agent{a, b} {
		if err := p.Bye(within(t)); err != nil {
			t.Error(err)
		}
		follows(t, p)
	}
	if found, _ := w.Leftovers(within(t)); len(found) > 0 {
		t.Errorf("left: %v", found)
	}
}

// follows checks what a puppet wrote down against the schema.
func follows(t *testing.T, a *agent.Agent) {
	t.Helper()
	s := protocoltest.Load(t)
	requests, replies := 0, 0
	for _, o := range a.Output() {
		if o.Cut {
			t.Errorf("%s: the transcript is too long to be kept", a.Name())
		}
		for line := range strings.Lines(o.Text) {
			var err error
			if request, ok := strings.CutPrefix(line, "> "); ok {
				err = s.Request(request)
				requests++
			} else if reply, ok := strings.CutPrefix(line, "< "); ok {
				err = s.Reply(reply)
				replies++
			}
			if err != nil {
				t.Errorf("%s: %s%v", a.Name(), line, err)
			}
		}
	}
	if requests < 10 || requests != replies {
		t.Errorf("%s: %d requests and %d replies were written down", a.Name(), requests, replies)
	}
}

// Output of both streams is kept, and its end is reported.
func TestOutputTellsTheEnd(t *testing.T) {
	w := worldtest.New(t, world.Options{})
	a := start(t, w, agent.Launcher{Name: "sh", Path: "/bin/sh", Args: []string{"sh", "-c", `
		read hello <&3
		echo '{"id":1,"ok":true,"protocol":0}' >&4
		yes 0123456789 | head -n 100000
		echo last
		echo oops >&2
		read bye <&3
		echo '{"id":2,"ok":true}' >/dev/fd/4`}}, "shell")
	if err := a.Bye(within(t)); err != nil {
		t.Fatal(err)
	}
	out := a.Output()
	if len(out) != 2 {
		t.Fatalf("%v, want two streams", out)
	}
	if o := out[0]; o.Stream != "stdout" || !o.Cut || len(o.Text) != 16<<10 || !strings.HasSuffix(o.Text, "\nlast\n") || o.Process != "shell" {
		t.Errorf("%+v", o)
	}
	if o := out[1]; o.Stream != "stderr" || o.Cut || o.Text != "oops\n" {
		t.Errorf("%+v", o)
	}
}

// What an agent answered before it died counts, whatever process holds its channel open.
func TestLastAnswerIsNotLost(t *testing.T) {
	w := worldtest.New(t, world.Options{})
	for _, child := range []string{"", "sleep 600 & "} {
		l := agent.Launcher{Name: "sh", Path: "/bin/sh", Args: []string{"sh", "-c", child + `
			read hello <&3
			echo '{"id":1,"ok":true,"protocol":0}' >&4
			read size <&3
			echo '{"id":2,"ok":true,"size":7}' >&4
			kill -9 $$`}}
		for range 20 {
			a := start(t, w, l, "shell")
			if r := must(t, a, protocol.Request{Op: protocol.OpRegionSize, Object: "r"}); *r.Size != 7 {
				t.Errorf("%+v", r)
			}
			if _, err := a.Process().Wait(within(t)); err != nil {
				t.Fatal(err)
			}
			if _, err := a.Status(within(t)); !errors.As(err, new(*agent.Died)) {
				t.Errorf("afterwards: %v (%T), want *agent.Died", err, err)
			}
		}
	}
}

func TestWhereOfAStoppedAgent(t *testing.T) {
	w := worldtest.New(t, world.Options{})
	a := start(t, w, agent.Self("toy"), "one")
	if err := a.Process().Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	c := a.Begin(protocol.Request{Op: protocol.OpRegionSize, Object: "r"})
	for deadline := time.Now().Add(patient); a.Where().Where != "stopped"; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%+v", a.Where())
		}
	}
	if err := a.Process().Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	<-c.Done()
	if _, err := c.Reply(); subject.KindOf(err) != subject.Invalid {
		t.Error(err)
	}
}

func TestStartTellsWhatWasPrinted(t *testing.T) {
	w := worldtest.New(t, world.Options{})
	_, err := agent.Start(within(t), w, agent.Launcher{Name: "sh", Path: "/bin/sh", Args: []string{"sh", "-c", "echo no such library >&2; exit 127"}}, "shell")
	var d *agent.Died
	if !errors.As(err, &d) || d.Exit.Code != 127 || !strings.Contains(err.Error(), "no such library") {
		t.Errorf("%v, want the exit status and what was printed", err)
	}
}

// A line that does not end costs no more memory than a line may have.
func TestQuotedLineIsCut(t *testing.T) {
	if got := protocol.QuoteLine([]byte(strings.Repeat("é", 1000))); len(got) > 300 || !strings.HasSuffix(got, "é\"…") {
		t.Errorf("%s", got)
	}
	if got := protocol.QuoteLine([]byte("a\x1b[2J\"\n")); got != `"a\x1b[2J\"\n"` {
		t.Errorf("%s", got)
	}
}
