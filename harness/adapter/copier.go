package adapter

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// nobody stands for no user in particular.
const nobody = -1

// A copier copies a directory that belongs to strangers. It never leaves it,
// reads regular files only, copies symbolic links as they are, and stops at its
// limits.
type copier struct {
	to     string // an existing directory, in which the stranger does nothing meanwhile
	limits limits
	only   int // copy only what this user owns: a hard link may lead to the file of another
	give   int // user that the copy is given to

	bytes int64
	files int
}

func (c *copier) copy(from string) error {
	root, err := os.OpenRoot(from)
	if err != nil {
		return err
	}
	defer root.Close()
	return fs.WalkDir(root.FS(), ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fmt.Errorf("copy %s: %w", from, err)
		case name == ".":
			return nil
		case entry.IsDir() && entry.Name() == ".git":
			return fs.SkipDir
		}
		if c.files++; c.files > c.limits.files {
			return fmt.Errorf("there are more than %d files in %s: what the subject does not need belongs elsewhere", c.limits.files, from)
		}
		if err := c.entry(root, name, entry.Type()); err != nil {
			return fmt.Errorf("copy %s: %w", filepath.Join(from, name), err)
		}
		return nil
	})
}

func (c *copier) entry(root *os.Root, name string, kind fs.FileMode) error {
	to := filepath.Join(c.to, name)
	switch {
	case kind.IsDir():
		if err := os.Mkdir(to, 0o755); err != nil {
			return err
		}
		if err := os.Chmod(to, 0o755); err != nil { // whatever the umask
			return err
		}
	case kind == fs.ModeSymlink:
		target, err := root.Readlink(name)
		if err != nil {
			return err
		}
		if err := os.Symlink(target, to); err != nil {
			return err
		}
	case kind.IsRegular():
		if copied, err := c.file(root, name, to); err != nil || !copied {
			return err
		}
	default:
		return nil // a pipe, a socket, a device
	}
	if c.give == nobody {
		return nil
	}
	return os.Lchown(to, c.give, c.give)
}

// file copies a file, unless it turns out not to be one that may be copied.
func (c *copier) file(root *os.Root, name, to string) (copied bool, err error) {
	// It may have been exchanged for a named pipe since it was looked at.
	in, err := root.OpenFile(name, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return false, err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return false, err
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); c.only != nobody && ok && int(stat.Uid) != c.only {
		return false, nil
	}
	mode := fs.FileMode(0o644)
	if info.Mode()&0o111 != 0 {
		mode = 0o755
	}
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return false, err
	}
	left := c.limits.bytes - c.bytes
	n, err := io.Copy(out, io.LimitReader(in, left+1)) // it may grow meanwhile
	c.bytes += n
	if n > left {
		err = fmt.Errorf("there are more than %d MiB with it: what the subject does not need belongs elsewhere", c.limits.bytes>>20)
	}
	return true, errors.Join(err, out.Chmod(mode), out.Close())
}
