package explore_test

import (
	"testing"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/explore"
)

// An agent that dies with a futex lock leaves the other waiting, wherever it dies but
// before it has the lock. One that needs no lock does not.
func TestKillSweep(t *testing.T) {
	for name, locks := range map[string]bool{
		"right: futex mutex":      true,
		"right: compare and swap": false,
		"right: stack with a tag": false,
	} {
		t.Run(name, func(t *testing.T) {
			e, w := start(t, agent.Self(name))
			for range 2 {
				k, err := e.Kill(within(t), cases(w)[name])
				if err != nil {
					t.Fatal(err)
				}
				t.Logf("%v in %v", k, k.Duration)
				n, hang := len(k.Points), k.Count(explore.Hangs)
				if n < 2 || !k.Decided() || k.Count(explore.GoesOn)+hang != n || k.Points[0].Verdict != explore.GoesOn {
					t.Fatalf("%+v", k)
				}
				if locks != (hang > 0) || locks != (k.Points[n-1].Verdict == explore.Hangs) {
					t.Errorf("%+v\nwant B to hang once A has the lock: %v", k, locks)
				}
			}
		})
	}
}

// A ring that is killed between its item and its count has lost nothing but the
// item in hand; a killed get whose index has moved has.
func TestKillSweepSeesLoss(t *testing.T) {
	const name = "wrong: textbook ring"
	e, w := start(t, agent.Self(name))
	s := scenario(w, ops{put(1), put(2)}, ops{get()}, ops{put(3)}, ops{get(), get(), get()})
	k, err := e.Kill(within(t), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Log(k)
	if k.Count(explore.Lost) == 0 || k.Points[0].Verdict != explore.GoesOn {
		t.Errorf("%+v: want a loss after the index has moved and before the count has", k)
	}
}
