package proc

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// An Object is what a mapping shows: two mappings of one object are the same
// memory, in whatever processes.
type Object struct {
	Device string
	Inode  uint64 // 0: none, the memory is the process's own
}

// A Mapping is one line of /proc/PID/maps.
type Mapping struct {
	Low, High uint64 // addresses: from Low up to before High
	Offset    uint64 // in the object, of Low
	Access    int    // PROT_READ, PROT_WRITE, PROT_EXEC
	Shared    bool
	Object
	Path string
}

// Holds reports whether an address lies in the mapping.
func (m *Mapping) Holds(address uint64) bool { return m.Low <= address && address < m.High }

// deleted is what the kernel adds to the path of a file under whose name it is not
// found any more.
const deleted = " (deleted)"

// Name is the path of the file that a process's mapping shows. A file that was opened
// under another name than it has now gets that: glibc makes a named semaphore under a
// passing name and links it to its own, so that its creator's mapping shows the one, and
// all others show the other.
func (m *Mapping) Name(pid int) string {
	path, gone := strings.CutSuffix(m.Path, deleted)
	if !gone {
		return m.Path
	}
	dir := fmt.Sprintf("/proc/%d/root%s", pid, filepath.Dir(path))
	entries, err := os.ReadDir(dir)
	if err != nil {
		return m.Path
	}
	for _, e := range entries {
		var st unix.Stat_t
		if unix.Lstat(filepath.Join(dir, e.Name()), &st) == nil && st.Ino == m.Inode {
			return filepath.Join(filepath.Dir(path), e.Name())
		}
	}
	return m.Path
}

// Mappings gives what a process has mapped, by address.
func Mappings(pid int) ([]Mapping, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		return nil, err
	}
	var all []Mapping
	for line := range strings.Lines(string(text)) {
		if m, ok := parseMapping(line); ok {
			all = append(all, m)
		}
	}
	return all, nil
}

// Executable is the path of the program that a process runs; "" where that is not
// known.
func Executable(pid int) string {
	path, err := os.Readlink(fmt.Sprintf("/proc/%d/exe", pid))
	if err != nil {
		return ""
	}
	return path
}

// parseMapping reads "7f00-7f01 rw-s 00001000 00:1a 77   /dev/shm/ring".
func parseMapping(line string) (m Mapping, ok bool) {
	f := strings.Fields(line)
	if len(f) < 5 || len(f[1]) < 4 {
		return m, false
	}
	low, high, _ := strings.Cut(f[0], "-")
	var errs [4]error
	m.Low, errs[0] = strconv.ParseUint(low, 16, 64)
	m.High, errs[1] = strconv.ParseUint(high, 16, 64)
	m.Offset, errs[2] = strconv.ParseUint(f[2], 16, 64)
	m.Inode, errs[3] = strconv.ParseUint(f[4], 10, 64)
	for i, bit := range []int{unix.PROT_READ, unix.PROT_WRITE, unix.PROT_EXEC} {
		if f[1][i] != '-' {
			m.Access |= bit
		}
	}
	m.Shared, m.Device, m.Path = f[1][3] == 's', f[3], strings.Join(f[5:], " ")
	return m, errs == [4]error{}
}
