package check

import (
	"context"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/puppet"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/reports"
)

// TestHangCause: what another process came to while one was waited for comes first: a
// refusal, before the hang that followed from it, and a death, instead of it.
func TestHangCause(t *testing.T) {
	if testing.Short() {
		t.Skip("waits")
	}
	for _, x := range []struct {
		name    string
		other   func(w *World, q *Queue)
		verdict reports.Verdict
		first   string
		cause   string
	}{
		{"a refusal", func(_ *World, q *Queue) { q.BeginPut(make([]byte, 9), subject.Forever) }, reports.Timeout,
			"two: buffer.put returned too-large (9 bytes, the most is 8); then one did not come back from buffer.get (", "too-large (9 bytes, the most is 8)"},
		{"a lost wake-up", func(_ *World, q *Queue) { _ = q.Put([]byte("8 bytes!"), subject.Forever) }, reports.Timeout, "one did not come back from buffer.get (",
			"a wake-up was lost: another process could get an item at once"},
		{"time that is over", func(_ *World, q *Queue) { q.BeginGet(subject.Wait(time.Millisecond)) }, reports.Timeout, "one did not come back from buffer.get (", ""},
		{"a death", func(w *World, q *Queue) { _ = q.process.agent.Process().Signal(syscall.SIGKILL) }, reports.Crash, "two was killed by SIGKILL", ""},
	} {
		t.Run(x.name, func(t *testing.T) {
			e := testSpec(t, func(w *World) {
				if x.name == "a lost wake-up" {
					w.spec.suite.Launcher = puppet.Launcher(puppet.Block, protocol.OpBufferGet)
				}
				one := w.Process("one")
				w.spec.suite.Launcher = puppet.Launcher(puppet.Correct, "")
				two := w.Process("two")
				mine, err := one.CreateQueue(w.ObjectName("q"), QueueShape{Capacity: 2, ItemMax: 8})
				w.Must(err, "creating")
				other, err := two.OpenQueue(mine.Name)
				w.Must(err, "opening")
				call := mine.BeginGet(subject.Forever)
				x.other(w, other)
				_, _ = call.Item()
			})
			e.profile, e.once = subject.ProfileOneToOne, true
			e.suite.Patience = time.Second
			got := e.decide(context.Background())
			if got.verdict != x.verdict || !strings.HasPrefix(got.message, x.first) || got.evidence.Cause != x.cause {
				t.Errorf("%s: %s (cause %q)", got.verdict, got.message, got.evidence.Cause)
			}
			if did := strings.Join(got.evidence.Did, "\n"); x.cause != "" && (!strings.Contains(did, x.cause) || !strings.Contains(got.hint, "length")) && x.verdict == reports.Timeout && !strings.Contains(x.cause, "wake-up") {
				t.Errorf("the story lacks the refusal, or the hint %q does not fit:\n%s", got.hint, did)
			}
		})
	}
}
