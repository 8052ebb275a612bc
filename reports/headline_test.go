package reports

import "testing"

// The headline says how many requirements there are, where not all of them were
// checked, and counts no requirement that is not put to the subject.
func TestFinding(t *testing.T) {
	hold := func(level string, verdicts ...Verdict) (list []Result) {
		for i, v := range verdicts {
			list = append(list, Result{Requirement: []string{"BUF-A", "BUF-B", "BUF-C"}[i], Level: level, Verdict: v})
		}
		return list
	}
	all := map[string]int{levelCore: 107, levelExtended: 50, levelClaim: 3}
	for _, x := range []struct {
		name    string
		claimed map[string]int
		results []Result
		partial []string
		want    string
	}{
		{"nothing", all, nil, nil, "nothing was checked"},
		{"a record of before 0.2", nil, hold(levelCore, Pass, Pass), nil, "2 of 2 core requirements hold"},
		{"an unchecked one of before 0.2", nil, hold(levelCore, Pass, NotChecked), nil, "1 of 1 core requirement holds"},
		{"all", map[string]int{levelCore: 2}, hold(levelCore, Pass, Pass), nil, "2 of 2 core requirements hold"},
		{"all, one fails", map[string]int{levelCore: 2}, hold(levelCore, Pass, Fail), nil, "1 of 2 core requirements hold; BUF-B fails"},
		{"some", all, hold(levelCore, Pass, Pass), nil, "2 of 107 core requirements of the claimed profiles were checked, all hold"},
		{"some, one holds", all, hold(levelCore, Pass, Fail), nil, "2 of 107 core requirements of the claimed profiles were checked, 1 holds; BUF-B fails"},
		{"some, two hold", all, hold(levelCore, Pass, Fail, Pass), nil, "3 of 107 core requirements of the claimed profiles were checked, 2 hold; BUF-B fails"},
		{"some, none holds", all, hold(levelCore, Crash, Fail), nil, "2 of 107 core requirements of the claimed profiles were checked, none holds; BUF-A crashes, BUF-B fails"},
		{"one", all, hold(levelCore, Pass), nil, "1 of 107 core requirements of the claimed profiles was checked, and it holds"},
		{"one fails", all, hold(levelCore, Fail), nil, "1 of 107 core requirements of the claimed profiles was checked, and it does not hold; BUF-A fails"},
		{"extended alone", all, hold(levelExtended, Pass, Pass), nil, "2 of 50 extended requirements of the claimed profiles were checked, all hold"},
		{"core and some extended", all, append(hold(levelCore, Pass, Pass), hold(levelExtended, Pass)...), nil,
			"2 of 107 core requirements of the claimed profiles were checked, all hold, 1 of 50 extended, and it holds"},
		{"in part", map[string]int{levelCore: 3}, append(hold(levelCore, Pass, Pass), Result{Requirement: "BUF-C", Level: levelCore, Verdict: Excluded}), []string{"region"},
			"2 of 3 core requirements of the claimed profiles were checked, all hold (partial: region)"},
	} {
		r := Record{Header: Header{Claimed: x.claimed, Subject: Subject{Partial: x.partial}}, Results: x.results}
		if got := r.Finding(); got != x.want {
			t.Errorf("%s:\n got %s\nwant %s", x.name, got, x.want)
		}
	}
}

func TestOmitted(t *testing.T) {
	h := Header{NotRun: []NotRun{{"race", 37, "ipckit explore ./x"}, {"stress", 1, ""}}}
	if got, want := h.omitted(), "race (37 requirements: ipckit explore ./x), stress (1 requirement)"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A record of a version before 0.2 lists requirements that nothing checks; to
// leave them out is no change.
func TestDiffWithoutUnchecked(t *testing.T) {
	before := &Record{Results: []Result{{Requirement: "SBX-READ", Verdict: NotClaimed}, {Requirement: "PROG-FEW", Verdict: NotChecked}, {Requirement: "REG-SIZE", Verdict: Pass}}}
	after := &Record{Results: []Result{{Requirement: "REG-SIZE", Verdict: Pass}}}
	if changes := Diff(before, after); len(changes) != 0 {
		t.Errorf("got %v", changes)
	}
	if changes := Diff(after, before); len(changes) != 0 {
		t.Errorf("the other way: got %v", changes)
	}
}
