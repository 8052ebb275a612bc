package check

import "time"

// A Usage is what the processes of a world have used so far: the agents', and those
// that the subject itself started.
type Usage struct {
	Processor time.Duration // user and system
	Wakes     uint64        // how often a thread had to wait, and so was woken
	Precise   bool          // the host counts in nanoseconds, and not in ticks
}

// Usage reads it, from outside.
func (w *World) Usage() Usage {
	u := Usage{Precise: true}
	for _, p := range w.Processes() {
		state, err := p.State()
		if err != nil {
			continue // it is ending
		}
		for _, t := range state.Threads {
			u.Processor += t.CPU
			u.Wakes += t.Waits
			u.Precise = u.Precise && t.Precise
		}
	}
	return u
}
