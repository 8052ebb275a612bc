package main

import "testing"

// TestLoadProgressOfTwoProfiles: two checks of one requirement run at the same
// time and report in turn. Neither is taken for the other begun again.
func TestLoadProgressOfTwoProfiles(t *testing.T) {
	p := newLoadProgress("subject").(*loadProgress)
	p.Begin(2)
	for _, n := range []int64{100, 200, 300} {
		p.Progress("BUF-FIFO/buffer.many", 10*n, n)
		p.Progress("BUF-FIFO/buffer.one-to-one", n, 1)
	}
	if got, want := p.sum(), (load{3300, 301}); got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	p.Progress("BUF-FIFO/buffer.one-to-one", 50, 0) // run again
	if got, want := p.sum(), (load{3350, 301}); got != want {
		t.Errorf("run again: %+v, want %+v", got, want)
	}
}
