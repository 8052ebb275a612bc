// Package world keeps what one check owns: its processes, names, directory and
// limits. When a world is closed nothing of it is left, whatever its processes
// did.
//
// Where the host allows it, a world has mount, IPC, PID and network namespaces of
// its own, with its own /dev/shm, message queues, System V objects and /proc, and a
// view of its own of /tmp; its processes run under a uid that nothing else uses if
// the kit is root, and under the kit's own if it is not. Where the host does not, a
// world is what one process can hold together as the subreaper of the others, and
// what carries the world's cookie; then Isolated is false and Capabilities says
// why.
//
// A world is held by a process that is the running binary in another role: a program
// that makes worlds calls Hold where reexec.Role is HolderRole. That process is in
// package holder; what it and the kit say to each other is in package message, and
// what /proc says of processes in package proc.
package world

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/reexec"
	"github.com/ipckit/ipckit/harness/temporary"
	"github.com/ipckit/ipckit/harness/world/message"
	"github.com/ipckit/ipckit/harness/world/proc"
)

// A World is what one check owns. It is safe for concurrent use.
type World struct {
	id       string
	dir      string
	isolated bool
	setup    message.Setup
	user     user
	holder   *client
	items    []Capability
	timer    *time.Timer // Limits.Wall
	late     atomic.Bool // it has gone off

	closing sync.Once
	closed  error
}

// refusal is why this host gives no namespaces, once that is known: asking again
// would only cost time.
var refusal atomic.Pointer[refused]

// New makes a world. It takes some 10 ms, one process and, without namespaces, a
// turn: see Options. The context bounds the making, not the life of the world.
// What its processes are to find in /tmp, such as a program that was built, must
// be there before: later only Dir is shared.
func New(ctx context.Context, o Options) (*World, error) {
	if reexec.Role() == HolderRole {
		return nil, errors.New("world.New was called in a holder: call world.Hold where reexec.Role is world.HolderRole, before anything else")
	}
	why := refusal.Load()
	if o.Isolation == None || os.Getenv(IsolationVariable) == "none" {
		why = &refused{"namespaces", errors.New("not asked for")}
	}
	if why == nil {
		w, err := open(ctx, o, nil)
		if !errors.As(err, &why) {
			return w, err
		}
		refusal.Store(why)
	}
	if err := takeTurn(ctx); err != nil {
		return nil, err
	}
	w, err := open(ctx, o, why)
	if err != nil {
		leaveTurn()
	}
	return w, err
}

// open makes a world, without namespaces where there is a reason for that. An
// error that is a *refused is such a reason.
func open(ctx context.Context, o Options, without *refused) (_ *World, err error) {
	w := &World{id: newID(), isolated: without == nil, user: chooseUser(o.User)}
	defer func() {
		if err != nil {
			_ = w.discard()
		}
	}()
	if err := w.makeDir(); err != nil {
		return nil, err
	}
	w.setup = message.Setup{
		ID: w.id, Dir: w.dir, User: w.user.id, Drop: w.user.drop, OwnedUser: w.user.owned,
		Isolated: w.isolated, Network: w.isolated && !o.Network, TwoHosts: o.TwoHosts, Limits: o.Limits,
	}
	if w.isolated {
		w.setup.Host = message.OwnNamespaces()
	}
	if err := w.launch(without); err != nil {
		return nil, err
	}
	a, err := w.holder.call(ctx, message.Request{Op: message.OpSetup, Setup: &w.setup})
	var failure *message.Failure
	switch {
	case errors.As(err, &failure) && w.isolated && refusing(err):
		return nil, &refused{"a mount namespace is given, but of no use", failure}
	case err != nil:
		return nil, fmt.Errorf("make a world: %w", err)
	}
	w.items = append(w.items, a.Items...)
	w.items = append(w.items, Capability{Name: UnprivilegedUser, OK: w.user.reason == "", Reason: w.user.reason})
	if o.Limits.Wall > 0 {
		w.timer = time.AfterFunc(o.Limits.Wall, func() { w.expire(o.Limits.Wall) })
	}
	return w, nil
}

// newID is 8 letters and digits: short, for it becomes part of names.
func newID() string {
	random := make([]byte, 5)
	_, _ = rand.Read(random) // never fails
	return strings.ToLower(base32.StdEncoding.EncodeToString(random))
}

func (w *World) makeDir() error {
	dir := filepath.Join(os.TempDir(), "ipckit-"+w.id)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return fmt.Errorf("make the world's directory: %w", err)
	}
	w.dir = dir
	if !w.user.drop {
		return nil
	}
	if err := os.Chown(dir, w.user.id, w.user.id); err != nil {
		return fmt.Errorf("give the world's directory to its user: %w", err)
	}
	if closed := untraversable(dir, w.user.id); closed != "" {
		return fmt.Errorf("the world's directory %s cannot be reached by its user, uid %d: %s is closed to others; set TMPDIR to a directory that is open to all", dir, w.user.id, closed)
	}
	return nil
}

// launch starts the holder, with as many namespaces as the host allows.
func (w *World) launch(without *refused) (err error) {
	if without != nil {
		w.items = append(w.items, withoutItems(without)...)
		w.holder, err = launch(w, cloning(w.user, 0))
		return err
	}
	flags := uintptr(message.Needed)
	if w.setup.Network {
		flags |= unix.CLONE_NEWNET
	}
	w.holder, err = launch(w, cloning(w.user, flags))
	if err != nil && w.setup.Network && tryClone(cloning(w.user, message.Needed)) == nil {
		w.setup.Network = false
		w.items = append(w.items, Capability{Name: NetworkNamespace, Reason: (&refused{"clone with a new network namespace", err}).Error()})
		w.holder, err = launch(w, cloning(w.user, message.Needed))
	}
	if err != nil && refusing(err) {
		return explain(err)
	}
	if err != nil {
		return fmt.Errorf("start the holder of a world: %w", err)
	}
	if proc.NeedsUserNamespace() {
		w.items = append(w.items, Capability{Name: UserNamespace, OK: true})
	}
	for _, n := range message.Namespaces {
		if flags&n.Flag != 0 && (n.Flag != unix.CLONE_NEWNET || w.setup.Network) {
			w.items = append(w.items, Capability{Name: n.Name, OK: true})
		}
	}
	return nil
}

// withoutItems are the capabilities of a world without namespaces.
func withoutItems(why *refused) (items []Capability) {
	for _, n := range message.Namespaces {
		items = append(items, Capability{Name: n.Name, Reason: why.Error()})
	}
	return items
}

// ID is the world's cookie, 8 letters and digits. Every process of the world has
// it in its environment as IPCKIT_WORLD.
func (w *World) ID() string { return w.id }

// Dir is the world's private directory: the working directory and TMPDIR of its
// processes. Names that begin with ".ipckit" in it are the kit's and never
// leftovers.
func (w *World) Dir() string { return w.dir }

// User is the uid of the world's processes.
func (w *World) User() int { return w.setup.User }

// Isolated reports whether the world has mount, IPC and PID namespaces of its own.
func (w *World) Isolated() bool { return w.isolated }

// Capabilities are what the host allowed this world.
func (w *World) Capabilities() Capabilities { return Capabilities{Items: w.items} }

// Err is why the world broke, for instance that its holder was killed; nil while
// it lives, and after Close.
func (w *World) Err() error {
	select {
	case <-w.holder.gone:
		return w.holder.err
	default:
		return nil
	}
}

// expire ends the world's processes when its time is over.
func (w *World) expire(wall time.Duration) {
	w.late.Store(true)
	_ = w.kill(timeLimit(wall))
}

// timeLimit is the cause of an end by Limits.Wall.
func timeLimit(wall time.Duration) string { return fmt.Sprintf("time limit of %v", wall) }

// kill ends every process of the world, for a reason that their Exit will name.
func (w *World) kill(cause string) error {
	return w.end(message.OpKill, cause)
}

func (w *World) end(op message.Operation, cause string) error {
	for _, p := range w.holder.live() {
		p.blame(cause)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*patience)
	defer cancel()
	_, err := w.holder.call(ctx, message.Request{Op: op})
	return err
}

// Clean ends every process of the world and removes what they created. The world
// can be used again.
func (w *World) Clean() error { return w.end(message.OpClean, "the world was cleaned") }

// Close ends the world: every process in it, daemons included, and everything
// that they created. An error says what could not be ended or removed, or that
// the world had broken before. It may be called again, and gives the same.
func (w *World) Close() error {
	w.closing.Do(func() {
		if w.timer != nil {
			w.timer.Stop()
		}
		w.closed = errors.Join(w.holder.end("the world was closed"), w.discard())
		if !w.isolated {
			leaveTurn()
		}
	})
	return w.closed
}

// discard gives back what is not the holder's.
func (w *World) discard() (err error) {
	if w.holder != nil {
		_ = w.holder.proc.Kill()
		<-w.holder.gone
	}
	if w.dir != "" {
		err = temporary.RemoveTree(w.dir)
	}
	w.user.release()
	return err
}
