package holder

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/message"
)

// starterVariable makes a process in the holder's role a starter. Its value is the
// descriptor from which the starter reads what to become.
const starterVariable = "IPCKIT_STARTER"

// A starter does what must be done between fork and exec and what the Go runtime
// does not do there. The holder cannot set limits on another process without
// CAP_SYS_RESOURCE, nor on itself, so a process of its own sets them on itself
// and then becomes the command.
type starter struct {
	Command   message.Start `json:"command"`
	Resources []resource    `json:"resources"`
	Orphan    bool          `json:"orphan"` // to be killed with the holder: no PID namespace does it
	Holder    int           `json:"holder"`
}

// becomeStarted turns this process into the command. It never returns.
func becomeStarted() {
	runtime.LockOSThread() // capabilities and PR_SET_PDEATHSIG belong to the thread that calls execve
	debug.SetGCPercent(-1)
	fd, err := strconv.Atoi(os.Getenv(starterVariable))
	if err != nil {
		fmt.Fprintf(os.Stderr, "holder: %s=%q: want a descriptor\n", starterVariable, os.Getenv(starterVariable))
		os.Exit(1)
	}
	unix.CloseOnExec(fd)
	socket := os.NewFile(uintptr(fd), "starter")
	var s starter
	if err := json.NewDecoder(socket).Decode(&s); err != nil {
		fmt.Fprintln(os.Stderr, "holder: reading what to become:", err)
		os.Exit(1)
	}
	report := s.become()
	_ = json.NewEncoder(socket).Encode(report)
	os.Exit(1)
}

// become returns only where it fails.
func (s starter) become() *message.Failure {
	if err := unix.Chdir(s.Command.Dir); err != nil {
		return message.Failed("enter the working directory "+s.Command.Dir, err)
	}
	if s.Orphan {
		if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
			return message.Failed("ask to be killed with the holder", err)
		}
		if os.Getppid() != s.Holder {
			os.Exit(1) // it has died already
		}
	}
	for _, r := range s.Resources {
		if err := r.apply(); err != nil {
			return message.Failed(fmt.Sprintf("set resource limit %d to %d", r.Number, r.Soft), err)
		}
	}
	err := syscall.Exec(s.Command.Path, s.Command.Args, s.Command.Env)
	return message.Failed("execute "+s.Command.Path, err)
}
