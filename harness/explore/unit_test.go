package explore

import (
	"slices"
	"testing"
)

func TestIDs(t *testing.T) {
	for _, id := range []string{"A:", "B:0.3", "A:1.2+,0.1", "B:10.20,3.4+"} {
		s, err := parseID(id)
		if err != nil || s.id() != id {
			t.Errorf("%q became %q, %v", id, s.id(), err)
		}
	}
	for _, id := range []string{"", "A", "C:0.1", "A:1", "A:1.", "A:-1.2", "A:1.2,", "AB:0.1", "A:1.2++"} {
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
	want := `A ring.c:67 get  load  [shm+168] 0
                                        B  lock  [shm2+8] 1 -> 2
A sleeps in futex_wait(shm+168, 1)
DEADLOCK  A=waits for ever B=ok   allowed: A=ok B=ok
`
	if got := v.Text(); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}
