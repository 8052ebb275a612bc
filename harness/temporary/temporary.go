// Package temporary makes the kit's own directories for temporary files, and
// removes those of kits that were killed and could not.
//
// A directory is locked by flock(2) as long as the process lives that made it:
// the kernel gives the lock back at its death, however it died. So what is not
// locked has no owner any more, and is removed when the next directory is made.
package temporary

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// A Purpose is what a directory is for. It is part of its name, so that one that
// is found says where it comes from.
type Purpose string

const (
	Report Purpose = "ipckit-report-" // the record of a check that was not asked to keep it
	Built  Purpose = "ipckit-built-"  // what was built of a subject
	Fault  Purpose = "ipckit-fault-"  // the sources of a seeded fault
)

var purposes = []Purpose{Report, Built, Fault}

// A Dir is a directory, and its lock.
type Dir struct {
	Path string
	lock *os.File
}

// New makes a directory in TMPDIR. What dead kits of the same user left there is
// removed before. An error says what is wrong with TMPDIR.
func New(purpose Purpose) (*Dir, error) {
	sweep(os.TempDir())
	for {
		path, err := os.MkdirTemp("", string(purpose))
		if err != nil {
			return nil, fmt.Errorf("a directory for temporary files in %s: %w; point TMPDIR at a directory that can be written", os.TempDir(), err)
		}
		lock, err := hold(path)
		switch {
		case err == nil:
			return &Dir{Path: path, lock: lock}, nil
		case !errors.Is(err, errTaken):
			return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), os.RemoveAll(path))
		}
	}
}

// Close removes the directory and what is in it.
func (d *Dir) Close() error {
	return errors.Join(RemoveTree(d.Path), d.lock.Close())
}

// errTaken says that another process has the directory, or has removed it.
var errTaken = errors.New("another process has it")

// hold locks a directory, and makes sure that it is still there then: between
// mkdir and flock it looks like that of a dead kit.
func hold(path string) (*os.File, error) {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) {
		return nil, errTaken
	}
	if err != nil {
		return nil, err
	}
	lock := os.NewFile(uintptr(fd), path)
	err = unix.Flock(fd, unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = errTaken
	}
	if err == nil && !same(lock, path) {
		err = errTaken
	}
	if err != nil {
		_ = lock.Close()
		return nil, err
	}
	return lock, nil
}

func same(held *os.File, path string) bool {
	one, err := held.Stat()
	if err != nil {
		return false
	}
	other, err := os.Lstat(path)
	return err == nil && os.SameFile(one, other)
}

// sweep removes what is not locked. Errors are ignored: the caller wants something
// else.
func sweep(parent string) {
	entries, _ := os.ReadDir(parent)
	for _, entry := range entries {
		if !entry.IsDir() || !slices.ContainsFunc(purposes, func(p Purpose) bool { return strings.HasPrefix(entry.Name(), string(p)) }) {
			continue
		}
		path := filepath.Join(parent, entry.Name())
		var stat unix.Stat_t
		if unix.Lstat(path, &stat) != nil || int(stat.Uid) != os.Geteuid() {
			continue
		}
		if lock, err := hold(path); err == nil {
			_ = os.RemoveAll(path)
			_ = lock.Close()
		}
	}
}

// RemoveTree removes a directory with all below it, also where a process has
// taken away the permission to look inside.
func RemoveTree(path string) error {
	err := os.RemoveAll(path)
	if err == nil {
		return nil
	}
	_ = filepath.WalkDir(path, func(path string, e fs.DirEntry, err error) error {
		if e != nil && e.IsDir() && err == nil {
			_ = os.Chmod(path, 0o700) // before it is read
		}
		return nil
	})
	return os.RemoveAll(path)
}
