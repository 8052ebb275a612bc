package world

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/world/message"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// cloning is how to start a holder in namespaces of its own.
//
// In a user namespace every uid is mapped to itself. A holder that is not uid 0
// there keeps what it needs to furnish the world as ambient capabilities, which
// the world's processes do not get. CAP_DAC_OVERRIDE is for overlays, whose work
// directory is closed even to its owner.
func cloning(u user, flags uintptr) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Cloneflags: flags}
	if flags == 0 || !proc.NeedsUserNamespace() {
		return attr
	}
	uid, gid := os.Geteuid(), os.Getegid()
	attr.Cloneflags |= unix.CLONE_NEWUSER
	attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
	attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}}
	if u.drop {
		attr.UidMappings = append(attr.UidMappings, syscall.SysProcIDMap{ContainerID: u.id, HostID: u.id, Size: 1})
		attr.GidMappings = append(attr.GidMappings, syscall.SysProcIDMap{ContainerID: u.id, HostID: u.id, Size: 1})
		attr.GidMappingsEnableSetgroups = true
	}
	if uid != 0 {
		attr.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_NET_ADMIN, unix.CAP_DAC_OVERRIDE}
	}
	return attr
}

// refused is an error that says why this host gives no namespaces.
type refused struct {
	by  string // what was refused
	err error
}

func (r *refused) Error() string { return r.by + ": " + r.err.Error() + proc.Hint(r.err) }
func (r *refused) Unwrap() error { return r.err }

// refusing reports whether an error says that the host does not allow something,
// rather than that it failed.
func refusing(err error) bool {
	return slices.ContainsFunc([]error{unix.EPERM, unix.EACCES, unix.ENOSPC, unix.EUSERS, unix.EINVAL, unix.ENOSYS},
		func(e error) bool { return errors.Is(err, e) })
}

// tryClone reports whether a process may be started with an attribute. No
// process runs: the child fails to execute a file that does not exist, after all
// else has been done.
func tryClone(attr *syscall.SysProcAttr) error {
	const nothing = "/proc/self/ipckit-does-not-exist"
	_, err := syscall.ForkExec(nothing, []string{nothing}, &syscall.ProcAttr{Sys: attr})
	if errors.Is(err, unix.ENOENT) {
		return nil
	}
	return err
}

// namespaceItems tries each kind of namespace by itself.
var namespaceItems = sync.OnceValue(func() (items []Capability) {
	if !proc.NeedsUserNamespace() {
		items = append(items, Capability{Name: UserNamespace, OK: true, Reason: "not needed"})
	} else {
		items = append(items, cloneItem(UserNamespace, unix.CLONE_NEWUSER))
	}
	for _, n := range message.Namespaces {
		items = append(items, cloneItem(n.Name, n.Flag))
	}
	return items
})

func cloneItem(name string, flag uintptr) Capability {
	err := tryClone(cloning(user{}, flag))
	if err == nil {
		return Capability{Name: name, OK: true}
	}
	return Capability{Name: name, Reason: (&refused{"clone with a new " + name, err}).Error()}
}

// explain names the first namespace that the host refuses by itself; where it
// gives each, the error stays.
func explain(err error) *refused {
	for _, item := range namespaceItems() {
		if !item.OK && item.Name != NetworkNamespace {
			return &refused{"namespaces", fmt.Errorf("%s", item.Reason)}
		}
	}
	return &refused{"namespaces", err}
}
