package holder

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// renounce makes sure that what the holder executes from now on gets none of the
// capabilities that an ordinary user's holder has, and that no process of the world
// leaves a core file, which would be a leftover of the kit's making.
func (h *holder) renounce() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return err
	}
	if os.Geteuid() == 0 {
		return nil // root's capabilities are not passed on as ambient ones, and stay
	}
	err := clearAmbient()
	if h.hosts != nil {
		_ = h.hosts.on(true, func() { err = errors.Join(err, clearAmbient()) })
	}
	return err
}

// clearAmbient lets this thread keep its capabilities, but not pass them on.
func clearAmbient() error {
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil && err != unix.EINVAL {
		return err
	}
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var sets [2]unix.CapUserData
	if err := unix.Capget(&header, &sets[0]); err != nil {
		return err
	}
	sets[0].Inheritable, sets[1].Inheritable = 0, 0
	return unix.Capset(&header, &sets[0])
}
