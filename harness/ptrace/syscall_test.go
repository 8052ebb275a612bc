package ptrace

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestSyscallName(t *testing.T) {
	for number, want := range map[int]string{
		unix.SYS_FUTEX: "futex", unix.SYS_PTRACE: "ptrace",
		unix.SYS_PIDFD_SEND_SIGNAL: "pidfd_send_signal", unix.SYS_FUTEX_WAITV: "futex_waitv", 9999: "syscall 9999",
	} {
		if got := SyscallName(number); got != want {
			t.Errorf("%d: got %s, want %s", number, got, want)
		}
	}
}

func TestGeneratedNamesAreFresh(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command: ", err)
	}
	if out, err := exec.Command(goTool, "list", "-m", "golang.org/x/sys").CombinedOutput(); err != nil {
		t.Skipf("the go command does not find golang.org/x/sys: %v\n%s", err, out)
	}
	dir := t.TempDir()
	if out, err := exec.Command(goTool, "run", "generate.go", dir).CombinedOutput(); err != nil {
		t.Fatalf("generate.go: %v\n%s", err, out)
	}
	made, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(made) == 0 {
		t.Fatalf("generate.go wrote %q (%v)", made, err)
	}
	for _, path := range made {
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := filepath.Base(path)
		if have, err := os.ReadFile(name); err != nil || string(have) != string(want) {
			t.Errorf("%s is out of date (%v): run `go generate ./harness/ptrace`", name, err)
		}
	}
}
