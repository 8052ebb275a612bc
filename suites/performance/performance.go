// Package performance judges measured promises: ratios to a baseline that is
// measured in the same rounds.
package performance

import (
	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/check"
)

// Specs registers the checks of ratios.
func Specs(s *check.Suite) {
	for id, judge := range map[string]func(*check.World){
		"PERF-LATENCY":    latency,
		"PERF-THROUGHPUT": throughput,
		"PERF-SIZES":      sizes,
		"PERF-SCALE":      scale,
	} {
		s.It(id, judge, check.Kind(catalogue.Performance), check.Once())
	}
}
