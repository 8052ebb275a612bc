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

func TestSmokeOfACorrectAdapter(t *testing.T) {
	t.Parallel()
	for _, stdio := range []bool{false, true} {
		w := newWorld(t, world.Options{})
		l := Launcher(Correct, "")
		l.Stdio = stdio
		found, err := agent.Smoke(within(t), w, l, Subject().Claims)
		if err != nil {
			t.Fatal(err)
		}
		if len(found) != 7 {
			t.Errorf("%d steps: %v", len(found), found)
		}
		for _, f := range found {
			if f.Saw == "" {
				t.Errorf("step %s says nothing", f.Step)
			}
		}
		nothingLeft(t, w)
	}
}

func TestSmokeNamesTheStep(t *testing.T) {
	t.Parallel()
	cancelling := Subject().Claims
	cancelling.Profiles.OneToOne = &subject.BufferProfile{Cancel: true}
	for _, c := range []struct {
		name      string
		behaviour Behaviour
		operation string
		claims    subject.Claims
		step      string
		words     []string
	}{
		{"garbage at once", Garbage, protocol.OpHello, Subject().Claims, "start", []string{"just kidding", "JSON"}},
		{"garbage later", Garbage, protocol.OpStatus, Subject().Claims, "status", []string{"just kidding", "JSON"}},
		{"dies at once", Exit, protocol.OpHello, Subject().Claims, "start", []string{"exited with status 3 in hello", "by hand"}},
		{"another protocol", LieProtocol, "", Subject().Claims, "start", []string{"version 7"}},
		{"another subject", LieSubject, "", Subject().Claims, "hello", []string{"another", `"puppet"`, "correct the claims"}},
		{"another version", LieVersion, "", Subject().Claims, "hello", []string{"99.9"}},
		{"no cancel", Correct, "", cancelling, "hello", []string{"cancel"}},
		{"never idle", NeverIdle, "", Subject().Claims, "status", []string{`"busy"`}},
		{"ok to the unknown", AlwaysOK, "smoke.unknown", Subject().Claims, "unknown operation", []string{"does not exist", "unsupported"}},
		{"error to the unknown", UnknownKind, "smoke.unknown", Subject().Claims, "unknown operation", []string{"EAGAIN"}},
		{"ok to nonsense", AlwaysOK, protocol.OpBufferPut, Subject().Claims, "wrong argument", []string{protocol.OpBufferPut}},
		{"dies of nonsense", Segfault, protocol.OpBufferPut, Subject().Claims, "wrong argument", []string{"killed by SIGSEGV in buffer.put"}},
		{"stays", Stay, "", Subject().Claims, "bye", []string{"still running"}},
		{"odd status", ExitOdd, "", Subject().Claims, "bye", []string{"exited with status 9 in bye"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, world.Options{})
			_, err := agent.Smoke(within(t), w, Launcher(c.behaviour, c.operation), c.claims)
			var e *agent.SmokeError
			if !errors.As(err, &e) {
				t.Fatalf("%v (%T), want *agent.SmokeError", err, err)
			}
			if e.Step != c.step || e.Expected == "" || e.Do == "" {
				t.Errorf("%+v, want step %q", e, c.step)
			}
			for _, word := range c.words {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("%q does not say %q", err, word)
				}
			}
			if c.behaviour == Garbage && !strings.Contains(e.Line, "just kidding") {
				t.Errorf("the line at fault is %q", e.Line)
			}
			nothingLeft(t, w)
		})
	}
}

func TestSmokeOfWhatCannotBeStarted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, world.Options{})
	_, err := agent.Smoke(within(t), w, agent.Launcher{Name: "missing", Path: "/nowhere/agent"}, subject.Claims{})
	if !errors.As(err, new(*agent.SmokeError)) || !strings.Contains(err.Error(), "/nowhere/agent") {
		t.Errorf("%v, want the path", err)
	}
}
