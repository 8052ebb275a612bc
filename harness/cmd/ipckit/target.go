package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"github.com/ipckit/ipckit/harness/adapter"
	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/nearest"
	"github.com/ipckit/ipckit/harness/puppet"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/temporary"
	"github.com/ipckit/ipckit/impl/c"
	"github.com/ipckit/ipckit/impl/faults"
	"github.com/ipckit/ipckit/impl/kernel"
	"github.com/ipckit/ipckit/impl/python"
	"github.com/ipckit/ipckit/impl/reference"
	"github.com/ipckit/ipckit/suites"
)

// builtIns are the subjects that this binary hosts itself.
var builtIns = map[string]struct {
	about string
	make  func() subject.Subject
}{
	"reference":       {"the reference implementation of both models", reference.Subject},
	"reference-mutex": {"its lock that is faster, and not fair", reference.Mutex},
	"reference-again": {"its mailboxes that give again what a dead receiver had in hand", reference.AtLeastOnce},
	"pipe":            {"the system's named pipes", kernel.Pipe},
	"unix-stream":     {"the system's Unix stream sockets", kernel.UnixStream},
	"unix-seqpacket":  {"the system's Unix sockets that keep messages", kernel.UnixSeqpacket},
	"posixmq":         {"the system's POSIX message queues", kernel.PosixMQ},
	"sysv":            {"the system's System V message queues", kernel.SysV},
}

func builtIn(name string) (subject.Subject, bool) {
	if id, ok := isMutant(name); ok {
		return faults.Subject(id)
	}
	b, ok := builtIns[name]
	if !ok {
		return subject.Subject{}, false
	}
	return b.make(), true
}

func builtInNames() []string {
	var names []string
	for name := range builtIns {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// puppetPrefix begins the names of agents that misbehave on command, with which
// the kit itself is checked: "puppet:silent@buffer.get".
const puppetPrefix = "puppet:"

// kitFiles are the kit's own, which all builds of this process share.
var kitFiles = adapter.Files{FS: c.Files, Python: python.Modules, Shims: &adapter.Shims{}}

// A target is a subject ready to be started.
type target struct {
	name     string // as it was given
	claims   subject.Claims
	launcher agent.Launcher
	against  []check.Contestant // what its measured promises name
	programs string             // directory of built programs, where they are the subject
	buildErr error              // of programs: a requirement of its own
	way      string
	path     string
	close    func() error
}

// open finds a subject, checks its claims and builds it, and with it what its
// measured promises are compared with.
func open(ctx context.Context, name string) (*target, error) {
	t, err := openAlone(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := t.compare(ctx); err != nil {
		_ = t.close()
		return nil, err
	}
	return t, nil
}

// compare resolves the baselines of the claims: built-in subjects, and paths, which
// are relative to the claims file.
func (t *target) compare(ctx context.Context) error {
	suite, err := suites.Suite()
	if err != nil {
		return kitError(err)
	}
	t.against, err = suites.Baselines(suite, &t.claims, func(name string) (check.Contestant, error) {
		known := name
		if subject.IsPath(name) && !filepath.IsAbs(name) {
			known = filepath.Join(t.path, name)
		} else if _, ok := builtIn(name); !ok && !subject.IsPath(name) {
			return check.Contestant{}, fmt.Errorf("there is no built-in subject of that name%s (built in: %s)", nearest.Hint(name, builtInNames()), strings.Join(builtInNames(), ", "))
		}
		b, err := openAlone(ctx, known)
		if err != nil {
			return check.Contestant{}, err
		}
		closed := t.close
		t.close = func() error { return errors.Join(closed(), b.close()) }
		return check.Contestant{Name: name, Claims: b.claims, Launcher: b.launcher}, nil
	})
	var status exitStatus
	if err != nil && !errors.As(err, &status) {
		return usage("%w", err)
	}
	return err
}

// openAlone is open without what the subject is compared with.
func openAlone(ctx context.Context, name string) (*target, error) {
	suite, err := suites.Suite()
	if err != nil {
		return nil, kitError(err)
	}
	if s, ok := builtIn(name); ok {
		if err := suite.Accept(&s.Claims); err != nil {
			return nil, kitError(err)
		}
		return &target{
			name: name, claims: s.Claims, launcher: agent.Self(name), way: "Go package",
			close: func() error { return nil },
		}, nil
	}
	if order, ok := strings.CutPrefix(name, puppetPrefix); ok {
		behaviour, operation, _ := strings.Cut(order, "@")
		if !slices.Contains(puppet.Behaviours, puppet.Behaviour(behaviour)) {
			return nil, usage("puppet %q: want one of %v, with @OPERATION where it matters", behaviour, puppet.Behaviours)
		}
		claims := puppet.Subject().Claims
		claims.Normalise()
		return &target{
			name: name, claims: claims, way: "puppet", launcher: puppet.Launcher(puppet.Behaviour(behaviour), operation),
			close: func() error { return nil },
		}, nil
	}
	if _, err := os.Stat(name); errors.Is(err, os.ErrNotExist) {
		return nil, usage("%s: no such file or directory%s", name, elsewhere(name))
	}
	a, err := adapter.Load(name, kitFiles)
	if err != nil {
		return nil, usage("%w", err)
	}
	if err := suite.Accept(&a.Claims); err != nil {
		_ = a.Close()
		return nil, usage("%w", err)
	}
	t := &target{name: name, claims: a.Claims, way: a.Way(), path: a.Dir, close: a.Close}
	built := func() {}
	if !strings.HasPrefix(filepath.Base(name), string(temporary.Fault)) { // whose path means nothing to the reader
		built = announce("building " + name)
	}
	launcher, err := a.Build(ctx)
	built()
	switch {
	case err == nil:
		t.launcher, t.programs = launcher, a.Programs()
	case a.Claims.Programs != nil && errors.As(err, new(*adapter.BuildError)):
		t.buildErr = err
	case errors.As(err, new(*adapter.BuildError)):
		_ = a.Close()
		return nil, usage("%w", err)
	default:
		_ = a.Close()
		return nil, kitError(err)
	}
	return t, nil
}

// elsewhere says what a subject that is not there may have been meant to be: a
// built-in one, or a directory beside the one that was named.
func elsewhere(name string) string {
	candidates := builtInNames()
	files, _ := filepath.Glob(filepath.Join(filepath.Dir(name), "*", subject.ClaimsFile))
	for _, file := range files {
		candidates = append(candidates, filepath.Dir(file))
	}
	hint := nearest.Hint(filepath.Clean(name), candidates)
	if hint == "" && !strings.ContainsAny(name, "/.") {
		hint = fmt.Sprintf("; built-in subjects are: %s", strings.Join(builtInNames(), ", "))
	}
	return hint
}

// openFault opens a pair of programs with a seeded fault.
func openFault(ctx context.Context, m faults.Fault) (*target, error) {
	dir, err := temporary.New(temporary.Fault)
	if err != nil {
		return nil, kitError(err)
	}
	if err := m.Write(dir.Path); err != nil {
		return nil, kitError(errors.Join(err, dir.Close()))
	}
	t, err := open(ctx, dir.Path)
	if err != nil {
		_ = dir.Close()
		return nil, err
	}
	closed := t.close
	t.close = func() error { return errors.Join(closed(), dir.Close()) }
	return t, nil
}
