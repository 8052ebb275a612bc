package programs_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/ptrace/mechanism"
	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
	"github.com/ipckit/ipckit/harness/world/worldtest"
	fixtures "github.com/ipckit/ipckit/impl/programs"
	"github.com/ipckit/ipckit/reports"
	"github.com/ipckit/ipckit/suites/programs"
	"github.com/ipckit/ipckit/suites/requirements"
)

func TestMain(m *testing.M) {
	switch reexec.Role() {
	case world.HolderRole:
		world.Hold()
	case mechanism.Role:
		mechanism.Main()
	case run.Role:
		s, err := suite()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		run.Serve(s)
	}
	os.Exit(m.Run())
}

func suite() (run.Suite, error) {
	catalogue, err := requirements.Load()
	return run.Suite{Catalogue: catalogue, Version: "test", Register: []func(*check.Suite){programs.Specs}}, err
}

// checked builds what write puts into a directory, and checks it.
func checked(t *testing.T, write func(dir string) error, only ...string) map[string]reports.Result {
	t.Helper()
	return checkedTimes(t, 1, write, only...)
}

// checkedTimes looks at failures so often.
func checkedTimes(t *testing.T, attempts int, write func(dir string) error, only ...string) map[string]reports.Result {
	t.Helper()
	if testing.Short() {
		t.Skip("starts processes")
	}
	dir := t.TempDir()
	if err := write(dir); err != nil {
		t.Fatal(err)
	}
	claims, err := subject.ReadClaims(dir)
	if err != nil {
		t.Fatal(err)
	}
	claims.Normalise()
	plan := run.Plan{Key: "test", Claims: claims, Programs: dir, Only: only, Seed: 1, Attempts: attempts}
	if claims.Build != "" {
		if strings.Contains(claims.Build, "cc ") {
			if _, err := exec.LookPath("cc"); err != nil {
				t.Skip("no C compiler: ", err)
			}
		}
		cmd := exec.Command("/bin/sh", "-c", claims.Build)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			plan.BuildErr = fmt.Sprintf("%v: %s", err, out)
		}
	}
	s, err := suite()
	if err != nil {
		t.Fatal(err)
	}
	record, err := run.Do(t.Context(), s, plan, run.Options{Dir: t.TempDir(), Header: run.Header(claims, "programs", "test")})
	if err != nil {
		t.Fatal(err)
	}
	if record.Footer.Error != "" {
		t.Fatal(record.Footer.Error)
	}
	results := map[string]reports.Result{}
	for _, r := range record.Results {
		if len(r.Checks) > 0 && r.Verdict != reports.NotClaimed && r.Verdict != reports.NotChecked {
			results[r.Requirement] = r
		}
	}
	return results
}

// verdicts expects the verdicts given, and pass for all others.
func verdicts(t *testing.T, results map[string]reports.Result, want map[string]reports.Verdict) {
	t.Helper()
	if len(results) == 0 {
		t.Fatal("nothing was checked")
	}
	for id, r := range results {
		expected, ok := want[id]
		if !ok {
			expected = reports.Pass
		}
		if r.Verdict == reports.Skipped {
			t.Logf("%s was skipped: %s", id, r.Message)
		} else if r.Verdict != expected {
			t.Errorf("%s: %s, want %s\n%s", id, r.Verdict, expected, check.Explain(r))
		}
	}
	for id := range want {
		if _, ok := results[id]; !ok {
			t.Errorf("%s was not checked", id)
		}
	}
}

func pair(name string) func(string) error {
	return func(dir string) error { return os.CopyFS(dir, fixtures.Pair(name)) }
}

func TestCorrectPairsPass(t *testing.T) {
	for _, name := range []string{"good", "faults"} {
		results := checked(t, pair(name))
		if len(results) != 10 {
			t.Errorf("%s: %d requirements were checked, want all ten", name, len(results))
		}
		verdicts(t, results, nil)
	}
}

func TestBrokenPairFallsShortByName(t *testing.T) {
	results := checked(t, pair("broken"))
	verdicts(t, results, map[string]reports.Verdict{"PROG-LAST": reports.Fail, "PROG-NOLEAK": reports.Leak})
	last := results["PROG-LAST"]
	if !strings.Contains(last.Message, "Missing: the last") {
		t.Errorf("PROG-LAST says %q", last.Message)
	}
	if e := last.Evidence; e == nil || !slices.ContainsFunc(e.Did, func(did string) bool { return strings.Contains(did, "Ctrl-S") }) || len(e.Output) == 0 {
		t.Errorf("PROG-LAST does not report what was done and printed: %+v", e)
	}
}

// scripts is a pair of shell scripts with claims.
func scripts(claims, producer, consumer string) func(string) error {
	return func(dir string) error {
		for name, text := range map[string]string{
			"producer.sh": producer, "consumer.sh": consumer,
			subject.ClaimsFile: `
subject: scripts
programs:
  roles:
    producer: {command: "/bin/sh producer.sh {items}"}
    consumer: {command: "/bin/sh consumer.sh {items}"}
  items: 4
  observe: {produced: '^produced (\S+)$', consumed: '^consumed (\S+)$'}
` + claims,
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o644); err != nil {
				return err
			}
		}
		return nil
	}
}

const (
	producer = `mkfifo fifo 2>/dev/null; exec 9>fifo
i=0; while [ $i -lt $1 ]; do i=$((i+1)); echo "$i" >&9; echo "produced $i"; done`
	consumer = `mkfifo fifo 2>/dev/null
while read x; do echo "consumed $x"; done <fifo`
)

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		name                       string
		claims, producer, consumer string
		requirement                string
		verdict                    reports.Verdict
		says                       string
	}{
		{"another format", "", producer, strings.ReplaceAll(consumer, "consumed", "got"), "PROG-CONTENT", reports.Unobserved, `its first line was "got 1"`},
		{"silence", "", producer, "cat fifo >/dev/null", "PROG-CONTENT", reports.Unobserved, "the consumer printed nothing"},
		{"nothing left for a late consumer", "", `for i in 1 2 3 4; do echo "produced $i"; done; touch over`,
			`sleep 0.1; [ -e over ] || for i in 1 2 3 4; do echo "consumed $i"; done`, "PROG-CONTENT", reports.Fail, "Missing: all 4 items (1, 2, 3, 4)."},
		{"silence is no proof", "", producer, strings.ReplaceAll(consumer, "consumed", "got"), "PROG-ALONE", reports.Unobserved, "no consumed items were observed"},
		{"a crash", "", producer, consumer + "\nkill -SEGV $$", "PROG-RUN", reports.Crash, "the consumer was killed by signal 11"},
		{"a hang", "", producer, consumer + "\nexec 8<>fifo; read x <&8", "PROG-RUN", reports.Timeout, "the consumer is asleep in read("},
		{"a flood", "", producer, "cat fifo >/dev/null; yes", "PROG-RUN", reports.Fail, "printed more than 4 MiB"},
		{"wrong from the first run on", "", producer, strings.ReplaceAll(consumer, "do echo", "do [ $x = 2 ] || echo"), "PROG-AGAIN", reports.Unobserved, "the first run already went wrong"},
		{"nothing arrived", "", producer, "cat fifo >/dev/null; echo consumed", "PROG-AGAIN", reports.Unobserved, "no line of the consumer matches"},
		{"twice", "", producer, strings.ReplaceAll(consumer, "do echo", `do echo "consumed $x"; echo`), "PROG-CONTENT", reports.Fail, "Consumed more than once: 1, 2, 3, 4."},
		{"too few", "", strings.ReplaceAll(producer, "-lt $1", "-lt 3"), consumer, "PROG-CONTENT", reports.Fail, "started for 4 items and produced 3"},
		{"one lost", "", producer, strings.ReplaceAll(consumer, "do echo", "do [ $x = 2 ] || echo"), "PROG-CONTENT", reports.Fail, "Missing: 1 item (2)."},
		{"a daemon", "", producer, consumer + "\nsetsid sleep 1000 &", "PROG-NOLEAK", reports.Leak, "process"},
		{"the same item again and again", "", strings.ReplaceAll(producer, "$i\"", "x\""), consumer, "PROG-ORDER", reports.Unobserved, "look the same"},
		{"a missing interpreter", "", "", "", "PROG-RUN", reports.Fail, ""},
		{"a mechanism that is not used", "  mechanism: {require: [msgget]}", producer, consumer, "PROG-MECHANISM", reports.Fail, "msgget is required but was not called; IPC calls seen:"},
		{"a mechanism that cannot be seen", "  mechanism: {require: [sem_init]}", producer, consumer, "PROG-MECHANISM", reports.Inconclusive, "sem_init makes no system call"},
		{"a mechanism that is used", "  mechanism: {require: [mkfifo], forbid: [socket]}", producer, consumer, "PROG-MECHANISM", reports.Pass, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.producer == "" {
				c.producer, c.consumer = "exec no-such-interpreter", "exit 0"
			}
			r, ok := checked(t, scripts(c.claims, c.producer, c.consumer), c.requirement)[c.requirement]
			if !ok {
				t.Fatalf("%s was not checked", c.requirement)
			}
			if r.Verdict == reports.Skipped {
				t.Skip(r.Message)
			}
			if r.Verdict != c.verdict || !strings.Contains(r.Message, c.says) {
				t.Errorf("%s, want %s with %q\n%s", r.Verdict, c.verdict, c.says, check.Explain(r))
			}
		})
	}
}

// Programs that attack the machine meet the world's limits and its PID namespace,
// and the run still comes to a verdict.
func TestHostilePrograms(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	if !worldtest.New(t, world.Options{}).Isolated() {
		t.Skip("without a PID namespace these programs would reach processes outside of the test")
	}
	for name, attack := range map[string]string{
		"fork bomb": "f() { f | f & }; f; sleep 1",
		"kill all":  "kill -9 -1",
		"orphans":   "for i in 1 2 3 4 5; do setsid sh -c 'trap \"\" INT TERM; while :; do sleep 1; done' & done",
	} {
		r := checked(t, scripts("", producer, attack+"\n"+consumer), "PROG-CONTENT")["PROG-CONTENT"]
		if r.Verdict == reports.KitError || r.Verdict == "" {
			t.Errorf("%s: %s", name, check.Explain(r))
		}
		t.Logf("%s: %s %s, %.1f s", name, r.Verdict, r.Message, r.Seconds)
	}
}

func TestWhatIsNotBuilt(t *testing.T) {
	for _, c := range []struct {
		claims            string
		build, everything reports.Verdict
		says              string
	}{
		{"build: exit 3", reports.Fail, reports.Unobserved, "exit status 3"},
		{"build: PATH=/usr/bin:/bin no-such-compiler -o producer producer.c", reports.Inconclusive, reports.Inconclusive, "this host has no no-such-compiler"},
	} {
		results := checked(t, scripts(c.claims, producer, consumer), "PROG-BUILD", "PROG-RUN", "PROG-CONTENT")
		if r := results["PROG-BUILD"]; r.Verdict != c.build || !strings.Contains(r.Message, c.says) {
			t.Errorf("%s: PROG-BUILD %s: %s", c.claims, r.Verdict, r.Message)
		}
		if r := results["PROG-CONTENT"]; r.Verdict != c.everything {
			t.Errorf("%s: PROG-CONTENT %s: %s", c.claims, r.Verdict, r.Message)
		}
	}
}

func TestAllowedLeftoversMayStay(t *testing.T) {
	write := func(dir string) error {
		if err := os.CopyFS(dir, fixtures.Pair("broken")); err != nil {
			return err
		}
		file := filepath.Join(dir, subject.ClaimsFile)
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return os.WriteFile(file, append(text, "  cleanup: {allow: [/sem.pc_empty, pc_full]}\n"...), 0o644)
	}
	verdicts(t, checked(t, write, "PROG-NOLEAK"), nil)
}

// TestFailedCallComesFirst: a consumer that ignores that its receives fail, and ends,
// leaves a producer that hangs: the call that failed is named first, then how the
// consumer ended, and all that follows from it has one cause.
func TestFailedCallComesFirst(t *testing.T) {
	results := checkedTimes(t, 3, inC(`#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
int main(void)
{
	struct mq_attr a = {.mq_maxmsg = 2, .mq_msgsize = 256};
	char text[64] = "";
	mqd_t q = mq_open("/ipckit-parcels", O_CREAT | O_RDONLY, 0600, &a);
	mq_receive(q, text, sizeof text, NULL);
	if (text[0] != 0)
		printf("received %s\n", text);
	mq_unlink("/ipckit-parcels");
	return 0;
}
`), "PROG-RUN", "PROG-CONTENT")
	const cause = "the consumer's mq_receive of 64 bytes on /ipckit-parcels failed with EMSGSIZE (message too long)"
	for _, id := range []string{"PROG-RUN", "PROG-CONTENT"} {
		r := results[id]
		if r.Verdict != reports.Timeout || !strings.HasPrefix(r.Message, cause+"; the consumer had ended with exit status 0; ") || r.Evidence.Cause != cause {
			t.Errorf("%s: %s", id, check.Explain(r))
		}
	}
}

// inC is a pair in C with a producer that is right, and that hangs if nothing is
// consumed.
func inC(consumer string) func(dir string) error {
	files := map[string]string{
		subject.ClaimsFile: `subject: a-pair
language: C
build: cc -g -o producer producer.c -lrt && cc -g -o consumer consumer.c -lrt
programs:
  roles:
    producer: {command: "./producer {items}"}
    consumer: {command: "./consumer"}
  observe: {produced: '^sent (\S+)$', consumed: '^received (\S+)$'}
`,
		"consumer.c": consumer,
		"producer.c": `#include <fcntl.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
int main(int argc, char **argv)
{
	struct mq_attr a = {.mq_maxmsg = 2, .mq_msgsize = 256};
	mqd_t q = mq_open("/ipckit-parcels", O_CREAT | O_WRONLY, 0600, &a);
	for (int i = 0; argc > 1 && i < atoi(argv[1]); i++) {
		mq_send(q, "m", 2, 0);
		printf("sent m%d\n", i);
	}
	return 0;
}
`,
	}
	return func(dir string) error {
		for name, text := range files {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				return err
			}
		}
		return nil
	}
}

// TestCrashHasItsPlace: a program that crashes is named with its function and line.
func TestCrashHasItsPlace(t *testing.T) {
	results := checkedTimes(t, 3, inC(`#include <stdio.h>
static void consume(char *p) { *p = 1; }
int main(void)
{
	printf("received m0\n");
	consume(NULL);
	return 0;
}
`), "PROG-CONTENT")
	r := results["PROG-CONTENT"]
	if r.Verdict != reports.Crash || !strings.Contains(r.Message, "segmentation fault): consume (consumer.c:2) uses address 0x0: a null pointer; ") ||
		!strings.Contains(r.Evidence.Cause, "consume (consumer.c:2)") {
		t.Errorf("%s", check.Explain(r))
	}
}

// TestBuildIsOneCause: what follows from a failed build has its cause.
func TestBuildIsOneCause(t *testing.T) {
	results := checked(t, inC("int main(void) { return nothing; }"))
	for id, r := range results {
		if r.Verdict != reports.Skipped && (r.Evidence == nil || r.Evidence.Cause != results["PROG-BUILD"].Evidence.Cause) {
			t.Errorf("%s: %s", id, check.Explain(r))
		}
	}
	if r := results["PROG-BUILD"]; r.Verdict != reports.Fail || r.Evidence.Cause == "" || len(results) < 5 {
		t.Errorf("%d results; %s", len(results), check.Explain(r))
	}
}
