package world

import "time"

// State is what a process is doing, as /proc tells it.
type State struct {
	Threads []Thread `json:"threads"`
}

// A Thread is one thread of a process. What the host does not show is zero.
type Thread struct {
	TID        int           `json:"tid"`   // as the kit sees it
	Inner      int           `json:"inner"` // as the world sees it
	Name       string        `json:"name"`
	State      string        `json:"state"`             // R running, S asleep, D in uninterruptible sleep, T stopped, t traced, Z ended
	Wchan      string        `json:"wchan,omitempty"`   // kernel function that it sleeps in
	Syscall    string        `json:"syscall,omitempty"` // name of the system call that it is in; "running" when in none
	Number     int           `json:"number"`            // of that call; -1 when in none or not readable
	CPU        time.Duration `json:"cpu"`               // processor time so far, user and system
	Voluntary  uint64        `json:"voluntary"`         // switches because it waited
	Preempted  uint64        `json:"preempted"`         // switches because another ran
	CPUPrecise bool          `json:"cpu_precise"`       // CPU is in nanoseconds, else in clock ticks of 10 ms
}
