package check

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/ipckit/ipckit/harness/protocol"
	"github.com/ipckit/ipckit/harness/protocol/scratch"
	"github.com/ipckit/ipckit/harness/subject"
)

// A Scratch is the kit's own shared memory among the processes of a workload,
// by which they see what the subject lets happen.
type Scratch struct {
	*scratch.File
	world *World
	path  string
	next  int
}

// Scratch makes one, with room for so many marks.
func (w *World) Scratch(marks int64) *Scratch {
	var path string
	var f *scratch.File
	err := os.ErrExist
	for n := 1; errors.Is(err, os.ErrExist); n++ {
		path = filepath.Join(w.Dir(), fmt.Sprintf(".ipckit-scratch-%d", n))
		f, err = scratch.Create(path, marks)
	}
	if err == nil {
		err = w.give(path)
	}
	if err != nil {
		panic(kitError{fmt.Errorf("make a scratch file: %w", err)})
	}
	made := &Scratch{File: f, world: w, path: path}
	w.scratches = append(w.scratches, made)
	w.Cleanup(func() {
		w.scratches = slices.DeleteFunc(w.scratches, func(s *Scratch) bool { return s == made })
		_ = f.Close()
	})
	return made
}

// give makes a file of the kit's one that the world's processes may use.
func (w *World) give(path string) error {
	if w.User() == os.Getuid() {
		return nil
	}
	return os.Chown(path, w.User(), w.User())
}

// Steps is a workload whose steps the processes judge among themselves.
type Steps struct {
	Count   int64
	Scratch *Scratch
	Wait    subject.Wait
}

// A Work is a workload under way.
type Work struct {
	*Call
	Index int // of the process in the scratch file
	count int64
}

// work begins a workload; more completes the request.
func (p *Process) work(handle, role string, s Steps, more func(*protocol.Request)) *Work {
	index, wire := int64(s.Scratch.next), protocol.WireWait(s.Wait)
	s.Scratch.next++
	if index >= scratch.Processes {
		panic(fmt.Errorf("spec: a scratch file serves %d workloads", scratch.Processes))
	}
	r := protocol.Request{
		Op: protocol.OpWorkload, Object: handle, Role: role, Count: &s.Count,
		Scratch: s.Scratch.path, Index: &index, Wait: &wire,
	}
	if more != nil {
		more(&r)
	}
	return &Work{Call: p.begin(r), Index: int(index), count: s.Count}
}

// Right expects that all steps were done and that nothing was wrong with any.
func (w *Work) Right() protocol.Reply {
	reply := w.Whole()
	if reply.Wrong != nil && *reply.Wrong > 0 {
		at := int64(-1)
		if reply.WrongAt != nil {
			at = *reply.WrongAt
		}
		w.process.world.Fail("%s: %d of %d steps went wrong; the first is step %d: %s", w.process.Name(), *reply.Wrong, w.count, at, reply.WrongText)
	}
	return reply
}

// Whole expects that all steps were done, whatever they saw.
func (w *Work) Whole() protocol.Reply {
	reply, err := w.Return()
	world := w.process.world
	if err != nil {
		world.refusal(w.refused(reply, err), err)
	}
	if reply.Done == nil || *reply.Done != w.count {
		world.Fail("%s was asked for %d steps and reports another number", w.process.Name(), w.count)
	}
	return reply
}
