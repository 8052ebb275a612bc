package puppet

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/reexec"
)

// die ends the process by a signal, past Go's own handler.
func die(s unix.Signal) {
	var standard [4]uint64 // struct sigaction of the kernel: SIG_DFL, no flags, no mask
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(s), uintptr(unsafe.Pointer(&standard)), 0, 8, 0, 0)
	_ = unix.Kill(os.Getpid(), s)
	time.Sleep(time.Minute)
}

// print writes a line where a printf would go. Go's host moves standard output
// out of the way, which an adapter in C does not.
func (p *puppet) print() {
	const text = "debug: item = 42\n"
	if os.Getenv(protocol.ControlVariable) == "stdio" {
		_, _ = p.out.WriteString(text)
	} else {
		fmt.Print(text)
	}
}

// daemon starts a process that outlives this one and holds its channels open.
func (p *puppet) daemon() {
	path, args, env := reexec.Args(Role)
	environment := agent.With(os.Environ(), behaviourVariable+"="+string(daemonSelf)+"@")
	for _, variable := range env {
		environment = agent.With(environment, variable)
	}
	c := &exec.Cmd{
		Path: path, Args: args, Env: environment,
		Stdout: os.Stdout, Stderr: os.Stderr, ExtraFiles: []*os.File{p.in, p.out},
		SysProcAttr: &syscall.SysProcAttr{Setsid: true},
	}
	if err := c.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "puppet: no daemon:", err)
		os.Exit(4)
	}
	_ = c.Process.Release()
}

// killAll sends SIGKILL to every process that it may, where none of them is outside
// the world. It does not reach the caller.
func killAll() {
	if !contained() {
		fmt.Fprintln(os.Stderr, "puppet: kill(-1) would reach processes outside this world, so it is not done")
		os.Exit(4)
	}
	_ = unix.Kill(-1, unix.SIGKILL)
}

// fillShm writes files into /dev/shm until nothing more fits.
func fillShm() {
	chunk := bytes.Repeat([]byte{0x55}, 1<<20)
	f, err := os.OpenFile(filepath.Join(directory, "puppet-fill-"+os.Getenv("IPCKIT_WORLD")), os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return
	}
	defer f.Close()
	for range 256 {
		if _, err := f.Write(chunk); err != nil {
			return
		}
	}
}

func printGigabyte() {
	chunk := bytes.Repeat([]byte("All work and no play makes Jack a dull boy.\n"), 1<<20/44)
	for range 1 << 10 {
		_, _ = os.Stdout.Write(chunk)
	}
}
