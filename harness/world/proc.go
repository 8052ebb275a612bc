package world

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// allProcesses lists the ids in /proc.
func allProcesses() []int {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	return numbers(names)
}

func numbers(names []string) []int {
	var pids []int
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// A status is what /proc/PID/status or /proc/PID/task/TID/status says.
type status struct {
	name                 string
	state                string // one letter; "" when it could not be read
	parent               int
	ids                  []int // in each PID namespace, from that of this /proc inwards
	uid                  int   // real
	threads              int
	voluntary, preempted uint64
}

// gone reports a process that has ended, whether or not its parent has noticed.
func (s status) gone() bool { return s.state == "" || s.state == "Z" || s.state == "X" }

func readStatus(dir string) status {
	text, err := os.ReadFile(dir + "/status")
	if err != nil {
		return status{}
	}
	var s status
	for line := range strings.Lines(string(text)) {
		key, value, _ := strings.Cut(line, ":")
		fields := strings.Fields(value)
		if len(fields) == 0 {
			continue
		}
		number, _ := strconv.Atoi(fields[0])
		switch key {
		case "Name":
			s.name = strings.TrimSpace(value)
		case "State":
			s.state = fields[0]
		case "PPid":
			s.parent = number
		case "NSpid":
			s.ids = numbers(fields)
		case "Uid":
			s.uid = number
		case "Threads":
			s.threads = number
		case "voluntary_ctxt_switches":
			s.voluntary, _ = strconv.ParseUint(fields[0], 10, 64)
		case "nonvoluntary_ctxt_switches":
			s.preempted, _ = strconv.ParseUint(fields[0], 10, 64)
		}
	}
	return s
}

// descendants lists the processes below one, all generations, those that have
// ended left out. What is forked meanwhile may be missed.
func descendants(ancestor int) []int {
	children := map[int][]int{}
	for _, pid := range allProcesses() {
		if s := readStatus("/proc/" + strconv.Itoa(pid)); s.state != "" {
			children[s.parent] = append(children[s.parent], pid)
		}
	}
	var below []int
	for next := children[ancestor]; len(next) > 0; {
		var after []int
		for _, pid := range next {
			if !readStatus("/proc/" + strconv.Itoa(pid)).gone() {
				below = append(below, pid)
			}
			after = append(after, children[pid]...)
		}
		next = after
	}
	slices.Sort(below)
	return below
}

// carriers lists the live processes whose environment has the cookie. Processes
// whose environment may not be read are left out.
func carriers(cookie string) []int {
	want := []byte(CookieVariable + "=" + cookie)
	var found []int
	for _, pid := range allProcesses() {
		environ, err := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		if err != nil {
			continue
		}
		if slices.ContainsFunc(bytes.Split(environ, []byte{0}), func(v []byte) bool { return bytes.Equal(v, want) }) {
			found = append(found, pid)
		}
	}
	return found
}

// inhabitants lists the processes that work in a directory or below.
func inhabitants(dir string) []int {
	var found []int
	for _, pid := range allProcesses() {
		cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
		if err == nil && strings.HasPrefix(cwd+"/", dir+"/") {
			found = append(found, pid)
		}
	}
	return found
}

// commandLine is the command of a process, on one line.
func commandLine(pid int) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return strings.TrimSpace(strings.ReplaceAll(string(text), "\x00", " "))
}
