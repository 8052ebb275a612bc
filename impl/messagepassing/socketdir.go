package messagepassing

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// A socketDir is the directory by which clients find a user's broker. It has
// mode 0700 and holds the broker's socket and nothing else; both are removed
// when the broker ends.
//
// It lies in /dev/shm by default, as the names of shm_open(3) do: a mount
// namespace with its own /dev/shm has its own broker, no other user can enter
// it, and a reboot clears it. An abstract socket would vanish by itself, but any
// user could connect to it, and any user could take its name.
//
// A process that starts or ends a broker locks the directory itself (flock(2)),
// and then checks that the path still leads to what it has locked.
type socketDir string

const (
	directoryDefault = "/dev/shm"
	directoryPrefix  = "messagepassing-"
	socketName       = "broker"
)

// errNoBroker: no process is listening.
var errNoBroker = fmt.Errorf("%w: no broker", ErrNotExist)

// socketDirIn is the socket directory of this user below base.
func socketDirIn(base string) (socketDir, error) {
	if base == "" {
		base = directoryDefault
	}
	base, err := filepath.Abs(base)
	if err != nil {
		return "", fmt.Errorf("%w: directory: %w", ErrInvalid, err)
	}
	dir := socketDir(filepath.Join(base, directoryPrefix+strconv.Itoa(os.Geteuid())))
	const longest = 107 // sun_path, unix(7)
	if len(dir.socket()) > longest {
		return "", fmt.Errorf("%w: directory %s: a socket's path has at most %d bytes; use a shorter directory", ErrInvalid, base, longest)
	}
	return dir, nil
}

func (dir socketDir) socket() string { return string(dir) + "/" + socketName }

// connect connects to the broker. The error is errNoBroker if there is none.
func (dir socketDir) connect() (fd int, err error) {
	if err := dir.check(); err != nil {
		return -1, err
	}
	fd, err = unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, systemError("socket", err)
	}
	for {
		err = unix.Connect(fd, &unix.SockaddrUnix{Name: dir.socket()})
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err == nil {
		return fd, nil
	}
	_ = unix.Close(fd)
	if errors.Is(err, unix.ENOENT) || errors.Is(err, unix.ECONNREFUSED) {
		return -1, errNoBroker
	}
	return -1, systemError("connect to "+dir.socket(), err)
}

// check refuses a directory that belongs to another user, because its owner
// could read every message: all users may write to /dev/shm.
func (dir socketDir) check() error {
	var st unix.Stat_t
	err := unix.Lstat(string(dir), &st)
	if errors.Is(err, unix.ENOENT) {
		return errNoBroker
	}
	if err != nil {
		return systemError("look at "+string(dir), err)
	}
	if st.Mode&unix.S_IFMT != unix.S_IFDIR || int(st.Uid) != os.Geteuid() || st.Mode&0o077 != 0 {
		return fmt.Errorf("%w: %s: want a directory of user %d with mode 0700; remove it or choose another directory",
			ErrPermission, dir, os.Geteuid())
	}
	return nil
}

// errReplaced: the directory was removed or replaced before it was locked.
var errReplaced = errors.New("directory was replaced")

// lock locks the directory; flags is LOCK_EX, with LOCK_NB to fail instead of
// waiting. Closing the descriptor unlocks it.
func (dir socketDir) lock(flags int) (fd int, err error) {
	fd, err = unix.Open(string(dir), unix.O_RDONLY|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	for {
		err = unix.Flock(fd, flags)
		if !errors.Is(err, unix.EINTR) {
			break
		}
	}
	if err == nil {
		var held, named unix.Stat_t
		if err = unix.Fstat(fd, &held); err == nil {
			err = unix.Lstat(string(dir), &named)
		}
		if err == nil && (held.Ino != named.Ino || held.Dev != named.Dev) {
			err = errReplaced
		}
	}
	if err != nil {
		_ = unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

// lockCreating locks the directory, and creates it if it is missing.
func (dir socketDir) lockCreating() (fd int, err error) {
	const tries = 1000 // each fails only if a broker was just ending
	for range tries {
		if err := unix.Mkdir(string(dir), 0o700); err != nil && !errors.Is(err, unix.EEXIST) {
			return -1, systemError("make "+string(dir), err)
		}
		if err := dir.check(); errors.Is(err, errNoBroker) {
			continue
		} else if err != nil {
			return -1, err
		}
		fd, err := dir.lock(unix.LOCK_EX)
		switch {
		case err == nil:
			return fd, nil
		case errors.Is(err, unix.ENOENT), errors.Is(err, errReplaced):
		default:
			return -1, systemError("lock "+string(dir), err)
		}
	}
	return -1, fmt.Errorf("%w: lock %s: it was removed %d times meanwhile", ErrIO, dir, tries)
}

// removeStale removes what a killed broker left behind. It does nothing if a
// broker is running or being started.
func (dir socketDir) removeStale() {
	fd, err := dir.lock(unix.LOCK_EX | unix.LOCK_NB)
	if err != nil {
		return
	}
	defer unix.Close(fd)
	if other, err := dir.connect(); err == nil {
		_ = unix.Close(other)
		return
	} else if !errors.Is(err, errNoBroker) {
		return
	}
	dir.remove()
}

// remove removes socket and directory. The caller holds the lock.
func (dir socketDir) remove() {
	_ = unix.Unlink(dir.socket())
	_ = unix.Rmdir(string(dir))
}
