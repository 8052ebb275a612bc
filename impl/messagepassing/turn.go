package messagepassing

import (
	"context"
	"time"
)

// A turn lets goroutines use one direction of a link one after the other. It
// holds a token while it is somebody's.
type turn chan struct{}

func newTurn() turn { return make(turn, 1) }

// enter waits for the turn. busy is the answer to one who would not wait: who
// has the turn waits for the same thing.
func (t turn) enter(ctx, era context.Context, w Wait, deadline time.Time, busy error) error {
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
	case <-era.Done():
		return ErrInterrupted
	}
}

// try takes the turn if it is nobody's.
func (t turn) try() bool {
	select {
	case t <- struct{}{}:
		return true
	default:
		return false
	}
}

func (t turn) leave() { <-t }
