// Package crash says what a process died of: the line of its source that it stood
// at, and the memory that it reached for. The process is traced (ptrace(2)) and
// looked at when the deadly signal is about to be delivered to it, while its
// memory is still there.
package crash

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"path/filepath"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/ptrace"
	"github.com/ipckit/ipckit/harness/ptrace/source"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// A Crash is where a process stood when a deadly signal came, and why it came.
type Crash struct {
	Signal   syscall.Signal `json:"signal"`
	Function string         `json:"function,omitempty"` // of the subject's own code; "" where that is not known
	File     string         `json:"file,omitempty"`     // base name; "" without debugging information
	Line     int            `json:"line,omitempty"`
	Inside   string         `json:"inside,omitempty"` // the library's function that Function had called, or the library
	Why      string         `json:"why,omitempty"`    // "address 0x8, a null pointer and 8 bytes"
}

// Place reads "ring_put (buffer.c:71)", "ring_put (buffer.c:71, in libc.so.6)"; "" where it is not known.
func (c Crash) Place() string {
	var inside, at string
	if c.Inside != "" {
		inside = "in " + c.Inside
	}
	if c.File != "" {
		at = fmt.Sprintf("%s:%d", c.File, c.Line)
	}
	switch {
	case c.Function == "":
		return c.Inside
	case at != "" && inside != "":
		return fmt.Sprintf("%s (%s, %s)", c.Function, at, inside)
	case at+inside != "":
		return fmt.Sprintf("%s (%s)", c.Function, at+inside)
	}
	return c.Function
}

// String reads "ring_put (buffer.c:71) uses address 0x8, a null pointer and 8
// bytes"; "" where nothing is known.
func (c Crash) String() string {
	switch {
	case c.Why == "":
		return c.Place()
	case c.Place() == "":
		return "it " + c.Why
	}
	return c.Place() + " " + c.Why
}

// deadly are the signals by which a process's own mistakes end it.
var deadly = []syscall.Signal{unix.SIGSEGV, unix.SIGBUS, unix.SIGFPE, unix.SIGILL, unix.SIGABRT, unix.SIGTRAP, unix.SIGSYS, unix.SIGPIPE}

// Deadly reports whether a signal is one by which a process's own mistakes end it.
func Deadly(s syscall.Signal) bool { return slices.Contains(deadly, s) }

// A Neighbour is another process, whose memory may be mistaken for one's own.
type Neighbour struct {
	PID  int
	Name string // the process's: "consumer"
}

// At looks at a thread that has stopped because a deadly signal is about to be
// delivered to it. Only the thread's tracer may call it.
func At(pid, tid int, signal syscall.Signal, others []Neighbour) Crash {
	c := Crash{Signal: signal}
	maps, _ := proc.Mappings(pid) // what is not known is left out
	if info, err := ptrace.SignalInfo(tid); err == nil {
		c.Why = why(pid, info, maps, others)
	}
	// IP and SP are filled in at every stop, on every architecture.
	if stop, err := ptrace.SyscallInfo(tid); err == nil {
		l := looker{pid: pid, maps: maps, files: map[string]*source.File{}}
		l.locate(&c, stop.IP, stop.SP)
	}
	return c
}

// A looker finds places in the code of one process.
type looker struct {
	pid     int
	maps    []proc.Mapping
	program string
	files   map[string]*source.File
}

// stackWords is how far up the stack a caller is looked for.
const stackWords = 512

// locate finds the subject's own function: the one that the process stands in, or
// the nearest on the stack. Return addresses are found by looking for addresses
// behind calls: that needs no frame pointer and no unwind table.
func (l *looker) locate(c *Crash, ip, sp uint64) {
	l.program = proc.Executable(l.pid)
	here := l.place(ip)
	own, found := here, l.own(here)
	if !found && !source.Interprets(l.program) {
		read := func(address uint64, into []byte) int {
			if !ptrace.Read(l.pid, address, into) {
				return 0
			}
			return len(into)
		}
		stack := make([]byte, 8*l.words(sp))
		ptrace.Read(l.pid, sp, stack)
		for ; len(stack) >= 8 && !found; stack = stack[8:] {
			address := binary.NativeEndian.Uint64(stack)
			if m := l.mapping(address); m == nil || m.Path != l.program || m.Access&unix.PROT_EXEC == 0 || !source.AfterCall(read, address) {
				continue
			}
			if w := l.place(address - 1); l.own(w) {
				own, found = w, true
			}
		}
	}
	if found {
		c.Function, c.Line = own.Function, own.Line
		if own.Source != "" {
			c.File = filepath.Base(own.Source)
		}
	}
	if own != here || !found {
		c.Inside = here.Function
		if c.Inside == "" && here.Module != "" && here.Module != l.program {
			c.Inside = filepath.Base(here.Module)
		}
	}
}

// own reports whether a place is in the subject's own code. Where the program has
// lines, its own functions have: the kit's part of an agent in C has none. The main
// function is the subject's in a program that is no agent.
func (l *looker) own(w source.Place) bool {
	if w.Line == 0 && l.files[w.Module].Debugs() {
		return false
	}
	return w.Own(l.program) || w.Function == "main" && w.Module == l.program
}

// words is how much of the stack can be looked through: up to its end.
func (l *looker) words(sp uint64) uint64 {
	m := l.mapping(sp)
	if m == nil {
		return 0
	}
	return min(stackWords, (m.High-sp)/8)
}

func (l *looker) mapping(address uint64) *proc.Mapping {
	i := slices.IndexFunc(l.maps, func(m proc.Mapping) bool { return m.Holds(address) })
	if i < 0 {
		return nil
	}
	return &l.maps[i]
}

// place is the source line of an instruction.
func (l *looker) place(ip uint64) source.Place {
	m := l.mapping(ip)
	if m == nil || m.Path == "" {
		return source.Place{}
	}
	f := l.files[m.Path]
	if f == nil {
		path := fmt.Sprintf("/proc/%d/root%s", l.pid, m.Path)
		if m.Path == l.program {
			path = fmt.Sprintf("/proc/%d/exe", l.pid)
		}
		f = source.Open(path)
		l.files[m.Path] = f
	}
	w := f.Place(ip - m.Low + m.Offset)
	w.Module = m.Path
	return w
}

// Codes of siginfo_t (sigaction(2)) that say more than the signal does.
const (
	kernel     = 128 // SI_KERNEL: of SIGSEGV, an address that the processor refuses
	divide     = 1   // FPE_INTDIV
	accessDeny = 2   // SEGV_ACCERR
)

// why says what the process did that the signal came for.
func why(pid int, info ptrace.Signal, maps []proc.Mapping, others []Neighbour) string {
	switch signal := syscall.Signal(info.Number); {
	case signal == unix.SIGABRT:
		return "calls abort"
	case signal == unix.SIGPIPE:
		return "writes where no process reads any more"
	case info.Code <= 0:
		return ""
	case signal == unix.SIGFPE && info.Code == divide:
		return "divides by zero"
	case signal == unix.SIGILL:
		return "executes an invalid instruction"
	case signal == unix.SIGSEGV && info.Code == kernel:
		return "uses an address that no process can have"
	case signal == unix.SIGSEGV || signal == unix.SIGBUS:
		return fmt.Sprintf("uses address %#x: %s", info.Address, describe(pid, info, maps, others))
	}
	return ""
}

// nearNull is how large an object is, at most, through a null pointer to which an
// address lies.
const nearNull = 64 << 10

// beyond is how far from a mapping an address may lie that was meant to lie in it.
const beyond = 1 << 20

// describe says what lies at an address, or should.
func describe(pid int, info ptrace.Signal, maps []proc.Mapping, others []Neighbour) string {
	address := info.Address
	if address < nearNull {
		if address == 0 {
			return "a null pointer"
		}
		return fmt.Sprintf("a null pointer and %d bytes", address)
	}
	for _, m := range maps {
		if !m.Holds(address) {
			continue
		}
		at := fmt.Sprintf("%s+%d", name(pid, m), address-m.Low+m.Offset)
		if info.Number == int32(unix.SIGBUS) {
			if size, known := size(pid, m); known && address-m.Low+m.Offset >= size {
				return fmt.Sprintf("%s, beyond its end: it has %d bytes", at, size)
			}
			return at + ", for which there is no memory"
		}
		if info.Code == accessDeny && m.Access&unix.PROT_WRITE == 0 && m.Access&unix.PROT_READ != 0 {
			return at + ", which is mapped read-only"
		}
		if m.Access&unix.PROT_READ == 0 {
			return at + ", which may not be used"
		}
		return at
	}
	for _, o := range others {
		theirs, _ := proc.Mappings(o.PID)
		for _, m := range theirs {
			if m.Holds(address) {
				return fmt.Sprintf("it lies in the %s of %s, another process", name(o.PID, m), o.Name)
			}
		}
	}
	var before *proc.Mapping // the nearest below
	for i, m := range maps {
		if m.High <= address && address-m.High < beyond {
			before = &maps[i]
		}
		if m.Low > address && m.Path == "[stack]" && m.Low-address < beyond {
			return "below the stack: too deep a recursion, or too large a variable"
		}
	}
	if before != nil {
		return fmt.Sprintf("%d bytes past the end of %s", address-before.High, name(pid, *before))
	}
	return "not mapped"
}

// name says what a mapping is.
func name(pid int, m proc.Mapping) string {
	switch m.Path {
	case "[heap]":
		return "heap"
	case "[stack]":
		return "stack"
	case "":
		if m.Shared {
			return "shared memory"
		}
		return "private memory"
	}
	return cmp.Or(m.Name(pid), "memory")
}

// size is that of the file that a mapping shows.
func size(pid int, m proc.Mapping) (bytes uint64, known bool) {
	var st unix.Stat_t
	if m.Path == "" || unix.Stat(fmt.Sprintf("/proc/%d/root%s", pid, m.Path), &st) != nil || st.Ino != m.Inode {
		return 0, false
	}
	return uint64(st.Size), true
}
