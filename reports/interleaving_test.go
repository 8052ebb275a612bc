package reports

import (
	"fmt"
	"strings"
	"testing"
)

var sleeper = &Interleaving{
	ID: "A:0.1", Scenario: "lock.held:release+acquire", A: "release", B: "acquire", Outcome: "A=ok B=waits for ever", Deadlock: true,
	Allowed: []string{"A=ok B=ok"},
	Steps: []Access{
		{Agent: "A", Kind: "load", Place: "lock.c:67 release", Does: "load  [shm+8] 1"},
		{Agent: "B", Kind: "lock", Place: "lock.c:31 acquire", Does: "lock  [shm+8] 1 -> 2"},
		{Agent: "B", Kind: "wait", Does: "sleeps in futex_wait(shm+8, 2)"},
		{Agent: "A", Kind: "store", Place: "lock.c:68 release", Does: "store [shm+8] 2 -> 0"},
	},
}

func TestInterleavingInColumns(t *testing.T) {
	want := `                   A: release            B: acquire
lock.c:67 release  load  [shm+8] 1
lock.c:31 acquire                        lock  [shm+8] 1 -> 2
                                         sleeps in futex_wait(shm+8, 2)
lock.c:68 release  store [shm+8] 2 -> 0
outcome: A=ok B=waits for ever (deadlock)
allowed: A=ok B=ok
`
	if got := sleeper.Text(100); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// A narrow terminal breaks lines within the columns, and loses nothing.
func TestInterleavingIsNarrow(t *testing.T) {
	text := sleeper.Text(48)
	steps, _, _ := strings.Cut(text, "outcome:")
	for line := range strings.Lines(steps) {
		if columns(strings.TrimSuffix(line, "\n")) > 48 {
			t.Errorf("%q is wider than 48", line)
		}
	}
	for _, word := range []string{"lock.c:67", "futex_wait", "->"} {
		if !strings.Contains(text, word) {
			t.Errorf("%q is not in\n%s", word, text)
		}
	}
}

// What a subject called its functions is text on the page, and nothing else.
func TestInterleavingOnThePage(t *testing.T) {
	x := *sleeper
	x.Steps = append([]Access{{Agent: "A", Place: "<script>alert(1)</script>", Does: "load \x1b[31m"}}, x.Steps...)
	r := &Record{Results: []Result{{Requirement: "LOCK-WAKE", Verdict: Timeout, Evidence: &Evidence{Interleaving: &x}}}}
	var page strings.Builder
	if err := HTML(&page, r); err != nil {
		t.Fatal(err)
	}
	text := page.String()
	for _, want := range []string{`<th scope="col">A: release</th>`, "lock.c:31 acquire", `class="waits"`, "&lt;script&gt;", "allowed: A=ok B=ok"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	if strings.Contains(text, "<script>alert") || strings.Contains(text, "\x1b") {
		t.Error("the subject's text is more than text")
	}
}

// TestInterleavingFoldsLoops: what a loop does is shown once, and how often; what comes
// before and after stays.
func TestInterleavingFoldsLoops(t *testing.T) {
	x := &Interleaving{A: "put", B: "get", Outcome: "A=ok B=waits for ever",
		Steps: []Access{{Agent: "A", Kind: "load", Place: "ring.c:7 put", Does: "load  [shm+8] 1"}}}
	for i := range 212 {
		x.Steps = append(x.Steps,
			Access{Agent: "B", Kind: "load", Place: "ring.c:31 get", Does: "load  [shm+8] 0"},
			Access{Agent: "B", Kind: "load", Place: "ring.c:32 get", Does: fmt.Sprintf("load  [shm+%d] 0", 16+8*i)})
	}
	x.Steps = append(x.Steps, Access{Agent: "A", Kind: "reply", Does: "put = ok"})
	want := `               A: put           B: get
ring.c:7 put   load  [shm+8] 1
ring.c:31 get                   load  [shm+8] 0
ring.c:32 get                   load  [shm+16] 0
                                … these 2 steps again, 211 times, with other addresses or values
               put = ok
outcome: A=ok B=waits for ever
`
	if got := x.Text(200); got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if x.Steps = x.Steps[1:4]; len(x.visibleSteps()) != 3 {
		t.Errorf("three steps are no loop: %v", x.visibleSteps())
	}
}
