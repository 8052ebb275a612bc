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

// stageVariable tells a program that it was started as a post office. Its value
// is a stage, a colon and the directory.
const stageVariable = "MESSAGEPASSING_OFFICE"

const (
	stageFork  = "start" // start the office, then end
	stageServe = "serve" // be the office
)

// self starts the running program again, even where its file was replaced.
const self = "/proc/self/exe"

// listenerFD is where an office finds its listening socket.
const listenerFD = 3

// ServeIfAsked turns this process into a post office if it was started as one,
// and does not return then. Call it first in main, or in TestMain: offices are
// started on demand as another copy of the running program.
func ServeIfAsked() {
	stage, dir, _ := strings.Cut(os.Getenv(stageVariable), ":")
	var err error
	switch stage {
	case stageFork:
		// The client waits for this process and has no child afterwards; the
		// office is handed to init, or to the nearest subreaper.
		err = startStage(self, os.Args[1:], stageServe, directory(dir), os.NewFile(listenerFD, "listener"), nil)
	case stageServe:
		err = serve(listenerFD, directory(dir))
	default:
		return
	}
	// Not os.Exit: the host's exit handlers are none of the office's business,
	// and the race detector's would keep the client waiting for a second.
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		unix.Exit(1)
	}
	unix.Exit(0)
}

// start makes an office for d, if there is none by now. The listening socket
// is made here and handed over, as inetd does: a client that connects before the
// office runs is waiting in the backlog, so nobody has to wait for the start.
func (d directory) start(server []string) error {
	if os.Getenv(stageVariable) != "" {
		return fmt.Errorf("%w: this program was started as a post office and went on as itself; call messagepassing.ServeIfAsked first in main or TestMain", ErrInvalid)
	}
	lock, err := d.hold()
	if err != nil {
		return err
	}
	defer unix.Close(lock)
	if fd, err := d.connect(); err == nil {
		return unix.Close(fd)
	} else if !errors.Is(err, errAbsent) {
		return err
	}
	_ = unix.Unlink(d.socket()) // left by an office that was killed
	listener, err := d.listen()
	if err != nil {
		d.remove()
		return err
	}
	defer listener.Close()
	path, args := self, os.Args[1:]
	if len(server) > 0 {
		path, args = server[0], server[1:]
	}
	if err := startStage(path, args, stageFork, d, listener, (*exec.Cmd).Wait); err != nil {
		d.remove()
		return fmt.Errorf("%w: start a post office: %w", ErrIO, err)
	}
	return nil
}

func (d directory) listen() (*os.File, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, systemError("socket", err)
	}
	if err = unix.Bind(fd, &unix.SockaddrUnix{Name: d.socket()}); err == nil {
		err = unix.Listen(fd, unix.SOMAXCONN)
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, systemError("listen at "+d.socket(), err)
	}
	return os.NewFile(uintptr(fd), d.socket()), nil
}

// startStage runs a program as the given stage, in a session of its own: the
// office survives its clients and their terminal. Input and output are
// /dev/null, since a file kept open would keep its reader waiting.
func startStage(path string, args []string, stage string, d directory, listener *os.File, then func(*exec.Cmd) error) error {
	cmd := &exec.Cmd{
		Path:        path,
		Args:        append([]string{os.Args[0]}, args...),
		Dir:         "/",
		Env:         append(withoutStage(os.Environ()), stageVariable+"="+stage+":"+string(d)),
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
