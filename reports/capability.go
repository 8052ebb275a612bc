package reports

import "cmp"

// missing gives what the host does not allow.
func (h *Header) missing() []Capability {
	var list []Capability
	for _, c := range h.Capabilities {
		if !c.OK {
			list = append(list, c)
		}
	}
	return list
}

// meaning says what a run without a capability cannot show.
func (c *Capability) meaning() string {
	return cmp.Or(c.Means, meanings[c.Name], "what needs it is skipped and says so")
}

// meanings are the report's own words for capabilities that come without any.
var meanings = map[string]string{
	"user namespace":       "worlds are made with the rights of root, or not at all",
	"mount namespace":      "runs share /dev/shm and /dev/mqueue with the rest of this host, and those with fixed names take turns",
	"ipc namespace":        "System V objects and message queues are shared with the rest of this host",
	"pid namespace":        "processes are held together by a subreaper and found again by their environment",
	"network namespace":    "ports and abstract sockets are shared with the rest of this host",
	"own /dev":             "the subject sees this host's devices",
	"own /dev/shm":         "shared memory objects are shared with the rest of this host",
	"own /dev/mqueue":      "message queues that are left behind cannot be seen",
	"own /proc":            "the subject sees this host's processes",
	"loopback":             "what talks over the network is skipped",
	"unprivileged user":    "the subject runs with the rights of the user who started the check",
	"ptrace":               "system calls cannot be seen, and what counts them is skipped",
	"pidfd":                "the death of a process is learnt from its parent, and may be noticed late",
	"two processors":       "processes never run at the same moment, and fewer interleavings are met",
	"large message queues": "messages and queues beyond this host's limits are not tried",
}
