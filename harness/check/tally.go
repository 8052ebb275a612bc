package check

// A Tally is how far a process is that moves items, in memory of the kit's that
// outlives it.
type Tally struct{ scratch *Scratch }

// Tally makes one, for one process after the other.
func (w *World) Tally() *Tally { return &Tally{w.Scratch(0)} }

// Reset is for when the last process is gone, and before the next begins.
func (t *Tally) Reset() {
	own := t.scratch.Of(0)
	own.Began.Store(0)
	own.Ended.Store(0)
}

// Items are how many the process has begun to put or get, and of how many of
// these the call has returned and all was right. Of a process that lives they
// are a moment apart. An adapter that does not tell leaves both at 0.
func (t *Tally) Items() (begun, ended int64) {
	own := t.scratch.Of(0)
	ended = int64(own.Ended.Load())
	return int64(own.Began.Load()), ended
}
