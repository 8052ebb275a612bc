package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/reports"
)

func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestBadUsage: what is wrong with a command line or a claims file is named,
// and the exit status is 3.
func TestBadUsage(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	typo := write(t, dir, "typo.yaml", "subject: x\nprofilse:\n  region: {}\n")
	script := write(t, dir, "agent.yaml", "subject: x\nagent: ./nothing\nprofiles:\n  region: {}\n")
	escapes := write(t, dir, "escapes.yaml", "subject: \"\\e[31mx\"\nagent: ./nothing\nprofiles:\n  region: {}\n")
	misspelt := write(t, dir, "misspelt.yaml", "subject: x\nagent: ./nothing\nprofiles:\n  region: {}\nextended: [REG-PRIVAT]\n")
	for _, x := range []struct {
		name string
		args []string
		say  []string
	}{
		{"name of escapes", []string{"check", escapes}, []string{`\x1b[31mx`}},
		{"claim misspelt", []string{"check", misspelt}, []string{"misspelt.yaml:5", "REG-PRIVATE?"}},
		{"missing path", []string{"check", filepath.Join(dir, "nowhere")}, []string{"nowhere", "no such file"}},
		{"unknown built-in", []string{"check", "refrence"}, []string{"refrence", "did you mean reference?"}},
		{"unknown key", []string{"check", typo}, []string{"typo.yaml:2", "profilse", "profiles"}},
		{"missing executable", []string{"check", script}, []string{"nothing"}},
		{"empty selection", []string{"check", "reference", "--only", "PROG"}, []string{"PROG"}},
		{"no such requirement", []string{"check", "reference", "--only", "BUF-FIFFO"}, []string{"BUF-FIFFO", "BUF-FIFO"}},
		{"unknown flag", []string{"check", "--onyl", "BUF"}, []string{"onyl", "did you mean --only?", "--help"}},
		{"misspelt directory", []string{"check", "../../../impl/c/exampel"}, []string{"did you mean ../../../impl/c/example "}},
		{"two subjects", []string{"check", "pipe", "sysv"}, []string{"one SUBJECT", "pipe, sysv"}},
		{"unknown command", []string{"chekc"}, []string{"chekc"}},
		{"help for nothing", []string{"help", "chekc"}, []string{"chekc", "did you mean check?"}},
		{"no such topic", []string{"help", "clams"}, []string{"clams", "did you mean claims?"}},
		{"two topics", []string{"help", "claims", "races"}, []string{"claims races"}},
		{"new for an exam", []string{"new", "ci", dir, "--for", "exam"}, []string{"exam", "library", "course"}},
		{"new for a skeleton", []string{"new", "go", filepath.Join(dir, "g"), "--for", "course"}, []string{"--for"}},
		{"completion for no shell", []string{"completion", "klingon"}, []string{"klingon", "bash"}},
		{"nothing named", []string{"check", "--only", ""}, []string{"--only"}},
		{"no kind named", []string{"check", "--kinds", ""}, []string{"--kinds", "behaviour"}},
		{"unknown format", []string{"check", "--format", "pdf"}, []string{"pdf", "html"}},
		{"no record", []string{"report", filepath.Join(dir, "none.jsonl")}, []string{"none.jsonl"}},
		{"not a record", []string{"report", typo}, []string{"typo.yaml", "1"}},
		{"output in no directory", []string{"report", "../../../reports/testdata/sample.jsonl", "--format", "html", "--out", filepath.Join(dir, "none", "x.html")}, []string{"--out", "none"}},
		{"explain nothing", []string{"explain", "BUF-FIFFO"}, []string{"BUF-FIFO"}},
		{"new without arguments", []string{"new"}, []string{"new needs KIND and DIR", "ipckit new c mybuffer"}},
		{"explain without an id", []string{"explain"}, []string{"explain needs an id", "ipckit explain BUF-"}},
		{"new over something", []string{"new", "c", dir}, []string{"not empty"}},
		{"output is a file", []string{"check", "reference", "--only", "REG-EXISTS", "--out", typo}, []string{"typo.yaml"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			ipckit(t, x.args...).expect(t, reports.ExitUsage, x.say...)
		})
	}
}

// TestRecord: what a check writes can be read again, and ends with a footer.
func TestRecord(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "report")
	ipckit(t, "check", "reference", "--only", "REG-EXISTS", "--out", out).expect(t, reports.ExitPass, "report.html", "report.jsonl")
	for _, name := range []string{"report.html", "report.md", "report.json", "junit.xml"} {
		if info, err := os.Stat(filepath.Join(out, name)); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
	}
	text, err := os.ReadFile(filepath.Join(out, "report.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if !strings.Contains(lines[0], `"header"`) || !strings.Contains(lines[len(lines)-1], `"footer"`) {
		t.Errorf("the record does not begin with a header and end with a footer:\n%s", text)
	}
	if !strings.Contains(string(text), `"requirement":"REG-EXISTS"`) || !strings.Contains(string(text), `"verdict":"pass"`) {
		t.Errorf("the record does not say that REG-EXISTS passed:\n%s", text)
	}
	ipckit(t, "report", out).expect(t, reports.ExitPass, "core")
	ipckit(t, "diff", out, out).expect(t, reports.ExitPass, "No requirement changed")

	// Without its footer the same record is of a run that did not end.
	cut := write(t, t.TempDir(), "cut.jsonl", strings.Join(lines[:len(lines)-1], "\n")+"\n")
	if o := ipckit(t, "report", cut); o.status == reports.ExitPass {
		t.Errorf("a record without a footer counts as a pass:\n%s", o.out)
	}
}

// TestInterrupt: Ctrl-C ends everything, says so, and leaves nothing.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	c := prepare(t, "check", "puppet:block@buffer.get", "--only", "BUF-FIFO", "--patience", "1m")
	o := interrupt(t, c, syscall.SIGINT, time.Second)
	o.expect(t, reports.ExitInterrupted)
	if strings.Contains(o.out, "requirements hold;") {
		t.Errorf("an interrupted run speaks as if it had decided something:\n%s", o.out)
	}
}

// TestInterruptEarly: an interruption while the kit builds, or looks at the adapter,
// is reported as that, and as no fault of the subject or the kit.
func TestInterruptEarly(t *testing.T) {
	t.Parallel()
	slow := t.TempDir()
	write(t, slow, "ipckit.yaml", "subject: slow\nagent: ./agent\nbuild: sleep 100\nprofiles:\n  region: {}\n")
	write(t, slow, "agent", "#!/bin/sh\n")
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		for _, args := range [][]string{{"check", slow}, {"smoke", "puppet:silent@hello"}} {
			t.Run(args[0]+" "+signal.String(), func(t *testing.T) {
				t.Parallel()
				interrupt(t, prepare(t, args...), signal, 0).expect(t, reports.ExitInterrupted, "interrupted")
			})
		}
	}
}

// TestNoTemporaryDirectory: the caller has to name one, and the message says how.
func TestNoTemporaryDirectory(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"check", "reference", "--only", "REG-EXISTS"}, {"smoke", "reference"}, {"mutants", "--only", "REG-EXISTS"},
		{"explore", "reference"}, {"stress", "reference"}, {"sanitize", "../../../impl/c/example"},
	} {
		c := prepare(t, args...)
		none := filepath.Join(t.TempDir(), "none")
		c.Env = append(c.Env, "TMPDIR="+none)
		finish(t, c).expect(t, reports.ExitUsage, none, "TMPDIR")
	}
}

// TestFewProcesses: where the host allows too few processes, subjects are not blamed.
func TestFewProcesses(t *testing.T) {
	t.Parallel()
	c := prepare(t, "check", "reference", "--only", "SEM-TRY")
	c.Env = append(c.Env, fewTasks+"=40")
	finish(t, c).expect(t, reports.ExitUsage, "40 processes", "ulimit -u")
}

// TestNoRoom: what could not be written is no fault of the kit's.
func TestNoRoom(t *testing.T) {
	t.Parallel()
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	defer full.Close()
	for _, args := range [][]string{
		{"check", "reference", "--only", "REG-EXISTS"}, {"list"}, {"explain", "BUF-DRAIN"}, {"--help"}, {"check", "--help"}, {"--version"},
	} {
		c := prepare(t, args...)
		said := new(bytes.Buffer)
		c.Stdout, c.Stderr = full, said
		if err := c.Run(); c.ProcessState.ExitCode() != reports.ExitUsage || strings.Count(said.String(), syscall.ENOSPC.Error()) != 1 {
			t.Errorf("%s: %v: %s", strings.Join(args, " "), err, said)
		}
	}
}

// TestNoCompiler: the absence of a C compiler is said, not suffered.
func TestNoCompiler(t *testing.T) {
	t.Parallel()
	c := prepare(t, "check", "../../../impl/c/example", "--only", "REG-EXISTS")
	c.Env = append(c.Env, "PATH="+t.TempDir(), "CC=")
	finish(t, c).expect(t, reports.ExitUsage, "compiler")
}

// TestWithoutNamespaces: the kit does without, and the banner says so.
func TestWithoutNamespaces(t *testing.T) {
	t.Parallel()
	c := prepare(t, "check", "reference", "--only", "REG-EXISTS,BUF-FIFO")
	c.Env = append(c.Env, "IPCKIT_ISOLATION=none")
	finish(t, c).expect(t, reports.ExitPass, "namespace")
}

// TestNew: what new writes builds, fails with helpful text, or passes.
func TestNew(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("cc"); err != nil {
		t.Skip("no C compiler")
	}
	dir := t.TempDir()
	ipckit(t, "new", "c", filepath.Join(dir, "c")).expect(t, reports.ExitPass, "ipckit check")
	ipckit(t, "check", filepath.Join(dir, "c"), "--only", "BUF-FIFO,BUF-WAKE").expect(t, reports.ExitFail, "not written yet")
	ipckit(t, "new", "programs", filepath.Join(dir, "p")).expect(t, reports.ExitPass, "ipckit check")
	ipckit(t, "check", filepath.Join(dir, "p")).expect(t, reports.ExitPass)
	ipckit(t, "new", "go", filepath.Join(dir, "g")).expect(t, reports.ExitPass, "go test")
}

// TestNewGoRequiresThisVersion: the module that new writes requires the kit that
// wrote it.
func TestNewGoRequiresThisVersion(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "g")
	ipckit(t, "new", "go", dir).expect(t, reports.ExitPass, "go mod edit -replace")
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	if want := "require github.com/ipckit/ipckit v" + run.Version + "\n"; !strings.Contains(string(text), want) {
		t.Errorf("got %q, want it to contain %q", text, want)
	}
}

// TestUncheckedClaims: a claim that nothing checks is refused, with its line,
// its key and what is missing.
func TestUncheckedClaims(t *testing.T) {
	shipped, err := os.ReadFile("../../../impl/c/example/ipckit.yaml")
	if err != nil {
		t.Fatal(err)
	}
	without, _, ok := strings.Cut(string(shipped), "extended:")
	if !ok {
		t.Fatal("the example has no key extended")
	}
	line := func(text string) string { return fmt.Sprintf("ipckit.yaml:%d: ", strings.Count(text, "\n")+1) }
	for _, x := range []struct {
		name, before, add string
		say               []string
	}{
		{"baseline", string(shipped), "performance: [{requirement: PERF-THROUGHPUT, at_least: 1000, against: limit.lien}]",
			[]string{"performance[0].against", "limit.lien", "did you mean limit.lines?", "since ipckit 0.2"}},
		{"baseline of what is checked", string(shipped), "performance: [{requirement: COOP-SPEEDUP, at_least: 1, against: seriel}]",
			[]string{"performance[0].against", "seriel", "did you mean serial?", "since ipckit 0.2"}},
		{"requirement", without, "extended: [SBX-READ]", []string{"extended[0]", "no check for SBX-READ"}},
		{"condition", strings.Replace(without, "unbounded: true", "unbounded: false", 1), "extended: [CAP-UNBOUNDED]", []string{"extended[0]", "CAP-UNBOUNDED needs unbounded: true"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			write(t, dir, "ipckit.yaml", x.before+x.add+"\n")
			ipckit(t, "check", dir).expect(t, reports.ExitUsage, append(x.say, line(x.before))...)
		})
	}
	ipckit(t, "explain", "SBX-READ").expect(t, reports.ExitPass, "SBX-READ", "no check")
}
