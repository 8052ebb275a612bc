package messagepassing

import (
	"context"
	"time"
)

// A timedMutex is a mutex for which one can wait with a time limit or a context.
// It is locked while the channel holds a token.
type timedMutex chan struct{}

func newTimedMutex() timedMutex { return make(timedMutex, 1) }

// lock locks the mutex, or fails when the deadline passes or ctx or scope ends.
// If w is Never and the mutex is locked, it fails with busy: the goroutine that
// holds it is waiting for the same thing.
func (t timedMutex) lock(ctx, scope context.Context, w Wait, deadline time.Time, busy error) error {
	select {
	case t <- struct{}{}:
		return nil
	default:
	}
	if w == Never {
		return busy
	}
	var late <-chan time.Time
	if !deadline.IsZero() {
		timer := time.NewTimer(time.Until(deadline))
		defer timer.Stop()
		late = timer.C
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-late:
		return ErrTimeout
	case <-ctx.Done():
		return contextError(ctx)
	case <-scope.Done():
		return ErrInterrupted
	}
}

// tryLock locks the mutex if it is free.
func (t timedMutex) tryLock() bool {
	select {
	case t <- struct{}{}:
		return true
	default:
		return false
	}
}

func (t timedMutex) unlock() { <-t }
