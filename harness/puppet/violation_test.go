package puppet

import (
	"errors"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
)

// broken expects that err is a violation of the protocol, with these words.
func broken(t *testing.T, err error, words ...string) {
	t.Helper()
	var b *protocol.Broken
	if !errors.As(err, &b) {
		t.Fatalf("%v (%T), want *protocol.Broken", err, err)
	}
	if b.Hint == "" {
		t.Errorf("no hint in %v", b)
	}
	if len(b.Line) > 1000 {
		t.Errorf("the line is not cut: %d bytes", len(b.Line))
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%q does not say %q", err, word)
		}
	}
}

func TestViolations(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		behaviour Behaviour
		words     []string
	}{
		{Garbage, []string{"not a JSON object", `Segmentation fault (just kidding) \x00\xff`}},
		{WrongID, []string{"region.create", "id 1002", "id 2"}},
		{WrongType, []string{`"id"`, "string"}},
		{BothAnswers, []string{"exactly one", `\"full\"`}},
		{UnknownKind, []string{"EAGAIN", "not-found"}},
		{LongLine, []string{"longer than 16777216"}},
		{HalfLine, []string{"in the middle of a line"}},
		{CloseReplies, []string{"closed its reply channel", "descriptor 4"}},
	} {
		t.Run(string(c.behaviour), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, world.Options{})
			a := start(t, w, Launcher(c.behaviour, protocol.OpRegionCreate))
			err := do(t, w, a)
			broken(t, err, append(c.words, "puppet", "region.create")...)
			gone(t, a)
			if _, again := a.Status(within(t)); !errors.Is(again, err) {
				t.Errorf("afterwards: %v, want the same as before: %v", again, err)
			}
		})
	}
}

func TestUnexpectedAnswers(t *testing.T) {
	t.Parallel()
	for _, b := range []Behaviour{Twice, Flood} {
		t.Run(string(b), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, world.Options{})
			a := start(t, w, Launcher(b, protocol.OpRegionCreate))
			if err := do(t, w, a); err != nil {
				t.Fatalf("the first answer is right: %v", err)
			}
			gone(t, a) // it is killed once the second was read
			_, err := a.Status(within(t))
			broken(t, err, "answered already")
		})
	}
}

func TestMissingContent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, world.Options{})
	for _, r := range []protocol.Request{
		{Op: protocol.OpRegionRead, Object: "r", Offset: new(int64(0)), Size: new(int64(8))},
		{Op: protocol.OpRegionRead, Object: "r", Offset: new(int64(0)), Size: new(int64(8)), Digest: true},
		{Op: protocol.OpRegionSize, Object: "r"},
		{Op: protocol.OpBufferGet, Object: "b", Wait: new(protocol.WireWait(subject.Never))},
		{Op: protocol.OpWorkload, Object: "b", Role: "get", Count: new(int64(0)), SizeMin: new(int64(0)), SizeMax: new(int64(0)), Seed: new(uint64(1))},
		{Op: protocol.OpStatus},
	} {
		a := start(t, w, Launcher(NoContent, r.Op))
		_, err := a.Do(within(t), r)
		broken(t, err, r.Op, "lacks")
		gone(t, a)
	}
}

func TestLies(t *testing.T) {
	for b, words := range map[Behaviour][]string{
		LieProtocol: {"version 7", "version 0"},
		LieThread:   {"thread", "536870912"},
	} {
		w := newWorld(t, world.Options{})
		_, err := agent.Start(within(t), w, Launcher(b, ""), "liar")
		broken(t, err, append(words, "liar")...)
	}
}

func TestClosedCommands(t *testing.T) {
	t.Parallel()
	w := newWorld(t, world.Options{})
	a := start(t, w, Launcher(CloseCommands, protocol.OpRegionCreate))
	if err := do(t, w, a); err != nil {
		t.Errorf("what it had read: %v", err)
	}
	_, err := a.Status(within(t))
	broken(t, err, "closed its command channel", "descriptor 3")
	gone(t, a)
}

// A printed line does no harm with pipes; on standard output it is at fault,
// and is quoted.
func TestPrintedLine(t *testing.T) {
	w := newWorld(t, world.Options{})
	l := Launcher(Print, protocol.OpRegionCreate)
	a := start(t, w, l)
	if err := do(t, w, a); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Do(within(t), protocol.Request{Op: protocol.OpRegionUnlink, Name: name(w, "r")}); err != nil {
		t.Error(err)
	}
	if err := a.Bye(within(t)); err != nil {
		t.Error(err)
	}
	if !said(a, "debug: item = 42") {
		t.Errorf("what it printed is not in %v", a.Output())
	}
	l.Stdio = true
	a = start(t, w, l)
	broken(t, do(t, w, a), "debug: item = 42", "standard error", "not a JSON object")
}
