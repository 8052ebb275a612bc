package messagepassing

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// stageVariable tells a program that it was started as a broker. Its value
// is a stage, a colon and the directory.
const stageVariable = "MESSAGEPASSING_BROKER"

const (
	stageFork  = "start" // start the broker, then end
	stageServe = "serve" // be the broker
)

// self starts the running program again, even where its file was replaced.
const self = "/proc/self/exe"

// listenerFD is where a broker finds its listening socket.
const listenerFD = 3

// ServeIfAsked turns this process into a broker if it was started as one,
// and does not return then. Call it first in main, or in TestMain: brokers are
// started on demand as another copy of the running program.
func ServeIfAsked() {
	stage, dir, _ := strings.Cut(os.Getenv(stageVariable), ":")
	var err error
	switch stage {
	case stageFork:
		// The client waits for this process and has no child afterwards; the
		// broker is handed to init, or to the nearest subreaper.
		err = startStage(self, os.Args[1:], stageServe, socketDir(dir), os.NewFile(listenerFD, "listener"), nil)
	case stageServe:
		err = serve(listenerFD, socketDir(dir))
	default:
		return
	}
	// Not os.Exit: the host's exit handlers are none of the broker's business,
	// and the race detector's would keep the client waiting for a second.
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		unix.Exit(1)
	}
	unix.Exit(0)
}

// start makes a broker for d, if there is none by now. The listening socket
// is made here and handed over, as inetd does: a client that connects before the
// broker runs is waiting in the backlog, so nobody has to wait for the start.
func (dir socketDir) start(server []string) error {
	if os.Getenv(stageVariable) != "" {
		return fmt.Errorf("%w: this program was started as a broker and went on as itself; call messagepassing.ServeIfAsked first in main or TestMain", ErrInvalid)
	}
	lock, err := dir.lockCreating()
	if err != nil {
		return err
	}
	defer unix.Close(lock)
	if fd, err := dir.connect(); err == nil {
		return unix.Close(fd)
	} else if !errors.Is(err, errNoBroker) {
		return err
	}
	_ = unix.Unlink(dir.socket()) // left by a broker that was killed
	listener, err := dir.listen()
	if err != nil {
		dir.remove()
		return err
	}
	defer listener.Close()
	path, args := self, os.Args[1:]
	if len(server) > 0 {
		path, args = server[0], server[1:]
	}
	if err := startStage(path, args, stageFork, dir, listener, (*exec.Cmd).Wait); err != nil {
		dir.remove()
		return fmt.Errorf("%w: start a broker: %w", ErrIO, err)
	}
	return nil
}

func (dir socketDir) listen() (*os.File, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, systemError("socket", err)
	}
	if err = unix.Bind(fd, &unix.SockaddrUnix{Name: dir.socket()}); err == nil {
		err = unix.Listen(fd, unix.SOMAXCONN)
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, systemError("listen at "+dir.socket(), err)
	}
	return os.NewFile(uintptr(fd), dir.socket()), nil
}

// startStage runs a program as the given stage, in a session of its own: the
// broker survives its clients and their terminal. Input and output are
// /dev/null, since a file kept open would keep its reader waiting.
func startStage(path string, args []string, stage string, dir socketDir, listener *os.File, then func(*exec.Cmd) error) error {
	cmd := &exec.Cmd{
		Path:        path,
		Args:        append([]string{os.Args[0]}, args...),
		Dir:         "/",
		Env:         append(withoutStage(os.Environ()), stageVariable+"="+stage+":"+string(dir)),
		ExtraFiles:  []*os.File{listener},
		SysProcAttr: &syscall.SysProcAttr{Setsid: stage == stageFork},
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	if then == nil {
		return cmd.Process.Release()
	}
	return then(cmd)
}

func withoutStage(env []string) []string {
	return slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, stageVariable+"=") })
}
