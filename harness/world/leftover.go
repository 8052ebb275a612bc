package world

import (
	"context"
	"slices"
	"time"

	"github.com/ipckit/ipckit/harness/world/message"
)

// Baseline makes what is there now no leftover.
func (w *World) Baseline() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	_, err := w.holder.call(ctx, message.Request{Op: message.OpBaseline})
	return err
}

// settling is how long a process that is about to end is given to do so before
// it counts as left.
const settling = 500 * time.Millisecond

// Leftovers are the things that the world's processes left since New or
// Baseline, live processes included; and the kinds that cannot be looked at.
// Where the world has broken, that is all of them.
func (w *World) Leftovers(ctx context.Context) (found []Leftover, unseen []Unseen) {
	for deadline := time.Now().Add(settling); ; {
		a, err := w.holder.call(ctx, message.Request{Op: message.OpLeftovers})
		if err != nil {
			for _, kind := range message.Kinds {
				unseen = append(unseen, Unseen{Kind: kind, Reason: err.Error()})
			}
			return nil, unseen
		}
		found, unseen = a.Found, a.Unseen
		running := slices.ContainsFunc(found, func(l Leftover) bool { return l.Kind == LiveProcess })
		if !running || time.Now().After(deadline) {
			return found, unseen
		}
		select {
		case <-ctx.Done():
			return found, unseen
		case <-time.After(5 * time.Millisecond):
		}
	}
}
