package mechanism

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/ptrace/ptracetest"
	"github.com/ipckit/ipckit/harness/reexec"
)

// filteredRole is a process that may not use ptrace, as in some containers, and
// becomes a tracer.
const filteredRole = "filtered tracer"

func becomeFiltered() {
	err := ptracetest.Forbid()
	if err == nil {
		err = os.Setenv(reexec.RoleVariable, Role)
	}
	if err == nil {
		err = unix.Exec(reexec.Self, os.Args, os.Environ())
	}
	panic(err)
}

func TestHostThatRefusesPtrace(t *testing.T) {
	exe, argv, env := Command("/bin/sh", []string{"sh", "-c", "echo it ran"})
	env = append(env, reexec.RoleVariable+"="+filteredRole) // the last one counts
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = read.Close() }()
	var stdout strings.Builder
	cmd := &exec.Cmd{Path: exe, Args: argv, Env: append(os.Environ(), env...), Stdout: &stdout, Stderr: os.Stderr, ExtraFiles: []*os.File{write}}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = write.Close()
	var facts []Fact
	if err := Read(read, func(f Fact) { facts = append(facts, f) }); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait()
	if len(facts) != 1 || !strings.HasPrefix(facts[0].Refused, "ptrace(") {
		t.Errorf("facts %+v, want a refusal that names ptrace", facts)
	}
	if stdout.String() != "" || cmd.ProcessState.ExitCode() != refusedStatus {
		t.Errorf("the program printed %q; the tracer ended with %d", stdout.String(), cmd.ProcessState.ExitCode())
	}
}
