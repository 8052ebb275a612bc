// Package sanitize checks C code with ThreadSanitizer: it drives the
// implementation by threads of one process over one mapping, and reads the reports
// of the sanitizer.
//
// It complements package explore, which finds outcomes that go wrong between
// processes, within a bound. ThreadSanitizer finds unordered accesses even if
// nothing went wrong in this run.
//
// A data race in the sense of C11 does not prove that a program misbehaves on this
// machine: solutions in textbooks have data races. So a race is reported, and is a
// failure only of a subject that claims to have none.
//
// [Unseen] lists what ThreadSanitizer cannot find.
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

// Unseen lists what ThreadSanitizer cannot find here.
var Unseen = []string{
	"errors that only involve atomic operations: count = count + 1 of an atomic loses updates without a data race",
	"deadlocks, lost wake-ups, and what the death of a process leaves behind",
	"accesses that did not happen in this run",
	"races beside fences and system calls, which are taken to order all accesses",
	"code with inline assembly, and locks that exclude processes but not threads: these are left out",
}

// An Unsuited error says why a subject cannot be checked, or not on this host.
type Unsuited struct{ Reason string }

func (e *Unsuited) Error() string { return e.Reason }

// Options set the length of a run.
type Options struct {
	Steps int // operations of each thread; 0: DefaultSteps
}

// DefaultSteps are enough for threads to overlap: ThreadSanitizer checks the order
// of accesses, which does not depend on luck as much as a wrong result does.
const DefaultSteps = 400

// Limits of a run.
const (
	patience    = 2 * time.Minute
	outputLimit = 32 << 20
)

// Run builds the subject and checks it. The adapter must not have built anything
// yet; claims are its normalised claims. Errors: *Unsuited, *adapter.BuildError, or
// an error of the kit.
func Run(ctx context.Context, a *adapter.Adapter, claims subject.Claims, o Options) (*Result, error) {
	if claims.C == nil {
		return nil, &Unsuited{"ThreadSanitizer needs C sources that the kit compiles, and this subject has none"}
	}
	rounds := roundsOf(claims)
	if len(rounds) == 0 {
		return nil, &Unsuited{"the claims name no profile whose C functions share memory: word with region, lock, semaphore, rwlock, snapshot, buffer or mailbox"}
	}
	if where, err := assembly(a.Dir, claims.C); err != nil {
		return nil, err
	} else if where != "" {
		return nil, &Unsuited{where + " has inline assembly, which orders accesses without ThreadSanitizer's knowledge: it would report false races"}
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
			return nil, fmt.Errorf("the threads did not start: %s\n%s", ended, text)
		}
		result.Races = append(result.Races, races...)
		rounds = rounds[begun:] // a round that fails or hangs ends the program
	}
	result.Duration = time.Since(began)
	return result, nil
}

// runThreads runs rounds one after the other, until one fails or hangs.
func runThreads(ctx context.Context, built adapter.Threads, steps int, rounds []*Round) (text, ended string, err error) {
	args := append([]string{built.Program, fmt.Sprint(steps)}, built.Libraries...)
	args = append(args, "--")
	for _, r := range rounds {
		args = append(args, r.argument())
	}
	text, ended, err = execute(ctx, args, built.Env)
	if err == nil && strings.Contains(text, "FATAL: ThreadSanitizer") { // it cannot use the randomised addresses
		return executeUnrandomised(ctx, args, built.Env, text)
	}
	return text, ended, err
}

// executeUnrandomised runs the threads without randomised addresses, if the host
// allows that.
func executeUnrandomised(ctx context.Context, args, env []string, before string) (string, string, error) {
	_, reason, _ := strings.Cut(before, "FATAL: ThreadSanitizer: ")
	reason, _, _ = strings.Cut(reason, "\n")
	reason = "ThreadSanitizer cannot run on this host: " + reason
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

// options make ThreadSanitizer report all data races and nothing else, and leave
// the exit status to the driver.
const options = "TSAN_OPTIONS=exitcode=0 halt_on_error=0 detect_deadlocks=0 suppress_equal_addresses=0 report_destroy_locked=0 report_mutex_bugs=0 " +
	"report_signal_unsafe=0 report_thread_leaks=0 history_size=4 color=never"

// execute runs the threads in a world of their own, and returns what they printed
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
		ended = fmt.Sprintf("it was still running after %v", patience)
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
