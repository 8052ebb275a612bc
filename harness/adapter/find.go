package adapter

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// An Unusable program was looked for in PATH, and there is none that a subject
// could execute.
type Unusable struct {
	Program string
	Found   string // one that is there, but only for the kit itself; "" where there is none
	Err     error  // why the one found cannot be used
}

func (e *Unusable) Error() string {
	if e.Found == "" {
		return fmt.Sprintf("%s is not in PATH: install %s", e.Program, e.Program)
	}
	return fmt.Sprintf("%s is %s, which the unprivileged user that subjects run as cannot execute (%v): "+
		"install %s for every user of this machine, for example by its package manager, or run ipckit as an ordinary user who can execute it",
		e.Program, e.Found, e.Err, e.Program)
}

func (e *Unusable) Unwrap() error { return e.Err }

// Find looks in PATH for a program that a subject can execute. Where the kit is
// root its subjects are not: a program in root's own directories is passed over
// for one further on. The error is an *Unusable.
func Find(program string) (string, error) {
	if os.Geteuid() != 0 {
		path, err := exec.LookPath(program)
		if err != nil {
			return "", &Unusable{Program: program, Err: err}
		}
		return path, nil
	}
	unusable := &Unusable{Program: program, Err: exec.ErrNotFound}
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		path := filepath.Join(dir, program)
		if !filepath.IsAbs(path) {
			continue // relative to where the kit was called, which is not where the subject runs
		}
		if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
			continue
		}
		err := usableByAll(path)
		if err == nil {
			return path, nil
		}
		if unusable.Found == "" {
			unusable.Found, unusable.Err = path, err
		}
	}
	return "", unusable
}

// usableByAll reports why a user that owns nothing could not execute the program
// at path: some directory on the way there, also by symbolic links, or the
// program itself, is closed to others. A script must be readable as well.
func usableByAll(path string) error {
	const links = 40 // as many as Linux follows
	rest, at := path, "/"
	for followed := 0; rest != ""; {
		var name string
		name, rest, _ = strings.Cut(strings.TrimLeft(rest, "/"), "/")
		next := filepath.Join(at, name)
		info, err := os.Lstat(next)
		switch {
		case err != nil:
			return err
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(next)
			if err != nil {
				return err
			}
			if followed++; followed > links {
				return &fs.PathError{Op: "follow", Path: path, Err: unix.ELOOP}
			}
			if filepath.IsAbs(target) {
				at = "/"
			}
			rest = target + "/" + rest
			continue
		case info.IsDir() && info.Mode()&0o001 == 0:
			return fmt.Errorf("%s is closed to others", next)
		case info.Mode().IsRegular() && info.Mode()&0o005 != 0o005:
			return fmt.Errorf("%s cannot be read and executed by others", next)
		}
		at = next
	}
	if info, err := os.Stat(at); err != nil || !info.Mode().IsRegular() {
		return errors.Join(err, fmt.Errorf("%s is not a file", at))
	}
	return nil
}
