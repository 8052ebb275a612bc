package adapter

import "time"

// Tighten makes a build come up against its limits soon.
func (a *Adapter) Tighten(wall time.Duration, output, bytes int64, files int) {
	a.limits.Wall, a.limits.output, a.limits.bytes, a.limits.files = wall, output, bytes, files
	a.limits.Processes = 64
}
