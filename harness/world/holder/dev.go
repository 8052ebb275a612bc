package holder

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/message"
)

// furnish gives the holder's mount namespace what a world needs: a /dev, a
// /dev/shm, a message queue file system, a /proc and directories for temporary files
// of its own. It fails where
// shared memory cannot be kept apart from the host's, since then the world would
// not be one; all else that the host refuses is in the items, with its reason.
// temporary is to be put in place, too; the new /dev is put together in the world's
// directory.
//
// Nothing of the host's is changed: not even a mount point is created outside
// the world's own file systems.
func furnish(t *overlays) (items []message.Capability, _ *message.Failure) {
	note := func(name string, err error) { items = append(items, message.Try(name, err)) }

	// Otherwise what is mounted below would appear on the host.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return nil, message.Failed("make mounts private", err)
	}
	err := newDev(t.shared)
	note(message.OwnDev, err)
	if err := newShm(t.size); err != nil {
		return nil, message.Failed("mount a file system on /dev/shm", err)
	}
	note(message.OwnShm, nil)
	note(message.OwnQueues, mount("mqueue", "/dev/mqueue", "mqueue", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""))
	note(message.OwnProc, mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""))
	note(message.OwnTmp, t.cover())
	return items, nil
}

func mount(source, target, kind string, flags uintptr, data string) error {
	if err := unix.Mount(source, target, kind, flags, data); err != nil {
		return fmt.Errorf("mount %s on %s: %w", kind, target, err)
	}
	return nil
}

func newShm(size int64) error {
	return unix.Mount("tmpfs", "/dev/shm", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, memoryOptions("1777", size))
}

// memoryOptions are those of a tmpfs; size 0 leaves it to the kernel, which gives
// half of the memory.
func memoryOptions(mode string, size int64) string {
	if size > 0 {
		return fmt.Sprintf("mode=%s,size=%d", mode, size)
	}
	return "mode=" + mode
}

// devices are the nodes of a world's /dev. Creating them takes a privilege that
// a user namespace does not give, so the host's are mounted one by one.
var devices = []string{"null", "zero", "full", "random", "urandom", "tty"}

// links are the symbolic links of a world's /dev. Java and shells reach their
// inherited descriptors through them.
var links = map[string]string{
	"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2",
	"ptmx": "pts/ptmx",
}

// newDev puts a small /dev of the world's own in the place of the host's, with
// mount points for shared memory and message queues, which the host's may lack.
func newDev(staging string) error {
	if err := mount("tmpfs", staging, "tmpfs", unix.MS_NOSUID, "mode=755,size=1m"); err != nil {
		return err
	}
	if err := fillDev(staging); err != nil {
		unix.Unmount(staging, unix.MNT_DETACH)
		return err
	}
	if err := unix.Mount(staging, "/dev", "", unix.MS_MOVE, ""); err != nil {
		unix.Unmount(staging, unix.MNT_DETACH)
		return fmt.Errorf("move the new /dev into place: %w", err)
	}
	return nil
}

func fillDev(dir string) error {
	for _, name := range []string{"shm", "mqueue"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			return err
		}
	}
	for _, name := range devices {
		if _, err := os.Stat("/dev/" + name); err != nil {
			continue // the host has none either
		}
		node := filepath.Join(dir, name)
		if err := os.WriteFile(node, nil, 0o644); err != nil {
			return err
		}
		if err := unix.Mount("/dev/"+name, node, "", unix.MS_BIND, ""); err != nil {
			return fmt.Errorf("mount /dev/%s in the new /dev: %w", name, err)
		}
	}
	if _, err := os.Stat("/dev/pts/ptmx"); err == nil {
		pts := filepath.Join(dir, "pts")
		if err := os.Mkdir(pts, 0o755); err != nil {
			return err
		}
		// Terminals are worth having, not worth failing for.
		_ = unix.Mount("/dev/pts", pts, "", unix.MS_BIND|unix.MS_REC, "")
	}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}
