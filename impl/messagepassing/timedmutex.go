package messagepassing

import (
	"context"
	"time"
)

// A turn lets goroutines use one direction of a link one after the other. It
// holds a token while it is somebody's.
type timedMutex chan struct{}

func newTimedMutex() timedMutex { return make(timedMutex, 1) }

// enter waits for the turn. busy is the answer to one who would not wait: who
// has the turn waits for the same thing.
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

// try takes the turn if it is nobody's.
func (t timedMutex) tryLock() bool {
	select {
	case t <- struct{}{}:
		return true
	default:
		return false
	}
}

func (t timedMutex) unlock() { <-t }
