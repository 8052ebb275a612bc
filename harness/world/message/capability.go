package message

import "slices"

// Names of what a host may allow.
const (
	UserNamespace    = "user namespace"
	MountNamespace   = "mount namespace"
	IPCNamespace     = "ipc namespace"
	PIDNamespace     = "pid namespace"
	NetworkNamespace = "network namespace"
	OwnDev           = "own /dev"
	OwnShm           = "own /dev/shm"
	OwnQueues        = "own /dev/mqueue"
	OwnProc          = "own /proc"
	OwnTmp           = "own /tmp" // and /var/tmp, and where else TMPDIR says
	Loopback         = "loopback"
	TwoHosts         = "two hosts" // see world.Options
	UnprivilegedUser = "unprivileged user"
	Ptrace           = "ptrace"
	Pidfd            = "pidfd"
	Processors       = "two processors"
	QueueLimits      = "message queues"
)

// A Capability is something that a host allows, or the reason why it does not.
type Capability struct {
	Name   string `json:"name"`
	OK     bool   `json:"ok"`
	Reason string `json:"reason,omitempty"` // why not; where OK, a detail worth knowing
}

// Capabilities are what a host allows.
type Capabilities struct {
	Items []Capability `json:"items"`
}

// Has reports whether the host allows what is named. What was not looked at is
// not allowed.
func (c Capabilities) Has(name string) bool {
	item, ok := c.find(name)
	return ok && item.OK
}

// Reason is why the host does not allow what is named, or "".
func (c Capabilities) Reason(name string) string {
	item, ok := c.find(name)
	switch {
	case !ok:
		return "not looked at"
	case item.OK:
		return ""
	}
	return item.Reason
}

func (c Capabilities) find(name string) (Capability, bool) {
	i := slices.IndexFunc(c.Items, func(item Capability) bool { return item.Name == name })
	if i < 0 {
		return Capability{}, false
	}
	return c.Items[i], true
}

// Missing lists what the host does not allow.
func (c Capabilities) Missing() []Capability {
	var missing []Capability
	for _, item := range c.Items {
		if !item.OK {
			missing = append(missing, item)
		}
	}
	return missing
}

// Try is the capability to do what gave an error, or none.
func Try(name string, err error) Capability {
	if err != nil {
		return Capability{Name: name, Reason: err.Error()}
	}
	return Capability{Name: name, OK: true}
}
