package check

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/agent"
)

// calmHeap has a Go agent's run-time collect its garbage at once, so that what the
// kit's own requests leave does not look like memory that objects hold.
const calmHeap = "GOGC=1"

// SmallProcess starts a new process that hosts the subject, whose memory is to be
// measured.
func (w *World) SmallProcess(name string) *Process {
	l := w.spec.suite.Launcher
	if l.Env == nil {
		l.Env = os.Environ()
	}
	l.Env = agent.With(l.Env, calmHeap)
	return w.process(name, l)
}

// Memory is how many bytes the processes of the world hold together: the agents', and
// those that the subject itself started. A page that several have mapped counts
// once, and so do objects in /dev/shm, mapped or not. What the kernel holds for them
// does not show.
func (w *World) Memory() int64 {
	var private, mapped, blocks int64
	for i, p := range w.Processes() {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", p.PID()))
		switch {
		case err != nil && !p.Alive():
			continue
		case err != nil:
			w.Skip("the kernel does not tell how much memory a process holds: %v", err)
		}
		m := fieldsOf(text)
		private += m["Pss_Anon"] + m["Pss_File"]
		mapped += m["Pss_Shmem"]
		if i == 0 {
			blocks = w.shmBlocks(p.PID())
		}
	}
	return private + max(mapped, blocks)
}

// fieldsOf reads lines such as "Pss_Anon:  116 kB", in bytes.
func fieldsOf(text []byte) map[string]int64 {
	values := map[string]int64{}
	for line := range bytes.Lines(text) {
		if fields := strings.Fields(string(line)); len(fields) == 3 && fields[2] == "kB" {
			kib, _ := strconv.ParseInt(fields[1], 10, 64)
			values[strings.TrimSuffix(fields[0], ":")] = kib << 10
		}
	}
	return values
}

// shmBlocks is what the objects of this world take of /dev/shm, as a process of it
// sees that: they have the world's id in their names.
func (w *World) shmBlocks(pid int) (sum int64) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/root/dev/shm/*%s*", pid, w.ID()))
	for _, f := range files {
		var info unix.Stat_t
		if unix.Lstat(f, &info) == nil {
			sum += info.Blocks * 512
		}
	}
	return sum
}
