package reports

import (
	"slices"
	"strings"
	"testing"
)

func unwritten(id string, capacity string) Result {
	return Result{Requirement: id, Verdict: Fail, Message: "creating a queue of capacity " + capacity + " was refused: not written",
		Evidence: &Evidence{Did: []string{`producer: buffer.create "/ipckit-` + strings.ToLower(id) + `-q" → io`}, Saw: "refused"}}
}

func TestAlike(t *testing.T) {
	crash := unwritten("BUF-D", "8")
	crash.Verdict = Crash
	other := unwritten("BUF-E", "8")
	other.Evidence.Did = append(other.Evidence.Did, "consumer: buffer.open → not-found")
	results := []Result{
		unwritten("BUF-A", "8"), {Requirement: "BUF-P", Verdict: Pass}, unwritten("BUF-B", "1"), crash, other, unwritten("BUF-C", "16"),
	}
	others, told := alike(results)
	if len(others) != 1 || len(others[0]) != 2 || others[0][0].Requirement != "BUF-B" || others[0][1].Requirement != "BUF-C" {
		t.Errorf("got %v, want BUF-B and BUF-C with the first", others)
	}
	if len(told) != 2 || !told[2] || !told[5] {
		t.Errorf("told elsewhere: %v, want 2 and 5", told)
	}
	if others, told := alike(results[:3]); len(others) != 0 || len(told) != 0 {
		t.Errorf("two that are alike were taken for a pattern: %v, %v", others, told)
	}
}

func TestFold(t *testing.T) {
	for _, x := range []struct{ steps, want string }{
		{"a b c", "a b c"},
		{"a a", "a a"},
		{"x a a a a y", "x a … the same again, 3 times y"},
		{"a b a b a b c", "a b … these 2 steps again, 2 times c"},
		{"a a b a a b a a b", "a a b … these 3 steps again, 2 times"},
		{"a b a b", "a b a b"},
	} {
		if got := fold(strings.Fields(x.steps)); strings.Join(got, " ") != x.want {
			t.Errorf("%s: got %q, want %q", x.steps, got, x.want)
		}
	}
	if got := fold(nil); !slices.Equal(got, nil) {
		t.Errorf("of nothing: %q", got)
	}
}
