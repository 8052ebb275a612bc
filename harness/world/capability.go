package world

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
	Loopback         = "loopback"
	UnprivilegedUser = "unprivileged user"
	Ptrace           = "ptrace"
	Pidfd            = "pidfd"
	Processors       = "two processors"
	QueueLimits      = "large message queues"
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

// Has reports whether the host allows what is named.
func (c Capabilities) Has(name string) bool {
	for _, item := range c.Items {
		if item.Name == name {
			return item.OK
		}
	}
	return false
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

func (c *Capabilities) add(name string, reason string) {
	c.Items = append(c.Items, Capability{Name: name, OK: reason == "", Reason: reason})
}
