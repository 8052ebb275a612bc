package count

import (
	"cmp"
	"debug/elf"
	"debug/gosym"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/ipckit/ipckit/harness/ptrace"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// code knows the functions of a process's executable, where it is a Go program.
type code struct {
	pid   int
	base  uint64 // what is added to the addresses of the file
	table *gosym.Table
	known map[uint64]string // function by address
}

func newCode(pid int) *code {
	c := &code{pid: pid, known: map[uint64]string{}}
	f, err := elf.Open(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return c
	}
	defer f.Close()
	if c.table = ptrace.GoTable(f); c.table != nil && f.Type == elf.ET_DYN {
		c.base = loadedAt(pid)
	}
	return c
}

// loadedAt is where a position-independent executable lies: its first mapping.
func loadedAt(pid int) uint64 {
	exe, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return 0
	}
	all, _ := proc.Mappings(pid)
	for _, m := range all {
		if m.Path == exe {
			return m.Low
		}
	}
	return 0
}

// function is the name of the one that an address lies in; "" where that is not
// known. The address of a system call is the one after its instruction.
func (c *code) function(ip uint64) string {
	if c.table == nil {
		return ""
	}
	name, ok := c.known[ip]
	if !ok {
		if f := c.table.PCToFunc(ip - c.base - 1); f != nil {
			name = f.Name
		}
		c.known[ip] = name
	}
	return name
}

// runtime reports whether an address belongs to Go's run-time, which has its own
// way into the kernel (package syscall has another), or to the race detector.
func (c *code) runtime(ip uint64) bool {
	f := c.function(ip)
	return strings.HasPrefix(f, "runtime.") || strings.Contains(f, "__sanitizer") || strings.Contains(f, "__tsan")
}

// add adds what was seen of a site to the list, which has one element for each
// call and function.
func (c *code) add(list []Seen, s site, n *tally) []Seen {
	e := Seen{
		Name: ptrace.SyscallName(int(s.number)), By: c.function(s.ip), Runtime: c.runtime(s.ip),
		Calls: n.calls, Operations: n.operations,
	}
	for i := range list {
		if list[i].Name == e.Name && list[i].By == e.By {
			list[i].Calls += e.Calls
			list[i].Operations += e.Operations
			return list
		}
	}
	return append(list, e)
}

func sortSeen(list []Seen) {
	slices.SortFunc(list, func(a, b Seen) int {
		return cmp.Or(b.Calls-a.Calls, strings.Compare(a.Name, b.Name), strings.Compare(a.By, b.By))
	})
}
