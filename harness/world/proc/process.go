package proc

import (
	"bytes"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// All lists the ids of the processes in /proc.
func All() []int {
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

// Descendants lists the processes below one, all generations, those that have
// ended left out. What is forked meanwhile may be missed.
func Descendants(ancestor int) []int {
	children := map[int][]int{}
	for _, pid := range All() {
		if s := ReadStatus(pid); s.State != "" {
			children[s.Parent] = append(children[s.Parent], pid)
		}
	}
	var below []int
	for next := children[ancestor]; len(next) > 0; {
		var after []int
		for _, pid := range next {
			if !ReadStatus(pid).Gone() {
				below = append(below, pid)
			}
			after = append(after, children[pid]...)
		}
		next = after
	}
	slices.Sort(below)
	return below
}

// Carriers lists the processes whose environment has a variable, "NAME=value".
// Those whose environment may not be read are left out.
func Carriers(variable string) []int {
	want := []byte(variable)
	var found []int
	for _, pid := range All() {
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

// Inhabitants lists the processes whose working directory is dir or below it.
func Inhabitants(dir string) []int {
	var found []int
	for _, pid := range All() {
		cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
		if err == nil && strings.HasPrefix(cwd+"/", dir+"/") {
			found = append(found, pid)
		}
	}
	return found
}

// CommandLine is the command of a process, on one line.
func CommandLine(pid int) string {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return strings.TrimSpace(strings.ReplaceAll(string(text), "\x00", " "))
}
