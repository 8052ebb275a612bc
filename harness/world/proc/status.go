package proc

import (
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// A Status is what /proc/PID/status or /proc/PID/task/TID/status says. The zero
// value is that of a process that is not there, or may not be looked at.
type Status struct {
	Name    string
	State   string // one letter; "" when it could not be read
	Group   int    // the process that a thread belongs to
	Parent  int
	IDs     []int // in each PID namespace, from that of this /proc inwards
	UID     int   // real
	Threads int
	Pending uint64 // signals that were sent to the thread and not taken yet: bit n-1 is signal n
	Blocked uint64 // signals that it does not take now
	Caught  uint64 // signals that have a handler: bit n-1 is signal n
	Waits   uint64 // voluntary switches: it had to wait
	Preempt uint64 // involuntary switches: another was to run
}

// Gone reports a process that has ended, whether or not its parent has noticed.
func (s Status) Gone() bool { return s.State == "" || s.State == "Z" || s.State == "X" }

// Has reports whether a set of signals holds one.
func Has(set uint64, signal unix.Signal) bool { return set>>(uint(signal)-1)&1 == 1 }

// catches reports whether the process has a handler for a signal.
func (s Status) catches(signal unix.Signal) bool { return Has(s.Caught, signal) }

// ReadStatus reads the status of a process, or of a thread by its id.
func ReadStatus(pid int) Status { return readStatus("/proc/" + strconv.Itoa(pid)) }

func readStatus(dir string) Status {
	text, err := os.ReadFile(dir + "/status")
	if err != nil {
		return Status{}
	}
	var s Status
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, ":")
		fields := strings.Fields(value)
		if len(fields) == 0 {
			continue
		}
		number, _ := strconv.Atoi(fields[0])
		switch key {
		case "Name":
			s.Name = strings.TrimSpace(value)
		case "State":
			s.State = fields[0]
		case "Tgid":
			s.Group = number
		case "PPid":
			s.Parent = number
		case "NSpid":
			s.IDs = numbers(fields)
		case "Uid":
			s.UID = number
		case "Threads":
			s.Threads = number
		case "SigPnd":
			s.Pending, _ = strconv.ParseUint(fields[0], 16, 64)
		case "SigBlk":
			s.Blocked, _ = strconv.ParseUint(fields[0], 16, 64)
		case "SigCgt":
			s.Caught, _ = strconv.ParseUint(fields[0], 16, 64)
		case "voluntary_ctxt_switches":
			s.Waits, _ = strconv.ParseUint(fields[0], 10, 64)
		case "nonvoluntary_ctxt_switches":
			s.Preempt, _ = strconv.ParseUint(fields[0], 10, 64)
		}
	}
	return s
}
