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

// stageVariable is set in the environment of a program that is started as a
// broker. Its value is a stage, a colon and the socket directory.
const stageVariable = "MESSAGEPASSING_BROKER"

const (
	stageFork  = "start" // start the broker process and exit
	stageServe = "serve" // become the broker
)

// self is the running program, even if its file was replaced since.
const self = "/proc/self/exe"

// listenerFD is the descriptor on which a broker inherits its listening socket.
const listenerFD = 3

// ServeIfAsked turns this process into a broker if it was started as one, and
// does not return in that case. Call it first in main, and in TestMain: brokers
// are started on demand as another copy of the running program.
func ServeIfAsked() {
	stage, dir, _ := strings.Cut(os.Getenv(stageVariable), ":")
	var err error
	switch stage {
	case stageFork:
		// Started through an intermediate process, so that the client is left
		// without a child: init, or the nearest subreaper, adopts the broker.
		err = startStage(self, os.Args[1:], stageServe, socketDir(dir), os.NewFile(listenerFD, "listener"), nil)
	case stageServe:
		err = serve(listenerFD, socketDir(dir))
	default:
		return
	}
	// Not os.Exit: it would run the program's exit handlers, and the race
	// detector's would delay the client by a second.
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		unix.Exit(1)
	}
	unix.Exit(0)
}

// start starts the broker of dir unless there is one by now. The listening
// socket is created here and inherited by the broker, as inetd does it: a client
// that connects before the broker runs waits in the backlog, so no client has to
// poll for the start.
func (dir socketDir) start(server []string) error {
	if os.Getenv(stageVariable) != "" {
		return fmt.Errorf("%w: this program was started as a broker but did not become one; call messagepassing.ServeIfAsked first in main or TestMain", ErrInvalid)
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
	_ = unix.Unlink(dir.socket()) // left behind by a killed broker
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

// startStage runs a program in the given stage. The intermediate stage opens a
// session of its own, so that the broker survives its clients and their
// terminal. Standard input and output are /dev/null: an inherited pipe would
// never reach its end of file.
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
