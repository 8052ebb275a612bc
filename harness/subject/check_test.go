package subject_test

import (
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/reports"
)

// requirements is a small catalogue. All but the last three have a check.
var requirements = func() []subject.Requirement {
	buffers := []string{"buffer.one-to-one", "buffer.many"}
	return []subject.Requirement{
		{ID: "REG-MAPPED", Level: "core", Profiles: []string{"region"}, Checked: true},
		{ID: "REG-PRIVATE", Level: "extended", Profiles: []string{"region"}, Checked: true},
		{ID: "REG-NOSYSCALL", Level: "claim", Profiles: []string{"region"}, Checked: true},
		{ID: "BUF-FIFO", Level: "core", Profiles: buffers, Checked: true},
		{ID: "BUF-HUGE", Level: "core", Profiles: buffers, Checked: true},
		{ID: "BUF-DRAIN", Level: "core", Profiles: buffers, When: "close", Checked: true},
		{ID: "BUF-LINEAR", Level: "core", Profiles: []string{"buffer.many"}, Checked: true},
		{ID: "BUF-SLEEP", Level: "extended", Profiles: buffers, When: "sleep", Checked: true},
		{ID: "LINK-ANY", Level: "extended", Profiles: []string{"link"}, Checked: true},
		{ID: "BOX-FIFO", Level: "core", Profiles: []string{"mailbox"}, Checked: true},
		{ID: "BOX-PRIORITY", Level: "extended", Profiles: []string{"mailbox"}, When: "priority", Checked: true},
		{ID: "CAP-UNBOUNDED", Level: "extended", Profiles: []string{"mailbox", "link"}, When: "unbounded", Checked: true},
		{ID: "CAP-ZERO", Level: "extended", Profiles: []string{"mailbox", "link"}, When: "zero", Checked: true},
		{ID: "COOP-SPEEDUP", Level: "claim", Profiles: []string{"performance"}, Baselines: []string{"serial"}, Checked: true},
		{ID: "COOP-WORDS", Level: "claim", Profiles: []string{"performance"}, When: "words", Baselines: []string{"serial"}, Checked: true},
		{ID: "PROG-RUN", Level: "core", Profiles: []string{"program"}, Checked: true},
		{ID: "PERF-THROUGHPUT", Level: "claim", Profiles: []string{"performance"}},
		{ID: "BOX-LATER", Level: "extended", Profiles: []string{"mailbox"}},
		{ID: "SBX-READ", Level: "core", Profiles: []string{"application"}},
	}
}()

func TestCheckFindsContradictions(t *testing.T) {
	for _, tt := range []struct {
		base, old, new string
		want           string // after the file's name
	}{
		// the way in
		{cClaims, "subject: my buffer", "subject: ' '", `:1: subject: missing: name the subject, as reports shall show it`},
		{cClaims, "language: C", "agent: ./program", `:4: c: agent and c are different ways in, and a subject has one: keep one of them`},
		{cClaims, "c:\n  sources: [buffer.c]\n  flags: [-pthread]\n", "", `:1: no way in: say how the kit reaches the subject, by one of agent, c and programs`},
		{cClaims, "  sources: [buffer.c]\n", "", `:4: c.sources: missing: name the C files that the kit shall compile`},
		{cClaims, "[buffer.c]", "[buffer.c, '']", `:5: c.sources[1]: empty: fill it in or take it out`},
		{cClaims, "language: C", "control: pipe", `:3: control: "pipe" is not known; did you mean pipes? (known: pipes, stdio)`},
		{programClaims, "programs:", "control: stdio\nprograms:", `:2: control: unmodified programs have no control channel: take it out`},
		// profiles
		{"subject: s\nagent: ./a\n", "", "", `:1: profiles: no profile is claimed, so there is nothing to check: claim one of region, word, lock, semaphore, rwlock, snapshot, buffer.one-to-one, buffer.many, mailbox, link, network`},
		{"subject: s\nagent: ./a\nprofiles: {}\n", "", "", `:3: profiles: no profile is claimed`},
		{programClaims, "programs:", "profiles:\n  region: {}\nprograms:", `:2: profiles: unmodified programs are checked as a whole and take no orders: claim no profile beside programs`},
		{cClaims, "    maximum: 16MiB", "    names: sysv", `:10: profiles.region.names: "sysv" is not known (known: posix)`},
		{cClaims, "      items: {min: 2, max: 64}", "      items: 8\n      bytes: 64KiB", `:14: profiles.buffer.one-to-one.capacity.bytes: a capacity is counted in items or in bytes, never in both: keep one`},
		{cClaims, "    capacity:\n      items: {min: 2, max: 64}\n", "", `:11: profiles.buffer.one-to-one.capacity: missing: say how much goes in, such as {items: 8} or {bytes: 64KiB}`},
		{cClaims, "{min: 2, max: 64}", "{min: 64, max: 2}", `:13: profiles.buffer.one-to-one.capacity.items: the range is upside down: min 64 is above max 2`},
		{cClaims, "{min: 2, max: 64}", "0", `:13: profiles.buffer.one-to-one.capacity.items: a buffer holds at least 1: it is 0`},
		{cClaims, "{min: 2, max: 64}", "1", `:14: profiles.buffer.one-to-one.slots: N-1 of a capacity of 1 leaves no slot to use: claim a capacity of at least 2`},
		{cClaims, "items: {min: 2, max: 64}", "bytes: 64KiB", `:14: profiles.buffer.one-to-one.slots: slots count items, but the capacity is in bytes: take it out`},
		{cClaims, "items: {min: 2, max: 64}\n    slots: N-1", "bytes: 1KiB\n    slots: N", `:13: profiles.buffer.one-to-one.capacity.bytes: the largest item (4KiB) does not fit into 1KiB`},
		{cClaims, "slots: N-1", "slots: N-2", `:14: profiles.buffer.one-to-one.slots: "N-2" is not known; did you mean N-1? (known: N, N-1)`},
		{cClaims, "{max: 4KiB}", "{max: 4KiB, fixed: 4}", `:15: profiles.buffer.one-to-one.item.fixed: items are of one size (fixed) or between two (min, max), never both: keep one`},
		{cClaims, "{max: 4KiB}", "{min: 8KiB, max: 4KiB}", `:15: profiles.buffer.one-to-one.item: the range is upside down: min 8192 is above max 4096`},
		{cClaims, "{max: 4KiB}", "{}", `:15: profiles.buffer.one-to-one.item: missing: say how large an item may be, such as {min: 0, max: 4096} or {fixed: 4}`},
		{cClaims, "    close: true", "    waiting: sleeping", `:16: profiles.buffer.one-to-one.waiting: "sleeping" is not known; did you mean sleep? (known: sleep, spin)`},
		{cClaims, "    close: true", "    empty: lax", `:16: profiles.buffer.one-to-one.empty: "lax" is not known (known: strict, relaxed)`},
		{cClaims, "    item: {fixed: 4}", "    item: {fixed: 4}\n    delivery: exactly-once", `:21: profiles.mailbox.delivery: "exactly-once" is not known`},
		{cClaims, "{bytes: 64KiB}", "{items: 0}", `:19: profiles.mailbox.capacity.items: a mailbox that is never more than a rendezvous holds nothing to look at: claim a range that starts at 0, such as {min: 0, max: 8}`},
		{cClaims, "{bytes: 64KiB}", "{bytes: {min: 0, max: 8}}", `:19: profiles.mailbox.capacity.bytes: a rendezvous is counted in items: say {items: {min: 0, max: …}}, or start at 1 byte`},
		{cClaims, "[BUF-SLEEP]", "[BOX-PRIORITY]", `:21: extended[0]: BOX-PRIORITY needs order: priority in profile mailbox: say so, or take it out (earlier versions accepted this and checked nothing; since ipckit 0.2 it is an error)`},
		{cClaims, "[BUF-SLEEP]", "[CAP-UNBOUNDED]", `:21: extended[0]: CAP-UNBOUNDED needs unbounded: true in profile mailbox: say so`},
		{cClaims, "[BUF-SLEEP]", "[CAP-ZERO]", `:21: extended[0]: CAP-ZERO needs capacity: {items: {min: 0, max: …}} in profile mailbox: say so`},
		{cClaims, "    item: {fixed: 4}", "    item: {fixed: 4}\n    order: lifo", `:21: profiles.mailbox.order: "lifo" is not known; did you mean fifo? (known: fifo, priority)`},
		// partial
		{cClaims, "[BUF-HUGE]", "[BUF-HUGE, BUF-NOTHING]", `:17: profiles.buffer.one-to-one.partial[1]: there is no requirement "BUF-NOTHING" (`},
		{cClaims, "[BUF-HUGE]", "[REG-MAPPED]", `:17: profiles.buffer.one-to-one.partial[0]: REG-MAPPED is not a requirement of profile buffer.one-to-one, but of region: take it out`},
		{cClaims, "[BUF-HUGE]", "[BUF-LINEAR]", `:17: profiles.buffer.one-to-one.partial[0]: BUF-LINEAR is not a requirement of profile buffer.one-to-one`},
		{cClaims, "[BUF-HUGE]", "[BUF-SLEEP]", `:17: profiles.buffer.one-to-one.partial[0]: BUF-SLEEP is of level extended and not claimed unless listed: take it out`},
		{cClaims, "[BUF-HUGE]", "[BUF-HUGE, BUF-HUGE]", `:17: profiles.buffer.one-to-one.partial[1]: BUF-HUGE is listed twice`},
		// extended
		{cClaims, "[BUF-SLEEP]", "[buf-sleep]", `:21: extended[0]: there is no requirement "buf-sleep"; did you mean BUF-SLEEP?`},
		{cClaims, "[BUF-SLEEP]", "[BUF-FIFO]", `:21: extended[0]: BUF-FIFO is a core requirement, which its profile (buffer.one-to-one, buffer.many) claims already: take it out`},
		{cClaims, "[BUF-SLEEP]", "\n  - BUF-SLEEP\n  - LINK-ANY", `:23: extended[1]: LINK-ANY belongs to profile link, which is not claimed: claim the profile, or take it out`},
		{cClaims, "[BUF-SLEEP]", "[BUF-SLEEP, BUF-SLEEP]", `:21: extended[1]: BUF-SLEEP is listed twice`},
		{cClaims, "[BUF-SLEEP]", "[COOP-SPEEDUP]", `:21: extended[0]: COOP-SPEEDUP is a measured promise: list it under performance, with at_least and against`},
		{cClaims, "    close: true", "    waiting: spin", `:21: extended[0]: BUF-SLEEP needs waiting: sleep in profile buffer.one-to-one: say so`},
		// what nothing checks
		{cClaims, "[BUF-SLEEP]", "[BUF-SLEEP, SBX-READ]", ":21: extended[1]: this version of ipckit has no check for SBX-READ, so nothing would show that it holds: take it out"},
		{cClaims, "[BUF-SLEEP]", "[BOX-LATER]", ":21: extended[0]: this version of ipckit has no check for BOX-LATER, so nothing would show that it holds: take it out (earlier versions accepted this and checked nothing; since ipckit 0.2 it is an error)"},
		{cClaims, "known:", "performance:\n  - {requirement: PERF-THROUGHPUT, at_least: 1000, against: serial}\nknown:", `:23: performance[0].requirement: this version of ipckit has no check for PERF-THROUGHPUT`},
		{cClaims, "known:", "performance:\n  - {requirement: COOP-WORDS, at_least: 2, against: serial}\nknown:", `:23: performance[0].requirement: COOP-WORDS needs the profiles region and word`},
		// performance
		{cClaims, "known:", "performance:\n  - {requirement: BUF-FIFO, at_least: 1, against: pipe}\nknown:", `:23: performance[0].requirement: BUF-FIFO is a requirement of level core, not a measured promise`},
		{cClaims, "known:", "performance:\n  - {requirement: REG-NOSYSCALL, at_least: 1, against: pipe}\nknown:", `:23: performance[0].requirement: REG-NOSYSCALL is no ratio: list it under extended`},
		{cClaims, "known:", "performance:\n  - {requirement: COOP-SPEEDUP, against: serial}\nknown:", `:23: performance[0].at_least: want a ratio above 0, such as 1.5`},
		{cClaims, "known:", "performance:\n  - {requirement: COOP-SPEEDUP, at_least: 2}\nknown:", `:23: performance[0].against: missing: name the baseline that the ratio refers to`},
		{cClaims, "known:", "performance:\n  - {requirement: COOP-SPEEDUP, at_least: 2, against: seriel}\nknown:", `:23: performance[0].against: "seriel" is not a baseline of COOP-SPEEDUP; did you mean serial? (known: serial) (earlier`},
		// known
		{cClaims, "requirement: BUF-FIFO", "requirement: BUF-FOFI", `:23: known[0].requirement: there is no requirement "BUF-FOFI"; did you mean BUF-FIFO? (`},
		{cClaims, "requirement: BUF-FIFO", "requirement: REG-PRIVATE", `:23: known[0].requirement: REG-PRIVATE is not claimed, so it cannot fall short: take the entry out`},
		{cClaims, "requirement: BUF-FIFO", "requirement: BUF-LINEAR", `:23: known[0].requirement: BUF-LINEAR is not claimed`},
		{cClaims, "requirement: BUF-FIFO", "requirement: BUF-HUGE", `:23: known[0].requirement: BUF-HUGE is not claimed`},
		{cClaims, "verdict: fail", "verdict: fails", `:24: known[0].verdict: "fails" is not known; did you mean fail? (known: fail, crash, timeout, leak, flaky, unobserved)`},
		{cClaims, "verdict: fail", "verdict: pass", `:24: known[0].verdict: "pass" is not known`},
		{cClaims, "    verdict: fail\n", "", `:23: known[0].verdict: missing: want one of fail, crash`},
		{cClaims, "    reason: being rewritten\n", "", `:23: known[0].reason: missing: say why the subject falls short`},
		{cClaims, "until: 2030-01-31", "until: 31.1.2030", `:26: known[0].until: "31.1.2030" is not a date: want year, month and day, such as 2030-01-31`},
		{cClaims, "until: 2030-01-31", "until: 2030-02-30", `:26: known[0].until: "2030-02-30" is not a date`},
		// programs
		{programClaims, `"./producer {items}"`, "''", `:4: programs.roles.producer.command: missing: say how the producer is started, such as ./producer {items}`},
		{programClaims, "{items}", "{item}", `:4: programs.roles.producer.command: unknown placeholder {item}; did you mean {items}? (known: {items}, {id}, {seed}, {file})`},
		{programClaims, "./consumer}", `./consumer, stdin: "{count}"}`, `:5: programs.roles.consumer.stdin: unknown placeholder {count}`},
		{programClaims, "./consumer}", "./consumer, started_by: shell}", `:5: programs.roles.consumer.started_by: "shell" is not known (known: kit, producer)`},
		{programClaims, `{items}"}`, `{items}", started_by: producer}`, `:4: programs.roles.producer.started_by: "producer" is not known (known: kit)`},
		{programClaims, "./consumer}", `./consumer, ready: "("}`, `:5: programs.roles.consumer.ready: the pattern does not compile: missing closing ): ` + "`(`"},
		{programClaims, `'produced (\d+)'`, `'produced \d+'`, `:8: programs.observe.produced: the pattern "produced \\d+" has no group: put the part that is the item in parentheses`},
		{programClaims, `'consumed (\d+)'`, `'(got|consumed) (\d+)'`, `:9: programs.observe.consumed: the pattern "(got|consumed) (\\d+)" has 2 groups, and which is the item is not clear: write the others as (?:…)`},
		{programClaims, `'produced (\d+)'`, `'(?=produced) (\d+)'`, `:8: programs.observe.produced: the pattern does not compile: invalid or unsupported Perl syntax: ` + "`(?=`"},
		{programClaims, `    produced: 'produced (\d+)'` + "\n", "", `:7: programs.observe.produced: missing: a pattern for what the producer prints of each item`},
		{programClaims, `    consumed: 'consumed (\d+)'` + "\n", "", `:7: programs.observe.consumed: missing: a pattern for what the consumer prints of each item`},
		{programClaims, "  observe:\n", "  observe:\n    order: lifo\n", `:8: programs.observe.order: "lifo" is not known; did you mean fifo? (known: fifo, per-producer, any)`},
		{programClaims, "  observe:\n", "  observe:\n    end: stop\n", `:8: programs.observe.end: "stop" is not known (known: exit, kill)`},
		{programClaims, "capacity: 4", "capacity: -4", `:6: programs.capacity: want a number above 0, not -4`},
		{programClaims, "require: [shm_open]", "require: [shm_open]\n    forbid: [pipe, shm_open]", `:12: programs.mechanism.forbid[1]: shm_open is both required and forbidden: keep one`},
	} {
		text := strings.Replace(tt.base, tt.old, tt.new, 1)
		if tt.old != "" && text == tt.base {
			t.Fatalf("%q is not in the file", tt.old)
		}
		path := write(t, text)
		c, err := subject.ReadClaims(path)
		if err != nil {
			t.Errorf("%q: not even read: %v", tt.new, err)
			continue
		}
		err = c.Check(requirements)
		if err == nil {
			t.Errorf("%q was accepted, want %s", tt.new, tt.want)
		} else if first, _, more := strings.Cut(err.Error(), "\n"); !strings.HasPrefix(first, path+tt.want) {
			t.Errorf("%q (more: %t):\n got %s\nwant %s", tt.new, more, strings.ReplaceAll(err.Error(), path, ""), tt.want)
		}
	}
}

func TestCheckAccepts(t *testing.T) {
	for _, tt := range []struct{ name, base, old, new string }{
		{"a consumer that the producer starts", programClaims, "{command: ./consumer}", "{started_by: producer}"},
		{"output in a file", programClaims, `consumed: 'consumed (\d+)'`, "file: out.txt"},
		{"input from a file", programClaims, "./producer {items}\"}\n    consumer: {command: ./consumer}\n  capacity: 4\n  observe:\n    produced: 'produced (\\d+)'\n", "./producer {file}\"}\n    consumer: {command: ./consumer}\n  capacity: 4\n  observe:\n"},
		{"a variable of the shell", programClaims, "./producer {items}", "${BIN}/producer {items}"},
		{"a rendezvous", cClaims, "{bytes: 64KiB}", "{items: {min: 0, max: 8}}"},
		{"a claim without a ratio", cClaims, "[BUF-SLEEP]", "[REG-NOSYSCALL]"},
		{"a promise", cClaims, "known:", "performance:\n  - {requirement: COOP-SPEEDUP, at_least: 2, against: serial}\nknown:"},
	} {
		text := strings.Replace(tt.base, tt.old, tt.new, 1)
		if text == tt.base {
			t.Fatalf("%s: %q is not in the file", tt.name, tt.old)
		}
		c, err := subject.ReadClaims(write(t, text))
		if err == nil {
			err = c.Check(requirements)
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestCheckReportsAll(t *testing.T) {
	c := subject.Claims{Extended: []string{"NO-SUCH"}}
	err := c.Check(requirements)
	if err == nil {
		t.Fatal("accepted")
	}
	want := []string{
		"claims of a subject: subject: missing: name the subject, as reports shall show it",
		"claims of a subject: profiles: no profile is claimed, so there is nothing to check: claim one of region, word, lock, semaphore, rwlock, snapshot, buffer.one-to-one, buffer.many, mailbox, link, network",
		"claims of a subject: extended[0]: there is no requirement \"NO-SUCH\" (`ipckit list` shows them all)",
	}
	if got := strings.Split(err.Error(), "\n"); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got\n%s\nwant\n%s", err, strings.Join(want, "\n"))
	}
}

func TestGoValueNeedsNoWayIn(t *testing.T) {
	c := subject.Claims{Subject: "mine", Profiles: subject.Profiles{Region: &subject.RegionProfile{}}}
	if err := c.Check(requirements); err != nil {
		t.Error(err)
	}
}

// A shortfall is a verdict for which a run fails, and the list must not lag
// behind the verdicts.
func TestKnownVerdictsAreThoseThatFail(t *testing.T) {
	for _, v := range reports.Verdicts {
		c := subject.Claims{Subject: "mine", Profiles: subject.Profiles{Region: &subject.RegionProfile{}},
			Known: []subject.Known{{Requirement: "REG-MAPPED", Verdict: string(v), Reason: "so"}}}
		accepted, fails := c.Check(requirements) == nil, v.Exit(false) == reports.ExitFail
		if accepted != fails {
			t.Errorf("verdict %s: accepted as known: %t, fails a run: %t", v, accepted, fails)
		}
	}
}
