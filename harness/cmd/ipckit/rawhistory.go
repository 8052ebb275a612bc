package main

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/ipckit/ipckit/harness/history"
	"github.com/ipckit/ipckit/harness/linear"
	"github.com/ipckit/ipckit/harness/run"
	"github.com/ipckit/ipckit/reports"
)

// rawHistory finds the histories that a name stands for: a file, or all files of
// a directory that holds one and no record; nil where it is something else. What
// else lies in such a directory is to be refused by name, not overlooked.
func rawHistory(name string) []string {
	info, err := os.Stat(name)
	if err != nil {
		return nil
	}
	if !info.IsDir() {
		if history.Recognised(name) {
			return []string{name}
		}
		return nil
	}
	if _, err := os.Stat(filepath.Join(name, run.RecordName)); err == nil {
		return nil
	}
	entries, err := os.ReadDir(name)
	if err != nil {
		return nil
	}
	var files []string
	for _, e := range entries {
		if !e.IsDir() {
			files = append(files, filepath.Join(name, e.Name()))
		}
	}
	if !slices.ContainsFunc(files, history.Recognised) {
		return nil
	}
	return files
}

func reportHistory(files []string, as judge) error {
	var text bytes.Buffer
	status, err := printHistory(&text, files, as)
	if err != nil {
		return err
	}
	if _, err := os.Stdout.Write(text.Bytes()); err != nil && !errors.Is(err, syscall.EPIPE) {
		return kitError(err)
	}
	if status != reports.ExitPass {
		return exitStatus{code: status}
	}
	return nil
}

// printHistory lists what each file holds, and asks the checker of each object.
// The status is that of what was found: a violation counts although a file is
// damaged, for it is proved by what is left; without one, a damaged file leaves
// it undecided.
func printHistory(w io.Writer, files []string, as judge) (status int, err error) {
	h, faults := history.Load(files...)
	defer func() { _ = h.Close() }()
	if faults != nil {
		fmt.Fprintln(w, faults)
		status = reports.ExitInconclusive
	}
	objects := map[uint16]bool{}
	for _, l := range h.Logs {
		printLog(w, l)
		for i := range l.Ops {
			objects[l.Ops[i].Object] = true
		}
	}
	var order []uint16
	for o := range objects {
		order = append(order, o)
	}
	slices.Sort(order)
	for _, o := range order {
		part := h.Object(o)
		checker, name, err := as.checker(part)
		if err != nil {
			return reports.ExitUsage, usage("%w", err)
		}
		status = reports.WorstExit(status, printVerdict(w, o, name, checker, part))
	}
	return status, nil
}

// printLog describes one file: which process recorded it, and how often what ended how.
func printLog(w io.Writer, l *history.Log) {
	head := l.Header
	fence := "no fence"
	if head.Fence == history.FullFence {
		fence = "full fence"
	}
	if head.Slack > 0 {
		fence += fmt.Sprintf(", every end %d ns later", head.Slack)
	}
	fmt.Fprintf(w, "%s\n  process %d (pid %d, thread %d), %d operations, room for %d records, %s, boot %s\n",
		l.File(), head.Process, head.PID, head.TID, len(l.Ops), head.Capacity, fence, hex.EncodeToString(head.Boot[:4]))
	if l.Killed() {
		fmt.Fprintln(w, "  never closed: its process was killed, or is still at it")
	}
	type sort struct {
		kind    history.Kind
		status  history.Status
		pending bool
	}
	counts := map[sort]int{}
	var order []sort
	var from, to int64
	for i := range l.Ops {
		o := &l.Ops[i]
		if i == 0 {
			from = o.Inv
		}
		to = max(to, o.Inv, o.Ret)
		s := sort{o.Kind, o.Status, o.Ret == 0}
		if s.pending {
			s.status = history.OK
		}
		if counts[s]++; counts[s] == 1 {
			order = append(order, s)
		}
	}
	for _, s := range order {
		how := s.status.String()
		if s.pending {
			how = "pending"
		}
		fmt.Fprintf(w, "  %-7v %-8s %9d\n", s.kind, how, counts[s])
	}
	if len(l.Ops) > 0 {
		fmt.Fprintf(w, "  in %.6f s\n", float64(to-from)/1e9)
	}
}

func printVerdict(w io.Writer, object uint16, name string, c linear.Checker, h *history.History) int {
	fmt.Fprintf(w, "object %d, %d operations of %d files", object, h.Len(), len(h.Logs))
	if c == nil {
		fmt.Fprintf(w, ": which checker it needs does not follow from its operations; name it with --object\n")
		return reports.ExitPass
	}
	v := c.Check(h)
	fmt.Fprintf(w, ", checked as %s: %v\n", name, v.Outcome)
	switch v.Outcome {
	case linear.Violation:
		fmt.Fprintf(w, "%s\n", v.Witness.Text())
		return reports.ExitFail
	case linear.Inconclusive:
		fmt.Fprintf(w, "  %s\n", v.Reason)
		return reports.ExitInconclusive
	}
	if !v.Complete {
		fmt.Fprintln(w, "  this checker may have missed something: what it allows need not be linearizable")
	}
	return reports.ExitPass
}

// A judge is what --object and --relaxed ask for.
type judge struct {
	object  string // a name of objectNames, with a number behind a colon for some; "" follows from the operations
	relaxed bool
}

var objectNames = []string{"fifo", "priority", "delivery", "bounded:CAPACITY", "rendezvous", "register", "snapshot", "counter", "mutex", "rwlock", "semaphore:PERMITS"}

// checker is the one asked for, or the strongest that every object with these
// operations must satisfy; nil where there is none.
func (j judge) checker(h *history.History) (linear.Checker, string, error) {
	if j.object == "" {
		c, name := recognised(h)
		return c, name, nil
	}
	name, number, counted := strings.Cut(j.object, ":")
	n := 0
	if name == "bounded" || name == "semaphore" {
		if _, err := fmt.Sscanf(number+"\n", "%d\n", &n); err != nil || n < 0 || name == "bounded" && n == 0 {
			return nil, "", fmt.Errorf("--object %s: want a number behind %s, such as %s:4", j.object, name, name)
		}
	} else if counted {
		return nil, "", fmt.Errorf("--object %s: %s takes no number", j.object, name)
	}
	c, ok := map[string]linear.Checker{
		"fifo":     linear.FIFO{Relaxed: j.relaxed},
		"priority": linear.Priority{Relaxed: j.relaxed},
		"delivery": linear.Delivery{Loss: true, Relaxed: j.relaxed},
		"bounded":  linear.Bounded{Capacity: n, Relaxed: j.relaxed}, "rendezvous": linear.Rendezvous{},
		"register": linear.Register{}, "snapshot": linear.Snapshot{Fresh: true}, "counter": linear.Counter{},
		"mutex": linear.Mutex{Relaxed: j.relaxed}, "rwlock": linear.RWLock{Relaxed: j.relaxed},
		"semaphore": linear.Semaphore{Initial: n, Relaxed: j.relaxed},
	}[name]
	if !ok {
		return nil, "", fmt.Errorf("--object %q: want one of %s", j.object, strings.Join(objectNames, ", "))
	}
	return c, j.object, nil
}

// recognised picks by the kinds of operation alone. Sends may be of any order, and
// writes those of a snapshot that need not be fresh: only what holds of all is
// asked.
func recognised(h *history.History) (linear.Checker, string) {
	var kinds uint64
	for _, l := range h.Logs {
		for i := range l.Ops {
			kinds |= 1 << l.Ops[i].Kind
		}
	}
	only := func(list ...history.Kind) bool {
		rest, met := kinds, false
		for _, k := range list {
			met = met || kinds&(1<<k) != 0
			rest &^= 1 << k
		}
		return met && rest == 0
	}
	switch {
	case only(history.Send, history.Receive):
		return linear.Delivery{Relaxed: true}, "delivery without loss or order (more with --object)"
	case only(history.Add):
		return linear.Counter{}, "counter"
	case only(history.Write, history.Read):
		return linear.Snapshot{}, "snapshot that need not be fresh (more with --object)"
	case only(history.Write, history.Read, history.Swap):
		return linear.Register{}, "register"
	case only(history.Lock, history.Unlock):
		return linear.Mutex{Relaxed: true}, "mutex"
	case only(history.Lock, history.Unlock, history.LockRead, history.UnlockRead):
		return linear.RWLock{Relaxed: true}, "rwlock"
	}
	return nil, ""
}
