package load

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"

	"github.com/ipckit/ipckit/harness/agent"
	"github.com/ipckit/ipckit/harness/check"
	"github.com/ipckit/ipckit/harness/fault"
	"github.com/ipckit/ipckit/reports"
)

// short reports whether there are shortages in this round.
func (r *Round) short() bool { return r.Number%6 == 3 }

// errNotYet keeps shortages off until each process has what it works with.
var errNotYet = errors.New("not all processes record yet")

// noFiles leaves a process no descriptors.
func (r *Round) noFiles(x *check.Recording) fault.Shortage {
	return func() (func(), error) {
		if !x.Begun() {
			return nil, errNotYet
		}
		end, err := fault.Descriptors(x.Process().Agent().Process().PID())
		return r.ended(end), err
	}
}

// fullShm leaves no room in /dev/shm.
func (r *Round) fullShm() (func(), error) {
	if slices.ContainsFunc(r.recordings, func(x *check.Recording) bool { return !x.Begun() }) {
		return nil, errNotYet
	}
	if err := r.w.FillShm(r.w.Context()); err != nil {
		return nil, err
	}
	return r.ended(func() error { return r.w.EmptyShm(r.w.Context()) }), nil
}

// ended ends a shortage, and remembers one that could not be.
func (r *Round) ended(end func() error) func() {
	return func() {
		if err := end(); err != nil {
			r.lasting = err
		}
	}
}

// excuse says why a workload that failed could not go on, where that was a
// shortage: then it is no fault of the subject's. Where memory was not reserved
// when it was made, as textbooks do not, the first touch of a page ends a process
// by SIGBUS. "" is no excuse.
func (r *Round) excuse(failed *check.Recording) string {
	made := r.faults.Events()[r.before:]
	if !slices.ContainsFunc(made, func(e fault.Event) bool { return slices.Contains(fault.Shortages, e.Kind) }) {
		return ""
	}
	dead, err := failed.Err()
	name := failed.Process().Name()
	switch {
	case !dead:
		return fmt.Sprintf("%s could not go on in a shortage: %v", name, err)
	case busError(failed.Process().Agent(), err):
		return name + " got SIGBUS in a shortage: it touched memory that was not reserved (posix_fallocate) when it was made"
	}
	return ""
}

// busError reports whether a process ended by SIGBUS, be it that its language's
// run-time has reported the signal and ended it.
func busError(a *agent.Agent, err error) bool {
	var died *agent.Died
	return errors.As(err, &died) && (died.Exit.Signal == syscall.SIGBUS ||
		slices.ContainsFunc(a.Output(), func(o reports.Output) bool { return strings.Contains(o.Text, "SIGBUS") }))
}
