// Package performance judges measured promises: ratios to a baseline that is
// measured in the same rounds, and what can be counted.
package performance

import (
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
)

// Specs registers the checks.
func Specs(s *check.Suite) {
	for id, judge := range map[string]func(*check.World){
		"PERF-LATENCY":    latency,
		"PERF-THROUGHPUT": throughput,
		"PERF-SIZES":      sizes,
		"PERF-SCALE":      scale,
		"PERF-TAIL":       tail,
	} {
		s.It(id, judge, check.Kind(catalogue.Performance), check.Once())
	}
	s.It("PERF-SYSCALLS", syscalls.judge, check.Kind(catalogue.Performance))
	s.It("PERF-IDLE", idle.judge, check.Kind(catalogue.Performance))
	s.It("PERF-MEMORY", memory.judge, check.Kind(catalogue.Performance))
}
