package run

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/ipckit/ipckit/harness/reexec"
)

// grace is how long an interrupted runner has to end its worlds.
const grace = 10 * time.Second

// follow starts a runner and takes its events until it ends. It runs what it
// takes from the queue, or all checks of the plan where there is none.
func (i *intake) follow(ctx context.Context, p Plan, queue *os.File) error {
	planOut, planIn, err := os.Pipe()
	if err != nil {
		return err
	}
	defer planIn.Close()
	eventsOut, eventsIn, err := os.Pipe()
	if err != nil {
		return err
	}
	defer eventsOut.Close()
	log, err := os.CreateTemp("", "ipckit-runner-*.log")
	if err != nil {
		return err
	}
	defer log.Close()
	if err := os.Remove(log.Name()); err != nil { // by descriptor from here on: nothing is left, whatever is killed
		return err
	}

	file, args, env := reexec.Args(Role)
	cmd := exec.Command(file)
	cmd.Args = args
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.ExtraFiles = []*os.File{planOut, eventsIn}
	if queue != nil {
		cmd.ExtraFiles = append(cmd.ExtraFiles, queue)
		p.Queued = true
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C reaches it through the supervisor, once
	err = cmd.Start()
	planOut.Close()
	eventsIn.Close()
	if err != nil {
		return fmt.Errorf("the runner could not be started: %w", err)
	}
	stop := context.AfterFunc(ctx, func() {
		_ = cmd.Process.Signal(syscall.SIGINT)
		time.AfterFunc(grace, func() { _ = cmd.Process.Kill() })
	})
	defer stop()
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if _, err := planIn.Write(append(text, '\n')); err != nil {
		_ = cmd.Process.Kill()
	}
	ended, runErr := i.listen(eventsOut)
	waitErr := cmd.Wait()
	if ended && waitErr == nil {
		return nil
	}
	if runErr == nil {
		runErr = waitErr
	}
	if runErr == nil {
		runErr = errors.New("it ended without saying so")
	}
	return fmt.Errorf("the runner failed, which is the kit's own fault: %w%s", runErr, tail(log))
}

// listen takes events until no process can send any more. ended reports whether
// the runner came to its end, err what it says went wrong.
func (i *intake) listen(r io.Reader) (ended bool, err error) {
	in := bufio.NewReader(r)
	for {
		line, readErr := in.ReadBytes('\n')
		if readErr != nil {
			return ended, err
		}
		var e event
		if json.Unmarshal(line, &e) != nil {
			continue
		}
		switch {
		case e.Ended:
			ended = true
		case e.Error != "":
			err = errors.New(e.Error)
		default:
			i.take(e)
		}
	}
}

// tail gives the end of the runner's output.
func tail(log *os.File) string {
	const most = 4000
	info, err := log.Stat()
	if err != nil {
		return ""
	}
	text, err := io.ReadAll(io.NewSectionReader(log, max(info.Size()-most, 0), most))
	if err != nil || len(text) == 0 {
		return ""
	}
	return "\nits last output:\n" + strings.TrimSpace(string(text))
}
