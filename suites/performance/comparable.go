package performance

import (
	"fmt"
	"strings"

	"github.com/ipckit/ipckit/harness/catalogue"
	"github.com/ipckit/ipckit/harness/measure"
	"github.com/ipckit/ipckit/harness/subject"
)

// whats is what is measured of promises of one figure.
var whats = map[string]measure.What{
	"PERF-LATENCY":    measure.RoundTrip,
	"PERF-THROUGHPUT": measure.OneWay,
	"PERF-SIZES":      measure.OneWay,
	"PERF-SYSCALLS":   measure.OneWay,
	"PERF-IDLE":       measure.OneWay,
	"PERF-MEMORY":     measure.OneWay,
	"PERF-TAIL":       measure.OneWay,
}

// Incomparable says why a promise cannot be compared with a subject of some claims,
// or "".
func Incomparable(c *catalogue.Catalogue, claims subject.Claims, p subject.Performance, baseline subject.Claims) string {
	what, known := whats[p.Requirement]
	if !known {
		return ""
	}
	f := FigureOf(claims, p, c.Get(p.Requirement).Of, what)
	if p.From > 0 {
		f.Size = int64(p.From)
	}
	if _, ok := f.OfSubject(baseline); ok {
		return ""
	}
	return fmt.Sprintf("it has nothing that could be compared with the %s; it claims %s", f, strings.Join(baseline.Claimed(), ", "))
}
