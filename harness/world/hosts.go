package world

import (
	"context"

	"github.com/ipckit/ipckit/harness/world/message"
)

// Cut breaks the connection of the world's two hosts: what is sent is lost, and
// neither side receives a notice. Heal repairs it.
func (w *World) Cut(ctx context.Context) error  { return w.ask(ctx, message.OpCut) }
func (w *World) Heal(ctx context.Context) error { return w.ask(ctx, message.OpHeal) }

// ask makes a request that has no more to it than its name.
func (w *World) ask(ctx context.Context, op message.Operation) error {
	_, err := w.holder.call(ctx, message.Request{Op: op})
	return err
}
