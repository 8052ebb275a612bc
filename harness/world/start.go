package world

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/world/message"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// Start starts a process in the world. It returns when the process executes the
// command; an error says why it does not, in terms of the command. The context
// bounds the start, not the life of the process.
func (w *World) Start(ctx context.Context, c Command) (*Process, error) {
	if c.Name == "" {
		c.Name = filepath.Base(c.Path)
	}
	if w.late.Load() {
		return nil, fmt.Errorf("start %s: the world's time limit of %v is over", c.Name, w.setup.Limits.Wall)
	}
	s, fds, err := w.prepare(c)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", c.Name, err)
	}
	a, err := w.holder.call(ctx, message.Request{Op: message.OpStart, Start: s}, fds...)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w%s", c.Name, err, w.obstacle(err, s))
	}
	if c.OutputLimit > 0 {
		var outputs []*os.File
		for _, f := range []*os.File{c.Stdout, c.Stderr} {
			if f != nil && (len(outputs) == 0 || outputs[0] != f) {
				outputs = append(outputs, f)
			}
		}
		go a.process.watchOutput(c.OutputLimit, outputs)
	}
	return a.process, nil
}

// prepare makes a command independent of the kit's own state.
func (w *World) prepare(c Command) (*message.Start, []int, error) {
	path := c.Path
	if !strings.Contains(path, "/") {
		found, err := exec.LookPath(path)
		if err != nil {
			return nil, nil, err
		}
		path = found
	}
	s := &message.Start{
		Name: c.Name, Path: path, Args: c.Args, Dir: c.Dir, Far: c.Far, Slack: c.Slack, User: w.uid(c.User), Others: w.others(),
		Env: reexec.Environment(c.Env, CookieVariable+"="+w.id, "TMPDIR="+w.dir),
	}
	if s.Dir == "" {
		s.Dir = w.dir
	}
	if len(s.Args) == 0 {
		s.Args = []string{c.Path}
	}
	var fds []int
	for _, f := range append([]*os.File{c.Stdin, c.Stdout, c.Stderr}, c.Files...) {
		if f == nil {
			s.Files = append(s.Files, -1)
			continue
		}
		var fd int
		if err := control(f, func(n int) { fd = n }); err != nil {
			return nil, nil, fmt.Errorf("pass %s on: %w", f.Name(), err)
		}
		s.Files = append(s.Files, len(fds))
		fds = append(fds, fd)
	}
	if len(fds) > message.MaxFiles {
		return nil, nil, fmt.Errorf("%d descriptors are to be passed on, at most %d can be", len(fds), message.MaxFiles)
	}
	return s, fds, nil
}

// uid is what Command.User means; -1 is the holder's own.
func (w *World) uid(wanted int) int {
	switch {
	case wanted == KitUser || !w.setup.Drop:
		return -1
	case wanted > 0:
		return wanted
	}
	return w.setup.User
}

// others is how many tasks RLIMIT_NPROC counts that are not of the world's
// processes.
func (w *World) others() int {
	switch {
	case w.setup.Limits.Processes == 0 || w.setup.OwnedUser:
		return 0
	case w.isolated && proc.NeedsUserNamespace():
		return holderTasks // counted by user namespace, which only the holder shares
	}
	return tasksOf(w.setup.User)
}

// obstacle adds to a permission error what stands in the way.
func (w *World) obstacle(err error, s *message.Start) string {
	if !errors.Is(err, unix.EACCES) || s.User < 0 {
		return ""
	}
	path := s.Path
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.Dir, path)
	}
	if closed := untraversable(path, s.User); closed != "" {
		return fmt.Sprintf(": the world's processes run under uid %d, to which %s is closed; open it to others (chmod o+x), or move what is below", s.User, closed)
	}
	return ""
}

// untraversable is the first directory on the way to a path that a uid may not
// enter, as far as permission bits say; "" where there is none.
func untraversable(path string, uid int) string {
	dir := "/"
	for _, name := range strings.Split(strings.Trim(filepath.Dir(path), "/"), "/") {
		dir = filepath.Join(dir, name)
		info, err := os.Stat(dir)
		if err != nil {
			return ""
		}
		stat, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return ""
		}
		owner := int(stat.Uid) == uid && stat.Mode&0o100 != 0
		if !owner && stat.Mode&0o001 == 0 {
			return dir
		}
	}
	return ""
}

// Processes are the live processes of the world, those included that its
// processes started; none where the world has ended.
func (w *World) Processes() []*Process {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	a, err := w.holder.call(ctx, message.Request{Op: message.OpList})
	if err != nil || len(a.fds) != len(a.Live) {
		message.CloseAll(a.fds)
		return nil
	}
	started := w.holder.live()
	var all []*Process
	for i, found := range a.Live {
		if p := started[found.Started]; p != nil {
			unix.Close(a.fds[i])
			all = append(all, p)
			continue
		}
		p := newProcess(w, 0, found.Name, found.PID, a.fds[i])
		go p.watchEnd()
		all = append(all, p)
	}
	return all
}
