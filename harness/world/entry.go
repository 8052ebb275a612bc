package world

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// entryVariable tells a process in the holder's role that it is on its way to
// become a command, and on which descriptor it learns which.
const entryVariable = "IPCKIT_ENTRY"

// An entry is what happens between fork and exec beyond what the Go runtime
// does there. The holder cannot set these limits on another process without
// CAP_SYS_RESOURCE, nor on itself, so a process of its own sets them on itself
// and then becomes the command.
type entry struct {
	Command   start      `json:"command"`
	Resources []resource `json:"resources"`
	Orphan    bool       `json:"orphan"` // to be killed with the holder: no PID namespace does it
	Holder    int        `json:"holder"`
}

// enter turns this process into the command. It never returns.
func enter() {
	runtime.LockOSThread() // capabilities and PR_SET_PDEATHSIG belong to the thread that calls execve
	debug.SetGCPercent(-1)
	fd, err := strconv.Atoi(os.Getenv(entryVariable))
	if err != nil {
		fmt.Fprintf(os.Stderr, "holder: %s=%q: want a descriptor\n", entryVariable, os.Getenv(entryVariable))
		os.Exit(1)
	}
	unix.CloseOnExec(fd)
	socket := os.NewFile(uintptr(fd), "entry")
	var e entry
	if err := json.NewDecoder(socket).Decode(&e); err != nil {
		fmt.Fprintln(os.Stderr, "holder: reading what to become:", err)
		os.Exit(1)
	}
	report := e.become()
	_ = json.NewEncoder(socket).Encode(report)
	os.Exit(1)
}

// become returns only where it fails.
func (e entry) become() *failure {
	if err := unix.Chdir(e.Command.Dir); err != nil {
		return failed("enter the working directory "+e.Command.Dir, err)
	}
	if e.Orphan {
		if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
			return failed("ask to be killed with the holder", err)
		}
		if os.Getppid() != e.Holder {
			os.Exit(1) // it has died already
		}
	}
	if err := dropCapabilities(); err != nil {
		return failed("give up capabilities", err)
	}
	for _, r := range e.Resources {
		if err := r.apply(); err != nil {
			return failed(fmt.Sprintf("set resource limit %d to %d", r.Number, r.Soft), err)
		}
	}
	err := syscall.Exec(e.Command.Path, e.Command.Args, e.Command.Env)
	return failed("execute "+e.Command.Path, err)
}

// dropCapabilities gives up what an ordinary user's holder passes on to survive
// its own exec. Root's capabilities are not passed on in this way, and stay.
func dropCapabilities() error {
	if os.Geteuid() == 0 {
		return nil
	}
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil && err != unix.EINVAL {
		return err
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var none [2]unix.CapUserData
	return unix.Capset(&header, &none[0])
}
