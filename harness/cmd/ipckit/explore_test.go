package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/reports"
)

// explored skips a test where nothing can be explored.
func explored(t *testing.T, o outcome) outcome {
	t.Helper()
	if strings.Contains(o.errOut, "skipped: ") {
		t.Skip(o.errOut)
	}
	return o
}

// TestExploreBadUsage: what is wrong with the command line is named.
func TestExploreBadUsage(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		args []string
		say  []string
	}{
		{[]string{"reference", "--scenario", "lock.heldd:release+acquire"}, []string{"lock.heldd", "--list"}},
		{[]string{"reference", "--replay", "A:0.3"}, []string{"--scenario"}},
		{[]string{"reference", "--preemptions", "9"}, []string{"1 to 4"}},
		{[]string{"posixmq"}, []string{"there is no scenario"}},
	} {
		ipckit(t, append([]string{"explore"}, x.args...)...).expect(t, reports.ExitUsage, x.say...)
	}
	ipckit(t, "explore", "reference", "--list").expect(t, reports.ExitPass, "word.zero:add+add WORD-ADD")
}

// TestExplorePass: a pass names its bound.
func TestExplorePass(t *testing.T) {
	t.Parallel()
	o := explored(t, ipckit(t, "explore", "reference", "--scenario", "word.zero:*"))
	o.expect(t, reports.ExitPass, "word.zero:add+add: no violation in", "1 preemption", "a second")
	o = explored(t, ipckit(t, "check", "reference", "--kinds", "race", "--only", "WORD-ADD"))
	o.expect(t, reports.ExitPass, "1 of 137 core requirements")
}

// TestExploreMutants: of a seeded race it says after how many runs exploring
// it finds it, and after how many operations load does.
func TestExploreMutants(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	o := explored(t, ipckit(t, "explore", "--mutants", "count-unlocked", "--times", "1", "--load", "1", "--budget", "20s", "--out", out))
	o.expect(t, reports.ExitPass, "1 of 1", "word.zero:add+add A:0.1", "1 of 1", "operations, ")
	page, err := os.ReadFile(filepath.Join(out, "races.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"| count-unlocked \\* |", "| WORD-ADD | 1 of 1 |", "--load 1 --budget 20s"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("%q is not on the page:\n%s", want, page)
		}
	}
	ipckit(t, "explore", "--mutants", "word-misaligned").expect(t, reports.ExitUsage, "word-misaligned")
	ipckit(t, "explore", "--mutants", "c-never-unlinks").expect(t, reports.ExitUsage, "no seeded race")
	ipckit(t, "explore", "--mutants", "--load", "-1").expect(t, reports.ExitUsage, "--load")
}

// TestExploreOdd: what cannot be explored, or fails with whole operations
// already, ends within seconds, and nothing of it is left.
func TestExploreOdd(t *testing.T) {
	t.Parallel()
	const one = "buffer.one-to-one.empty:put+get"
	for _, x := range []struct {
		puppet string
		args   []string
		status int
		say    []string
	}{
		{"exit@buffer.put", []string{"--scenario", one}, reports.ExitFail, []string{"crash", "put(16×\"9\") of A ends the agent: exited with status 3"}},
		{"segfault@buffer.get", []string{"--scenario", one}, reports.ExitFail, []string{"crash", "get of B ends the agent: killed by SIGSEGV"}},
		{"spin@buffer.put", []string{"--scenario", "buffer.one-to-one.empty:*"}, reports.ExitFail, []string{"timeout", "never ends: it used the processor", "scenarios left out"}},
		{"block@buffer.put", []string{"--scenario", one}, reports.ExitFail, []string{"timeout", "never ends: the agent has been asleep"}},
	} {
		t.Run(x.puppet, func(t *testing.T) {
			t.Parallel()
			o := explored(t, ipckit(t, append([]string{"explore", "puppet:" + x.puppet}, x.args...)...))
			o.expect(t, x.status, x.say...)
			t.Logf("%v\n%s", o.took, o.out)
		})
	}
}

// TestExploreFinds: a violation is shown, repeated by the command that it
// names, and explained on the page.
func TestExploreFinds(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "report")
	const id = "buffer.one-to-one.empty:put+get"
	o := explored(t, ipckit(t, "explore", "mutant:ring-wakes-nobody", "--scenario", id, "--out", out))
	o.expect(t, reports.ExitFail, "A: put", "B: get", "sleeps in futex_wait(", "B=waits for ever (deadlock)", "ring.go:")
	replay := regexp.MustCompile(`--replay (\S+)`).FindStringSubmatch(o.out)
	if replay == nil {
		t.Fatalf("no command that repeats it:\n%s", o.out)
	}
	ipckit(t, "explore", "mutant:ring-wakes-nobody", "--scenario", id, "--replay", replay[1]).
		expect(t, reports.ExitFail, "B=waits for ever (deadlock)")
	page, err := os.ReadFile(filepath.Join(out, "report.html"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`class="turns"`, "futex_wait", "B=waits for ever", "BUF-WAKE"} {
		if !strings.Contains(string(page), want) {
			t.Errorf("%q is not on the page", want)
		}
	}
	ipckit(t, "report", filepath.Join(out, "report.jsonl")).expect(t, reports.ExitFail, "BUF-WAKE")
}
