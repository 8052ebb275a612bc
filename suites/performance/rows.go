package performance

import (
	"github.com/ipckit/ipckit/harness/measure"
)

// A Row is a figure by which implementations are compared side by side.
type Row struct {
	Title       string
	Requirement string // by which it can be promised
	What        measure.What
	Size        int64
	Limit       string // of the machine
}

// Rows lists them.
func Rows() []Row {
	return []Row{
		{"latency, 8 B", "PERF-LATENCY", measure.RoundTrip, 8, "limit.line"},
		{"latency, 64 B", "PERF-LATENCY", measure.RoundTrip, 64, "limit.lines"},
		{"throughput, 64 B", "PERF-THROUGHPUT", measure.OneWay, 64, "limit.lines"},
		{"bandwidth, 64 KiB", "PERF-THROUGHPUT", measure.OneWay, 64 << 10, "limit.read"},
		{"bandwidth, 1 MiB", "PERF-THROUGHPUT", measure.OneWay, 1 << 20, "limit.read"},
	}
}
