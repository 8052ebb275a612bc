package world

import (
	"context"

	"github.com/ipckit/ipckit/harness/world/message"
)

// FillShm leaves no room in the world's own /dev/shm: a process that makes more of
// anything there gets ENOSPC, or SIGBUS where it has not reserved what it touches.
// What there is stays as it is. EmptyShm gives the room back. Both fail without
// namespaces, where /dev/shm is the host's.
func (w *World) FillShm(ctx context.Context) error  { return w.ask(ctx, message.OpFill) }
func (w *World) EmptyShm(ctx context.Context) error { return w.ask(ctx, message.OpEmpty) }
