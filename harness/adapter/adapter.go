// Package adapter makes a subject that is described by a claims file into
// something that can be started: it compiles C functions together with the
// kit's shim, runs a build command, or finds an executable.
//
// What it handles comes from strangers. The subject's directory is copied, so
// that it stays as it was and may lie where the subject's user cannot go;
// compilers and build commands run in a world of their own, unprivileged,
// without network and within limits; and only regular files come back out.
package adapter

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/temporary"
	"github.com/ipckit/ipckit/harness/world"
)

// Files are the kit's own files for C and Python, which the harness does not
// have: it imports no implementation.
type Files struct {
	// FS holds ipckit.h and the directories shim, whose source is
	// shim/ipckit_shim.c, and threads, of threads/ipckit_threads.c.
	FS fs.FS

	// Python holds ipckit.py; nil where subjects bring their own.
	Python fs.FS

	// Shims keeps the shim between the builds of one process; nil: each build
	// compiles it.
	Shims *Shims
}

// An Adapter is a subject outside the kit's binary.
type Adapter struct {
	Claims subject.Claims // as read; not yet checked or normalised
	Dir    string         // that of the claims file, absolute

	files    Files
	limits   limits
	built    *temporary.Dir // where product is, until Close
	product  string         // what was built, readable by every user; "" before
	programs string
}

// Load reads the claims of a subject: path is a claims file or a directory that
// holds one. Nothing is built or executed yet. Errors name file, line and word.
func Load(path string, f Files) (*Adapter, error) {
	claims, err := subject.ReadClaims(path)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		dir = filepath.Dir(dir)
	}
	return &Adapter{Claims: claims, Dir: dir, files: f, limits: defaultLimits}, nil
}

// Way says in words how the kit reaches the subject.
func (a *Adapter) Way() string {
	switch {
	case a.Claims.C != nil:
		return "C functions behind ipckit.h"
	case a.Claims.Programs != nil:
		return "unmodified programs"
	}
	return "executable agent"
}

// Build builds the subject and says how to start an agent of it; for unmodified
// programs the launcher is empty, see [Adapter.Programs]. It may be called once.
//
// An error that is a *BuildError is the subject's own, or says what this host
// lacks; any other is the kit's.
func (a *Adapter) Build(ctx context.Context) (agent.Launcher, error) {
	if a.product != "" {
		return agent.Launcher{}, errors.New("adapter: Build was called twice")
	}
	if err := a.makeProduct(); err != nil {
		return agent.Launcher{}, err
	}
	if a.Claims.C == nil && a.Claims.Build == "" {
		if err := a.take(a.Dir, nobody); err != nil {
			return agent.Launcher{}, err
		}
	} else if err := a.build(ctx, a.agent); err != nil {
		return agent.Launcher{}, err
	}
	l := agent.Launcher{Name: a.Claims.Subject, Env: environment(), Stdio: a.Claims.Control == "stdio"}
	switch {
	case a.Claims.Programs != nil:
		a.programs = a.product
		return agent.Launcher{}, nil
	case a.Claims.C != nil:
		l.Path = filepath.Join(a.product, agentName)
		return l, nil
	}
	args, err := a.command()
	if err != nil {
		return agent.Launcher{}, err
	}
	l.Path, l.Args, l.Dir = args[0], args, a.product
	if l.Env, err = a.placePython(l.Env); err != nil {
		return agent.Launcher{}, err
	}
	return l, nil
}

// Programs is the directory of the built programs, where these are the subject.
// Every user can read it; it is copied before they are run.
func (a *Adapter) Programs() string { return a.programs }

// Close removes what was built. It may be called again.
func (a *Adapter) Close() error {
	if a.built == nil {
		return nil
	}
	err := a.built.Close()
	a.built = nil
	return err
}

// makeProduct makes the directory for what is built. It is the kit's own: the
// subject can read and execute what is in it, whatever user it runs as.
func (a *Adapter) makeProduct() error {
	built, err := temporary.New(temporary.Built)
	if err != nil {
		return err
	}
	a.built, a.product = built, built.Path
	dir := built.Path
	var system unix.Statfs_t
	if err := unix.Statfs(dir, &system); err == nil && system.Flags&unix.ST_NOEXEC != 0 {
		return fmt.Errorf("nothing can be executed in %s, which is mounted noexec: set TMPDIR to another directory", filepath.Dir(dir))
	}
	return os.Chmod(dir, 0o755)
}

// build runs the build in a world; finish takes its result out of it.
func (a *Adapter) build(ctx context.Context, finish func(context.Context, *builder) error) error {
	return a.inWorld(ctx, func(b *builder) error {
		if err := b.copySubject(); err != nil {
			return err
		}
		if a.Claims.C != nil {
			if err := b.placeKit(); err != nil {
				return err
			}
		}
		if command := a.Claims.Build; command != "" {
			if err := b.run(ctx, command, []string{"/bin/sh", "-c", command}); err != nil {
				return err
			}
		}
		return finish(ctx, b)
	})
}

// inWorld lets work build in an empty directory of a world of its own.
func (a *Adapter) inWorld(ctx context.Context, work func(*builder) error) (err error) {
	w, err := world.New(ctx, world.Options{Limits: a.limits.Limits})
	if err != nil {
		return fmt.Errorf("a world for the build of %s: %w", a.Claims.Subject, err)
	}
	defer func() {
		if closeErr := w.Close(); err == nil {
			err = closeErr
		}
	}()
	b, err := newBuilder(a, w)
	if err != nil {
		return err
	}
	return work(b)
}

// agent makes what an agent is started from.
func (a *Adapter) agent(ctx context.Context, b *builder) error {
	if a.Claims.C != nil {
		return b.compile(ctx)
	}
	return a.take(b.dir, b.world.User())
}

// take copies a directory to where it is executed from.
func (a *Adapter) take(dir string, owner int) error {
	c := &copier{to: a.product, limits: a.limits, only: owner, give: nobody}
	if err := c.copy(dir); err != nil {
		return &BuildError{Subject: a.Claims.Subject, Reason: err.Error()}
	}
	return nil
}
