// Package sanitize lets ThreadSanitizer look at C code: the implementation is
// driven as threads of one process over one mapping, and what the sanitizer
// reports is read, sorted out and put into words.
//
// It complements the explorer (package explore), which sees what goes wrong
// between processes, within a bound: ThreadSanitizer sees accesses that nothing
// orders, though nothing went wrong in this run, and the compiler is free to
// make something go wrong in another.
//
// A data race in the sense of C11 is no proof that a program misbehaves on this
// machine: textbooks' solutions have some. So it is a finding, and a shortfall
// only of who claims that there is none.
//
// What ThreadSanitizer cannot see is in Unseen.
package sanitize

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/ipckit/ipckit/harness/adapter"
	"github.com/ipckit/ipckit/harness/subject"
	"github.com/ipckit/ipckit/harness/world"
)

// Unseen is what ThreadSanitizer cannot see here.
var Unseen = []string{
	"what goes wrong by atomic operations alone: count = count + 1 of an atomic loses updates without a data race",
	"deadlocks, lost wake-ups, and what the death of a process leaves behind",
	"accesses that did not come about in this run; whatever came about is seen, however it went",
	"what fences and the calls of the kernel order: they are taken to order everything, so a race beside them may be missed",
	"inline assembly, and locks that keep processes apart and threads not: what has them is left out",
}

// An Unsuited is why a subject, or this host, cannot be looked at.
type Unsuited struct{ Reason string }

func (e *Unsuited) Error() string { return e.Reason }

// Options say how long to go on.
type Options struct {
	Steps int // operations of each thread; 0: DefaultSteps
}

// DefaultSteps are enough for threads to meet: order is what is looked at, not
// luck.
const DefaultSteps = 400

// Limits of a run.
const (
	patience    = 2 * time.Minute
	outputLimit = 32 << 20
)

// Run builds the subject and looks at it. The adapter must not have built
// anything yet; claims are its own, normalised. Errors: an *Unsuited, an
// *adapter.BuildError, or the kit's own.
func Run(ctx context.Context, a *adapter.Adapter, claims subject.Claims, o Options) (*Result, error) {
	if claims.C == nil {
		return nil, &Unsuited{"ThreadSanitizer looks at C sources that the kit compiles, and this subject has none"}
	}
	rounds := roundsOf(claims)
	if len(rounds) == 0 {
		return nil, &Unsuited{"nothing is claimed that is shared by C functions: words, locks, semaphores, snapshots, buffers, mailboxes"}
	}
	if where, err := assembly(a.Dir, claims.C); err != nil {
		return nil, err
	} else if where != "" {
		return nil, &Unsuited{where + " has inline assembly, which orders what ThreadSanitizer does not see: it would report races that are none"}
	}
	built, err := a.BuildThreads(ctx)
	if lacking := new(adapter.NoSanitizer); errors.As(err, &lacking) {
		return nil, &Unsuited{lacking.Reason}
	}
	if err != nil {
		return nil, err
	}
	if o.Steps == 0 {
		o.Steps = DefaultSteps
	}
	began := time.Now()
	result := &Result{Rounds: rounds, Steps: o.Steps}
	for len(rounds) > 0 {
		text, ended, err := runThreads(ctx, built, o.Steps, rounds)
		if err != nil {
			return nil, err
		}
		begun, races := read(text, rounds, ended, a.Dir)
		if begun == 0 {
			return nil, fmt.Errorf("the threads did not begin: %s\n%s", ended, text)
		}
		result.Races = append(result.Races, races...)
		rounds = rounds[begun:] // one that was refused, or hung, ended the program
	}
	result.Duration = time.Since(began)
	return result, nil
}

// runThreads runs rounds one after the other, as far as it gets.
func runThreads(ctx context.Context, built adapter.Threads, steps int, rounds []*Round) (text, ended string, err error) {
	args := append([]string{built.Program, fmt.Sprint(steps)}, built.Libraries...)
	args = append(args, "--")
	for _, r := range rounds {
		args = append(args, r.word())
	}
	text, ended, err = execute(ctx, args, built.Env)
	if err == nil && strings.Contains(text, "FATAL: ThreadSanitizer") { // its memory lies where it may not: too much randomness
		return executeUnrandomised(ctx, args, built.Env, text)
	}
	return text, ended, err
}

// executeUnrandomised runs it without randomised addresses, where that can be.
func executeUnrandomised(ctx context.Context, args, env []string, before string) (string, string, error) {
	_, reason, _ := strings.Cut(before, "FATAL: ThreadSanitizer: ")
	reason, _, _ = strings.Cut(reason, "\n")
	reason = "ThreadSanitizer cannot run here: " + reason
	setarch, err := exec.LookPath("setarch")
	if err != nil {
		return "", "", &Unsuited{reason}
	}
	text, ended, err := execute(ctx, append([]string{setarch, "-R"}, args...), env)
	if err == nil && !strings.Contains(text, tag) {
		err = &Unsuited{reason}
	}
	return text, ended, err
}

// options are ThreadSanitizer's: only data races, all of them, and no status of
// its own.
const options = "TSAN_OPTIONS=exitcode=0 halt_on_error=0 detect_deadlocks=0 suppress_equal_addresses=0 report_destroy_locked=0 report_mutex_bugs=0 " +
	"report_signal_unsafe=0 report_thread_leaks=0 history_size=4 color=never"

// execute runs the threads in a world of their own, and gives what they printed
// and how they ended.
func execute(ctx context.Context, args, env []string) (text, ended string, err error) {
	w, err := world.New(ctx, world.Options{})
	if err != nil {
		return "", "", err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	output, err := os.CreateTemp("", "ipckit-threads-")
	if err != nil {
		return "", "", err
	}
	defer output.Close()
	if err := os.Remove(output.Name()); err != nil {
		return "", "", err
	}
	p, err := w.Start(ctx, world.Command{
		Name: "threads", Path: args[0], Args: args, Env: append(env, options, "LC_ALL=C"),
		Stdout: output, Stderr: output, OutputLimit: outputLimit,
	})
	if err != nil {
		return "", "", err
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	exit, err := p.Wait(limited)
	switch {
	case ctx.Err() != nil:
		return "", "", ctx.Err()
	case limited.Err() != nil:
		ended = fmt.Sprintf("it had not come to its end after %v", patience)
		_ = p.Kill()
		if _, err := p.Wait(ctx); err != nil {
			return "", "", err
		}
	case err != nil:
		return "", "", err
	default:
		ended = exit.String()
	}
	if _, err := output.Seek(0, io.SeekStart); err != nil {
		return "", "", err
	}
	all, err := io.ReadAll(io.LimitReader(output, outputLimit))
	return string(all), ended, err
}
