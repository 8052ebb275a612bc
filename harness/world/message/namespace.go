package message

import (
	"os"

	"golang.org/x/sys/unix"
)

// Needed are the namespaces without which a world is not isolated.
const Needed = unix.CLONE_NEWNS | unix.CLONE_NEWIPC | unix.CLONE_NEWPID

// A Namespace is a kind of namespace that a world has of its own.
type Namespace struct {
	Name string // of the capability
	Flag uintptr
	link string // in /proc/self/ns
}

// Namespaces are all of them.
var Namespaces = []Namespace{
	{MountNamespace, unix.CLONE_NEWNS, "mnt"},
	{IPCNamespace, unix.CLONE_NEWIPC, "ipc"},
	{PIDNamespace, unix.CLONE_NEWPID, "pid"},
	{NetworkNamespace, unix.CLONE_NEWNET, "net"},
}

// OwnNamespaces identifies this process's namespaces, by name.
func OwnNamespaces() map[string]string {
	own := map[string]string{}
	for _, n := range Namespaces {
		own[n.Name], _ = os.Readlink("/proc/self/ns/" + n.link)
	}
	return own
}
