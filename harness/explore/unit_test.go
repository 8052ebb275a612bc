package explore

import (
	"slices"
	"testing"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

func TestIDs(t *testing.T) {
	for _, id := range []string{"A:", "B:0.3", "A:1.2+,0.1", "B:10.20,3.4+", "A:0.5~0.3", "B:0.1,1.0~0.2"} {
		s, err := parseID(id)
		if err != nil || s.id() != id {
			t.Errorf("%q became %q, %v", id, s.id(), err)
		}
	}
	for _, id := range []string{"", "A", "C:0.1", "A:1", "A:1.", "A:-1.2", "A:1.2,", "AB:0.1", "A:1.2++", "A:0.5~", "A:0.3~0.3", "A:0.5+~0.3", "A:0.5~0.3~0.2"} {
		if s, err := parseID(id); err == nil {
			t.Errorf("%q was taken for %q", id, s.id())
		}
	}
}

func TestMerges(t *testing.T) {
	got := merges(1, 2)
	if len(got) != 3 || !slices.Equal(got[0], []int{0, 1, 1}) || !slices.Equal(got[2], []int{1, 1, 0}) {
		t.Errorf("%v", got)
	}
	if n := len(merges(3, 3)); n != 20 {
		t.Errorf("3 and 3 operations have %d orders, want 20", n)
	}
}

func TestTextIsFolded(t *testing.T) {
	load := Event{Agent: B, Kind: string(Load), File: "table.c", Line: 3, Region: "shm", Size: 1, Before: []byte{0}}
	v := Violation{Events: []Event{load, load, load, load, load, {Agent: A, Kind: kindNote, Text: "ends"}}}
	want := `                                        B table.c:3 load  [shm+0] 0
                                        B table.c:3 … and so 4 times more
A ends
A=- B=-
`
	if got := v.Text(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

func TestAnswers(t *testing.T) {
	for _, x := range []struct {
		reply protocol.Reply
		want  string
	}{
		{protocol.Reply{ID: 3, OK: true}, "ok"},
		{protocol.Reply{ID: 3, Error: subject.Full, Text: "4 items"}, "full"},
		{protocol.Reply{ID: 3, OK: true, Data: new("eA==")}, `ok "x"`},
		{protocol.Reply{ID: 3, OK: true, Data: new("AAE=")}, "ok 0001"},
		{protocol.Reply{ID: 3, OK: true, Value: new(^uint64(0)), Swapped: new(false)}, "ok swapped=false value=0xffffffffffffffff"},
		{protocol.Reply{ID: 3, Unsupported: "buffer.close"}, "unsupported buffer.close"},
	} {
		if got := answerOf(x.reply); got != x.want {
			t.Errorf("%+v: %q, want %q", x.reply, got, x.want)
		}
	}
}

func TestText(t *testing.T) {
	v := Violation{
		Outcome: Outcome{Answers: [2][]string{nil, {"ok"}}, Ends: [2]string{endWaits, ""}},
		Allowed: []Outcome{{Answers: [2][]string{{"ok"}, {"ok"}}}},
		Events: []Event{
			{Agent: A, Kind: string(Load), File: "ring.c", Line: 67, Function: "get", Region: "shm", Offset: 168, Size: 4, Before: []byte{0, 0, 0, 0}},
			{Agent: B, Kind: string(Locked), Region: "shm2", Offset: 8, Size: 4, Before: []byte{1, 0, 0, 0}, After: []byte{2, 0, 0, 0}},
			{Agent: A, Kind: kindWait, Text: "sleeps in futex_wait(shm+168, 1)"},
		},
	}
	want := `A ring.c:67 get load  [shm+168] 0
                                        B lock  [shm2+8] 1 -> 2
A sleeps in futex_wait(shm+168, 1)
DEADLOCK  A=waits for ever B=ok   allowed: A=ok B=ok
`
	if got := v.Text(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// TestChoose: a long loop is left in its first and last passes, in each
// operation; everything else, and what is short, everywhere.
func TestChoose(t *testing.T) {
	inLoop, alone := codeAddress{"a", 1}, codeAddress{"a", 2}
	loop := func(op, passes int) (points []point) {
		for i := range passes {
			points = append(points, point{Op: op, Access: i, at: inLoop})
		}
		return append(points, point{Op: op, Access: passes, at: alone})
	}
	long := slices.Concat(loop(0, manyPoints), loop(1, firstPasses+lastPasses+1))
	chosen, leftOut := choose(long, false)
	if want := 2 * (firstPasses + lastPasses + 1); len(chosen) != want || leftOut != len(long)-want {
		t.Errorf("%d of %d are chosen, %d left out; want %d", len(chosen), len(long), leftOut, want)
	}
	for _, p := range []point{long[0], long[firstPasses-1], long[manyPoints-lastPasses], long[manyPoints]} {
		if !slices.ContainsFunc(chosen, p.same) {
			t.Errorf("access %d.%d is left out", p.Op, p.Access)
		}
	}
	for _, x := range []struct {
		points []point
		every  bool
	}{{long, true}, {loop(0, manyPoints-1), false}} {
		if chosen, leftOut := choose(x.points, x.every); len(chosen) != len(x.points) || leftOut != 0 {
			t.Errorf("%d of %d are chosen", len(chosen), len(x.points))
		}
	}
}
