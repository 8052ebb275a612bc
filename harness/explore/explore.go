// Package explore runs two agents through the interleavings of their
// operations, one access at a time, and reports those whose outcome no sequence of
// whole operations has.
//
// It works on any executable that speaks the agents' protocol and makes the
// marker calls: the memory that two agents share is taken away from one of them
// at the start of its operation, so that each access to it faults, and can be
// counted, done by a single step, or put off until the other agent has done its
// whole operation. What is allowed is found by running every sequence of whole
// operations on the implementation itself, so no model of it is needed.
//
// Accesses are switched between one preemption at a time, or as many as the
// scenario says: CHESS's bound (Musuvathi, Qadeer, Iterative Context Bounding
// for Systematic Testing of Multithreaded Programs, PLDI 2007). Within the bound
// the search is complete for sequentially consistent executions of two agents,
// and for those of x86 in which one run of stores stays in its processor's store
// buffer for one turn of the other agent: see [Scenario].StoreBuffers.
//
// The explorer is a process of its own in the agents' world, and their parent:
// so it may trace them wherever ptrace(2) is allowed at all.
package explore

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"golang.org/x/sys/unix"

	"github.com/ipckit/ipckit/harness/ptrace/source"
)

// Role is the role of package reexec in which [Main] must be called.
const Role = "explorer"

// Descriptors of the explorer's process: one JSON document a line.
const (
	jobsFile    = 3
	answersFile = 4
)

// command says how to start an agent.
type command struct {
	Path  string   `json:"path"`
	Args  []string `json:"args"`
	Env   []string `json:"env"`
	Dir   string   `json:"dir"`
	Stdio bool     `json:"stdio"`
	World string   `json:"world"`
}

// Things that an explorer is asked for.
const (
	askStart   = "start"
	askExplore = "explore"
	askReplay  = "replay"
	askKill    = "kill"
	askEnd     = "end"
)

type job struct {
	Ask      string        `json:"ask"`
	Command  *command      `json:"command,omitempty"`
	Scenario *Scenario     `json:"scenario,omitempty"`
	Limit    time.Duration `json:"limit,omitempty"`
	ID       string        `json:"id,omitempty"`
}

type response struct {
	Error   string      `json:"error,omitempty"`
	Refused string      `json:"refused,omitempty"`
	Result  *Result     `json:"result,omitempty"`
	Kill    *KillResult `json:"kill,omitempty"`
}

// Main is the main of the explorer's process. It ends when the kit closes its
// end of the jobs, and its agents with it.
func Main() {
	runtime.LockOSThread() // a tracer is a thread
	debug.SetGCPercent(400)
	unix.CloseOnExec(jobsFile)
	unix.CloseOnExec(answersFile)
	if err := pin(); err != nil {
		fmt.Fprintln(os.Stderr, "explorer: cannot stay on one processor:", err)
	}
	// Agents must not differ in their addresses. Where this is refused, as in
	// some containers, places in the code are still compared by file.
	const noRandomise = 0x0040000
	_, _, _ = unix.RawSyscall(unix.SYS_PERSONALITY, noRandomise, 0, 0)

	jobs := make(chan job)
	go receive(json.NewDecoder(os.NewFile(jobsFile, "jobs")), jobs)
	answers := json.NewEncoder(os.NewFile(answersFile, "answers"))
	t := &tracer{sources: map[string]*source.File{}}
	for j := range jobs {
		if err := answers.Encode(t.serve(j)); err != nil {
			break
		}
	}
	t.killAll()
	os.Exit(0)
}

// receive passes jobs on. When the kit is gone before a job is done, nothing
// waits for its answer: the process ends, and the kernel ends what it traces.
func receive(from *json.Decoder, jobs chan<- job) {
	for {
		var j job
		if err := from.Decode(&j); err != nil {
			if !errors.Is(err, io.EOF) {
				fmt.Fprintln(os.Stderr, "explorer: a job:", err)
				os.Exit(1)
			}
			select {
			case jobs <- job{Ask: askEnd}:
				close(jobs)
				return
			case <-time.After(time.Second):
				os.Exit(0)
			}
		}
		jobs <- j
	}
}

func (t *tracer) serve(j job) (r response) {
	var err error
	switch {
	case !supported:
		err = &Refused{"the explorer knows the instructions of amd64 only, this machine is " + runtime.GOARCH}
	case j.Ask == askStart:
		t.command = *j.Command
		err = t.spawnAll()
	case j.Ask == askExplore:
		var result Result
		result, err = t.explore(j.Scenario, j.Limit)
		r.Result = &result
	case j.Ask == askReplay:
		var result Result
		result, err = t.replay(j.Scenario, j.ID)
		r.Result = &result
	case j.Ask == askKill:
		var result KillResult
		result, err = t.killSweep(j.Scenario, j.Limit, j.ID)
		r.Kill = &result
	case j.Ask == askEnd:
		t.killAll()
	}
	var refused *Refused
	switch {
	case errors.As(err, &refused):
		return response{Refused: refused.Reason}
	case err != nil:
		t.scenario = nil
		if again := t.spawnAll(); again != nil { // what state they are in is not known
			err = errors.Join(err, again)
		}
		return response{Error: err.Error()}
	}
	return r
}
