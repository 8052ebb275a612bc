package proc

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// A thread starves that waits for a processor ten times as long as it has one:
// every few steps of its work, it stands in a queue. One that computes, or polls,
// beside a few others like it does not.
const starving = 10

// Starved looks at processes for a while, and reports whether threads of theirs
// that hardly ran waited for a processor for more than a tenth of it. Then what
// does not come back may be slow, on a machine that is loaded, and not blocked.
// What is not known counts as blocked: threads that ended, and hosts that do not
// count (CONFIG_SCHED_INFO).
func Starved(while time.Duration, pids ...int) bool {
	before := schedules(pids)
	time.Sleep(while)
	var waited time.Duration
	for tid, now := range schedules(pids) {
		last, known := before[tid]
		delay, ran := now.waited-last.waited, now.ran-last.ran
		switch {
		case !known:
		case last.runnable && now.runnable && ran == 0: // its wait is counted when it is over
			waited += while
		case delay > starving*ran:
			waited += delay
		}
	}
	return waited > while/10
}

// A schedule is what became of a thread so far.
type schedule struct {
	ran, waited time.Duration // with and for a processor: /proc/PID/task/TID/schedstat
	runnable    bool          // it has one now, or waits for one
}

// schedules are those of all threads, by id.
func schedules(pids []int) map[int]schedule {
	all := map[int]schedule{}
	for _, pid := range pids {
		threads, _ := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
		for _, t := range threads {
			var tid int
			var s schedule
			text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/schedstat", pid, t.Name()))
			if err != nil {
				continue
			}
			if _, err := fmt.Sscan(t.Name(), &tid); err != nil {
				continue
			}
			if _, err := fmt.Sscan(string(text), &s.ran, &s.waited); err != nil {
				continue
			}
			stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%s/stat", pid, t.Name()))
			_, state, _ := strings.Cut(string(stat), ") ")
			s.runnable = strings.HasPrefix(state, "R")
			all[tid] = s
		}
	}
	return all
}
