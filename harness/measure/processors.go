package measure

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Processors are n that this process, and what it starts, may run on: of different
// cores where there are so many, and the last ones, since the first one serves most
// interrupts. Where there are fewer, they are shared in turn. It gives nil where the
// host does not say.
func Processors(n int) []int {
	allowed := Allowed()
	if len(allowed) == 0 {
		return nil
	}
	slices.Reverse(allowed)
	var first, rest []int
	cores := map[string]bool{}
	for _, cpu := range allowed {
		if core := coreOf(cpu); !cores[core] {
			cores[core] = true
			first = append(first, cpu)
		} else {
			rest = append(rest, cpu)
		}
	}
	all := slices.Concat(first, rest)
	chosen := make([]int, n)
	for i := range chosen {
		chosen[i] = all[i%len(all)]
	}
	return chosen
}

// Allowed are the processors that this process may run on.
func Allowed() (list []int) {
	var set unix.CPUSet
	if unix.SchedGetaffinity(0, &set) != nil {
		return nil
	}
	for cpu := 0; len(list) < set.Count(); cpu++ {
		if set.IsSet(cpu) {
			list = append(list, cpu)
		}
	}
	return list
}

func coreOf(cpu int) string {
	siblings, err := os.ReadFile(fmt.Sprintf("/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list", cpu))
	if err != nil {
		return fmt.Sprint(cpu)
	}
	return strings.TrimSpace(string(siblings))
}

// What processes that spin need of each of their processors, and how it is found
// out: a thread is kept on each and computes for a look. A machine that is busy for
// a moment is looked at again.
const (
	enough = 0.3
	look   = 60 * time.Millisecond
	looks  = 4
)

// Occupied says why processes that wait by spinning cannot be measured on these
// processors, one for each, or "".
func Occupied(processors []int) string {
	distinct := slices.Compact(slices.Sorted(slices.Values(processors)))
	switch {
	case processors == nil:
		return "the host does not let processes be kept on processors"
	case len(distinct) < len(processors):
		return fmt.Sprintf("needs %d free processors; there are %d", len(processors), len(distinct))
	}
	best := 0.0
	for range looks {
		efficiency, err := efficiencyOf(processors)
		if err != nil {
			return fmt.Sprintf("needs %d free processors; threads cannot be kept on them: %v", len(processors), err)
		}
		if best = max(best, efficiency); best >= enough {
			return ""
		}
	}
	return fmt.Sprintf("needs %d free processors; measured efficiency %.2f", len(processors), best)
}

// efficiencyOf is the part of the time that a thread gets on each of the processors,
// while one computes on each: the least of them.
func efficiencyOf(processors []int) (float64, error) {
	got, errs := make([]float64, len(processors)), make([]error, len(processors))
	var wait sync.WaitGroup
	for i, cpu := range processors {
		wait.Go(func() {
			runtime.LockOSThread() // and not unlocked: the thread, which is kept on one processor, ends with the goroutine
			var set unix.CPUSet
			set.Set(cpu)
			if errs[i] = unix.SchedSetaffinity(0, &set); errs[i] != nil {
				return
			}
			began, used := time.Now(), threadTime()
			for time.Since(began) < look {
			}
			got[i] = float64(threadTime()-used) / float64(time.Since(began))
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return 0, err
		}
	}
	return slices.Min(got), nil
}

func threadTime() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}
