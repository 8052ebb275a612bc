package reports

import (
	"slices"
	"strings"
	"testing"
)

// notWritten is what becomes of a requirement whose first operation is not written.
func notWritten(id, operation string, steps ...string) Result {
	text := "io (not written yet: " + operation + ", line 54 of buffer.c)"
	return Result{Requirement: id, Verdict: Fail, Message: id + ": create returned " + text,
		Evidence: &Evidence{Did: append(steps, `producer: buffer.create "/ipckit-`+strings.ToLower(id)+`-q" → `+text), Saw: "create returned " + text}}
}

func ids(list []shortfall) (all []string) {
	for _, s := range list {
		text := s.Requirement
		for _, o := range s.same {
			text += "+" + o.Requirement
		}
		all = append(all, text)
	}
	return all
}

func TestShortfallGroups(t *testing.T) {
	killed := func(id, process string) Result {
		return Result{Requirement: id, Verdict: Crash, Message: process + " was killed by SIGSEGV in buffer.detach (buffer.c:71)",
			Evidence: &Evidence{Did: []string{id}}}
	}
	hang := Result{Requirement: "BUF-H", Verdict: Timeout, Message: "get did not return"}
	caused := func(id string, v Verdict) Result {
		return Result{Requirement: id, Verdict: v, Message: id, Evidence: &Evidence{Did: []string{id}, Cause: "no-space (release: the table is full)"}}
	}
	leak := Result{Requirement: "BUF-L", Verdict: Leak}
	kit := Result{Requirement: "BUF-K", Verdict: KitError}
	for _, x := range []struct {
		name    string
		results []Result
		want    []string
	}{
		{"one refusal is one reason, whatever was done before it",
			[]Result{notWritten("BUF-A", "ring_create"), {Requirement: "BUF-P", Verdict: Pass}, notWritten("BUF-B", "ring_create", "warm up"), notWritten("BUF-C", "ring_create")},
			[]string{"BUF-A+BUF-B+BUF-C"}},
		{"two are no pattern", []Result{notWritten("BUF-A", "ring_create"), notWritten("BUF-B", "ring_create")}, []string{"BUF-A", "BUF-B"}},
		{"another refusal is another reason, and many come first",
			[]Result{notWritten("BUF-O", "ring_open"), notWritten("BUF-A", "ring_create"), notWritten("BUF-B", "ring_create"), notWritten("BUF-C", "ring_create")},
			[]string{"BUF-A+BUF-B+BUF-C", "BUF-O"}},
		{"a crash comes first, whichever process died",
			[]Result{kit, leak, hang, killed("BUF-X", "consumer"), notWritten("BUF-A", "ring_create"), killed("BUF-Y", "producer"), killed("BUF-Z", "consumer")},
			[]string{"BUF-X+BUF-Y+BUF-Z", "BUF-A", "BUF-H", "BUF-L", "BUF-K"}},
		{"a known cause is one reason, whatever it led to and however few, and its telling result comes first",
			[]Result{caused("BUF-H", Timeout), leak, caused("BUF-F", Fail), caused("BUF-G", Timeout)},
			[]string{"BUF-F+BUF-H+BUF-G", "BUF-L"}},
	} {
		if got := ids((&Record{Results: x.results}).shortfallGroups()); !slices.Equal(got, x.want) {
			t.Errorf("%s: got %q, want %q", x.name, got, x.want)
		}
	}
}

// TestOthers: singular and plural, of every verdict that falls short.
func TestOthers(t *testing.T) {
	mixed := shortfall{Result: &Result{Verdict: Fail}, same: []*Result{{Verdict: Fail}, {Verdict: Timeout}}}
	if got, _ := mixed.others(); got != "2 more requirements do not hold for the same reason" {
		t.Errorf("of different verdicts: got %q", got)
	}
	for _, x := range []struct {
		verdict Verdict
		n       int
		want    string
	}{
		{Fail, 17, "17 more requirements fail for the same reason"},
		{Fail, 1, "1 more requirement fails for the same reason"},
		{Crash, 2, "2 more requirements crash for the same reason"},
		{Timeout, 2, "2 more requirements hang for the same reason"},
		{Leak, 2, "2 more requirements leak for the same reason"},
		{Flaky, 2, "2 more requirements are flaky for the same reason"},
		{Unobserved, 2, "2 more requirements show nothing for the same reason"},
		{Inconclusive, 2, "2 more requirements are undecided for the same reason"},
		{KitError, 2, "2 more requirements were lost to a fault of the kit for the same reason"},
	} {
		s := shortfall{Result: &Result{Verdict: x.verdict}, same: make([]*Result, x.n)}
		for i := range s.same {
			s.same[i] = &Result{Verdict: x.verdict}
		}
		if got, _ := s.others(); got != x.want {
			t.Errorf("got %q, want %q", got, x.want)
		}
	}
}
