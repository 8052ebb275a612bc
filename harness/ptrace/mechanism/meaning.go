package mechanism

import (
	"encoding/binary"
	"fmt"
	"path"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/ptrace"
)

// Where glibc and musl keep POSIX shared memory and named semaphores.
const (
	sharedMemory = "/dev/shm/"
	semaphores   = sharedMemory + "sem."
)

// object gives the library's name of a file under /dev/shm: "shm" or "sem" and
// the name with its slash; "" for any other file.
func object(file string) (kind, name string) {
	if rest, ok := strings.CutPrefix(file, semaphores); ok {
		return "sem", "/" + rest
	}
	if rest, ok := strings.CutPrefix(file, sharedMemory); ok {
		if digits, ok := strings.CutPrefix(rest, "tmp-"); ok && strings.Trim(digits, "0123456789") == "" {
			return "sem", "/" + rest // musl's passing name
		}
		return "shm", "/" + rest
	}
	return "", file
}

// opened: shm_open and sem_open are an open of a file of their own file system.
func (t *tracer) opened(c *call, flags uint64) {
	file := path.Clean(c.object)
	if kind, name := object(file); kind != "" {
		const fresh = unix.O_CREAT | unix.O_EXCL
		if kind == "shm" || flags&fresh != fresh { // see linked
			t.report(c.pid, kind+"_open", name)
		}
		return
	}
	if isFIFO(c.pid, c.result) {
		t.report(c.pid, "fifo", t.absolute(c.pid, file))
		return
	}
	file = t.absolute(c.pid, file)
	if systemFile(file) {
		return
	}
	if flags&unix.O_ACCMODE != unix.O_RDONLY {
		t.report(c.pid, "write-file", file)
	}
	if flags&unix.O_ACCMODE != unix.O_WRONLY {
		t.report(c.pid, "read-file", file)
	}
}

// systemFile reports whether a file is one that every program opens.
func systemFile(file string) bool {
	for _, top := range []string{"/etc/", "/lib", "/usr/", "/proc/", "/sys/", "/dev/"} {
		if strings.HasPrefix(file, top) {
			return true
		}
	}
	return false
}

// absolute joins a path with its process's working directory.
func (t *tracer) absolute(pid int, file string) string {
	if path.IsAbs(file) {
		return file
	}
	return path.Join(link(pid, "cwd"), file)
}

func (t *tracer) unlinked(c *call) {
	file := path.Clean(c.object)
	if kind, name := object(file); kind != "" && !t.passing[file] {
		t.report(c.pid, kind+"_unlink", name)
	}
}

// linked: a C library makes a new semaphore under a passing name and links it
// to its own, so that no process sees it before it has its value. from is the
// argument that holds the passing name.
func linked(from int) func(t *tracer, c *call) {
	return func(t *tracer, c *call) {
		if kind, name := object(path.Clean(c.object)); kind == "sem" {
			t.passing[path.Clean(ptrace.ReadString(c.pid, c.args[from], unix.PathMax))] = true
			t.report(c.pid, "sem_open", name)
		}
	}
}

func (t *tracer) nodeMade(c *call, mode uint64) {
	if mode&unix.S_IFMT == unix.S_IFIFO {
		t.report(c.pid, "mkfifo", t.absolute(c.pid, c.object))
	}
}

// mapped: only shared mappings are communication, and those of a semaphore are
// sem_open's own.
func (t *tracer) mapped(c *call) {
	flags := c.args[3]
	if kind := flags & 0xf; kind != unix.MAP_SHARED && kind != unix.MAP_SHARED_VALIDATE {
		return
	}
	if flags&unix.MAP_ANONYMOUS != 0 {
		t.report(c.pid, "mmap", "shared by fork")
		return
	}
	file := strings.TrimSuffix(fileBehind(c.pid, c.args[4]), " (deleted)")
	kind, name := object(file)
	if kind == "sem" || systemFile(file) && kind == "" {
		return
	}
	t.report(c.pid, "mmap", name)
}

func (t *tracer) sized(c *call) {
	file := strings.TrimSuffix(fileBehind(c.pid, c.args[0]), " (deleted)")
	if kind, name := object(file); kind != "sem" {
		t.report(c.pid, "ftruncate", name)
	}
}

// families are the words for address families.
var families = map[uint64]string{unix.AF_UNIX: "unix", unix.AF_INET: "inet", unix.AF_INET6: "inet6", unix.AF_NETLINK: "netlink"}

func family(n uint64) string {
	if name, ok := families[n]; ok {
		return name
	}
	return fmt.Sprintf("family %d", n)
}

// socketMade recognises sockets by their family. The C library opens some for
// itself (netlink, for names of hosts): those are not communication.
func socketMade(name string) func(t *tracer, c *call) {
	return func(t *tracer, c *call) {
		if c.args[0] != unix.AF_NETLINK {
			t.report(c.pid, name, family(c.args[0]))
		}
	}
}

// addressed recognises bind and connect by the address that they are given.
func addressed(name string) func(t *tracer, c *call) {
	return func(t *tracer, c *call) {
		var head [2]byte
		if !ptrace.Read(c.pid, c.args[1], head[:]) {
			return
		}
		f := uint64(binary.NativeEndian.Uint16(head[:]))
		text := family(f)
		if f == unix.AF_UNIX && c.args[2] > 2 {
			p := make([]byte, min(c.args[2]-2, 108))
			if !ptrace.Read(c.pid, c.args[1]+2, p) {
				p = nil
			}
			if len(p) > 0 && p[0] == 0 {
				text += " @" + strings.TrimRight(string(p[1:]), "\x00")
			} else {
				text += " " + strings.TrimRight(string(p), "\x00")
			}
		}
		t.report(c.pid, name, text)
	}
}

// futex recognises waiting and waking across processes: what threads of one process
// do among themselves bears the private flag.
func (t *tracer) futex(c *call) {
	const private = 128
	if c.args[1]&private == 0 {
		t.report(c.pid, "futex", "shared")
	}
}

// handler recognises that a program catches a signal.
func (t *tracer) handler(c *call) {
	if c.args[1] == 0 {
		return
	}
	var action [8]byte // the first member of struct sigaction
	if !ptrace.Read(c.pid, c.args[1], action[:]) {
		return
	}
	if h := binary.NativeEndian.Uint64(action[:]); h > 1 { // neither SIG_DFL nor SIG_IGN
		t.report(c.pid, "signal", unix.SignalName(unix.Signal(c.args[0])))
	}
}

// signalled recognises signals to others; abort and raise send them to themselves.
func signalled(name string) func(t *tracer, c *call) {
	return func(t *tracer, c *call) {
		if target := int(int32(c.args[0])); target != c.pid && threadGroup(target) != c.pid {
			t.report(c.pid, name, "")
		}
	}
}

func (t *tracer) recordLock(c *call) {
	switch c.args[1] {
	case unix.F_SETLK, unix.F_SETLKW, unix.F_OFD_SETLK, unix.F_OFD_SETLKW:
		t.report(c.pid, "fcntl lock", fileBehind(c.pid, c.args[0]))
	}
}
