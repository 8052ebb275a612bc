package world

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// needed are the namespaces without which a world is not isolated.
const needed = unix.CLONE_NEWNS | unix.CLONE_NEWIPC | unix.CLONE_NEWPID

var namespaces = []struct {
	name string
	flag uintptr
	link string // in /proc/self/ns
}{
	{MountNamespace, unix.CLONE_NEWNS, "mnt"},
	{IPCNamespace, unix.CLONE_NEWIPC, "ipc"},
	{PIDNamespace, unix.CLONE_NEWPID, "pid"},
	{NetworkNamespace, unix.CLONE_NEWNET, "net"},
}

// ownNamespaces tells this process's namespaces, by name.
func ownNamespaces() map[string]string {
	own := map[string]string{}
	for _, n := range namespaces {
		own[n.name], _ = os.Readlink("/proc/self/ns/" + n.link)
	}
	return own
}

// verifyNamespaces makes sure that a holder is where it was to be started. What
// it does next would harm the host if a sandbox that imitates a kernel took the
// flags and gave no namespaces: it mounts, removes whatever it finds, and kills
// whatever it can.
func verifyNamespaces(host map[string]string, network bool) *failure {
	own := ownNamespaces()
	for _, n := range namespaces {
		if n.flag == unix.CLONE_NEWNET && !network {
			continue
		}
		if own[n.name] == "" || host[n.name] == "" || own[n.name] == host[n.name] {
			return failed(fmt.Sprintf("be in a %s of its own (the kit is in %q, the holder in %q)", n.name, host[n.name], own[n.name]), unix.ENOSYS)
		}
	}
	if os.Getpid() != 1 || os.Getppid() != 0 {
		return failed(fmt.Sprintf("be the first of its PID namespace (it is %d, its parent %d)", os.Getpid(), os.Getppid()), unix.ENOSYS)
	}
	return nil
}

// viaUser reports whether namespaces take a user namespace around them. Being
// uid 0 says nothing: a container's root may lack CAP_SYS_ADMIN; and whoever has
// it under another uid would lose it by executing the holder.
func viaUser() bool {
	return os.Geteuid() != 0 || missingCapabilities(unix.CAP_SYS_ADMIN) != ""
}

// cloning is how to start a holder in namespaces of its own.
//
// In a user namespace every uid is mapped to itself. A holder that is not uid 0
// there keeps what it needs to furnish the world as ambient capabilities, which
// the world's processes do not get. CAP_DAC_OVERRIDE is for overlays, whose work
// directory is closed even to its owner.
func cloning(u user, flags uintptr) *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Cloneflags: flags}
	if flags == 0 || !viaUser() {
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

func (r *refused) Error() string { return r.by + ": " + r.err.Error() + hint(r.err) }
func (r *refused) Unwrap() error { return r.err }

// refusing tells an error by which a host refuses from one by which it fails.
func refusing(err error) bool {
	return slices.ContainsFunc([]error{unix.EPERM, unix.EACCES, unix.ENOSPC, unix.EUSERS, unix.EINVAL, unix.ENOSYS},
		func(e error) bool { return errors.Is(err, e) })
}

// hint tells what usually lies behind a refusal.
func hint(err error) string {
	var reasons []string
	switch {
	case errors.Is(err, unix.ENOSPC):
		for _, kind := range []string{"user", "mnt", "ipc", "pid", "net"} {
			if path := "user/max_" + kind + "_namespaces"; sysctl(path) == "0" {
				reasons = append(reasons, "/proc/sys/"+path+" is 0")
			}
		}
	case errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES):
		if viaUser() && sysctl("kernel/unprivileged_userns_clone") == "0" {
			reasons = append(reasons, "/proc/sys/kernel/unprivileged_userns_clone is 0")
		}
		if viaUser() && sysctl("kernel/apparmor_restrict_unprivileged_userns") == "1" {
			reasons = append(reasons, "/proc/sys/kernel/apparmor_restrict_unprivileged_userns is 1")
		}
		if seccomp := seccompMode(); seccomp != "" && seccomp != "0" {
			reasons = append(reasons, "a seccomp filter is in force, as in most containers")
		}
	case errors.Is(err, unix.EINVAL) || errors.Is(err, unix.ENOSYS):
		reasons = append(reasons, "the kernel was built without it, or a sandbox imitates one")
	}
	if len(reasons) == 0 {
		return ""
	}
	return " (" + strings.Join(reasons, "; ") + ")"
}

func sysctl(name string) string {
	text, _ := os.ReadFile("/proc/sys/" + name)
	return strings.TrimSpace(string(text))
}

// seccompMode is this process's, as /proc tells it: 2 is a filter.
func seccompMode() string {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "Seccomp:"); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
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
	if !viaUser() {
		items = append(items, Capability{Name: UserNamespace, OK: true, Reason: "not needed"})
	} else {
		items = append(items, cloneItem(UserNamespace, unix.CLONE_NEWUSER))
	}
	for _, n := range namespaces {
		items = append(items, cloneItem(n.name, n.flag))
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
