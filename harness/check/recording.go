package check

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/subject"
)

// Recorded is a workload whose operations are written down as they happen, for
// a checker that judges them when all are done.
type Recorded struct {
	Role             string // one of protocol.Roles
	Index            int64  // of the process in the history
	Count            int64  // operations that have to take effect
	Wait             subject.Wait
	Tries            int64         // of 100 operations, how many do not wait
	Think            time.Duration // the longest pause between two operations
	SizeMin, SizeMax int64         // of items and records, bytes
	Seed             uint64
}

// A Recording is a recorded workload under way.
type Recording struct {
	*Call
	Index int64
	path  string
}

// Records reports whether the agent can record what its operations did.
func (p *Process) Records() bool { return p.agent.Hello().Records }

// record begins a recorded workload on an object; offset is nil but for words.
func (p *Process) record(object string, x Recorded, offset *int64) *Recording {
	p.world.histories++
	path := filepath.Join(p.world.Dir(), fmt.Sprintf(".ipckit-history-%d", p.world.histories))
	wire, think := protocol.WireWait(x.Wait), int64(x.Think)
	r := protocol.Request{
		Op: protocol.OpWorkload, Object: object, Role: x.Role, Count: &x.Count, Index: &x.Index, Wait: &wire,
		History: path, Tries: &x.Tries, Think: &think, Seed: &x.Seed, Offset: offset,
	}
	if x.SizeMax > 0 {
		r.SizeMin, r.SizeMax = &x.SizeMin, &x.SizeMax
	}
	return &Recording{Call: p.begin(r), Index: x.Index, path: path}
}

// Record begins a recorded workload on a buffer or mailbox.
func (q *Queue) Record(x Recorded) *Recording { return q.process.record(q.handle, x, nil) }

// Record begins a recorded workload on a lock, semaphore or snapshot.
func (h handle) Record(x Recorded) *Recording { return h.process.record(h.id, x, nil) }

// Record begins a recorded workload on a word.
func (x *Word) Record(r Recorded) *Recording {
	return x.region.process.record(x.region.handle, r, &x.offset)
}

// PutRole and GetRole are the roles of workloads that move items here.
func (q *Queue) PutRole() string { return q.role(protocol.RolePut, protocol.RoleSend) }

// GetRole is the other side of PutRole.
func (q *Queue) GetRole() string { return q.role(protocol.RoleGet, protocol.RoleReceive) }

// Ended waits until all recordings have ended. It gives a reason where one does not:
// that its process is blocked, and none is left to release it. A process that died
// is no reason here, nor is one whose operation was refused: see [Recording.Err].
func (w *World) Ended(all []*Recording) (stuck string) {
	for _, r := range all {
		if reason := w.watch(r.call); reason != "" {
			return w.hung(r.Call, reason)
		}
	}
	return ""
}

// Err says how the workload ended, once it has; dead: by its process's death.
func (r *Recording) Err() (dead bool, err error) {
	if !r.Returned() {
		return false, nil
	}
	_, err = r.call.Reply()
	return errors.As(err, new(*agent.Died)), err
}

// Begun reports whether the process records already.
func (r *Recording) Begun() bool { return history.Begun(r.path) }

// Broken ends the spec where a workload failed. A process that was killed on purpose
// has not failed.
func (r *Recording) Broken() {
	if _, err := r.Err(); err != nil && !r.process.gone {
		w := r.process.world
		var refused *subject.Error
		if errors.As(err, &refused) && strings.HasPrefix(refused.Text, "history") {
			w.Inconclusive("%s could not record its operations: %s: make room where TMPDIR points", r.process.Name(), refused.Text)
		}
		w.Must(r.process.refusal(protocol.OpWorkload, err), "an operation of %s under load", r.process.Name())
	}
}

// Gone reports whether the process has left, or was killed.
func (p *Process) Gone() bool { return p.gone }

// Histories loads what was recorded, one log a process. A process that was killed
// before its first operation has recorded nothing.
func (w *World) Histories(all []*Recording) (*history.History, error) {
	var paths []string
	for _, r := range all {
		if r.process.gone && !history.Begun(r.path) {
			continue
		}
		paths = append(paths, r.path)
	}
	return history.LoadJoined(paths...)
}

// Discard removes what was recorded.
func (w *World) Discard(all []*Recording) {
	for _, r := range all {
		_ = os.Remove(r.path)
	}
}
