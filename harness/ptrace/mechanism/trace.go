// Package mechanism sees which kernel mechanisms unmodified programs use.
//
// A small process of the kit's own stands between the kit and the program: it
// starts the program under ptrace(2), follows every process and thread that it
// makes, and reports the system calls that matter for interprocess
// communication as facts, one JSON line each. Being the program's parent it
// needs no privilege, also where Yama limits what may be traced.
//
// Facts are about the kernel's side of a mechanism. What a library does without
// the kernel (a semaphore that no process had to wait for) leaves no fact.
package mechanism

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"strings"

	"github.com/ipckit/ipckit/harness/ptrace/crash"
	"github.com/ipckit/ipckit/harness/reexec"
)

// Role is the role in which [Main] must be called.
const Role = "tracer"

// CommandVariable carries the traced command to the tracer, as JSON. The
// program does not get it.
const CommandVariable = "IPCKIT_TRACE"

// FactsFile is the descriptor on which the tracer writes facts: the first of
// the files that a world's command is given.
const FactsFile = 3

// A Fact is one line of a trace. Exactly one of Call, Crash, Ended and Refused is set.
type Fact struct {
	PID    int    `json:"pid,omitempty"`    // as the traced program sees it
	Call   string `json:"call,omitempty"`   // name that assignments use: shm_open, msgsnd
	Object string `json:"object,omitempty"` // what it was done to: "/name", a path, a key, a family
	Count  int    `json:"count,omitempty"`  // how often so far; reported at the powers of two
	Errno  int    `json:"errno,omitempty"`  // the call failed: why
	Bytes  int64  `json:"bytes,omitempty"`  // length that a failed call was given, where it has one

	Crash   *crash.Crash `json:"crash,omitempty"`   // a deadly signal is delivered to PID: where it stands
	Ended   *Ended       `json:"ended,omitempty"`   // the program itself (not one that it started) ended
	Refused string       `json:"refused,omitempty"` // the program could not be traced, and was not run: why
	Blind   string       `json:"blind,omitempty"`   // from here on something could not be looked at: what
}

// Ended is how the traced program ended.
type Ended struct {
	Code   int `json:"code"`             // -1 when a signal ended it
	Signal int `json:"signal,omitempty"` // 0 when it ended by itself
}

type command struct {
	Path string   `json:"path"`
	Args []string `json:"args"`
}

// Command says how to start a tracer that runs path with args (argv[0]
// included): what to execute, with what arguments, and what to add to the
// environment.
func Command(path string, args []string) (exe string, argv, env []string) {
	exe, argv, env = reexec.Args(Role)
	text, _ := json.Marshal(command{Path: path, Args: args}) // strings only: it cannot fail
	return exe, argv, append(env, CommandVariable+"="+string(text))
}

// Read passes each fact to yield until the tracer closes its end. A line that
// is not a fact ends it with an error.
func Read(r io.Reader, yield func(Fact)) error {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		var f Fact
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			return err
		}
		yield(f)
	}
	return lines.Err()
}

// childEnviron is the environment of the traced program: the tracer's own
// without what only the tracer is meant to see.
func childEnviron() []string {
	var env []string
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if name != CommandVariable && name != reexec.RoleVariable {
			env = append(env, v)
		}
	}
	return env
}
