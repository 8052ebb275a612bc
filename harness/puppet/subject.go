package puppet

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/subject"
)

// Subject is a small correct implementation of regions and bounded buffers:
// files in /dev/shm, an advisory lock, and polling. It claims little and is
// fast at nothing.
func Subject() subject.Subject {
	return toy(func(string) {})
}

// directory is where POSIX shared memory lives on Linux.
const directory = "/dev/shm"

// subject is the one that the puppet hosts.
func (p *puppet) subject() subject.Subject {
	return toy(func(op string) {
		if !p.due(op) {
			return
		}
		switch p.behaviour {
		case Block:
			select {}
		case Spin:
			for began := time.Now(); time.Since(began) < 10*time.Minute; {
			}
		case Panic:
			panic("the puppet was asked to panic")
		}
	})
}

// toy makes the subject; before is called at the start of each operation.
func toy(before func(op string)) subject.Subject {
	return subject.Subject{
		Claims: subject.Claims{
			Subject: "puppet", Version: "1", Language: "Go",
			Profiles: subject.Profiles{
				Region: &subject.RegionProfile{Names: "posix", Maximum: 4 << 20},
				OneToOne: &subject.BufferProfile{
					Capacity: subject.Capacity{Items: &subject.Range{Min: 1, Max: 4096}},
					Item:     subject.Item{Max: 64 << 10},
					Waiting:  "spin", // it polls
					Close:    true,
				},
			},
		},
		Regions:  regions{before},
		OneToOne: buffers{before},
	}
}

// path is the file of a POSIX name.
func path(name string) (string, error) {
	base, ok := strings.CutPrefix(name, "/")
	if !ok || base == "" || base == "." || base == ".." || strings.ContainsAny(base, "/\x00") || len(base) > unix.NAME_MAX {
		return "", subject.Errorf(subject.Invalid, "name %q: want a slash and up to 255 bytes without another", name)
	}
	return filepath.Join(directory, base), nil
}

// refusal gives a system's error its kind.
func refusal(err error) error {
	for _, k := range []struct {
		is   error
		kind subject.Kind
	}{
		{fs.ErrExist, subject.Exists}, {fs.ErrNotExist, subject.NotFound}, {fs.ErrPermission, subject.Permission},
		{unix.ENOSPC, subject.NoSpace}, {unix.ENOMEM, subject.NoSpace}, {unix.EMFILE, subject.NoSpace}, {unix.ENFILE, subject.NoSpace},
		{unix.EFBIG, subject.Invalid}, {unix.EINVAL, subject.Invalid},
	} {
		if errors.Is(err, k.is) {
			return subject.Errorf(k.kind, "%v", err)
		}
	}
	return err
}

// create makes a file of a size that no other process sees before it is whole.
func create(name string, size int64, fill func(memory []byte)) (*mapping, error) {
	file, err := path(name)
	if err != nil {
		return nil, err
	}
	fd, err := unix.Open(directory, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o600)
	if err != nil {
		return nil, refusal(err)
	}
	m, err := attach(fd, size, false)
	if err != nil {
		return nil, err
	}
	fill(m.memory)
	if err := linkDescriptor(fd, file); err != nil {
		_ = m.Detach()
		return nil, refusal(err)
	}
	return m, nil
}

func unlink(name string) error {
	file, err := path(name)
	if err != nil {
		return err
	}
	if err := unix.Unlink(file); err != nil {
		return refusal(err)
	}
	return nil
}
